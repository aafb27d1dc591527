"""Likes on both networks: stored first, sent, compared before a retry, rolled back if rejected, and undone."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.action import Like, Unlike
from quietfeed.models.config import Config
from quietfeed.models.errors import NotFound, NotPossible, WritingOff
from quietfeed.models.view import JudgedPost, PostKey
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock
from quietfeed.session.events import ActionChanged
from quietfeed.session.sync import ignore_progress
from quietfeed.sources import NETWORKS, network
from quietfeed.store.archive import Archive
from quietfeed.tests.signed_in import account_on, secret_on

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class World:
    """A session with one account that may write, over a loopback server and a clock that tests move."""

    name: str
    server: Any
    home: Path
    account: Account
    secret: dict[str, str]
    now: datetime = NOW
    heard: list[ActionChanged] = field(default_factory=list)
    opened: list[Session] = field(default_factory=list)

    def open(self) -> Session:
        """Another process over the same store."""
        archive = Archive(self.home / "quietfeed.db")
        account = archive.add_account(self.account)
        archive.account_table.set_writing(account.key, True)
        account = replace(account, writing=True)
        source = network(self.name).open_source(account, self.secret)
        accounts = Accounts(archive, None, {account.key: source})
        session = Session(archive, Config(), accounts, None, clock=Clock(lambda: self.now))
        session.events.subscribe(ActionChanged, self.heard.append)
        session.timeline.load()
        self.opened.append(session)
        return session

    def store(self) -> Archive:
        """The store, opened beside the sessions."""
        return Archive(self.home / "quietfeed.db")

    async def fresh(self) -> Session:
        session = self.open()
        await session.fetching.refresh(ignore_progress)
        return session

    def likes(self, key: PostKey) -> int:
        """How often the server has the user's like of a post."""
        if self.name == "mastodon":
            return int(key[1] in self.server.likes)
        return sum(each["subject"]["uri"] == key[1] for each in self.server.records.values())

    def refuse(self, status: int = 403) -> None:
        if self.name == "mastodon":
            self.server.quirks.refused |= {"favourite": status, "unfavourite": status}
        else:
            methods = ("com.atproto.repo.createRecord", "com.atproto.repo.deleteRecord")
            self.server.quirks.refused |= dict.fromkeys(methods, ("Refused", status))

    def away(self, answers: int = 8) -> None:
        self.server.quirks.starting = answers

    def back(self) -> None:
        self.server.quirks.starting = 0


@pytest.fixture(params=[each.name for each in NETWORKS])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    serve: Callable[..., Any] = request.getfixturevalue(request.param)
    if request.param == "mastodon":
        server = serve(posts=20, scopes=("read", "write"))
    else:
        server = serve(posts=20)
    account, secret = account_on(request.param, server), secret_on(request.param, server)
    world = World(request.param, server, tmp_path, account, secret)
    yield world
    for session in world.opened:
        await session.close()


def post_in(session: Session, number: int = 6) -> JudgedPost:
    return session.timeline.posts[number]


def look(session: Session, key: PostKey) -> JudgedPost:
    judged = session.timeline.get(key)
    assert judged is not None
    return judged


