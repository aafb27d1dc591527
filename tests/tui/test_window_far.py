"""What is far from the cursor, while posts are selected."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietfeed.tui import window

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

KEPT = 120
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that a few dozen posts overflow."""
    monkeypatch.setattr(window, "SLICE", 10)
    monkeypatch.setattr(window, "BELOW", 20)
    monkeypatch.setattr(window, "STAY", 25)


def number_of(screens: "Screens") -> int:
    selected = screens.selected()
    assert selected is not None
    return int(selected[1])


async def test_a_selection_to_the_end_says_how_far_it_reaches_and_goes_on(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    session = scripted.session(scripted.network([]), tmp_path)
    session.archive.posts.keep(session.accounts[0].key, [scripted.post(n) for n in range(KEPT)], NOW)
    async with opened(session) as screens:
        await screens.press("V", "G")
        said = screens.line("saying")
        count = KEPT - number_of(screens)
        assert said == f"{count} selected, as far as is loaded: G again goes on to older posts"
        while number_of(screens):
            before = number_of(screens)
            await screens.press("G")
            assert number_of(screens) < before
        assert screens.session.complete
        await screens.press("s")
        assert screens.line("saying").startswith(f"marked {KEPT} posts sales")
        assert screens.session.marks == KEPT
        await screens.press("u")
        assert screens.session.marks == 0
