"""A structured fuzzer over every parser: mutated answers, feeds, pages, exports and typed texts.

A parser returns, or raises one of quietfeed's own errors. The seeds are the answers of the loopback servers and, where
they are on this machine, the recorded answers of real servers. The long form has a million inputs.
"""

import json
import os
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from types import ModuleType
from typing import Any

import pytest

from quietfeed.codec.actions import action_from_record
from quietfeed.codec.opml import is_opml, read_opml
from quietfeed.codec.people import person_from_record
from quietfeed.codec.records import judged_from_record, post_to_record
from quietfeed.codec.stored import person_from_stored, post_from_stored
from quietfeed.codec.ties import tie_from_record
from quietfeed.codec.weights import weights_from_bytes, weights_to_bytes
from quietfeed.filters.base_model import base_model
from quietfeed.models.compose import ComposeRules, measure, split
from quietfeed.models.draft import Draft
from quietfeed.models.errors import QuietfeedError
from quietfeed.models.link import without_tracking
from quietfeed.models.post import Post
from quietfeed.models.query import matches, terms
from quietfeed.models.subscription import Subscription
from quietfeed.models.text import clean, clean_handle, clean_line, thin_marks
from quietfeed.session.transfer import import_records
from quietfeed.sources import handle_in, importing
from quietfeed.sources.blogs import discovery, posts
from quietfeed.sources.blogs.comments import read_wordpress
from quietfeed.sources.blogs.jsonfeed import parse_json_feed
from quietfeed.sources.blogs.parse import looks_like_feed, parse_feed
from quietfeed.sources.blogs.parsed import NotAFeed
from quietfeed.sources.bluesky import facets, feeds, labels, preferences, reading, restrictions
from quietfeed.sources.bluesky import interactions as bluesky_interactions
from quietfeed.sources.bluesky import people as bluesky_people
from quietfeed.sources.bluesky.identity import pds_of
from quietfeed.sources.decode import NotJson, decode_now
from quietfeed.sources.html import read_article, read_html
from quietfeed.sources.links import links_in
from quietfeed.sources.mastodon import interactions as mastodon_interactions
from quietfeed.sources.mastodon import people as mastodon_people
from quietfeed.sources.mastodon import reading as mastodon_reading
from quietfeed.sources.mastodon.instance import rules_of
from quietfeed.sources.x import reading as x_reading
from quietfeed.store.archive import Archive
from quietfeed.store.forgetting import Names
from quietfeed.tests.soak import count

HERE = Path(__file__).parent
NOW = datetime(2026, 5, 4, tzinfo=UTC)
RECORDED = Path(os.environ.get("QUIETFEED_SHARED") or HERE.parent.parent / "shared") / "wire"
Seeds = dict[str, list[Any]]

JUNK: tuple[Any, ...] = (
    *(None, 0, -1, 2**80, 1e308, float("inf"), float("nan"), True, "", "x", [], {}, [{}], [[[]]], {"id": 1}),
    *("<p>" * 30, "\x1b[2J\u202e\ud800", "0001-01-01T00:00:00+14:00", "2026-99-99", "http://[", "file:///x", "@", "#"),
    *("did:plc:", "at://did:plc:x/app.bsky.feed.post/", "ada@there.example", "1,1." * 40, "e\u0301" * 40, "\u200d" * 9),
)
SCRAPS = (
    *(
        "<",
        ">",
        "&",
        "&#x1b;",
        "&#55296;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "<script>",
        "</p>",
        "<a href='",
        "://",
        "@",
        "#",
    ),
    *("\x00", "\x1b]8;;x\x07", "\u202e", "\u200b", "\ud800", "\U0001f468\u200d", "\u0301", "`", "**", "%00", "\\u0000"),
    *("1,1.", "_!_", "[", "]", "{", "}", '"', "'", "\n", "\r", ";rel=", ", ", "=", "?utm_source=", "xn--", "9" * 20),
)


