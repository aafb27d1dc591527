"""One timeline of two networks, from two servers on loopback: merged by time, each with its own gaps."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.config import Config
from quietfeed.models.errors import StoreError, Unreachable
from quietfeed.models.pages import Page
from quietfeed.models.verdict import Level
from quietfeed.models.view import Progress
from quietfeed.session import Session, open_session
from quietfeed.session.accounts import Accounts
from quietfeed.store.archive import Archive

Serve = Callable[..., Any]
PASSWORD = "abcd-efgh-ijkl-mnop"
NEWEST = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
STEP = timedelta(minutes=15)


def ignore(progress: Progress) -> None:
    """Nobody watches."""


class Both:
    """A session signed in to a Mastodon and a Bluesky server whose posts alternate in time."""

    def __init__(self, session: Session, fedi: Any, sky: Any) -> None:
        self.session, self.fedi, self.sky = session, fedi, sky
        self.here, self.there = (account.key for account in session.accounts)

    async def sources(self) -> dict[str, Any]:
        """The sources of both accounts."""
        return {each.key: await self.session.signing_in.source(each) for each in self.session.accounts}

    def over(self, sources: dict[str, Any], archive: Archive) -> Session:
        """Another session of the same accounts, over these sources."""
        for account in self.session.accounts:
            archive.add_account(replace(account, row_id=0))
        return Session(archive, Config(), Accounts(archive, None, sources), None)

    def of(self, account: str) -> list[str]:
        return [judged.post.id for judged in self.session.timeline.posts if judged.post.account == account]


class Held:
    """A source whose timeline comes from another function."""

    def __init__(self, source: Any, timeline: Callable[[str | None], Awaitable[Page]]) -> None:
        self._source, self.timeline = source, timeline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


@pytest.fixture
async def both(
    mastodon: Serve, bluesky: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., Any]]:
    """`await both(posts, ...)`: the session and its two servers; quirks by their names."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    opened: list[Session] = []

    async def start(posts: int = 60, sky_posts: int | None = None) -> Both:
        fedi = mastodon(sys.modules["mastodon_world"].World(posts, NEWEST))
        sky = bluesky(sys.modules["bluesky_world"].World(posts if sky_posts is None else sky_posts, NEWEST - STEP / 2))
        session = open_session()
        opened.append(session)
        await session.signing_in.flow.with_token("mastodon", fedi.url, "good")
        await session.signing_in.flow.with_token("bluesky", sky.url, PASSWORD, "june.here.example")
        session.signing_in.reload()
        return Both(session, fedi, sky)

    yield start
    for session in opened:
        await session.close()


async def test_both_networks_are_one_timeline_in_the_order_of_time(both: Callable[..., Any]) -> None:
    two = await both()
    arrival = await two.session.fetching.refresh(ignore)
    assert arrival.errors == ()
    assert len(arrival.new) == 120
    times = [judged.post.at for judged in two.session.timeline.posts]
    assert times == sorted(times, reverse=True)
    accounts = [judged.post.account for judged in two.session.timeline.posts[10:30]]
    assert accounts in ([two.here, two.there] * 10, [two.there, two.here] * 10)


async def test_pages_of_the_store_keep_the_order_over_a_restart(both: Callable[..., Any]) -> None:
    two = await both()
    await two.session.fetching.refresh(ignore)
    before = [judged.key for judged in two.session.timeline.posts]
    again = open_session()
    while again.timeline.load(7):
        pass
    assert [judged.key for judged in again.timeline.posts] == before
    await again.close()


