"""Feeds of every format as real sites send them, and hostile ones. The feeds are made up."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.post import Media, Post
from quietfeed.models.subscription import Subscription
from quietfeed.models.text import clean
from quietfeed.sources.blogs.parse import MAX_BYTES, parse_feed
from quietfeed.sources.blogs.parsed import NotAFeed, ParsedFeed
from quietfeed.sources.blogs.posts import main_author, posts_of

BASE = "https://ada.example"


def served() -> Any:
    return sys.modules["servers_blogs"]


def read(text: str | bytes, content_type: str = "") -> ParsedFeed:
    body = text.encode() if isinstance(text, str) else text
    return parse_feed(body, f"{BASE}/feed", content_type)


def posts(text: str | bytes, content_type: str = "") -> list[Post]:
    feed = read(text, content_type)
    subscription = Subscription("ada.example", f"{BASE}/feed", main_author=main_author(feed))
    found = posts_of(feed, subscription, "blogs:subscriptions")
    for post in found:
        assert post.text == clean(post.text)
        assert all(0 <= span.start < span.end <= len(post.text) for span in post.spans)
    return found


def rss(item: str, channel: str = "<title>Ada</title><link>https://ada.example/</link>") -> str:
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    return f'<rss version="2.0" {spaces}><channel>{channel}{item}</channel></rss>'


def test_rss_2_with_everything_in_it() -> None:
    [post] = posts(
        rss(
            "<item><title>Tea &amp; rain</title><link>/tea</link><guid isPermaLink='false'>g1</guid>"
            "<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><category>tea</category>"
            "<slash:comments>4</slash:comments>"
            "<description>short</description><content:encoded><![CDATA[<p>See <a href='/x'>this</a>"
            "<script>alert(1)</script>.</p><img src='cat.png' alt='a cat'>"
            "<img src='https://count.example/p.gif' width='1' height='1'>]]></content:encoded>"
            "<enclosure url='https://ada.example/a.mp3' type='audio/mpeg' length='9'/></item>"
        )
    )
    assert post.text == "Tea & rain\n\nSee this."
    assert post.url == "https://ada.example/tea"
    assert post.created_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert post.links == ("https://ada.example/x",)
    assert (post.tags, post.counts.replies) == (("tea",), 4)
    assert post.media == (
        Media("audio", "", "https://ada.example/a.mp3"),
        Media("image", "a cat", "https://ada.example/cat.png"),
    )


@pytest.mark.parametrize(
    "text",
    [
        '<rss version="0.91"><channel><title>A</title><item><title>Old</title><link>https://ada.example/1</link>'
        "<description>Kept.</description></item></channel></rss>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="https://ada.example/"><title>A</title></channel><item rdf:about="https://ada.example/1">'
        "<title>Old</title><link>https://ada.example/1</link><description>Kept.</description></item></rdf:RDF>",
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>A</title><entry><id>1</id><title>Old</title>'
        '<link rel="alternate" type="text/html" href="https://ada.example/1"/>'
        '<content type="text/html" mode="escaped">Kept.</content></entry></feed>',
    ],
    ids=["rss 0.91", "rss 1.0", "atom 0.3"],
)
def test_old_formats(text: str) -> None:
    [post] = posts(text)
    assert (post.text, post.url, post.created_at) == ("Old\n\nKept.", "https://ada.example/1", None)


def test_atom_with_relative_links_and_times_of_updates() -> None:
    [post] = posts(served().atom([served().Item(7, "Rain & <b>tea</b>")], BASE))
    assert post.text == "Rain & <b>tea</b>\n\nRain on the roof, tea on the stove."
    assert post.url == "https://ada.example/7"
    assert post.edited_at is not None
    assert post.lang == "de"
    assert post.author.links == ("https://ada.example/about",)


def test_json_feed() -> None:
    feed = served().json_feed([served().Item(7)], BASE)
    [post] = posts(json.dumps(feed))
    assert post.text == "Rain on the roof, tea on the stove."
    assert (post.tags, post.lang, post.url) == (("tea",), "en", "https://ada.example/7")
    assert post.media == (Media("audio", "a reading", "https://ada.example/a.mp3"),)
    del feed["items"][0]["content_html"]
    feed["items"][0]["content_text"] = "1 < 2\n\nand so on"
    assert posts(json.dumps(feed))[0].text == "1 < 2\n\nand so on"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'<?xml version="1.0" encoding="latin1"?>' + rss("<item><title>Käse</title></item>").encode("latin-1"), ""),
        (rss("<item><title>Käse</title></item>").encode("windows-1252"), "application/xml; charset=windows-1252"),
        (('<?xml version="1.0" encoding="utf-16"?>' + rss("<item><title>Käse</title></item>")).encode("utf-16"), ""),
        (b"\xef\xbb\xbf  " + rss("<item><title>K\u00e4se</title></item>").encode(), "text/html"),
        (b"\n\n" + rss("<item><title>K\u00e4se</title></item>").encode(), "text/plain"),
    ],
    ids=["latin-1", "by header", "utf-16", "byte order mark", "leading lines"],
)  # fmt: skip
def test_encodings_and_wrong_content_types(body: bytes, content_type: str) -> None:
    assert posts(body, content_type)[0].text == "Käse"


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    [post] = posts(rss("<item><title>Fish & chips</title><description>a &nbsp; b <br> c</description></item>"))
    assert post.text.startswith("Fish & chips\n\na")


def test_a_title_that_repeats_the_text_is_left_out() -> None:
    [post] = posts(rss("<item><title>It rained all…</title><description>It rained all day.</description></item>"))
    assert (post.text, post.spans) == ("It rained all day.", ())


def test_several_authors_are_several_people_and_the_main_one_is_the_site() -> None:
    items = "".join(
        f"<item><guid>{n}</guid><title>T{n}</title><dc:creator>{name}</dc:creator></item>"
        for n, name in enumerate(["Ada L", "Ada L", "Bo Dee"])
    )
    people = {post.author.id: post.author for post in posts(rss(items))}
    assert {key: (each.handle, each.name) for key, each in people.items()} == {
        "ada.example": ("ada.example", "Ada"),
        "ada.example#bo-dee": ("ada.example/bo-dee", "Bo Dee"),
    }


def test_ids_stay_the_same_and_differ_between_feeds() -> None:
    one = posts(rss("<item><guid>1</guid><title>A</title></item>"))
    again = posts(rss("<item><guid>1</guid><title>A, corrected</title></item>"))
    assert one[0].id == again[0].id
    other = posts_of(read(rss("<item><guid>1</guid><title>A</title></item>")), Subscription("bo", ""), "")
    assert other[0].id != one[0].id
    assert len(posts(rss("<item><guid>1</guid><title>A</title></item>" * 2))) == 1


def test_entities_never_expand_and_no_file_is_read() -> None:
    [post] = posts(served().BOMB)
    assert "aaaa" not in post.text
    assert "root:" not in post.text
    assert post.text.endswith("plain")
    wide = posts(served().BOMB.replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16"))
    assert "aaaa" not in wide[0].text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>no feed</body></html>",
        b"<!doctype html><html><head><title>rss</title></head>",
        b'{"version": "2"}',
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000,
        b"<opml></opml>",
        b"\x00\x01\x02",
        b"<rss><channel>" + b"<a>" * 300_001,
        b"<rss><channel>" + b" " * MAX_BYTES,
        b"<rss><channel>" + b"<a>" * 150_000,
    ],
    ids=["empty", "page", "doctype", "json", "deep json", "opml", "bytes", "tags", "size", "broken and large"],
)
def test_invalid_and_oversized_feeds_are_rejected(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        parse_feed(body, BASE)


@pytest.mark.timeout(20)
def test_the_pattern_for_mail_addresses_is_not_run_over_a_long_name() -> None:
    name = "a" * 300_000 + "@" + "b." * 100_000
    assert len(posts(rss(f"<item><guid>1</guid><title>T</title><author>{name}</author></item>"))) == 1


def test_recorded_feeds_are_read_whole() -> None:
    folder = os.environ.get("QUIETFEED_TEST_FEEDS")
    if not folder:
        pytest.skip("QUIETFEED_TEST_FEEDS names no folder of recorded feeds")
    read = [len(posts(path.read_bytes())) for path in Path(folder).iterdir()]
    # A few sites send unreadable XML.
    assert 50 * read.count(0) < len(read)


def test_deep_nesting_and_a_very_long_entry_are_bounded() -> None:
    deep = "<div>" * 20_000 + "tea" + "</div>" * 20_000
    assert posts(rss(f"<item><guid>1</guid><description><![CDATA[{deep}]]></description></item>"))[0].text == "tea"
    long = "<p>word word word</p>" * 18_000
    [post] = posts(rss(f"<item><guid>1</guid><title>T</title><description><![CDATA[{long}]]></description></item>"))
    assert len(post.text) < 101_000
    assert post.text.endswith("The rest is on the page of the article.")


@pytest.mark.parametrize(
    "name", ["links", "enclosures", "tags", "content", "media_content", "authors", "author_detail", "summary_detail"]
)
@pytest.mark.parametrize("attribute", ["", " title"])
def test_an_element_named_like_a_field_is_no_field(name: str, attribute: str) -> None:
    body = (
        f"<rss version='2.0><channel><{name}{attribute}>x</{name}><item><title>Tea</title><{name}{attribute}>x</{name}>"
    )
    (entry,) = parse_feed(body.encode(), "https://blog.example/feed").entries
    assert entry.title == "Tea"
    assert entry.enclosures == ()
