"""Joined people: one tie and the same marks for all handles, proposed only if both profiles agree, undone exactly."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.context import PostContext
from quietfeed.models.errors import NotFound
from quietfeed.models.joined import Handle
from quietfeed.models.mark import Mark, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import (
    FOREVER,
    LIKE_COUNTS,
    TO_YOU_COUNTS,
    Direction,
    Interaction,
    InteractionKind,
    Relationship,
)
from quietfeed.models.verdict import Level
from quietfeed.phrases.ties import tie_line
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.links import PersonLinks
from quietfeed.store.archive import Archive

NOW = datetime.now(UTC) - timedelta(hours=1)
ME = Account("mastodon", "https://here.example", "me@here.example", "1")
MINE = Account("bluesky", "https://pds.example", "me.example", "did:plc:me")
ADA = Person("7", "ada@here.example", "Ada", "tea", "mastodon", links=("https://bsky.app/profile/ada.example",))
SKY = Person("did:plc:ada", "ada.example", "Ada Ç", "also @ada@here.example", "bluesky", followers=90_000, following=3)
EVE = Person("did:plc:eve", "eve.example", "Ada", "I am @ada@here.example too", "bluesky")
BO = Person("8", "bo@here.example", "Bo", "", "mastodon")
ADA_KEY, SKY_KEY, EVE_KEY, BO_KEY = (ME.key, "7"), (MINE.key, "did:plc:ada"), (MINE.key, "did:plc:eve"), (ME.key, "8")


def a_post(account: Account, author: Person, number: int) -> Post:
    at = NOW - timedelta(minutes=number)
    return Post(f"{author.id}-{number}", author, f"number {number}", account.key, account.network, at)


def passed(person: Person, kind: InteractionKind, count: int, direction: Direction) -> list[Interaction]:
    return [
        Interaction(f"{person.id}{kind}{direction}{number}", person, kind, direction, NOW - timedelta(days=number))
        for number in range(count)
    ]


@pytest.fixture
def archive() -> Archive:
    return Archive(None)


@pytest.fixture
def session(archive: Archive) -> Session:
    """Ada is a friend on Mastodon, and looks like a celebrity on Bluesky, where Eve claims to be Ada."""
    for account in (ME, MINE):
        archive.add_account(account)
    archive.posts.save(ME.key, [a_post(ME, ADA, n) for n in range(3)] + [a_post(ME, BO, 9)], NOW)
    archive.posts.save(MINE.key, [a_post(MINE, SKY, n) for n in range(3)] + [a_post(MINE, EVE, 9)], NOW)
    archive.ties.save_relationships(ME.key, [Relationship("7", True, True)], NOW)
    archive.ties.save_relationships(MINE.key, [Relationship(SKY.id, True, False)], NOW)
    replies = passed(ADA, "reply", 2, "to_you") + passed(ADA, "reply", 2, "from_you")
    archive.ties.save_interactions(ME.key, replies, "notifications", "1", TO_YOU_COUNTS)
    archive.ties.save_interactions(MINE.key, passed(SKY, "like", 3, "from_you"), "favourites", "1", LIKE_COUNTS)
    session = Session(archive, Config(), Accounts(archive, None), None)
    session.timeline.load()
    return session


def by(session: Session, person: tuple[str, str]) -> list[tuple[str, str]]:
    return [each.key for each in session.timeline.posts if each.post.author_key == person]


def state(session: Session, archive: Archive) -> object:
    """Everything that is judged and stored of people."""
    judged = {each.key: (each.verdict, each.tie, each.tie_name, each.mark) for each in session.timeline.posts}
    return judged, archive.joins.all(), archive.joins.apart(), archive.person_marks.all(), archive.mutes.all()


def tie_names(session: Session, person: tuple[str, str]) -> set[str]:
    return {judged.tie_name for key in by(session, person) if (judged := session.timeline.get(key)) is not None}


def verdicts(session: Session, person: tuple[str, str]) -> list[Level]:
    return [
        judged.verdict.strictest_level
        for key in by(session, person)
        if (judged := session.timeline.get(key)) is not None
    ]


def test_both_handles_have_the_tie_of_both(session: Session) -> None:
    assert (tie_names(session, ADA_KEY), tie_names(session, SKY_KEY)) == ({"known"}, {"stranger"})
    effect = session.links.link(ADA_KEY, [SKY_KEY])
    assert (effect.kind, effect.names) == ("link", ("ada@here.example", "ada.example"))
    tie = {
        judged.tie
        for person in (ADA_KEY, SKY_KEY)
        for key in by(session, person)
        if (judged := session.timeline.get(key))
    }
    assert len(tie) == 1
    assert next(iter(tie)).likes_from_you == 3
    assert tie_names(session, SKY_KEY) == tie_names(session, ADA_KEY) == {"known"}
    why = session.timeline.why(by(session, SKY_KEY)[0])
    assert tie_line(why.tie).startswith(
        "ada.example: you follow each other; 4 replies both ways; you liked them 3 times, last in"
    )
    assert tie_line(why.tie).endswith("; on Bluesky and on Mastodon together")


HANDLES = [ADA_KEY, SKY_KEY, ("third", "did:plc:ada")]


@pytest.mark.parametrize("silent", HANDLES, ids=["first", "second", "third"])
def test_a_joined_person_stays_pending_until_every_server_responded(silent: tuple[str, str]) -> None:
    archive = Archive(None)
    for account in (ME, MINE, Account("bluesky", "https://third.example", "i.example", "did:plc:i")):
        archive.add_account(account)
    third = archive.accounts()[-1].key
    handles = [Handle(third if account == "third" else account, person, "ada") for account, person in HANDLES]
    said = [handle for handle, key in zip(handles, HANDLES, strict=True) if key != silent]
    for handle in said:
        archive.ties.save_relationships(handle.account, [Relationship(handle.person_id, False, False)], NOW)
    joins = PersonLinks(archive)
    assert [bool(joins.pending_relationships(*_asked(handle))) for handle in handles] == [
        key == silent for key in HANDLES
    ]
    archive.joins.link(handles, NOW)
    joins.reload()
    assert all(joins.pending_relationships(*_asked(handle)) == {handle.person_id} for handle in handles)
    left = next(handle for handle in handles if handle not in said)
    archive.ties.save_relationships(left.account, [Relationship(left.person_id, False, False)], NOW)
    assert not any(joins.pending_relationships(*_asked(handle)) for handle in handles)


def _asked(handle: Handle) -> tuple[str, list[str]]:
    return handle.account, [handle.person_id]


def test_a_vouch_and_a_link_of_a_vouched_person_are_trained_again(session: Session) -> None:
    def train() -> None:
        job = session.learning.make_job()
        job.set_weights(b"")
        session.learning.apply(job)

    session.people.set_mark(Handle(*ADA_KEY, ADA.handle), "vouched")
    assert session.learning.pending
    train()
    assert not session.learning.pending
    session.links.link(ADA_KEY, [SKY_KEY])
    assert session.learning.pending
    train()
    session.history.undo()
    assert session.learning.pending
    train()
    # Joining other people teaches nothing: a mark contains the post as it was.
    session.links.link(BO_KEY, [EVE_KEY])
    assert not session.learning.pending


def test_no_post_of_a_joined_friend_is_hidden_by_a_guess(session: Session) -> None:
    assert Level.noise in verdicts(session, SKY_KEY)
    effect = session.links.link(SKY_KEY, [ADA_KEY])
    assert verdicts(session, SKY_KEY) == [Level.known] * 3
    assert set(effect.showed) == set(by(session, SKY_KEY))


def test_joining_is_undone_exactly(session: Session, archive: Archive) -> None:
    before = state(session, archive)
    session.links.link(ADA_KEY, [SKY_KEY])
    assert state(session, archive) != before
    effect = session.history.undo()
    assert effect is not None
    assert (effect.kind, effect.names) == ("links_restored", ("ada@here.example", "ada.example"))
    assert state(session, archive) == before


def test_a_person_is_unjoined_and_that_is_undone(session: Session, archive: Archive) -> None:
    before = state(session, archive)
    session.links.link(ADA_KEY, [SKY_KEY])
    joined = state(session, archive)
    parted = session.links.unlink(SKY_KEY)
    assert (parted.kind, parted.names) == ("unlink", ("ada.example", "ada@here.example"))
    assert tie_names(session, SKY_KEY) == {"stranger"}
    assert session.links.proposed(ADA_KEY) == session.links.proposed(SKY_KEY) == []
    session.history.undo()
    assert state(session, archive) == joined
    session.history.undo()
    assert state(session, archive) == before
    assert session.links.unlink(SKY_KEY).kind == "not_linked"
    assert session.history.undo() is None


def test_joining_again_changes_nothing(session: Session, archive: Archive) -> None:
    session.links.link(ADA_KEY, [SKY_KEY])
    before = state(session, archive)
    assert session.links.link(SKY_KEY, [ADA_KEY]).kind == "already_linked"
    assert state(session, archive) == before
    with pytest.raises(NotFound, match="These are the same handle"):
        session.links.link(ADA_KEY, [ADA_KEY])
    with pytest.raises(NotFound, match="has seen"):
        session.links.link(ADA_KEY, [(MINE.key, "did:plc:nobody")])


def test_joins_survive_a_restart(tmp_path: Path, session: Session) -> None:
    path = tmp_path / "quietfeed.db"
    archive = Archive(path)
    for account in (ME, MINE):
        archive.add_account(account)
    archive.posts.save(ME.key, [a_post(ME, ADA, 1)], NOW)
    archive.posts.save(MINE.key, [a_post(MINE, SKY, 1)], NOW)
    archive.ties.save_relationships(ME.key, [Relationship("7", True, True)], NOW)
    Session(archive, Config(), Accounts(archive, None), None).links.link(ADA_KEY, [SKY_KEY])
    archive.close()
    again = Session(Archive(path), Config(), Accounts(Archive(path), None), None)
    again.timeline.load()
    assert tie_names(again, SKY_KEY) == {"known"}
    assert again.links.linked_with(SKY_KEY) == (Handle(*ADA_KEY, ADA.handle),)


def test_a_mark_on_one_handle_applies_to_all_and_is_removed_from_all(session: Session, archive: Archive) -> None:
    session.links.link(ADA_KEY, [SKY_KEY])
    session.people.vouch(by(session, SKY_KEY)[0])
    before = state(session, archive)
    assert [archive.person_marks.all()[0].person_id] == [SKY.id]
    assert all((judged := session.timeline.get(key)) and judged.tie.vouched for key in by(session, ADA_KEY))
    session.people.not_known(by(session, ADA_KEY)[0])
    assert [word.word for word in archive.person_marks.all()] == ["not_known"]
    assert tie_names(session, SKY_KEY) == {"stranger"}
    session.history.undo()
    assert state(session, archive) == before
    session.people.vouch(by(session, ADA_KEY)[0])
    assert archive.person_marks.all() == []


def test_the_posts_of_a_known_person_are_examples_from_all_joined_handles(session: Session, archive: Archive) -> None:
    here = ("the kettle is on and so are we", "rain all morning on our old roof")
    there = ("my cat sleeps in the kitchen sink", "missed the last bus, walking home now")
    for account, person, texts in ((ME, ADA, here), (MINE, SKY, there)):
        posts = [replace(a_post(account, person, 5000 + n), text=text) for n, text in enumerate(texts)]
        archive.posts.save(account.key, posts, NOW)
    spam = Mark(PostContext(Post("x", EVE, "earn money fast", MINE.key)), "spam", NOW)

    def accounts() -> set[str]:
        return {context.post.account for context in session.learning.make_job().examples([spam]).examples}

    assert accounts() == {ME.key}
    session.links.link(ADA_KEY, [SKY_KEY])
    assert accounts() == {ME.key, MINE.key}


def test_linking_keeps_the_newer_of_two_person_marks(session: Session, archive: Archive) -> None:
    archive.person_marks.set(PersonMark(ME.key, "7", ADA.handle, "not_known", NOW))
    archive.person_marks.set(PersonMark(MINE.key, SKY.id, SKY.handle, "vouched", NOW + timedelta(minutes=1)))
    session.links.link(ADA_KEY, [SKY_KEY])
    assert tie_names(session, ADA_KEY) == {"close"}
    archive.person_marks.set(PersonMark(ME.key, "7", ADA.handle, "not_known", NOW + timedelta(minutes=2)))
    session.history.undo()
    session.links.link(ADA_KEY, [SKY_KEY])
    assert tie_names(session, SKY_KEY) == {"stranger"}


def test_a_mute_of_one_handle_applies_to_all_and_is_undone_where_it_was(session: Session, archive: Archive) -> None:
    session.people.mute(by(session, SKY_KEY)[0], FOREVER)
    session.links.link(ADA_KEY, [SKY_KEY])
    before = state(session, archive)
    assert verdicts(session, ADA_KEY) == [Level.everything] * 3
    session.people.mute(by(session, ADA_KEY)[0], None)
    assert archive.mutes.all() == []
    assert verdicts(session, SKY_KEY) == [Level.known] * 3
    session.history.undo()
    assert state(session, archive) == before


def test_marks_on_the_posts_of_one_handle_count_for_all(session: Session) -> None:
    def spam() -> float:
        return max(
            judged.verdict.scores["spam"] for key in by(session, ADA_KEY) if (judged := session.timeline.get(key))
        )

    for key in by(session, SKY_KEY):
        session.marks.set(key, "spam")
    apart = spam()
    assert apart < 0.05
    session.links.link(ADA_KEY, [SKY_KEY])
    joined = spam()
    assert joined > 10 * apart
    session.marks.remove(by(session, SKY_KEY)[0])
    assert apart < spam() < joined
    session.history.undo()
    assert spam() == joined
    session.links.unlink(ADA_KEY)
    assert spam() == apart


def test_the_contacts_of_all_handles_are_one_chart(session: Session) -> None:
    apart = session.people.contacts(*ADA_KEY), session.people.contacts(*SKY_KEY)
    session.links.link(ADA_KEY, [SKY_KEY])
    assert session.people.contacts(*ADA_KEY) == session.people.contacts(*SKY_KEY) == sorted([*apart[0], *apart[1]])
    assert len(session.people.contacts(*ADA_KEY)) == 7


def test_two_profiles_that_link_to_each_other_are_proposed_on_both_sides_and_lend_nothing(
    session: Session, archive: Archive
) -> None:
    before = state(session, archive)
    assert session.links.proposed(ADA_KEY) == [Handle(*SKY_KEY, SKY.handle)]
    assert session.links.proposed(SKY_KEY) == [Handle(*ADA_KEY, ADA.handle)]
    assert [{each.one.handle, each.other.handle} for each in session.links.all_proposed()] == [{ADA.handle, SKY.handle}]
    assert state(session, archive) == before


def test_an_unconfirmed_link_to_a_friend_is_not_proposed_and_makes_no_tie(session: Session) -> None:
    assert session.links.proposed(EVE_KEY) == []
    assert EVE_KEY not in [each.key for each in session.links.proposed(ADA_KEY)]
    assert tie_names(session, EVE_KEY) == {"stranger"}
    session.links.link(ADA_KEY, [SKY_KEY])
    assert tie_names(session, EVE_KEY) == {"stranger"}
    assert session.links.proposed(EVE_KEY) == []


def test_a_handle_that_passes_to_somebody_else_takes_no_tie_along(session: Session, archive: Archive) -> None:
    session.links.link(ADA_KEY, [SKY_KEY])
    thief = replace(SKY, id="did:plc:thief")
    archive.people.save(MINE.key, [replace(SKY, handle="ada.moved.example")])
    archive.posts.save(MINE.key, [a_post(MINE, thief, 40)], NOW)
    judged = session.timeline.look_up((MINE.key, "did:plc:thief-40"))
    assert judged is not None
    assert judged.tie_name == "stranger"


def test_a_rejected_proposal_is_remembered_and_undone(session: Session, archive: Archive) -> None:
    effect = session.links.mark_distinct(ADA_KEY, SKY_KEY)
    assert (effect.kind, effect.names) == ("distinct", ("ada@here.example", "ada.example"))
    assert session.links.proposed(ADA_KEY) == session.links.proposed(SKY_KEY) == []
    assert session.links.all_proposed() == []
    session.history.undo()
    assert session.links.proposed(SKY_KEY) == [Handle(*ADA_KEY, ADA.handle)]
    session.links.mark_distinct(ADA_KEY, SKY_KEY)
    session.links.link(ADA_KEY, [SKY_KEY])
    assert archive.joins.apart() == []


def test_others_to_choose_from_are_of_other_accounts_namesakes_first(session: Session) -> None:
    found = session.links.candidates(ADA_KEY)
    assert {each.handle.key for each in found} == {SKY_KEY, EVE_KEY}
    assert [each.tie_name for each in session.links.candidates(SKY_KEY)] == ["known", "stranger"]
    assert session.links.candidates(SKY_KEY)[0].handle == Handle(*ADA_KEY, ADA.handle)
    session.links.link(ADA_KEY, [SKY_KEY])
    assert [each.handle.key for each in session.links.candidates(ADA_KEY)] == [EVE_KEY]


def exported(session: Session, what: str) -> list[tuple[int, dict[str, object]]]:
    return list(enumerate(session.transfer.export(what), 1))  # type: ignore[arg-type]


def test_joins_and_rejections_are_exported_with_the_marks_and_imported_once(session: Session, archive: Archive) -> None:
    session.links.link(ADA_KEY, [SKY_KEY])
    session.links.mark_distinct(BO_KEY, EVE_KEY)
    lines = exported(session, "marks")
    assert [key for _, line in lines for key in line if key in ("joined", "kept_apart")] == ["joined", "kept_apart"]
    there = Archive(None)
    other = Session(there, Config(), Accounts(there, None), None)
    for _ in range(2):
        assert other.transfer.import_records(lines) == ({"marks": 2, "ties": 0, "posts": 0}, [])
        assert there.joins.all() == archive.joins.all()
        assert there.joins.apart() == archive.joins.apart()


def test_an_older_export_does_not_replace_newer_marks(session: Session, archive: Archive) -> None:
    session.links.link(ADA_KEY, [SKY_KEY])
    joined = exported(session, "marks")
    session.links.unlink(ADA_KEY)
    parted = exported(session, "marks")
    session.transfer.import_records(joined)
    assert archive.joins.all() == []
    session.links.link(ADA_KEY, [SKY_KEY])
    session.transfer.import_records(parted)
    assert len(archive.joins.all()) == 1


def test_exported_ties_are_each_handles_own(session: Session) -> None:
    before = exported(session, "ties")
    session.links.link(ADA_KEY, [SKY_KEY])
    assert exported(session, "ties") == before


@pytest.mark.parametrize(
    "people", ["ada", [1], [], [{"person": "7", "account": "a"}], [{"person": "", "account": "a"}, {"person": "7"}]]
)
def test_an_unreadable_link_is_reported(session: Session, people: Sequence[object]) -> None:
    counts, errors = session.transfer.import_records([(1, {"joined": people}), (2, {"kept_apart": people})])
    assert counts["marks"] == 0
    assert [number for number, _ in errors] == [1, 2]
