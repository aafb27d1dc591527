"""`quietfeed join` and `unjoin`: join and separate the handles of people, or list them."""

import argparse
import asyncio
from collections.abc import Sequence

from ..codec.fields import Record
from ..codec.ties import tie_to_record
from ..models.errors import NotFound, UsageError
from ..models.joined import Handle
from ..models.view import Change
from ..phrases.changes import change_text
from ..phrases.handles import handle_question
from ..phrases.joins import reason_text
from ..phrases.ties import tie_text
from ..session import Session
from .output import open_input, print_error, print_text, write_json


def run_join(session: Session, args: argparse.Namespace) -> int:
    """Run one of the two. Raises QuietfeedError."""
    try:
        if args.command == "unjoin":
            return _unjoin(session, args)
        if args.file is not None:
            return _join_file(session, args.file, as_json=args.json)
        if not args.handles:
            return _list(session, as_json=args.json)
        if len(args.handles) == 1:
            raise UsageError("join needs two handles of one person, or no handle to list joined people.")
        return _join(session, args.handles, as_json=args.json)
    finally:
        asyncio.run(session.close())


def _join(session: Session, names: Sequence[str], *, as_json: bool) -> int:
    people = [handle for name in names for handle in session.people.find_seen(name)]
    change = session.links.link(people[0].key, [each.key for each in people[1:]])
    return _answer(session, people[0], change, as_json=as_json)


def _join_file(session: Session, name: str, *, as_json: bool) -> int:
    """Join the handles on each line of a file. A line that cannot be joined does not stop the others."""
    failed = 0
    with open_input(name) as file:
        for number, line in enumerate(file, 1):
            handles = line.partition("#")[0].replace(",", " ").split()
            if not handles:
                continue
            try:
                if len(handles) < 2:
                    raise UsageError("a line needs two handles of one person")
                _join(session, handles, as_json=as_json)
            except (NotFound, UsageError) as error:
                print_error(f"line {number}: {error}")
                failed = 1
    return failed


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
        print_text(change_text(change, session.clock.now()))
    return 0


def _list(session: Session, *, as_json: bool) -> int:
    joins, proposed = session.links.all(), session.links.all_proposed()
    asked = session.people.handle_questions.open()
    for change in asked:
        if as_json:
            write_json({"to_confirm": {"handle": change.handle, "person": change.person_id, "account": change.account,
                                       "former": change.former, "kind": change.kind}})  # fmt: skip
        else:
            print_text(
                f"{handle_question(change)} `quietfeed vouch {change.handle}` confirms it,"
                f" `quietfeed unvouch {change.handle}` removes the vouch"
            )
    for join in joins:
        if as_json:
            _write(session, "joined", join.people)
        else:
            tie = session.people.tie_to(join.people[0].key)
            print_text(f"{_names(join.people)}: {tie.name}; {tie_text(tie)}")
    for each in proposed:
        pair = (each.one, each.other)
        if as_json:
            _write(session, "proposed", pair, {"reason": each.reason})
        else:
            command = f"`quietfeed join {pair[0].handle} {pair[1].handle}`"
            print_text(f"{_names(pair)}: {reason_text([each])}; {command} joins them")
    if not joins and not proposed and not asked and not as_json:
        print_text("no joined people and no proposals")
    return 0


def _write(session: Session, what: str, people: Sequence[Handle], more: Record | None = None) -> None:
    handles = [{"handle": each.handle, "person": each.person_id, "account": each.account} for each in people]
    record: Record = {what: handles, **(more or {})}
    if what == "joined":
        tie = session.people.tie_to(people[0].key)
        record |= {"tie": tie_to_record(tie.tie), "tie_name": tie.name, "evidence": tie_text(tie)}
    write_json(record)


def _names(people: Sequence[Handle]) -> str:
    return " and ".join(dict.fromkeys(f"{each.handle} ({each.network})" for each in people))
