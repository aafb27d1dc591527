"""Folding a conversation: its posts, its one line, and when it stays folded or is unfolded."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.tui.widgets.paint import paint
from quietfeed.tui.widgets.rows import PostRow
from quietfeed.tui.widgets.threads import Threads

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Network, Open, Screens, Scripted

ADA = Person("1", "ada@here.example")


def test_a_conversation_holds_over_posts_that_are_not_loaded_and_over_boosts() -> None:
    posts = [
        Post("1", ADA, "first", "me"),
        Post("2", ADA, "answer", "me", reply_to_id="1"),
        Post("3", ADA, "answer to the answer", "me", reply_to_id="2"),
        Post("b", ADA, "answer", "me", original_id="2", booster=ADA),
        Post("5", ADA, "to something away", "me", reply_to_id="away"),
        Post("6", ADA, "to the same", "me", reply_to_id="away"),
        Post("7", ADA, "alone", "me"),
        Post("2", ADA, "another account's", "you"),
    ]
    threads = Threads(posts)
    assert {key[1] for key in threads.around(("me", "3"))} == {"1", "2", "3", "b"}
    assert {key[1] for key in threads.around(("me", "5"))} == {"5", "6"}
    assert threads.around(("me", "7")) == {("me", "7")}
    assert threads.around(("you", "2")) == {("you", "2")}
    assert threads.around(("me", "unknown")) == {("me", "unknown")}


@pytest.fixture
def network(scripted: "type[Scripted]") -> "Network":
    """Twelve posts; 3, 5 and 8 are one conversation."""
    posts = {number: scripted.post(number) for number in range(12)}
    posts[5] = scripted.post(5, reply_to_id="000003", reply_to="ada@example.social")
    posts[8] = scripted.post(8, reply_to_id="000005", reply_to="ada@example.social")
    return scripted.network(list(posts.values()))


def numbers(screens: "Screens") -> list[int]:
    return [int(judged.post.id) for judged in screens.posts()]


async def test_a_conversation_becomes_one_line_and_comes_back(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path)) as screens:
        screens.go_to(lambda judged: judged.post.id == "000003")
        await screens.press("z")
        assert numbers(screens) == [11, 10, 9, 8, 7, 6, 4, 2, 1, 0]
        assert screens.selected() == (network.posts[8].account, "000008")
        (line,) = [line for line in screens.text().splitlines() if "more in this thread" in line]
        assert "▸● Ada: post number 8 · 2 more in this thread" in line
        await screens.press("2", "3", "R")
        assert len(numbers(screens)) == 10
        await screens.press("z")
        assert len(numbers(screens)) == 12
        assert screens.line("message") == "unfolded 3 posts"


async def test_an_answer_that_comes_later_joins_the_fold(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path)) as screens:
        screens.go_to(lambda judged: judged.post.id == "000008")
        await screens.press("z")
        network.posts.append(scripted.post(20, reply_to_id="000008", reply_to="ada@example.social"))
        await screens.press("R")
        row = screens.timeline.rows[0]
        assert isinstance(row, PostRow)
        assert row.judged.post.id == "000020"
        assert len(row.folded) == 3


async def test_a_post_alone_is_not_folded_and_undo_unfolds_what_it_goes_to(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path
) -> None:
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("g", "z")
        assert screens.line("message") == "nothing else of this conversation is shown here"
        screens.go_to(lambda judged: judged.post.id == "000005")
        await screens.press("p")
        screens.go_to(lambda judged: judged.post.id == "000008")
        await screens.press("z")
        assert 5 not in numbers(screens)
        await screens.press("u")
        assert screens.selected() == (network.posts[5].account, "000005")


@pytest.mark.parametrize("width", [20, 40, 80, 200])
async def test_the_line_of_a_fold_fits(
    opened: "Open", scripted: "type[Scripted]", network: "Network", tmp_path: Path, width: int
) -> None:
    async with opened(scripted.session(network, tmp_path), size=(width, 30)) as screens:
        screens.go_to(lambda judged: judged.post.id == "000008")
        await screens.press("z")
        row = screens.timeline.rows[screens.timeline.cursor]
        assert isinstance(row, PostRow)
        assert row.folded
        line, blank = paint(row, width, datetime.now(UTC))
        assert blank == []
        assert sum(len(text) for text, _, _ in line) <= width
