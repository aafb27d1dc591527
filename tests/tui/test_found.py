"""Search in all stored posts: its list, marks and messages, and that the timeline does not change."""

from pathlib import Path
from typing import TYPE_CHECKING

from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted


async def find(screens: "Screens", words: str) -> None:
    await screens.press("F")
    await screens.type(words)
    await screens.press("enter")


def notes(screens: "Screens") -> dict[str, str]:
    return {row.judged.post.id: row.note for row in screens.timeline.rows if isinstance(row, PostRow)}


async def test_posts_that_are_not_loaded_and_hidden_ones_are_found(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    posts = [scripted.post(number) for number in range(900)]
    posts[3] = scripted.post(3, text="an old word about crêpes")
    posts[890] = scripted.post(890, scripted.star, text="CREPES, my new single")
    async with opened(scripted.session(scripted.network(posts), tmp_path, first_sync_posts=900)):
        pass
    async with opened(scripted.session(scripted.network(posts), tmp_path)) as screens:
        loaded = len(screens.session.timeline.posts)
        counts = screens.session.timeline.counts()
        assert screens.session.timeline.get((posts[3].account, posts[3].id)) is None
        await find(screens, "crepes")
        assert screens.names[-1] == "FoundScreen"
        found = notes(screens)
        assert list(found) == ["000890", "000003"]
        assert found["000890"].startswith("hidden as celebrity: ")
        assert found["000003"] == ""
        assert screens.line("title").startswith("2 found in all stored posts · 1 hidden · 'crepes'")
        await screens.press("escape")
        assert len(screens.session.timeline.posts) == loaded
        assert screens.session.timeline.counts() == counts


async def test_marks_work_on_what_was_found_and_it_opens(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    posts = [scripted.post(number) for number in range(600)]
    async with opened(scripted.session(scripted.network(posts), tmp_path, first_sync_posts=600)):
        pass
    async with opened(scripted.session(scripted.network(posts), tmp_path)) as screens:
        await find(screens, '"number 7"')
        assert list(notes(screens))[-1] == "000007"
        await screens.press("G", "x")
        key = screens.selected()
        assert key is not None
        judged = screens.session.timeline.get(key)
        assert judged is not None
        assert judged.mark == "spam"
        assert notes(screens)["000007"].startswith("hidden as spam: you marked")
        await screens.press("u", "enter")
        assert screens.names[-1] == "DetailScreen"
        assert "post number 7" in screens.text()


async def test_matches_are_marked_on_the_screen_without_their_accents(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(1, text="we had crêpes, 明日は京都で友達と")])
    async with opened(scripted.session(network, tmp_path)) as screens:
        await find(screens, "crepe 京都")
        reverse = [
            segment.text
            for line in screens.app.screen._compositor.render_strips()
            for segment in line
            if segment.style is not None and segment.style.reverse
        ]
        assert reverse == ["crêpe", "京都"]


async def test_the_next_page_is_loaded_near_the_end(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    network = scripted.network([scripted.post(number) for number in range(450)])
    async with opened(scripted.session(network, tmp_path, first_sync_posts=450)) as screens:
        await find(screens, "number")
        assert "450 found in all stored posts, the newest 200 here" in screens.line("title")
        await screens.press("G", "G", "G", "n")
        assert len(screens.timeline.rows) == 450


async def test_an_empty_result_is_reported_and_another_search_replaces_it(opened: "Open") -> None:
    async with opened() as screens:
        await find(screens, 'zzyzx" OR *')
        assert "No stored post contains all of these words" in screens.text()
        await find(screens, "the")
        assert screens.names.count("FoundScreen") == 1
        await screens.press("escape")
        assert screens.names[-1] == "HomeScreen"


async def test_an_empty_search_opens_no_results(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("F", "enter")
        assert screens.names == ["HomeScreen"]
