"""A Mastodon account over HTTP on loopback, with the quirks that real servers have."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.errors import RateLimited, ServerError, SignInNeeded, SourceError, TimedOut, Unreachable
from quietfeed.sources.http import Http
from quietfeed.sources.mastodon.network import open_source
from quietfeed.sources.mastodon.source import Mastodon
from quietfeed.tests.saying import says
from quietfeed.tests.signed_in import closed_later, whole_timeline
from quietfeed.tests.signed_in import mastodon_source as source_of

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("closes_sources")


async def test_the_timeline_is_followed_to_its_end(mastodon: Serve) -> None:
    server = mastodon(posts=100)
    pages = await whole_timeline(source_of(server))
    assert [len(page) for page in pages] == [40, 40, 20]
    assert [post.id for page in pages for post in page] == [each["id"] for each in server.world.home]


async def test_a_boost_with_the_id_of_its_original_in_upper_case_is_another_post(mastodon: Serve) -> None:
    page = await source_of(mastodon(posts=10)).timeline(None)
    boost, original = page.posts[1], page.posts[2]
    assert (boost.id, boost.original_id, original.id) == ("01ABC2", "01abc2", "01abc2")


async def test_a_short_limit_of_the_server_is_no_end(mastodon: Serve) -> None:
    pages = await whole_timeline(source_of(mastodon(posts=50, page_limit=15)))
    assert [len(page) for page in pages] == [15, 15, 15, 5]


async def test_repeated_and_overlapping_posts_lose_none(mastodon: Serve) -> None:
    server = mastodon(posts=100, duplicates=True)
    pages = await whole_timeline(source_of(server))
    assert all(len({post.id for post in page}) == len(page) for page in pages)
    assert {post.id for page in pages for post in page} == {each["id"] for each in server.world.home}


async def test_a_page_out_of_order_is_put_in_order(mastodon: Serve) -> None:
    server = mastodon(posts=10)
    server.world.home.reverse()
    page = await source_of(server).timeline(None)
    times = [post.at for post in page.posts if post.at is not None]
    assert times == sorted(times, reverse=True)


async def test_an_empty_last_page_is_the_end(mastodon: Serve) -> None:
    pages = await whole_timeline(source_of(mastodon(posts=80, empty_last_page=True)))
    assert [len(page) for page in pages] == [40, 40, 0]


async def test_an_empty_timeline(mastodon: Serve) -> None:
    assert await whole_timeline(source_of(mastodon(posts=0))) == [[]]


async def test_a_page_whose_statuses_cannot_be_read_is_not_the_end(mastodon: Serve) -> None:
    server = mastodon(posts=80)
    for each in server.world.home[:40]:
        each["account"] = None
    assert [len(page) for page in await whole_timeline(source_of(server))] == [0, 40]


async def test_fields_that_are_left_out_are_not_known(mastodon: Serve) -> None:
    page = await source_of(mastodon(posts=3, sparse=True, counts_zero=True)).timeline(None)
    post = page.posts[0]
    assert (post.tags, post.lang, post.author.bot, post.author.followers) == (None, None, None, None)


async def test_the_account_and_the_local_handles_are_complete(mastodon: Serve) -> None:
    source = source_of(mastodon(posts=30))
    assert {post.author.handle.count("@") for post in (await source.timeline(None)).posts} == {1}
    assert {post.account for post in (await source.timeline(None)).posts} == {source.account.key}


async def test_every_request_names_the_program_and_carries_the_token(mastodon: Serve) -> None:
    server = mastodon(posts=1)
    await source_of(server).timeline(None)
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("quietfeed/")
    assert headers["authorization"] == "Bearer good"


async def test_relationships_are_requested_in_batches(mastodon: Serve) -> None:
    server = mastodon()
    found = await source_of(server).relationships([str(n) for n in range(2, 102)])
    assert [len(request.query["id[]"]) for request in server.requests] == [40, 40, 20]
    by_id = {each.person_id: (each.you_follow, each.follows_you) for each in found}
    assert len(by_id) == 100
    assert [by_id[n] for n in "2345"] == [(True, True), (True, False), (False, True), (False, False)]


async def test_relationships_of_a_server_that_answers_only_the_first(mastodon: Serve) -> None:
    server = mastodon(first_relationship_only=True)
    found = await source_of(server).relationships(["3", "2", "4"])
    assert {each.person_id: each.you_follow for each in found} == {"3": True, "2": True, "4": False}


@pytest.mark.parametrize(
    "odd", [{"lacking": ("/api/v1/accounts/relationships",)}, {"garbled": ("/api/v1/accounts/relationships",)}]
)
async def test_relationships_of_a_server_that_does_not_know_them(mastodon: Serve, odd: dict[str, Any]) -> None:
    server = mastodon(**odd)
    assert await source_of(server).relationships(["2", "3"]) == []
    assert len(server.requests) == 1


async def test_what_passed_between_the_user_and_others(mastodon: Serve) -> None:
    server = mastodon()
    server.world.conversations[0]["last_status"] |= {"in_reply_to_account_id": "2"}
    found: dict[str, list[tuple[str, str, str]]] = {}
    async for page in source_of(server).interactions({}):
        for each in page.interactions:
            found.setdefault(page.stream, []).append((each.person.id, each.kind, each.direction))
    assert found == {
        "notifications": [
            ("2", "reply", "to_you"),
            ("3", "mention", "to_you"),
            ("2", "like", "to_you"),
            ("4", "boost", "to_you"),
            ("5", "follow", "to_you"),
        ],
        "statuses": [("2", "reply", "from_you"), ("6", "boost", "from_you")],
        "conversations": [("2", "direct", "from_you")],
        "favourites": [("3", "like", "from_you")],
    }


async def test_a_direct_message_that_nobody_answered_is_no_conversation(mastodon: Serve) -> None:
    server = mastodon()
    server.world.conversations[0]["last_status"]["account"] = server.world.people["2"]
    pages = [page async for page in source_of(server).interactions({})]
    assert [page.interactions for page in pages if page.stream == "conversations"] == [()]


async def test_the_next_time_a_stream_stops_where_it_was(mastodon: Serve) -> None:
    server = mastodon()
    older = server.world.notifications[-1]
    many = [older | {"id": f"m{n}"} for n in range(200, 0, -1)]
    server.world.notifications.extend(many)
    since = {page.stream: page.since async for page in source_of(server).interactions({}) if page.since}
    assert since == {"notifications": "n4", "statuses": "own2", "conversations": "c1", "favourites": "liked1"}
    assert len(server.asked("/api/v1/notifications")) == 6
    pages = [page async for page in source_of(server).interactions(since)]
    assert len(server.asked("/api/v1/notifications")) == 7
    assert {page.stream: page.since for page in pages} == since


async def test_a_stream_is_bounded(mastodon: Serve) -> None:
    server = mastodon()
    older = server.world.notifications[-1]
    server.world.notifications.extend(older | {"id": f"m{n}"} for n in range(900))
    pages = [page async for page in source_of(server).interactions({}) if page.stream == "notifications"]
    assert len(server.asked("/api/v1/notifications")) == 8
    assert pages[-1].since == "n4"


async def test_ids_of_interactions_are_unique_and_stay(mastodon: Serve) -> None:
    source = source_of(mastodon())
    ids = [each.id async for page in source.interactions({}) for each in page.interactions]
    assert len(set(ids)) == len(ids)
    assert ids == [each.id async for page in source.interactions({}) for each in page.interactions]


@pytest.mark.parametrize("quirk", ["lacking", "garbled"])
@pytest.mark.parametrize("path", ["/api/v1/conversations", "/api/v1/favourites", "/api/v1/notifications"])
async def test_a_stream_that_the_server_lacks_is_passed_over(mastodon: Serve, path: str, quirk: str) -> None:
    source = source_of(mastodon(**{quirk: (path,)}))
    streams = {page.stream async for page in source.interactions({})}
    assert streams == {"notifications", "statuses", "conversations", "favourites"} - {path.rpartition("/")[2]}


async def test_counts_of_people_are_requested_one_by_one(mastodon: Serve) -> None:
    people = await source_of(mastodon()).people(["2", "nobody", "3"])
    assert [(person.id, person.followers) for person in people] == [("2", 21), ("3", 22)]


async def test_the_thread_of_a_boost_is_that_of_its_original(mastodon: Serve) -> None:
    server = mastodon(posts=10)
    source = source_of(server)
    boost = (await source.timeline(None)).posts[1]
    thread = await source.thread(boost)
    assert (len(thread.before), len(thread.after)) == (2, 1)
    assert server.requests[-1].path == "/api/v1/statuses/01abc2/context"


async def test_a_revoked_token_is_signin_needed(mastodon: Serve) -> None:
    with pytest.raises(SignInNeeded, check=says("account add")):
        await source_of(mastodon(), token="gone").timeline(None)


async def test_no_error_carries_the_token(mastodon: Serve) -> None:
    source = source_of(mastodon(html_pages=True))
    with pytest.raises(SourceError) as caught:
        await source.timeline(None)
    assert "good" not in f"{caught.value!r} {source!r} {vars(source)!r}"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({}, 60),
        ({"X-RateLimit-Reset": "ISO"}, 200),
        ({"X-RateLimit-Reset": "EPOCH"}, 200),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "later"}, 60),
        ({"Retry-After": "99999999"}, 3600),
        ({"X-RateLimit-Reset": "9" * 30}, 60),
    ],
)
async def test_a_rate_limited_server(mastodon: Serve, headers: dict[str, str], seconds: int) -> None:
    reset = datetime.now(UTC) + timedelta(seconds=200)
    words = {"ISO": reset.isoformat(), "EPOCH": str(int(reset.timestamp()))}
    server = mastodon(limited=1, limit_headers={name: words.get(value, value) for name, value in headers.items()})
    source = source_of(server)
    with pytest.raises(RateLimited) as caught:
        await source.timeline(None)
    assert abs((caught.value.retry_at - datetime.now(UTC)).total_seconds() - seconds) < 10
    with pytest.raises(RateLimited):
        await source.timeline(None)
    assert len(server.requests) == 1


async def test_the_last_allowed_request_is_the_last(mastodon: Serve) -> None:
    server = mastodon(remaining="0")
    source = source_of(server)
    assert (await source.timeline(None)).posts
    with pytest.raises(RateLimited):
        await source.timeline(None)
    assert len(server.requests) == 1


async def test_a_request_to_a_starting_server_is_retried_once(mastodon: Serve) -> None:
    assert (await source_of(mastodon(starting=1)).timeline(None)).posts
    with pytest.raises(ServerError):
        await source_of(mastodon(starting=2)).timeline(None)


async def test_an_interrupted_response_is_requested_once_more(mastodon: Serve) -> None:
    assert (await source_of(mastodon(dropped=1)).timeline(None)).posts
    with pytest.raises(Unreachable):
        await source_of(mastodon(dropped=2)).timeline(None)


async def test_a_server_that_is_not_there() -> None:
    account = Account("mastodon", "http://127.0.0.1:9", "june@here.example", "1")
    with pytest.raises(Unreachable, check=says(r"127\.0\.0\.1:9 cannot be reached")):
        await open_source(account, {"token": "good"}).timeline(None)


async def test_a_server_that_is_slow(mastodon: Serve) -> None:
    server = mastodon(latency=0.4)
    slow = Http(server.url, "good", timeout=0.05)
    source = closed_later(Mastodon(Account("mastodon", server.url, "june@here.example", "1"), slow))
    with pytest.raises(TimedOut):
        await source.timeline(None)


async def test_a_page_for_people_is_no_answer(mastodon: Serve) -> None:
    with pytest.raises(SourceError, check=says("JSON")):
        await source_of(mastodon(html_pages=True)).timeline(None)


async def test_huge_posts_come_in_smaller_pages(mastodon: Serve) -> None:
    server = mastodon(posts=100)
    for status in server.world.home[:60]:
        status["content"] = "x" * 20_000
    source = source_of(server)
    source._http._max_bytes = 300_000
    pages = await whole_timeline(source)
    assert [post.id for page in pages for post in page] == [each["id"] for each in server.world.home]


async def test_too_large_an_answer_is_not_read(mastodon: Serve) -> None:
    with pytest.raises(SourceError, check=says("20 MB")):
        await source_of(mastodon(huge=21_000_000)).timeline(None)


def test_closing_in_another_event_loop_than_that_of_the_requests(mastodon: Serve) -> None:
    source = source_of(mastodon())
    assert asyncio.run(source.timeline(None)).posts
    asyncio.run(source.close())


async def test_neither_links_nor_redirects_take_the_token_elsewhere(mastodon: Serve) -> None:
    other = mastodon(posts=5)
    for elsewhere in (other.url, "https://other.example", "//other.example", "http://[broken"):
        pages = await whole_timeline(source_of(mastodon(posts=100, next_elsewhere=elsewhere)))
        assert [len(page) for page in pages] == [40, 40, 20]
    with pytest.raises(SourceError, check=says("another server")):
        await source_of(mastodon()).timeline("https://other.example/api/v1/timelines/home")
    with pytest.raises(SourceError, check=says("elsewhere")):
        await source_of(mastodon(redirect_to=other.url)).timeline(None)
    assert other.requests == []


@pytest.mark.parametrize("link", ["http://[broken", "javascript:alert(1)", "//other.example/x", "https://127.0.0.1/x"])
async def test_a_damaged_link_is_an_error_like_others(mastodon: Serve, link: str) -> None:
    with pytest.raises(SourceError):
        await source_of(mastodon()).timeline(link)


async def test_the_recorded_statuses_come_through_http(mastodon: Serve, shared: Path) -> None:
    server = mastodon(wire=shared / "wire")
    pages = await whole_timeline(source_of(server))
    assert {post.id for page in pages for post in page} == {each["id"] for each in server.world.home}
    assert len(server.world.home) > 300


async def test_lists_and_followed_hashtags_are_feeds(mastodon: Serve) -> None:
    source = source_of(mastodon())
    feeds = await source.feeds()
    assert [(feed.id, feed.kind, feed.name) for feed in feeds] == [
        ("list:7", "list", "Close ones"),
        ("list:8", "list", "8"),
        ("tag:gardening", "hashtag", "#gardening"),
    ]
    first = await source.feed("list:7", None)
    assert first.cursor is not None
    second = await source.feed("list:7", first.cursor)
    assert second.cursor is None
    assert [post.id for page in (first, second) for post in page.posts] == [f"listed{n}" for n in range(50)]
    assert (await source.feed("list:8", None)).posts == ()
    assert [post.id for post in (await source.feed("tag:gardening", None)).posts] == ["tagged"]


async def test_a_server_without_lists_has_no_feeds_and_a_deleted_list_is_an_error(mastodon: Serve) -> None:
    server = mastodon(lacking=("/api/v1/lists", "/api/v1/followed_tags"))
    source = source_of(server)
    assert await source.feeds() == []
    with pytest.raises(SourceError, check=says("This list was deleted")):
        await source.feed("list:9", None)
    with pytest.raises(SourceError, check=says("does not show this hashtag")):
        await source.feed("tag:nothing", None)
    assert len((await source.timeline(None)).posts) == 40


async def test_a_page_of_a_list_on_another_server_is_not_followed(mastodon: Serve) -> None:
    server = mastodon(next_elsewhere="http://127.0.0.2:9")
    source = source_of(server)
    first = await source.feed("list:7", None)
    second = await source.feed("list:7", first.cursor)
    assert [post.id for page in (first, second) for post in page.posts] == [f"listed{n}" for n in range(50)]


@pytest.mark.parametrize("token", ["aaaaaa\ud800b", "g\u00f6\u00f6d", "a\x1b[2Jb"])
async def test_a_stored_token_that_is_none_is_one_sentence(token: str, mastodon: Serve) -> None:
    """As in a token file that was edited by hand, or restored in the wrong encoding."""
    server = mastodon(posts=2)
    with pytest.raises(SourceError, check=says("sign in again")):
        source_of(server, token=token)
    async with Http(server.url) as http:
        if not token.isascii():
            with pytest.raises(SourceError, check=says("sign in again")):
                await http.request("GET", "/api/v1/timelines/home", headers={"Authorization": f"Bearer {token}"})
    assert server.requests == []
