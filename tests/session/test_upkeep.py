"""Backups, damaged marks and changed handles: handled while the first screen is open, and each reported once."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quietfeed.models.config import Config
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock
from quietfeed.session.opening import open_session
from quietfeed.store.archive import Archive
from quietfeed.store.backup import backups
from quietfeed.store.places import find_places
from quietfeed.store.server_filters import read_filters

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = "mastodon:me@here.example"
ADA = "ada@here.example"
DAMAGED = [
    "",
    "{",
    "[]",
    "7",
    '["a"]',
    "[1, 2]",
    '[{"title": 3}]',
    "x" * 90,
    '{"a": "b"}',
    "\udcff".encode(errors="replace"),
]


def a_post(handle: str = ADA, number: int = 1) -> Post:
    return Post(str(number), Person("1", handle, network="mastodon"), "hello", ME, "mastodon", NOW)


def over(archive: Archive) -> Session:
    return Session(archive, Config(), Accounts(archive, None), None, clock=Clock(lambda: NOW))


async def test_a_new_handle_of_a_vouched_person_is_reported_once() -> None:
    archive = Archive(None)
    archive.person_marks.set(PersonMark("", "", ADA, "vouched", NOW))
    archive.posts.save(ME, [a_post()], NOW)
    session = over(archive)
    confirm = "1 vouch to confirm: `proposals` (palette, --plain) or `quietfeed join` asks."
    assert [each for each in await session.upkeep.run() if "is new here" not in each] == [confirm]
    archive.posts.save(ME, [a_post("ada@new.example", 2)], NOW)
    assert session.upkeep.notices() == [
        f"{ADA} is now ada@new.example: your marks and mutes still apply."
        " If somebody else has the account now, `quietfeed unvouch ada@new.example` removes the vouch.",
    ]
    # One question about one person.
    assert [each.kind for each in session.people.handle_questions.open()] == ["renamed"]
    assert session.upkeep.notices() == []
    assert over(archive).upkeep.notices() == []


async def test_a_start_backs_up_restores_and_reports(tmp_path: Path) -> None:
    places = find_places(tmp_path)
    with closing(Archive(places.database)) as archive:
        archive.posts.save(ME, [a_post()], NOW)
        archive.marks.add(Mark(PostContext(a_post()), "spam", NOW))
    with closing(sqlite3.connect(places.database)) as db, db:
        db.execute("update mark set data = 'damaged'")
    places.data.chmod(0o755)
    session = open_session(tmp_path, clock=Clock(lambda: NOW))
    assert await session.upkeep.run() == [
        "Other users of this machine could read quietfeed's data. Only you can now.",
        "1 damaged mark was restored from the journal.",
    ]
    assert len(session.marks.all()) == 1
    assert await session.upkeep.run() == []
    await session.close()
    assert len(backups(places.database)) == 1


@pytest.mark.parametrize("damaged", DAMAGED)
def test_damaged_state_counts_as_none(damaged: str | bytes) -> None:
    archive = Archive(None)
    names = ("level", "theme", "learned", "learned_from", "place_quiet", "place_everything", f"server_filters:{ME}")
    archive.set_state(**dict.fromkeys(names, damaged))
    session = over(archive)
    assert session.timeline.place() is None
    assert session.timeline.level is Config().level
    assert not session.learning.pending
    # An empty list of filters is one.
    assert not read_filters(archive, ME)