def seeds_of(world: ModuleType, bluesky: ModuleType, blogs: ModuleType) -> Seeds:
    """The responses of the loopback servers, and recorded ones of real servers."""
    mastodon_world, bluesky_world, entries = world.World(posts=6), bluesky.World(posts=6), blogs.items(3)
    seeds: Seeds = {
        "mastodon": [*map(mastodon_world.status, range(4)), list(mastodon_world.people.values())[:3]],
        "bluesky": [bluesky_world.thread(), *(bluesky_world.post(number) for number in range(3))],
        "feed": [
            each.encode() for each in (blogs.rss(entries), blogs.atom(entries), blogs.opml(["https://a.example"]))
        ],
        "jsonfeed": [json.dumps(blogs.json_feed(entries)).encode()],
        "text": [
            "hello @ada@there.example https://x.example/?utm_source=a #tag",
            "<p>one <b>two</b></p>",
            "e\u0301 1,1. $5",
        ],
    }
    for name in ("mastodon", "bluesky"):
        for path in sorted((RECORDED / name).glob("*.json")):
            value = json.loads(path.read_bytes())
            if len(repr(value)) < 60_000:
                seeds[name].append(value)
    found = [post for value in seeds["mastodon"] for post in mastodon_reading.read_input(value)[0]][:40]
    seeds["text"] += [post.text for post in found]
    seeds["record"] = [{**post_to_record(post), "tie": {"you_follow": True}, "mark": "spam"} for post in found[:10]]
    seeds["record"] += [
        {"handle": "ada@there.example", "person": "1", "account": "a", "replies_to_you": 3},
        {"handle": "ada@there.example", "word": "vouched", "marked_at": "2026-01-02T03:04:05Z"},
        {"handle": "ada@there.example", "muted_until": "forever", "account": "a"},
        {"joined": [{"handle": "a", "person": "1", "account": "a"}, {"handle": "b", "person": "2", "account": "b"}]},
        {"sign_in": {"network": "mastodon", "server": "https://a.example", "handle": "a", "remote_id": "1"}},
        {"draft": {"text": "hi", "accounts": ["a"]}, "written_at": "2026-01-02T03:04:05Z"},
        {"kind": "like", "account": "a", "post_id": "1", "item_id": "1"},
        {"kind": "vote", "account": "a", "post_id": "1", "poll_id": "3", "choices": [1]},
        {"id": "did:plc:a", "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer",
         "serviceEndpoint": "https://pds.example"}]},
    ]  # fmt: skip
    files = (path for path in sorted((HERE / "files").iterdir()) if path.is_file() and path.suffix != ".py")
    seeds["files"] = [path.read_bytes() for path in files]
    comment = {"id": 7, "parent": 3, "author_name": "Ada", "author_url": "https://ada.example", "type": "comment"}
    comment |= {"date_gmt": "2026-01-02T03:04:05", "content": {"rendered": "<p>yes <a href='//b.example'>b</a></p>"}}
    seeds["comments"] = [json.dumps([comment, comment]).encode()]
    on_x = sys.modules["servers_x"].small_world(2)
    seeds["x"] = [{"data": [post], "includes": {"users": [*on_x.users.values()]}} for post in on_x.posts]
    seeds["bytes"] = [weights_to_bytes(base_model()), *seeds["feed"]]
    return seeds


def places(value: Any, found: list[tuple[Any, Any]] | None = None) -> list[tuple[Any, Any]]:
    """Every position in a JSON value as its container and the key in it."""
    found = [] if found is None else found
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        found.append((value, key))
        places(each, found)
    return found


