"""Runs the commands for actions on servers and `quietfeed outbox`: sends actions at once and prints the results."""

import argparse
from typing import Any

from ..codec.fields import write_time
from ..models.action import Action, Compose, Edit, Receipt
from ..models.action_kinds import kind_of
from ..models.view import UNCHANGED
from ..phrases.actions import done_sentence, failed_sentence, subject_name, unsent_sentence
from ..phrases.changes import change_text
from ..phrases.outbox import outbox_text, undo_command
from ..session import OutboxEntry, Session
from .act_commands import read_command, write_command
from .output import print_error, print_text, write_json


async def run_action(session: Session, args: argparse.Namespace) -> int:
    """Run an action command. Returns the exit status, 1 if the action failed. Raises QuietfeedError."""
    try:
        if (read := read_command(args)) is not None:
            return await read(session, args)
        done = await write_command(args)(session, args)
        if done is None:
            print_text("nothing changed")
            return 0
        if done.entry is not None:
            return report_sent(session, done.entry, as_json=args.json)
        if done.change.kind in UNCHANGED and args.json:
            write_json(_about(done.action) | {"state": "done", "changed": False})
        else:
            print_text(change_text(done.change, session.clock.now()))
        return 0
    finally:
        await session.close()


async def run_outbox(session: Session, args: argparse.Namespace) -> int:
    """List the outbox, or retry or drop one action of it. Raises QuietfeedError."""
    try:
        if args.action is None:
            return _list(session, args.account, as_json=args.json)
        if args.action == "drop":
            session.outbox.drop(args.id)
            if args.json:
                write_json({"id": args.id, "state": "dropped"})
            else:
                print_text(f"dropped action {args.id}")
            return 0
        return report_sent(session, await session.delivery.retry(args.id), as_json=args.json)
    finally:
        await session.close()


def _list(session: Session, account: str | None, *, as_json: bool) -> int:
    named = keys_of(session, account)
    for entry in session.outbox.entries():
        if named is not None and entry.account not in named:
            continue
        unconfirmed = session.outbox.needs_confirmation(entry)
        if as_json:
            record = _record(session, entry)
            if unconfirmed:
                record["needs_confirmation"] = True
            write_json(record)
            continue
        state = "needs your decision" if unconfirmed else entry.state
        at = entry.queued_at.astimezone().strftime("%Y-%m-%d %H:%M")
        line = f"{entry.id}  {at}  {state}  {outbox_text(entry.action)}"
        if len(session.accounts) > 1:
            line = f"{line}  ({entry.account})"
        if entry.reason:
            line = f"{line}  {entry.reason}"
        print_text(line)
        if unconfirmed:
            print_text(f"    quietfeed outbox retry {entry.id} sends it, quietfeed outbox drop {entry.id} removes it")
    return 0


def keys_of(session: Session, name: str | None) -> set[str] | None:
    """The keys of the accounts with a name; None without a name, for any account. Raises NotFound."""
    if name is None:
        return None
    return {each.key for each in session.signing_in.named(name)}


def report_sent(session: Session, entry: OutboxEntry, *, as_json: bool) -> int:
    """Print the result of an action. Returns the exit status."""
    if as_json:
        write_json(_record(session, entry))
    if entry.state == "done":
        if not as_json:
            print_text(_sentence(entry))
            undo = undo_command(entry.action, session.accounts)
            if undo is not None:
                print_text(f"undo: {undo}", whole=True)
        return 0
    print_error(_sentence(entry))
    return 1


def _sentence(entry: OutboxEntry) -> str:
    kind, about = kind_of(entry.action).name, subject_name(entry.action)
    if entry.state == "done":
        return done_sentence(kind, about, entry.receipt or Receipt(), entry.reason)
    if entry.state == "failed":
        return failed_sentence(kind, about, entry.reason)
    return unsent_sentence(kind, about, entry.reason, entry.id)


def _about(action: Action) -> dict[str, Any]:
    target, kind = action.target, kind_of(action)
    record = {
        "kind": kind.name,
        "account": target.account,
        "post": target.item_id or target.post_id,
        "person": target.handle if kind.subject == "person" else "",
        "tag": target.tag,
        "list": target.list_name,
        "text": action.draft.text if isinstance(action, Compose | Edit) else "",
        "url": target.url,
    }
    return {name: value for name, value in record.items() if value}


def _record(session: Session, entry: OutboxEntry) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": entry.id,
        **_about(entry.action),
        "state": entry.state,
        "reason": entry.reason or None,
        "attempts": entry.attempts,
        "created_at": write_time(entry.queued_at),
        "hold_until": write_time(entry.hold_until),
        "next_at": write_time(entry.next_at) if entry.state in ("pending", "unclear") else None,
        "sent_at": write_time(entry.sent_at),
        "receipt": (entry.receipt.record_id or None) if entry.receipt else None,
        "requested": (entry.receipt.requested or None) if entry.receipt else None,
        "undo": undo_command(entry.action, session.accounts) if entry.state == "done" else None,
    }
    return {name: value for name, value in record.items() if value is not None}
