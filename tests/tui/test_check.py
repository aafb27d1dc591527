"""The safety check is offered in one line next to the timeline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietfeed.models.config import Config
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted


async def test_a_check_that_is_due_is_offered_and_not_forced(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    stars = [replace(scripted.star, id=f"star{n}", handle=f"star{n}@example.social") for n in range(15)]
    archive = scripted.store(tmp_path, [scripted.post(number, star) for number, star in enumerate(stars)])
    network = scripted.network([])
    # A week after the first start a check is due.
    before = Clock(lambda: datetime.now(UTC) - timedelta(days=8))
    first = Session(archive, Config(), Accounts(archive, None, {network.account.key: network}), None, clock=before)
    assert first.safety.offer() == 0
    async with opened(scripted.session(network, tmp_path, archive), size=(80, 24)) as screens:
        await screens.settled()
        said = [notice.message for notice in screens.app._notifications]
        assert said == ["Safety check: should these 12 posts stay hidden? H shows them."]
        assert screens.names == ["HomeScreen"]


async def test_the_footer_of_a_check_names_its_answers(opened: "Open", demo_world: Callable[..., Session]) -> None:
    async with opened(demo_world(), size=(120, 40)) as screens:
        await screens.press("H")
        foot = screens.line("keys")
        assert "h right to hide" in foot
        assert "p bring back" in foot
        assert "h hidden" not in foot
