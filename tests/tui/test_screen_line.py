"""A cached line draws the same as Textual's Strip, with less memory."""

import gc

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.cache import FIFOCache
from textual.strip import Strip

from quietfeed.tui.widgets.row_painter import ScreenLine

BOLD = Style(bold=True)
SEGMENTS = [Segment("▌ ", BOLD), Segment("日本 and a tail", None), Segment("  ", BOLD)]
WIDTH = sum(each.cell_length for each in SEGMENTS)


def line() -> ScreenLine:
    return ScreenLine(SEGMENTS, WIDTH)


@pytest.mark.parametrize("cuts", [[WIDTH], [5, WIDTH], [3, 5, WIDTH], [0, WIDTH]])
def test_a_line_is_divided_as_a_strip_is(cuts: list[int]) -> None:
    divided = [list(each) for each in Strip(SEGMENTS, WIDTH).divide(cuts)]
    assert [list(each) for each in line().divide(cuts)] == divided
    assert [list(each) for each in line().divide(cuts)] == divided


def test_a_line_that_is_shorter_than_its_region_stays_whole() -> None:
    """The scrollbar covers the last cell of a region. Textual drops what is left of the first cut that is too far."""
    whole = line()
    assert whole.divide([WIDTH + 1]) == whole.divide([WIDTH, WIDTH + 1]) == [whole]
    parts = whole.divide([6, WIDTH + 1])
    assert "".join(part.text for part in parts) == whole.text


def test_a_line_does_all_that_a_strip_does() -> None:
    strip, console = Strip(SEGMENTS, WIDTH), Console(color_system="truecolor")
    assert line().render(console) == strip.render(console)
    assert line().crop(2, 8) == strip.crop(2, 8)
    assert line().adjust_cell_length(40, BOLD) == strip.adjust_cell_length(40, BOLD)
    assert line().crop_extend(2, 40, BOLD) == strip.crop_extend(2, 40, BOLD)
    assert line().apply_style(BOLD) == strip.apply_style(BOLD)
    assert line().apply_offsets(0, 3) == strip.apply_offsets(0, 3)
    assert (line().text, line().cell_count, line().link_ids) == (strip.text, strip.cell_count, strip.link_ids)
    with pytest.raises(AttributeError):
        assert line().nothing_of_the_kind


def test_a_drawn_line_has_no_cache_and_needs_no_collector() -> None:
    drawn = line()
    drawn.divide([WIDTH])
    drawn.render(Console(color_system="truecolor"))
    assert not [each for each in gc.get_referents(drawn) if isinstance(each, FIFOCache)]
    collecting = gc.isenabled()
    gc.disable()
    try:
        before = sum(isinstance(each, ScreenLine) for each in gc.get_objects())
        del drawn
        assert sum(isinstance(each, ScreenLine) for each in gc.get_objects()) == before - 1
    finally:
        if collecting:
            gc.enable()
