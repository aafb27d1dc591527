"""How the screens look: golden text of those that do not depend on judging, and the contrast in both themes.

`pytest tests/tui --snapshot-update` rewrites the golden files and the pictures of test_snapshots.py; check the changes
before committing them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietfeed.session import open_session

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens

GOLDEN = Path(__file__).parent / "golden"
SIZES = [(80, 24), (120, 40)]
SCREENS = {"feed": [], "tray": ["h"], "training": ["t"], "detail": ["j", "enter"], "person": ["j", "a"], "all": ["1"]}
PANELS = {"why": ["j", "w"], "help": ["question_mark"], "report": ["S"]}


def sized(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=sized)
@pytest.mark.parametrize(("name", "keys"), [("welcome", []), ("signin", ["enter"]), ("help", ["3", "question_mark"])])
async def test_the_screen_is_as_it_was(
    opened: "Open", request: pytest.FixtureRequest, tmp_path: Path, name: str, keys: list[str], size: tuple[int, int]
) -> None:
    async with opened(open_session(tmp_path), size=size) as screens:
        await screens.press(*keys)
        text = screens.text()
        if name == "help":
            text = screens.line("panel-text").replace(str(tmp_path), "/home/june")
    path = GOLDEN / f"{name}-{sized(size)}.txt"
    if request.config.getoption("update_snapshots", False):
        path.write_text(f"{text}\n", "utf-8")
    assert f"{text}\n" == path.read_text("utf-8")


def worst_contrast(screens: "Screens") -> tuple[float, str]:
    """The least readable text on the screen: its contrast (WCAG 2.2) and itself."""

    def luminance(triplet: tuple[int, int, int]) -> float:
        parts = [value / 255 for value in triplet]
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    worst = (21.0, "")
    for line in screens.app.screen._compositor.render_strips():
        for segment in line:
            style = segment.style
            if not any(letter.isalnum() for letter in segment.text) or style is None:
                continue
            assert style.color is not None
            assert style.bgcolor is not None
            pair = sorted(
                (luminance(style.color.get_truecolor()), luminance(style.bgcolor.get_truecolor())), reverse=True
            )
            worst = min(worst, ((pair[0] + 0.05) / (pair[1] + 0.05), segment.text))
    return worst


@pytest.mark.parametrize("theme", ["quiet-dark", "quiet-light"])
@pytest.mark.parametrize("name", SCREENS)
async def test_everything_on_a_screen_is_readable(opened: "Open", name: str, theme: str) -> None:
    async with opened(size=(120, 40)) as screens:
        screens.app.theme = theme
        await screens.press(*SCREENS[name])
        contrast, text = worst_contrast(screens)
        assert contrast >= 4.5, text


@pytest.mark.parametrize("size", [(40, 16), (200, 60)], ids=sized)
@pytest.mark.parametrize("name", [*SCREENS, *PANELS])
async def test_every_screen_fits_its_terminal(opened: "Open", name: str, size: tuple[int, int]) -> None:
    async with opened(size=size) as screens:
        await screens.press(*{**SCREENS, **PANELS}[name])
        lines = screens.text().splitlines()
        assert len(lines) == size[1]
        assert "Traceback" not in screens.text()
        assert sum(bool(line.strip()) for line in lines) > 3
