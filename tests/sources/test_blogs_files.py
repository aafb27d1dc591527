"""Feeds of every generator and format: made-up files with their structure, and recorded ones if present.

The files are in tests/files/feeds. Recorded feeds of real sites cannot be committed: QUIETFEED_TEST_FEEDS names a
folder with one feed per file.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from quietfeed.models.post import Post
from quietfeed.models.subscription import Subscription
from quietfeed.models.text import clean, clean_line
from quietfeed.sources.blogs.parse import parse_feed
from quietfeed.sources.blogs.parsed import NotAFeed
from quietfeed.sources.blogs.posts import main_author, posts_of

FEEDS = Path(__file__).parent.parent / "files" / "feeds"
VARIABLE = "QUIETFEED_TEST_FEEDS"
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXT = "It came early – the beans are gone."


class Made(NamedTuple):
    """The expected result of a made-up file. `replies`: the number of comments in the feed."""

    title: str
    page: str
    link: str
    headed: bool = True
    tags: tuple[str, ...] = ()
    media: tuple[tuple[str, str], ...] = ()
    at: datetime | None = AT
    replies: int | None = None
    comments: int = 0
    edited: bool = False


MADE = {
    "wordpress.xml": Made(
        "Ada’s garden", "https://ada.example/", "https://ada.example/2026/11/the-first-frost/",
        tags=("garden", "weather"), media=(("image", "white grass"),), replies=2, comments=2,
    ),
    "ghost.xml": Made("Ink and paper", "https://ink.example/", "https://ink.example/the-first-frost/",
                      tags=("garden",), media=(("image", ""),)),
    "substack.xml": Made("Slow letters", "https://slow.example", "https://slow.example/p/the-first-frost",
                         media=(("image", ""),)),
    "microblog.json": Made("Dara", "https://dara.micro.example/",
                           "https://dara.micro.example/2026/11/23/it-came-early.html", headed=False),
    "github.atom": Made("GitHub Public Timeline Feed", "https://github.example/emil",
                        "https://github.example/emil/garden/compare/a...b"),
    "youtube.xml": Made("Fay digs", "https://www.youtube.example/channel/UCfay",
                        "https://www.youtube.example/watch?v=frost1", edited=True),
    "discourse.rss": Made("@gus's latest posts", "https://talk.example/u/gus/activity",
                          "https://talk.example/t/the-first-frost/7/2"),
    "blogger.atom": Made("Hana reads", "https://hana.example/", "https://hana.example/2026/11/frost.html",
                         tags=("garden",), replies=1, comments=1),
    "tumblr.rss": Made("ivo's pictures", "https://ivo.tumblr.example/", "https://ivo.tumblr.example/post/7",
                       tags=("garden",), media=(("image", "white grass"),)),
    "hugo.xml": Made("Posts on Jun's pages", "https://jun.example/posts/", "https://jun.example/posts/frost/"),
    "jekyll.atom": Made("Kim", "https://kim.example/", "https://kim.example/2026/11/23/frost.html", tags=("garden",)),
    "rss-0.91.xml": Made("Lou", "https://lou.example/", "https://lou.example/frost", at=None),
    "rss-0.92.xml": Made("Mara", "https://mara.example/", "", headed=False, media=(("audio", ""),), at=None),
    "rss-1.0.rdf": Made("Nils", "https://nils.example/", "https://nils.example/frost", tags=("garden",)),
    "rss-2.0.xml": Made("Oda", "https://oda.example/", "https://oda.example/frost"),
    "atom-0.3.xml": Made("Pia", "https://pia.example/", "https://pia.example/frost"),
    "atom-1.0.xml": Made("Quin", "https://quin.example/blog/", "https://quin.example/blog/frost",
                         media=(("audio", ""),), edited=True),
    "jsonfeed-1.json": Made("Rosa", "https://rosa.example/", "https://rosa.example/frost"),
    "jsonfeed-1.1.json": Made("Sol", "https://sol.example/", "https://sol.example/frost", tags=("garden",),
                              media=(("image", ""),)),
}  # fmt: skip


def read(body: bytes) -> tuple[str, str, list[Post]]:
    feed = parse_feed(body, "https://feed.example/feed")
    found = Subscription("feed.example", "https://feed.example/feed", main_author=main_author(feed))
    return feed.title, feed.page, posts_of(feed, found, "blogs:subscriptions")


def test_every_made_up_file_has_a_row_here() -> None:
    assert {each.name for each in FEEDS.iterdir()} == MADE.keys()


@pytest.mark.parametrize("name", MADE)
def test_a_feed_of_each_generator_and_format(name: str) -> None:
    made = MADE[name]
    title, page, [post] = read((FEEDS / name).read_bytes())
    assert (title, page, post.url) == (made.title, made.page, made.link)
    lines = post.text.split("\n\n")
    assert lines[-1].startswith(TEXT)
    assert (len(lines) == 2 and post.spans[0].kind == "heading") == made.headed
    assert (post.created_at, post.tags) == (made.at, made.tags)
    assert tuple((each.kind, each.alt) for each in post.media or ()) == made.media
    assert (post.counts.replies, len(post.comments)) == (made.replies, made.comments)
    assert (post.edited_at is not None) == made.edited
    assert post.author.id == "feed.example"


def test_recorded_feeds_are_read_whole_and_clean() -> None:
    folder = os.environ.get(VARIABLE, "")
    if not folder:
        pytest.skip(f"{VARIABLE} names no folder of recorded feeds: real ones cannot be committed")
    read_ones = rejected = 0
    for path in sorted(Path(folder).iterdir()):
        try:
            _, _, posts = read(path.read_bytes())
        except NotAFeed:
            rejected += 1
            continue
        read_ones += bool(posts)
        assert len({post.id for post in posts}) == len(posts)
        for post in posts:
            assert post.text == clean(post.text), path.name
            assert post.author.handle == clean_line(post.author.handle) != "", path.name
            assert all(0 <= span.start < span.end <= len(post.text) for span in post.spans), path.name
    assert read_ones > 9 * rejected
