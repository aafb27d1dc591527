"""`quietfeed feeds` and `quietfeed timeline --from FEED`: custom feeds and lists, fetched each time."""

import argparse

from ..codec.fields import Record
from ..models.errors import NotFound
from ..models.feed import Feed
from ..models.verdict import Level
from ..models.view import PostKey
from ..phrases.errors import error_text
from ..session import Session
from .output import NO_ACCOUNT, print_error, print_text, write_json
from .pager import paged
from .posts import write_post

_LIMIT = 50
_EMPTY_PAGES = 5
_PAGES = 20


async def list_feeds(session: Session, args: argparse.Namespace) -> int:
    """Print all feeds and lists, account by account."""
    try:
        if not session.accounts:
            raise NotFound(NO_ACCOUNT)
        lists = await session.reading.feeds()
        for feed in lists.feeds:
            if args.json:
                write_json(_record(feed))
            else:
                print_text(f"{feed.name}  {_what(feed)}  [{feed.id}]")
        for error in lists.errors:
            print_error(error_text(error))
        if not lists.feeds and not lists.errors:
            print_error("there are no saved feeds and no lists; create them on the network itself.")
        if lists.errors:
            return 1
        return 0
    finally:
        await session.close()


def _record(feed: Feed) -> Record:
    record: Record = {"id": feed.id, "kind": feed.kind, "name": feed.name, "account": feed.account}
    parts = {"about": feed.about, "by": feed.by, "pinned": feed.pinned, "gone": feed.gone}
    return record | {key: value for key, value in parts.items() if value}


def _what(feed: Feed) -> str:
    by = f" by @{feed.by}" if feed.by else ""
    marks = f"{', pinned' if feed.pinned else ''}{', gone' if feed.gone else ''}"
    return f"{feed.kind}{by}{marks} ({feed.account})"


async def write_feed(session: Session, args: argparse.Namespace) -> int:
    """Write the posts of a feed that the options select, in the feed's order, page by page on a terminal.

    Ends after --limit posts, at the end of the feed, or after 20 requests.
    """
    try:
        if not session.accounts:
            raise NotFound(NO_ACCOUNT)
        session.learning.train_pending()
        feed = await session.reading.find_feed(args.feed)
        return await _write_pages(session, feed, args)
    finally:
        await session.close()


async def _write_pages(session: Session, feed: Feed, args: argparse.Namespace) -> int:
    level = Level[args.level] if args.level else session.timeline.level
    left = _LIMIT if args.limit is None else args.limit
    written: set[PostKey] = set()
    cursor: str | None = None
    empty, failed = 0, 0
    with paged():
        for _ in range(_PAGES):
            page = await session.reading.feed_page(feed, cursor)
            if page.error and not failed:
                print_error(f"{page.error} The posts are judged without the ties to their authors.")
                failed = 1
            fresh = [key for key in page.keys if key not in written]
            for judged in filter(None, map(session.timeline.get, fresh)):
                if left and (args.all or judged.verdict.shown_at(level) != args.hidden):
                    write_post(judged, level, as_json=args.json)
                    left -= 1
            written.update(fresh)
            empty = 0 if fresh else empty + 1
            cursor = page.cursor
            if cursor is None or not left or empty == _EMPTY_PAGES:
                break
    return failed
