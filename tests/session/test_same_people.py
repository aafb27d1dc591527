"""Somebody known through one account of the user is no stranger on another account of the same network."""

from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import TO_YOU_COUNTS, Interaction, Relationship
from quietfeed.models.verdict import Level
from quietfeed.phrases.ties import tie_line
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.links import PersonLinks
from quietfeed.session.tie_cache import TieCache
from quietfeed.store.archive import Archive

NOW = datetime.now(UTC) - timedelta(hours=1)
HOME = Account("mastodon", "https://here.example", "june@here.example", "1")
WORK = Account("mastodon", "https://work.example", "j.doe@work.example", "9")
SKY = Account("bluesky", "https://pds.example", "june.example", "did:plc:june")
CLUB = Account("bluesky", "https://pds.example", "club.example", "did:plc:club")
SELLS = "Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer, link in bio: https://shop.example"


def seen_by(account: Account, person_id: str, handle: str, text: str = SELLS) -> Post:
    person = Person(person_id, handle, network=account.network, followers=9, following=2_000, posts=9)
    return Post(f"p{person_id}", person, text, account.key, account.network, NOW)


@pytest.fixture
def archive() -> Archive:
    archive = Archive(None)
    for account in (HOME, WORK, SKY, CLUB):
        archive.add_account(account)
    return archive


def opened(archive: Archive, *posts: Post, friend: Post | None = None) -> Session:
    """A session with these posts, whose authors are strangers, and posts by a friend."""
    for post in posts:
        archive.posts.save(post.account, [post], NOW)
        archive.ties.save_relationships(post.account, [Relationship(post.author.id, False, False)], NOW)
    if friend is not None:
        archive.posts.save(friend.account, [friend], NOW)
        befriend(archive, friend)
    session = Session(archive, Config(), Accounts(archive, None), None)
    session.timeline.load()
    return session


def befriend(archive: Archive, post: Post) -> None:
    archive.ties.save_relationships(post.account, [Relationship(post.author.id, True, True)], NOW)
    replies = [
        Interaction(f"{way}{number}", post.author, "reply", way, NOW - timedelta(days=number))
        for way in ("to_you", "from_you")
        for number in range(4)
    ]
    archive.ties.save_interactions(post.account, replies, "notifications", "1", TO_YOU_COUNTS)


def shown(session: Session, post: Post) -> tuple[bool, str]:
    judged = session.timeline.get(post.key)
    assert judged is not None
    return judged.verdict.shown_at(Level.quiet), judged.tie_name


THERE = seen_by(WORK, "77", "Ada@there.example")


@pytest.mark.parametrize(
    ("friend", "stranger"),
    [
        (seen_by(HOME, "5", "ada@there.example"), THERE),
        (seen_by(SKY, "did:plc:ada", "ada.example"), seen_by(CLUB, "did:plc:ada", "ada.example")),
        (seen_by(SKY, "did:plc:ada", "ada.example"), seen_by(CLUB, "did:plc:ada", "ada.new.example")),
    ],
    ids=["the handle on Mastodon", "the id on Bluesky", "the id after a change of handle"],
)
def test_a_friend_of_one_account_is_hidden_on_no_other(archive: Archive, friend: Post, stranger: Post) -> None:
    session = opened(archive, stranger, friend=friend)
    assert shown(session, friend) == shown(session, stranger) == (True, "known")
    why = session.timeline.why(stranger.key)
    assert "you follow each other" in tie_line(why.tie)
    assert len(session.people.contacts(*stranger.author_key)) == 8


def test_the_tie_names_the_account_that_it_comes_from(archive: Archive) -> None:
    session = opened(archive, THERE, friend=seen_by(HOME, "5", "ada@there.example"))
    line = tie_line(session.timeline.why(THERE.key).tie)
    assert line.endswith("all of it with your account june@here.example")


@pytest.mark.parametrize(
    ("friend", "stranger"),
    [
        (seen_by(SKY, "did:plc:ada", "ada.example"), seen_by(CLUB, "did:plc:thief", "ada.example")),
        (seen_by(SKY, "did:plc:ada", "ada@there.example"), THERE),
        (seen_by(HOME, "77", "bo@here.example"), THERE),
    ],
    ids=["a handle that changed hands", "another network", "the same id on two servers"],
)
def test_other_people_stay_strangers(archive: Archive, friend: Post, stranger: Post) -> None:
    session = opened(archive, stranger, friend=friend)
    assert shown(session, stranger) == (False, "stranger")


def test_a_handle_that_an_account_saw_with_two_ids_identifies_nobody(archive: Archive) -> None:
    before = seen_by(HOME, "4", "ada@there.example", "tea")
    session = opened(archive, before, THERE, friend=seen_by(HOME, "5", "ada@there.example"))
    assert shown(session, THERE) == (False, "stranger")


def test_a_vouch_or_a_mute_applies_on_both_accounts_and_ends_on_either(archive: Archive) -> None:
    here = seen_by(HOME, "5", "ada@there.example")
    session = opened(archive, here, THERE)
    assert not shown(session, THERE)[0]
    session.people.vouch(here.key)
    assert shown(session, here)[0]
    assert shown(session, THERE)[0]
    session.people.vouch(THERE.key)
    assert not shown(session, here)[0]
    assert not shown(session, THERE)[0]
    session.history.undo()
    assert shown(session, here)[0]
    assert shown(session, THERE)[0]
    session.people.mute(THERE.key, NOW + timedelta(days=3))
    assert not shown(session, here)[0]
    session.people.mute(here.key, None)
    assert shown(session, THERE)[0]


def test_a_new_tie_on_one_account_is_read_for_the_other(archive: Archive) -> None:
    here = seen_by(HOME, "5", "ada@there.example")
    opened(archive, here, THERE)
    ties = TieCache(PersonLinks(archive))
    ties.read([here, THERE])
    befriend(archive, here)
    assert ties.reread([here, THERE], [here]) == {here.author_key, THERE.author_key}
    assert ties.get(*THERE.author_key).you_follow


def test_a_block_applies_to_the_account_that_set_it(archive: Archive) -> None:
    here = seen_by(HOME, "5", "ada@there.example", "tea")
    session = opened(archive, here, THERE)
    archive.ties.save_relationships(HOME.key, [Relationship("5", False, False, blocking=True)], NOW)
    session = opened(archive, THERE)
    blocked, free = session.timeline.get(here.key), session.timeline.get(THERE.key)
    assert blocked is not None
    assert free is not None
    assert blocked.verdict.cause == "server_block"
    assert free.verdict.cause != "server_block"
