"""`quietfeed post` and `edit`. A post is stored as a draft first, then sent at once."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ..codec.fields import write_time
from ..models.action import Compose, Edit
from ..models.action_kinds import kind_of
from ..models.draft import Draft, DraftMedia, DraftPoll
from ..models.errors import UsageError
from ..models.text import clean_line
from ..phrases.actions import failed_sentence, subject_name, unsent_sentence
from ..phrases.composing import NOTHING_WRITTEN, audience_text, length_text, parts_text, scheduled_text, uploading_text
from ..phrases.outbox import account_option
from ..phrases.when import parse_moment
from ..session import OutboxEntry, Session
from ..session.events import Uploading
from .act_commands import find_post
from .drafts import run_drafts
from .output import open_input, print_error, print_text, write_json


async def run_write(session: Session, args: argparse.Namespace) -> int:
    """Send, edit, or list drafts; 1 if it could not be done. Raises QuietfeedError."""
    try:
        if args.command == "drafts":
            return run_drafts(session, args)
        if args.command == "edit":
            return await _edit(session, args)
        return await _post(session, args)
    finally:
        await session.close()


async def _post(session: Session, args: argparse.Namespace) -> int:
    composing = session.composing
    draft, number = await _start(session, args)
    accounts = tuple(dict.fromkeys(session.signing_in.one_named(name).key for name in args.account or ()))
    if accounts:
        draft = composing.with_accounts(draft, accounts)
    draft = await composing.prepare(draft)
    draft = _with_options(draft, args)
    if args.at:
        draft = replace(draft, scheduled_at=parse_moment(args.at, session.clock.now()))
    if args.dry_run:
        return _show(session, draft, as_json=args.json)
    return await _send(session, draft, number, as_json=args.json)


async def _start(session: Session, args: argparse.Namespace) -> tuple[Draft, int]:
    """The draft that the options name, and its number; 0 for a new one."""
    composing, only = session.composing, (args.account or [None])[0]
    if args.draft is not None:
        draft = composing.unsent(args.draft).draft
        if args.text is not None:
            draft = replace(draft, text=_text(args.text))
        return draft, args.draft
    # Attachments or a poll are a post without a text, so do not read standard input.
    bare = args.text is None and (args.media or args.poll) and sys.stdin.isatty()
    text = "" if bare else _text(args.text)
    if args.reply_to:
        draft = composing.reply(find_post(session, args.reply_to, only))
        draft = replace(draft, text=_addressed(draft.text, text))
    elif args.quote:
        draft = replace(await composing.quote(find_post(session, args.quote, only)), text=text)
    else:
        account = session.signing_in.one_named(only) if only else None
        draft = replace(composing.new(account), text=text)
    if args.reply_to and args.quote:
        quoting = await composing.quote(find_post(session, args.quote, only))
        draft = replace(draft, quote=quoting.quote)
    return draft, 0


def _addressed(mentions: str, text: str) -> str:
    """A reply with the people it mentions. People the text already mentions are not repeated."""
    missing = [each for each in mentions.split() if each.casefold() not in text.casefold()]
    return " ".join([*missing, text])


def _text(given: str | None) -> str:
    """The text of an argument, or of standard input."""
    if given is not None and given != "-":
        return given
    with open_input("-") as file:
        return file.read().rstrip("\n")


def _with_options(draft: Draft, args: argparse.Namespace) -> Draft:
    changes: dict[str, Any] = {}
    for option, field in (("visibility", "visibility"), ("warning", "warning"), ("lang", "language"),
                          ("quote_policy", "quote_policy"), ("threadgate", "threadgate")):  # fmt: skip
        if getattr(args, option) is not None:
            changes[field] = getattr(args, option)
    if args.media:
        alts = _alts(args.alt, len(args.media))
        changes["media"] = tuple(DraftMedia(path, alts.get(number, "")) for number, path in enumerate(args.media, 1))
    elif args.alt:
        raise UsageError("--alt describes a file: give --media before it.")
    if args.poll:
        changes["poll"] = DraftPoll(tuple(args.poll), round(args.poll_for.total_seconds()), args.poll_multiple)
    if args.thread:
        changes["thread"] = True
    if args.no_card:
        changes["card"] = False
    return replace(draft, **changes)


def _alts(given: list[tuple[int, str]], files: int) -> dict[int, str]:
    """The description of each file, by its number from 1. All descriptions may also follow all files."""
    texts = [text for _, text in given]
    if len(texts) == files:
        return dict(enumerate(texts, 1))
    found = {number: text for number, text in given if number}
    if len(found) < len(texts):
        raise UsageError("--alt describes the --media before it: give at most one for each file.")
    return found


async def _edit(session: Session, args: argparse.Namespace) -> int:
    composing = session.composing
    key = find_post(session, args.post, args.account)
    draft = replace(await composing.edit(key), text=_text(args.text))
    await composing.prepare(draft)
    if args.warning is not None:
        draft = replace(draft, warning=args.warning)
    if args.dry_run:
        return _show(session, draft, as_json=args.json)
    if composing.replaces(draft) and not args.yes:
        question = "This network has no edits: the post will be deleted and sent again, without its likes and replies."
        if not sys.stdin.isatty() or args.text in (None, "-"):
            raise UsageError(f"{question} Confirm with --yes.")
        from .asking import agreed

        if not agreed(f"{question} Go on?"):
            return 1
    return await _send(session, draft, 0, as_json=args.json)


async def _send(session: Session, draft: Draft, number: int, *, as_json: bool) -> int:
    for warning in session.composing.warnings(draft):
        print_error(warning)
    if draft.is_empty:
        raise UsageError(NOTHING_WRITTEN)
    states: list[str] = []

    def sent(entry: OutboxEntry) -> None:
        states.append(entry.state)
        _print_sent(session, entry, as_json=as_json)

    unsubscribe = _show_uploads(session)
    await session.delivery.post(draft, number, sent)
    unsubscribe()
    return int(any(state != "done" for state in states))


def _show_uploads(session: Session) -> Callable[[], None]:
    """Show the progress of uploads on a terminal, in one line. Returns a function that ends it."""
    if not sys.stderr.isatty():
        return lambda: None

    def show(event: Uploading) -> None:
        end = "\n" if event.percent == 100 else "\r"
        print(clean_line(uploading_text(event.name, event.percent, event.total)), end=end, file=sys.stderr, flush=True)

    return session.events.subscribe(Uploading, show)


def _print_sent(session: Session, entry: OutboxEntry, *, as_json: bool) -> None:
    post = entry.receipt.record_id if entry.receipt else ""
    judged = session.timeline.get_or_load([(entry.account, post)]) if post else []
    url = judged[0].post.url if judged else ""
    kind, draft = kind_of(entry.action), _draft_of(entry)
    edited = draft.edits is not None
    undo = None
    if post and not edited:
        undo = f"quietfeed delete {post} --yes{account_option(entry.action, session.accounts)}"
    if as_json:
        record = {
            "id": entry.id,
            "kind": kind.name,
            "account": entry.account,
            "post": post or None,
            "url": url or None,
            "state": entry.state,
            "reason": entry.reason or None,
            "draft": getattr(entry.action, "draft_id", 0) if entry.state == "failed" else None,
            "sent_at": write_time(entry.sent_at),
            "undo": undo,
        }
        write_json({name: value for name, value in record.items() if value is not None})
    if entry.state == "done":
        if entry.reason:
            print_error(entry.reason)
        if as_json:
            return
        if draft.scheduled_at is not None:
            print_text(f"{scheduled_text(draft.scheduled_at)}  {post}")
            print_text(f"undo: {undo}", whole=True)
            return
        print_text(f"{'edited' if edited else 'sent'}: {post}  {url}".rstrip())
        if undo is not None:
            print_text(f"undo: {undo}", whole=True)
        return
    about = subject_name(entry.action)
    if entry.state == "failed":
        number = getattr(entry.action, "draft_id", 0)
        print_error(f"{failed_sentence(kind.name, about, entry.reason)} The text is draft {number} again.")
    else:
        print_error(unsent_sentence(kind.name, about, entry.reason, entry.id))


def _draft_of(entry: OutboxEntry) -> Draft:
    if isinstance(entry.action, Compose | Edit):
        return entry.action.draft
    return Draft()


def _show(session: Session, draft: Draft, *, as_json: bool) -> int:
    """Print what would be sent; 1 if it could not be."""
    composing = session.composing
    problems, warnings, parts = composing.problems(draft), composing.warnings(draft), composing.parts(draft)
    if as_json:
        write_json(
            {
                "posts": [
                    {"account": each.account.key, "text": each.text, "length": each.length.count,
                     "limit": each.length.limit, "fits": each.length.fits}
                    for each in parts
                ],
                "visibility": draft.audience,
                "warning": draft.warning or None,
                "language": draft.language or None,
                "problems": problems,
                "warnings": warnings,
            }
        )  # fmt: skip
        return int(bool(problems))
    for key in draft.accounts:
        own = [each for each in parts if each.account.key == key]
        print_text(f"{own[0].account.name}: {parts_text(len(own))}, {audience_text(draft.audience)}")
        for each in own:
            print_text(f"  ({length_text(each.length)})")
            for line in each.text.splitlines() or [""]:
                print_text(f"  | {line}")
    for sentence in (*problems, *warnings):
        print_error(sentence)
    return int(bool(problems))
