"""Joined people in the store: a handle belongs to one person, undo is exact, older stores are migrated."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.codec.records import post_to_record
from quietfeed.models.account import Account
from quietfeed.models.joined import DistinctPair, Handle, PersonLink
from quietfeed.models.mark import PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.store import schema
from quietfeed.store.archive import Archive
from quietfeed.store.database import micros
from quietfeed.store.migrate import migrate

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ADA = Handle("mastodon:me@here.example", "7", "ada@here.example")
SKY = Handle("bluesky:me.example", "did:plc:ada", "ada.example")
OLD = Handle("mastodon:me@here.example", "9", "ada@old.example")
BO = Handle("bluesky:me.example", "did:plc:bo", "bo.example")


@pytest.fixture
def archive() -> Archive:
    return Archive(None)


def people(archive: Archive) -> list[set[Handle]]:
    return [set(join.people) for join in archive.joins.all()]


def test_links_are_read_back_with_names_and_time(archive: Archive) -> None:
    archive.joins.link([ADA, SKY], NOW)
    assert archive.joins.all() == [PersonLink((SKY, ADA), NOW)]
    archive.joins.link([ADA, SKY], NOW)
    assert archive.joins.all() == [PersonLink((SKY, ADA), NOW)]


def test_joining_two_joined_people_joins_all_their_handles(archive: Archive) -> None:
    archive.joins.link([ADA, SKY], NOW)
    archive.joins.link([OLD, BO], NOW)
    archive.joins.link([SKY, BO], LATER)
    assert people(archive) == [{ADA, SKY, OLD, BO}]


def test_a_link_of_one_handle_is_removed(archive: Archive) -> None:
    archive.joins.link([ADA, SKY, OLD], NOW)
    archive.joins.unlink([ADA.key], [DistinctPair(ADA, SKY, LATER)])
    assert people(archive) == [{SKY, OLD}]
    archive.joins.unlink([OLD.key], [])
    assert people(archive) == []
    assert archive.joins.apart() == [DistinctPair(SKY, ADA, LATER)]


def test_a_pair_is_kept_apart_once_and_until_it_is_joined(archive: Archive) -> None:
    archive.joins.unlink([], [DistinctPair(ADA, SKY, NOW), DistinctPair(SKY, ADA, LATER)])
    assert archive.joins.apart() == [DistinctPair(SKY, ADA, NOW)]
    archive.joins.link([ADA, BO], NOW)
    assert archive.joins.apart() == [DistinctPair(SKY, ADA, NOW)]
    archive.joins.link([ADA, SKY], LATER)
    assert archive.joins.apart() == []


def test_restoring_links_leaves_others_unchanged(archive: Archive) -> None:
    archive.joins.link([ADA, SKY], NOW)
    archive.joins.unlink([], [DistinctPair(OLD, BO, NOW)])
    before = archive.joins.all(), archive.joins.apart()
    touched = [ADA.key, SKY.key, OLD.key]
    archive.joins.link([ADA, OLD], LATER)
    archive.joins.restore(touched, *before)
    assert (archive.joins.all(), archive.joins.apart()) == before
    archive.joins.unlink([ADA.key], [DistinctPair(ADA, SKY, LATER)])
    archive.joins.restore(touched, *before)
    assert (archive.joins.all(), archive.joins.apart()) == before


def test_removing_an_account_removes_its_people_from_all_joins(archive: Archive) -> None:
    archive.joins.link([ADA, SKY, OLD], NOW)
    archive.joins.unlink([], [DistinctPair(ADA, BO, NOW)])
    archive.remove_account("bluesky:me.example")
    assert people(archive) == [{ADA, OLD}]
    assert archive.joins.apart() == []
    archive.remove_account("mastodon:me@here.example")
    assert people(archive) == []


def test_a_store_of_the_previous_schema_is_migrated_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    names = list(schema.MIGRATIONS)
    # The columns that this code writes with every post exist.
    older = [*names[: names.index("joined")], "gap_kind", "checked"]
    ada = Person("7", "ada@here.example", "Ada", network="mastodon")
    post = Post("1", ada, "hello", ADA.account, "mastodon", NOW)
    vouched = PersonMark(ADA.account, "7", ada.handle, "vouched", NOW)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrate(old, {name: schema.MIGRATIONS[name] for name in older})
        old.execute(
            "insert into account values ('mastodon:me@here.example', 'mastodon', 'https://here.example',"
            " 'me@here.example', '1')"
        )
        old.execute("insert into person values (?, '7', ?, '{\"name\":\"Ada\"}')", (ADA.account, ada.handle))
        old.execute(
            "insert into post (account, id, at, author, data) values (?, '1', ?, '7', ?)",
            (ADA.account, micros(NOW), json.dumps(post_to_record(post))),
        )
        old.execute(
            "insert into person_mark (account, person, handle, word, at) values (?, '7', ?, 'vouched', ?)",
            (ADA.account, ada.handle, micros(NOW)),
        )
    with sqlite3.connect(path) as db:
        assert {row[0] for row in db.execute("select name from migration")} == {*older}
        assert not db.execute("select 1 from sqlite_schema where name in ('joined', 'kept_apart')").fetchall()
    archive = Archive(path)
    assert [each.text for _, each in archive.posts.page(9)] == ["hello"]
    assert archive.person_marks.all() == [vouched]
    assert [account.name for account in archive.accounts()] == ["mastodon:me@here.example"]
    assert archive.joins.all() == []
    assert archive.people.profiles_to_refresh(ADA.account, 9, NOW) == ["7"]
    archive.joins.link([ADA, SKY], NOW)
    archive.close()
    again = Archive(path)
    assert people(again) == [{ADA, SKY}]
    again.close()


def test_people_are_found_by_handle_by_id_and_by_their_user_name(archive: Archive) -> None:
    archive.add_account(Account("mastodon", "https://here.example", "me@here.example", "1"))
    archive.add_account(Account("bluesky", "https://pds.example", "me.example", "did:plc:me"))
    ada = Person("7", "Ada@Here.example", network="mastodon")
    adam = Person("8", "adam@here.example", network="mastodon")
    sky = Person("did:plc:ada", "ada.example", network="bluesky")
    archive.people.save(ADA.account, [ada, adam])
    archive.people.save(SKY.account, [sky])
    assert archive.people.named("ada@here.example") == [(ADA.account, ada)]
    assert archive.people.named("ada@social.here.example") == [(ADA.account, ada)]
    assert archive.people.named("did:plc:ada") == archive.people.named("ada.example") == [(SKY.account, sky)]
    assert archive.people.named("nobody.example") == archive.people.named("") == []
    assert archive.people.get(SKY.key) == sky
    assert archive.people.get(BO.key) is None
    assert {each.id for each in archive.people.all(ADA.account)} == {"7", "8"}
