"""The commands, based on the same session as the screens."""

import argparse
import asyncio
from datetime import datetime

from ..models.errors import NotFound, UsageError
from ..models.joined import Handle
from ..models.mark import PersonWord
from ..models.tie import FOREVER
from ..models.view import Change
from ..phrases.changes import change_text
from ..session import Openers, Session
from ..session.logfile import open_own_log
from ..session.networks import example_handles
from ..session.people import handle_of, is_whole_handle
from .act_parser import ACTION_COMMANDS
from .output import print_error, print_text, write_json
from .pager import paged
from .posts import write_post, write_timeline
from .write_parser import WRITE_COMMANDS


def run_command(args: argparse.Namespace, openers: Openers | None = None) -> int:
    """Run the parsed command. Raises QuietfeedError."""
    if args.command == "judge":
        from .judge import run_judge

        return run_judge(args)
    if args.command == "completion":
        from .completion import run_completion

        return run_completion(args.shell)
    open_own_log()
    openers = openers or Openers()
    if args.command == "account":
        from .account import run_account

        return run_account(openers.own(), args)
    if args.command == "try":
        from .look import run_try

        return run_try(args)
    session = openers.demo() if args.demo else openers.own()
    if args.command in ("join", "unjoin"):
        from .join import run_join

        return run_join(session, args)
    if args.command == "outbox":
        from .act import run_outbox

        return asyncio.run(run_outbox(session, args))
    if args.command in ACTION_COMMANDS or (args.command in ("mute", "unmute") and (args.server or args.boosts)):
        from .act import run_action

        return asyncio.run(run_action(session, args))
    if args.command == "forget":
        from .forget import run_forget

        return asyncio.run(run_forget(session, args))
    if args.command == "publish":
        from .publish import run_publish

        return asyncio.run(run_publish(session, args))
    if args.command in WRITE_COMMANDS:
        from .write import run_write

        return asyncio.run(run_write(session, args))
    if args.command in ("subscribe", "unsubscribe", "subscriptions"):
        from .subscriptions import run_subscriptions

        return asyncio.run(run_subscriptions(session, args))
    if args.command == "sync":
        from .sync import run_sync

        return asyncio.run(run_sync(session, as_json=args.json))
    if args.command == "feeds" or (args.command == "timeline" and args.feed is not None):
        from .feeds import list_feeds, write_feed

        return asyncio.run((list_feeds if args.command == "feeds" else write_feed)(session, args))
    try:
        return _COMMANDS[args.command](session, args)
    finally:
        asyncio.run(session.close())


def _search(session: Session, args: argparse.Namespace) -> int:
    # The shell removed the quotes around phrases.
    query = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in args.words)
    found, total = session.queries.search(query, args.limit)
    with paged():
        for judged in found:
            write_post(judged, session.timeline.level, as_json=args.json)
    if total > len(found):
        print_error(f"{total} posts match; these are the newest {len(found)} (--limit N shows more).")
    elif not found:
        print_error("no stored post matches.")
    return 0


def _mark(session: Session, args: argparse.Namespace) -> int:
    change = session.marks.set_stored(args.post, args.category)
    if change is not None:
        _say_change(session, change)
    else:
        print_text(f"already marked {args.category}")
    return 0


def _say_change(session: Session, change: Change, note: str = "") -> None:
    text = change_text(change, session.clock.now())
    print_text(f"{text}; {note}" if note else text)


def _unmark(session: Session, args: argparse.Namespace) -> int:
    _say_change(session, session.marks.remove(session.marks.find(args.post)))
    return 0


def _vouch(session: Session, args: argparse.Namespace) -> int:
    word: PersonWord | None = "vouched" if args.command == "vouch" else None
    people, note = _named(session, args, "vouch applies as soon as they post")
    for person in people:
        _say_change(session, session.people.set_mark(person, word), note if word else "")
    return 0


def _mute(session: Session, args: argparse.Namespace) -> int:
    end: datetime | None = None
    if args.command == "mute":
        if args.span is None:
            end = FOREVER
        else:
            end = session.clock.now() + args.span
    people, note = _named(session, args, "mute applies as soon as they post")
    for person in people:
        _say_change(session, session.people.set_mute(person, end), note if end else "")
    return 0


def _named(session: Session, args: argparse.Namespace, holds: str) -> tuple[list[Handle], str]:
    """The people with a name, and a note if no account has seen them.

    Raises NotFound for an unknown name that is not a complete handle, which is most likely a typing mistake.
    """
    people = session.people.find(args.handle)
    if people:
        return people, ""
    handle = handle_of(args.handle)
    taking_back = args.command in ("unvouch", "unmute")
    if not handle:
        raise UsageError("The handle is empty.")
    if not taking_back and not args.yes and not is_whole_handle(args.handle):
        raise NotFound(
            f"No account has seen {handle}, and it is not a complete handle such as {example_handles()}:"
            " check the spelling (--yes accepts it)."
        )
    return [Handle("", "", handle)], f"no account has seen that name yet, so check the spelling: the {holds}"


def _import(session: Session, args: argparse.Namespace) -> int:
    from .importing import run_import

    return run_import(session, args)


def _export(session: Session, args: argparse.Namespace) -> int:
    for record in session.transfer.export(args.what):
        write_json(record)
    return 0


_COMMANDS = {
    "timeline": write_timeline,
    "search": _search,
    "mark": _mark,
    "unmark": _unmark,
    "vouch": _vouch,
    "unvouch": _vouch,
    "mute": _mute,
    "unmute": _mute,
    "export": _export,
    "import": _import,
}
