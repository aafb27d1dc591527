"""Forgetting removes a person, an account or everything from every file, permanently."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.models.account import Account
from quietfeed.models.action import ActionKey, Follow, Target
from quietfeed.models.context import PostContext
from quietfeed.models.draft import Draft, Pointer
from quietfeed.models.errors import NotFound
from quietfeed.models.joined import DistinctPair, Handle
from quietfeed.models.mark import Mark, Mute, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post, Quote, Span
from quietfeed.models.tie import FOREVER, Interaction, Relationship, Tie
from quietfeed.phrases.forgetting import forgotten_sentences
from quietfeed.session import Session, open_session
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FIRST = Account("mastodon", "https://here.example", "me@here.example", "7")
SECOND = Account("bluesky", "https://pds.example", "me.example", "did:plc:meeeeeee")
ME, OTHER = FIRST.key, SECOND.key
VIC, ALIAS, DID = "vic@there.example", "vic.sky.example", "did:plc:victor77"
SECRETS = (VIC, ALIAS, DID, "there.example/@vic", "mangrove", "Victor V")
"""Values that must be in no file afterwards: handles, ids, words of the posts and of the profile, and the name."""


def someone(number: int, bio: str = "") -> Person:
    return Person(f"p{number}", f"friend{number}@there.example", f"Friend {number}", bio, network="mastodon")


def fill(home: Path) -> None:
    """Store everything that can be stored about Vic on two networks, and as much about others."""
    archive = Archive(find_places(home).database)
    for account in (FIRST, SECOND):
        archive.add_account(account)
    vic = Person("9001", VIC, "Victor V", "likes mangrove trees", network="mastodon")
    alias = Person(DID, ALIAS, "Victor V", network="bluesky")
    namesake = Person("9002", f"x{VIC}", "Nobody", network="mastodon")
    friend, fan = someone(1), someone(2, f"married to @{VIC}")
    own = Person("7", FIRST.handle, "Me", network="mastodon")

    def post(number: int, author: Person, text: str, **more: object) -> Post:
        at = NOW - timedelta(minutes=number)
        return Post(str(number), author, text, ME, "mastodon", at, **more)  # type: ignore[arg-type]

    posts = [
        post(1, vic, "a mangrove at dawn"),
        post(2, friend, "boosted words", booster=vic, original_id="900"),
        post(3, friend, "@vic hello", spans=(Span(0, 4, "mention", VIC),)),
        post(4, friend, "see this", quote=Quote(VIC, "the mangrove again")),
        post(5, friend, "an answer", reply_to=VIC, reply_to_id="1", reply_to_person="9001"),
        post(6, friend, "an answer whose handle is unknown", reply_to_person="9001"),
        post(7, own, "look at https://there.example/@vic"),
        post(8, friend, "a post that names nobody"),
        post(9, fan, "a post by a fan"),
        post(10, namesake, "a post by a namesake"),
    ]
    archive.posts.save(ME, posts, NOW)
    archive.posts.save(OTHER, [Post(f"at://{DID}/1", alias, "mangrove blue", OTHER, "bluesky", NOW)], NOW)
    for number in (0, 1, 2, 4, 7, 8):
        archive.marks.add(Mark(PostContext(posts[number]), "spam", NOW))
    archive.person_marks.set(PersonMark(ME, "9001", VIC, "vouched", NOW))
    archive.person_marks.set(PersonMark("", "", VIC, "not_known", NOW))
    archive.person_marks.replace([Handle("", "", VIC)], [])
    archive.ties.save_imported("", "", VIC, Tie(replies_from_you=3))
    archive.mutes.set(Mute(ME, "9001", VIC, FOREVER, NOW))
    archive.ties.save_relationships(ME, [Relationship("9001", you_follow=True)], NOW)
    contact = Interaction("i1", vic, "like", "from_you", NOW)
    archive.ties.save_interactions(ME, [contact], "statuses", "5", ("likes_from_you",))
    archive.joins.link([Handle(ME, "9001", VIC), Handle(OTHER, DID, ALIAS)], NOW)
    archive.joins.unlink([], [DistinctPair(Handle(ME, "p1", friend.handle), Handle(OTHER, DID, ALIAS), NOW)])
    archive.drafts.save(Draft(f"dear @{VIC}", (ME,)), NOW)
    archive.drafts.save(Draft("an answer", (ME,), reply_to=Pointer(ME, "1", person_id="9001")), NOW)
    archive.drafts.save(Draft("about something else", (ME,)), NOW)
    archive.outbox.add(Follow(Target(ME, person_id="9001", handle=VIC)), ActionKey("k", NOW), NOW)
    archive.set_state(**{f"note:{VIC}": "x"})
    archive.set_state(learned=b"old weights", learned_from="0 1")
    archive.back_up_if_due(NOW)
    archive.close()
    paths = find_places(home)
    (paths.cache / "pictures").mkdir(parents=True)
    (paths.cache / "pictures" / "abc").write_text(f"a picture of {VIC}")
    paths.database.with_name("quietfeed.db.damaged-1").write_text(VIC)


def found(home: Path) -> set[tuple[str, str]]:
    """Each file below a folder that contains one of SECRETS, without the handle of the namesake."""
    hits = set()
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes().replace(f"x{VIC}".encode(), b"")
            hits |= {(path.name, each) for each in SECRETS if each.encode().lower() in data.lower()}
    return hits


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


async def forget(session: Session, name: str) -> list[str]:
    service = session.forgetting
    done = await service.forget_people(service.people_named(name))
    assert done.clean
    assert session.learning.pending
    await session.close()
    return forgotten_sentences(done)


async def test_a_forgotten_person_is_in_no_file_and_the_others_stay(home: Path) -> None:
    assert found(home) >= {("quietfeed.db.journal.jsonl", VIC), ("abc", VIC)}
    told = await forget(open_session(home), f"@{VIC}")
    assert found(home) == set()
    assert told[0].startswith(f"Forgot {VIC} and {ALIAS}: ")
    assert any(f"still follow {VIC}" in each for each in told)
    assert any("1 like, reply or message of yours" in each for each in told)
    with closing(Archive(find_places(home).database)) as archive:
        kept = {post.id: post for _, post in archive.posts.page(50)}
        assert set(kept) == {"8", "9", "10"}
        assert kept["9"].author.bio == "married to (forgotten)"
        assert {mark.context.post.id for mark in archive.marks.all()} == {"8", "9"}
        assert [each.draft.text for each in archive.drafts.all()] == ["about something else"]
        assert (archive.person_marks.all(), archive.mutes.all(), archive.joins.all()) == ([], [], [])
        assert archive.search.find("mangrove", 5)[1] == 0
        assert archive.search.find("namesake", 5)[1] == 1
        assert archive.get_state("learned") is None
        assert archive.check() == "ok"


async def test_neither_the_journal_nor_a_backup_restores_a_forgotten_person(home: Path) -> None:
    await forget(open_session(home), VIC)
    database = find_places(home).database
    for lost in ([database], [database, database.with_name("quietfeed.db.journal.jsonl")]):
        for path in lost:
            path.unlink()
        with closing(Archive(database)) as archive:
            assert {mark.context.post.id for mark in archive.marks.all()} == {"8", "9"}
        assert found(home) == set()


async def test_an_interrupted_forgetting_is_finished_by_the_next_start(home: Path) -> None:
    session = open_session(home)
    session._archive.forget_people(session.forgetting.people_named(VIC))
    await session.close()
    assert found(home)
    session = open_session(home)
    assert session.forgetting.pending
    await session.upkeep.run()
    assert not session.forgetting.pending
    await session.close()
    assert {name for name, _ in found(home)} <= {"abc"}


async def test_another_open_process_is_reported_and_the_next_start_finishes(home: Path) -> None:
    session = open_session(home)
    with closing(sqlite3.connect(find_places(home).database, isolation_level=None)) as other:
        other.execute("begin")
        other.execute("select count(*) from post").fetchone()
        service = session.forgetting
        done = await service.forget_people(service.people_named(VIC))
        assert not done.clean
        assert service.pending
    await session.upkeep.run()
    await session.close()
    assert {name for name, _ in found(home)} <= {"abc"}


async def test_undo_does_not_restore_a_forgotten_person(home: Path) -> None:
    session = open_session(home)
    session.timeline.load()
    session.marks.set((ME, "1"), "sales")
    await forget(session, VIC)
    assert session.history.commands == ()
    assert session.timeline.get((ME, "1")) is None
    assert session.timeline.get((ME, "8")) is not None


async def test_an_unknown_name_changes_nothing(home: Path) -> None:
    session = open_session(home)
    with pytest.raises(NotFound, match="stored here"):
        session.forgetting.people_named("stranger@nowhere.example")
    await session.close()


async def test_a_handle_that_is_a_domain_does_not_take_links_to_the_site(tmp_path: Path) -> None:
    archive = Archive(find_places(tmp_path).database)
    archive.add_account(SECOND)
    site = Person("did:plc:paper123", "paper.example", "Paper", network="bluesky")
    friend = Person("did:plc:friend12", "friend.example", "Friend", network="bluesky")
    texts = {"1": "read https://paper.example/story", "2": "hello @paper.example", "3": "nothing"}
    posts = [Post(key, friend, text, OTHER, "bluesky", NOW) for key, text in texts.items()]
    archive.posts.save(OTHER, [*posts, Post("4", site, "news", OTHER, "bluesky", NOW)], NOW)
    archive.close()
    session = open_session(tmp_path)
    await forget(session, "paper.example")
    with closing(Archive(find_places(tmp_path).database)) as archive:
        assert {post.id for _, post in archive.posts.page(9)} == {"1", "3"}


async def test_forgetting_an_account_removes_its_posts_marks_and_search_entries(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    session = open_session(home)
    (account,) = session.forgetting.accounts_named(SECOND.handle)
    done = await session.forgetting.forget_account(account)
    assert done.clean
    await session.close()
    assert done.counts["post"] == 1
    assert any("me.example (https://pds.example)" in each for each in forgotten_sentences(done))
    assert not {each for each in found(home) if each[1] in (DID, ALIAS)}
    with closing(Archive(find_places(home).database)) as archive:
        assert [each.key for each in archive.accounts()] == [ME]
        assert len(archive.marks.all()) == 6
        assert archive.joins.all() == []


def test_forgetting_everything_leaves_only_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    paths = find_places(home)
    paths.config.mkdir(exist_ok=True)
    paths.config_file.write_text('level = "noise"\n')
    foreign = paths.data / "something of the user's"
    foreign.write_text("stays")

    async def forget_all() -> list[str]:
        return forgotten_sentences(await open_session(home).forgetting.forget_all())

    told = asyncio.run(forget_all())
    assert told[0] == "Everything is deleted; your settings stay."
    assert {path for path in home.rglob("*") if path.is_file()} == {paths.config_file, foreign}
    session = open_session(home)
    assert session.accounts == ()
    assert asyncio.run(session.upkeep.run()) == []
    asyncio.run(session.close())