async def test_there_is_one_unread_mark_one_level_and_one_undo(both: Callable[..., Any]) -> None:
    two = await both(20)
    session = two.session
    await session.fetching.refresh(ignore)
    assert {key[0] for key in session.unread.unread} == {two.here, two.there}
    unread = len(session.unread.unread)
    keys = [(two.here, two.of(two.here)[3]), (two.there, two.of(two.there)[3])]
    session.unread.read_all(keys)
    assert len(session.unread.unread) == unread - 2
    session.history.undo()
    assert len(session.unread.unread) == unread
    session.timeline.set_level(Level.known)
    shown = {
        judged.post.account for judged in session.timeline.posts if judged.verdict.shown_at(session.timeline.level)
    }
    assert shown == {two.here, two.there}
    for key in keys:
        session.marks.set(key, "spam")
    assert [session.timeline.get(key).verdict.strictest_level for key in keys] == [Level.everything] * 2
    session.history.undo()
    assert [session.timeline.get(key).mark for key in keys] == ["spam", None]
    session.marks.set_all(keys, "sales")
    assert [session.timeline.get(key).mark for key in keys] == ["sales", "sales"]
    session.history.undo()
    session.history.undo()
    assert session.marks.count == 0


async def test_each_account_has_its_own_gaps(both: Callable[..., Any], stored: Callable[[], Archive]) -> None:
    two = await both(470, 30)
    session = two.session
    await session.fetching.refresh(ignore)
    assert [gap.account for gap in stored().posts.gaps()] == [two.here]
    assert len(two.of(two.there)) == 30
    await session.fetching.more(1000, ignore)
    assert session.timeline.gaps == []
    assert (len(two.of(two.here)), len(two.of(two.there))) == (470, 30)


async def test_a_gap_of_one_account_is_filled_without_requests_to_the_other(both: Callable[..., Any]) -> None:
    two = await both(470, 470)
    session = two.session
    await session.fetching.refresh(ignore)
    while session.timeline.load(500):
        pass
    holes = {gap.account: gap for gap in session.timeline.gaps}
    assert holes.keys() == {two.here, two.there}
    asked = len(two.sky.requests)
    arrival = await session.fetching.fill(holes[two.here], ignore)
    assert {key[0] for key in arrival.new} == {two.here}
    assert len(two.sky.requests) == asked
    assert {gap.account for gap in session.timeline.gaps} == {two.there}
    times = [judged.post.at for judged in session.timeline.posts]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("dead", ["here", "there"])
async def test_a_network_that_is_down_does_not_affect_the_other(both: Callable[..., Any], dead: str) -> None:
    two = await both(30)
    session = two.session
    server = two.fedi if dead == "here" else two.sky
    server.shutdown()
    server.server_close()
    arrival = await session.fetching.refresh(ignore)
    alive = two.there if dead == "here" else two.here
    assert len(arrival.new) == len(two.of(alive)) == 30
    assert len(arrival.errors) == 1
    assert "127.0.0.1" in arrival.errors[0]
    assert len(session.timeline.posts) == 30


async def test_a_network_that_does_not_answer_does_not_delay_the_other(both: Callable[..., Any]) -> None:
    two = await both(30)
    sources = await two.sources()
    other_has_come = asyncio.Event()

    async def silent(cursor: str | None) -> Page:
        await other_has_come.wait()
        raise Unreachable("here.example did not answer: try again later.")

    session = two.over(sources | {two.here: Held(sources[two.here], silent)}, Archive(None))

    def watch(progress: Progress) -> None:
        if progress.kind == "posts_done" and progress.account == two.there:
            other_has_come.set()

    async with asyncio.timeout(120):
        arrival = await session.fetching.refresh(watch)
    assert arrival.errors == ("here.example did not answer: try again later.",)
    assert len(arrival.new) == 30
    assert {judged.post.account for judged in session.timeline.posts} == {two.there}
    await session.close()


