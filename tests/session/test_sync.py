"""Syncing from a server on loopback: no gap, no loss, and every error in one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.view import Progress
from quietfeed.session import Session, open_session
from quietfeed.session.sync import ignore_progress
from quietfeed.store.archive import Archive
from quietfeed.tests.saying import says

Serve = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    return tmp_path


async def signed_in(server: Any) -> Session:
    session = open_session()
    await session.signing_in.flow.with_token("mastodon", server.url, "good")
    session.signing_in.reload()
    return session


def ids(session: Session) -> list[str]:
    while session.timeline.load(500):
        pass
    return [judged.post.id for judged in session.timeline.posts]


async def test_the_first_sync_fetches_the_newest_and_leaves_one_gap_below(mastodon: Serve, home: Path) -> None:
    session = await signed_in(mastodon(posts=700))
    arrival = await session.fetching.refresh(ignore_progress)
    assert arrival.errors == ()
    assert len(arrival.new) == session.config.first_sync_posts == len(ids(session))
    assert [gap.older_at for gap in session.timeline.gaps] == [None]
    await session.close()


async def test_more_reaches_the_end_of_the_timeline(mastodon: Serve, home: Path) -> None:
    session = await signed_in(mastodon(posts=520))
    await session.fetching.refresh(ignore_progress)
    await session.fetching.more(1000, ignore_progress)
    assert len(ids(session)) == 520
    assert session.timeline.gaps == []
    await session.close()


@pytest.mark.parametrize("quirk", [{}, {"duplicates": True}, {"empty_last_page": True}, {"sparse": True}])
async def test_every_post_arrives_once_despite_repetitions_of_the_server(
    mastodon: Serve, home: Path, quirk: Any
) -> None:
    server = mastodon(posts=150, **quirk)
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    found = ids(session)
    assert len(found) == len(set(found)) == 150
    await session.close()


async def test_a_second_sync_finds_nothing_new(mastodon: Serve, home: Path) -> None:
    session = await signed_in(mastodon(posts=150))
    await session.fetching.refresh(ignore_progress)
    assert (await session.fetching.refresh(ignore_progress)).new == ()
    await session.close()


async def test_a_second_start_shows_the_last_timeline_without_a_server(mastodon: Serve, home: Path) -> None:
    session = await signed_in(mastodon(posts=60))
    await session.fetching.refresh(ignore_progress)
    before = [(judged.key, judged.verdict) for judged in session.timeline.posts]
    assert len(before) == 60
    await session.close()
    again = open_session()
    again.timeline.load()
    assert [(judged.key, judged.verdict) for judged in again.timeline.posts] == before
    await again.close()


async def test_a_dropped_connection_loses_no_fetched_post(mastodon: Serve, home: Path) -> None:
    server = mastodon(posts=400)
    session = await signed_in(server)
    session.timeline.load()
    pages = 0

    def cut(progress: Progress) -> None:
        nonlocal pages
        if progress.kind == "posts":
            pages += 1
            if pages == 4:
                server.quirks.dropped = 10_000

    arrival = await session.fetching.refresh(cut)
    assert len(arrival.errors) == 1
    assert len(ids(session)) == 120
    server.quirks.dropped = 0
    for _ in range(3):
        await session.fetching.more(1000, ignore_progress)
    assert len(ids(session)) == 400
    await session.close()


async def test_a_revoked_token_is_reported_and_the_timeline_stays(mastodon: Serve, home: Path) -> None:
    server = mastodon(posts=60)
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    server.tokens.clear()
    arrival = await session.fetching.refresh(ignore_progress)
    assert arrival.new == ()
    assert len(arrival.errors) == 1
    assert "signs in again" in arrival.errors[0]
    assert len(session.timeline.posts) == 60
    await session.close()


async def test_a_rate_limit_is_reported_and_earlier_pages_stay(mastodon: Serve, home: Path) -> None:
    server = mastodon(posts=60)
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    server.quirks.limited = 100
    arrival = await session.fetching.refresh(ignore_progress)
    assert "Rate limited by" in arrival.errors[0]
    assert len(session.timeline.posts) == 60
    await session.close()


async def test_a_token_of_somebody_else_is_not_kept(mastodon: Serve, home: Path) -> None:
    from quietfeed.models.errors import SignInNeeded

    session = open_session()
    with pytest.raises(SignInNeeded, check=says("nothing was stored")):
        await session.signing_in.flow.with_token("mastodon", mastodon(posts=5).url, "good", "somebody")
    assert session.accounts == ()
    await session.close()


async def test_missing_counts_are_requested_once_a_day_not_with_every_sync(mastodon: Serve, home: Path) -> None:
    server = mastodon(posts=30, counts_zero=True)
    session = await signed_in(server)

    def asked() -> int:
        asked = [request.path.removeprefix("/api/v1/accounts/") for request in server.requests]
        return sum(each.isdecimal() and each != session.accounts[0].remote_id for each in asked)

    await session.fetching.refresh(ignore_progress)
    first = asked()
    assert first > 5
    await session.fetching.refresh(ignore_progress)
    assert asked() == first
    await session.close()


async def test_a_failed_relationship_request_makes_nobody_a_stranger(
    mastodon: Serve, home: Path, stored: Callable[[], Archive]
) -> None:
    server = mastodon(posts=60, garbled=("/api/v1/accounts/relationships",))
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    key = session.accounts[0].key
    assert stored().ties.never_requested(key, 500)
    assert {judged.tie.you_follow for judged in session.timeline.posts} == {None}
    server.quirks.garbled = ()
    await session.fetching.refresh(ignore_progress)
    assert set(stored().ties.never_requested(key, 500)) <= {session.accounts[0].remote_id}
    assert None not in {judged.tie.you_follow for judged in session.timeline.posts}
    await session.close()
