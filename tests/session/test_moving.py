"""`export all` and `import` move everything to another machine, and importing twice changes nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.context import PostContext
from quietfeed.models.draft import Draft, Pointer
from quietfeed.models.joined import DistinctPair, Handle
from quietfeed.models.mark import Mark, Mute, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.subscription import Subscription
from quietfeed.models.tie import FOREVER, Relationship, Tie
from quietfeed.session import Session, open_session
from quietfeed.sources.registry import local_account
from quietfeed.store.archive import Archive

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FIRST = Account("mastodon", "https://here.example", "me@here.example", "7")
SECOND = Account("bluesky", "https://pds.example", "me.example", "did:plc:me")
BLOGS = local_account()


def fill(archive: Archive) -> None:
    """Store something of every kind that a user can teach or write."""
    me, other, blogs = (archive.add_account(each).key for each in (FIRST, SECOND, BLOGS))
    ada = Person("p1", "ada@there.example", "Ada", network="mastodon")
    post = Post("1", ada, "hello", me, "mastodon", NOW)
    archive.posts.save(me, [post], NOW)
    archive.marks.add(Mark(PostContext(post), "person", NOW))
    archive.ties.save_relationships(me, [Relationship("p1", you_follow=True, follows_you=True)], NOW)
    archive.ties.save_imported("", "", "old@friend.example", Tie(replies_from_you=3))
    archive.person_marks.set(PersonMark(me, "p1", ada.handle, "vouched", NOW))
    archive.person_marks.set(PersonMark("", "", "nobody@yet.example", "not_known", NOW))
    archive.mutes.set(Mute(me, "p2", "loud@there.example", FOREVER, NOW))
    archive.mutes.set(Mute(me, "p3", "later@there.example", NOW + timedelta(days=40_000), NOW))
    archive.joins.link([Handle(me, "p1", ada.handle), Handle(other, "did:plc:ada", "ada.example")], NOW)
    archive.joins.unlink([], [DistinctPair(Handle(me, "p4", "x"), Handle(other, "did:plc:y", "y"), NOW)])
    archive.subscriptions.save(
        blogs, [Subscription("blog.example", "https://blog.example/feed", "Blog", added_at=NOW, etag='"old"')]
    )
    archive.drafts.save(Draft("not sent", (me,), reply_to=Pointer(me, "1", person_id="p1")), NOW)
    queued = archive.drafts.save(Draft("waits in the outbox", (me,)), NOW)
    archive.drafts.queue(queued)


@pytest.fixture
def exported(tmp_path: Path) -> list[dict[str, Any]]:
    session = open_session(tmp_path / "old")
    fill(session._archive)
    records = list(session.transfer.export("all"))
    session._archive.close()
    return records


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Session]:
    session = open_session(tmp_path / "new")
    yield session
    session._archive.close()


def take(session: Session, records: list[dict[str, Any]]) -> dict[str, int]:
    counts, errors = session.transfer.import_records(list(enumerate(records, 1)))
    assert errors == []
    return counts


def without_requests(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records without the results of the last feed requests, which stay on their machine."""
    return [
        {**each, "subscription": {**each["subscription"], "etag": ""}} if "subscription" in each else each
        for each in records
    ]


def test_everything_arrives_and_a_second_import_changes_nothing(new: Session, exported: list[dict[str, Any]]) -> None:
    for _ in range(2):
        counts = take(new, exported)
        assert counts == {"marks": 7, "ties": 2, "posts": 0, "accounts": 3, "subscriptions": 1, "drafts": 1}
        assert [*new.transfer.export("all")] == without_requests(exported)


def test_no_token_and_no_queued_draft_is_in_an_export(tmp_path: Path, exported: list[dict[str, Any]]) -> None:
    session = open_session(tmp_path / "old")
    session.signing_in._tokens.save(session.accounts[0].key, {"token": "a-planted-token"})  # type: ignore[union-attr]
    told = repr(list(session.transfer.export("all")))
    session._archive.close()
    assert "a-planted-token" not in told
    assert "waits in the outbox" not in told
    assert "not sent" in told


def test_the_keys_of_this_machine_replace_those_of_the_other(new: Session, exported: list[dict[str, Any]]) -> None:
    mine = new._archive.add_account(Account(FIRST.network, FIRST.server, "renamed@here.example", FIRST.remote_id))
    assert mine.key != FIRST.key
    take(new, exported)
    assert len(new._archive.accounts()) == 3
    assert [mark.context.post.account for mark in new._archive.marks.all()] == [mine.key]
    draft = new._archive.drafts.all()[0].draft
    assert draft.accounts == (mine.key,)
    assert draft.reply_to is not None
    assert draft.reply_to.account == mine.key
    assert mine.key in {handle.account for link in new._archive.joins.all() for handle in link.people}


def test_an_imported_draft_is_cleaned(new: Session) -> None:
    record = {"draft": {"text": "a\x1b[2J\ud800b\nc", "poll": {"options": ["\u202ex", "y"]}}}
    assert new.transfer.import_records([(1, record)])[1] == []
    draft = new._archive.drafts.all()[0].draft
    assert draft.text == "a[2Jb\nc"
    assert draft.poll is not None
    assert draft.poll.options == ("x", "y")


@pytest.mark.parametrize(
    "record",
    [
        {"sign_in": 5},
        {"sign_in": {"network": "usenet", "server": "https://a.example", "handle": "a", "remote_id": "1"}},
        {"sign_in": {"network": "mastodon", "server": "http://a.example", "handle": "a", "remote_id": "1"}},
        {"sign_in": {"network": "mastodon", "server": "https://a.example", "handle": "", "remote_id": "1"}},
        {"subscription": {"id": "a"}, "account": "x"},
        {"subscription": {"id": "a", "address": "https://a.example"}, "account": "x"},
        {"draft": {"text": 5}},
    ],
)
def test_a_wrong_record_is_one_sentence_and_changes_nothing(new: Session, record: dict[str, Any]) -> None:
    before = list(new.transfer.export("all"))
    _, errors = new.transfer.import_records([(1, record)])
    assert len(errors) == 1
    assert list(new.transfer.export("all")) == before
