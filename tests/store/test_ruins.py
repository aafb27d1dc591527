"""A damaged, empty or lost database is set aside, and everything that the user taught is restored."""

import random
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from quietfeed.models.context import PostContext
from quietfeed.models.errors import StoreError
from quietfeed.models.joined import Handle
from quietfeed.models.mark import Mark, Mute, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import FOREVER
from quietfeed.store.archive import Archive
from quietfeed.store.backup import backups
from quietfeed.store.journal import journal_path
from quietfeed.store.places import mode_of
from quietfeed.tests.soak import count

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = "mastodon:me@here.example"
MARKS = 40


def a_post(number: int) -> Post:
    author = Person(f"p{number % 7}", f"p{number % 7}@here.example", network="mastodon")
    return Post(f"{number:04}", author, f"post {number} " * 20, ME, "mastodon", NOW - timedelta(minutes=number))


def teach(path: Path) -> None:
    archive = Archive(path)
    archive.posts.save(ME, [a_post(number) for number in range(150)], NOW)
    for number in range(MARKS + 1):
        archive.marks.add(Mark(PostContext(a_post(number)), "sales", NOW))
    archive.marks.remove((ME, f"{MARKS:04}"))
    archive.person_marks.set(PersonMark(ME, "p1", "p1@here.example", "vouched", NOW))
    archive.mutes.set(Mute(ME, "p2", "p2@here.example", FOREVER, NOW))
    archive.joins.link([Handle(ME, "p3", "a"), Handle("bluesky:me", "p4", "b")], NOW)
    archive.close()


def taught(archive: Archive) -> tuple[int, int, int, int]:
    return len(archive.marks.all()), len(archive.person_marks.all()), len(archive.mutes.all()), len(archive.joins.all())


WHOLE = (MARKS, 1, 1, 1)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store with everything that a user can teach. Tests copy it."""
    directory = tmp_path_factory.mktemp("taught")
    teach(directory / "quietfeed.db")
    return directory


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    """The database in a copy of that directory."""
    copytree(original, tmp_path / "data")
    return tmp_path / "data" / "quietfeed.db"


def zeros(path: Path) -> None:
    path.write_bytes(b"")


def rubbish(path: Path) -> None:
    path.write_bytes(b"this was a database once" * 400)


def gone(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize("damage", [zeros, rubbish, gone, cut])
def test_marks_are_restored(path: Path, damage: Callable[[Path], None]) -> None:
    damage(path)
    try:
        archive = Archive(path)
        archive.damaged_rows()
    except StoreError:
        # The damage was found while reading: the next start restores.
        archive = Archive(path)
    assert taught(archive) == WHOLE
    assert "were restored" in archive.notice
    archive.marks.add(Mark(PostContext(a_post(99)), "spam", NOW))
    archive.close()
    again = Archive(path)
    assert len(again.marks.all()) == MARKS + 1
    assert again.notice == ""


PAGE = 4096


def truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 10, 1000))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def zero_pages(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 10))):
        start = PAGE * chance.randrange(len(data) // PAGE)
        data[start : start + PAGE] = bytes(PAGE)


def swap_pages(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 10))):
        one, other = (PAGE * chance.randrange(len(data) // PAGE) for _ in range(2))
        data[one : one + PAGE], data[other : other + PAGE] = data[other : other + PAGE], data[one : one + PAGE]


def overwrite(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 10))):
        start = chance.randrange(len(data))
        length = chance.choice((16, 512, PAGE))
        data[start : start + length] = chance.randbytes(len(data[start : start + length]))


DAMAGES = (truncate, flip_bits, zero_pages, swap_pages, overwrite)


def damage_and_start(path: Path, seed: int) -> None:
    """Damage a database as the seed chooses, and start until the file is intact: the user's data is restored."""
    chance = random.Random(seed)
    data = bytearray(path.read_bytes())
    DAMAGES[seed % len(DAMAGES)](data, chance)
    path.write_bytes(bytes(data))
    for _ in range(3):
        try:
            archive = Archive(path)
            archive.damaged_rows()
            archive.restore_taught()
            if archive.check() == "ok":
                break
        except StoreError:
            continue
    assert {mark.context.post.id for mark in archive.marks.all()} >= {f"{number:04}" for number in range(MARKS)}
    assert len(archive.person_marks.all()) >= 1
    assert len(archive.mutes.all()) >= 1
    assert len(archive.joins.all()) >= 1
    archive.close()


