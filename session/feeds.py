"""Custom feeds and lists. Their posts are stored so that they can be marked, but not in the home timeline."""

from datetime import datetime

import msgspec

from ..models.errors import NotFound, QuietfeedError, SourceError
from ..models.feed import Feed
from ..models.source import FeedSource, has_count_cache, has_ties
from ..models.view import PostKey
from ..phrases.errors import error_text
from ..store.archive import Archive
from .ingest import store_feed_page
from .relationships import RelationshipReader
from .sync import COUNTS_AGE, ignore_progress


class Lists(msgspec.Struct, frozen=True):
    """The feeds and lists of all accounts, and the errors of failed accounts, each once."""

    feeds: tuple[Feed, ...]
    errors: tuple[QuietfeedError, ...] = ()


class FeedPage(msgspec.Struct, frozen=True):
    """A page of a feed, in the order of the feed. `cursor` requests the next page; None is the end."""

    keys: tuple[PostKey, ...]
    cursor: str | None
    error: str = ""
    """Why the ties of its people could not be read; "" if they could."""


async def read_page(source: FeedSource, archive: Archive, feed: Feed, cursor: str | None, *, now: datetime) -> FeedPage:
    """Fetch and store a page with the ties of its people. Raises SourceError."""
    if cursor is None and has_count_cache(source):
        source.prime_cache(archive.people.with_fresh_counts(feed.account, now - COUNTS_AGE))
    page = await source.feed(feed.id, cursor)
    store_feed_page(archive, feed.account, page.posts, now)
    keys = tuple(dict.fromkeys(post.key for post in page.posts))
    if not has_ties(source):
        return FeedPage(keys, page.cursor)
    message = ""
    reader = RelationshipReader(source, archive, now)
    try:
        if not archive.ties.streams(feed.account):
            # Before the first sync, read interactions, or friends would look like strangers.
            await reader.read_interactions(ignore_progress)
        await reader.read_posts(page.posts, page.relationships)
    except SourceError as error:
        message = error_text(error)
    return FeedPage(keys, page.cursor, message)


def find_feed(name: str, lists: Lists, unsaved: Feed | None) -> Feed:
    """Find a feed by id or name, or else by address (`unsaved`). Raises NotFound, or the error of an account."""
    wanted = name.strip()
    found = [each for each in lists.feeds if each.id == wanted]
    found = found or [each for each in lists.feeds if each.name.casefold() == wanted.casefold()]
    if len(found) > 1:
        raise NotFound(f"More than one feed is called {wanted}: use its id from `quietfeed feeds`.")
    if found:
        return found[0]
    if unsaved is not None:
        return unsaved
    if lists.errors:
        raise lists.errors[0]
    raise NotFound(f"You have no feed or list {wanted!r}: `quietfeed feeds` lists yours.")
