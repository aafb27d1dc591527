"""Migrations run once, are recorded by name, and convert databases with numbered migrations."""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.models.errors import StoreError
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import DIRECT_COUNTS, FROM_YOU_COUNTS, TO_YOU_COUNTS
from quietfeed.store import migrate as running
from quietfeed.store import schema
from quietfeed.store.archive import Archive
from quietfeed.store.backup import KEPT, back_up, backup_due, backups

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NUMBERED = (
    "first_tables", "words_of_posts", "mutes", "unread", "aside", "joined", "asked", "silence", "unheard",
)  # fmt: skip


def numbered_database(path: Path, version: int) -> None:
    """A database from when migrations were numbered."""
    db = sqlite3.connect(path, isolation_level=None)
    for name in NUMBERED[:version]:
        schema.MIGRATIONS[name](db)
    db.execute(f"pragma user_version = {version}")
    db.execute("insert into meta (name, value) values ('level', 'quiet')")
    db.close()


def names(path: Path) -> set[str]:
    with sqlite3.connect(path) as db:
        return {row[0] for row in db.execute("select name from migration")}


def tables(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as db:
        return db.execute("select name, sql from sqlite_schema where sql is not null order by name").fetchall()


def test_names_that_databases_hold_never_change() -> None:
    assert tuple(schema.MIGRATIONS)[: len(NUMBERED)] == NUMBERED
    assert running._NUMBERED == NUMBERED


def test_the_names_that_a_start_compares_are_those_of_the_migrations() -> None:
    assert tuple(schema.MIGRATIONS) == running.NAMES


@pytest.mark.parametrize("version", range(1, len(NUMBERED) + 1))
def test_a_numbered_database_becomes_exactly_a_new_one(tmp_path: Path, version: int) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    numbered_database(old, version)
    archive = Archive(old)
    assert archive.get_state("level") == "quiet"
    archive.close()
    Archive(new).close()
    assert names(old) == names(new) == {*schema.MIGRATIONS}
    assert tables(old) == tables(new)


@pytest.mark.parametrize("row_id", ["c1", "c1:7"])
def test_direct_messages_of_before_keep_their_people_pending_until_they_are_read_again(
    tmp_path: Path, row_id: str
) -> None:
    path, me = tmp_path / "old.db", "mastodon:me@here.example"
    numbered_database(path, len(NUMBERED))
    with sqlite3.connect(path) as db:
        db.execute("insert into account values (?, 'mastodon', 'https://here.example', 'me@here.example', '1')", (me,))
        for person in ("7", "8"):
            db.execute("insert into relationship (account, person, you_follow, follows_you, at) values (?, ?, 0, 0, 5)",
                       (me, person))  # fmt: skip
        db.execute("insert into interaction values (?, ?, '7', 'direct', 'to_you', 5000000)", (me, row_id))
        db.execute("insert into stream values (?, 'conversations', 'c1')", (me,))
    archive = Archive(path)
    assert archive.ties.pending_relationships(me, ["7", "8"]) == {"7"}
    assert "conversations" not in archive.ties.streams(me)
    # A page before the last is not enough.
    archive.ties.save_interactions(me, (), "conversations", None, DIRECT_COUNTS)
    archive.ties.save_interactions(me, (), "notifications", "9", TO_YOU_COUNTS)
    archive.ties.save_interactions(me, (), "statuses", "9", FROM_YOU_COUNTS)
    assert archive.ties.pending_relationships(me, ["7", "8"]) == {"7"}
    archive.ties.save_interactions(me, (), "conversations", "none", DIRECT_COUNTS)
    assert archive.ties.pending_relationships(me, ["7", "8"]) == set()


def test_two_branches_can_each_add_a_migration() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    before = dict(schema.MIGRATIONS)

    def one(db: sqlite3.Connection) -> None:
        db.execute("create table one (a integer) strict")

    def other(db: sqlite3.Connection) -> None:
        db.execute("create table other (a integer) strict")

    running.migrate(db, {**before, "other": other})
    running.migrate(db, {**before, "one": one, "other": other})
    assert {row[0] for row in db.execute("select name from migration")} == {*before, "one", "other"}
    with pytest.raises(StoreError, match="newer quietfeed"):
        running.migrate(db)
    db.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    Archive(path).close()
    before, was = tables(path), names(path)

    def fails(db: sqlite3.Connection) -> None:
        db.execute("create table half (a integer) strict")
        db.execute("insert into nowhere values (1)")

    db = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        running.migrate(db, {**schema.MIGRATIONS, "fails": fails})
    db.close()
    assert (tables(path), names(path)) == (before, was)


def test_the_file_is_copied_before_its_schema_changes(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    numbered_database(path, 3)
    Archive(path).close()
    (copy,) = backups(path)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as db:
        assert db.execute("pragma user_version").fetchone() == (3,)
        assert db.execute("select value from meta").fetchone() == ("quiet",)
    Archive(path).close()
    assert backups(path) == [copy]


def test_a_new_file_needs_no_copy(tmp_path: Path) -> None:
    Archive(tmp_path / "quietfeed.db").close()
    assert backups(tmp_path / "quietfeed.db") == []


def test_a_few_copies_stay(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    archive = Archive(path)
    archive.posts.save("mastodon:me@here.example", [Post("1", Person("7", "ada@here.example"), "hello")], NOW)
    assert backup_due(path, NOW)
    for day in range(6):
        back_up(archive._db._db, path, NOW + timedelta(days=day))
    assert len(backups(path)) == KEPT
    assert not backup_due(path, NOW + timedelta(days=11))
    assert backup_due(path, NOW + timedelta(days=13))
    assert len(Archive(backups(path)[-1]).posts.page(5)) == 1
