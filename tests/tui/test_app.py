"""The app: what is loaded before the first screen, the themes, the welcome screen and the walk through the demo."""

import asyncio
import gc
import json
import os
import pty
import subprocess
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.color import Color
from textual.theme import Theme
from textual.widgets import Input, Static

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.errors import QuietfeedError, UsageError
from quietfeed.models.tuning import Tuning
from quietfeed.session import Session, open_demo, open_session
from quietfeed.session.browser import can_open
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places
from quietfeed.tui.app import QuietfeedApp, run
from quietfeed.tui.themes import THEMES

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

LATER = (
    *("httpx", "sklearn", "numpy", "scipy", "keyring"),
    # Only needed by a key.
    *(f"quietfeed.tui.controllers.{name}" for name in ("marking", "acting", "composing", "search", "looking")),
    *(
        f"quietfeed.session.{name}"
        for name in ("importing", "forgetting", "transfer", "safety", "directory", "reading")
    ),
    *("argparse", "shlex", "quietfeed.models.compose", "quietfeed.store.salvage"),
)
SELDOM = (
    *("sklearn", "numpy", "scipy", "argparse", "shlex"),
    # Needed for writing, signing in, importing, searching and forgetting.
    *(
        f"quietfeed.tui.controllers.{name}"
        for name in ("acting", "composing", "forgetting", "importing", "looking", "menus", "publishing", "subscribing")
    ),
    *(
        f"quietfeed.session.{name}"
        for name in ("actions", "composing", "directory", "proposals", "spending", "training")
    ),
    *(f"quietfeed.store.{name}" for name in ("contacts", "drafts", "forgetting", "imports", "schema", "search")),
    *(f"quietfeed.sources.mastodon.{name}" for name in ("compose", "personal", "public", "signin", "write")),
    *("quietfeed.models.compose", "quietfeed.models.link", "quietfeed.models.paid", "quietfeed.phrases.composing"),
)
"""Modules that are not loaded either once the first refresh has begun and the usual keys are prepared."""

FIRST_PAINT = f"""
LATER = {LATER!r}
SELDOM = {SELDOM!r}
"""
FIRST_PAINT += """
import asyncio, sys
from pathlib import Path
from quietfeed.session import open_session
from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.screens.home import HomeScreen

async def main():
    home = Path(sys.argv[1])
    session = open_session(home)
    if sys.argv[2] != "refresh":
        HomeScreen._after_first_paint = lambda self: print("FEED")
    app = QuietfeedApp(session)
    async with app.run_test() as pilot:
        await pilot.pause()
        print(type(app.screen).__name__)
        if sys.argv[2] == "refresh":
            while "quietfeed.sources.mastodon.source" not in sys.modules or app.screen.fetching.progress is not None:
                await pilot.pause()
            await pilot.press("j", "G", "g")
        print("OWN", sum(name.startswith("quietfeed.") for name in sys.modules))
        seldom = SELDOM if sys.argv[2] == "refresh" else LATER
        print("LOADED", *sorted(set(seldom) & set(sys.modules)))

asyncio.run(main())
"""


def _sign_in(home: Path) -> None:
    """Store an account of a server that does not answer. In this process: the other one only opens the database."""
    database = find_places(home).database
    archive = Archive(database)
    account = archive.add_account(Account("mastodon", "http://127.0.0.1:9", "me@example.social", "1"))
    archive.close()
    tokens = database.with_name("tokens.json")
    tokens.write_text(json.dumps({account.key: {"token": "none"}}), "utf-8")
    tokens.chmod(0o600)


@pytest.mark.parametrize(
    ("what", "screen", "most"),
    [
        ("welcome", "WelcomeScreen", 213),
        ("feed", "HomeScreen", 202),
        ("refresh", "HomeScreen", 244),
    ],
)
def test_the_first_screen_loads_only_what_it_needs(what: str, screen: str, most: int, tmp_path: Path) -> None:
    """A limit on loaded modules of quietfeed. Each takes about 25 KB and a quarter of a millisecond, so a new one at
    start needs a reason, or is imported in the function that uses it.
    """
    if what != "welcome":
        _sign_in(tmp_path)
    answer = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT, str(tmp_path), what], capture_output=True, text=True, check=True
    )
    assert screen in answer.stdout.split()
    own, loaded = answer.stdout.splitlines()[-2:]
    assert loaded == "LOADED"
    assert int(own.split()[1]) <= most, own


def contrast(one: Color, other: Color) -> float:
    """The contrast of WCAG 2.2 (1 to 21)."""

    def luminance(color: Color) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_is_readable_at_wcag_aa(theme: Theme, scripted: "type[Scripted]", tmp_path: Path) -> None:
    app = QuietfeedApp(scripted.session(scripted.network([]), tmp_path))
    app.theme = theme.name
    colors = {name: Color.parse(value) for name, value in app.get_css_variables().items() if value.startswith("#")}
    names = ["foreground", "primary", "secondary", "accent", "warning", "error", "text-muted", "text-disabled"]
    pairs = [(name, ground) for name in names for ground in ("background", "surface")]
    assert [pair for pair in pairs if contrast(colors[pair[0]], colors[pair[1]]) < 4.5] == []


async def test_every_theme_of_textual_can_be_chosen(opened: "Open") -> None:
    async with opened(size=(80, 24)) as screens:
        for name in ("quiet-light", "quiet-dark", "gruvbox", "textual-light"):
            screens.app.theme = name
            await screens.settled()
            assert "shown" in screens.text()


