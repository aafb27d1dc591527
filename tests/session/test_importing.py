"""Importing a file: a dry run and a second import change nothing, and undo reverts everything."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.errors import NotFound, UsageError
from quietfeed.models.imported import ImportResult
from quietfeed.models.joined import Handle
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Relationship
from quietfeed.phrases.imports import file_text, result_text, run_text, undone_text
from quietfeed.session import Session, open_session

FILES = Path(__file__).parent.parent / "files"
NAMES = sorted(each.name for each in FILES.iterdir() if each.suffix in (".zip", ".csv", ".vcf", ".car", ".opml"))
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = Account("mastodon", "https://here.example", "me@here.example", "7")
SKY = Account("bluesky", "https://pds.example", "me.example", "did:plc:" + "m" * 24)
ADA = Person("p1", "ada@there.example", "Ada", network="mastodon", links=("https://twitter.com/Ada",))
ADA_SKY = Person("did:plc:" + "a" * 24, "ada.example", "Ada", "@ada@there.example", network="bluesky")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = open_session(tmp_path / "home")
    archive = session._archive
    for account, person in ((ME, ADA), (SKY, ADA_SKY)):
        archive.add_account(account)
        archive.posts.save(account.key, [Post(person.handle, person, "hello", account.key, account.network, NOW)], NOW)
    session.signing_in.reload()
    session.signing_in.reload()
    yield session
    archive.close()


def tables(session: Session) -> dict[str, list[Any]]:
    """Everything in the store except the record of imports and the queue of people to be counted again."""
    db = session._archive._db
    names = [row[0] for row in db.rows("select name from sqlite_schema where type = 'table'")]
    own = ("import_run", "import_change", "sqlite_sequence", "tally_due")
    return {name: db.rows(f"select * from {name}") for name in names if name not in own}


def imported(session: Session, name: str, *, dry: bool = False) -> ImportResult:
    file = session.importing.read(FILES / name)
    lines = session.importing.read_lines(FILES / name) if file.kind == "records" else ()
    if dry:
        return session.importing.preview(file, name, lines)
    return session.importing.run(file, name, lines)[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_changes_nothing_and_undo_reverts_everything(name: str, session: Session) -> None:
    before = tables(session)
    promised = imported(session, name, dry=True)
    assert tables(session) == before
    result = imported(session, name)
    assert result.changes == promised.changes
    after = tables(session)
    assert (after != before) == bool(result.changes) == (name not in ("bookmarks.csv", "domain_blocks.csv"))
    again = imported(session, name)
    assert (again.id, again.changes) == (0, {})
    assert tables(session) == after
    if result.id:
        assert session.importing.undo(result.id).stayed == 0
        assert tables(session) == before
        with pytest.raises(NotFound):
            session.importing.undo(result.id)


def test_imports_of_all_files_are_undone_in_any_order(session: Session) -> None:
    before = tables(session)
    ids = [result.id for name in NAMES if not name.startswith("x-20") and (result := imported(session, name)).id]
    for number in ids[::2] + ids[1::2]:
        assert session.importing.undo(number).stayed == 0
    assert tables(session) == before
    assert all(run.undone for run in session.importing.all())


def test_the_key_u_undoes_an_import(session: Session) -> None:
    before = tables(session)
    change, result = session.importing.run(session.importing.read(FILES / "x-2022.zip"), "x-2022.zip")
    assert (change.kind, change.names) == ("imported", ("x-2022.zip",))
    assert result.id
    undone = session.history.undo()
    assert undone is not None
    assert undone.undone
    assert tables(session) == before


def test_imports_of_own_records_are_undone_too(session: Session, tmp_path: Path) -> None:
    before = tables(session)
    path = tmp_path / "marks.jsonl"
    path.write_text(
        '{"handle": "bob@there.example", "word": "vouched"}\n{"handle": "x"\n'
        f'{{"id": "9", "text": "buy", "network": "mastodon", "account": "{ME.key}", "mark": "sales"}}\n'
        '{"handle": "ada@there.example", "tie": {}, "you_follow": true}\n',
        "utf-8",
    )
    file, lines = session.importing.read(path), session.importing.read_lines(path)
    _, result = session.importing.run(file, path.name, lines)
    assert dict(result.counts)["marks"] == 2
    assert [number for number, _ in result.errors] == [2]
    session.importing.undo(result.id)
    assert tables(session) == before


def test_undoing_an_import_keeps_later_changes(session: Session) -> None:
    result = imported(session, "muted_accounts.csv")
    session.people.set_mute(Handle("", "", "loud@there.example"), None)
    undone = session.importing.undo(result.id)
    assert not session._archive.mutes.all()
    assert undone.stayed == 0
    imported(session, "following_accounts.csv")
    later = imported(session, "x-2018.zip")
    session._archive._db.run("update person set data = '{}' where id = '11'")
    assert session.importing.undo(later.id).stayed == 2
    assert [each.network for each in session.signing_in.archived] == ["x"]


def test_a_later_import_of_the_same_kind_is_undone_first(session: Session, tmp_path: Path) -> None:
    first = imported(session, "following_accounts.csv")
    path = tmp_path / "following.csv"
    path.write_text("Account address,Show boosts\nnew@there.example,true\n", "utf-8")
    _, second = session.importing.run(session.importing.read(path), path.name)
    with pytest.raises(UsageError, match=f"Import {second.id}"):
        session.importing.undo(first.id)
    session.importing.undo(second.id)
    session.importing.undo(first.id)


def test_the_tie_of_a_linked_person_counts_three_networks(session: Session) -> None:
    session._archive.ties.save_relationships(ME.key, [Relationship("p1", you_follow=False, follows_you=False)], NOW)
    session._archive.ties.save_relationships(
        SKY.key, [Relationship(ADA_SKY.id, you_follow=True, follows_you=False)], NOW
    )
    assert session.people.tie_to((ME.key, "p1")).name == "stranger"
    imported(session, "x-2022.zip")
    (old,) = session.people.find("ada")
    assert old.network == "X"
    session.links.link((ME.key, "p1"), [(SKY.key, ADA_SKY.id), old.key])
    tie = session.people.tie_to((ME.key, "p1"))
    assert tie.name in ("known", "close")
    assert set(tie.tie.places) == {"on Bluesky", "on X"}
    assert tie.tie.first_contact == datetime(2009, 3, 7, 10, tzinfo=UTC)


def test_an_archived_account_is_not_fetched(session: Session) -> None:
    imported(session, "x-2022.zip")
    assert {each.network for each in session.accounts} == {"mastodon", "bluesky"}
    assert not session.signing_in.has_relationships(session.signing_in.archived[0].key)


def test_an_archive_of_a_signed_in_account_adds_its_ties_to_it(session: Session) -> None:
    imported(session, "x-2022.zip")
    (archived,) = session.signing_in.archived
    signed_in = replace(archived, scopes=("tweet.read",))
    session._archive.add_account(signed_in)
    imported(session, "x-2018.zip")
    assert session.signing_in.archived == ()
    assert signed_in.key in {each.key for each in session.accounts}


def test_mutes_of_a_list_hide_and_unmute(session: Session) -> None:
    imported(session, "blocked_accounts.csv")
    (mute,) = session._archive.mutes.all()
    assert (mute.handle, mute.account) == ("rude@there.example", "")


def test_the_sentences(session: Session) -> None:
    file = session.importing.read(FILES / "x-2022.zip")
    assert file_text(file, "X") == (
        "X archive of me, 2009 to 2014: 4 posts, 3 follows, 2 followers, 1 blocked person,"
        " 1 direct conversation, 2 likes"
    )
    result = imported(session, "x-2022.zip")
    assert result_text(result, dry=False) == "added or changed 1 account, 2 people, 3 ties and 1 mute"
    assert result_text(ImportResult(), dry=True) == "nothing would change: everything in the file is already stored"
    (run,) = session.importing.all()
    assert run_text(run, "X").endswith("x-2022.zip, X archive: 1 account, 2 people, 3 ties and 1 mute")
    undone = session.importing.undo(run.id)
    assert undone_text(run, "X", undone) == (
        "undid import 1 (x-2022.zip, X archive): 1 mute, 3 ties, 2 people and 1 account"
    )


def proposals(session: Session) -> set[tuple[frozenset[str], str]]:
    return {(frozenset((each.one.handle, each.other.handle)), each.reason) for each in session.links.all_proposed()}


def test_people_of_an_archive_are_proposed_by_profiles_and_contacts(session: Session) -> None:
    assert proposals(session) == set()
    imported(session, "x-2022.zip")
    assert proposals(session) == {(frozenset(("ada", "ada@there.example")), "profile")}
    imported(session, "contacts-3.vcf")
    assert proposals(session) == {(frozenset(("ada", "ada@there.example")), "contact")}
    assert session.links.proposed((ME.key, "p1")) == session.people.find("ada")
    session.links.link((ME.key, "p1"), [session.people.find("ada")[0].key])
    assert proposals(session) == set()
    assert session.people.tie_to((ME.key, "p1")).tie.contact


@pytest.mark.parametrize(
    ("here", "there"),
    [("ada.example@bsky.brid.gy", "ada.example"), ("bo@there.example", "bo.there.example.ap.brid.gy")],
)
def test_a_bridged_handle_and_its_original_are_proposed_on_both_sides(here: str, there: str, session: Session) -> None:
    session._archive.people.save(ME.key, [Person("p8", here, network="mastodon")])
    session._archive.people.save(SKY.key, [Person("did:plc:8", there, network="bluesky")])
    wanted = session.people.find(here)[0].key
    found = session.people.find(there)[-1].key
    assert found in [each.key for each in session.links.proposed(wanted)]
    assert wanted in [each.key for each in session.links.proposed(found)]
    assert (frozenset((here, there)), "bridge") in proposals(session)


def test_a_handle_that_only_looks_bridged_is_not_proposed(session: Session) -> None:
    for number, handle in enumerate(
        ("ada.example@bsky.brid.gy.evil.example", "ap.brid.gy", "x.ap.brid.gy@evil.example")
    ):
        session._archive.people.save(ME.key, [Person(f"e{number}", handle, network="mastodon")])
    assert proposals(session) == set()


def test_lists_and_repositories_give_evidence_where_the_people_are_seen(session: Session) -> None:
    here, there = (ME.key, "p1"), (SKY.key, ADA_SKY.id)
    assert session.people.tie_to(here).tie.you_follow is None
    imported(session, "following_accounts.csv")
    imported(session, "repository.car")
    assert session.people.tie_to(here).tie.you_follow
    tie = session.people.tie_to(there).tie
    assert (tie.you_follow, tie.likes_from_you, tie.replies_from_you) == (True, 2, 1)
    assert tie.last_from_you == datetime(2023, 9, 1, 10, tzinfo=UTC)
    assert not session.people.tie_to(there).tie.vouched
