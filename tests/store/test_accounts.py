"""An account stays the same under any name, and two entries of it are merged without loss."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.models.account import Account, accounts_named
from quietfeed.models.context import PostContext
from quietfeed.models.joined import DistinctPair, Handle
from quietfeed.models.mark import Mark, Mute, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import FOREVER, TO_YOU_COUNTS, Interaction, Relationship
from quietfeed.store.archive import Archive

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OLD, NEW, OTHER = "bluesky:old.example", "bluesky:new.example", "mastodon:me@here.example"
ADA = Person("did:plc:ada", "ada.example", "Ada", network="bluesky")
BO = Person("did:plc:bo", "bo.example", network="bluesky")


def account(handle: str, server: str = "https://pds.example") -> Account:
    return Account("bluesky", server, handle, "did:plc:me")


def a_post(key: str, post_id: str, hours: int = 0, author: Person = ADA) -> Post:
    return Post(post_id, author, f"post {post_id}", key, "bluesky", NOW - timedelta(hours=hours))


@pytest.mark.parametrize("server", ["https://pds.example", "https://moved.example"])
def test_a_handle_that_changes_makes_no_second_account(server: str) -> None:
    archive = Archive(None)
    first = archive.add_account(account("old.example"))
    again = archive.add_account(account("new.example", server))
    assert (again.key, again.row_id) == (first.key, first.row_id)
    (kept,) = archive.accounts()
    assert (kept.handle, kept.server, kept.name, kept.key) == ("new.example", server, NEW, OLD)


def test_signing_in_again_updates_scopes_and_keeps_the_users_choice() -> None:
    archive = Archive(None)
    first = archive.add_account(Account("mastodon", "https://here.example", "me@here.example", "7", scopes=("read",)))
    assert not archive.accounts()[0].writing
    archive.account_table.set_writing(first.key, True)
    archive.add_account(Account("mastodon", "https://here.example", "me@here.example", "7", scopes=("read", "write")))
    (kept,) = archive.accounts()
    assert (kept.scopes, kept.writing) == (("read", "write"), True)


def test_a_handle_that_somebody_else_takes_is_another_account() -> None:
    archive = Archive(None)
    archive.add_account(account("old.example"))
    archive.add_account(account("new.example"))
    other = archive.add_account(Account("bluesky", "https://pds.example", "old.example", "did:plc:other"))
    assert [each.key for each in archive.accounts()] == [OLD, f"{OLD}#2"]
    assert other.name == OLD


def test_an_account_is_found_by_every_name_it_has() -> None:
    archive = Archive(None)
    archive.add_account(account("old.example"))
    archive.add_account(account("new.example"))
    archive.add_account(Account("mastodon", "https://here.example", "me@here.example", "7"))
    accounts = archive.accounts()
    for name in ("@new.example", "NEW.example", NEW, OLD, "did:plc:me", "1"):
        assert accounts_named(accounts, name) == accounts[:1], name
    for name in ("me@here.example", "@me", OTHER, "2"):
        assert accounts_named(accounts, name) == accounts[1:], name
    assert accounts_named(accounts, "nobody") == []
    # A number of the list is more exact than an id on a server.
    archive.add_account(Account("mastodon", "https://there.example", "you@there.example", "1"))
    assert accounts_named(archive.accounts(), "1") == accounts[:1]


def split(path: Path) -> None:
    """Restore a state with one account under two handles, as older versions of quietfeed wrote it."""
    with sqlite3.connect(path) as db:
        db.execute("drop table account")
        db.execute("drop table former_key")
        db.execute("delete from migration where name = 'accounts_by_id'")
        db.execute(
            "create table account (key text primary key, network text not null, server text not null,"
            " handle text not null, id text not null) strict"
        )
        for row in (
            (OLD, "bluesky", "https://pds.example", "old.example", "did:plc:me"),
            (OTHER, "mastodon", "https://here.example", "me@here.example", "7"),
            (NEW, "bluesky", "https://moved.example", "new.example", "did:plc:me"),
        ):
            db.execute("insert into account values (?, ?, ?, ?, ?)", row)


def test_two_entries_of_one_account_become_one_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    old = Archive(path)
    for key, hours in ((OLD, 1), (NEW, 0)):
        old.posts.save(key, [a_post(key, "both"), a_post(key, f"of {key}")], NOW)
        old.ties.save_relationships(key, [Relationship(ADA.id, hours == 0, None)], NOW - timedelta(hours=hours))
        old.ties.save_interactions(
            key, [Interaction(f"n-{key}", ADA, "like", "to_you", NOW)], "notifications", key, TO_YOU_COUNTS
        )
    old.posts.set_unread({(OLD, "both"): False})
    old.marks.add(Mark(PostContext(a_post(OLD, "both")), "sales", NOW - timedelta(hours=1)))
    old.marks.add(Mark(PostContext(a_post(NEW, "both")), "spam", NOW))
    old.marks.add(Mark(PostContext(a_post(OLD, f"of {OLD}")), "person", NOW))
    old.person_marks.set(PersonMark(OLD, BO.id, BO.handle, "vouched", NOW))
    old.person_marks.set(PersonMark(NEW, BO.id, BO.handle, "not_known", NOW - timedelta(hours=1)))
    old.mutes.set(Mute(OLD, ADA.id, ADA.handle, FOREVER, NOW))
    one, two, here = Handle(OLD, ADA.id, ADA.handle), Handle(NEW, ADA.id, ADA.handle), Handle(OTHER, "3", "ada@here")
    also, apart = Handle(OTHER, "4", "ada@there"), Handle(OLD, BO.id, BO.handle)
    old._db.run_many(
        "insert into joined (account, person, handle, number, at) values (?, ?, ?, ?, 0)",
        [(*one.key, "a", 1), (*here.key, "a", 1), (*two.key, "a", 2), (*also.key, "a", 2)],
    )
    old.joins.unlink([], [DistinctPair(apart, here, NOW)])
    old.set_state(place_quiet=json.dumps([OLD, "both"]), level="quiet")
    old.close()
    split(path)

    archive = Archive(path)
    assert [(each.key, each.handle, each.former_keys) for each in archive.accounts()] == [
        (NEW, "new.example", (OLD,)),
        (OTHER, "me@here.example", ()),
    ]
    assert {post.key for _, post in archive.posts.page(9)} == {(NEW, "both"), (NEW, f"of {OLD}"), (NEW, f"of {NEW}")}
    assert {post.author.network for _, post in archive.posts.page(9)} == {"bluesky"}
    assert {place[1:] for place in archive.posts.unread_places(9)} == {(NEW, f"of {OLD}"), (NEW, f"of {NEW}")}
    assert {mark.key: mark.category for mark in archive.marks.all()} == {
        (NEW, "both"): "spam",
        (NEW, f"of {OLD}"): "person",
    }
    assert [(word.account, word.word) for word in archive.person_marks.all()] == [(NEW, "vouched")]
    assert [mute.account for mute in archive.mutes.all()] == [NEW]
    tie = archive.ties.of(NEW, {ADA.id: ADA.handle})[ADA.id]
    assert (tie.you_follow, tie.likes_to_you) == (True, 2)
    assert archive.ties.streams(NEW) == {"notifications": NEW}
    (link,) = archive.joins.all()
    assert {handle.key for handle in link.people} == {(NEW, ADA.id), here.key, also.key}
    assert {handle.network for handle in link.people} == {"bluesky", "mastodon"}
    (pair,) = archive.joins.apart()
    assert {pair.one.key, pair.other.key} == {(NEW, BO.id), here.key}
    assert json.loads(str(archive.get_state("place_quiet"))) == [NEW, "both"]
    assert archive.search.find("post", 10)[1] == 3
    with sqlite3.connect(path) as db:
        for table in ("post", "person", "words", "interaction", "gap", "stream"):
            assert not db.execute(f"select 1 from {table} where account = ?", (OLD,)).fetchall(), table