async def test_a_failing_disk_stops_the_requests_to_all_networks(both: Callable[..., Any]) -> None:
    two = await both(30)
    sources = await two.sources()
    timeline, asked, waiting = sources[two.there].timeline, asyncio.Event(), asyncio.Event()
    ended: list[str] = []

    async def second(cursor: str | None) -> Page:
        # By then the first network is awaited, even if its ties took long.
        await asked.wait()
        page: Page = await timeline(cursor)
        # SQLite returns "database or disk is full" at this many pages, as it does on a full disk.
        archive._db.rows("pragma max_page_count = 1")
        return replace(page, posts=tuple(replace(post, text="word " * 40_000) for post in page.posts))

    async def silent(cursor: str | None) -> Page:
        asked.set()
        try:
            await waiting.wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        raise Unreachable("never comes here")

    held = {two.here: Held(sources[two.here], silent), two.there: Held(sources[two.there], second)}
    archive = Archive(None)
    session = two.over(held, archive)
    async with asyncio.timeout(120):
        with pytest.raises(StoreError, match="full"):
            await session.fetching.refresh(ignore)
    assert ended == ["cancelled"]
    await session.close()


async def test_a_network_that_returns_continues_where_it_stopped(both: Callable[..., Any]) -> None:
    two = await both(150)
    session = two.session
    pages = 0

    def cut(progress: Progress) -> None:
        nonlocal pages
        if progress.kind == "posts" and progress.account == two.here:
            pages += 1
            two.fedi.quirks.dropped = 10_000 if pages == 3 else 0

    arrival = await session.fetching.refresh(cut)
    assert len(arrival.errors) == 1
    assert (len(two.of(two.here)), len(two.of(two.there))) == (80, 150)
    two.fedi.quirks.dropped = 0
    arrival = await session.fetching.refresh(ignore)
    assert arrival.errors == ()
    assert {key[0] for key in arrival.new} == {two.here}
    assert (len(two.of(two.here)), len(two.of(two.there))) == (150, 150)
    times = [judged.post.at for judged in session.timeline.posts]
    assert times == sorted(times, reverse=True)


async def test_a_friend_on_both_is_proposed_joined_and_never_hidden(both: Callable[..., Any]) -> None:
    """Cleo is a stranger on Mastodon and a friend on Bluesky, and the two profiles link to each other."""
    two = await both()
    session = two.session
    cleo, ada = two.fedi.world.people["4"], next(each for each in two.sky.world.people if "ada" in each)
    cleo["fields"] = [{"name": "Bluesky", "value": "@ada.here.example", "verified_at": None}]
    cleo |= {"followers_count": 2_000_000, "following_count": 2}
    two.sky.world.people[ada]["description"] = "also https://here.example/@cleo"
    two.sky.world.detailed = lambda each: two.sky.world.people[each]
    await session.fetching.refresh(ignore)
    here, there = (two.here, "4"), (two.there, ada)
    assert [handle.key for handle in session.links.proposed(here)] == [there]
    assert [handle.key for handle in session.links.proposed(there)] == [here]

    def shown_at() -> set[Level]:
        posts = (judged for judged in session.timeline.posts if judged.post.author_key == here)
        return {judged.verdict.strictest_level for judged in posts}

    assert Level.known not in shown_at()
    session.links.link(here, [there])
    assert shown_at() == {Level.known}
    # Neither another sync nor a restart changes this.
    await session.fetching.refresh(ignore)
    assert shown_at() == {Level.known}
    again = open_session()
    again.timeline.load(500)
    assert [handle.key for handle in again.links.linked_with(here)] == [there]
    await again.close()
    session.links.unlink(here)
    assert Level.known not in shown_at()
    assert session.links.proposed(here) == []


async def test_signing_out_keeps_the_other_account_and_removes_its_links(both: Callable[..., Any]) -> None:
    two = await both(20)
    session = two.session
    await session.fetching.refresh(ignore)
    session.links.link((two.here, "2"), [(two.there, next(each for each in two.sky.world.people if "ada" in each))])
    await session.signing_in.remove(session.accounts[1])
    session.signing_in.reload()
    assert session.links.linked_with((two.here, "2")) == ()
    again = open_session()
    again.timeline.load(500)
    assert {judged.post.account for judged in again.timeline.posts} == {two.here}
    assert len(again.timeline.posts) == 20
    assert again.links.linked_with((two.here, "2")) == ()
    await again.close()
