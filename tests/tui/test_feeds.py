"""Feeds and lists on the screen: the chooser, levels, marks and pages, and that the timeline does not change."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from quietfeed.models.verdict import Level
from quietfeed.tui.widgets.rows import HiddenRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted


async def read(screens: "Screens", number: str = "1") -> None:
    await screens.press("f", number)
    assert screens.names[-1] == "FeedScreen"


async def test_a_feed_is_a_timeline_of_its_own_and_leaves_the_home_timeline_alone(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(30)], page=20)
    # In the feed's order, with a celebrity, and with some posts of the home timeline.
    listed = [scripted.post(200 - number, scripted.star if number == 2 else scripted.friend) for number in range(50)]
    network.lists = {"close ones": [*listed[25:], *listed[:25]]}
    async with opened(scripted.session(network, tmp_path)) as screens:
        before = ([each.key for each in screens.session.timeline.posts], screens.session.timeline.counts())
        unread = set(screens.session.unread.unread)
        await read(screens)
        assert screens.line("title").startswith("Close Ones · list\n20 shown · 0 hidden")
        assert [each.post.id for each in screens.posts()] == [post.id for post in listed[25:45]]
        await screens.press("G")
        await screens.press("G")
        assert screens.line("message") == "end of this list: R starts again at the top"
        assert screens.line("title").endswith("49 shown · 1 hidden: 1 celebrity · quiet")
        assert sum(isinstance(row, HiddenRow) for row in screens.timeline.rows) == 1
        await screens.press("escape")
        assert screens.names[-1] == "HomeScreen"
        assert ([each.key for each in screens.session.timeline.posts], screens.session.timeline.counts()) == before
        assert set(screens.session.unread.unread) == unread


async def test_marks_why_undo_and_levels_work_in_a_feed(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(5)])
    network.lists = {
        "close ones": [scripted.post(100 + n, scripted.star if n % 2 else scripted.friend) for n in range(8)]
    }
    async with opened(scripted.session(network, tmp_path)) as screens:
        await read(screens)
        assert {each.post.author.id for each in screens.posts()} == {"ada"}
        await screens.press("1")
        assert screens.session.timeline.level is Level.everything
        assert len(screens.posts()) == 8
        await screens.press("3")
        key = screens.posts()[0].key
        await screens.press("x")
        assert screens.session.timeline.get(key).mark == "spam"  # type: ignore[union-attr]
        assert key in {each.key for each in screens.posts()}
        await screens.press("u")
        assert screens.session.timeline.get(key).mark is None  # type: ignore[union-attr]
        assert screens.selected() == key
        await screens.press("w")
        assert screens.names[-1] == "WhyScreen"
        await screens.press("escape", "j", "enter")
        assert "unfolded" in screens.line("message")
        await screens.press("s", "p")
        await screens.press("4", "escape")
        assert "known" in screens.line("status")
    session = scripted.session(network, tmp_path)
    marked = session.marks.all()
    assert [(mark.context.post.id, mark.category) for mark in marked]
    assert all(session.timeline.keys_of(mark.context.post.id) for mark in marked)
    await session.close()


async def test_the_key_chooses_another_feed_in_the_place_of_this_one(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(1)])
    network.lists = {"one": [scripted.post(2)], "two": []}
    async with opened(scripted.session(network, tmp_path)) as screens:
        await read(screens, "1")
        await read(screens, "2")
        assert screens.line("title").startswith("Two")
        assert screens.line("message") == "this list is empty"
        assert screens.names.count("FeedScreen") == 1
        await screens.press("escape")
        assert screens.names[-1] == "HomeScreen"


async def test_a_failed_request_is_one_sentence_and_loaded_posts_stay(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(3)], page=20)
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("f")
        assert screens.line("message").startswith("you have no saved feeds or lists")
        network.lists = {"one": [scripted.post(100 + n) for n in range(60)]}
        await read(screens)
        network.down = True
        await screens.press("G", "G")
        assert screens.line("message") == "example.social cannot be reached: try again later. R tries again."
        assert len(screens.posts()) == 20
        network.down = False
        await screens.press("R")
        assert screens.line("message") == "20 posts fetched"
        await screens.press("escape")
        network.down = True
        await screens.press("f")
        assert screens.line("message") == "example.social cannot be reached: try again later."
        assert len(screens.posts()) == 3


async def test_the_demo_world_has_feeds_too(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("f")
        assert "Neighbours · list · pinned" in screens.text()
        assert "Loud today · feed by @loud.example" in screens.text()
        await screens.press("2")
        assert screens.line("title").startswith("Loud today · feed by @loud.example")
        assert "hidden" in screens.line("title")


async def test_posts_of_a_feed_stay_when_the_timeline_evicts_its_own(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(30)])
    network.lists = {"one": [scripted.post(n) for n in (3, 100, 5, 101)]}
    async with opened(scripted.session(network, tmp_path)) as screens:
        await read(screens)
        screens.session.timeline.start_at_newest()
        await screens.press("1", "3")
        assert [each.post.id for each in screens.posts()] == ["000003", "000100", "000005", "000101"]
        assert not screens.session.timeline.posts
        screens.session.timeline.load()
        assert len(screens.session.timeline.posts) == 30


_SELLS = "Buy now! Use code SAVE20, link in bio, limited offer: https://shop.example"


async def test_a_friend_is_known_in_a_feed_once_the_relationship_was_requested(
    scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([])
    network.knows_people = False
    network.lists = {"one": [scripted.post(1, scripted.friend, _SELLS)]}
    session = scripted.session(network, tmp_path)

    feed = await session.reading.find_feed("one")
    page = await session.reading.feed_page(feed, None)
    assert page.error
    assert session.timeline.get_or_load(page.keys)[0].tie_name == "stranger"
    network.knows_people = True
    page = await session.reading.feed_page(feed, None)
    judged = session.timeline.get_or_load(page.keys)[0]
    assert judged.tie_name == "known"
    assert all(judged.verdict.shown_at(level) for level in Level)


@pytest.mark.parametrize("together", [False, True])
async def test_marks_undone_in_a_feed_that_is_no_longer_loaded_leave_no_trace(
    scripted: "type[Scripted]", tmp_path: Path, together: bool
) -> None:
    stranger = replace(scripted.friend, id="zed", handle="zed@example.social")
    network = scripted.network([scripted.post(number, stranger) for number in range(9)])
    network.lists = {"one": [scripted.post(100 + number, stranger) for number in range(4)]}
    session = scripted.session(network, tmp_path)
    await session.fetching.refresh(lambda _progress: None)
    page = await session.reading.feed_page(await session.reading.find_feed("one"), None)
    before = {judged.key: judged.verdict for judged in session.timeline.posts}
    if together:
        session.marks.set_all(page.keys, "spam")
    else:
        for key in page.keys:
            session.marks.set(key, "spam")
    assert session.timeline.counts().shown == 0
    session.timeline.start_at_newest()
    session.timeline.load()
    while session.history.undo() is not None:
        pass
    assert {judged.key: judged.verdict for judged in session.timeline.posts} == before
