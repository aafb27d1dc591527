"""`quietfeed like`, `unlike` and `outbox`: actions on servers, sent at once, and what became of them."""

import argparse
from typing import Any

from ..codec.fields import write_time
from ..models.action import Receipt
from ..models.action_kinds import kind_of, order_key
from ..models.errors import NotFound
from ..models.view import UNCHANGED, Change, PostKey
from ..phrases.actions import done_sentence, failed_sentence, subject_name, undo_command, unsent_sentence
from ..phrases.changes import change_text
from ..session import OutboxEntry, Session
from .output import print_error, say, write_json

_WAIT = 20.0
"""Seconds that a command waits for a server."""


async def run_action(session: Session, args: argparse.Namespace) -> int:
    """Like a post or take the like back; 1 where it could not be done. Raises QuietfeedError."""
    try:
        key = find_post(session, args.post, args.account)
        outbox, kind = session.outbox, args.command
        change = await session.actions.on_post(kind, key)
        entry = session.actions.newest(kind, key)
        if change.kind in UNCHANGED and (entry is None or entry.state == "done"):
            return _nothing(session, change, kind, as_json=args.json)
        if entry is None or kind_of(entry.action).name != kind:
            # The opposite was not sent yet, and is dropped.
            say(change_text(change, session.clock.now()))
            return 0
        return _told(await outbox.deliver(entry.id, _WAIT), as_json=args.json)
    finally:
        await session.close()


async def run_outbox(session: Session, args: argparse.Namespace) -> int:
    """List the outbox, or retry or drop one action of it. Raises QuietfeedError."""
    try:
        if args.action is None:
            return _list(session, as_json=args.json)
        if args.action == "drop":
            session.outbox.drop(args.id)
            say(f"action {args.id} is dropped")
            return 0
        session.outbox.confirm(args.id)
        return _told(await session.outbox.deliver(args.id, _WAIT), as_json=args.json)
    finally:
        await session.close()


async def send_waiting(session: Session) -> bool:
    """Send what is due, before news is asked for; whether something was refused."""
    before = {entry.id for entry in session.outbox.entries() if entry.state == "failed"}
    await session.outbox.send_due()
    refused = [entry for entry in session.outbox.entries() if entry.state == "failed" and entry.id not in before]
    for entry in refused:
        print_error(_sentence(entry))
    return bool(refused)


def find_post(session: Session, given: str, account: str | None) -> PostKey:
    """The post that an id or an address names, in one account. Raises NotFound."""
    keys = session.timeline.keys_of(given)
    if account is not None:
        named = {each.key for each in session.signing_in.named(account)}
        keys = [key for key in keys if key[0] in named]
    if not keys:
        raise NotFound(f"There is no post {given}: `quietfeed sync` fetches posts, `timeline --all --json` lists them.")
    if len(keys) > 1:
        raise NotFound(f"More than one account has the post {given}: --account A names the one that acts.")
    return keys[0]


def _list(session: Session, *, as_json: bool) -> int:
    for entry in session.outbox.entries():
        waits = session.outbox.needs_confirmation(entry)
        if as_json:
            write_json(_record(entry) | ({"needs_confirmation": True} if waits else {}))
            continue
        state = "waits for you" if waits else entry.state
        at = entry.queued_at.astimezone().strftime("%Y-%m-%d %H:%M")
        line = f"{entry.id}  {at}  {state}  {kind_of(entry.action).name} {order_key(entry.action).partition(':')[2]}"
        say(f"{line}  {entry.reason}" if entry.reason else line)
        if waits:
            say(f"    quietfeed outbox retry {entry.id} sends it, quietfeed outbox drop {entry.id} forgets it")
    return 0


def _told(entry: OutboxEntry, *, as_json: bool) -> int:
    if as_json:
        write_json(_record(entry))
    if entry.state == "done":
        if not as_json:
            say(_sentence(entry))
            undo = undo_command(entry.action)
            if undo is not None:
                say(f"undo: {undo}")
        return 0
    print_error(_sentence(entry))
    return 1


def _nothing(session: Session, change: Change, kind: str, *, as_json: bool) -> int:
    assert change.key is not None
    if as_json:
        write_json({"kind": kind, "account": change.key[0], "post": change.key[1], "state": "done", "changed": False})
    else:
        say(change_text(change, session.clock.now()))
    return 0


def _sentence(entry: OutboxEntry) -> str:
    kind, about = kind_of(entry.action).name, subject_name(entry.action)
    if entry.state == "done":
        return done_sentence(kind, about, entry.receipt or Receipt())
    if entry.state == "failed":
        return failed_sentence(kind, about, entry.reason)
    return unsent_sentence(kind, about, entry.reason, entry.id)


def _record(entry: OutboxEntry) -> dict[str, Any]:
    target, kind = entry.action.target, kind_of(entry.action)
    record: dict[str, Any] = {
        "id": entry.id,
        "kind": kind.name,
        "account": entry.account,
        "post": target.item_id or target.post_id or None,
        "person": target.handle if kind.subject == "person" else None,
        "tag": target.tag or None,
        "url": target.url or None,
        "state": entry.state,
        "reason": entry.reason or None,
        "attempts": entry.attempts,
        "created_at": write_time(entry.queued_at),
        "hold_until": write_time(entry.hold_until),
        "next_at": write_time(entry.next_at) if entry.state in ("pending", "unclear") else None,
        "sent_at": write_time(entry.sent_at),
        "receipt": (entry.receipt.record_id or None) if entry.receipt else None,
        "undo": undo_command(entry.action) if entry.state == "done" else None,
    }
    return {name: value for name, value in record.items() if value is not None}
