"""A mark on a bare handle is bound to the first id that is seen with it, and stays with that id."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.models.joined import Handle
from quietfeed.models.mark import Mute, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import FOREVER, Tie
from quietfeed.phrases.handles import handle_change_sentence
from quietfeed.store.archive import Archive
from quietfeed.store.journal import journal_path

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = "mastodon:me@here.example"
OTHER = "mastodon:me@there.example"
ADA = "ada@here.example"
NEW = "ada@new.example"


def see(archive: Archive, person: str, handle: str, account: str = ME, *, after: int = 0) -> None:
    author = Person(person, handle, network="mastodon", created_at=NOW - timedelta(days=400))
    at = NOW + timedelta(minutes=after)
    archive.posts.save(account, [Post(f"{person}-{handle}", author, "hello", account, "mastodon", at)], at)


def say(archive: Archive, kind: str, account: str = "") -> None:
    if kind == "imported":
        archive.ties.save_imported(account, "", ADA, Tie(replies_to_you=7))
    elif kind == "mute":
        archive.mutes.set(Mute(account, "", ADA, FOREVER, NOW))
    else:
        archive.person_marks.set(PersonMark(account, "", ADA, "vouched" if kind == "vouched" else "not_known", NOW))


def said(archive: Archive, kind: str, person: str, handle: str, account: str = ME) -> bool:
    tie = archive.ties.of(account, {person: handle})[person]
    return {
        "imported": tie.replies_to_you == 7,
        "mute": tie.muted is not None,
        "vouched": tie.vouched,
        "not_known": tie.not_known,
    }[kind]


@pytest.mark.parametrize("account", ["", ME])
@pytest.mark.parametrize("kind", ["vouched", "not_known", "mute", "imported"])
@pytest.mark.parametrize("said_first", [True, False])
def test_it_stays_with_the_id_when_somebody_else_takes_the_handle(account: str, kind: str, said_first: bool) -> None:
    archive = Archive(None)
    if said_first:
        say(archive, kind, account)
        assert said(archive, kind, "1", ADA)
    see(archive, "1", ADA)
    if not said_first:
        say(archive, kind, account)
    see(archive, "1", NEW)
    see(archive, "2", ADA, after=1)
    assert said(archive, kind, "1", NEW)
    assert not said(archive, kind, "2", ADA)
    # Both in one query, as for the timeline.
    ties = archive.ties.of(ME, {"1": NEW, "2": ADA})
    assert ties["2"] == Tie()
    sentences = [handle_change_sentence(each) for each in archive.handle_changes()]
    assert sentences == [
        f"{ADA} now belongs to a different account: your marks and mutes stay with {NEW}, who had it before."
        " If this is the same person, vouch for them here too.",
        f"{ADA} is now {NEW}: your marks and mutes still apply."
        f" If somebody else has the account now, `quietfeed unvouch {NEW}` removes the vouch.",
    ]


def test_a_handle_of_two_accounts_is_bound_for_each() -> None:
    archive = Archive(None)
    say(archive, "vouched")
    see(archive, "1", ADA)
    see(archive, "901", ADA, OTHER)
    see(archive, "2", ADA)
    assert said(archive, "vouched", "901", ADA, OTHER)
    assert not said(archive, "vouched", "2", ADA)


def test_changes_are_reported_once() -> None:
    archive = Archive(None)
    archive.person_marks.set(PersonMark(ME, "1", ADA, "vouched", NOW))
    see(archive, "1", ADA)
    assert archive.handle_changes() == []
    see(archive, "1", NEW)
    changes = archive.handle_changes()
    assert [(each.former, each.handle, each.kind) for each in changes] == [(ADA, NEW, "renamed")]
    archive.set_handle_changes_reported(changes)
    see(archive, "1", NEW, after=2)
    see(archive, "3", "nobody@here.example")
    see(archive, "3", "nobody@new.example")
    assert archive.handle_changes() == []


def test_it_is_removed_under_the_new_name_and_restored_by_undo() -> None:
    archive = Archive(None)
    say(archive, "vouched")
    say(archive, "mute")
    see(archive, "1", ADA)
    see(archive, "1", NEW)
    see(archive, "2", ADA)
    friend, stranger = [Handle(ME, "1", NEW)], [Handle(ME, "2", ADA)]
    before, muted = archive.person_marks.about(friend), archive.mutes.about(friend)
    assert (len(before), len(muted)) == (1, 1)
    assert not archive.person_marks.about(stranger)
    assert not archive.mutes.about(stranger)
    # Marks on the stranger do not change those on the friend.
    archive.person_marks.replace(stranger, [])
    assert said(archive, "vouched", "1", NEW)
    archive.person_marks.replace(friend, [])
    archive.mutes.replace(friend, [])
    assert not said(archive, "vouched", "1", NEW)
    archive.person_marks.replace(friend, before)
    archive.mutes.replace(friend, muted)
    assert said(archive, "vouched", "1", NEW)
    assert said(archive, "mute", "1", NEW)
    assert not said(archive, "vouched", "2", ADA)


def test_a_repeated_name_means_its_present_owner() -> None:
    archive = Archive(None)
    say(archive, "vouched")
    see(archive, "1", ADA)
    see(archive, "1", NEW)
    see(archive, "2", ADA, after=1)
    archive.person_marks.replace([Handle("", "", ADA)], [PersonMark("", "", ADA, "vouched", NOW)])
    assert said(archive, "vouched", "2", ADA)
    assert not said(archive, "vouched", "1", NEW)


def test_the_journal_stores_the_owner_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    archive = Archive(path)
    say(archive, "vouched")
    see(archive, "1", ADA)
    archive.close()
    assert "handle_owner" in journal_path(path).read_text()
    path.unlink()
    again = Archive(path)
    see(again, "2", ADA)
    assert said(again, "vouched", "1", NEW)
    assert not said(again, "vouched", "2", ADA)


def made(days: int | None) -> Person:
    created = None if days is None else NOW + timedelta(days=days)
    return Person("1", ADA, network="mastodon", created_at=created)


def first_seen(archive: Archive, person: Person) -> list[str]:
    archive.posts.save(ME, [Post("p", person, "hello", ME, "mastodon", NOW)], NOW)
    return [each.kind for each in archive.handle_questions()]


@pytest.mark.parametrize("days", [-400, 30, None])
def test_a_vouch_from_before_the_account_was_seen_is_asked_about_once(days: int | None) -> None:
    archive = Archive(None)
    say(archive, "vouched")
    assert first_seen(archive, made(days)) == ["first"], "an old account can take a handle, and a server can lie"
    assert said(archive, "vouched", "1", ADA), "no friend is hidden before the answer"
    archive.set_handle_answered(ME, "1", ADA)
    assert first_seen(archive, made(days)) == []


def test_a_vouch_for_somebody_who_was_seen_before_is_not_asked_about() -> None:
    archive = Archive(None)
    see(archive, "1", ADA)
    say(archive, "vouched")
    assert first_seen(archive, made(None)) == []


def test_a_mute_or_an_import_is_not_asked_about() -> None:
    archive = Archive(None)
    say(archive, "mute")
    say(archive, "imported")
    assert first_seen(archive, made(30)) == []
    see(archive, "1", NEW, after=1)
    assert archive.handle_questions() == []


def test_a_question_is_open_until_it_is_answered() -> None:
    archive = Archive(None)
    say(archive, "vouched")
    see(archive, "1", ADA)
    see(archive, "1", NEW)
    see(archive, "2", ADA, after=1)
    assert [(each.kind, each.handle) for each in archive.handle_questions()] == [("taken", ADA), ("renamed", NEW)]
    archive.set_handle_changes_reported(archive.handle_changes())
    assert len(archive.handle_questions()) == 2, "a notice is no answer"
    archive.set_handle_answered(ME, "1", NEW)
    archive.set_handle_changes_reported(archive.handle_questions())
    assert [each.kind for each in archive.handle_questions()] == ["taken"]
    archive.set_handle_answered("", "", ADA)
    assert archive.handle_questions() == []
