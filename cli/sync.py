"""`quietfeed sync`: syncs everything once, and prints the result of each account."""

from ..models.errors import NotFound
from ..session import Session
from ..session.events import ActionChanged
from ..session.full_sync import Synced
from .output import NO_ACCOUNT, print_error, print_text, write_json


async def run_sync(session: Session, *, as_json: bool) -> int:
    """Run the command. Returns the exit status: 1 if an account failed or a server rejected an action."""
    failed = False

    def report(synced: Synced) -> None:
        nonlocal failed
        _write(synced, as_json=as_json)
        for error in synced.errors:
            print_error(f"{synced.account.name}: {error}")
            failed = True

    def changed(event: ActionChanged) -> None:
        nonlocal failed
        if event.state == "failed":
            print_error(event.message)
            failed = True

    session.events.subscribe(ActionChanged, changed)
    try:
        if not session.accounts:
            raise NotFound(NO_ACCOUNT)
        await session.sync.run(report, print_error)
    finally:
        await session.close()
    if failed:
        return 1
    return 0


def _write(synced: Synced, *, as_json: bool) -> None:
    if as_json:
        write_json(
            {
                "account": synced.account.key,
                "new": synced.new,
                "shown": synced.shown,
                "hidden": synced.hidden,
                "hidden_as": dict(synced.hidden_as),
                "kept": synced.stored,
                "troubles": list(synced.errors),
            }
        )
        return
    print_text(
        f"{synced.account.name}: {synced.new} new, {synced.shown} shown, {synced.hidden} hidden; {synced.stored} stored"
    )
