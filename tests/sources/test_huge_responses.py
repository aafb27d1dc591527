"""Responses that are larger than any real one: every step that holds the event loop stays short."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from quietfeed.codec.records import post_to_record
from quietfeed.models.account import Account
from quietfeed.sources import decode
from quietfeed.sources.bluesky import restrictions
from quietfeed.sources.bluesky.facets import rich_text
from quietfeed.sources.bluesky.parse import post_of as bluesky_post
from quietfeed.sources.bluesky.preferences import preferences_of
from quietfeed.sources.entities import MOST_ITEMS, MOST_PARTS, parts_of, strings_of, text_of, web_address
from quietfeed.sources.http import Http, Pacing
from quietfeed.sources.mastodon.parse import post_of
from quietfeed.sources.mastodon.source import Mastodon
from quietfeed.sources.slices import MAX_ITEMS, count_of_slice

AUTHOR = {"id": "7", "acct": "ada"}
STATUS: dict[str, Any] = {"id": "1", "content": "<p>hello</p>", "account": AUTHOR, "created_at": "2026-06-01T00:00:00Z"}


class Decoder:
    """Records how many letters each call decodes."""

    def __init__(self) -> None:
        self.inner = decode._DECODER
        self.lengths: list[int] = []

    def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
        value, end = self.inner.raw_decode(s, idx)
        if not isinstance(value, str):
            self.lengths.append(end - idx)
        return value, end


DEEP: list[Any] = [
    [[[{"a": number, "b": [number]} for number in range(60_000)]]],
    {"a": {"b": {"c": {str(number): number for number in range(90_000)}}}},
    {"data": {"thread": {"replies": [{"post": {"text": "x" * 200}} for _ in range(4_000)]}}},
]


@pytest.mark.parametrize("value", DEEP, ids=range(3))
def test_no_call_decodes_much_at_any_depth(value: Any) -> None:
    decoder = Decoder()
    text = json.dumps(value)
    assert len(text) > 800_000
    assert decode.Steps(text, decoder, most_items=10**6).value(0) == (value, len(text))
    assert max(decoder.lengths) <= decode.Windows().largest


def test_nested_values_are_decoded_in_linear_time() -> None:
    """Each level of a deep value is longer than a window: it is not decoded again for each level."""

    def windows(depth: int) -> int:
        seen = 0

        class Counting(decode.Steps):
            def _short(self, at: int) -> Any:
                nonlocal seen
                seen += self._size
                return super()._short(at)

        text = "[" * depth + "[" + ",".join(['{"a":1}'] * 45_000) + "]" + "]" * depth
        Counting(text).value(0)
        return seen

    assert windows(200) - windows(100) < 100 * 4 * decode.Windows().smallest


async def test_of_a_long_list_the_first_items_are_kept() -> None:
    found = await decode.decode_json(json.dumps([{"id": str(n), "x": "y" * 60} for n in range(9_000)]).encode())
    assert [each["id"] for each in found] == [str(n) for n in range(MOST_ITEMS)]


def test_parts_texts_and_addresses_are_bounded() -> None:
    entity = {"parts": [{}] * 9_000, "words": ["a" * 90_000] * 9_000, "line": "b" * 90_000}
    assert len(parts_of(entity, "parts")) == MOST_PARTS
    assert len(parts_of(entity, "parts", MOST_ITEMS)) == MOST_ITEMS
    assert {len(each) for each in strings_of(entity, "words")} == {20_000}
    assert len(strings_of(entity, "words")) == MOST_PARTS
    assert len(text_of(entity, "line")) == 20_000
    assert web_address("https://a.example/" + "b" * 8_000) == ""
    assert web_address("https://a.example/" + "b" * 7_000) != ""


HUGE = {
    "mentions": [{"id": str(n), "acct": f"a{n}", "url": f"https://b.example/{n}"} for n in range(20_000)],
    "tags": [{"name": "t" * 200} for _ in range(20_000)],
    "emojis": [{"shortcode": f"e{n}", "url": f"https://b.example/{n}"} for n in range(20_000)],
    "media_attachments": [{"type": "image", "url": "https://b.example", "description": "d" * 30_000}] * 1_000,
    "card": {"url": "https://b.example/", "title": "t" * 2_000_000, "description": "d" * 2_000_000},
    "poll": {"id": "1", "options": [{"title": "o" * 90_000}] * 900},
    "filtered": [{"filter": {"title": f"f{n}"}} for n in range(20_000)],
    "account": {**AUTHOR, "note": "<p>n</p>" * 90_000, "fields": [{"value": "<b>v</b>" * 9_000}] * 900},
    "spoiler_text": "s" * 900_000,
}


@pytest.mark.parametrize("part", HUGE)
def test_what_is_stored_of_a_status_is_bounded(part: str) -> None:
    post = post_of({**STATUS, part: HUGE[part]})
    assert len(msgspec.json.encode(post_to_record(post))) < 1_100_000


def test_what_is_stored_of_a_bluesky_post_is_bounded() -> None:
    facet = {
        "index": {"byteStart": 5, "byteEnd": 8},
        "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "t" * 90_000}],
    }
    image = {"alt": "a" * 90_000, "fullsize": "https://a.example/1", "thumb": "https://a.example/2"}
    view = {
        "uri": "at://did:plc:a/app.bsky.feed.post/1",
        "author": {
            "did": "did:plc:a",
            "handle": "a.example",
            "displayName": "n" * 900_000,
            "description": "ü" * 900_000,
        },
        "record": {"$type": "app.bsky.feed.post", "text": "word ü " * 90_000, "facets": [facet] * 900},
        "embed": {"$type": "app.bsky.embed.images#view", "images": [image] * 900},
    }
    post = bluesky_post(view)
    assert post.text.endswith("[…]")
    assert len(msgspec.json.encode(post_to_record(post))) < 1_500_000
    assert rich_text({"text": "short"})[0] == "short"


def test_long_items_come_in_smaller_slices() -> None:
    short, long = {"content": "x" * 100}, {"content": "x" * 100_000}
    assert count_of_slice([short] * 400) == MAX_ITEMS
    assert count_of_slice([short] * 40) == 40
    assert count_of_slice([long] * 40) == 3
    assert count_of_slice([{"content": "x" * 900_000}, short]) == 1
    # An item of very many values is read alone.
    assert count_of_slice([{"tags": [{"name": "a"}] * 9_000}, short, short]) == 1
    assert count_of_slice([]) == 0


def _handler(request: httpx.Request) -> httpx.Response:
    found: list[Any] = []
    if request.url.path.endswith("notifications"):
        at = "2026-06-01T00:00:00Z"
        found = [
            {"id": str(9_000 - n), "type": "mention", "created_at": at, "account": {"id": str(n), "acct": f"a{n}"}}
            for n in range(450)
        ]
    elif request.url.path.endswith("home") and "max_id" not in request.url.params:
        found = [{**STATUS, "id": str(9_000 - n), "content": "word " * 19_000} for n in range(7)]
    return httpx.Response(200, content=_pieces(json.dumps(found).encode()))


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body


@pytest.fixture
async def source() -> AsyncIterator[Mastodon]:
    http = Http("https://here.example", "token", transport=httpx.MockTransport(_handler), pacing=Pacing(0, 0))
    source = Mastodon(Account("mastodon", "https://here.example", "you@here.example", "1"), http)
    yield source
    await source.close()


async def test_a_page_of_long_posts_is_read_whole_in_slices(source: Mastodon) -> None:
    cursor, sizes, ids = None, [], []
    for _ in range(4):
        page = await source.timeline(cursor)
        sizes.append(len(page.posts))
        ids += [post.id for post in page.posts]
        cursor = page.cursor
    assert sizes == [3, 3, 1, 0]
    assert ids == [str(9_000 - n) for n in range(7)]


async def test_a_long_page_of_notifications_is_stored_in_parts(source: Mastodon) -> None:
    pages = [page async for page in source.interactions({}) if page.stream == "notifications"]
    assert max(len(page.interactions) for page in pages) <= MAX_ITEMS
    assert len({each.id for page in pages for each in page.interactions}) == 449  # one is by the user
    # The position is stored only after the last interaction.
    assert [page.since for page in pages[:-1]] == [None] * (len(pages) - 1)
    assert pages[-1].since == "9000"


def test_relationships_are_searched_in_the_first_objects_only() -> None:
    searched = 0

    class Counted(dict[str, Any]):
        def values(self) -> Any:
            nonlocal searched
            searched += 1
            return super().values()

    seen = {"did": "did:plc:a", "viewer": {"following": "at://x", "blockedBy": False}}
    found = restrictions.relationships_in([{"post": {"author": seen}}, *(Counted(a={}) for _ in range(200_000))])
    assert [each.person_id for each in found] == ["did:plc:a"]
    assert 1_000 < searched <= 50_000


async def test_lists_of_blocks_and_muted_words_are_bounded() -> None:
    async def ask(nsid: str, params: Any, cursor: str | None) -> Any:
        if nsid == "app.bsky.graph.getBlocks":
            start = int(cursor or 0)
            people = [{"did": f"did:plc:{start + n}"} for n in range(4_000)]
            return {"blocks": people, "cursor": str(start + 4_000)}
        return {}

    found = await restrictions.read_restrictions(ask, 50)
    assert len(found.relationships) == MOST_ITEMS
    assert "blocking" not in found.read
    words = [{"value": f"word{n}", "targets": ["content"]} for n in range(4_000)]
    preference = {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": words}
    assert len(preferences_of({"preferences": [preference] * 4_000}).filters) == 1_000