async def test_a_like_is_shown_at_once_sent_once_and_kept(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    before = look(session, key).tie.likes_from_you or 0
    change = await session.actions.on_post("like", key)
    assert (change.kind, change.action) == ("action", "like")
    shown = look(session, key)
    assert shown.liked
    assert shown.actions
    assert shown.actions[0].state == "pending"
    assert shown.tie.likes_from_you == before + 1
    assert world.likes(key) == 0
    assert await session.outbox.send_due() is None
    assert world.likes(key) == 1
    assert [event.state for event in world.heard] == ["pending", "done"]
    again = look(world.open(), key)
    assert again.liked
    assert again.post.viewer.liked is True
    assert again.tie.likes_from_you == before + 1


async def test_nothing_is_written_until_the_user_switched_it_on(world: World) -> None:
    session = await world.fresh()
    session.signing_in.set_writing(session.accounts[0], False)
    session.signing_in._tokens = object()  # type: ignore[assignment]
    with pytest.raises(WritingOff, match=r"account refresh .* --write"):
        await session.actions.on_post("like", post_in(session).key)
    assert session.outbox.entries() == []
    session.signing_in._tokens = None


async def test_a_rejected_like_is_rolled_back_with_the_reason(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    before = look(session, key)
    world.refuse()
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    after = look(session, key)
    assert not after.liked
    assert (after.post.viewer, after.post.counts) == (before.post.viewer, before.post.counts)
    assert after.tie.likes_from_you == before.tie.likes_from_you
    assert after.actions
    assert after.actions[0].state == "failed"
    assert "403" in after.actions[0].reason
    assert world.heard[-1].state == "failed"
    assert not session.history.newest_is_remote
    # Once the reason is gone, it can be sent again.
    world.server.quirks.refused.clear()
    (entry,) = session.outbox.entries()
    session.outbox.confirm(entry.id)
    assert look(session, key).liked
    await session.outbox.send_due()
    assert (world.likes(key), session.outbox.entry(entry.id).state) == (1, "done")


async def test_offline_it_waits_with_backoff_and_is_sent_later(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    world.away()
    await session.actions.on_post("like", key)
    waits = []
    for _ in range(3):
        due = await session.outbox.send_due()
        assert due is not None
        waits.append((due - world.now).total_seconds())
        world.now = due
    assert 1 <= waits[0] <= 6
    assert waits[2] > 2.6 * waits[0] / 3
    assert look(session, key).liked
    world.back()
    await session.outbox.send_due()
    assert world.likes(key) == 1
    assert world.server.liked[key[1]] == 1


async def test_an_answer_that_was_lost_is_compared_and_not_sent_again(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    world.server.quirks.cut_off = 1
    await session.actions.on_post("like", key)
    due = await session.outbox.send_due()
    assert due is not None
    assert session.outbox.entries()[0].state == "unclear"
    posts = [each for each in world.server.requests if each.method == "POST"]
    world.now = due
    assert await session.outbox.send_due() is None
    assert [each for each in world.server.requests if each.method == "POST"] == posts
    assert (world.likes(key), session.outbox.entries()[0].state) == (1, "done")


async def test_after_an_hour_it_waits_for_a_confirmation(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    world.away(1000)
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    world.back()
    world.now += timedelta(hours=1)
    assert await session.outbox.send_due() is None
    assert world.likes(key) == 0
    (entry,) = session.outbox.waiting()
    session.outbox.confirm(entry.id)
    await session.outbox.send_due()
    assert world.likes(key) == 1


async def test_a_rate_limited_action_waits(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    # The server's delay is measured by the clock of this machine.
    world.now = datetime.now(UTC)
    world.server.quirks.limited = 1
    world.server.quirks.limit_headers = {"Retry-After": "0"}
    await session.actions.on_post("like", key)
    due = await session.outbox.send_due()
    assert due is not None
    (entry,) = session.outbox.entries()
    assert entry.state == "pending"
    assert "Rate limited" in entry.reason
    world.now = due + timedelta(seconds=1)
    await session.outbox.send_due()
    assert world.server.liked[key[1]] == 1


async def test_undo_of_a_like_that_was_not_sent_drops_it(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    before = look(session, key).tie
    await session.actions.on_post("like", key)
    change = await session.history.undo_any()
    assert change is not None
    assert session.outbox.entries() == []
    assert not look(session, key).liked
    assert look(session, key).tie == before
    requests = len(world.server.requests)
    assert await session.outbox.send_due() is None
    assert len(world.server.requests) == requests


async def test_undo_of_a_completed_like_removes_it(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    before = look(session, key).tie
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    await session.history.undo_any()
    assert not look(session, key).liked
    assert look(session, key).tie.likes_from_you == before.likes_from_you
    await session.outbox.send_due()
    assert world.likes(key) == 0
    # And liking it again afterwards works.
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    assert world.likes(key) == 1


async def test_undo_of_a_like_that_is_unclear_ends_without_a_like(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    world.server.quirks.cut_off = 1
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    assert world.likes(key) == 1
    await session.history.undo_any()
    (entry,) = session.outbox.entries()
    assert isinstance(entry.action, Unlike)
    await session.outbox.send_due()
    assert world.likes(key) == 0


async def test_undo_of_a_like_that_was_rejected_changes_nothing(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    world.refuse()
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    assert await session.history.undo_any() is None
    assert not look(session, key).liked


async def test_a_rejected_unlike_shows_the_like_again(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    likes = look(session, key).tie.likes_from_you
    world.refuse()
    await session.actions.on_post("unlike", key)
    assert not look(session, key).liked
    await session.outbox.send_due()
    assert look(session, key).liked
    assert look(session, key).tie.likes_from_you == likes
    assert world.likes(key) == 1


async def test_two_processes_send_an_action_once(world: World) -> None:
    first = await world.fresh()
    second = world.open()
    key = post_in(first).key
    await first.actions.on_post("like", key)
    (entry,) = second.outbox.entries()
    claimed = world.store().outbox.claim(entry.id, world.now)
    assert claimed is not None
    assert world.store().outbox.claim(entry.id, world.now) is None
    due = await second.outbox.send_due()
    assert due is not None
    assert world.likes(key) == 0
    # The first one is stuck: after its lease the second compares and sends.
    world.now += timedelta(minutes=6)
    await second.outbox.send_due()
    assert world.server.liked[key[1]] == 1
    assert isinstance(second.outbox.entry(entry.id).action, Like)


async def test_an_unlike_waits_for_the_like_that_is_being_sent(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    await session.actions.on_post("like", key)
    (like,) = session.outbox.entries()
    claimed = world.store().outbox.claim(like.id, world.now)
    assert claimed is not None
    await session.actions.on_post("unlike", key)
    unlike = session.outbox.entries()[0]
    await session.outbox.send_due()
    assert session.outbox.entry(unlike.id).state == "pending"
    world.now += timedelta(minutes=6)
    await session.outbox.send_due()
    assert [each.state for each in session.outbox.entries()] == ["done", "done"]
    assert world.likes(key) == 0


async def test_an_action_can_be_dropped_until_it_may_have_been_done(world: World) -> None:
    session = await world.fresh()
    key, other = post_in(session).key, post_in(session, 8).key
    await session.actions.on_post("like", key)
    session.outbox.drop(session.outbox.entries()[0].id)
    assert not look(session, key).liked
    world.server.quirks.cut_off = 1
    await session.actions.on_post("like", other)
    await session.outbox.send_due()
    with pytest.raises(NotPossible, match="may have been done"):
        session.outbox.drop(session.outbox.entries()[0].id)
    with pytest.raises(NotFound):
        session.outbox.drop(99)


async def test_liking_twice_sends_one_request(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    assert (await session.actions.on_post("like", key)).kind == "already_done"
    assert len(session.outbox.entries()) == 1
    toggled = await session.actions.toggle("like", key)
    assert toggled.action == "unlike"


async def test_a_sync_counts_the_like_once(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    await session.actions.on_post("like", key)
    await session.outbox.send_due()
    likes = look(session, key).tie.likes_from_you
    if world.name == "mastodon":
        world.server.world.favourites.insert(0, world.server.known[key[1]])
    else:
        place = next(each for each in world.server.world.home if each["post"]["uri"] == key[1])
        world.server.world.likes.insert(0, place)
    world.now += timedelta(hours=2)
    await session.fetching.refresh(ignore_progress)
    assert look(session, key).tie.likes_from_you == likes


async def test_a_boost_is_liked_as_its_original(world: World) -> None:
    session = await world.fresh()
    boost = next(each for each in session.timeline.posts if each.post.booster is not None)
    await session.actions.on_post("like", boost.key)
    originals = [each for each in session.timeline.posts if each.post.id == boost.post.original_id]
    assert originals
    assert all(each.liked for each in originals)
    await session.outbox.send_due()
    assert world.server.liked == {boost.post.original_id: 1}


async def test_a_delivered_action_is_sent_when_the_call_returns(world: World) -> None:
    session = await world.fresh()
    key = post_in(session).key
    liked = await session.delivery.on_post("like", key)
    assert liked.entry is not None
    assert (liked.change.kind, liked.entry.state, world.likes(key)) == ("action", "done", 1)
    again = await session.delivery.on_post("like", key)
    assert (again.change.kind, again.entry, world.likes(key)) == ("already_done", None, 1)
    other = post_in(session, 7).key
    await session.actions.on_post("like", other)
    dropped = await session.delivery.on_post("unlike", other)
    assert (dropped.change.kind, dropped.entry, world.likes(other)) == ("action_withdrawn", None, 0)
