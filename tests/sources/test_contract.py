"""The contract of every source, tested with all networks."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.codec.records import post_from_record, post_to_record
from quietfeed.models.account import Account
from quietfeed.models.capability import READS, Capability
from quietfeed.models.config import Config
from quietfeed.models.errors import SourceError
from quietfeed.models.paid import Known, Position, ReadingPlan
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.source import (
    Source,
    has_feeds,
    has_moderation,
    has_prices,
    has_profiles,
    has_subscriptions,
    has_ties,
)
from quietfeed.models.subscription import Subscription
from quietfeed.models.text import clean, clean_line
from quietfeed.session.clock import Clock
from quietfeed.session.spending import SpendingService
from quietfeed.sources import NETWORKS, network
from quietfeed.sources.demo import Demo
from quietfeed.sources.registry import PAID, local_account
from quietfeed.store.archive import Archive
from quietfeed.tests.signed_in import account_on, secret_on

Serve = Callable[..., Any]


VIEWS = tuple(f"public {each.name}" for each in NETWORKS)
RELATIVES = ("pleroma", "akkoma", "pixelfed", "friendica", "sharkey", "iceshrimp", "hollo")
METHODS: dict[Capability, tuple[str, ...]] = {
    "ties": ("relationships", "interactions"),
    "moderation": ("restrictions", "filters"),
    "profiles": ("people",),
    "count_cache": ("prime_cache",),
    "rechecks": ("recheck",),
    "threads": ("thread",),
    "feeds": ("feeds", "feed_at", "feed"),
    "subscriptions": ("use", "news", "find"),
    "lookup": ("find_person",),
    "personal": ("note_on", "follow_requests"),
    "translate": ("translate",),
    "list_members": ("find_list", "unlisted"),
    "known_followers": ("known_followers",),
    "paid": ("use_meter", "use_plan", "news"),
}


@pytest.fixture(params=["demo", "subscriptions", PAID.name, *(each.name for each in NETWORKS), *VIEWS, *RELATIVES])
async def source(request: pytest.FixtureRequest) -> AsyncIterator[Source]:
    opened: Source
    if request.param == "demo":
        opened = Demo()
    elif request.param == "subscriptions":
        server = request.getfixturevalue("blogs")(posts=20)
        account = local_account()
        opened = network(account.network).open_source(account, {})
        assert has_subscriptions(opened)
        found = [Subscription(name, f"{server.url}/{name}", trusted=server.url) for name in ("rss.xml", "atom.xml")]
        opened.use(found)
    elif request.param == PAID.name:
        server = request.getfixturevalue("x_server")(posts=20)
        account = Account(PAID.name, server.url, "june", "100", scopes=("tweet.read",))
        opened = network(account.network).open_source(account, server.secret)
        assert has_prices(opened)
        opened.use_meter(SpendingService(Archive(None), Config(monthly_budget=100), Clock()).meter(PAID.name))
        both = [Person(each, handle, handle, followers=1, following=1) for each, handle in (("1", "ada"), ("2", "bo"))]
        known = (Known(replace(each, network=PAID.name), Position(since="1")) for each in both)
        opened.use_plan(ReadingPlan(tuple(known), following=frozenset("12"), followers=frozenset("1")))
    elif request.param == "public mastodon":
        server = request.getfixturevalue("mastodon")(posts=100)
        opened = await network("mastodon").look(f"{server.world.me['acct']}@here.example", server.url)
    elif request.param == "public bluesky":
        server = request.getfixturevalue("bluesky")(posts=120)
        opened = await network("bluesky").look(server.world.me["handle"], server.url)
    elif request.param in ("mastodon", *RELATIVES):
        server = request.getfixturevalue("mastodon")(posts=100, relative=request.param)
        opened = network("mastodon").open_source(account_on("mastodon", server), secret_on("mastodon", server))
    else:
        server = request.getfixturevalue("bluesky")(posts=120)
        opened = network("bluesky").open_source(account_on("bluesky", server), secret_on("bluesky", server))
    yield opened
    await opened.close()


def test_a_source_has_the_methods_of_its_capabilities_and_no_others(source: Source) -> None:
    assert METHODS.keys() == READS | {"subscriptions", "paid"}
    has = {capability for capability, names in METHODS.items() if all(hasattr(source, name) for name in names)}
    assert has == source.capabilities
    assert "moderation" not in has or "ties" in has


async def pages_of(source: Source, most: int = 4) -> list[tuple[Post, ...]]:
    pages, cursor = [], None
    for _ in range(most):
        page = await source.timeline(cursor)
        pages.append(page.posts)
        cursor = page.cursor
        if cursor is None:
            break
    return pages


def people_of(posts: list[Post]) -> list[Person]:
    return [person for post in posts for person in (post.author, post.booster) if person is not None]


async def test_pages_go_down_in_time_and_hold_each_post_once(source: Source) -> None:
    pages = await pages_of(source)
    posts = [post for page in pages for post in page]
    # A public view has the newest posts of the people followed, on one page.
    assert len(posts) > (80 if "feeds" in source.capabilities else 10)
    times = [post.at for post in posts if post.at is not None]
    assert len(times) == len(posts)
    assert times == sorted(times, reverse=True)
    assert all(at.tzinfo is UTC for at in times)
    assert len({post.key for post in posts}) == len(posts)


async def test_every_post_is_whole_clean_and_can_be_kept(source: Source) -> None:
    for post in [each for page in await pages_of(source) for each in page]:
        assert post.id
        assert post.account == source.account.key
        assert post.network == source.account.network
        assert post.text == clean(post.text)
        assert all(0 <= span.start < span.end <= len(post.text) for span in post.spans)
        assert (post.booster is None) == (post.original_id == "") == (post.boosted_at is None)
        assert post_from_record(post_to_record(post)) == post


async def test_every_person_has_an_id_and_a_handle_on_one_line(source: Source) -> None:
    posts = [post for page in await pages_of(source) for post in page]
    for person in people_of(posts):
        assert person.id
        assert person.handle == clean_line(person.handle) != ""
        assert not person.handle.startswith("@")
        assert person.name == clean_line(person.name or "")
        assert person.network == source.account.network
    handles = {person.id: person.handle for person in people_of(posts)}
    assert len(set(handles.values())) == len(handles)


async def test_counts_of_the_people_in_a_timeline_are_known(source: Source) -> None:
    if not has_ties(source):
        pytest.skip("nobody counts the readers of a site")
    posts = [post for post in (await source.timeline(None)).posts if not (post.booster and has_prices(source))]
    # On some relatives of Mastodon, Kim hides the counts.
    told = [post.author for post in posts if not post.author.handle.startswith("kim@")]
    assert all(author.followers is not None and author.following is not None for author in told)


async def test_relationships_match_the_request(source: Source) -> None:
    if not has_ties(source):
        pytest.skip("this source has no relationships")
    wanted = list(dict.fromkeys(person.id for person in people_of([*(await source.timeline(None)).posts])))
    found = await source.relationships(wanted)
    assert {each.person_id for each in found} <= set(wanted)
    assert any(each.you_follow for each in found)
    assert await source.relationships([]) == []


async def test_interactions_have_unique_ids_and_never_involve_only_the_user(source: Source) -> None:
    if not has_ties(source):
        pytest.skip("this source has no relationships")
    pages = [page async for page in source.interactions({})]
    found = [each for page in pages for each in page.interactions]
    # A status that answers and mentions the user is in two streams of a public view, and is stored once.
    assert len({each.id for each in found}) == len(set(found)) > 0
    if has_moderation(source):
        assert {each.direction for each in found} == {"to_you", "from_you"}
    assert all(each.person.id not in ("", source.account.remote_id) for each in found)
    assert all(each.at.utcoffset() == timedelta(0) for each in found)
    since = {page.stream: page.since for page in pages if page.since is not None}
    assert set(since) == {page.stream for page in pages} - {"seen answers"}
    again = [page async for page in source.interactions(since)]
    assert {page.stream: page.since for page in again if page.since is not None} in (since, {})


async def test_people_match_the_request(source: Source) -> None:
    if not has_profiles(source):
        pytest.skip("this source has no profiles")
    wanted = list(dict.fromkeys(person.id for person in people_of([*(await source.timeline(None)).posts])))[:5]
    people = await source.people([*wanted, "nobody"])
    assert [person.id for person in people if person.id in wanted]
    assert {person.id for person in people} <= set(wanted)
    assert all(person.followers is not None for person in people)
    assert await source.people([]) == []


async def test_feeds_are_read_page_by_page_and_a_deleted_feed_is_an_error(
    source: Source, request: pytest.FixtureRequest
) -> None:
    if not has_feeds(source):
        pytest.skip("this source has no feeds")
    feeds = await source.feeds()
    # Pixelfed has neither lists nor followed hashtags.
    assert bool(feeds) == ("pixelfed" not in request.node.name)
    assert len({feed.id for feed in feeds}) == len(feeds)
    for feed in feeds:
        assert (feed.account, feed.name) == (source.account.key, clean_line(feed.name))
        page = await source.feed(feed.id, None)
        assert all(post.account == source.account.key for post in page.posts)
        assert len({post.key for post in page.posts}) == len(page.posts)
    with pytest.raises(SourceError):
        await source.feed("nothing", None)