@pytest.mark.parametrize("seed", [*range(10), 78, 271, 378])
def test_a_file_with_random_damage_loses_nothing_that_was_taught(path: Path, seed: int) -> None:
    damage_and_start(path, seed)


@pytest.mark.soak
def test_five_hundred_damaged_files_lose_nothing_that_was_taught(original: Path, tmp_path: Path) -> None:
    failed = []
    for seed in range(count("DAMAGED", 500)):
        copytree(original, tmp_path / str(seed))
        try:
            damage_and_start(tmp_path / str(seed) / "quietfeed.db", seed)
        except Exception as error:
            failed.append((DAMAGES[seed % len(DAMAGES)].__name__, seed, repr(error)[:200]))
        rmtree(tmp_path / str(seed))
    assert failed == []


@pytest.mark.parametrize(
    "damage",
    [
        "delete from migration where name = 'first_tables'",
        "delete from migration",
        "update migration set name = 'first_tabled' where name = 'first_tables'",
        "update migration set name = 'mastodon:me@here.example' where name = 'mutes'",
        "update migration set name = 'mastodon:me@here.example' || name",
    ],
)
def test_damaged_names_of_migrations_are_no_newer_and_no_older_database(path: Path, damage: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(damage)
    archive = Archive(path)
    archive.restore_taught()
    assert taught(archive) == WHOLE
    assert archive.check() == "ok"
    assert archive.notice
    archive.close()


def test_the_journal_is_private_and_ends_with_the_mark(path: Path) -> None:
    journal = journal_path(path)
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    with journal.open("ab") as file:
        file.write(b'{"table": "mark", "row": {"acc')
    path.unlink()
    assert taught(Archive(path)) == WHOLE


def test_a_database_from_before_there_was_a_journal_gets_one(path: Path) -> None:
    journal_path(path).unlink()
    Archive(path).close()
    path.unlink()
    assert taught(Archive(path)) == WHOLE


def test_with_a_foreign_lock_stored_posts_can_be_read(path: Path) -> None:
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("pragma journal_mode = delete")
        other.execute("begin exclusive")
        archive = Archive(path)
        assert taught(archive) == WHOLE
        assert "can be read" in archive.notice
        with pytest.raises(StoreError, match=r"Another quietfeed has locked the database.* quietfeed is read-only"):
            archive.marks.remove((ME, "0001"))
        archive.close()
        other.execute("rollback")
    other.close()


def test_modes_are_corrected_at_start(path: Path) -> None:
    for each in (path, journal_path(path)):
        each.chmod(0o644)
    path.parent.chmod(0o755)
    Archive(path).close()
    assert [mode_of(each) for each in (path.parent, path, journal_path(path))] == ["0700", "0600", "0600"]


def test_a_damaged_database_does_not_replace_a_good_backup(path: Path) -> None:
    archive = Archive(path)
    assert archive.back_up_if_due(NOW)
    before = backups(path)
    with sqlite3.connect(path, isolation_level=None) as file:
        file.execute("pragma writable_schema = on")
        file.execute("update sqlite_schema set rootpage = (select rootpage from sqlite_schema where name = 'gap')"
                     " where name = 'joined_number'")  # fmt: skip
    file.close()
    with pytest.raises(StoreError, match="damaged"):
        archive.back_up_if_due(NOW + timedelta(days=30))
    archive.close()
    assert backups(path) == before
    assert taught(Archive(path)) == WHOLE


def test_a_change_that_was_journalled_but_not_stored_does_not_count(path: Path) -> None:
    line = '{"table": "mark", "gone": {"account": "mastodon:me@here.example", "post": "0003", "category": "sales"}}\n'
    with journal_path(path).open("a") as file:
        file.write(line)
    Archive(path).close()
    path.unlink()
    assert taught(Archive(path)) == WHOLE


def test_a_line_that_was_cut_off_does_not_damage_the_next_one(path: Path) -> None:
    with journal_path(path).open("ab") as file:
        for key in (b"[1]", b'"\\ud800"', b"null", b"{}"):
            file.write(b'{"table": "mark", "gone": {"account": "a", "post": ' + key + b"}}\n")
        file.write(b'{"table": "mark", "row": {"acc')
    archive = Archive(path)
    archive.marks.add(Mark(PostContext(a_post(99)), "spam", NOW))
    archive.close()
    path.unlink()
    assert len(Archive(path).marks.all()) == MARKS + 1
