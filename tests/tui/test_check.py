"""The safety check is offered in one line beside the timeline."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietfeed.session.safety import SafetyService

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted


async def test_a_check_that_is_due_is_offered_and_not_forced(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SafetyService, "offer", lambda self: 12)
    network = scripted.network([scripted.post(number, scripted.friend) for number in range(3)])
    async with opened(scripted.session(network, tmp_path), size=(80, 24)) as screens:
        await screens.settled()
        said = [notice.message for notice in screens.app._notifications]
        assert said == ["Safety check: are these 12 hidden posts right to hide? H shows them, when you like."]
        assert screens.names == ["HomeScreen"]
