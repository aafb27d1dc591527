"""Changes of people and posts on the server apply in the same sync, also to stored posts."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.config import Config
from quietfeed.models.verdict import Level
from quietfeed.models.view import JudgedPost
from quietfeed.phrases.verdicts import first_reason
from quietfeed.session import Session, open_session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock, system_time
from quietfeed.session.sync import ignore_progress
from quietfeed.sources.bluesky.network import open_source
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places
from quietfeed.tests.signed_in import account_on, secret_on

Serve = Callable[..., Any]

RELATIONSHIPS = "/api/v1/accounts/relationships"
SELLS = "Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer, link in bio: https://shop.example"
PLAIN = "The heron is back at the canal."
EVERYWHERE, NOWHERE = ["everything", "noise", "quiet", "known"], ["everything"]
FRIEND, STRANGER = "7", "9"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))


class Mastodon:
    """A server with a friend's and a stranger's post, and a session that is signed in there."""

    clock = Clock()

    def __init__(self, server: Any, text: str = PLAIN) -> None:
        self.server, self.world = server, server.world
        self.world.follows[FRIEND] = (True, True)
        self.world.home = [self.world.status(n, author, text) for n, author in enumerate((FRIEND, STRANGER))]
        self.session: Session
        self.archive: Archive

    async def sign_in(self) -> Session:
        self.session = open_session(clock=self.clock)
        self.archive = Archive(find_places().database)
        await self.session.signing_in.flow.with_token("mastodon", self.server.url, "good")
        self.session.signing_in.reload()
        return self.session

    def person(self, number: str) -> str:
        return number

    def follow(self, number: str, you: bool, they: bool) -> None:
        self.world.follows[number] = (you, they)

    def block(self, number: str, active: bool = True) -> None:
        self.world.relations[number] = {"blocking": active}

    def mute(self, number: str, active: bool = True) -> None:
        self.world.relations[number] = {"muting": active}

    def mute_boosts(self, number: str, active: bool = True) -> None:
        self.world.relations[number] = {"showing_reblogs": not active}

    def blocked_by(self, number: str, active: bool = True) -> None:
        self.world.relations[number] = {"blocked_by": active}

    def filter(self, *words: str) -> None:
        self.world.filters = [self.world.keyword_filter(word, word) for word in words]

    def notify_follow(self, number: str) -> None:
        self.world.notifications.insert(0, self.world._notification("n9", "follow", number, None))

    def add_post(self, number: str, n: int, text: str = PLAIN) -> None:
        self.world.home.insert(0, self.world.status(n, number, text))

    def add_boost(self, booster: str, author: str, text: str = SELLS) -> None:
        self.world.home.insert(
            0, self.world.status(-50, booster) | {"content": "", "reblog": self.world.status(50, author, text)}
        )


class Bluesky(Mastodon):
    """The same over the AT Protocol."""

    def __init__(self, server: Any, text: str = PLAIN) -> None:
        self.server, self.world = server, server.world
        self.follow(FRIEND, you=True, they=True)
        self.world.home = [{"post": self.world.post(n, int(a), text)} for n, a in enumerate((FRIEND, STRANGER))]

    async def sign_in(self) -> Session:
        account = account_on("bluesky", self.server)
        self.archive = archive = Archive(None)
        archive.add_account(account)
        source = open_source(account, secret_on("bluesky", self.server))
        self.session = Session(
            archive, Config(), Accounts(archive, None, {account.key: source}), None, clock=self.clock
        )
        return self.session

    def person(self, number: str) -> str:
        return str(list(self.world.people)[int(number) - 1])

    def follow(self, number: str, you: bool, they: bool) -> None:
        self.world.follows[self.person(number)] = (you, they)

    def _relate(self, number: str, active: bool, **said: Any) -> None:
        self.world.relations[self.person(number)] = said if active else {}

    def block(self, number: str, active: bool = True) -> None:
        self._relate(number, active, blocking="at://me/app.bsky.graph.block/1")

    def mute(self, number: str, active: bool = True) -> None:
        self._relate(number, active, muted=True)

    def mute_boosts(self, number: str, active: bool = True) -> None:
        self._relate(number, active, mutedOnlyReposts=True)

    def blocked_by(self, number: str, active: bool = True) -> None:
        self._relate(number, active, blockedBy=True)

    def filter(self, *words: str) -> None:
        items = [{"value": word, "targets": ["content", "tag"]} for word in words]
        self.world.preferences = [{"$type": "app.bsky.actor.defs#mutedWordsPref", "items": items}]

    def notify_follow(self, number: str) -> None:
        world = self.world
        world.notifications.insert(0, world._notification("follow", int(number), world._record("follow", 1, 0), 0))

    def add_post(self, number: str, n: int, text: str = PLAIN) -> None:
        self.world.home.insert(0, {"post": self.world.post(n, int(number), text)})

    def add_boost(self, booster: str, author: str, text: str = SELLS) -> None:
        reason = self.world.repost(-50, int(booster))
        self.world.home.insert(0, {"post": self.world.post(50, int(author), text), "reason": reason})


@pytest.fixture(params=["mastodon", "bluesky"])
def network(request: pytest.FixtureRequest) -> Callable[..., Mastodon]:
    serve = request.getfixturevalue(request.param)
    kind = Mastodon if request.param == "mastodon" else Bluesky
    return lambda text=PLAIN, **quirks: kind(serve(posts=3, **quirks), text)


async def refresh(there: Mastodon) -> None:
    assert (await there.session.fetching.refresh(ignore_progress)).errors == ()


def by(there: Mastodon, number: str) -> JudgedPost:
    return next(each for each in there.session.timeline.posts if each.post.author.id == there.person(number))


def shown_to(there: Mastodon, number: str) -> list[str]:
    """The levels that show the newest post of somebody."""
    return [level.name for level in Level if by(there, number).verdict.shown_at(level)]


async def test_a_stranger_who_becomes_a_mutual_follow_is_known_in_that_sync(network: Any) -> None:
    there = network()
    there.add_boost(FRIEND, STRANGER)
    await there.sign_in()
    await refresh(there)
    assert (by(there, STRANGER).tie_name, shown_to(there, STRANGER)) == ("stranger", NOWHERE)
    there.follow(STRANGER, you=True, they=True)
    there.notify_follow(STRANGER)
    await refresh(there)
    assert (by(there, STRANGER).tie_name, shown_to(there, STRANGER)) == ("known", EVERYWHERE)
    await there.session.close()


async def test_a_new_post_on_home_proves_that_its_author_is_followed(network: Any) -> None:
    there = network(SELLS)
    await there.sign_in()
    await refresh(there)
    assert shown_to(there, STRANGER) == NOWHERE
    there.follow(STRANGER, you=True, they=True)
    there.add_post(STRANGER, -5, SELLS)
    await refresh(there)
    assert shown_to(there, STRANGER) == EVERYWHERE
    await there.session.close()


@pytest.mark.parametrize(
    ("restrict", "cause"), [("block", "server_block"), ("blocked_by", "server_block"), ("mute", "server_mute")]
)
async def test_a_block_or_mute_hides_what_is_stored_until_it_ends(network: Any, restrict: str, cause: str) -> None:
    there = network()
    await there.sign_in()
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    getattr(there, restrict)(FRIEND)
    if restrict == "blocked_by":
        # No list contains those who block the user: their relationships are requested like all others.
        there.archive.relationships.request_again(there.session.accounts[0].key)
    await refresh(there)
    assert (shown_to(there, FRIEND), by(there, FRIEND).verdict.cause) == (NOWHERE, cause)
    getattr(there, restrict)(FRIEND, active=False)
    if restrict == "blocked_by":
        there.archive.relationships.request_again(there.session.accounts[0].key)
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    await there.session.close()


async def test_muted_boosts_hide_nothing_but_boosts(network: Any) -> None:
    there = network()
    there.add_boost(FRIEND, STRANGER, PLAIN)
    await there.sign_in()
    there.mute_boosts(FRIEND)
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    boost = next(each for each in there.session.timeline.posts if each.post.booster is not None)
    assert (boost.verdict.cause, boost.verdict.strictest_level) == ("server_mute", Level.everything)
    await there.session.close()


async def test_an_unfollow_is_seen_within_a_day(network: Any) -> None:
    ahead = timedelta()
    there = network(SELLS)
    there.clock = Clock(lambda: system_time() + ahead)
    await there.sign_in()
    await refresh(there)
    there.follow(FRIEND, you=False, they=False)
    there.world.home = there.world.home[1:]
    ahead = timedelta(hours=25)
    await refresh(there)
    assert (by(there, FRIEND).tie_name, shown_to(there, FRIEND)) == ("stranger", NOWHERE)
    await there.session.close()


@pytest.mark.parametrize("change", [{"following_count": 29}, {"followers_count": 19}])
async def test_an_unfollow_is_seen_at_once_where_the_server_counts(mastodon: Serve, change: dict[str, int]) -> None:
    there = Mastodon(mastodon(posts=3), SELLS)
    await there.sign_in()
    await refresh(there)
    there.follow(FRIEND, you=False, they=False)
    there.world.home = there.world.home[1:]
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    there.world.me |= change
    await refresh(there)
    assert (by(there, FRIEND).tie_name, shown_to(there, FRIEND)) == ("stranger", NOWHERE)
    await there.session.close()


async def test_a_filter_that_is_made_later_applies_to_stored_posts_and_ends(network: Any) -> None:
    there = network()
    await there.sign_in()
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    there.filter("heron")
    await refresh(there)
    assert (shown_to(there, FRIEND), by(there, FRIEND).verdict.cause) == (NOWHERE, "server_filter")
    there.filter("herons")
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    there.filter()
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    await there.session.close()


async def test_a_filter_that_expires_ends_by_itself(mastodon: Serve) -> None:
    there = Mastodon(mastodon(posts=3))
    ahead = timedelta()
    there.clock = Clock(lambda: system_time() + ahead)
    soon = (system_time() + timedelta(minutes=30)).isoformat()
    there.world.filters = [there.world.keyword_filter("Birds", "heron", expires_at=soon)]
    await there.sign_in()
    await refresh(there)
    assert by(there, FRIEND).verdict.cause == "server_filter"
    ahead = timedelta(minutes=31)
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    await there.session.close()


async def test_a_removed_filter_no_longer_hides_posts(mastodon: Serve) -> None:
    there = Mastodon(mastodon(posts=3), "nothing that the words match")
    world = there.world
    world.filters = [world.keyword_filter("Herons", "heron")]
    world.home[0]["filtered"] = [{"filter": {"title": "Herons", "filter_action": "hide"}}]
    await there.sign_in()
    await refresh(there)
    assert by(there, FRIEND).verdict.cause == "server_filter"
    world.filters = [world.keyword_filter("Herons", "kingfisher")]
    world.home = []
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    await there.session.close()


async def test_without_lists_each_relationship_is_requested(mastodon: Serve) -> None:
    there = Mastodon(mastodon(posts=3, lists_empty=True, first_relationship_only=True))
    await there.sign_in()
    there.block(FRIEND)
    for _ in range(3):
        await refresh(there)
        assert by(there, FRIEND).verdict.cause == "server_block"
    await there.session.close()


async def test_a_server_that_lists_and_counts_nothing_gets_a_request_every_hour(mastodon: Serve) -> None:
    there = Mastodon(mastodon(posts=3, lists_empty=True, first_relationship_only=True, counts_zero=True))
    ahead = timedelta()
    there.clock = Clock(lambda: system_time() + ahead)
    await there.sign_in()
    await refresh(there)
    there.block(FRIEND)
    ahead = timedelta(minutes=61)
    await refresh(there)
    assert by(there, FRIEND).verdict.cause == "server_block"
    await there.session.close()


async def test_a_blocked_server_hides_all_its_people(mastodon: Serve) -> None:
    there = Mastodon(mastodon(posts=3))
    there.add_post("2", -1)
    await there.sign_in()
    await refresh(there)
    assert by(there, "2").post.author.handle.endswith("@there.example")
    there.world.domain_blocks.append("there.example")
    await refresh(there)
    assert by(there, "2").verdict.cause == "server_block"
    assert shown_to(there, FRIEND) == EVERYWHERE
    there.world.domain_blocks.clear()
    await refresh(there)
    assert shown_to(there, "2") == EVERYWHERE
    await there.session.close()


@pytest.mark.parametrize(("kind", "cause"), [("muted", "server_mute"), ("blocked", "server_block")])
async def test_a_moderation_list_hides_its_members_until_it_ends(bluesky: Serve, kind: str, cause: str) -> None:
    there = Bluesky(bluesky(posts=3))
    await there.sign_in()
    await refresh(there)
    there.world.moderation_lists["at://x/list/1"] = {"name": "Noise", "kind": kind, "members": [there.person(FRIEND)]}
    await refresh(there)
    found = by(there, FRIEND).verdict
    assert (found.cause, first_reason(found).endswith('through the list "Noise"')) == (cause, True)
    there.world.moderation_lists.clear()
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    await there.session.close()


async def test_rejected_lists_cost_nothing(mastodon: Serve) -> None:
    lists = ("/api/v1/blocks", "/api/v1/mutes", "/api/v1/domain_blocks", "/api/v2/filters", "/api/v1/filters")
    there = Mastodon(mastodon(posts=3, lacking=lists))
    await there.sign_in()
    await refresh(there)
    assert shown_to(there, FRIEND) == EVERYWHERE
    await there.session.close()
