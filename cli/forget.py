"""`quietfeed forget`: people, accounts or everything, after a question; prints what remains on servers."""

import argparse
import sys

from ..models.errors import UsageError
from ..models.forgotten import Forgotten
from ..phrases.forgetting import EVERYTHING_QUESTION, account_question, forgotten_sentences, person_question
from ..session import Session
from .asking import agreed
from .output import print_text


async def run_forget(session: Session, args: argparse.Namespace) -> int:
    """Forget the named person or account, or everything. Raises QuietfeedError."""
    try:
        if args.all and args.name is None:
            if _agreed(args, EVERYTHING_QUESTION):
                _report(await session.forgetting.forget_all())
            return 0
        if args.all or args.name is None:
            raise UsageError("Name a person or an account, or use --all alone.")
        done = await _forget(session, args)
        if done is not None:
            _report(done)
        return 0
    finally:
        await session.close()


async def _forget(session: Session, args: argparse.Namespace) -> Forgotten | None:
    accounts = session.forgetting.accounts_named(args.name)
    if len(accounts) > 1:
        raise UsageError(f"{args.name} names several accounts: `quietfeed account list` lists them.")
    if accounts:
        if _agreed(args, account_question(accounts[0].name)):
            return await session.forgetting.forget_account(accounts[0])
        return None
    people = session.forgetting.people_named(args.name)
    names = list(dict.fromkeys(each.handle for each in people))
    if _agreed(args, person_question(names)):
        return await session.forgetting.forget_people(people)
    return None


def _agreed(args: argparse.Namespace, question: str) -> bool:
    if args.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Without a terminal, confirm with --yes.")
    if agreed(question):
        return True
    print_text("nothing changed")
    return False


def _report(forgotten: Forgotten) -> None:
    for sentence in forgotten_sentences(forgotten):
        print_text(sentence)
