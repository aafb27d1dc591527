"""Every screen at two sizes in both themes, as SVG pictures in __snapshots__/.

`pytest tests/tui/test_snapshots.py --snapshot-update` redraws them; check the changes before committing them. If one
differs, pytest-textual-snapshot writes both side by side into snapshot_report.html.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual import _doc
from textual.app import App
from textual.widgets import Input

from quietfeed.models.account import Account
from quietfeed.models.context import PostContext
from quietfeed.models.mark import UserMarks
from quietfeed.models.person import Person
from quietfeed.models.verdict import CATEGORIES, Category, Level, Reason, Verdict
from quietfeed.session import Session, open_session
from quietfeed.session.clock import Clock
from quietfeed.session.post_judge import JudgeAll
from quietfeed.sources.demo.world import world
from quietfeed.store.archive import Archive

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open

pytest.importorskip("pytest_textual_snapshot", reason='`pip install -e ".[dev]"` brings it')

SNAPSHOTS = Path(__file__).parent / "__snapshots__" / "test_snapshots"
MADE_WITH = Path(__file__).parent / "golden" / "made-with.txt"
HERE = f"textual {'.'.join(version('textual').split('.')[:2])}, rich {version('rich').split('.')[0]}\n"
"""Other releases of Textual, or of Rich, which writes the pictures, may draw everything slightly differently."""
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIZES = [(80, 24), (120, 40)]
THEMES = ["quiet-dark", "quiet-light"]
SCREENS: dict[str, list[str]] = {
    "feed": [],
    "marked": ["j", "j", "s", "u", "x"],
    "everything": ["1", "j", "j"],
    "tray": ["h", "j"],
    "detail": ["j", "j", "enter"],
    "person": ["j", "j", "a"],
    "training": ["t", "s"],
    "why-shown": ["w"],
    "why-hidden": ["h", "w"],
    "report": ["j", "j", "p", "S"],
    "help": ["question_mark"],
    "mute": ["m"],
    "join-asked": ["j", "j", "J"],
    "join-chosen": ["j", "j", "J", "3"],
    "joined": ["j", "j", "J", "1", "a"],
    "links": ["1", "j", "o"],
    "search": ["slash", "r", "a", "i", "n"],
    "found": ["F", "r", "a", "i", "n", "enter"],
    "feeds": ["f"],
    "feed-of": ["f", "2"],
    "select": ["V", "j", "j", "j"],
    "welcome": [],
    "signin": ["enter"],
    "look": ["4"],
}
UNTIL = {"person": Level.known, "celebrity": Level.noise, "sales": Level.everything, "spam": Level.everything}


def pinned(truth: Mapping[str, Category]) -> Callable[..., Verdict]:
    """A judgement by the truth of the demo world, so that changes of the real one change no picture."""

    def judge(context: PostContext, *_: object, marks: UserMarks, now: datetime) -> Verdict:
        post = context.post
        category = marks.posts.get(post.key) or truth.get(post.id, "person")
        sure = (0.999, 0.95, 0.8, 0.6)[len(post.text) % 4]
        scores = {each: sure if each == category else (1 - sure) / 3 for each in CATEGORIES}
        reasons = (Reason("overall", (category,), 3.0), Reason("shape", ("short",), 0.8))
        return Verdict(UNTIL[category], category, scores, reasons, "classifier")

    return judge


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Position and colours are fixed. Pictures are left out: Pillow's releases scale differently."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@cache
def judge_by_truth() -> JudgeAll:
    """Judges each post by the truth of the demo world."""
    judge = pinned(world(1, NOW).truth)
    return lambda contexts, *_, **rest: [judge(context, **rest) for context in contexts]


def session_of(name: str, home: Path, demo_world: Callable[..., Session]) -> Session:
    if name in ("welcome", "signin", "look"):
        return open_session(home, Clock(lambda: NOW))
    archive = Archive(None)
    session = demo_world(now=NOW, archive=archive, judge_all=judge_by_truth(), clock=Clock(lambda: NOW))
    session.pictures.shown = False
    if name.startswith("join"):
        somebody_elsewhere(session, archive)
    return session


def somebody_elsewhere(session: Session, archive: Archive) -> None:
    """A second network: the author of the second post is there too, and their profiles link to each other."""
    elsewhere = Account("bluesky", "https://pds.example", "me.example", "did:plc:me")
    author = [judged for judged in session.timeline.posts if judged.verdict.shown_at(session.timeline.level)][
        1
    ].post.author
    same = Person("did:plc:1", "same.example", author.name, f"also @{author.handle}", "bluesky")
    others = [
        Person(f"did:plc:{n}", f"{word}.example", word.title()) for n, word in enumerate(("ada", "bo", "cleo"), 2)
    ]
    archive.add_account(elsewhere)
    archive.people.save(elsewhere.key, [same, *others])
    archive.people.save(session.accounts[0].key, [replace(author, links=("@same.example",))])


Drawn = dict[tuple[tuple[int, int], str], str]


@pytest.fixture(scope="module")
def drawn() -> dict[str, Drawn]:
    """The pictures of the last screen: one app draws all four of them."""
    return {}


async def draw(name: str, session: Callable[[], Session], opened: "Open") -> Drawn:
    """A screen at each size in each theme."""
    pictures = {}
    async with opened(session(), size=SIZES[0]) as screens:
        await screens.press(*SCREENS[name])
        for line in screens.app.screen.query(Input):
            line.cursor_blink = False
        for size in SIZES:
            await screens.pilot.resize_terminal(*size)
            for theme in THEMES:
                screens.app.theme = theme
                await screens.settled()
                await screens.pilot.wait_for_scheduled_animations()
                pictures[size, theme] = screens.app.export_screenshot(title=screens.app.title, simplify=True)
    return pictures


@pytest.fixture
def compared(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], bool]:
    """Compares a picture with the stored one. The plugin alone would start an app for each picture."""

    def compare(picture: str) -> bool:
        monkeypatch.setattr(_doc, "take_svg_screenshot", lambda **_: picture)
        return snap_compare(App())

    return compare


def check_versions(request: pytest.FixtureRequest) -> None:
    """Skip a test whose picture was drawn with other releases."""
    if request.config.getoption("update_snapshots"):
        MADE_WITH.write_text(HERE, "utf-8")
    elif MADE_WITH.read_text("utf-8") != HERE:
        pytest.skip(f"the pictures were drawn with {MADE_WITH.read_text('utf-8').strip()}, this is {HERE.strip()}")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_screen(
    compared: Callable[[str], bool],
    opened: "Open",
    demo_world: Callable[..., Session],
    drawn: dict[str, Drawn],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    name: str,
    size: tuple[int, int],
    theme: str,
) -> None:
    check_versions(request)
    if name not in drawn:
        drawn.clear()
        drawn[name] = await draw(name, lambda: session_of(name, tmp_path, demo_world), opened)
    assert compared(drawn[name][size, theme])


async def test_second_pane(
    compared: Callable[[str], bool],
    opened: "Open",
    demo_world: Callable[..., Session],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    """A wide terminal in the dark theme: the selected post is next to the timeline."""
    check_versions(request)
    async with opened(session_of("feed", tmp_path, demo_world), size=(160, 45)) as screens:
        screens.app.theme = "quiet-dark"
        await screens.press("j", "j")
        await screens.pane()
        await screens.pilot.wait_for_scheduled_animations()
        picture = screens.app.export_screenshot(title=screens.app.title, simplify=True)
    assert compared(picture)


def test_every_picture_belongs_to_a_screen(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("update_snapshots"):
        pytest.skip("the pictures are written when all tests are done")
    names = {path.stem.removeprefix("test_screen[").rsplit("-", 3)[0] for path in SNAPSHOTS.glob("test_screen*.svg")}
    assert names == set(SCREENS)
    assert sum(path.stat().st_size for path in SNAPSHOTS.iterdir()) < 5_000_000
