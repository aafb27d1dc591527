"""The second pane of a wide terminal: the selected post, and why it is shown or hidden."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from quietfeed.models.post import Media, Span
from quietfeed.models.tuning import Tuning
from quietfeed.models.verdict import Category, Level, Reason, Verdict
from quietfeed.phrases.ties import tie_line
from quietfeed.phrases.verdicts import first_reason, headline
from quietfeed.session import Session
from quietfeed.session.browser import Browser
from quietfeed.tui.messages import OpenLink
from quietfeed.tui.widgets import beside
from quietfeed.tui.widgets.paint import WIDEST
from quietfeed.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from .conftest import Open, Screens, Scripted

WIDE = (160, 45)
SECRET = "the key is under the mat"


@pytest.fixture
def tuning() -> Tuning:
    """The pane follows the cursor without a wait."""
    return Tuning(step_pause=0.0, count_after=0.0, pane_delay=0.001)


def words(text: str) -> str:
    """The text without the places where its lines end."""
    return " ".join(text.split())


def assert_about_selected(screens: "Screens", pane: str) -> None:
    key = screens.selected()
    assert key is not None
    why = screens.session.timeline.why(key)
    judged = screens.session.timeline.get(key)
    assert judged is not None
    assert words(judged.post.text) in words(pane)
    assert headline(why.verdict, why.level) in words(pane)
    assert first_reason(why.verdict) in words(pane)


async def test_the_pane_shows_the_selected_post_with_its_reasons_and_follows_the_cursor(opened: "Open") -> None:
    async with opened(size=WIDE) as screens:
        first = await screens.pane()
        assert_about_selected(screens, first)
        await screens.press("j", "j")
        second = await screens.pane()
        assert_about_selected(screens, second)
        assert words(first) != words(second)


async def test_a_quiet_line_leaves_the_pane_empty(opened: "Open") -> None:
    async with opened(size=WIDE) as screens:
        await screens.press("j")
        assert screens.timeline.selected is not None
        assert screens.timeline.selected.key[0] == "hidden"
        assert not words(await screens.pane())


async def test_the_tray_shows_the_reason_beside_each_hidden_post(opened: "Open") -> None:
    async with opened(size=WIDE) as screens:
        await screens.press("h", "j")
        pane = await screens.pane()
        assert_about_selected(screens, pane)
        assert "Hidden at level quiet" in pane


async def test_the_pane_shows_the_tie_if_it_is_no_reason(opened: "Open") -> None:
    async with opened(size=WIDE) as screens:
        await screens.press("h")
        screens.go_to(lambda judged: judged.verdict.cause == "classifier")
        key = screens.selected()
        assert key is not None
        assert tie_line(screens.session.timeline.why(key).tie) in words(await screens.pane())


async def test_the_pane_shows_a_mark_and_another_level_at_once(opened: "Open") -> None:
    async with opened(size=WIDE) as screens:
        await screens.press("j", "j", "s", "k", "j", "k")
        await screens.press("2")
        assert "level noise" in await screens.pane()
        assert_about_selected(screens, await screens.pane())


async def test_the_pane_comes_and_goes_with_the_width(opened: "Open") -> None:
    async with opened(size=(120, 40)) as screens:
        assert await screens.pane() == ""
        assert not screens.app.screen.query("#pane")
        assert screens.timeline.size.width == 120
        await screens.pilot.resize_terminal(*WIDE)
        assert_about_selected(screens, await screens.pane())
        assert screens.timeline.size.width == 96
        await screens.pilot.resize_terminal(139, 40)
        await screens.press("j", "j")
        assert await screens.pane() == ""
        assert screens.timeline.size.width == 139
        await screens.pilot.resize_terminal(200, 50)
        assert_about_selected(screens, await screens.pane())
        assert screens.timeline.size.width >= WIDEST


@pytest.mark.parametrize("height", [5, 9, 16])
async def test_a_low_terminal_keeps_room_for_the_reasons(opened: "Open", height: int) -> None:
    async with opened(size=(160, height)) as screens:
        pane = await screens.pane()
        assert len(pane.splitlines()) <= height
        if height > 9:
            assert_about_selected(screens, pane)


async def test_a_long_post_never_pushes_the_reasons_out(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    posts = [replace(scripted.post(1), text="word " * 2000)]
    async with opened(scripted.session(scripted.network(posts), tmp_path), size=WIDE) as screens:
        pane = await screens.pane()
        assert "more lines · enter" in pane
        assert "Shown at level quiet" in pane


async def test_the_pane_never_takes_the_focus(opened: "Open") -> None:
    async with opened(size=WIDE) as screens:
        await screens.pane()
        await screens.pilot.click("#pane", offset=(5, 3))
        await screens.settled()
        assert isinstance(screens.app.focused, Timeline)
        before = screens.selected()
        await screens.press("j")
        assert screens.selected() != before


async def test_a_link_in_the_pane_opens(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    url = "https://example.org/a"
    asked: list[str] = []

    def record(address: str) -> bool:
        asked.append(address)
        return True

    browser = Browser(can_open=lambda: True, draws_on_terminal=lambda: False, open=record)
    posts = [replace(scripted.post(1), text=url, spans=(Span(0, len(url), "link", url),))]
    async with opened(scripted.session(scripted.network(posts), tmp_path), size=WIDE, browser=browser) as screens:
        line = next(n for n, line in enumerate((await screens.pane()).splitlines()) if url in line)
        await screens.pilot.click("#pane", offset=(6, line))
        await screens.settled()
        assert asked == [url]
        assert OpenLink(url).url == url


async def test_a_private_post_is_covered_and_shown_by_one_key(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    posts = [replace(scripted.post(number), text=SECRET, visibility="direct") for number in range(3)]
    async with opened(scripted.session(scripted.network(posts), tmp_path), size=WIDE) as screens:
        assert SECRET in await screens.pane()
        await screens.press("P")
        assert SECRET not in await screens.pane()
        assert SECRET not in screens.text()
        assert "covered" in await screens.pane()
        await screens.press("j")
        assert SECRET not in await screens.pane()
        await screens.press("P")
        assert SECRET in await screens.pane()


def judged_by_wording(scores: dict[Category, float]) -> Callable[..., list[Verdict]]:
    reasons = (Reason("wording", ("person", SECRET), 3.0), Reason("shape", ("short",), 0.8))
    return lambda contexts, *_, **__: [Verdict(Level.known, "person", scores, reasons, "tie") for _ in contexts]


async def test_a_warned_post_stays_covered_and_no_reason_quotes_it(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    media = (Media("image", SECRET),)
    posts = [replace(scripted.post(1), text=SECRET, warning="spoiler", media=media)]
    judge_all = judged_by_wording({"person": 1.0})
    session = scripted.session(scripted.network(posts), tmp_path, judge_all=judge_all)
    async with opened(session, size=WIDE) as screens:
        pane = await screens.pane()
        assert "spoiler · enter opens" in pane
        assert "it is short" in pane
        assert SECRET not in screens.text()
        assert SECRET not in pane


async def test_loading_posts_does_not_postpone_the_pane(opened: "Open", demo_world: Callable[..., Session]) -> None:
    session = demo_world(counted=True, tuning=Tuning(step_pause=0.0, count_after=0.0, pane_delay=60.0))
    async with opened(session, size=WIDE) as screens:
        around = screens.app.screen.query_one(beside.Beside)
        waiting = around._timer
        screens.timeline.set_rows(screens.timeline.rows)
        await screens.settled()
        assert around._timer is waiting is not None
        await screens.press("j")
        assert around._timer is not waiting


def test_a_narrow_terminal_imports_no_pane() -> None:
    code = "import sys, quietfeed.tui.app; print('quietfeed.tui.widgets.pane' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


async def test_the_demo_can_be_walked_through(opened: "Open") -> None:
    async with opened(size=WIDE) as screens:
        await screens.press("1")
        for number in range(0, len(screens.timeline.rows), 40):
            screens.timeline.select_number(number)
            await screens.settled()
            await screens.pane()
            assert "Error" not in screens.line("message")
