"""Text that is selected with the mouse is copied by ctrl+c, and a drag opens nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from quietfeed.tests.tui.conftest import Open, Scripted


async def test_a_drag_selects_text_and_ctrl_c_copies_it(
    opened: "Open", scripted: "type[Scripted]", tmp_path: "Path"
) -> None:
    posts = [scripted.post(n, text=f"number {n} of the posts") for n in range(5)]
    async with opened(scripted.session(scripted.network(posts), tmp_path)) as screens:
        pilot, timeline = screens.pilot, screens.timeline
        cursor = timeline.cursor
        y = next(number for number in range(20) if "number 3" in timeline.line(number))
        x = timeline.line(y).index("number")
        await pilot.mouse_down(timeline, offset=(x, y))
        await pilot.hover(timeline, offset=(x + 8, y))
        await pilot.mouse_up(timeline, offset=(x + 8, y))
        assert timeline.text_selection is not None
        assert timeline.cursor == cursor
        await screens.press("ctrl+c")
        assert screens.app.clipboard.startswith("number 3")
        assert "of the posts" not in screens.app.clipboard


async def test_a_double_click_selects_nothing(opened: "Open") -> None:
    async with opened() as screens:
        await screens.pilot.click(screens.timeline, offset=(10, 2), times=2)
        assert not screens.app.screen.selections
        assert screens.names[-1] == "DetailScreen"
