"""Effects of pending actions in the store; a rejection reverts them exactly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.models.account import Account
from quietfeed.models.action import (
    Action,
    ActionKey,
    Block,
    Bookmark,
    Boost,
    Follow,
    Like,
    Receipt,
    Report,
    Target,
    Unfollow,
    Unlike,
)
from quietfeed.models.action_kinds import ACTION_KINDS, kind_of, make_action, order_key, reverse_of
from quietfeed.models.person import Person
from quietfeed.models.post import Post, PostCounts, ViewerState
from quietfeed.models.tie import Relationship, Tie
from quietfeed.store.archive import Archive
from quietfeed.store.outbox import Entry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA = Person("ada", "ada@example.social")
ME = Account("mastodon", "https://example.social", "me@example.social", "me")
TARGET = Target(ME.key, "1", "1", person_id="ada", handle=ADA.handle, tag="Walking")


@pytest.fixture
def archive() -> Iterator[Archive]:
    archive = Archive(None)
    archive.add_account(ME)
    post = Post("1", ADA, "text", ME.key, "mastodon", NOW, counts=PostCounts(0, 2, 5), viewer=ViewerState(boosted=True))
    archive.posts.save(ME.key, [post], NOW)
    yield archive
    archive.close()


def add(archive: Archive, action: Action, contact: str = "", hold: datetime | None = None) -> Entry:
    return archive.outbox.add(action, ActionKey("3mzzzzzzzzz2a", NOW), NOW, contact, hold_until=hold)


def claimed(archive: Archive, action: Action, contact: str = "") -> Entry:
    entry = add(archive, action, contact)
    assert archive.outbox.claim(entry.id, NOW) is not None
    return entry


def stored(archive: Archive) -> Post:
    ((_, post),) = archive.posts.get([(ME.key, "1")])
    return post


def tie(archive: Archive) -> Tie:
    return archive.ties.of(ME.key, {"ada": ADA.handle})["ada"]


def test_a_like_changes_the_state_and_the_count_and_a_rejection_restores_both(archive: Archive) -> None:
    before = stored(archive)
    entry = claimed(archive, Like(TARGET), "favourite:1")
    assert (stored(archive).viewer.liked, stored(archive).counts.likes) == (True, 6)
    assert archive.ties.contacts(ME.key, "ada")
    archive.outbox.failed(entry, "no")
    assert stored(archive) == before
    assert not archive.ties.contacts(ME.key, "ada")


def test_undo_does_not_restore_what_a_server_changed_meanwhile(archive: Archive) -> None:
    entry = claimed(archive, Like(TARGET))
    fresh = Post("1", ADA, "text", ME.key, "mastodon", NOW, counts=PostCounts(0, 2, 9), viewer=ViewerState(liked=False))
    archive.posts.update(ME.key, [fresh], NOW)
    archive.outbox.failed(entry, "no")
    assert (stored(archive).viewer.liked, stored(archive).counts.likes) == (False, 9)


def test_a_follow_changes_the_tie_at_once_and_a_request_does_not_count_as_one(archive: Archive) -> None:
    archive.ties.save_relationships(ME.key, [Relationship("ada", False, True)], NOW)
    entry = claimed(archive, Follow(TARGET))
    assert tie(archive).you_follow is True
    archive.outbox.failed(entry, "no")
    assert tie(archive).you_follow is False
    entry = claimed(archive, Follow(TARGET))
    archive.outbox.done(entry, Receipt(requested=True), NOW)
    assert tie(archive).you_follow is False
    finished = archive.outbox.get(entry.id)
    assert finished is not None
    assert finished.receipt == Receipt(requested=True)


def test_a_rejected_block_of_an_unknown_person_leaves_no_relationship(archive: Archive) -> None:
    entry = claimed(archive, Block(TARGET))
    assert tie(archive).blocking is True
    archive.outbox.failed(entry, "no")
    assert tie(archive).blocking is None
    assert archive.ties.stale(ME.key, ["ada"], NOW - timedelta(days=1)) == ["ada"]


def test_actions_of_different_topics_on_a_post_do_not_wait_for_each_other(archive: Archive) -> None:
    like, mark = add(archive, Like(TARGET)), add(archive, Bookmark(TARGET))
    unlike = add(archive, Unlike(TARGET))
    assert archive.outbox.claim(unlike.id, NOW) is None
    assert archive.outbox.claim(mark.id, NOW) is not None
    assert archive.outbox.claim(like.id, NOW) is not None


def test_the_interaction_gets_the_id_that_the_server_gave(archive: Archive) -> None:
    boost = Boost(TARGET)
    entry = claimed(archive, boost, "outbox:3mz")
    archive.outbox.done(entry, Receipt("99"), NOW, "status:99:ada")
    assert stored(archive).viewer.boost_id == "99"
    assert [row[0] for row in archive._db.rows("select id from interaction")] == ["status:99:ada"]


def test_a_held_action_can_be_withdrawn_or_released(archive: Archive) -> None:
    later = NOW + timedelta(seconds=10)
    entry = add(archive, Like(TARGET), hold=later)
    assert (entry.hold_until, entry.next_at) == (later, later)
    archive.outbox.release(entry.id, NOW)
    released = archive.outbox.get(entry.id)
    assert released is not None
    assert (released.hold_until, released.next_at) == (None, NOW)
    assert archive.outbox.withdraw(released)
    assert archive.outbox.all() == []


def test_an_action_that_cannot_be_compared_waits_for_the_user(archive: Archive) -> None:
    entry = claimed(archive, Report(TARGET, "spam"))
    archive.outbox.ask(entry, "it may have arrived")
    waits = archive.outbox.get(entry.id)
    assert waits is not None
    assert (waits.state, waits.confirmed_at.year) == ("unclear", 1970)
    confirmed = archive.outbox.confirm(waits, NOW)
    assert (confirmed.state, confirmed.confirmed_at) == ("pending", NOW)
    assert archive.outbox.claim(entry.id, NOW) is not None
    archive.outbox.ask(entry, "again")
    assert archive.outbox.withdraw(entry)


def test_every_kind_is_complete() -> None:
    for name, kind in ACTION_KINDS.items():
        assert kind.name == name
        if not kind.opposite or name == "note":
            continue
        action = make_action(name, TARGET)
        back = reverse_of(action)
        assert back is not None
        assert kind_of(back).name == kind.opposite
        assert order_key(back) == order_key(action)
    assert reverse_of(Follow(TARGET), "r") == Unfollow(TARGET, "r")
