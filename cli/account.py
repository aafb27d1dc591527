"""`quietfeed account`: sign in, list, remove. Interactive, or with a token on standard input for scripts."""

import argparse
import asyncio
import os
import sys
import webbrowser
from getpass import getpass

from ..models.account import Account
from ..models.errors import UsageError
from ..session import Session, open_session
from .output import complain, say


def run_account(args: argparse.Namespace) -> int:
    """Run `account add`, `account list` or `account remove`. Raises QuietfeedError."""
    return asyncio.run(_run(open_session(), args))


async def _run(session: Session, args: argparse.Namespace) -> int:
    try:
        if args.action == "list":
            return _list(session)
        if args.action == "remove":
            return await _remove(session, args.account)
        return await _add(session, args)
    finally:
        await session.close()


def _list(session: Session) -> int:
    for account in session.accounts:
        say(f"{account.name}  {account.server}")
    return 0


async def _remove(session: Session, name: str) -> int:
    found = session.signing_in.named(name)
    names = ", ".join(account.name for account in found)
    if sys.stdin.isatty() and input(f"Sign out of {names} and forget what was fetched? [y/N] ").strip().lower() != "y":
        say("nothing was changed")
        return 0
    for account in found:
        await session.signing_in.remove(account)
        say(f"{account.name} is removed; your marks stay")
    return 0


async def _add(session: Session, args: argparse.Namespace) -> int:
    signing_in = session.signing_in
    if args.token_stdin:
        signing_in.words(args.network)
        # Typed by hand it is not shown; a script's is read as it is.
        token = (getpass("Token or app password: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
        if not token:
            raise UsageError("There is no token on standard input.")
        account = await signing_in.with_token(args.network, args.server, token, args.handle)
        return _added(session, account)
    if not sys.stdin.isatty():
        raise UsageError("Signing in asks questions: use a terminal, or --token-stdin with --server URL or --handle H.")
    words = signing_in.words(args.network)
    # A handle with a domain in it says where its account is.
    named = args.server or (args.handle if "." in (args.handle or "") else "")
    where = named or input(f"{words.question} (for example {words.example}) ").strip()
    if not where:
        raise UsageError("Signing in needs a server or a handle.")
    browser = not (os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
    url = await signing_in.begin(args.network, where, loopback=browser)
    say(f"Open this address and let quietfeed read your timeline:\n\n  {url}\n")
    if browser and await asyncio.to_thread(webbrowser.open, url):
        say("Waiting for your browser to come back (Ctrl+C leaves) ...")
        return _added(session, await signing_in.wait(args.handle))
    if browser:
        url = await signing_in.begin(args.network, where, loopback=False)
        say(f"No browser opened; this address works in any:\n\n  {url}\n")
    say(words.paste)
    code = await asyncio.to_thread(input, f"{words.pasted.capitalize()}: ")
    return _added(session, await signing_in.finish(code.strip(), args.handle))


def _added(session: Session, account: Account) -> int:
    say(f"Signed in as {account.handle}; the token is kept in {session.signing_in.where(account)}.")
    for warning in session.signing_in.warnings:
        complain(warning)
    return 0
