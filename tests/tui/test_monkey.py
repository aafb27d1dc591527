"""Random keys over unusual worlds at unusual sizes: no crash, the cursor is never lost, undo reverts everything."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from quietfeed.models.post import Card, Media, Poll, PollOption, Post, Quote
from quietfeed.phrases.changes import NOTHING_TO_UNDO
from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.keys import KEYSETS, keys_of
from quietfeed.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from quietfeed.models.view import JudgedPost
    from quietfeed.session import Session
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

START = datetime.now(UTC) - timedelta(hours=3)
SIZES = [(80, 24), (120, 40), (40, 12), (200, 60), (20, 6), (80, 5), (5, 30), (10, 3), (1, 1)]
MARKS = ["p", "c", "s", "x", "v", "d", "u", "u", "full_stop", "V", "z", "h", "enter", "escape", "3"]
TEXTS = [
    "漢字かな 한국어 ｗｉｄｅ " * 9,
    "👨‍👩‍👧‍👦 🇩🇪🇫🇷 👍🏽 ❤️ 1️⃣ " * 12,
    "مرحبا بالعالم שלום עולם " * 8,
    "Z̈ą̃l̀g̣ȯ e\u0301\u0301\u0301\u0301 " * 12,
    "[bold red]no markup[/] [link=https://example.org]x[/link] {braces} \\[ " * 4,
    "one\n\n\n\ntwo\n" * 30,
    "a" * 900,
    "\u3000\u00a0 \u200b\u200d\ufe0f",
    "",
]


def hostile(scripted: "type[Scripted]") -> list[Post]:
    """Long, wide, bidirectional, empty and folded posts, with everything that a post can contain."""
    posts = []
    for number, text in enumerate(TEXTS * 3):
        post = scripted.post(number, scripted.star if number % 4 == 3 else scripted.friend, text or " ")
        parts: list[dict[str, object]] = [
            {},
            {"warning": text.replace("\n", " ")[:300], "media": (Media("image", text[:200]), Media("video"))},
            {"poll": Poll((PollOption(text[:80], 3), PollOption("", 0), PollOption("b")), voters=0), "text": ""},
            {"quote": Quote("", text), "card": Card("https://example.org", text.replace("\n", " ")[:90], text)},
            {"reply_to": "", "reply_to_id": f"{number - 4:06}", "booster": scripted.star, "created_at": None},
        ]
        posts.append(replace(post, text=text, created_at=START + timedelta(minutes=number)))
        posts[-1] = replace(posts[-1], **parts[number % 5])
    return posts


def ordinary(scripted: "type[Scripted]", count: int, *, hidden: bool = False, thread: bool = False) -> list[Post]:
    posts = []
    for number in range(count):
        post = scripted.post(number, scripted.star if hidden else scripted.friend)
        above = f"{number - 1:06}" if thread and number else None
        posts.append(replace(post, created_at=START + timedelta(minutes=number), reply_to_id=above))
    return posts


WORLDS: "dict[str, Callable[[type[Scripted]], list[Post]]]" = {
    "hostile": hostile,
    "empty": lambda _: [],
    "one post": lambda scripted: ordinary(scripted, 1),
    "everything hidden": lambda scripted: ordinary(scripted, 30, hidden=True),
    "one conversation": lambda scripted: ordinary(scripted, 30, thread=True),
}


def session_of(scripted: "type[Scripted]", world: str, home: Path, keyset: str = "vim") -> "Session":
    return scripted.session(scripted.network(WORLDS[world](scripted)), home, keyset=keyset)


async def look(screens: "Screens") -> None:
    """The cursor is on a row, and that row on the screen."""
    await screens.settled()
    for timeline in screens.app.screen.query(Timeline):
        assert 0 <= timeline.cursor < max(len(timeline.rows), 1)
        if timeline.rows and timeline.size.height > 1:
            assert timeline.selected in timeline.visible_rows(), f"the cursor is lost on {screens.names}"


@pytest.mark.parametrize("seed", range(1))
@pytest.mark.parametrize("world", WORLDS)
async def test_random_keys_at_odd_sizes_break_nothing(
    opened: "Open",
    scripted: "type[Scripted]",
    tmp_path: Path,
    world: str,
    seed: int,
) -> None:
    dice = random.Random(f"{world} {seed}")
    keyset = dice.choice(KEYSETS)
    keys = [key for name, keys in keys_of(keyset, {}).items() if name != "quit" for key in keys.split(",")]
    keys += ["escape", "tab", "0", "5", "enter"] * 4
    pressed: list[object] = []
    async with opened(session_of(scripted, world, tmp_path, keyset), size=dice.choice(SIZES)) as screens:
        try:
            for _ in range(40):
                if dice.random() < 0.1:
                    pressed.append(dice.choice(SIZES))
                    await screens.pilot.resize_terminal(*pressed[-1])  # type: ignore[misc]
                pressed.append(dice.choice(keys))
                await screens.press(str(pressed[-1]))
                await look(screens)
                if len(screens.names) > 5:
                    await screens.press(*["escape"] * 5)
        except Exception as error:
            raise AssertionError(f"{keyset}: {pressed}") from error


@pytest.mark.parametrize("seed", range(1))
async def test_undo_goes_back_to_the_start_from_anywhere(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    async with opened(session_of(scripted, "hostile", tmp_path)) as screens:
        session = screens.session

        def state() -> "tuple[object, ...]":
            judged: dict[object, JudgedPost] = {each.key: each for each in session.timeline.posts}
            return session.timeline.level, session.marks.count, judged

        before = state()
        for _ in range(25):
            await screens.press(dice.choice([*MARKS, "j", "j", "j", "k", "4", "1"]))
            await look(screens)
        assert state() != before
        await screens.press("escape", "escape", "escape", "escape", "escape")
        while screens.line("message") != NOTHING_TO_UNDO:
            await screens.press("u")
            await look(screens)
        assert state() == before


@pytest.mark.parametrize("keys", [["h"], ["w"], ["enter"], ["a"], ["t"], ["S"], ["question_mark"], ["m"], ["o"],
                                  ["slash", "n"], ["F", "n", "enter"], ["V", "j"], ["ctrl+p", "a"], ["z"]])  # fmt: skip
async def test_every_screen_survives_every_size(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, keys: list[str]
) -> None:
    async with opened(session_of(scripted, "hostile", tmp_path), size=(80, 24)) as screens:
        await screens.press("1", "j", "j", *keys)
        name = screens.names[-1]
        # The smallest, the largest, a narrow and a low one, and the first size again.
        for size in ((200, 60), (40, 12), (80, 5), (5, 30), (1, 1), (80, 24)):
            await screens.pilot.resize_terminal(*size)
            await look(screens)
            assert all(cell_len(line) <= size[0] for line in screens.text().splitlines())
        # Textual's own palette does not fit on three lines; everything else does.
        assert screens.names[-1] == ("HomeScreen" if name == "CommandPalette" else name)
        assert isinstance(screens.app, QuietfeedApp)
