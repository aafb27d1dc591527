"""Edited and deleted posts in the timeline, search, conversations and exports."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from quietfeed.models.view import PostKey
from quietfeed.session import Session
from quietfeed.session.sync import ignore_progress
from quietfeed.tests.session.times import Time

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("own_home")
EDITED = "2026-11-20T12:30:00.000Z"
SELLS = "<p>Buy now! Use code SAVE20, limited offer, link in bio: https://shop.example</p>"
STRANGER = "9"


async def opened(opening: Any, server: Any) -> Session:
    """Sign in to a server and sync once."""
    session: Session = await opening(server)
    await session.fetching.refresh(ignore_progress)
    return session


def key_of(session: Session, status: Any) -> PostKey:
    return (session.accounts[0].key, status["id"])


async def refresh(session: Session, time: Time, visible: list[PostKey] | None = None) -> None:
    time.ahead += timedelta(hours=1)
    await session.fetching.refresh(ignore_progress, visible=visible or [])


def exported(session: Session) -> set[str]:
    return {record["id"] for record in session.transfer.export("posts")}


async def test_an_edited_post_is_found_and_judged_as_it_reads_now(mastodon: Serve, opening: Any, time: Time) -> None:
    server = mastodon(posts=60)
    edited = server.world.home[50] = server.world.status(50, STRANGER, "<p>a heron at the old canal lock</p>")
    session = await opened(opening, server)
    before = session.timeline.get(key_of(session, edited))
    assert before is not None
    assert session.timeline.search("canal lock", 5)[1] == 1
    assert session.timeline.search("canal\ud800 lo\x1bck", 5)[1] == 1
    edited |= {"content": SELLS, "edited_at": EDITED}
    await refresh(session, time)
    after = session.timeline.get(before.key)
    assert after is not None
    assert (after.post.text[:7], after.post.edited_at is not None) == ("Buy now", True)
    assert after.verdict != before.verdict
    assert after.verdict.scores["sales"] > before.verdict.scores["sales"]
    assert session.timeline.search("canal lock", 5)[1] == 0
    assert [judged.key for judged in session.timeline.search("SAVE20", 5)[0]] == [before.key]


async def test_an_edit_in_a_conversation_is_stored(mastodon: Serve, opening: Any, time: Time) -> None:
    server = mastodon(posts=60)
    session = await opened(opening, server)
    edited = server.world.home[-1]
    edited |= {"content": "<p>quite another text</p>", "edited_at": EDITED}
    await session.reading.thread(key_of(session, server.world.home[5]))
    judged = session.timeline.get(key_of(session, edited))
    assert judged is not None
    assert judged.post.text == "quite another text"
    assert judged.key in [each.key for each in session.timeline.posts]


async def test_posts_on_the_screen_are_compared_first(mastodon: Serve, opening: Any, time: Time) -> None:
    server = mastodon(posts=400)
    session = await opened(opening, server)
    shown, other = server.world.home[350], server.world.home[351]
    for each in (shown, other):
        each |= {"content": "<p>put right</p>", "edited_at": EDITED}
    await refresh(session, time, [key_of(session, shown)])
    found = session.timeline.get_or_load([key_of(session, shown), key_of(session, other)])
    assert {each.post.id: each.post.text == "put right" for each in found} == {shown["id"]: True, other["id"]: False}
    first = next(each for each in server.requests if each.path == "/api/v1/statuses")
    assert first.query["id[]"][1] == shown["id"]


async def test_a_deleted_post_leaves_everything_and_a_marked_one_stays_while_it_is_marked(
    mastodon: Serve, opening: Any, time: Time
) -> None:
    server = mastodon(posts=60)
    gone, marked = server.world.home[7], server.world.home[8]
    gone["content"] = marked["content"] = "<p>farewell</p>"
    session = await opened(opening, server)
    session.marks.set(key_of(session, marked), "spam")
    assert session.timeline.search("farewell", 5)[1] == 2
    server.deleted = {gone["id"], marked["id"]}
    await refresh(session, time)
    assert session.timeline.get(key_of(session, gone)) is None
    assert key_of(session, gone) not in [judged.key for judged in session.timeline.posts]
    stays = session.timeline.get(key_of(session, marked))
    assert stays is not None
    assert stays.post.deleted_at is not None
    assert session.timeline.search("farewell", 5)[1] == 1
    assert {gone["id"], marked["id"]} & exported(session) == {marked["id"]}
    # Without its mark it is neither found nor exported, and the next sync removes it.
    session.marks.remove(stays.key)
    assert session.timeline.search("farewell", 5) == ([], 0)
    assert marked["id"] not in exported(session)
    await refresh(session, time)
    assert session.timeline.get(stays.key) is None
    assert not session.timeline.get_or_load([stays.key])


async def test_a_mark_that_is_set_again_keeps_a_deleted_post(mastodon: Serve, opening: Any, time: Time) -> None:
    server = mastodon(posts=60)
    marked = server.world.home[8]
    session = await opened(opening, server)
    session.marks.set(key_of(session, marked), "spam")
    server.deleted = {marked["id"]}
    await refresh(session, time)
    session.marks.remove(key_of(session, marked))
    session.history.undo()
    await refresh(session, time)
    stays = session.timeline.get(key_of(session, marked))
    assert stays is not None
    assert stays.mark == "spam"


async def test_a_poll_is_closed_by_the_clock_before_the_server_closes_it(mastodon: Serve, opening: Any) -> None:
    server = mastodon(posts=10)
    poll = {"options": [{"title": "yes", "votes_count": 1}], "expires_at": "2026-11-20T12:10:00.000Z", "expired": False}
    server.world.home[5] |= {"poll": poll}
    session = await opened(opening, server)
    judged = session.timeline.get(key_of(session, server.world.home[5]))
    assert judged is not None
    assert judged.post.poll is not None
    ends = judged.post.poll.expires_at
    assert ends is not None
    assert [judged.post.poll.is_closed(ends + timedelta(seconds=each)) for each in (-1, 0, 1)] == [False, True, True]


async def test_a_conversation_is_stored_a_few_posts_at_a_time(mastodon: Serve, opening: Any) -> None:
    server = mastodon(posts=60)
    server.quirks.replies = replies = [server.world.status(number) for number in range(500, 620)]
    session = await opened(opening, server)
    keys = [key_of(session, each) for each in replies]
    counts: set[int] = set()

    async def watch() -> None:
        while True:
            counts.add(sum(session.timeline.get(key) is not None for key in keys))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    _, after = await session.reading.thread(key_of(session, server.world.home[5]))
    watching.cancel()
    assert len(after) == 121
    assert sorted(counts) == [0, 19, 39, 59, 79, 99, 119]


async def test_a_post_that_the_newest_page_no_longer_contains_is_gone_in_the_same_sync(
    mastodon: Serve, opening: Any, time: Time
) -> None:
    server = mastodon(posts=60)
    session = await opened(opening, server)
    time.ahead += timedelta(seconds=5)
    await session.fetching.refresh(ignore_progress)
    server.requests.clear()
    gone = server.world.home[3]
    server.deleted = {gone["id"]}
    for _ in range(2):
        time.ahead += timedelta(seconds=5)
        await session.fetching.refresh(ignore_progress)
    assert session.timeline.get(key_of(session, gone)) is None
    rechecked = [each.query["id[]"] for each in server.requests if each.path == "/api/v1/statuses"]
    assert [gone["id"] in each for each in rechecked] == [True]


async def test_a_server_that_takes_one_id_per_request_has_every_post_rechecked(
    mastodon: Serve, opening: Any, time: Time
) -> None:
    server = mastodon(posts=75, batch_statuses=False)
    session = await opened(opening, server)
    server.requests.clear()
    for _ in range(4):
        await refresh(session, time)
    singly = {each.path.rpartition("/")[2] for each in server.requests if each.path.startswith("/api/v1/statuses/")}
    below_the_newest_page = {each["id"] for each in server.world.home[40:]}
    assert len(below_the_newest_page) == 35
    assert below_the_newest_page <= singly
