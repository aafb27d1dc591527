"""Turns the entries of a feed into posts. An article is its title as a heading, then its text."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from ...models.person import Person
from ...models.post import Media, MediaKind, Post, PostCounts, Span
from ...models.subscription import Subscription
from ...models.text import clean_line, is_blank
from ..entities import EARLIEST
from ..html import Article, read_article
from ..html_tidy import below_title
from .parsed import ParsedEntry, ParsedFeed

NETWORK = "blogs"
_LONGEST = 100_000
_MOST_SPANS = 1_500
_MOST_LINKS = 60
_REST = "\n\n… The rest is on the page of the article."
_EDITED = timedelta(minutes=1)
_WORDS = re.compile(r"\w+")
_KINDS: tuple[tuple[str, MediaKind], ...] = (("image/", "image"), ("video/", "video"), ("audio/", "audio"))


def main_author(feed: ParsedFeed) -> str:
    """The stated author of a feed, or the author of at least half of its entries; "" without one."""
    if feed.author:
        return feed.author
    names = Counter(entry.author for entry in feed.entries if entry.author)
    if names and 2 * names.most_common(1)[0][1] >= len(feed.entries):
        return names.most_common(1)[0][0]
    return ""


def posts_of(feed: ParsedFeed, subscription: Subscription, account: str) -> list[Post]:
    """The posts of a feed, newest first, without duplicate ids. Slow: call it in a thread."""
    found: dict[str, Post] = {}
    for entry in feed.entries:
        post = _post(entry, feed, subscription, account)
        found.setdefault(post.id, post)
    return sorted(found.values(), key=lambda post: post.created_at or EARLIEST, reverse=True)


def person_of(feed: ParsedFeed, subscription: Subscription, author: str = "") -> Person:
    """The author of an entry: the site itself, or another author that the entry names."""
    others = author and subscription.main_author is not None and author != subscription.main_author
    slug = "-".join(_WORDS.findall(author.casefold()))[:60] if others else ""
    if slug and author not in (feed.title, subscription.title):
        return Person(f"{subscription.id}#{slug}", f"{subscription.id}/{slug}", author, network=NETWORK)
    name = feed.title or subscription.title or subscription.main_author or ""
    links = tuple(dict.fromkeys((*subscription.links, *feed.links)))
    page = subscription.page or feed.page
    return Person(subscription.id, subscription.id, name, feed.about, NETWORK, page, links=links)


def _post(entry: ParsedEntry, feed: ParsedFeed, subscription: Subscription, account: str) -> Post:
    article = read_article(entry.html, entry.base)
    text, spans = _with_title(entry.title, article)
    edited = entry.updated
    if edited is None or entry.published is None or edited - entry.published < _EDITED:
        edited = None
    targets = (span.target for span in spans if span.kind == "link")
    return Post(
        id=sha256(f"{subscription.id}\0{entry.id}".encode()).hexdigest()[:24],
        author=person_of(feed, subscription, entry.author),
        text=text,
        account=account,
        network=NETWORK,
        created_at=entry.published,
        url=entry.url,
        lang=entry.lang,
        spans=tuple(spans),
        links=tuple(list(dict.fromkeys(targets))[:_MOST_LINKS]),
        tags=tuple(dict.fromkeys(tag for tag in entry.tags if tag)),
        media=tuple(_media(entry, article)),
        visibility="public",
        edited_at=edited,
        counts=PostCounts(replies=entry.replies),
        comments=entry.comments,
        same_as=entry.same_as,
    )


def _with_title(title: str, article: Article) -> tuple[str, Sequence[Span]]:
    text, spans = article.text, article.spans[:_MOST_SPANS]
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rstrip() + _REST
        spans = tuple(span for span in spans if span.end <= _LONGEST)
    title = clean_line(title)
    if is_blank(title) or _repeats(title, text):
        return text, spans
    if not text:
        return title, (Span(0, len(title), "heading"),)
    return below_title(title, text, spans)


def _repeats(title: str, text: str) -> bool:
    """Whether a title is only the beginning of the text, as on sites that generate titles for short posts."""
    start = " ".join(text[: 2 * len(title)].split())
    return start.casefold().startswith(title.rstrip("… .").casefold()) and title.rstrip("… .") != ""


def _media(entry: ParsedEntry, article: Article) -> list[Media]:
    found = [
        Media(kind, clean_line(alt), address)
        for type_, address, alt in entry.enclosures
        for start, kind in _KINDS
        if type_.startswith(start)
    ]
    found += [Media("image", alt, address) for address, alt in article.pictures]
    return list({medium.url: medium for medium in reversed(found)}.values())[::-1]
