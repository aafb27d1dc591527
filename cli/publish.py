"""`quietfeed publish`: keeps a list of the people the user knows on a server, and undoes the last change."""

import argparse
from typing import Any

from ..models.errors import UsageError
from ..models.published import DEFAULT_NAME, ListPlan
from ..phrases.publishing import plan_lines, short_question
from ..session import Session
from .act import report_sent
from .asking import confirmed
from .output import print_text, write_json


async def run_publish(session: Session, args: argparse.Namespace) -> int:
    """Run the command. Raises QuietfeedError."""
    try:
        if args.undo and args.minimum is not None:
            raise UsageError("--undo cannot be used with --minimum.")
        account, publishing = session.publishing.account(args.to), session.publishing
        name = DEFAULT_NAME if args.list is None else args.list
        if args.undo:
            plan = publishing.undo_plan(account, name)
        else:
            if not args.dry_run:
                publishing.check(account)
            plan = await publishing.plan(account, name, args.minimum or "known")
        return await _publish(session, plan, args)
    finally:
        await session.close()


async def _publish(session: Session, plan: ListPlan, args: argparse.Namespace) -> int:
    if args.json:
        if args.dry_run or not plan.changes:
            write_json(_record(plan))
    else:
        for line in plan_lines(plan):
            print_text(line)
    if args.dry_run:
        return 0
    if not plan.changes:
        return 0
    if plan.public and plan.action.add and not confirmed(short_question(plan), yes=args.yes):
        print_text("nothing changed")
        return 0
    entry = await session.delivery.publish(plan)
    if entry is None:
        print_text("the change was not sent yet and is dropped")
        return 0
    return report_sent(session, entry, as_json=args.json)


def _record(plan: ListPlan) -> dict[str, Any]:
    return {
        "account": plan.account.key,
        "list": plan.action.target.list_name,
        "public": plan.public,
        "new": plan.is_new,
        "add": [each.handle for each in plan.action.add],
        "remove": [each.handle for each in plan.action.remove],
        "kept": plan.kept,
        "by_hand": plan.by_hand,
        "left_out": {reason: list(handles) for reason, handles in plan.left_out},
    }
