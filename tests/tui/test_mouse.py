"""The mouse runs the same actions as the keys: in feeds, conversations, choices, links, titles and lists."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import events

from quietfeed.models.post import Span
from quietfeed.models.view import hide_cause
from quietfeed.session.browser import Browser
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted


def line_of(screens: "Screens", text: str) -> int:
    """The screen line that contains a text."""
    return next(number for number, line in enumerate(screens.text().splitlines()) if text in line)


async def click(screens: "Screens", text: str, times: int = 1) -> None:
    """Click on a text of the screen."""
    line = line_of(screens, text)
    column = screens.text().splitlines()[line].index(text)
    await screens.pilot.click(offset=(column + 1, line), times=times)
    await screens.settled()


async def test_a_double_click_in_a_feed_and_on_a_neighbour_opens_each_once(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(3)])
    network.lists = {"close ones": [scripted.post(100 + number) for number in range(5)]}
    network.before = (scripted.post(90, text="the question before"),)
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("f", "1")
        await click(screens, "post number 102", times=2)
        assert screens.names == ["HomeScreen", "FeedScreen", "DetailScreen"]
        await click(screens, "the question before", times=2)
        assert screens.names == ["HomeScreen", "FeedScreen", "DetailScreen"]
        assert [row.open for row in screens.timeline.rows if isinstance(row, PostRow)] == [True, True]
        await click(screens, "the question before", times=2)
        assert [row.open for row in screens.timeline.rows if isinstance(row, PostRow)] == [False, True]
        await click(screens, "post number 102", times=2)
        assert screens.names == ["HomeScreen", "FeedScreen"]


async def test_a_click_on_a_choice_chooses_it(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    session = scripted.session(scripted.network([scripted.post(number) for number in range(3)]), tmp_path)
    async with opened(session) as screens:
        await screens.press("m")
        await click(screens, "1  ")
        assert screens.names == ["HomeScreen"]
        assert "muted" in screens.line("message")


async def test_the_right_button_opens_the_menu_of_a_post(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    session = scripted.session(scripted.network([scripted.post(number) for number in range(3)]), tmp_path)
    async with opened(session) as screens:
        row = line_of(screens, "post number 1")
        await screens.pilot.click(offset=(8, row), button=3)
        await screens.settled()
        assert screens.names == ["HomeScreen", "ChoiceScreen"]
        assert "copy the link" in screens.text()
        await screens.press("escape")
        selected = screens.timeline.selected
        assert isinstance(selected, PostRow)
        assert selected.judged.post.text == "post number 1"


async def test_a_click_on_a_link_opens_it_and_selects_its_post(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    addresses: list[str] = []

    def open_address(address: str) -> bool:
        addresses.append(address)
        return True

    browser = Browser(can_open=lambda: True, draws_on_terminal=lambda: False, open=open_address)
    owl = Span(4, 21, "link", "https://birds.example/owl")
    posts = [scripted.post(1), scripted.post(2, text="see birds.example/owl for owls", spans=(owl,))]
    session = scripted.session(scripted.network(posts), tmp_path)
    async with opened(session, browser=browser) as screens:
        await screens.press("j")
        await click(screens, "birds.example/owl")
        assert screens.selected() == posts[1].key
        assert addresses == ["https://birds.example/owl"]


async def test_a_click_on_a_count_of_the_tray_lists_that_kind(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h")
        everything = len(screens.posts())
        await click(screens, " sales")
        assert {hide_cause(judged.verdict) for judged in screens.posts()} == {"sales"}
        await click(screens, "tab: the next kind")
        assert {hide_cause(judged.verdict) for judged in screens.posts()} == {"spam"}
        while "tab or 1-6" not in screens.line("title"):
            await click(screens, "tab: the next kind")
        assert len(screens.posts()) == everything


async def test_the_wheel_moves_a_list_and_takes_the_cursor_along(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h")
        for _ in range(20):
            await screens.pilot._post_mouse_events([events.MouseScrollDown], widget="#timeline", offset=(5, 5))
        await screens.settled()
        row = screens.timeline.selected
        assert screens.timeline.scroll_offset.y > 0
        assert isinstance(row, PostRow)
        assert row in screens.timeline.visible_rows()
