"""`quietfeed join` and `unjoin`: join and separate the handles of people, or list them."""

import argparse
import asyncio
from collections.abc import Sequence

from ..codec.fields import Record
from ..codec.records import tie_to_record
from ..models.errors import UsageError
from ..models.joined import Handle
from ..models.view import Change
from ..phrases.changes import change_text
from ..phrases.ties import tie_text
from ..session import Session
from .output import say, write_json


def run_join(session: Session, args: argparse.Namespace) -> int:
    """Run one of the two. Raises QuietfeedError."""
    try:
        if args.command == "unjoin":
            return _unjoin(session, args)
        if not args.handles:
            return _list(session, as_json=args.json)
        if len(args.handles) == 1:
            raise UsageError("join needs two handles of one person, or none to list who is joined.")
        people = [handle for name in args.handles for handle in session.people.find_seen(name)]
        effect = session.links.link(people[0].key, [each.key for each in people[1:]])
        return _answer(session, people[0], effect, as_json=args.json)
    finally:
        asyncio.run(session.close())


def _unjoin(session: Session, args: argparse.Namespace) -> int:
    one = session.people.find_seen(args.handle)
    others = session.people.find_seen(args.other) if args.other else []
    change: Change | None = None
    for handle in one:
        if not others:
            change = session.links.unlink(handle.key)
        for other in others:
            if other.key != handle.key:
                change = session.links.mark_distinct(handle.key, other.key)
    if change is None:
        raise UsageError("unjoin needs two different people, or one handle alone.")
    return _answer(session, one[0], change, as_json=args.json)


def _answer(session: Session, person: Handle, change: Change, *, as_json: bool) -> int:
    if as_json:
        _write(session, "joined", (person, *session.links.linked_with(person.key)))
    else:
        say(change_text(change, session.clock.now()))
    return 0


def _list(session: Session, *, as_json: bool) -> int:
    joins, proposed = session.links.all(), session.links.all_proposed()
    for join in joins:
        if as_json:
            _write(session, "joined", join.people)
        else:
            tie = session.people.tie_to(join.people[0].key)
            say(f"{_names(join.people)}: {tie.name}; {tie_text(tie)}")
    for pair in proposed:
        if as_json:
            _write(session, "proposed", pair)
        else:
            say(f"{_names(pair)} link to each other: `quietfeed join {pair[0].handle} {pair[1].handle}` joins them")
    if not joins and not proposed and not as_json:
        say("nobody is joined, and no profiles link to each other")
    return 0


def _write(session: Session, what: str, people: Sequence[Handle]) -> None:
    handles = [{"handle": each.handle, "person": each.person_id, "account": each.account} for each in people]
    record: Record = {what: handles}
    if what == "joined":
        tie = session.people.tie_to(people[0].key)
        record |= {"tie": tie_to_record(tie.tie), "tie_name": tie.name, "evidence": tie_text(tie)}
    write_json(record)


def _names(people: Sequence[Handle]) -> str:
    return " and ".join(dict.fromkeys(f"{each.handle} ({each.network})" for each in people))
