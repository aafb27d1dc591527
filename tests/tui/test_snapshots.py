"""Every screen at two sizes in both themes, as pictures under snapshots/ that a browser shows.

`pytest tests/tui/test_snapshots.py --snapshot-update` draws them anew; look at what changed before it is kept.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import unified_diff
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import textual
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.widgets import Input

from quietfeed.models.case import Case
from quietfeed.models.mark import Said
from quietfeed.models.verdict import CATEGORIES, Category, Level, Reason, Verdict
from quietfeed.session import Session, open_demo, open_session, timeline
from quietfeed.sources.demo.world import world

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens

SNAPSHOTS = Path(__file__).parent / "snapshots"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIZES = [(80, 24), (120, 40)]
THEMES = ["quiet-dark", "quiet-light"]
WIDE, HIGH = 8, 17
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
    "links": ["1", "j", "o"],
    "search": ["slash", "r", "a", "i", "n"],
    "found": ["F", "r", "a", "i", "n", "enter"],
    "select": ["V", "j", "j", "j"],
    "welcome": [],
    "signin": ["enter"],
}


UNTIL = {"person": Level.known, "celebrity": Level.noise, "sales": Level.everything, "spam": Level.everything}


def pinned(truth: Mapping[str, Category]) -> Callable[..., Verdict]:
    """A judgement by what the demo world says of its posts, so that work on the real one draws no screen anew."""

    def judge(case: Case, *_: object, said: Said, now: datetime) -> Verdict:
        post = case.post
        category = said.posts.get(post.key) or truth.get(post.id, "person")
        sure = (0.999, 0.95, 0.8, 0.6)[len(post.text) % 4]
        scores = {each: sure if each == category else (1 - sure) / 3 for each in CATEGORIES}
        reasons = (Reason(f"made to be {category}", 3.0, "rule"), Reason(f"{len(post.text)} letters long", 0.8, "text"))
        return Verdict(UNTIL[category], category, scores, reasons)

    return judge


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The moment, the place and the colours stand still. Pictures are left out: Pillow's releases scale differently."""
    for name, module in list(sys.modules.items()):
        if name.startswith("quietfeed.") and hasattr(module, "utc_now"):
            monkeypatch.setattr(module, "utc_now", lambda: NOW)
        if name.startswith("quietfeed.") and hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda: NOW.replace(hour=0))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


def colours(style: Style | None) -> tuple[str, str, bool, bool]:
    """Ink, paper, bold, underlined; "" where a cell has no colour of its own."""
    style = style or Style()
    ink = style.color.get_truecolor().hex if style.color else ""
    paper = style.bgcolor.get_truecolor().hex if style.bgcolor else ""
    return (paper if style.reverse else ink, ink if style.reverse else paper, bool(style.bold), bool(style.underline))


def picture(screens: "Screens", size: tuple[int, int]) -> str:
    """The screen as an SVG of one text a stretch of equal style, a line of the file a line of the screen."""
    strips = screens.app.screen._compositor.render_strips()
    ground = screens.app.screen.styles.background.hex6.lower()
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0] * WIDE}" height="{size[1] * HIGH}"'
        ' font-family="monospace" font-size="13" xml:space="preserve">',
        "<style>.b{font-weight:bold}.u{text-decoration:underline}</style>",
        f'<rect width="100%" height="100%" fill="{ground}"/>',
    ]
    for row, strip in enumerate(strips):
        lines.append(_line(strip, row, ground))
    return "\n".join([*lines, "</svg>", ""])


def _line(strip: Iterable[Segment], row: int, ground: str) -> str:
    papers, inks, at = [], [], 0
    drawn = (segment for segment in strip if segment.text and not segment.control)
    for (ink, paper, bold, under), run in groupby(drawn, lambda segment: colours(segment.style)):
        text = "".join(segment.text for segment in run)
        width = cell_len(text)
        if paper not in ("", ground):
            papers.append(
                f'<rect x="{at * WIDE}" y="{row * HIGH}" width="{width * WIDE}" height="{HIGH}" fill="{paper}"/>'
            )
        start = cell_len(text[: len(text) - len(text.lstrip())])
        if text.strip():
            kind = " ".join(name for name, there in (("b", bold), ("u", under)) if there)
            length = cell_len(text.strip()) * WIDE
            inks.append(
                f'<text x="{(at + start) * WIDE}" y="{row * HIGH + 13}" textLength="{length}" fill="{ink}"'
                f'{f""" class="{kind}" """.rstrip() if kind else ""}>{escape(text.strip(), quote=False)}</text>'
            )
        at += width
    return "".join([*papers, *inks]) or "<!-- empty -->"


def session_of(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    if name in ("welcome", "signin"):
        return open_session(home)
    judge = pinned(world(1, NOW).truth)
    monkeypatch.setattr(timeline, "judge", judge)
    monkeypatch.setattr(timeline, "judge_all", lambda cases, *_, **rest: [judge(case, **rest) for case in cases])
    session = open_demo(now=NOW)
    session.pictures.shown = False
    return session


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_looks_as_it_did(
    opened: "Open",
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    size: tuple[int, int],
    theme: str,
) -> None:
    update = request.config.getoption("--snapshot-update")
    made_with = SNAPSHOTS / "made-with.txt"
    here = f"textual {'.'.join(textual.__version__.split('.')[:2])}\n"
    if not update and made_with.read_text("utf-8") != here:
        pytest.skip(f"the snapshots were drawn with {made_with.read_text('utf-8').strip()}, this is {here.strip()}")
    async with opened(session_of(name, tmp_path, monkeypatch), size=size) as screens:
        screens.app.theme = theme
        await screens.press(*SCREENS[name])
        for line in screens.app.screen.query(Input):
            line.cursor_blink = False
        await screens.settled()
        drawn = picture(screens, size)
    path = SNAPSHOTS / f"{name}-{size[0]}x{size[1]}-{theme.removeprefix('quiet-')}.svg"
    if update:
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(drawn, "utf-8")
        made_with.write_text(here, "utf-8")
        return
    kept = path.read_text("utf-8") if path.exists() else ""
    if drawn != kept:
        (tmp_path / path.name).write_text(drawn, "utf-8")
        changed = "\n".join(list(unified_diff(kept.splitlines(), drawn.splitlines(), "kept", "drawn", n=0))[:12])
        pytest.fail(
            f"{path.name} has changed: compare it with {tmp_path / path.name}, and if it is better,"
            f" `pytest tests/tui/test_snapshots.py --snapshot-update` keeps it.\n{changed}"
        )


def test_no_snapshot_is_left_of_a_screen_that_is_gone() -> None:
    names = {path.name.rsplit("-", 2)[0] for path in SNAPSHOTS.glob("*.svg")}
    assert names == set(SCREENS)
    assert sum(path.stat().st_size for path in SNAPSHOTS.iterdir()) < 3_000_000
