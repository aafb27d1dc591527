"""Posts far from the cursor are evicted and loaded again, while new posts arrive and while posts are selected."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual import events

from quietfeed.models.tuning import Tuning
from quietfeed.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

KEPT, NEWS = 120, 300
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def tuning(small_window: Tuning) -> Tuning:
    """New posts are drawn page by page, even if they arrive faster."""
    return replace(small_window, news_each=0.0)


def number_of(screens: "Screens") -> int:
    selected = screens.selected()
    assert selected is not None
    return int(selected[1])


async def test_news_evict_distant_posts_which_return_when_the_cursor_comes_near(
    opened: "Open", scripted: "type[Scripted]", tuning: Tuning, tmp_path: Path
) -> None:
    network = scripted.network([])
    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(network, tmp_path, archive)
    async with opened(session) as screens:
        await screens.press("0", "1", "0", "j")
        here, top = screens.selected(), screens.timeline.line(3)
        network.posts = [scripted.post(n) for n in range(KEPT + NEWS)]
        loaded: list[int] = []
        network.on_request = lambda: loaded.append(len(session.timeline.posts))
        await screens.press("R")
        # Only the posts around the cursor and one page are loaded, while new posts arrive and afterwards.
        assert len(loaded) > 5
        assert max(loaded) <= 4 * tuning.keep_margin + network.page + tuning.load_batch
        assert len(screens.session.timeline.posts) <= 4 * tuning.keep_margin
        assert not screens.session.timeline.newest
        # The reader has not moved.
        assert (screens.selected(), screens.timeline.line(3)) == (here, top)
        assert f"↑ {NEWS} unread above" in screens.line("status")
        # Post by post up to the newest: none is missing.
        passed = [number_of(screens)]
        while passed[-1] < KEPT + NEWS - 1:
            screens.timeline.move(-1)
            await screens.settled()
            if number_of(screens) != passed[-1]:
                passed.append(number_of(screens))
        assert passed == list(range(passed[0], KEPT + NEWS))
        assert "unread above" not in screens.line("status")


async def test_a_selection_to_the_end_shows_its_extent_and_continues(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(scripted.network([]), tmp_path, archive)
    async with opened(session) as screens:
        await screens.press("V", "G")
        said = screens.line("message")
        count = KEPT - number_of(screens)
        assert said == f"{count} loaded posts selected: G again continues to older posts"
        while number_of(screens):
            before = number_of(screens)
            await screens.press("G")
            assert number_of(screens) < before
        assert screens.session.timeline.complete
        await screens.press("s")
        assert screens.line("message").startswith(f"marked {KEPT} posts sales")
        assert screens.session.marks.count == KEPT
        await screens.press("u")
        assert screens.session.marks.count == 0


async def test_arrived_posts_are_shown_while_more_are_fetched(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([])
    rows: list[int] = []
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.posts = [scripted.post(n) for n in range(120)]
        network.on_request = lambda: rows.append(len(screens.timeline.rows))
        await screens.press("R")
    # The gap below, which is being fetched, is a row too.
    assert rows == [0, 41, 81]


async def test_the_first_page_is_drawn_at_once_and_pages_that_come_fast_together(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([])
    rows: list[int] = []
    session = scripted.session(
        network, tmp_path, tuning=Tuning(step_pause=0.0, count_after=0.0, news_each=float("inf"))
    )
    async with opened(session) as screens:
        network.posts = [scripted.post(n) for n in range(120)]
        network.on_request = lambda: rows.append(len(screens.timeline.rows))
        await screens.press("R")
        assert rows == [0, 41, 41]
        # The last page is drawn at once.
        assert len(screens.timeline.rows) == 120


async def test_new_posts_below_an_open_tray_change_nothing_in_it(
    opened: "Open", scripted: "type[Scripted]", tuning: Tuning, tmp_path: Path
) -> None:
    network = scripted.network([])
    posts = [scripted.post(n, scripted.star if n < 100 else scripted.friend) for n in range(300)]
    session = scripted.session(network, tmp_path, scripted.store(tmp_path, posts))
    async with opened(session) as screens:
        await screens.press("h")
        listed, loaded = list(screens.timeline.rows), len(session.timeline.posts)
        assert loaded > 4 * tuning.keep_margin
        network.posts = [scripted.post(n) for n in range(295, 305)]
        screens.app.run_command("refresh", screens.app.screen_stack[0])
        await screens.settled()
        assert len(session.timeline.posts) >= loaded
        await screens.press("tab")
        assert [row.key for row in screens.timeline.rows[: len(listed)]] == [row.key for row in listed]


async def test_a_new_scrollbar_has_the_position_of_the_rows(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(scripted.network([]), tmp_path, archive)
    session.timeline.save_reading((session.accounts[0].key, f"{KEPT // 2:06}"))
    async with opened(session) as screens:
        timeline = screens.timeline
        rows = list(timeline.rows)
        for few in (rows, rows[:2], rows):
            timeline.set_rows(few, select=few[-1].key)
            await screens.settled()
            if few is rows:
                assert timeline.scroll_offset.y
                assert timeline.vertical_scrollbar.position == timeline.scroll_offset.y


async def test_a_new_width_is_drawn_after_its_lines_are_known(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    resized: Any = Timeline.on_resize

    async def resize(timeline: Timeline, event: events.Resize) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(timeline, "refresh", lambda *_, **__: drawn.append(timeline._list.width))
            await resized(timeline, event)

    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(scripted.network([]), tmp_path, archive)
    async with opened(session, size=(60, 20)) as screens:
        with monkeypatch.context() as patch:
            patch.setattr(Timeline, "on_resize", resize)
            await screens.pilot.resize_terminal(40, 20)
            await screens.settled()
        assert drawn[-1:] == [40]
