"""Damaged rows are restored from the journal, the weekly backup, and reading without write access."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.context import PostContext
from quietfeed.models.errors import StoreError
from quietfeed.models.mark import Mark, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.store.archive import Archive
from quietfeed.store.backup import back_up, backups
from quietfeed.store.journal import journal_path
from quietfeed.store.pictures import PictureCache
from quietfeed.store.places import AppPaths, find_places, mode_of, secure

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = "mastodon:me@here.example"
MARKS = 12


def a_post(number: int) -> Post:
    author = Person(f"p{number}", f"p{number}@here.example", network="mastodon")
    return Post(f"{number:04}", author, f"post {number}", ME, "mastodon", NOW - timedelta(minutes=number))


def teach(path: Path) -> None:
    with closing(Archive(path)) as archive:
        archive.posts.save(ME, [a_post(number) for number in range(20)], NOW)
        archive.marks.add_all([Mark(PostContext(a_post(number)), "sales", NOW) for number in range(MARKS)])
        archive.person_marks.set(PersonMark(ME, "p1", "p1@here.example", "vouched", NOW))


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


DAMAGE = {
    "record": "update mark set data = 'no record' where post = '0003'",
    "cut record": "update mark set data = substr(data, 1, 40) where post < '0004'",
    "bytes": "update mark set data = cast(x'7bff7d' as text) where post = '0003'",
    "time": "update mark set at = 9223372036854775807 where post = '0003'",
    "category": "update mark set category = 'sxles' where post = '0003'",
    "another post": "update mark set data = replace(data, '\"0003\"', '\"9999\"') where post = '0003'",
    "gone": "delete from mark where post = '0003'",
    "word": "update person_mark set word = 'vouxhed'",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_fields_are_restored(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "quietfeed.db"
    teach(path)
    sql(path, DAMAGE[damage])
    with closing(Archive(path)) as archive:
        archive.damaged_rows()
        assert archive.restore_taught() >= 1
        assert {mark.context.post.id for mark in archive.marks.all()} == {f"{each:04}" for each in range(MARKS)}
        assert [word.word for word in archive.person_marks.all()] == ["vouched"]
        assert archive.restore_taught() == 0
        assert not archive.damage_seen


def test_restoring_keeps_removals_and_newer_rows(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    teach(path)
    with closing(Archive(path)) as archive:
        archive.marks.remove((ME, "0002"))
        archive.marks.add(Mark(PostContext(a_post(3)), "spam", NOW))
        assert archive.restore_taught() == 0
        assert (archive.marks.count(), archive.marks.all()[-1].category) == (MARKS - 1, "sales")


def test_a_rewritten_journal_keeps_rows_that_are_damaged_in_the_database(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    teach(path)
    sql(path, DAMAGE["record"])
    with closing(Archive(path)) as archive:
        journal = archive._db._journal
        assert journal is not None
        journal.mark_failed()
        archive.marks.add(Mark(PostContext(a_post(15)), "spam", NOW))
        assert archive.restore_taught() == 1


def test_the_weekly_backup(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    teach(path)
    with closing(Archive(path)) as archive:
        assert archive.back_up_if_due(NOW)
        assert not archive.back_up_if_due(NOW + timedelta(days=6))
        assert archive.back_up_if_due(NOW + timedelta(days=8))
    assert [stat.S_IMODE(each.stat().st_mode) for each in backups(path)] == [0o600, 0o600]
    assert not Archive(None).back_up_if_due(NOW)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    folder.chmod(0o500)
    for each in folder.iterdir():
        each.chmod(0o400)
    try:
        yield
    finally:
        folder.chmod(0o700)


def test_a_file_with_pending_migrations_is_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "data" / "quietfeed.db"
    teach(path)
    sql(path, "delete from migration where name = 'handle_owners'")
    sql(path, "drop table handle_owner")
    sql(path, "drop table handle_change")
    journal_path(path).unlink()

    # Root may write to a read-only folder, so a folder with the name of the backup prevents it.
    in_the_way = path.with_name(f"{path.name}.backup-{os.getpid()}-part")
    in_the_way.mkdir()
    with read_only(path.parent), closing(Archive(path)) as archive:
        assert len(archive.marks.all()) == MARKS
        assert "can be read and exported" in archive.notice
        with pytest.raises(StoreError, match="cannot be written"):
            archive.marks.remove((ME, "0001"))
    in_the_way.rmdir()
    with closing(Archive(path)) as archive:
        assert (archive.notice, archive.marks.count()) == ("", MARKS)


ANOTHER = """
import sqlite3, sys
from datetime import datetime
from pathlib import Path
from quietfeed.store.backup import back_up
back_up(sqlite3.connect(sys.argv[1]), Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


def test_two_processes_back_up_at_once_and_a_killed_one_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    teach(path)

    class Interrupted(sqlite3.Connection):
        """Another process makes a backup in the middle of this one."""

        def backup(self, target: sqlite3.Connection, **more: Any) -> None:
            super().backup(target, pages=1, progress=self._interrupt)

        def _interrupt(self, _status: int, remaining: int, total: int) -> None:
            if remaining == total - 1:
                later = (NOW + timedelta(hours=1)).isoformat()
                subprocess.run([sys.executable, "-c", ANOTHER, str(path), later], check=True)

    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f"quietfeed.db.backup-{ended.pid}-part"
    left.touch()
    with closing(sqlite3.connect(path, factory=Interrupted)) as db:
        back_up(db, path, NOW)
    assert len(backups(path)) == 2
    for each in backups(path):
        with closing(sqlite3.connect(each)) as copy:
            assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
            assert copy.execute("select count(*) from mark").fetchone() == (MARKS,)
    assert [each.name for each in tmp_path.glob("*-part")] == []


def test_a_foreign_lock_delays_once(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    teach(path)
    with closing(Archive(path)) as archive, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        waits = []
        for number in range(4):
            waits.append(archive._db.row("pragma busy_timeout")[0])
            with pytest.raises(StoreError, match="Another quietfeed"):
                archive.marks.remove((ME, f"{number:04}"))
        assert waits == [1500, 50, 50, 50]
        other.execute("rollback")
        assert archive.marks.remove((ME, "0001"))
        assert archive._db.row("pragma busy_timeout")[0] == 1500


def test_files_that_others_could_read_become_private(tmp_path: Path) -> None:
    places = AppPaths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log")
    files = (places.config_file, places.database, places.token_file, places.log / "quietfeed.log")
    for file in files:
        file.parent.mkdir(mode=0o755, exist_ok=True)
        file.touch()
        file.chmod(0o644)
    places.cache.mkdir(mode=0o755)
    assert {path.name for path in secure(places)} == {
        *(file.name for file in files),
        *("config", "data", "cache", "log"),
    }
    assert {mode_of(file) for file in files} == {"0600"}
    assert {mode_of(folder) for folder in (places.config, places.data, places.cache, places.log)} == {"0700"}
    assert secure(places) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_first_cached_picture_leaves_no_folder_that_others_can_read(tmp_path: Path) -> None:
    places = find_places(tmp_path / "home")
    PictureCache(places.cache / "pictures").save("https://media.example/a.png", b"data")
    assert (places.cache.parent.stat().st_mode & 0o777, places.cache.stat().st_mode & 0o777) == (0o700, 0o700)
    assert secure(places) == []
