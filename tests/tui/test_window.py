"""A long timeline with only a window of posts loaded: the reader's post stays on its line."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual import events
from textual._context import active_message_pump
from textual.message import Message

from quietfeed.models.tuning import Tuning
from quietfeed.models.view import Gap
from quietfeed.session import Session
from quietfeed.session.events import TimelineChanged
from quietfeed.store.archive import Archive
from quietfeed.tui.screens.listing import PostsScreen
from quietfeed.tui.widgets.rows import GapRow, HiddenRow, PostRow
from quietfeed.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

COUNT = 300


@pytest.fixture
def tuning(small_window: Tuning) -> Tuning:
    return small_window


def store(scripted: "type[Scripted]", home: Path, *, star: int = 0, count: int = COUNT) -> Archive:
    """A store of posts of many heights. Every `star`-th is hidden."""
    posts = [
        scripted.post(
            number,
            scripted.star if star and number % star == 0 else scripted.friend,
            f"number {number}: " + "some words that wrap " * (number % 13),
        )
        for number in range(count)
    ]
    return scripted.store(home, posts)


def kept(scripted: "type[Scripted]", home: Path, *, star: int = 0, count: int = COUNT) -> Session:
    """A session over such a store, and a network without new posts."""
    return scripted.session(scripted.network([]), home, store(scripted, home, star=star, count=count))


def number_of(screens: "Screens") -> int:
    selected = screens.selected()
    assert selected is not None
    return int(selected[1])


def cursor_line(screens: "Screens") -> str:
    """The text where the selected row begins, and its line on the screen."""
    timeline = screens.timeline
    line = timeline._list.cursor_top - timeline.scroll_offset.y
    return f"{line}: {timeline.line(line)[1:]} / {timeline.line(line + 1)[1:]}"


def assert_the_screen_is_true(screens: "Screens") -> None:
    """Every line of the screen is at the position that results from painting and counting all rows above."""
    timeline = screens.timeline
    height, top = timeline.size.height, timeline.scroll_offset.y
    first = timeline.rows.index(timeline.visible_rows()[0])
    skipped = top - timeline._list.heights.tops[first]
    whole = [
        "".join(text for text, _, _ in line)[1:].rstrip()
        for row in timeline.rows[first : first + height + 1]
        for line in timeline.drawer.painted(row)
    ]
    expected = [each[1:] for each in whole[skipped : skipped + height]]
    assert [timeline.line(y)[2:] for y in range(height)][: len(expected)] == expected


async def test_going_down_and_up_passes_every_post_and_keeps_few_in_memory(
    opened: "Open", scripted: "type[Scripted]", tuning: Tuning, tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path, count=180)) as screens:
        passed = [number_of(screens)]
        most = 0
        while passed[-1] != 0:
            screens.timeline.move(1)
            await screens.settled()
            most = max(most, len(screens.session.timeline.posts))
            if number_of(screens) != passed[-1]:
                passed.append(number_of(screens))
        assert passed == list(range(180 - 1, -1, -1))
        assert most <= 4 * tuning.keep_margin + 2 * tuning.load_batch
        assert not screens.session.timeline.newest
        back = [0]
        while back[-1] != 180 - 1:
            screens.timeline.move(-1)
            await screens.settled()
            most = max(most, len(screens.session.timeline.posts))
            if number_of(screens) != back[-1]:
                back.append(number_of(screens))
        assert back == list(range(180))
        assert most <= 4 * tuning.keep_margin + 2 * tuning.load_batch


@pytest.mark.parametrize("keys", [["pagedown"], ["ctrl+d"], ["6", "j"], ["pagedown", "pagedown", "pageup"]])
async def test_every_movement_shows_each_row_whole_and_in_order(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, keys: list[str]
) -> None:
    async with opened(kept(scripted, tmp_path, star=4)) as screens:
        for _ in range(6):
            await screens.press(*keys)
            assert_the_screen_is_true(screens)
            assert screens.timeline.selected in screens.timeline.visible_rows()


async def test_the_end_is_the_oldest_post_that_is_kept_and_the_top_the_newest(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path)) as screens:
        await screens.press("G")
        assert number_of(screens) == 0
        assert_the_screen_is_true(screens)
        await screens.press("0", "1", "0", "k")
        assert number_of(screens) == 10
        assert_the_screen_is_true(screens)
        await screens.press("g")
        assert number_of(screens) == COUNT - 1
        assert screens.session.timeline.newest


async def test_a_restart_deep_in_the_timeline_begins_where_it_was_left(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path)) as screens:
        await screens.press("0", "1", "5", "0", "j")
        await screens.press("5", "0", "j")
        left = number_of(screens)
        assert left < COUNT - 60
    async with opened(scripted.session(scripted.network([]), tmp_path)) as screens:
        assert number_of(screens) == left
        assert_the_screen_is_true(screens)
        assert not screens.session.timeline.newest
        await screens.press("k")
        assert number_of(screens) == left + 1


async def test_loading_posts_above_and_below_does_not_move_the_cursor(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path)) as screens:
        await screens.press("0", "1", "0", "0", "j")
        await screens.press("3", "k")
        selected, line = screens.selected(), cursor_line(screens)
        assert screens.session.timeline.load_newer(10) or screens.session.timeline.newest
        screens.app.screen.redraw()  # type: ignore[attr-defined]
        await screens.settled()
        assert (screens.selected(), cursor_line(screens)) == (selected, line)
        screens.session.timeline.load(10)
        screens.app.screen.redraw()  # type: ignore[attr-defined]
        await screens.settled()
        assert (screens.selected(), cursor_line(screens)) == (selected, line)
        assert_the_screen_is_true(screens)


async def test_another_width_keeps_the_post_on_its_line(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path), size=(100, 32)) as screens:
        await screens.press("8", "0", "j")
        await screens.press("5", "k")
        selected = screens.selected()
        for width in (40, 130, 70):
            await screens.pilot.resize_terminal(width, 32)
            await screens.settled()
            assert screens.selected() == selected
            assert screens.timeline.selected in screens.timeline.visible_rows()
            assert_the_screen_is_true(screens)


async def test_a_selection_that_outgrows_the_window_is_marked_whole(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path, count=200)) as screens:
        await screens.press("V")
        for _ in range(15):
            await screens.press("0", "1", "0", "j")
        first, last = COUNT, number_of(screens)
        assert last < 60
        await screens.press("x")
        marked = {int(key[1]) for key in (mark.context.post.key for mark in screens.session.marks.all())}
        assert marked == set(range(last, min(first, 200)))
        await screens.press("u")
        assert screens.session.marks.count == 0


async def test_undo_goes_back_to_a_mark_that_is_far_away(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path)) as screens:
        await screens.press("j", "x")
        marked = screens.session.marks.all()[0].context.post.key
        await screens.press("G")
        assert screens.session.timeline.get(marked) is None
        await screens.press("u")
        assert screens.session.marks.count == 0
        assert screens.selected() == marked
        assert_the_screen_is_true(screens)


async def test_news_far_above_are_counted_and_are_there_when_one_goes_to_the_top(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path)) as screens:
        await screens.press("G")
        network = scripted.network([scripted.post(number) for number in range(COUNT + 5)])
        screens.session.signing_in._opened[network.account.key] = network
        selected, line = screens.selected(), cursor_line(screens)
        await screens.press("R")
        assert (screens.selected(), cursor_line(screens)) == (selected, line)
        first = next(row.key for row in screens.timeline.visible_rows() if isinstance(row, PostRow))
        above = [key for key in screens.session.unread.unread if key[1] > first[1]]
        assert len(above) > COUNT // 2
        assert f"↑ {len(above)} unread above" in screens.line("status")
        assert screens.line("message") == "5 new: 5 shown · 5 at the top: g goes there"
        await screens.press("g")
        assert number_of(screens) == COUNT + 4
        assert "unread above" not in screens.line("status")


async def test_a_gap_is_shown_once_and_not_at_the_ends_of_the_loaded_range(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    archive = store(scripted, tmp_path)
    newest = archive.posts.page(COUNT)
    upper, lower = newest[150][1], newest[151][1]
    assert upper.at is not None
    page = [upper]
    gap = Gap(0, upper.account, "somewhere", upper.at, lower.at)
    archive.posts.save_page(upper.account, page, datetime(2026, 11, 24, tzinfo=UTC), below=gap, filled=None)
    async with opened(scripted.session(scripted.network([]), tmp_path, archive)) as screens:
        assert not [row for row in screens.timeline.rows if isinstance(row, GapRow)]
        seen = 0
        while number_of(screens) > 100:
            screens.timeline.move(1)
            await screens.settled()
            rows = screens.timeline.rows
            holes = [number for number, row in enumerate(rows) if isinstance(row, GapRow)]
            for hole in holes:
                assert rows[hole - 1].key == upper.key
                seen += 1
            if isinstance(screens.timeline.selected, GapRow):
                screens.timeline.move(1)
        assert seen
        await screens.press("G")
        assert not [row for row in screens.timeline.rows if isinstance(row, GapRow)]


async def test_hidden_posts_without_end_are_loaded_a_portion_at_a_time(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path, star=1)) as screens:
        before = len(screens.session.timeline.posts)
        assert before < COUNT
        assert not any(isinstance(row, PostRow) for row in screens.timeline.rows)
        while not screens.session.timeline.complete:
            await screens.press("j")
            assert len(screens.session.timeline.posts) > before or screens.session.timeline.complete
            before = len(screens.session.timeline.posts)
        assert before == COUNT


async def test_a_quiet_line_keeps_the_cursor_while_more_of_it_is_loaded_above(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([])
    posts = [scripted.post(number, scripted.star if number < 30 else scripted.friend) for number in range(120)]
    session = scripted.session(network, tmp_path, scripted.store(tmp_path, posts))
    async with opened(session) as screens:
        await screens.press("G")
        # At first the ten oldest are loaded; the line grows at its top, and then its key is another post.
        line = screens.timeline.selected
        assert isinstance(line, HiddenRow)
        assert len(line.keys) == 30
        assert screens.timeline.cursor == len(screens.timeline.rows) - 1
        assert_the_screen_is_true(screens)


async def test_posts_outside_the_screen_draw_nothing(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path)) as screens:
        timeline = screens.timeline
        rows, before = list(timeline.rows), timeline.max_scroll_y
        timeline.set_rows(rows[:-5], repaint=False)
        assert not timeline._repaint_required
        assert timeline.max_scroll_y < before
        assert timeline.vertical_scrollbar.window_virtual_size == timeline.virtual_size.height
        timeline.set_rows(rows[1:-5], repaint=False)
        assert timeline._repaint_required
        await screens.settled()
        assert_the_screen_is_true(screens)


async def test_a_list_that_becomes_shorter_than_the_screen_loses_its_scrollbar_and_gets_it_back(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path)) as screens:
        timeline, rows = screens.timeline, list(screens.timeline.rows)
        await screens.press("pagedown", "pagedown")
        for few in (rows[:2], rows, rows[:3]):
            timeline.set_rows(few, repaint=False)
            await screens.settled()
            assert timeline.show_vertical_scrollbar == (few is rows)
            assert timeline.scroll_offset.y <= timeline.max_scroll_y
            assert timeline.vertical_scrollbar.display == (few is rows)


async def test_a_terminal_that_becomes_tall_shows_every_row_as_long_as_it_is(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path), size=(60, 10)) as screens:
        await screens.pilot.resize_terminal(60, 120)
        await screens.settled()
        assert_the_screen_is_true(screens)


async def test_the_scroll_position_of_the_mouse_stays_when_rows_change(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path), size=(60, 20)) as screens:
        timeline = screens.timeline
        timeline.scroll_to(y=timeline.max_scroll_y - 30, animate=False)
        await screens.settled()
        selected, line = screens.selected(), timeline.cursor_line
        assert timeline.selected in timeline.visible_rows()
        noted = [replace(row, note="a note " * 12) for row in timeline.rows if isinstance(row, PostRow)]
        timeline.set_rows(noted, repaint=False)
        await screens.settled()
        assert_the_screen_is_true(screens)
        assert (screens.selected(), timeline.cursor_line) == (selected, line)


async def test_rows_set_before_a_resize_event_are_measured_at_the_new_width(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    late: list[int] = []

    def before(message: Message) -> None:
        """Set the rows before the timeline handles the new width."""
        node = active_message_pump.get()
        if isinstance(message, events.Resize) and isinstance(node, Timeline) and node.rows:
            node.set_rows(list(node.rows), repaint=False)
            late.append(node.size.width)

    async with opened(kept(scripted, tmp_path), size=(90, 30), message_hook=before) as screens:
        await screens.pilot.resize_terminal(40, 30)
        await screens.settled()
        assert late[-1:] == [40]
        assert_the_screen_is_true(screens)


async def test_stale_posts_are_judged_after_returning_from_another_screen(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    over: list[PostsScreen] = []
    async with opened(kept(scripted, tmp_path)) as screens:
        loaded = len(screens.session.timeline.posts)

        def interrupt(_: TimelineChanged) -> None:
            """Open screens when posts are judged again: then the timeline changes, and its length does not."""
            nonlocal loaded
            before, loaded = loaded, len(screens.session.timeline.posts)
            if loaded == before and screens.session.timeline.has_stale and not over:
                over.extend(PostsScreen(screens.session, "over the timeline", ()) for _ in range(2))
                for screen in over:
                    screens.app.push_screen(screen)

        screens.session.events.subscribe(TimelineChanged, interrupt)
        while not over:
            await screens.press("pagedown")
        await screens.press("escape", "escape")
        assert screens.session.timeline.rejudge_stale() == 0


async def test_a_selection_that_began_at_a_row_that_is_gone_leaves_no_bars(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(kept(scripted, tmp_path), size=(60, 20)) as screens:
        timeline = screens.timeline
        await screens.press("V", "pagedown", "pagedown", "j", "j")
        assert timeline.line(0).startswith("▌")
        rows = list(timeline.rows)
        assert rows[0] not in timeline.visible_rows()
        timeline.set_rows(rows[1:], repaint=False)
        assert timeline._repaint_required
        assert not timeline.line(0).startswith("▌")
