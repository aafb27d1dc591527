"""Requests for feeds: intervals, headers, server faults; and feed discovery from a page."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import httpx
import pytest

from quietfeed.models.subscription import FeedNews, Subscription
from quietfeed.sources.addresses import AddressRefused, PublicTransport
from quietfeed.sources.blogs.discovery import as_address
from quietfeed.sources.blogs.handles import handle_of, id_of
from quietfeed.sources.blogs.parallel import in_thread
from quietfeed.sources.blogs.parsed import ParsedFeed
from quietfeed.sources.blogs.presets import paths_to_try, preset_for
from quietfeed.sources.blogs.schedule import after_failure, next_request, rhythm
from quietfeed.sources.blogs.source import Blogs
from quietfeed.sources.registry import local_account

Serve = Callable[..., Any]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def news(*subscriptions: Subscription, source: Blogs | None = None) -> list[FeedNews]:
    source = source or Blogs(local_account())
    source.use(subscriptions)
    found: dict[str, FeedNews] = {}
    async for each in source.news(NOW):
        before = found.get(each.subscription.id, each)
        found[each.subscription.id] = FeedNews(each.subscription, each.posts or before.posts, before.trouble)
    return list(found.values())


def at(server: Any, path: str, **parts: Any) -> Subscription:
    return Subscription(path, f"{server.url}{path}", trusted=server.url, **parts)


@pytest.mark.parametrize(
    ("gap", "pace"),
    [
        (timedelta(minutes=10), timedelta(minutes=30)),
        (timedelta(hours=4), timedelta(hours=2)),
        (timedelta(days=9), DAY),
    ],
)
def test_the_interval_is_half_of_the_usual_one_within_bounds(gap: timedelta, pace: timedelta) -> None:
    assert rhythm([NOW - number * gap for number in range(20)], NOW) == pace


def test_the_interval_of_a_feed_without_dates_and_of_an_inactive_one() -> None:
    assert rhythm([None, None], NOW) == timedelta(hours=6)
    assert rhythm([NOW - 90 * DAY - number * HOUR for number in range(9)], NOW) == DAY


@pytest.mark.parametrize(
    ("headers", "feed", "wait"),
    [
        ({}, ParsedFeed(), HOUR),
        ({"cache-control": "public, max-age=18000"}, ParsedFeed(), 5 * HOUR),
        ({"cache-control": "max-age=99999999"}, ParsedFeed(), DAY),
        ({}, ParsedFeed(ttl=3 * 3600), 3 * HOUR),
        ({}, ParsedFeed(skip_hours=frozenset({13, 14, 15})), 4 * HOUR),
        ({}, ParsedFeed(skip_days=frozenset({NOW.weekday()})), 12 * HOUR),
        ({}, ParsedFeed(skip_days=frozenset(range(7))), 7 * DAY),
    ],
)
def test_the_server_can_make_the_interval_longer(headers: dict[str, str], feed: ParsedFeed, wait: timedelta) -> None:
    assert next_request(NOW, HOUR, headers, feed) - NOW == wait


def test_failures_back_off_up_to_a_day_and_respect_the_servers_time() -> None:
    waits = [after_failure(NOW, failures) - NOW for failures in (1, 2, 3, 50)]
    assert waits == [HOUR / 2, HOUR, 2 * HOUR, DAY]
    assert after_failure(NOW, 1, NOW + 3 * DAY) - NOW == 3 * DAY
    assert after_failure(NOW, 1, NOW + 300 * DAY) - NOW == 7 * DAY
    assert after_failure(NOW, 1, NOW + DAY, 0.5) - NOW == DAY + timedelta(seconds=2.5)


async def test_many_clients_retry_at_different_seconds_after_a_limit(blogs: Serve) -> None:
    server = blogs(posts=1)
    server.put("/rss.xml", "", status=429, Retry_After="7200")
    ats = []
    for dice in (0.0, 0.4, 0.999):
        source = Blogs(local_account(), dice=lambda dice=dice: dice)  # type: ignore[misc]
        [limited] = await news(at(server, "/rss.xml"), source=source)
        ats.append(limited.subscription.next_at)
    waits = [round((each - NOW).total_seconds(), 3) for each in ats if each is not None]
    assert waits == [7200, 7202, 7204.995]


async def test_an_unchanged_feed_is_not_read_again_with_an_etag_or_without(blogs: Serve) -> None:
    server = blogs(posts=3)
    for etag in (True, False):
        server.etag = etag
        [first] = await news(at(server, "/rss.xml"))
        assert len(first.posts) == 3
        again = first.subscription
        assert bool(again.etag) == etag
        [second] = await news(Subscription(**{**_fields(again), "next_at": None}))
        assert second.posts == ()
        assert second.subscription.next_at is not None


def _fields(subscription: Subscription) -> dict[str, Any]:
    return {name: getattr(subscription, name) for name in subscription.__struct_fields__}


async def test_one_failure_stops_no_other_feed(blogs: Serve) -> None:
    server = blogs(posts=2)
    server.put("/html", "<html>hello", "text/html")
    server.put("/wrong-type", sys.modules["servers_blogs"].rss(server.entries), "text/html")
    paths = ("/none", "/html", "/bomb.gz", "/round", "/wrong-type", "/rss.xml", "/atom.xml", "/feed.json")
    found = {each.subscription.id: each for each in await news(*(at(server, path) for path in paths))}
    assert {path: len(each.posts) for path, each in found.items() if each.posts} == {
        "/wrong-type": 2,
        "/rss.xml": 2,
        "/atom.xml": 2,
        "/feed.json": 2,
    }
    said = {path: each.subscription.failure for path, each in found.items() if each.subscription.failure}
    assert said == {
        "/none": "127.0.0.1 has nothing at this address (404).",
        "/html": "127.0.0.1 sent something that is not a feed.",
        "/bomb.gz": "127.0.0.1 sent more than 10 MB; quietfeed stopped reading.",
        "/round": "127.0.0.1 redirects too often.",
    }


async def test_a_slow_body_ends_in_time(blogs: Serve) -> None:
    [slow] = await news(at(blogs(posts=1), "/slow"), source=Blogs(local_account(), timeout=0.2))
    assert slow.subscription.failure == "127.0.0.1 did not respond in time."


async def test_a_rate_limited_server_gets_no_request_for_other_feeds(blogs: Serve) -> None:
    server = blogs(posts=1)
    paths = [f"/many/{number}" for number in range(30)]
    for path in paths:
        server.put(path, "", status=429, Retry_After="7200")
    found = await news(*(at(server, path) for path in paths))
    assert len(server.asked) <= 8
    waits = [each.subscription.next_at - NOW - 2 * HOUR for each in found if each.subscription.next_at]
    assert all(timedelta() <= wait < timedelta(seconds=5) for wait in waits)
    assert len(waits) == 30
    assert sum(bool(each.trouble) for each in found) == len(server.asked)


async def test_the_profiles_of_the_author_come_from_the_sites_own_page_alone(blogs: Serve) -> None:
    server, other = blogs(posts=1), blogs(posts=1)
    server.page("/", "<link rel='me' href='https://mastodon.example/@ada'>")
    [own] = await news(at(server, "/rss.xml"))
    assert own.posts[0].author.links == ("https://mastodon.example/@ada",)
    assert own.subscription.page == f"{server.url}/"
    # The feed names a page elsewhere, on this machine: it is not requested.
    other.put("/rss.xml", sys.modules["servers_blogs"].rss(other.entries, other.url, page=f"{server.url}/"))
    [claimed] = await news(at(other, "/rss.xml"))
    assert claimed.posts[0].author.links == ()
    assert claimed.posts[0].author.handle == "/rss.xml"


def names(addresses: Sequence[str], server: Any) -> list[str]:
    return [each.removeprefix(server.url) for each in addresses]


async def test_a_page_names_its_feeds_and_those_of_comments_come_last(blogs: Serve) -> None:
    server = blogs(posts=1)
    roll = server.put("/roll.opml", sys.modules["servers_blogs"].opml(["https://bo.example/feed"]), "text/xml")
    server.page(
        "/blog/post",
        "<base href='/blog/'><link rel='alternate' type='application/rss+xml' title='Comments' href='/comments.xml'>"
        "<link rel='alternate' type='application/json' href='/wp-json/'>"
        f"<link REL='Alternate' type='application/atom+xml; charset=utf-8' href='../atom.xml'>"
        f"<link rel=blogroll href={roll}>",
    )
    found = await Blogs(local_account()).find(f"{server.url}/blog/post")
    assert names([each.address for each in found.feeds], server) == ["/atom.xml", "/comments.xml"]
    assert found.feeds[0].title == "Bos Blog"
    assert [each.address for each in found.recommended] == ["https://bo.example/feed"]


async def test_a_page_without_links_has_its_feed_in_a_header_or_at_a_usual_path(blogs: Serve) -> None:
    server = blogs(posts=1)
    source = Blogs(local_account())
    server.put("/a", "<html>", "text/html", Link='</rss.xml>; rel="alternate"; type="application/rss+xml"')
    assert names([each.address for each in (await source.find(f"{server.url}/a")).feeds], server) == ["/rss.xml"]
    server.put("/u/bo/summary", "<html>", "text/html")
    server.put("/u/bo/activity.rss", sys.modules["servers_blogs"].rss(server.entries))
    found = await source.find(f"{server.url}/u/bo/summary")
    assert names([each.address for each in found.feeds], server) == ["/u/bo/activity.rss"]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("https://github.com/ada", "https://github.com/ada.atom"),
        ("github.com/ada/tea-timer/", "https://github.com/ada/tea-timer/releases.atom"),
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
        ),
        ("https://micro.blog/ada", "https://micro.blog/posts/ada"),
        ("https://ada.micro.blog/", "https://ada.micro.blog/feed.json"),
        ("ada.wordpress.com", "https://ada.wordpress.com/feed/"),
        ("https://ada.substack.com/p/tea", "https://ada.substack.com/feed"),
        ("https://ada.ghost.io", "https://ada.ghost.io/rss/"),
        ("https://blog.example/github.com/ada", ""),
        ("https://github.com/ada/tea/issues/3", ""),
    ],
)
def test_rules_for_known_sites(page: str, feed: str) -> None:
    assert preset_for(page) == feed


def test_the_path_of_the_sites_software_is_tried_first() -> None:
    assert paths_to_try("/", "Ghost 5.0")[0] == "/rss/"
    assert paths_to_try("/u/ada/activity")[0] == "/u/ada/activity.rss"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("blog.example", "https://blog.example"),
        ("  feed://blog.example/rss ", "https://blog.example/rss"),
        ("feed:https://blog.example/rss", "https://blog.example/rss"),
        ("localhost:4000/feed", "http://localhost:4000/feed"),
        ("http://192.168.1.4/feed", "http://192.168.1.4/feed"),
        ("file:///etc/passwd", ""),
        ("javascript:alert(1)", ""),
        ("https://me:secret@blog.example/", ""),
        ("nonsense", ""),
    ],
)
def test_an_address_as_people_type_it(typed: str, address: str) -> None:
    assert as_address(typed) == address


@pytest.mark.parametrize(
    ("address", "handle"),
    [
        ("https://www.ada.example/", "ada.example"),
        ("https://ada.example/feed/", "ada.example"),
        ("https://ada.example/blog/index.xml", "ada.example/blog"),
        ("https://github.com/ada.atom", "github.com/ada"),
        ("https://example.org/~ada/", "example.org/~ada"),
        ("http://127.0.0.1:8000/rss.xml", "127.0.0.1:8000"),
    ],
)
def test_a_site_is_named_by_its_host_and_path(address: str, handle: str) -> None:
    assert handle_of(address) == handle


def test_two_feeds_of_one_site_have_two_names() -> None:
    first = id_of("https://ada.example/", "https://ada.example/feed/", frozenset())
    second = id_of("https://ada.example/", "https://ada.example/tag/tea/feed", frozenset({first}))
    assert (first, second) == ("ada.example", "ada.example/tag/tea")


@pytest.mark.parametrize("url", ["http://93.184.216.34:22/", "http://localhost/", "ftp://ada.example/"])
async def test_plain_http_opens_no_private_host_and_no_other_port(url: str) -> None:
    transport = PublicTransport(url, inner=httpx.MockTransport(lambda _: httpx.Response(200)), plain=True)
    with pytest.raises(AddressRefused):
        await transport.handle_async_request(httpx.Request("GET", url))


async def test_two_parsers_at_once_leave_the_switch_interval_as_it_was() -> None:
    before = sys.getswitchinterval()
    first, second = Event(), Event()
    parsers = [asyncio.ensure_future(in_thread(partial(each.wait, 60))) for each in (first, second)]
    await asyncio.sleep(0)
    assert sys.getswitchinterval() < before
    for parser, ends in zip(parsers, (first, second), strict=True):
        ends.set()
        assert await parser
    assert sys.getswitchinterval() == before
