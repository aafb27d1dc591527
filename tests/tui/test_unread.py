"""Unread as in a mail client: new posts have a sign until the cursor has passed them, also after restarts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from quietfeed.tui.widgets.row_painter import UNREAD

if TYPE_CHECKING:
    from quietfeed.models.post import Post
    from quietfeed.session import Session
    from quietfeed.tests.tui.conftest import Network, Open, Screens, Scripted

START = datetime.now(UTC) - timedelta(hours=12)


@pytest.fixture
def network(scripted: "type[Scripted]") -> "Network":
    """Ten posts of last month, five of today; larger numbers are newer."""
    return scripted.network([made(scripted, number) for number in (*range(-10, 0), *range(5))])


def made(scripted: "type[Scripted]", number: int) -> "Post":
    at = START + timedelta(minutes=number) - timedelta(days=30 if number < 0 else 0)
    return replace(scripted.post(number + 1000), created_at=at)


def unread(screens: "Screens") -> list[int]:
    """The numbers of the unread posts of the network, newest first."""
    keys = screens.session.unread.unread
    return [int(judged.post.id) - 1000 for judged in screens.posts() if judged.key in keys]


def signs(screens: "Screens") -> int:
    return sum(line[1:2] == UNREAD for line in screens.text().splitlines())


async def test_todays_posts_of_a_first_sync_are_unread_and_passing_reads_them(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert unread(screens) == [4, 3, 2, 1, 0]
        assert signs(screens) == 5
        await screens.press("g", "j", "j")
        assert unread(screens) == [2, 1, 0]
        assert signs(screens) == 3
        await screens.press("k")
        assert unread(screens) == [1, 0]
        await screens.press("enter", "escape")
        assert unread(screens) == [1, 0]


async def test_read_posts_stay_read_after_a_restart(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("g", "j", "j")
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert unread(screens) == [2, 1, 0]


async def test_a_page_reads_what_it_leaves_behind_and_a_jump_only_what_was_on_the_screen(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    many = scripted.network([made(scripted, number) for number in range(60)])
    async with opened(scripted.session(many, tmp_path)) as screens:
        await screens.press("g", "space")
        here = screens.timeline.cursor
        assert unread(screens) == list(range(59 - here, -1, -1))
        on_screen = len(screens.timeline.visible_rows())
        await screens.press("G")
        left = len(unread(screens))
        assert 60 - here - on_screen <= left < 60 - here
        assert left > 20


async def test_n_goes_to_the_next_unread_post_until_none_is_left(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("g", "n", "n")
        assert screens.posts()[screens.timeline.cursor].post.id == "001002"
        assert unread(screens) == [2, 1, 0]
        await screens.press("A")
        assert screens.line("message").startswith("marked 3 posts read")
        assert signs(screens) == 0
        await screens.press("n")
        assert screens.line("message") == "everything here is read"
        await screens.press("u")
        assert unread(screens) == [2, 1, 0]


async def test_new_posts_above_are_counted_also_after_a_restart(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("G")
        network.posts += [made(scripted, number) for number in range(100, 130)]
        await screens.press("R")
        assert "↑ 30 unread above" in screens.line("status")
        assert len(unread(screens)) >= 30
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert "unread above" in screens.line("status")
        assert len(unread(screens)) >= 30
        await screens.press("g")
        assert "unread above" not in screens.line("status")


async def test_older_posts_from_below_are_not_unread(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    old = scripted.network([made(scripted, number) for number in range(-60, 0)], page=10)
    async with opened(scripted.session(old, tmp_path, first_sync_posts=10)) as screens:
        await screens.press("G")
        assert len(screens.posts()) > 10
        assert unread(screens) == []


async def test_passed_hidden_posts_are_read(opened: "Open", demo_world: "Callable[..., Session]") -> None:
    session = demo_world()
    session.unread.mark_unread([judged.key for judged in session.timeline.posts])
    async with opened(session) as screens:
        await screens.press(*["j"] * 12)
        passed = screens.timeline.rows[:12]
        keys = {key for row in passed for key in getattr(row, "keys", (row.key,))}
        assert not keys & set(session.unread.unread)


async def test_on_a_screen_too_narrow_for_the_sign_no_line_is_wider_than_it(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path), size=(1, 12)) as screens:
        timeline = screens.timeline
        assert unread(screens)
        lines = [timeline.render_line(y) for y in range(timeline.size.height)]
        assert [sum(segment.cell_length for segment in line) for line in lines] == [1] * len(lines)
