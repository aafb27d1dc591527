"""A Bluesky account over HTTP on loopback, with the quirks of real servers."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.errors import PostDeleted, RateLimited, ServerError, SignInNeeded, SourceError, Unreachable
from quietfeed.models.post import Post
from quietfeed.sources.bluesky.network import open_source
from quietfeed.tests.saying import says
from quietfeed.tests.signed_in import account_on, closed_later, whole_timeline
from quietfeed.tests.signed_in import bluesky_source as source_of

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("closes_sources")
TIMELINE = "app.bsky.feed.getTimeline"
PROFILES = "app.bsky.actor.getProfiles"


class Kept(list[Mapping[str, str]]):
    """A SecretStore that records stored secrets."""

    def load(self) -> Mapping[str, str] | None:
        return self[-1] if self else None

    def save(self, secret: Mapping[str, str]) -> None:
        self.append(dict(secret))

    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()


def keys_of(items: list[dict[str, Any]]) -> list[str]:
    """The expected ids of timeline items."""
    uris = [(item["post"]["uri"], item.get("reason", {}).get("by", {}).get("did")) for item in items]
    return [f"{uri}#{by}" if by else uri for uri, by in uris]


def names_of(posts: tuple[Post, ...]) -> list[str]:
    return [post.author.handle.partition(".")[0] for post in posts]


async def test_the_timeline_is_followed_to_its_end(bluesky: Serve) -> None:
    server = bluesky(posts=120)
    pages = await whole_timeline(source_of(server))
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [post.id for page in pages for post in page] == keys_of(server.world.home)


async def test_a_post_and_two_reposts_of_it_are_three_places(bluesky: Serve) -> None:
    page = await source_of(bluesky(posts=10)).timeline(None)
    first, second, original = page.posts[1:4]
    assert len({first.id, second.id, original.id}) == 3
    assert first.original_id == second.original_id == original.id == original.uri
    assert [post.booster and post.booster.name for post in (first, second, original)] == ["Cleo", "Dara", None]
    assert first.created_at == original.created_at
    assert first.at != original.at


async def test_a_short_page_is_not_the_end(bluesky: Serve) -> None:
    pages = await whole_timeline(source_of(bluesky(posts=40, page_limit=15)))
    assert [len(page) for page in pages] == [15, 15, 10]


async def test_an_empty_page_with_a_cursor_is_not_the_end(bluesky: Serve) -> None:
    pages = await whole_timeline(source_of(bluesky(posts=120, empty_page=True)))
    assert [len(page) for page in pages] == [50, 0, 50, 0, 20]


async def test_a_cursor_that_leads_to_itself_is_the_end(bluesky: Serve) -> None:
    pages = await whole_timeline(source_of(bluesky(posts=60, same_cursor=True)))
    assert [len(page) for page in pages] == [50, 10]


async def test_huge_posts_come_in_smaller_pages(bluesky: Serve) -> None:
    server = bluesky(posts=60)
    for item in server.world.home[:40]:
        item["post"]["record"]["padding"] = "x" * 20_000
    source = source_of(server)
    source._reader.client._http._max_bytes = 300_000
    pages = await whole_timeline(source)
    assert [post.id for page in pages for post in page] == keys_of(server.world.home)


async def test_an_empty_timeline(bluesky: Serve) -> None:
    assert await whole_timeline(source_of(bluesky(posts=0))) == [[]]


async def test_a_page_out_of_order_is_put_in_order(bluesky: Serve) -> None:
    server = bluesky(posts=10)
    server.world.home.reverse()
    times = [post.at for post in (await source_of(server).timeline(None)).posts if post.at is not None]
    assert len(times) == 10
    assert times == sorted(times, reverse=True)


async def test_places_that_cannot_be_read_do_not_stop_the_others(bluesky: Serve) -> None:
    server = bluesky(posts=10)
    server.world.home[4] = {"post": None}
    server.world.home[5] = {}
    server.world.home[6] = {"post": {"uri": "at://nobody/app.bsky.feed.post/1"}}
    assert len((await source_of(server).timeline(None)).posts) == 7


async def test_a_damaged_cursor_is_an_error_like_others(bluesky: Serve) -> None:
    with pytest.raises(Unreachable, check=says("Internal")):
        await source_of(bluesky()).timeline("not a cursor")


async def test_the_people_of_a_page_have_counts_and_are_requested_once(bluesky: Serve) -> None:
    server = bluesky(posts=120)
    source = source_of(server)
    first = await source.timeline(None)
    known = {post.author.id: (post.author.followers, post.author.following, post.author.bio) for post in first.posts}
    assert known == {
        each: (20 + n, 30 + n, f"{person['displayName']} writes here.")
        for n, (each, person) in enumerate(server.world.people.items())
        if n > 0
    }
    assert first.posts[1].booster is not None
    assert first.posts[1].booster.followers == 23
    await source.timeline(first.cursor)
    await source.timeline(None)
    assert len(server.asked(PROFILES)) == 1


@pytest.mark.parametrize("quirk", ["lacking", "garbled"])
async def test_posts_arrive_without_counts(bluesky: Serve, quirk: str) -> None:
    page = await source_of(bluesky(posts=5, **{quirk: (PROFILES,)})).timeline(None)
    assert [post.author.followers for post in page.posts] == [None] * 5


async def test_muted_words_and_hidden_posts_hide_posts(bluesky: Serve) -> None:
    server = bluesky(posts=5)
    server.world.preferences = [
        {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": [{"value": "Heron", "targets": ["content", "tag"]}]},
        {"$type": "app.bsky.actor.defs#hiddenPostsPref", "items": [server.world.home[4]["post"]["uri"]]},
    ]
    source = source_of(server)
    posts = (await source.timeline(None)).posts
    found = [post.server_filters for post in posts if post.server_hides]
    assert found == [("muted: heron",), ("posts you hid",)]
    await source.timeline(None)
    assert len(server.asked("app.bsky.actor.getPreferences")) == 1


async def test_posts_arrive_without_preferences(bluesky: Serve) -> None:
    server = bluesky(posts=5, lacking=("app.bsky.actor.getPreferences",))
    source = source_of(server)
    for _ in range(2):
        assert [post.server_hides for post in (await source.timeline(None)).posts] == [False] * 5
    assert len(server.asked("app.bsky.actor.getPreferences")) == 1


async def test_every_request_names_the_program_and_carries_the_token(bluesky: Serve) -> None:
    server = bluesky(posts=1)
    await source_of(server).timeline(None)
    request = server.asked(TIMELINE)[0]
    assert request.headers["user-agent"].startswith("quietfeed/")
    assert request.headers["authorization"].rpartition(" ")[2] in server.access


async def test_relationships_are_requested_in_batches_of_thirty(bluesky: Serve) -> None:
    server = bluesky()
    people = [*list(server.world.people)[1:], *(f"did:plc:gone{n}" for n in range(60))]
    found = {each.person_id: each for each in await source_of(server).relationships(people)}
    asked = server.asked("app.bsky.graph.getRelationships")
    assert [len(request.query["others"]) for request in asked] == [30, 30, 11]
    assert {request.query["actor"][0] for request in asked} == {server.world.me["did"]}
    ties = [(found[each].you_follow, found[each].follows_you) for each in people[:4]]
    assert ties == [(True, True), (True, False), (False, True), (False, False)]
    assert {(found[each].you_follow, found[each].follows_you) for each in people[11:]} == {(None, None)}


@pytest.mark.parametrize("quirk", ["lacking", "garbled"])
async def test_relationships_of_a_server_that_does_not_know_them(bluesky: Serve, quirk: str) -> None:
    server = bluesky(**{quirk: ("app.bsky.graph.getRelationships",)})
    assert await source_of(server).relationships(["did:plc:a", "did:plc:b"]) == []


async def test_people_are_requested_in_batches_of_twenty_five(bluesky: Serve) -> None:
    server = bluesky()
    everybody = [*server.world.people, *(f"did:plc:gone{n}" for n in range(20))]
    people = await source_of(server).people(everybody)
    assert [len(request.query["actors"]) for request in server.asked(PROFILES)] == [25, 7]
    assert [(person.id, person.followers) for person in people[:2]] == [(everybody[0], 20), (everybody[1], 21)]
    assert len(people) == 12


async def test_what_passed_between_the_user_and_others(bluesky: Serve) -> None:
    found: dict[str, list[tuple[str, str, str]]] = {}
    async for page in source_of(bluesky()).interactions({}):
        for each in page.interactions:
            name = each.person.handle.partition(".")[0]
            found.setdefault(page.stream, []).append((name, each.kind, each.direction))
    assert found == {
        "notifications": [
            ("ada", "reply", "to_you"),
            ("bo", "mention", "to_you"),
            ("emil", "mention", "to_you"),
            ("ada", "like", "to_you"),
            ("cleo", "boost", "to_you"),
            ("dara", "follow", "to_you"),
        ],
        "statuses": [
            ("ada", "reply", "from_you"),
            ("cleo", "mention", "from_you"),
            ("dara", "mention", "from_you"),
            ("emil", "boost", "from_you"),
        ],
        "favourites": [("bo", "like", "from_you")],
        "conversations": [("ada", "direct", "to_you"), ("ada", "direct", "from_you")],
    }


async def test_a_like_is_dated_by_its_own_record(bluesky: Serve) -> None:
    server = bluesky()
    likes = [
        each
        async for page in source_of(server).interactions({})
        if page.stream == "favourites"
        for each in page.interactions
    ]
    assert [each.at for each in likes] == [server.world.newest - timedelta(hours=1)]


async def test_the_next_time_a_stream_stops_where_it_was(bluesky: Serve) -> None:
    server = bluesky()
    older = server.world.notifications[-1]
    server.world.notifications.extend(older | {"uri": f"{older['uri']}{n}"} for n in range(450))
    first = {page.stream: page.since async for page in source_of(server).interactions({}) if page.since}
    assert set(first) == {"notifications", "statuses", "favourites", "conversations"}
    listing = "app.bsky.notification.listNotifications"
    assert len(server.asked(listing)) == 5
    pages = [page async for page in source_of(server).interactions(first)]
    assert len(server.asked(listing)) == 6
    assert {page.stream: page.since for page in pages} == first


async def test_a_stream_is_bounded(bluesky: Serve) -> None:
    server = bluesky()
    older = server.world.notifications[-1]
    server.world.notifications.extend(older | {"uri": f"{older['uri']}{n}"} for n in range(1200))
    pages = [page async for page in source_of(server).interactions({}) if page.stream == "notifications"]
    assert len(server.asked("app.bsky.notification.listNotifications")) == 8
    assert pages[-1].since == server.world.notifications[0]["uri"]


async def test_ids_of_interactions_are_unique_and_stay(bluesky: Serve) -> None:
    source = source_of(bluesky())
    ids = [each.id async for page in source.interactions({}) for each in page.interactions]
    assert len(set(ids)) == len(ids)
    assert ids == [each.id async for page in source.interactions({}) for each in page.interactions]


@pytest.mark.parametrize("quirk", ["lacking", "garbled"])
@pytest.mark.parametrize(
    ("nsid", "stream"),
    [
        ("app.bsky.notification.listNotifications", "notifications"),
        ("app.bsky.feed.getAuthorFeed", "statuses"),
        ("app.bsky.feed.getActorLikes", "favourites"),
        ("chat.bsky.convo.listConvos", "conversations"),
        ("chat.bsky.convo.getMessages", "conversations"),
    ],
)
async def test_a_stream_that_the_server_lacks_is_passed_over(
    bluesky: Serve, nsid: str, stream: str, quirk: str
) -> None:
    source = source_of(bluesky(**{quirk: (nsid,)}))
    streams = {page.stream async for page in source.interactions({})}
    assert streams == {"notifications", "statuses", "favourites", "conversations"} - {stream}


async def test_conversations_are_skipped_where_the_sign_in_may_not_read_them(bluesky: Serve) -> None:
    server = bluesky(chat=False)
    streams = {page.stream async for page in source_of(server).interactions({})}
    assert streams == {"notifications", "statuses", "favourites"}
    assert len(server.asked("chat.bsky.convo.listConvos")) >= 1


async def test_only_conversations_that_moved_are_read_again(bluesky: Serve) -> None:
    server = bluesky()
    source = source_of(server)
    since = {page.stream: page.since async for page in source.interactions({}) if page.since}
    assert len(server.asked("chat.bsky.convo.getMessages")) == 2
    server.world.convos[1]["rev"] = "3"
    assert [page.stream async for page in source.interactions(since)][-1] == "conversations"
    assert len(server.asked("chat.bsky.convo.getMessages")) == 3


async def test_a_thread_is_flat_and_oldest_first_without_what_cannot_be_seen(bluesky: Serve) -> None:
    server = bluesky(posts=1)
    server.world.home = [{"post": server.world.thread()["post"], "reason": server.world.repost(0, 3)}]
    source = source_of(server)
    repost = (await source.timeline(None)).posts[0]
    thread = await source.thread(repost)
    assert names_of(thread.before) == ["ada", "bo"]
    assert names_of(thread.after) == ["dara", "emil", "bo"]
    assert [post.reply_to for post in thread.after] == ["cleo.here.example", "cleo.here.example", "dara.here.example"]
    assert [post.reply_to for post in thread.before] == [None, "ada.here.example"]


async def test_the_thread_of_a_deleted_post(bluesky: Serve) -> None:
    source = source_of(bluesky())
    post = (await source.timeline(None)).posts[0]
    with pytest.raises(PostDeleted):
        await source.thread(post)


async def test_no_error_carries_the_token(bluesky: Serve) -> None:
    server = bluesky(garbled=(TIMELINE,))
    source = source_of(server)
    with pytest.raises(SourceError, check=says("JSON")) as caught:
        await source.timeline(None)
    (token,) = server.access
    assert token not in f"{caught.value!r} {source!r} {vars(source)!r}"


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"RateLimit-Reset": "EPOCH"}, 200), ({"Retry-After": "120"}, 120), ({}, 60)]
)
async def test_a_rate_limited_server(bluesky: Serve, headers: dict[str, str], seconds: int) -> None:
    epoch = str(int((datetime.now(UTC) + timedelta(seconds=200)).timestamp()))
    server = bluesky(
        limited=1, limit_headers={key: epoch if value == "EPOCH" else value for key, value in headers.items()}
    )
    source = source_of(server)
    with pytest.raises(RateLimited) as caught:
        await source.timeline(None)
    assert abs((caught.value.retry_at - datetime.now(UTC)).total_seconds() - seconds) < 10
    with pytest.raises(RateLimited):
        await source.timeline(None)
    assert len(server.requests) == 1


async def test_the_last_allowed_request_is_the_last(bluesky: Serve) -> None:
    server = bluesky()
    source = source_of(server)
    await source.timeline(None)
    asked = len(server.requests)
    server.quirks.remaining = "0"
    assert (await source.timeline(None)).posts
    with pytest.raises(RateLimited):
        await source.timeline(None)
    assert len(server.requests) == asked + 1


async def test_a_server_that_goes_away_between_two_pages(bluesky: Serve) -> None:
    source = source_of(bluesky(gone_after=2))
    page = await source.timeline(None)
    assert len(page.posts) == 50
    with pytest.raises(Unreachable, check=says("cannot be reached")):
        await source.timeline(page.cursor)


async def test_an_interrupted_response_is_requested_once_more(bluesky: Serve) -> None:
    assert (await source_of(bluesky(dropped=1)).timeline(None)).posts
    with pytest.raises(Unreachable):
        await source_of(bluesky(dropped=2)).timeline(None)


async def test_an_unreachable_appview_is_no_lost_sign_in(bluesky: Serve) -> None:
    with pytest.raises(ServerError):
        await source_of(bluesky(appview_away=True)).timeline(None)


async def test_a_token_that_expires_between_two_pages_is_renewed_and_stored(bluesky: Serve) -> None:
    server, kept = bluesky(), Kept()
    tokens = server.session()
    secret = {"access": tokens["accessJwt"], "refresh": tokens["refreshJwt"]}
    source = closed_later(open_source(account_on("bluesky", server), secret, kept))
    page = await source.timeline(None)
    server.expire()
    assert len((await source.timeline(page.cursor)).posts) == 50
    assert [each["access"] in server.access for each in kept] == [True]
    server.expire()
    server.refresh.clear()
    with pytest.raises(SignInNeeded, check=says("account add")):
        await source.timeline(None)


async def test_a_missing_sign_in_is_signin_needed(bluesky: Serve) -> None:
    with pytest.raises(SignInNeeded, check=says("account add")):
        await source_of(bluesky(), token="").timeline(None)


async def test_the_recorded_posts_come_through_http(bluesky: Serve, shared: Path) -> None:
    server = bluesky(wire=shared / "wire")
    pages = await whole_timeline(source_of(server))
    assert {post.id for page in pages for post in page} == set(keys_of(server.world.home))
    assert len(server.world.home) == 65
