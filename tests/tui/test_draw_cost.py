"""The cost of a key: a frame looks up each row once and draws nothing covered, and counting waits for an idle user."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.color import Color

from quietfeed.models.tuning import Tuning
from quietfeed.models.view import PostKey
from quietfeed.session import Session
from quietfeed.tui.screens.home import HomeScreen
from quietfeed.tui.widgets.beside import Beside
from quietfeed.tui.widgets.row_painter import Look
from quietfeed.tui.widgets.rows import PostRow, Row

if TYPE_CHECKING:
    from .conftest import Open


async def test_counting_waits_until_no_key_was_pressed_for_a_moment(
    opened: "Open", demo_world: Callable[..., Session]
) -> None:
    session = demo_world(counted=True, tuning=Tuning(step_pause=0.0, count_after=1e9))
    async with opened(session) as screens:
        app = screens.app
        screens.send("s")
        for _ in range(200):
            await asyncio.sleep(0)
        assert isinstance(app.screen, HomeScreen)
        app.screen._tallying.start()
        for _ in range(50):
            await asyncio.sleep(0)
        assert session.tally.pending
        app._idle._moved = -inf
        await screens.settled()
        assert not session.tally.pending


async def test_a_picture_looks_each_row_up_once_and_draws_no_container(opened: "Open") -> None:
    async with opened() as screens:
        timeline = screens.timeline
        looked_up: list[PostKey] = []

        def read(row: Row) -> bool:
            looked_up.append(row.key)
            return False

        # Each looked-up row is checked for the unread sign.
        timeline.drawer.is_unread = read
        timeline.draw_lines(range(timeline.size.height))
        assert len(looked_up) == len(set(looked_up)) == len(timeline.visible_rows())
        visible = set(screens.app.screen._compositor.visible_widgets)
        assert timeline in visible
        assert screens.app.screen.query_one(Beside) not in visible


async def test_a_row_that_changed_is_drawn_once(opened: "Open") -> None:
    async with opened() as screens:
        timeline, painter = screens.timeline, screens.timeline._painter
        look = Look(60, "", (), Color(0, 0, 0))
        row = next(each for each in timeline.rows if isinstance(each, PostRow))
        for changed in (row, replace(row, note="a line under it"), row):
            lines = painter.lines(changed, 60, cover=False)
            drawn = painter.draw(changed, lines, look, selected=False, unread=False)
            assert painter.lines(changed, 60, cover=False) is lines
            assert painter.draw(changed, lines, look, selected=False, unread=False) is drawn
            signed = painter.draw(changed, lines, look, selected=False, unread=True)
            assert painter.draw(changed, lines, look, selected=False, unread=True) is signed
