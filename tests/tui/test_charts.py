"""Charts: lengths match their values, nothing is lost, and they are distinguishable without colour."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from quietfeed.tui.widgets.charts import STYLES, bar, bars_down, bars_up, columns, left_bar, stacked, years
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.floats(-1, 2), st.integers(1, 120))
def test_a_bar_never_leaves_its_place(share: float, width: int) -> None:
    assert cell_len(bar(share, width)) <= width
    assert cell_len(left_bar(share, width)) == width


def test_a_bar_grows_by_eighths_and_shows_the_little() -> None:
    assert bar(0, 10) == ""
    assert bar(0.005, 10) == "▎"
    assert bar(0.5, 10) == "█████"
    assert bar(0.55, 10) == "█████▌"
    assert bar(1, 10) == "█" * 10
    assert left_bar(0.25, 2) == " ▐"


def drawn(pieces: list[str | tuple[str, str]]) -> str:
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)


@given(st.lists(st.sampled_from(sorted(STYLES)), unique=True), st.data(), st.integers(2, 100))
def test_stacked_shares_fit(kinds: list[str], data: st.DataObject, width: int) -> None:
    shares = [data.draw(st.floats(0, 1)) for _ in kinds]
    for colour in (True, False):
        pieces = stacked(list(zip(kinds, shares, strict=True)), width, colour=colour)
        assert cell_len(drawn(pieces)) <= width


def test_every_kind_that_is_more_than_nothing_shows() -> None:
    pieces = stacked([("celebrity", 0.98), ("sales", 0.001), ("spam", 0.001), ("muted", 0.0)], 40)
    styles = " ".join(piece[1] for piece in pieces)
    assert STYLES["sales"] in styles
    assert STYLES["spam"] in styles
    assert drawn(stacked([("celebrity", 0.5), ("sales", 0.5)], 4, colour=False)) == "▓▓▒▒"


def test_columns_show_the_little_and_the_most() -> None:
    assert columns([0, 1, 50, 100]) == " ▁▄█"
    assert columns([]) == ""


def test_the_years_of_a_contact_are_a_strip() -> None:
    contacts = [(datetime(2025, month, 3, tzinfo=UTC), month % 2 == 0) for month in range(1, 13)]
    strip = years(contacts, NOW, 40)
    assert strip is not None
    assert strip.axis == "2025┈┈┈┈┈┈┈┈2026┈┈┈┈┈┈┈"
    assert strip.theirs == (0, 1) * 6 + (0,) * 11
    assert strip.yours == (1, 0) * 6 + (0,) * 11
    assert (strip.months, strip.cell) == (1, 1)
    wide = years(contacts, NOW, 70)
    assert wide is not None
    assert wide.cell == 3
    assert bars_up(wide.theirs, wide.most, 1, wide.cell)[0].startswith("   ██    ██ ")


@pytest.mark.parametrize("width", [4, 12, 20, 60, 180])
def test_many_years_fit_any_width(width: int) -> None:
    contacts = [(datetime(year, 6, 1, tzinfo=UTC), True) for year in range(2007, 2027)]
    strip = years(contacts, NOW, width)
    assert strip is not None
    (theirs,) = bars_up(strip.theirs, strip.most, 1, strip.cell)
    (yours,) = bars_down(strip.yours, strip.most, 1, strip.cell)
    assert cell_len(theirs) == cell_len(yours) == cell_len(strip.axis) <= width
    assert "█" in theirs
    assert not yours.strip()


def test_both_ways_are_drawn_to_one_scale() -> None:
    contacts = [(datetime(2026, 3, 3, tzinfo=UTC), True)] * 16 + [(datetime(2026, 3, 3, tzinfo=UTC), False)]
    strip = years(contacts, NOW, 12)
    assert strip is not None
    assert "█" in bars_up(strip.theirs, strip.most, 1, strip.cell)[0]
    assert set(bars_up(strip.yours, strip.most, 1, strip.cell)[0]) == {" ", "▁"}


def test_columns_of_two_lines_grow_up_and_down() -> None:
    assert bars_up([0, 1, 8, 16], 16, 2) == ["   █", " ▁██"]
    assert bars_down([0, 1, 8, 16], 16, 2) == [" ▀██", "   █"]
    assert bars_down([0, 1, 8, 16], 16, 2, solid=True) == ["█▇  ", "███ "]


def test_without_interactions_no_strip_is_drawn() -> None:
    assert years([], NOW, 60) is None


async def test_the_report_follows_the_width_of_the_terminal(opened: "Open") -> None:
    async with opened(size=(120, 40)) as screens:
        await screens.press("S")
        assert screens.app.screen.query("#panel-rest")
        await screens.pilot.resize_terminal(80, 24)
        await screens.settled()
        assert not screens.app.screen.query("#panel-rest")
        assert "Hidden most often" in screens.line("panel-text")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_person_view_shows_the_years_of_a_contact(opened: "Open", size: tuple[int, int]) -> None:
    async with opened(size=size) as screens:
        screens.go_to(lambda judged: judged.tie_name == "close")
        await screens.press("a")
        title = screens.line("title").splitlines()
        axis = next(number for number, line in enumerate(title) if "2026┈" in line)
        assert set(title[axis - 1].removeprefix("they ")) <= set(" ▁▂▃▄▅▆▇█")
        assert title[axis + 1].startswith("you ")
        assert len(title) <= 14
        assert cell_len(max(title, key=cell_len)) <= size[0] * 2


async def test_without_colour_what_you_did_still_hangs(opened: "Open", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(size=(120, 40)) as screens:
        screens.go_to(lambda judged: judged.tie_name == "close")
        await screens.press("a")
        line = next(line for line in screens.line("title").splitlines() if line.startswith("you  "))
        assert set(line.removeprefix("you ")) - {" "}
        assert set(line.removeprefix("you ")) <= set(" ▀█")


async def test_the_report_shows_how_often_guesses_were_right(opened: "Open") -> None:
    async with opened(size=(120, 40)) as screens:
        await screens.press("1", "g")
        right = 0
        for _ in range(12):
            while screens.timeline.selected is not None and not isinstance(screens.timeline.selected, PostRow):
                await screens.press("j")
            row = screens.timeline.selected
            assert isinstance(row, PostRow)
            right += row.judged.verdict.category == "person"
            await screens.press("p")
        await screens.press("S")
        assert f"{right} of the last 12 guessed right" in screens.line("panel-text")
        assert "■ 12 person" in screens.line("panel-text")
