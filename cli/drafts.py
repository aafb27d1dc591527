"""`quietfeed drafts`: lists drafts, shows one, or deletes one."""

import argparse
from typing import Any

import msgspec

from ..codec.fields import write_time
from ..session import Session
from .act import keys_of
from .output import print_error, print_text, write_json


def run_drafts(session: Session, args: argparse.Namespace) -> int:
    """Run the command; returns the exit status. Raises QuietfeedError."""
    composing = session.composing
    if args.action == "delete":
        composing.delete(args.id)
        if args.json:
            write_json({"id": args.id, "state": "deleted"})
        else:
            print_text(f"deleted draft {args.id}")
        return 0
    if args.action == "show":
        stored = composing.draft(args.id)
        if args.json:
            write_json(_record(stored))
            return 0
        for line in stored.draft.text.splitlines():
            print_text(line)
        if stored.reason:
            print_error(stored.reason)
        return 0
    named = keys_of(session, args.account)
    for stored in composing.drafts():
        if named is not None and named.isdisjoint(stored.draft.accounts):
            continue
        if args.json:
            write_json(_record(stored))
            continue
        at = stored.at.astimezone().strftime("%Y-%m-%d %H:%M")
        state = "  in the outbox" if stored.queued else ""
        first = " ".join(stored.draft.text.split())[:60]
        print_text(f"{stored.id}  {at}  {first}{state}")
        if stored.reason:
            print_text(f"    {stored.reason}")
    return 0


def _record(stored: Any) -> dict[str, Any]:
    draft = stored.draft
    record = {
        "id": stored.id,
        "text": draft.text,
        "accounts": list(draft.accounts),
        "changed_at": write_time(stored.at),
        "reply_to": draft.reply_to.post_id if draft.reply_to else None,
        "quote": draft.quote.post_id if draft.quote else None,
        "edits": draft.edits.post_id if draft.edits else None,
        "visibility": draft.audience,
        "warning": draft.warning or None,
        "language": draft.language or None,
        "media": [msgspec.structs.asdict(each) for each in draft.media] or None,
        "poll": list(draft.poll.options) if draft.poll else None,
        "at": write_time(draft.scheduled_at),
        "queued": stored.queued or None,
        "reason": stored.reason or None,
    }
    return {name: value for name, value in record.items() if value is not None}
