"""Keys and clicks that are faster than screens open and close, double clicks, the wheel, and counts."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual import events

from quietfeed.models.verdict import Level
from quietfeed.phrases.changes import NOTHING_TO_UNDO
from quietfeed.session import Session
from quietfeed.session.browser import Browser
from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted


async def in_one_read(screens: "Screens", *keys: str) -> None:
    """Keys that arrive together, before any of them is handled."""
    for key in keys:
        screens.app.post_message(events.Key(key, key if len(key) == 1 else None))
    for _ in range(4):
        await screens.settled()


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        (["m", "enter", "enter"], ["HomeScreen", "DetailScreen"]),
        (["m", "escape", "h"], ["HomeScreen", "TrayScreen"]),
        (["w", "w", "w"], ["HomeScreen", "WhyScreen"]),
        (["h", "w", "q", "q"], ["HomeScreen"]),
        (["ctrl+p", "escape", "h"], ["HomeScreen", "TrayScreen"]),
        (["enter", "enter"], ["HomeScreen"]),
    ],
)
async def test_of_two_keys_in_one_read_the_second_goes_to_what_is_there_then(
    opened: "Open", keys: list[str], names: list[str]
) -> None:
    async with opened() as screens:
        screens.go_to(lambda judged: True)
        await screens.settled()
        await in_one_read(screens, *keys)
        assert screens.names == names


@pytest.mark.parametrize("keys", [["m", "enter", "q"], ["q", "t"], ["q", "h"], ["q", "F"], ["ctrl+p", "enter", "enter"],
                                  ["ctrl+p", "end", "pagedown"]])  # fmt: skip
async def test_no_key_that_comes_too_early_or_too_late_raises(opened: "Open", keys: list[str]) -> None:
    async with opened() as screens:
        for key in keys:
            screens.app.post_message(events.Key(key, key if len(key) == 1 else None))
        for _ in range(6):
            await screens.pilot.pause(0.01)
        assert screens.app._exception is None


async def test_a_double_click_opens_a_post_once_and_goes_back_once(opened: "Open") -> None:
    async with opened() as screens:
        await screens.pilot.click("#timeline", offset=(6, 1), times=2)
        await screens.settled()
        assert screens.names == ["HomeScreen", "DetailScreen"]
        await screens.pilot.click("#timeline", offset=(6, 1), times=2)
        await screens.settled()
        assert screens.names == ["HomeScreen"]


async def test_the_wheel_takes_the_cursor_along_and_a_mark_names_its_person(opened: "Open") -> None:
    async with opened() as screens:
        for _ in range(25):
            screens.timeline.scroll_relative(y=3, animate=False)
            await screens.settled()
            assert screens.timeline.selected in screens.timeline.visible_rows()
        await screens.settled()
        row = screens.timeline.selected
        while not isinstance(row, PostRow):
            await screens.press("j")
            row = screens.timeline.selected
        await screens.press("s")
        assert row.judged.post.author.shown_name in screens.line("message")


def slow_session(scripted: "type[Scripted]", home: Path) -> Session:
    return scripted.session(scripted.network([scripted.post(number) for number in range(40)]), home)


@pytest.mark.parametrize(("pause", "level", "moved"), [(0.1, Level.quiet, 10), (0.9, Level.everything, 0)])
async def test_a_level_key_was_a_count_when_a_digit_follows_at_once(
    scripted: "type[Scripted]", driven: object, tmp_path: Path, pause: float, level: Level, moved: int
) -> None:
    now = [0.0]
    app = QuietfeedApp(slow_session(scripted, tmp_path), seconds=lambda: now[0])
    async with app.run_test(size=(100, 32)) as pilot:
        screens: Screens = driven(pilot)  # type: ignore[operator]
        await screens.settled()
        screens.timeline.select_number(0)
        await screens.press("1")
        now[0] += pause
        await screens.press("0")
        if moved:
            await screens.press("j")
        assert screens.session.timeline.level == level
        assert screens.timeline.cursor == moved
        now[0] += 10
        await screens.press("escape", "u")
        nothing = screens.line("message") == NOTHING_TO_UNDO
        assert nothing == bool(moved)


async def test_an_unexpected_error_is_logged_and_reported_and_the_screen_stays(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> bool:
        raise KeyError("something")

    session = scripted.session(scripted.network([scripted.post(1)]), tmp_path)
    async with opened(session, browser=Browser(can_open=fail)) as screens:
        # An earlier command in this process may have opened a log file, which would get all messages.
        log = logging.getLogger("quietfeed")
        log.addHandler(caplog.handler)
        await screens.press("o")
        log.removeHandler(caplog.handler)
        assert "failed unexpectedly (KeyError)" in screens.line("message")
        assert caplog.records[0].exc_info is not None
        await screens.press("h")
        assert screens.names == ["HomeScreen", "TrayScreen"]


async def test_the_palette_finds_actions_by_the_words_people_type(opened: "Open") -> None:
    async with opened() as screens:
        row = screens.go_to(lambda judged: True)
        await screens.press("s", "ctrl+p")
        await screens.type("undo")
        await screens.press("enter")
        judged = screens.session.timeline.get(row.key)
        assert judged is not None
        assert judged.mark is None


async def test_a_key_without_an_action_shows_a_message(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("Z")
        assert screens.line("message") == "Z does nothing here: ? lists all keys"
