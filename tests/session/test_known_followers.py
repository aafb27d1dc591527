"""A sync requests who of the people the user follows also follows the strangers of the timeline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.phrases.reasons import reason_text
from quietfeed.session import Session, open_session
from quietfeed.session.clock import Clock
from quietfeed.session.sync import ignore_progress

Serve = Callable[..., Any]
PATH = "/api/v1/accounts/familiar_followers"
STRANGER = "6"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    return tmp_path


class Now:
    """A time that a test moves."""

    at = datetime(2026, 11, 20, 13, tzinfo=UTC)

    def read(self) -> datetime:
        return self.at


async def signed_in(server: Any, now: Now) -> Session:
    session = open_session(clock=Clock(now.read))
    await session.signing_in.flow.with_token("mastodon", server.url, "good")
    session.signing_in.reload()
    return session


def requested(server: Any) -> list[list[str]]:
    return [request.query["id[]"] for request in server.asked(PATH)]


async def test_a_sync_shows_who_follows_a_stranger(mastodon: Serve, home: Path) -> None:
    server = mastodon(posts=40)
    server.world.known_followers = {STRANGER: ("2", "3")}
    session = await signed_in(server, Now())
    await session.fetching.refresh(ignore_progress)
    theirs = [judged for judged in session.timeline.posts if judged.post.author.id == STRANGER]
    texts = {reason_text(reason) for judged in theirs for reason in judged.verdict.reasons}
    assert any(text.startswith("followed by ") and "and one other you follow" in text for text in texts), texts
    await session.close()


async def test_strangers_are_requested_once_a_week_and_friends_never(mastodon: Serve, home: Path) -> None:
    now = Now()
    server = mastodon(posts=40)
    session = await signed_in(server, now)
    for _ in range(2):
        await session.fetching.refresh(ignore_progress)
    (once,) = requested(server)
    assert STRANGER in once
    assert not {"2", "3"} & {*once}
    now.at += timedelta(days=8)
    await session.fetching.refresh(ignore_progress)
    assert [sorted(each) for each in requested(server)] == [sorted(once)] * 2
    await session.close()


async def test_a_server_without_the_request_is_asked_again_after_a_week(mastodon: Serve, home: Path) -> None:
    now = Now()
    server = mastodon(posts=40, lacking=(PATH,))
    session = await signed_in(server, now)
    for _ in range(2):
        assert (await session.fetching.refresh(ignore_progress)).errors == ()
    assert len(requested(server)) == 1
    now.at += timedelta(days=8)
    await session.fetching.refresh(ignore_progress)
    assert len(requested(server)) == 2
    await session.close()
