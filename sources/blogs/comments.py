"""The comments of articles: finds their addresses in feeds, and converts them to replies.

WordPress: https://developer.wordpress.org/rest-api/reference/comments/ (approved comments, without a sign-in) and
wfw:commentRss. Atom: rel="replies" and thr:in-reply-to (RFC 4685). Copies elsewhere: https://microformats.org/wiki/rel-syndication.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from ...models.person import Person
from ...models.post import Post
from ...models.text import clean_line
from ..decode import NotJson, decode_now
from ..entities import EARLIEST, count_of, part_of, raw_of, text_of, time_of, web_address
from ..html import read_article
from ..start_tags import start_tags
from .handles import handle_of
from .parsed import NotAFeed, ParsedEntry

_WORDPRESS_ID = re.compile(r"(https?://[^?#\s]{1,500}/)\?(?:post_type=\w+&)?p=(\d{1,12})")
_HOSTED = ".wordpress.com"
_COPY = re.compile(r"syndication", re.IGNORECASE)
_MOST_COPIES = 10
MOST_COMMENTS = 300
_WORDS = re.compile(r"\w+")


def comment_addresses(entry_id: str, feed: str, links: Sequence[tuple[str, str, str]]) -> list[str]:
    """The addresses of an entry's comments. `feed` is its wfw:commentRss, `links` are its (rel, type, address).

    For WordPress, the API comes first, because the feed of comments lacks the parent comment and the author's page.
    """
    found = []
    if feed and (matched := _WORDPRESS_ID.fullmatch(entry_id.strip())):
        found.append(_api_of(matched.group(1), f"post={matched.group(2)}&order=asc"))
    if feed:
        found.append(feed)
    found += [href for rel, kind, href in links if rel == "replies" and ("atom" in kind or "rss" in kind)]
    return list(dict.fromkeys(found))


def site_comments(page: str) -> str:
    """The address of the newest comments on a whole WordPress site."""
    return _api_of(page.partition("?")[0].rstrip("/") + "/", "order=desc")


def _api_of(site: str, query: str) -> str:
    host = urlsplit(site).hostname or ""
    if host.endswith(_HOSTED):
        return f"https://public-api.wordpress.com/wp/v2/sites/{host}/comments?{query}&per_page=100"
    return f"{site}wp-json/wp/v2/comments?{query}&per_page=100"


def copies_in(html: str, named: Sequence[str]) -> tuple[str, ...]:
    """The copies of an entry: those stated in the feed, and links with rel="syndication" or class="u-syndication"."""
    found = [web_address(each) for each in named]
    if _COPY.search(html):
        for tag, values in start_tags(html):
            named_so = (
                "syndication" in values.get("rel", "").split() or "u-syndication" in values.get("class", "").split()
            )
            if tag == "a" and named_so:
                found.append(web_address(values.get("href", "")))
    return tuple(dict.fromkeys(each for each in found if each))[:_MOST_COPIES]


def read_wordpress(body: bytes) -> list[ParsedEntry]:
    """The comments in a response of WordPress's API. Raises NotAFeed."""
    try:
        value: Any = decode_now(body)
    except (NotJson, UnicodeDecodeError):
        raise NotAFeed("sent comments that cannot be read") from None
    if not isinstance(value, list):
        raise NotAFeed("sent something that is not a list of comments")
    return [_wordpress_comment(each) for each in value[:MOST_COMMENTS] if isinstance(each, Mapping)]


def _wordpress_comment(comment: Mapping[str, Any]) -> ParsedEntry:
    at = time_of(comment, "date_gmt")
    parent = count_of(comment, "parent")
    return ParsedEntry(
        id=text_of(comment, "id"),
        url=web_address(text_of(comment, "link")),
        html=raw_of(part_of(comment, "content") or {}, "rendered"),
        published=at,
        author=clean_line(text_of(comment, "author_name")),
        author_page=web_address(text_of(comment, "author_url")),
        answers=str(parent) if parent else "",
        tags=(text_of(comment, "type"),),
    )


def posts_of_comments(entries: Sequence[ParsedEntry], article: Post) -> list[Post]:
    """The comments of an article as posts, oldest first."""
    names = {each.id: each for each in entries}
    found: dict[str, Post] = {}
    for entry in sorted(entries, key=lambda each: each.published or EARLIEST):
        post = _comment(entry, names.get(entry.answers), article)
        if post.text:
            found.setdefault(post.id, post)
    return list(found.values())


def _comment(entry: ParsedEntry, answered: ParsedEntry | None, article: Post) -> Post:
    read = read_article(entry.html, entry.url or article.url)
    reply_to, reply_to_id = article.author.handle, article.id
    if answered is not None:
        reply_to, reply_to_id = _commenter(answered, article).handle, _id_of(answered, article)
    return Post(
        id=_id_of(entry, article),
        author=_commenter(entry, article),
        text=read.text,
        account=article.account,
        network=article.network,
        created_at=entry.published,
        url=entry.url,
        spans=read.spans,
        links=tuple(dict.fromkeys(span.target for span in read.spans if span.kind == "link")),
        reply_to=reply_to,
        reply_to_id=reply_to_id,
        visibility="public",
    )


def _id_of(entry: ParsedEntry, article: Post) -> str:
    return sha256(f"{article.id}\0comment\0{entry.id}".encode()).hexdigest()[:24]


def _commenter(entry: ParsedEntry, article: Post) -> Person:
    """The author of a comment. Anybody can enter any page with their name, also that of the user's own blog.

    So a comment does not make its author the owner of that page, and no comment is shown as the user's own.
    """
    name = entry.author or "anonymous"
    slug = "-".join(_WORDS.findall(name.casefold()))[:60] or "anonymous"
    page = handle_of(entry.author_page) if entry.author_page else ""
    feed = article.author.id.partition("#")[0]
    mark = f"/{page}" if page else ""
    return Person(
        f"{feed}/comments#{slug}{mark}",
        f"{feed}/comments/{slug}{mark}",
        name,
        "",
        article.network,
        entry.author_page,
        links=(entry.author_page,) if entry.author_page else (),
    )


def dated(entry: ParsedEntry, now: datetime) -> ParsedEntry:
    """An entry with a time: that of the request if it has none or one in the future."""
    if entry.published is None or entry.published > now:
        return replace(entry, published=now)
    return entry
