"""`quietfeed account`: sign in, list, refresh, remove. Interactive, or with a token on standard input for scripts."""

import argparse
import asyncio
import sys
from contextlib import suppress
from getpass import getpass

from ..models.account import Account
from ..models.errors import UsageError
from ..models.secrets import remember_secret
from ..models.signin import SignInPrompts
from ..phrases.changes import capital, count
from ..phrases.errors import error_text
from ..phrases.outbox import dropped_sentence
from ..session import Session, TokenFileNeeded
from ..session.browser import can_open, draws_on_terminal, open_without_waiting
from .asking import agreed, ask
from .output import NO_ACCOUNT, print_error, print_text


def run_account(session: Session, args: argparse.Namespace) -> int:
    """Run `account add`, `list`, `refresh` or `remove`. Raises QuietfeedError."""
    return asyncio.run(_run(session, args))


async def _run(session: Session, args: argparse.Namespace) -> int:
    try:
        if args.action == "list":
            return _list(session)
        if args.action == "remove":
            return await _remove(session, args.account)
        if args.action == "refresh":
            return await _refresh(session, args)
        return await _add(session, args)
    finally:
        await session.close()


def _list(session: Session) -> int:
    for account in session.accounts:
        where = account.server
        if account == session.subscriptions.account:
            where = count(len(session.subscriptions.all()), "subscription")
        print_text(f"{account.name}  {where}{'  writing allowed' if account.writing else ''}")
    for account in session.signing_in.archived:
        print_text(f"{account.name}  imported archive")
    if not session.accounts:
        print_error(NO_ACCOUNT)
    return 0


async def _remove(session: Session, name: str) -> int:
    found = session.signing_in.named(name)
    if not sys.stdin.isatty():
        # Nobody is asked, so only one account is removed.
        found = [session.signing_in.one_named(name)]
    names = ", ".join(account.name for account in found)
    question = f"Sign out of {names} and delete the fetched data?"
    if session.subscriptions.account in found:
        question = f"Unsubscribe from everything ({names}) and delete the fetched data?"
    keys = {account.key for account in found}
    unsent = sum(each.account in keys and each.state != "failed" for each in session.outbox.undone())
    dropped = dropped_sentence(unsent) if unsent else ""
    if sys.stdin.isatty() and not agreed(f"{question} {dropped}".rstrip()):
        print_text("nothing changed")
        return 0
    for account in found:
        await session.signing_in.remove(account)
        print_text(f"removed {account.name}; your marks stay")
    if dropped:
        print_error(dropped)
    return 0


async def _refresh(session: Session, args: argparse.Namespace) -> int:
    """Enable or disable writing, and sign in again if the sign-in lacks the permission."""
    account = session.signing_in.one_named(args.account)
    # A network without a sign-in has no prompts and says why.
    session.signing_in.flow.prompts(account.network)
    session.signing_in.flow.check_writing(account.network, args.write)
    if args.home_timeline or args.known_only:
        if not session.signing_in.spending.sign_in_price(account.network):
            raise UsageError(f"{account.name} does not charge: its home timeline is always read.")
        return await _set_home(session, account, args)
    if args.read_only:
        session.signing_in.set_writing(account, False)
        print_text(f"{account.name} is now read-only: no action is sent for it.")
        return 0
    if args.write and not args.token_stdin and await session.signing_in.allow_writing(account):
        print_text(f"Writing is allowed for {account.name}: only your own actions are sent.")
        return 0
    args.network, args.server, args.handle = account.network, account.server, account.handle
    if session.signing_in.spending.sign_in_price(account.network):
        args.server, args.client_id = "", args.client_id or await session.signing_in.start_of(account)
    args.write = args.write or account.writing
    return await _add(session, args)


async def _set_home(session: Session, account: Account, args: argparse.Namespace) -> int:
    """Read the home timeline of a network that charges, after its price was accepted, or stop reading it."""
    if args.home_timeline:
        _agree(session.signing_in.spending.home_price(account.network), "Read the home timeline at this price?", args)
        session.signing_in.spending.set_home(account.key, True)
        print_text(f"The next sync of {account.name} reads the home timeline.")
    else:
        session.signing_in.spending.set_home(account.key, False)
        print_text(f"The next sync of {account.name} reads only posts of people you know.")
    return 0


