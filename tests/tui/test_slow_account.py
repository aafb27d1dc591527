"""An account whose server never responds delays nothing: other accounts are fetched, and the program can be closed."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.pages import Page
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.store.places import find_places

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted

OTHER = Account("mastodon", "https://slow.example", "me@slow.example", "me")


def with_two_accounts(scripted: "type[Scripted]", home: Path, answers: asyncio.Event, broken: bool) -> Session:
    """A session with a working account, and one that responds when a test says so, or fails in an unexpected way."""

    class Slow(scripted.network):  # type: ignore[misc,name-defined]
        async def timeline(self, cursor: str | None) -> Page:
            if broken:
                raise ZeroDivisionError("a secret message")
            await answers.wait()
            return Page((), None)

    archive = scripted.store(home)
    archive.add_account(OTHER)
    slow, good = Slow([]), scripted.network([scripted.post(1), scripted.post(2)])
    slow.account = OTHER
    accounts = Accounts(archive, None, {good.account.key: good, OTHER.key: slow})
    return Session(archive, Config(), accounts, find_places(home))


async def test_news_arrive_and_the_program_is_left_while_a_server_does_not_answer(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    answers = asyncio.Event()
    answers.set()
    session = with_two_accounts(scripted, tmp_path, answers, broken=False)
    async with opened(session) as screens:
        assert len(session.timeline.posts) == 2
        answers.clear()
        (good,) = (each for each in session.accounts if each != OTHER and each.key != OTHER.key)
        source = await session.signing_in.source(good)
        source.posts.append(scripted.post(3))  # type: ignore[attr-defined]
        screens.send("R")
        while len(session.timeline.posts) < 3:
            await asyncio.sleep(0.005)
        assert any(worker.is_running for worker in screens.app.workers)
        screens.send("q")
        while screens.app.is_running:
            await asyncio.sleep(0.005)
    assert screens.app.return_code == 0
    assert not answers.is_set()


async def test_an_account_that_breaks_in_an_unknown_way_stops_no_other(
    scripted: "type[Scripted]", tmp_path: Path
) -> None:
    session = with_two_accounts(scripted, tmp_path, asyncio.Event(), broken=True)
    result = await session.fetching.refresh(lambda _: None)
    assert len(session.timeline.posts) == 2
    assert [each for each in result.errors if "unexpectedly (ZeroDivisionError)" in each]
    assert "a secret message" not in str(result.errors)
    await session.close()
