"""What a key costs: a picture looks rows up once and draws nothing covered, and counting waits for an idle user."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from quietfeed.tui.controllers import tally
from quietfeed.tui.screens.home import HomeScreen
from quietfeed.tui.widgets.beside import Beside
from quietfeed.tui.widgets.selecting import SelectableTimeline

if TYPE_CHECKING:
    from .conftest import Open


async def test_counting_waits_until_no_key_was_pressed_for_a_moment(
    opened: "Open", monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as screens:
        app = screens.app
        since = [0.0]
        monkeypatch.setattr(tally, "IDLE", 0.2)
        monkeypatch.setattr(tally, "_PAUSE", 0.0)
        monkeypatch.setattr(app, "idle_seconds", lambda: since[0])
        steps: list[float] = []

        def step() -> bool:
            steps.append(since[0])
            return False

        monkeypatch.setattr(app.session.tally, "step", step)
        monkeypatch.setattr(type(app.session.tally), "pending", True)
        assert isinstance(app.screen, HomeScreen)
        app.screen._tallying.start()
        for _ in range(5):
            await asyncio.sleep(0)
        assert steps == []
        since[0] = 1.0
        await screens.settled()
        assert steps == [1.0]


async def test_a_picture_looks_each_row_up_once_and_draws_no_container(
    opened: "Open", monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as screens:
        timeline = screens.timeline
        looked_up: list[int] = []
        strips_of = SelectableTimeline.strips_of

        def counted(self: SelectableTimeline, number: int, width: int) -> object:
            looked_up.append(number)
            return strips_of(self, number, width)

        monkeypatch.setattr(SelectableTimeline, "strips_of", counted)
        timeline.draw_lines(range(timeline.size.height))
        assert len(looked_up) == len(set(looked_up)) == len(timeline.visible_rows())
        visible = set(screens.app.screen._compositor.visible_widgets)
        assert timeline in visible
        assert screens.app.screen.query_one(Beside) not in visible
