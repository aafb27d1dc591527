"""`quietfeed feeds` and `quietfeed timeline --from FEED`: custom feeds and lists, fetched each time."""

import argparse

from ..codec.fields import Record
from ..models.errors import NotFound
from ..models.feed import Feed
from ..phrases.errors import error_text
from ..session import Session
from .output import NO_ACCOUNT, print_error, print_text, write_json
from .pager import paged
from .posts import wanted_posts, write_post

_LIMIT = 50


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
        wanted = wanted_posts(session, args, _LIMIT if args.limit is None else args.limit)
        failed = 0

        def report(error: str) -> None:
            nonlocal failed
            failed = 1
            print_error(f"{error} The posts are judged without the ties to their authors.")

        with paged():
            async for judged in session.queries.feed(args.feed, wanted, report):
                write_post(judged, wanted.level, as_json=args.json)
        return failed
    finally:
        await session.close()
