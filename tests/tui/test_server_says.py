"""Server states on the screens: rate limits, gaps that cannot be filled, edited and deleted posts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual.screen import Screen
from textual.timer import Timer

from quietfeed.models.errors import RateLimited
from quietfeed.models.person import Person
from quietfeed.models.post import Poll, PollOption, Post
from quietfeed.models.verdict import Level, Verdict
from quietfeed.models.view import JudgedPost
from quietfeed.session.clock import Clock
from quietfeed.tui.widgets.paint import paint
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from .conftest import Open, Scripted

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIMIT = f"Rate limited by example.social until {(NOW + timedelta(minutes=2)).astimezone():%H:%M}."


class Timers:
    """The timers that screens set; tests fire them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set: list[tuple[float, Callable[[], Any]]] = []
        real = Screen.set_timer

        def set_timer(screen: Screen[Any], delay: float, callback: Any = None, **more: Any) -> Timer:
            if delay < 30:
                return real(screen, delay, callback, **more)
            self.set.append((delay, callback))
            return real(screen, delay, callback, **more, pause=True)

        monkeypatch.setattr(Screen, "set_timer", set_timer)


@pytest.mark.parametrize("minutes", [0, 30])
async def test_the_screen_goes_on_when_a_rate_limit_ends(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    timers = Timers(monkeypatch)
    network = scripted.network([scripted.post(number) for number in range(5)])
    session = scripted.session(network, tmp_path, refresh_minutes=minutes)
    session.clock = Clock(lambda: NOW)
    async with opened(session) as screens:

        def limited() -> None:
            raise RateLimited("example.social", NOW + timedelta(seconds=120))

        network.on_request = limited
        await screens.press("R")
        assert screens.line("message") == LIMIT
        await screens.press("R")
        refreshes = [each for each in timers.set if each[0] > 200]
        assert [27 * 60 <= wait <= 33 * 60 for wait, _ in refreshes] == [True] * (minutes > 0)
        (first, _), (second, go_on) = (each for each in timers.set if each[0] < 200)
        # Up to five seconds of jitter: other clients wait for the same moment.
        assert all(121 <= wait < 126 for wait in (first, second))
        network.on_request = lambda: None
        network.posts.append(scripted.post(10))
        go_on()
        await screens.settled()
        assert len(screens.posts()) == 6
        assert screens.line("message") == "1 new: 1 shown"
        # The rate limit has ended, so there is no timer.
        assert len(timers.set) == 2 + (minutes > 0)


async def test_a_gap_that_cannot_be_filled_shows_the_reason(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(3)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.posts = [scripted.post(number) for number in range(100, 105)]
        await screens.press("R", "g")
        told = "the server no longer has the posts that belong here; they cannot be fetched"
        assert f"┄ {told}" in screens.text()
        number = next(n for n, row in enumerate(screens.timeline.rows) if row.key[0] == "gap")
        screens.timeline.select_number(number)
        await screens.press("enter")
        assert screens.line("message") == f"{told[0].upper()}{told[1:]}."


async def test_a_deleted_post_leaves_the_screen_unless_it_is_marked(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(6)])
    session = scripted.session(network, tmp_path)
    moved = timedelta()
    session.fetching._clock = Clock(lambda: datetime.now(UTC) + moved)
    async with opened(session) as screens:
        screens.go_to(lambda judged: judged.post.id == "000002")
        await screens.press("x")
        network.deleted = {"000001", "000002"}
        network.posts = [each for each in network.posts if each.id not in network.deleted]
        moved += timedelta(hours=1)
        await screens.press("R", "1")
        text = screens.text()
        assert "post number 1" not in text
        assert "post number 2" in text
        assert text.count("deleted by its author") == 1


def row(post: Post, **more: Any) -> PostRow:
    verdict = Verdict(Level.known, "person", {"person": 1.0}, (), "tie")
    return PostRow(JudgedPost(post, verdict), **more)


def lines(post: Post, width: int = 80, now: datetime = NOW, **more: Any) -> list[str]:
    return ["".join(text for text, _, _ in line) for line in paint(row(post, **more), width, now)]


POST = Post("1", Person("7", "ada@here.example", "Ada"), "hello", created_at=NOW - timedelta(hours=3))


def test_an_edited_post_is_labelled_in_its_row_and_when_it_is_opened() -> None:
    edited = replace(POST, edited_at=NOW - timedelta(hours=1))
    assert not any("edited" in line for line in lines(POST, open=True))
    assert lines(edited)[0].endswith("edited · 3h")
    at = (NOW - timedelta(hours=1)).astimezone()
    assert f"edited {at:%d %b %Y %H:%M}" in lines(edited, open=True)[1]
    for width in (20, 30, 40, 60):
        assert all(len(line) < width for line in lines(edited, width))


def test_a_deleted_post_is_labelled_also_behind_a_warning() -> None:
    deleted = replace(POST, deleted_at=NOW, warning="politics")
    told = [line.strip() for line in lines(deleted)]
    assert "deleted by its author" in told
    assert "hello" not in told


def test_a_poll_whose_time_is_over_is_closed() -> None:
    poll = replace(POST, poll=Poll((PollOption("yes", 3),), expires_at=NOW, expired=False))
    assert [any("closed" in line for line in lines(poll, now=NOW + timedelta(minutes=m))) for m in (-1, 1)] == [
        False,
        True,
    ]