def test_an_unknown_theme_is_reported(scripted: "type[Scripted]", tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no theme 'solarised'"):
        QuietfeedApp(scripted.session(scripted.network([]), tmp_path, theme="solarised"))


@pytest.mark.parametrize("lacking", ["stdin", "stderr", "both"])
def test_without_a_terminal_it_ends_with_an_error(tmp_path: Path, lacking: str) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "QUIETFEED_HOME": str(tmp_path)}
    stdin = subprocess.DEVNULL if lacking != "stderr" else theirs
    stderr = subprocess.PIPE if lacking != "stdin" else theirs
    command = [sys.executable, "-m", "quietfeed", "--demo"]
    answer = subprocess.run(command, stdin=stdin, stdout=theirs, stderr=stderr, env=environment, timeout=60)
    assert answer.returncode == 1
    said = os.read(ours, 4096) if lacking == "stdin" else answer.stderr
    assert b"quietfeed: There is no terminal to draw on" in said
    os.close(ours)
    os.close(theirs)


def test_a_dumb_terminal_gets_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with pytest.raises(QuietfeedError, match="quietfeed timeline"):
        run(open_demo())


async def test_no_colour_still_shows_the_cursor_and_the_ties(opened: "Open", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(size=(80, 24)) as screens:
        screens.go_to(lambda judged: judged.tie_name == "close")
        await screens.settled()
        assert "●" in screens.text()
        assert "▌" in screens.text()


async def test_a_newcomer_is_welcomed_and_can_leave(opened: "Open", tmp_path: Path) -> None:
    async with opened(open_session(tmp_path)) as screens:
        assert screens.names == ["WelcomeScreen"]
        assert "only the people you actually know" in " ".join(screens.text().split())
        assert all(f"Sign in to {name}" in screens.text() for name in ("Mastodon", "Bluesky"))
        await screens.press("escape")
        assert screens.app.return_value == 0


async def test_the_demo_is_walked_through_and_left_with_escape(opened: "Open", tmp_path: Path) -> None:
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("j", "j", "enter")
        assert screens.names == ["WelcomeScreen", "HomeScreen"]
        await screens.press("h", "escape", "escape")
        assert screens.names == ["WelcomeScreen"]


async def test_escape_in_the_timeline_does_not_leave_the_program(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("escape", "escape")
        assert screens.names == ["HomeScreen"]
        assert screens.app.is_running


@pytest.mark.parametrize(
    ("environment", "platform", "answer"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "1 2 3 4", "DISPLAY": ":10"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", False),
    ],
)
def test_a_browser_is_opened_only_where_it_would_be_seen(
    environment: dict[str, str], platform: str, answer: bool
) -> None:
    assert can_open(environment, platform) is answer


def test_the_default_theme_is_ours() -> None:
    assert Config().theme in {theme.name for theme in THEMES}


async def test_a_public_handle_is_looked_at_from_the_welcome_screen(
    bluesky: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, driven: "Callable[..., Screens]"
) -> None:
    server = bluesky(posts=30)
    monkeypatch.setenv("QUIETFEED_APPVIEW", server.url)
    app = QuietfeedApp(open_session(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4", *"nobody.example", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "There is no account nobody.example" in str(app.screen.query_one("#page-message", Static).content)
        app.screen.query_one(Input).value = server.world.me["handle"]
        await pilot.press("enter")
        await driven(pilot).settled()
        assert type(app.screen).__name__ == "HomeScreen"
        assert app.session.timeline.posts
        await pilot.press("q")


TAKEN_DOWN = """
import sys
from quietfeed.session import open_demo
from quietfeed.tui import app
from quietfeed.tui.screens.home import HomeScreen

def boom(self):
    # An error of a screen is shown on it. Only an error that Textual itself catches ends the program.
    try:
        raise RuntimeError("boom")
    except RuntimeError as error:
        self.app._handle_exception(error)

if sys.argv[1] == "boom":
    HomeScreen._after_first_paint = boom
else:
    HomeScreen._after_first_paint = lambda self: self.app.exit(0)
sys.exit(app.run(open_demo()))
"""


@pytest.mark.parametrize(("how", "status"), [("boom", 1), ("leave", 0)])
def test_the_exit_status_shows_that_the_program_was_ended(how: str, status: int, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", "QUIETFEED_HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", TAKEN_DOWN, how], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    said = b""
    # Reading from a terminal whose other end is closed is an error on Linux, and end of file elsewhere.
    with suppress(OSError):
        while piece := os.read(ours, 65536):
            said += piece
    assert process.wait(60) == status
    assert (b"Please report it" in said.replace(b"\r\n", b" ")) == (how == "boom")
    assert b"boom" not in said, "the message of an error may hold a post"
    os.close(ours)


class _Ring:
    """Something that only the collector takes away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize("much", [True, False])
async def test_garbage_is_collected_when_no_more_keys_come(
    opened: "Open", demo_world: Callable[..., Session], much: bool
) -> None:
    tuning = Tuning(step_pause=0.0, count_after=0.0, collect_after=0.05, young_collections=0 if much else 10_000)
    session = demo_world(counted=True, tuning=tuning)
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        async with opened(session) as screens:
            left = weakref.ref(_Ring())
            assert not screens.app._idle._waits
            assert left() is not None
            await screens.press("j")
            while screens.app._idle._waits:
                await asyncio.sleep(0.005)
            assert (left() is None) == much
    finally:
        gc.set_threshold(*before)
