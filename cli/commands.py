"""What each command does, over the same session that the screens use."""

import argparse
import asyncio
from datetime import UTC, datetime

from ..models.account import Account
from ..models.errors import NotFound
from ..models.mark import PersonWord
from ..models.tie import FOREVER
from ..models.view import PostKey, RefreshResult
from ..session import Session, open_demo, open_session
from ..session.sync import ignore_progress
from .output import NO_ACCOUNT, complain, open_input, records, say, write_json
from .posts import write_post, write_timeline


def run_command(args: argparse.Namespace) -> int:
    """Run the command that was parsed. Raises QuietfeedError."""
    if args.command == "judge":
        from .judge import run_judge

        return run_judge(args)
    if args.command == "doctor":
        from .doctor import run_doctor

        return run_doctor()
    if args.command == "account":
        from .account import run_account

        return run_account(args)
    if args.command == "try":
        from .look import run_try

        return run_try(args)
    session = open_demo() if args.demo else open_session()
    if args.command in ("join", "unjoin"):
        from .join import run_join

        return run_join(session, args)
    if args.command == "sync":
        return asyncio.run(_sync(session, as_json=args.json))
    if args.command == "feeds" or (args.command == "timeline" and args.feed is not None):
        from .feeds import list_feeds, write_feed

        return asyncio.run((list_feeds if args.command == "feeds" else write_feed)(session, args))
    try:
        return _COMMANDS[args.command](session, args)
    finally:
        asyncio.run(session.close())


async def _sync(session: Session, *, as_json: bool) -> int:
    failed = False
    try:
        if not session.accounts:
            raise NotFound(NO_ACCOUNT)
        for account in session.accounts:
            arrival = await session.refresh(ignore_progress, [account])
            _write_arrival(session, account, arrival, as_json=as_json)
            for trouble in arrival.troubles:
                complain(f"{account.key}: {trouble}")
                failed = True
        session.train_pending()
    finally:
        await session.close()
    return 1 if failed else 0


def _write_arrival(session: Session, account: Account, arrival: RefreshResult, *, as_json: bool) -> None:
    kept = session.archive.posts.count(account.key)
    if as_json:
        write_json(
            {
                "account": account.key,
                "new": len(arrival.new),
                "shown": arrival.shown,
                "hidden": arrival.hidden,
                "hidden_as": dict(session.count_hidden(arrival.new)),
                "kept": kept,
                "troubles": list(arrival.troubles),
            }
        )
        return
    say(f"{account.key}: {len(arrival.new)} new, {arrival.shown} shown, {arrival.hidden} hidden; {kept} kept")


def _search(session: Session, args: argparse.Namespace) -> int:
    session.train_pending()
    # The shell has taken the quotes away from words that were to stay together.
    query = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in args.words)
    found, total = session.find(query, args.limit)
    for judged in found:
        write_post(judged, session.level, as_json=args.json)
    if total > len(found):
        complain(f"{total} posts hold these words; these are the newest {len(found)} (--limit N shows more).")
    elif not found:
        complain("nothing that is kept holds these words.")
    return 0


def _mark(session: Session, args: argparse.Namespace) -> int:
    key = _find_post(session, args.post)
    # The key takes a mark back when it is pressed again; a script that says the same twice means the same.
    judged = session.judged(key)
    if judged is None or judged.mark != args.category:
        say(session.mark(key, args.category).sentence)
    else:
        say(f"it is marked {args.category} already")
    return 0


def _unmark(session: Session, args: argparse.Namespace) -> int:
    key = _one(args.post, sorted({*session.archive.marks.with_id(args.post)}), "There is no mark on a post")
    say(session.unmark(key).sentence)
    return 0


def _vouch(session: Session, args: argparse.Namespace) -> int:
    word: PersonWord | None = "vouched" if args.command == "vouch" else None
    handle = args.handle.strip().removeprefix("@")
    people = session.archive.posts.find_people(handle)
    for account, person in people:
        say(session.set_person_mark(account, person.id, person.handle, word).sentence)
    if people:
        return 0
    effect = session.set_person_mark("", "", handle, word)
    say(f"{effect.sentence}; nobody of that name was seen yet" if word else effect.sentence)
    return 0


def _mute(session: Session, args: argparse.Namespace) -> int:
    end: datetime | None = None
    if args.command == "mute":
        end = FOREVER if args.span is None else datetime.now(UTC) + args.span
    handle = args.handle.strip().removeprefix("@")
    people = session.archive.posts.find_people(handle)
    for account, person in people:
        say(session.set_mute(account, person.id, person.handle, end).sentence)
    if people:
        return 0
    effect = session.set_mute("", "", handle, end)
    say(f"{effect.sentence}; nobody of that name was seen yet" if end else effect.sentence)
    return 0


def _find_post(session: Session, post_id: str) -> PostKey:
    key = _one(post_id, session.archive.posts.with_id(post_id), "There is no post")
    session.look_up(key)
    return key


def _one(post_id: str, keys: list[PostKey], none: str) -> PostKey:
    if not keys:
        raise NotFound(f"{none} {post_id}: `quietfeed timeline --all --json` lists the ids.")
    if len(keys) > 1:
        raise NotFound(f"More than one account has a post {post_id}: mark it in the timeline itself.")
    return keys[0]


def _export(session: Session, args: argparse.Namespace) -> int:
    for record in session.export(args.what):
        write_json(record)
    return 0


def _import(session: Session, args: argparse.Namespace) -> int:
    failed = 0
    with open_input(args.file) as file:
        parsed = list(records(file))
    good = [(number, record) for number, record in parsed if isinstance(record, dict)]
    counts, troubles = session.import_records(good)
    for number, record in parsed:
        if not isinstance(record, dict):
            troubles.append((number, str(record)))
    for number, sentence in sorted(troubles):
        complain(f"line {number}: {sentence}")
        failed = 1
    say(", ".join(f"{count} {what}" for what, count in counts.items()))
    return failed


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
