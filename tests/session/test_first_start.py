"""The first sync of an account: its first page is on the screen before anything is known about its people."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.verdict import Level
from quietfeed.models.view import Progress
from quietfeed.session import Session, open_session
from quietfeed.session.events import PostsArrived
from quietfeed.session.sync import ignore_progress

Serve = Callable[..., Any]
HOME = "/api/v1/timelines/home"
TIES = ("/api/v1/notifications", "/api/v1/accounts/relationships")


async def signed_in(server: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    session = open_session(home)
    await session.signing_in.flow.with_token("mastodon", server.url, "good")
    session.signing_in.reload()
    server.requests.clear()
    return session


async def test_the_first_page_comes_before_the_ties_and_hides_nobody(
    mastodon: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mastodon(posts=100)
    session = await signed_in(server, tmp_path, monkeypatch)
    asked: list[list[str]] = []
    shown: list[bool] = []

    def note(_event: PostsArrived) -> None:
        asked.append([each.path for each in server.requests if each.path in TIES])
        shown.append(all(judged.verdict.shown_at(Level.quiet) for judged in session.timeline.posts))

    session.events.subscribe(PostsArrived, note)
    await session.fetching.refresh(ignore_progress)
    assert asked[0] == []
    assert shown[0]
    assert asked[1] != []
    assert len(session.timeline.posts) == 100
    await session.close()


async def test_after_an_interrupted_first_sync_ties_are_read_before_posts_are_judged(
    mastodon: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mastodon(posts=100)
    session = await signed_in(server, tmp_path, monkeypatch)
    sync = asyncio.ensure_future(session.fetching.refresh(ignore_progress))

    def interrupt(_event: PostsArrived) -> None:
        sync.cancel()

    stop = session.events.subscribe(PostsArrived, interrupt)
    with suppress(asyncio.CancelledError):
        await sync
    stop()
    assert len(session.timeline.posts) == 40
    assert all(judged.verdict.shown_at(Level.quiet) for judged in session.timeline.posts)
    server.requests.clear()
    await session.fetching.refresh(ignore_progress)
    paths = [each.path for each in server.requests]
    assert paths.index(TIES[0]) < paths.index(HOME)
    await session.close()


async def stop_at_contacts(session: Session, number: int) -> None:
    """Start a sync, and cancel it once so many contacts were read."""

    def interrupt(progress: Progress) -> None:
        if progress.kind == "contacts" and progress.done >= number:
            sync.cancel()

    sync = asyncio.ensure_future(session.fetching.refresh(interrupt))
    with suppress(asyncio.CancelledError):
        await sync


async def test_a_sync_interrupted_between_two_kinds_of_contacts_hides_nobody(
    mastodon: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mastodon(posts=100)
    session = await signed_in(server, tmp_path, monkeypatch)
    # First some contacts are read, but not those of every kind; then none.
    await stop_at_contacts(session, 1)
    await stop_at_contacts(session, 0)
    await session.close()
    session = open_session(tmp_path)
    session.timeline.load()
    assert session.timeline.posts
    assert all(judged.verdict.shown_at(Level.quiet) for judged in session.timeline.posts)
    await session.fetching.refresh(ignore_progress)
    # With all contacts, posts are judged as usual.
    assert not all(judged.verdict.shown_at(Level.quiet) for judged in session.timeline.posts)
    await session.close()