def _agree(price: str, question: str, args: argparse.Namespace) -> None:
    """Print the price, and ask. Raises UsageError if the user does not agree."""
    print_text(price)
    if args.yes:
        return
    if args.token_stdin or not sys.stdin.isatty():
        raise UsageError("This costs money: confirm the price with --yes.")
    if not agreed(question):
        raise UsageError("Nothing was requested and nothing was spent.")


async def _add(session: Session, args: argparse.Namespace) -> int:
    words = session.signing_in.flow.prompts(args.network)
    session.signing_in.flow.check_writing(args.network, args.write)
    interactive = sys.stdin.isatty()
    if not args.token_stdin and not interactive:
        raise UsageError("Signing in needs a terminal, or --token-stdin with --server URL or --handle H.")
    if price := session.signing_in.spending.sign_in_price(args.network):
        _agree(price, "Sign in at this price?", args)
    try:
        if args.token_stdin:
            account = await _with_token(session, args, interactive=interactive)
        else:
            account = await _in_browser(session, args, words)
    except TokenFileNeeded as error:
        print_text(f"{error_text(error)} {session.signing_in.file_consent()}")
        if not agreed("Store the token in this file?"):
            raise UsageError("Not signed in: the token can be stored neither in a keyring nor in the file.") from None
        account = await session.signing_in.flow.use_file()
    print_text(f"Signed in as {account.handle}; the token is stored in {await session.signing_in.where(account)}.")
    for warning in session.signing_in.flow.warnings:
        print_error(warning)
    return 0


async def _with_token(session: Session, args: argparse.Namespace, *, interactive: bool) -> Account:
    # A typed token is not shown on the terminal.
    token = (getpass("Token or app password: ") if interactive else sys.stdin.readline()).strip()
    if not token:
        raise UsageError("There is no token on standard input.")
    remember_secret(token)
    return await session.signing_in.flow.with_token(
        args.network, _start(args) or args.server, token, args.handle, allow_file=not interactive, writing=args.write
    )


async def _in_browser(session: Session, args: argparse.Namespace, words: SignInPrompts) -> Account:
    signing_in = session.signing_in
    # A handle with a domain contains the server of its account.
    named = _start(args) or args.server or (args.handle if "." in (args.handle or "") else "")
    where = named or ask(f"{words.question} (for example {words.example}) ").strip()
    if not where:
        raise UsageError(f"Signing in needs an answer: {words.question}")
    text_browser = draws_on_terminal()
    if can_open() or text_browser:
        url = await signing_in.flow.begin(args.network, where, loopback=True, writing=args.write)
    if signing_in.flow.listens:
        _show_address(url, writing=args.write)
        opening = asyncio.ensure_future(open_without_waiting(url))
        print_text("Waiting for the browser to return (Ctrl+C cancels) ...")
        sys.stdout.flush()
        waiting = asyncio.ensure_future(signing_in.flow.wait_for_code())
        # A text browser uses the terminal until the user quits it; others may stay open after the sign-in.
        await asyncio.wait((opening,) if text_browser else (opening, waiting), return_when=asyncio.FIRST_COMPLETED)
        if signing_in.flow.browser_returned or not opening.done() or opening.result():
            return await signing_in.flow.finish(await waiting, args.handle)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        print_text("No browser opened; open this address in any browser:")
    url = await signing_in.flow.begin(args.network, where, loopback=False, writing=args.write)
    _show_address(url, writing=args.write)
    print_text(words.paste)
    code = ask(f"{capital(words.pasted)}: ")
    return await signing_in.flow.finish(code, args.handle)


def _start(args: argparse.Namespace) -> str:
    """The start of a sign-in with a client ID: the ID, and in tests the server."""
    if args.client_id and args.server:
        return f"{args.client_id}@{args.server}"
    return str(args.client_id)


def _show_address(url: str, *, writing: bool) -> None:
    if writing:
        what = "read your timeline and send your posts and actions"
    else:
        what = "read your timeline"
    print_text(f"Open this address and let quietfeed {what}:\n\n  {url}\n")
