"""An account that may have been taken over: folded in --plain, muted by one key, and shown when it is over."""

import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.cli.plain import Plain
from quietfeed.filters.takeover import CALM
from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.joined import Handle
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import FOREVER, Relationship
from quietfeed.phrases.changes import change_text
from quietfeed.phrases.reasons import reason_text
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock
from quietfeed.store.archive import Archive

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
ME = Account("mastodon", "https://example.social", "me@example.social", "1")
ADA = Person("7", "ada@example.social", "Ada")


def a_post(number: int, text: str, at: datetime) -> Post:
    return Post(f"{number:03}", ADA, text, ME.key, "mastodon", at, f"https://example.social/{number}")


class World:
    """A friend whose account posts links to a new host, and a clock that the test sets."""

    def __init__(self) -> None:
        self.now = START
        self.archive = Archive(None)
        self.archive.add_account(ME)
        self.archive.ties.save_relationships(ME.key, [Relationship(ADA.id, True, True)], START)
        past = [a_post(n, f"the heron was at pond {n} again", START - timedelta(hours=30 - n)) for n in range(12)]
        bad = [
            a_post(20 + n, f"free coins {n} https://win.example/{n}", START - timedelta(minutes=9 - n))
            for n in range(3)
        ]
        self.keep(*past, *bad)
        self.session = Session(
            self.archive, Config(), Accounts(self.archive, None), None, clock=Clock(lambda: self.now)
        )
        self.session.timeline.load()

    def keep(self, *posts: Post) -> None:
        self.archive.posts.save(ME.key, posts, self.now)

    def shown(self) -> int:
        return self.session.timeline.counts().shown


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def plain(world: World) -> Iterator[Plain]:
    with asyncio.Runner() as runner:
        plain = Plain(world.session, runner, io.StringIO(), interactive=False)
        plain.reader.feed.update()
        plain.reader.feed.at = 0
        yield plain


def test_the_mute_ends_after_calm_days_and_a_usual_post_and_undo_sets_it_again(world: World) -> None:
    people, key = world.session.people, (ME.key, "022")
    change = people.mute_until_over(key)
    assert change_text(change, world.now).startswith(
        "ada@example.social is muted until this account posts as usual again"
    )
    assert world.shown() == 0
    judged = world.session.timeline.get(key)
    assert judged is not None
    assert reason_text(judged.verdict.reasons[0]).startswith("muted by you until this account, which may have been")
    world.now += CALM + timedelta(hours=1)
    assert people.end_due_mutes() == [], "no post has arrived since"
    world.keep(a_post(40, "the heron was at pond 3 again", world.now - timedelta(hours=2)))
    (ended,) = people.end_due_mutes()
    assert change_text(ended, world.now).startswith("ada@example.social posts as usual again, and is no longer muted")
    assert world.shown() == 15
    assert people.end_due_mutes() == []
    world.session.history.undo()
    assert world.shown() == 0
    assert people.end_due_mutes() == [], "undo means that the user wants the mute for longer"


def test_the_end_of_it_keeps_the_mute_of_a_joined_handle(world: World) -> None:
    there = Account("bluesky", "https://pds.example", "me.example", "did:plc:me")
    world.archive.add_account(there)
    other = Person("did:plc:ada", "ada.example", "Ada")
    world.archive.posts.save(there.key, [Post("1", other, "hello", there.key, "bluesky", START, "")], START)
    world.session.people.mute_until_over((ME.key, "022"))
    world.session.people.set_mute(Handle(there.key, other.id, other.handle), FOREVER)
    world.session.links.link((ME.key, ADA.id), [(there.key, other.id)])
    world.now += CALM + timedelta(hours=1)
    world.keep(a_post(40, "the heron was at pond 3 again", world.now - timedelta(hours=2)))
    assert len(world.session.people.end_due_mutes()) == 1
    assert [(mute.handle, mute.until) for mute in world.archive.mutes.all()] == [("ada.example", FOREVER)]


def test_more_of_the_same_links_keep_the_mute(world: World) -> None:
    world.session.people.mute_until_over((ME.key, "022"))
    world.now += CALM
    world.keep(a_post(40, "the heron was at pond 3 again", world.now - timedelta(hours=2)))
    world.keep(a_post(41, "last free coins https://win.example/9", world.now - timedelta(hours=1)))
    world.now += timedelta(hours=1)
    assert world.session.people.end_due_mutes() == []


@pytest.mark.parametrize("days", [0.5, 2.0])
def test_many_harmless_posts_hide_neither_the_past_nor_what_came_in_between(world: World, days: float) -> None:
    """Sixty posts push the past, and the last link of the attacker, out of the newest fifty."""
    world.session.people.mute_until_over((ME.key, "022"))
    world.now += CALM + timedelta(days=1)
    link = world.now - timedelta(days=days)
    world.keep(a_post(41, "last free coins https://win.example/9", link))
    sixty = [a_post(100 + n, f"the heron was at pond {n} again", link + timedelta(minutes=n)) for n in range(1, 61)]
    world.keep(*sixty)
    assert world.session.people.end_due_mutes() == []
    world.now = link + CALM + timedelta(hours=2)
    assert len(world.session.people.end_due_mutes()) == 1


def test_posts_unlike_those_before_the_mute_do_not_end_it_however_many_there_are(world: World) -> None:
    world.session.people.mute_until_over((ME.key, "022"))
    world.now += CALM + timedelta(days=1)
    world.keep(*(a_post(100 + n, f"цена монеты {n} снова растёт", world.now - timedelta(minutes=n)) for n in range(60)))
    assert world.session.people.end_due_mutes() == []


def test_plain_folds_the_posts_opens_them_and_mutes_with_one_key(
    plain: Plain, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    plain.reader.read()
    assert capsys.readouterr().out.splitlines() == [
        "1 of 13. 3 posts unlike Ada's others: the account may have been taken over."
        " Enter opens them; m hides them until it is over."
    ]
    assert world.shown() == 15, "folded posts count as shown"
    plain.commands["down"](1, "")
    assert "2 of 13" in capsys.readouterr().out
    plain.commands["up"](1, "")
    capsys.readouterr()
    plain.commands["next"](1, "")
    assert capsys.readouterr().out.startswith('1 of 15, unread. "Ada"')
    plain.commands["mute"](1, "")
    assert "is muted until this account posts as usual again" in capsys.readouterr().out
    assert world.shown() == 0
