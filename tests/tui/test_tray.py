"""The tray over a long timeline: every stored hidden post can be reached, and the position in the timeline stays."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from quietfeed.models.tuning import Tuning
from quietfeed.session import Session

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted


@pytest.fixture
def tuning(small_window: Tuning) -> Tuning:
    """A tray that does not search far ahead."""
    return replace(small_window, tray_ahead=3)


def kept(scripted: "type[Scripted]", home: Path, hidden: set[int], count: int = 400, **parts: Tuning) -> Session:
    """A session over stored posts. These are hidden."""
    network = scripted.network([])
    posts = [scripted.post(n, scripted.star if n in hidden else scripted.friend) for n in range(count)]
    return scripted.session(network, home, scripted.store(home, posts), **parts)


def numbers(screens: "Screens") -> list[int]:
    return [int(judged.post.id) for judged in screens.posts()]


async def test_the_tray_goes_on_to_the_oldest_hidden_post_that_is_kept(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    stars = set(range(0, 400, 10))
    async with opened(kept(scripted, tmp_path, stars)) as screens:
        await screens.press("j", "j")
        here, loaded = screens.selected(), len(screens.session.timeline.posts)
        assert loaded < 100
        await screens.press("h")
        assert numbers(screens) == sorted(numbers(screens), reverse=True)
        assert len(numbers(screens)) < len(stars)
        for _ in stars:
            await screens.press("j")
        assert numbers(screens) == sorted(stars, reverse=True)
        assert screens.session.timeline.complete
        await screens.press("p", "h")
        # Back in the timeline nothing has moved, and distant posts are evicted.
        assert screens.selected() == here
        assert len(screens.session.timeline.posts) < 200


async def test_a_long_stretch_without_hidden_posts_is_looked_through_key_by_key(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, tuning: Tuning
) -> None:
    async with opened(kept(scripted, tmp_path, {395, 5}, tuning=replace(tuning, tray_scan=100))) as screens:
        await screens.press("h")
        assert numbers(screens) == [395]
        assert screens.line("message") == "none in the next 100 posts: j searches further"
        assert not screens.session.timeline.complete
        for _ in range(4):
            await screens.press("j")
        assert numbers(screens) == [395, 5]


async def test_from_far_below_the_tray_goes_up_to_the_newest_hidden_post(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    stars = set(range(0, 400, 10))
    async with opened(kept(scripted, tmp_path, stars)) as screens:
        await screens.press("G", "h")
        assert 390 not in numbers(screens)
        for _ in stars:
            await screens.press("g")
        assert numbers(screens)[0] == 390
        assert screens.timeline.cursor == 0
        assert numbers(screens) == sorted(stars, reverse=True)


async def test_one_kind_is_looked_for_below_what_is_loaded(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    session = kept(scripted, tmp_path, {390, 20})
    async with opened(session) as screens:
        session.timeline.load(500)
        session.marks.set(next(each.key for each in session.timeline.posts if each.post.id == "000010"), "sales")
        session.timeline.start_at_newest()
        session.timeline.load(30)
        await screens.press("h", "2")
        assert numbers(screens) == [10]
