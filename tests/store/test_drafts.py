"""Drafts in the database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from quietfeed.models.draft import Draft, DraftMedia, DraftPoll, Pointer
from quietfeed.store.archive import Archive

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
FULL = Draft(
    "🌻 text\nmore",
    ("a", "b"),
    Pointer("a", "1", "1", "cid", "2", "ada", "https://x", "followers", ("bob",)),
    Pointer("a", "2"),
    None,
    "direct",
    "warned",
    "de",
    (DraftMedia("/tmp/a.png", "alt"),),
    DraftPoll(("x", "y"), 600, True),
    "followers",
    "nobody",
    AT,
    True,
    False,
)


def test_a_draft_comes_back_as_it_was(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "db")
    number = archive.drafts.save(FULL, AT)
    assert archive.drafts.save(FULL, AT, number) == number
    archive.close()
    archive = Archive(tmp_path / "db")
    stored = archive.drafts.get(number)
    assert stored is not None
    assert (stored.draft, stored.at, stored.queued, stored.reason) == (FULL, AT, False, "")
    archive.close()


def test_the_last_changed_draft_comes_first_and_a_rejected_one_says_why() -> None:
    drafts = Archive(None).drafts
    first = drafts.save(Draft("first"), AT)
    second = drafts.save(Draft("second"), AT + timedelta(seconds=1))
    drafts.queue(first)
    drafts.give_back(first, "too long")
    assert [(each.id, each.reason) for each in drafts.all()] == [(second, ""), (first, "too long")]
    drafts.save(Draft("first again"), AT + timedelta(seconds=2), first)
    assert [each.draft.text for each in drafts.all()] == ["first again", "second"]
    assert drafts.delete(first)
    assert not drafts.delete(first)
    assert drafts.get(first) is None


def test_the_number_of_a_deleted_draft_is_not_used_again() -> None:
    drafts = Archive(None).drafts
    first = drafts.save(Draft("x"), AT)
    drafts.delete(first)
    assert drafts.save(Draft("y"), AT) != first
    # A draft that another process deleted meanwhile is stored anew: no text is lost.
    assert drafts.save(Draft("z"), AT, first) not in (0, first)


def test_a_draft_keeps_the_permissions_that_an_earlier_release_stored() -> None:
    stored = b'{"account": "me", "post_id": "1", "reply_leave": "asks", "quote_leave": "no"}'
    pointer = msgspec.json.decode(stored, type=Pointer)
    assert (pointer.reply_permission, pointer.quote_permission) == ("asks", "no")
    assert msgspec.json.decode(msgspec.json.encode(pointer), type=Pointer) == pointer
