"""What is far from the cursor is let go of and comes back, while news comes and while posts are selected."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from quietfeed.models.source import Page
from quietfeed.models.view import PostKey
from quietfeed.session.fetching import FetchingService
from quietfeed.store.changes import PlacedPost
from quietfeed.tui.controllers import fetching, window
from quietfeed.tui.widgets.rows import Row
from quietfeed.tui.widgets.selecting import SelectableTimeline
from quietfeed.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

KEPT, NEWS = 120, 300
NOW = datetime(2026, 11, 24, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("small_window")


@pytest.fixture(autouse=True)
def page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """News are drawn page by page, however fast they come."""
    monkeypatch.setattr(fetching, "NEWS_EACH", 0.0)


def number_of(screens: "Screens") -> int:
    selected = screens.selected()
    assert selected is not None
    return int(selected[1])


async def test_news_let_go_of_what_lies_far_and_it_comes_back_when_one_goes_there(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = scripted.network([])
    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(network, tmp_path, archive)
    async with opened(session) as screens:
        await screens.press("0", "1", "0", "j")
        here, top = screens.selected(), screens.timeline.line(3)
        network.posts = [scripted.post(n) for n in range(KEPT + NEWS)]
        most = 0
        arrived = FetchingService._add

        def counted(service: FetchingService, posts: Sequence[PlacedPost]) -> list[PostKey]:
            nonlocal most
            found = arrived(service, posts)
            most = max(most, len(session.timeline.posts))
            return found

        monkeypatch.setattr(FetchingService, "_add", counted)
        await screens.press("R")
        # No more is in memory than around the cursor, and a page: neither while they came nor after.
        assert most <= 4 * window.KEEP_MARGIN + network.page + window.BATCH
        assert len(screens.session.timeline.posts) <= 4 * window.KEEP_MARGIN
        assert not screens.session.timeline.newest
        # The reader has not moved.
        assert (screens.selected(), screens.timeline.line(3)) == (here, top)
        assert f"↑ {NEWS} new above" in screens.line("status")
        # Post by post up to the newest: none is missing.
        passed = [number_of(screens)]
        while passed[-1] < KEPT + NEWS - 1:
            screens.timeline.move(-1)
            await screens.pilot.pause()
            if number_of(screens) != passed[-1]:
                passed.append(number_of(screens))
        assert passed == list(range(passed[0], KEPT + NEWS))
        assert "new above" not in screens.line("status")


async def test_a_selection_to_the_end_says_how_far_it_reaches_and_goes_on(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(scripted.network([]), tmp_path, archive)
    async with opened(session) as screens:
        await screens.press("V", "G")
        said = screens.line("saying")
        count = KEPT - number_of(screens)
        assert said == f"{count} selected, as far as is loaded: G again goes on to older posts"
        while number_of(screens):
            before = number_of(screens)
            await screens.press("G")
            assert number_of(screens) < before
        assert screens.session.timeline.complete
        await screens.press("s")
        assert screens.line("saying").startswith(f"marked {KEPT} posts sales")
        assert screens.session.marks.count == KEPT
        await screens.press("u")
        assert screens.session.marks.count == 0


async def test_what_has_come_is_shown_while_more_is_fetched(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([])
    rows: list[int] = []
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.posts = [scripted.post(n) for n in range(120)]
        ask = network.timeline

        async def asked(cursor: str | None) -> Page:
            rows.append(len(screens.timeline.rows))
            return await ask(cursor)

        network.timeline = asked  # type: ignore[method-assign]
        await screens.press("R")
    # The hole below, of which more is being fetched, is a row too.
    assert rows == [0, 41, 81]


async def test_pages_that_come_fast_are_drawn_together(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "NEWS_EACH", 1_000.0)
    monkeypatch.setattr(window, "KEEP_MARGIN", 250)
    network = scripted.network([])
    drawn: list[int] = []
    set_rows = SelectableTimeline.set_rows

    def counted(timeline: SelectableTimeline, rows: Sequence[Row], **more: Any) -> None:
        drawn.append(len(rows))
        set_rows(timeline, rows, **more)

    monkeypatch.setattr(SelectableTimeline, "set_rows", counted)
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.posts = [scripted.post(n) for n in range(120)]
        drawn.clear()
        await screens.press("R")
        # What has come at the end is drawn at once, whatever was drawn before.
        assert drawn[-1] == 120
        assert not {41, 81} & set(drawn)


async def test_news_that_come_under_an_open_tray_take_nothing_from_it(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([])
    posts = [scripted.post(n, scripted.star if n < 100 else scripted.friend) for n in range(300)]
    session = scripted.session(network, tmp_path, scripted.store(tmp_path, posts))
    async with opened(session) as screens:
        await screens.press("h")
        listed, loaded = list(screens.timeline.rows), len(session.timeline.posts)
        assert loaded > 4 * window.KEEP_MARGIN
        network.posts = [scripted.post(n) for n in range(295, 305)]
        screens.app.run_command("refresh", screens.app.screen_stack[0])
        await screens.settled()
        assert len(session.timeline.posts) >= loaded
        await screens.press("tab")
        assert [row.key for row in screens.timeline.rows[: len(listed)]] == [row.key for row in listed]


async def test_a_scrollbar_that_comes_stands_where_the_rows_are(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(scripted.network([]), tmp_path, archive)
    session.timeline.save_place((session.accounts[0].key, f"{KEPT // 2:06}"))
    async with opened(session) as screens:
        timeline = screens.timeline
        rows = list(timeline.rows)
        for few in (rows, rows[:2], rows):
            timeline.set_rows(few, select=few[-1].key)
            await screens.pilot.pause()
            if few is rows:
                assert timeline.scroll_offset.y
                assert timeline.vertical_scrollbar.position == timeline.scroll_offset.y


async def test_another_width_is_drawn_once_its_lines_are_known(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    told = Timeline.on_resize

    def telling(timeline: Timeline, event: events.Resize) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(timeline, "refresh", lambda *_, **__: drawn.append(timeline._width))
            told(timeline, event)

    archive = scripted.store(tmp_path, [scripted.post(n) for n in range(KEPT)])
    session = scripted.session(scripted.network([]), tmp_path, archive)
    async with opened(session, size=(60, 20)) as screens:
        with monkeypatch.context() as patch:
            patch.setattr(Timeline, "on_resize", telling)
            await screens.pilot.resize_terminal(40, 20)
            await screens.settled()
        assert drawn[-1:] == [40]
