"""`quietfeed subscribe`, `unsubscribe` and `subscriptions`: blogs and other sites with a feed."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..codec.fields import Record, write_time
from ..models.errors import NotFound
from ..models.subscription import FoundFeed, FoundFeeds, Subscription
from ..models.text import clean_line
from ..models.view import Change
from ..phrases.changes import capital, change_text
from ..phrases.subscriptions import NO_SUBSCRIPTION, feed_line, nothing_found, recommended_text, state_text
from ..session import Session
from .output import print_error, print_text, write_json

_SHOWN = 50


async def run_subscriptions(session: Session, args: argparse.Namespace) -> int:
    """Run one of the three commands. Raises QuietfeedError."""
    try:
        if args.command == "subscribe":
            return await _subscribe(session, args)
        if args.command == "unsubscribe":
            return _unsubscribe(session, args)
        return _list(session, args)
    finally:
        await session.close()


async def _subscribe(session: Session, args: argparse.Namespace) -> int:
    file = Path(args.address)
    if "://" not in args.address and file.is_file():
        return subscribe_to_list(session, file, as_json=args.json)
    found = await session.subscriptions.find(args.address)
    if found.is_list and not args.all:
        _show_recommended(found)
        raise NotFound(f"{capital(recommended_text(found))}: --all subscribes to all of them.")
    if args.all:
        feeds: Sequence[FoundFeed] = (*found.feeds[:1], *found.recommended)
    else:
        feeds = found.feeds[:1]
    if not feeds:
        raise NotFound(nothing_found(clean_line(args.address), found))
    _say_change(
        session, session.subscriptions.subscribe(feeds[: 1 if args.mine else None], mine=args.mine), as_json=args.json
    )
    for other in found.feeds[1:]:
        print_error(f"the same page also has {feed_line(other)}")
    if found.recommended and not args.all:
        print_error(f"{recommended_text(found)}; --all subscribes to these too:")
        _show_recommended(found)
    return 0


def subscribe_to_list(session: Session, file: Path, *, as_json: bool = False) -> int:
    """Subscribe to all feeds of an OPML file. Raises NotFound and RecordError."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read ({error.strerror}).") from None
    feeds = session.subscriptions.read_list(data)
    if not feeds:
        raise NotFound(f"{file} contains no feed.")
    _say_change(session, session.subscriptions.subscribe(feeds), as_json=as_json)
    return 0


def _show_recommended(found: FoundFeeds) -> None:
    for feed in found.recommended[:_SHOWN]:
        print_error(f"  {feed_line(feed)}")
    if len(found.recommended) > _SHOWN:
        print_error(f"  and {len(found.recommended) - _SHOWN} more")


def _unsubscribe(session: Session, args: argparse.Namespace) -> int:
    subscription = session.subscriptions.named(args.address)
    _say_change(session, session.subscriptions.unsubscribe([subscription]), as_json=args.json)
    if not args.json:
        print_text(f"`quietfeed subscribe {subscription.address}` subscribes again.")
    return 0


def _say_change(session: Session, change: Change, *, as_json: bool) -> None:
    if as_json:
        write_json({"changed": change.kind, "names": list(change.names), "posts": change.count})
        return
    print_text(change_text(change, session.clock.now()))
    if change.kind == "subscribed":
        print_text("`quietfeed sync` fetches the posts.")


def _list(session: Session, args: argparse.Namespace) -> int:
    if args.opml:
        print(session.subscriptions.as_list(), end="")
        return 0
    found = session.subscriptions.all()
    now = session.clock.now()
    for each in found:
        if args.json:
            write_json(_record(each))
        else:
            folder = f" ({each.folder})" if each.folder else ""
            print_text(f"{each.shown_name}{folder}  {each.address}  [{state_text(each, now)}]")
    if not found:
        print_error(f"{NO_SUBSCRIPTION}: `quietfeed subscribe URL` adds one.")
    return 0


def _record(subscription: Subscription) -> Record:
    parts: Record = {
        "id": subscription.id,
        "address": subscription.address,
        "title": subscription.title,
        "page": subscription.page,
        "folder": subscription.folder,
        "added_at": write_time(subscription.added_at),
        "checked_at": write_time(subscription.checked_at),
        "next_at": write_time(subscription.next_at),
        "newest_at": write_time(subscription.newest_at),
        "failures": subscription.failures,
        "failure": subscription.failure,
        "ended": subscription.ended,
        "mine": subscription.mine,
    }
    return {name: value for name, value in parts.items() if value}
