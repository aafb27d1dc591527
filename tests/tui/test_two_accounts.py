"""Two accounts: the suitable one acts and is named, and the user chooses which of them send a post."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.action import Action, ActionKey, Receipt
from quietfeed.models.config import Config
from quietfeed.models.tuning import Tuning
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted

WORK = Account("mastodon", "https://work.example", "june@work.example", "june")


class Pen:
    """A writer that records what it sends."""

    def __init__(self) -> None:
        self.sent: list[Action] = []

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        del key
        self.sent.append(action)
        return Receipt(f"made{len(self.sent)}")

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        del action, key
        return None


def two_accounts(scripted: "type[Scripted]", home: Path) -> tuple[Session, Pen, Pen]:
    """A session of two accounts that see the same post. The first only reads, the second can write."""
    archive = Archive(find_places(home).database)
    pens = Pen(), Pen()
    sources: dict[str, Any] = {}
    for pen, account in zip(pens, (scripted.me, WORK), strict=True):
        archive.add_account(account)
        network: Any = scripted.network([replace(scripted.post(0), account=account.key)])
        network.account, network.writer = account, pen
        sources[account.key] = network
    accounts = Accounts(archive, None, sources)
    session = Session(archive, Config(compose_delay=0), accounts, find_places(home), tuning=Tuning(step_pause=0.0))
    session.signing_in.set_writing(next(each for each in session.accounts if each.key == WORK.key), True)
    return session, *pens


async def test_the_account_that_may_write_acts_and_is_named(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    session, reads, writes = two_accounts(scripted, tmp_path)
    async with opened(session) as screens:
        screens.go_to(lambda judged: judged.post.account == scripted.me.key)
        await screens.press("l")
        assert [each.target.account for each in writes.sent] == [WORK.key]
        assert reads.sent == []
        assert screens.line("message") == f"liked: post of ada@example.social · as {WORK.name}"
        (entry,) = session.outbox.entries()
        assert entry.account == WORK.key
        await screens.press("r")
        assert WORK.name in screens.line("count")
        await screens.type("Hello")
        await screens.press("ctrl+t")
        # Another account does not see the post under this id.
        assert screens.line("message") == "only the account that sees the post can send this"


async def test_the_account_is_switched_while_composing_and_both_may_send(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    session, first, second = two_accounts(scripted, tmp_path)
    session.signing_in.set_writing(session.accounts[0], True)
    async with opened(session, size=(140, 32)) as screens:
        await screens.press("C")
        await screens.type("One text")
        assert f"· {scripted.me.name} ·" in screens.line("count")
        await screens.press("ctrl+t", "2")
        assert f"· {WORK.name} ·" in screens.line("count")
        await screens.press("ctrl+s")
        assert ([each.target.account for each in second.sent], first.sent) == ([WORK.key], [])
        await screens.press("C")
        await screens.type("To both")
        await screens.press("ctrl+t", "3")
        assert f"{scripted.me.name}, {WORK.name}" in screens.line("count")
        await screens.press("ctrl+s")
        assert [len(first.sent), len(second.sent)] == [1, 2]
