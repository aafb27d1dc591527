"""A vouch whose handle changed is asked about once, and the answer is stored."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.models.account import Account
from quietfeed.models.mark import PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.session import Session, open_session
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = Account("mastodon", "http://127.0.0.1:1", "me@here.example", "9")
OLD, NEW = "ada@here.example", "bea@here.example"


def see(archive: Archive, person: str, handle: str, hours: int) -> None:
    author = Person(person, handle, f"The {handle}", network="mastodon", created_at=NOW - timedelta(days=900))
    at = NOW + timedelta(hours=hours)
    archive.posts.save(ME.key, [Post(f"{person}-{hours}", author, "hello", ME.key, "mastodon", at)], at)


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home where the user vouched for Ada, who changed her handle; now somebody else has the old one."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    with closing(Archive(find_places(tmp_path).database)) as archive:
        archive.add_account(ME)
        archive.person_marks.set(PersonMark(ME.key, "", OLD, "vouched", NOW - timedelta(days=30)))
        see(archive, "1", OLD, 0)
        see(archive, "1", NEW, 1)
        see(archive, "2", OLD, 2)
    return tmp_path


def vouched(session: Session, person: str) -> bool:
    return session.people.tie_to((ME.key, person)).tie.vouched


@pytest.mark.parametrize(("same", "expected"), [(True, (True, True)), (False, (False, False))])
async def test_a_relationship_is_requested_once_and_decides(
    same: bool, expected: tuple[bool, bool], changed: Path
) -> None:
    session = open_session(changed)
    session.timeline.load()
    asked = session.people.handle_questions
    assert (vouched(session, "1"), vouched(session, "2")) == (True, False), "until then the vouch stays with the id"
    assert any("2 vouches to confirm" in each for each in session.upkeep.notices())
    assert session.upkeep.notices() == []
    for each in asked.open():
        if same:
            asked.same(each)
        else:
            asked.different(each)
    assert (vouched(session, "1"), vouched(session, "2")) == expected
    assert asked.open() == []
    if not same:
        session.history.undo()
        assert vouched(session, "1"), "a vouch that was undone comes back with undo"
    await session.close()
    again = open_session(changed)
    assert again.people.handle_questions.open() == []
    assert again.upkeep.notices() == []
    await again.close()


async def test_a_repeated_vouch_is_an_answer(changed: Path) -> None:
    session = open_session(changed)
    session.timeline.load()
    renamed = next(each.key for each in session.timeline.posts if each.post.author.id == "1")
    session.people.vouch(renamed)
    assert [each.kind for each in session.people.handle_questions.open()] == []
    session.people.vouch(renamed)
    await session.close()