def mutated_text(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, end = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        match chance.randrange(4):
            case 0:
                text = text[:at] + chance.choice(SCRAPS) * chance.choice((1, 1, 2, 30)) + text[at:]
            case 1:
                text = text[:at] + text[end:]
            case 2:
                text = text[:end] + text[at:end] * chance.choice((1, 3)) + text[end:]
            case _:
                text = text[:at] + chr(chance.randrange(0x11000)) + text[at:]
    return text[:20_000]


def mutated_bytes(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0:
                changed[at:at] = chance.choice(SCRAPS).encode("utf-8", "surrogatepass")
            case 1:
                del changed[at : at + chance.randrange(40)]
            case 2:
                changed[at:at] = changed[at : at + chance.randrange(200)]
            case _:
                if changed:
                    changed[at - 1] = chance.randrange(256)
    return bytes(changed)


def mutated(value: Any, others: list[Any], chance: random.Random) -> Any:
    """A changed copy: replaced, removed, doubled and swapped parts of JSON; edited texts and bytes."""
    if isinstance(value, str):
        return mutated_text(value, chance)
    if isinstance(value, bytes):
        return mutated_bytes(value, chance)
    changed = deepcopy(value)
    for _ in range(chance.choice((1, 1, 2, 5))):
        spots = places(changed)
        if not spots:
            return chance.choice(JUNK)
        container, key = chance.choice(spots)
        match chance.randrange(6):
            case 0:
                del container[key]
            case 1 if isinstance(container, list):
                container += container[key : key + 1] * chance.choice((1, 50))
            case 2:
                donor = places(chance.choice(others))
                if donor:
                    source, name = chance.choice(donor)
                    container[key] = deepcopy(source[name])
            case 3 if isinstance(container[key], str):
                container[key] = mutated_text(container[key], chance)
            case _:
                container[key] = deepcopy(chance.choice(JUNK))
    return changed


def entity(read: Callable[[dict[str, Any]], Any]) -> Callable[[Any], None]:
    """Call a parser of entities with every object of an answer."""

    def run(value: Any) -> None:
        found = [value, *(container[key] for container, key in places(value))]
        for each in [each for each in found if isinstance(each, dict)][:30]:
            try:
                got = read(each)
                if not isinstance(got, str | dict | tuple) and hasattr(got, "__iter__"):
                    list(got)
            except QuietfeedError:
                continue

    return run


def check_posts(read: Callable[[Any], tuple[list[Post], list[str]]]) -> Callable[[Any], None]:
    def run(value: Any) -> None:
        found, errors = read(value)
        assert all(isinstance(error, str) for error in errors)
        for post in found:
            assert post.text == clean(post.text)
            assert post_to_record(post)["id"]

    return run


def parse_blog(body: bytes) -> None:
    try:
        feed = parse_feed(body, "https://a.example/feed")
    except NotAFeed:
        return
    subscription = Subscription("a.example", "https://a.example/feed", "A")
    assert all(post.text == clean(post.text) for post in posts.posts_of(feed, subscription, "a"))
    posts.main_author(feed)


def parse_jsonfeed(body: bytes) -> None:
    with suppress(NotAFeed):
        parse_json_feed(body, "https://a.example/feed.json")


def import_one(value: Any) -> None:
    if isinstance(value, dict):
        archive = Archive(None)
        import_records(archive, [(1, value)], NOW)
        archive.close()


def texts(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    for function in (clean_line, clean_handle, thin_marks, handle_in, without_tracking, links_in, discovery.as_address):
        function(text)
    assert all(0 <= start <= end <= len(text) for start, end in matches(text, terms(text[:200])))
    draft = Draft(text, thread=True)
    measure(draft, ComposeRules())
    split(draft, ComposeRules())
    Names([]).are_in(text)


def htmls(text: str) -> None:
    article = read_article(text, "https://a.example/")
    for plain, spans in (read_html(text), (article.text, article.spans)):
        assert plain == clean(plain)
        assert all(0 <= span.start < span.end <= len(plain) for span in spans)


def jsons(value: Any) -> None:
    data = json.dumps(value).encode()
    with suppress(NotJson):
        decode_now(data[: len(data) * 3 // 4])


def stored_rows(value: Any) -> None:
    data = json.dumps(value)
    with suppress(QuietfeedError):
        person_from_stored(data)
    with suppress(QuietfeedError):
        post_from_stored(data, "a", None, None)


def imported_files(data: bytes) -> None:
    with TemporaryFile() as file, suppress(QuietfeedError):
        file.write(data)
        file.seek(0)
        importing._read(file, "", None)


def comments(body: bytes) -> None:
    with suppress(NotAFeed):
        read_wordpress(body)


def byte_formats(data: bytes) -> None:
    for read in (weights_from_bytes, read_opml):
        with suppress(QuietfeedError):
            read(data)
    is_opml(data)
    looks_like_feed(data)


TARGETS: tuple[tuple[str, str, Callable[[Any], object]], ...] = (
    ("mastodon posts", "mastodon", check_posts(mastodon_reading.read_input)),
    ("mastodon people", "mastodon", entity(mastodon_people.person_of)),
    ("mastodon relationships", "mastodon", entity(mastodon_people.relationship_of)),
    (
        "mastodon notifications",
        "mastodon",
        entity(lambda e: mastodon_interactions.notification_interactions(e, "1", "")),
    ),
    ("mastodon answers", "mastodon", entity(lambda e: mastodon_interactions.own_status_interactions(e, "1", ""))),
    (
        "mastodon conversations",
        "mastodon",
        entity(lambda e: mastodon_interactions.conversation_interactions(e, "1", "")),
    ),
    ("mastodon rules", "mastodon", entity(lambda e: rules_of(e, ComposeRules()))),
    ("bluesky posts", "bluesky", check_posts(reading.read_input)),
    ("bluesky people", "bluesky", entity(bluesky_people.person_of)),
    ("bluesky relationships", "bluesky", restrictions.relationships_in),
    ("bluesky rich text", "bluesky", entity(facets.rich_text)),
    ("bluesky labelers", "bluesky", entity(labels.labeler_of)),
    ("bluesky label choices", "bluesky", entity(labels.choices_of)),
    ("bluesky preferences", "bluesky", entity(preferences.preferences_of)),
    ("bluesky feeds", "bluesky", entity(lambda e: (feeds.saved_of(e), feeds.feed_of(e, "a", "did:plc:a")))),
    ("bluesky notifications", "bluesky", entity(lambda e: bluesky_interactions.notification_interactions(e, "1"))),
    ("bluesky answers", "bluesky", entity(lambda e: bluesky_interactions.own_post_interactions(e, "1"))),
    ("identity documents", "record", entity(lambda e: pds_of(e))),
    ("feeds", "feed", parse_blog),
    ("json feeds", "jsonfeed", parse_jsonfeed),
    ("pages", "text", htmls),
    ("typed texts", "text", texts),
    ("records", "record", entity(judged_from_record)),
    ("people records", "record", entity(person_from_record)),
    ("tie records", "record", entity(tie_from_record)),
    ("actions", "record", entity(action_from_record)),
    ("imports", "record", import_one),
    ("stored rows", "record", stored_rows),
    ("cut json", "mastodon", jsons),
    ("byte formats", "bytes", byte_formats),
    ("imported files", "files", imported_files),
    ("comments", "comments", comments),
    ("x posts", "x", check_posts(x_reading.read_input)),
)


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return seeds_of(sys.modules["mastodon_world"], sys.modules["bluesky_world"], sys.modules["servers_blogs"])


def fuzz(target: str, kind: str, run: Callable[[Any], object], seeds: Seeds, inputs: range) -> None:
    """Call a parser with mutated seeds. A failure names its input number, from which `mutated` recreates it."""
    values = seeds[kind]
    for number in inputs:
        chance = random.Random(f"{target} {number}")
        value = mutated(chance.choice(values), values, chance)
        try:
            run(value)
        except Exception as error:
            raise AssertionError(f"{target}, input {number}: {error!r} for {value!r:.2000}") from error


@pytest.mark.parametrize(("target", "kind", "run"), TARGETS, ids=[each[0] for each in TARGETS])
def test_a_parser_returns_or_raises_an_error_of_quietfeed(
    target: str, kind: str, run: Callable[[Any], object], seeds: Seeds
) -> None:
    fuzz(target, kind, run, seeds, range(40))


@pytest.mark.soak
@pytest.mark.parametrize(("target", "kind", "run"), TARGETS, ids=[each[0] for each in TARGETS])
def test_a_million_inputs(target: str, kind: str, run: Callable[[Any], object], seeds: Seeds) -> None:
    each = count("FUZZ", 1_000_000) // len(TARGETS) + 1
    fuzz(target, kind, run, seeds, range(40, 40 + each))
