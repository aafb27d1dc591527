"""Measures keys, likes and the composer: `python bench/answering.py`.

Runs the program in Textual's headless driver beside a Mastodon server on loopback. It times the keys `j` and `k`, a
like until the row shows it and until the server has it, and a key in a composer with 5,000 characters. It prints the
median and the 95th percentile in milliseconds. On a busy machine, compare the processor times.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "servers"))
_ROUNDS = 30
_LONG = "A sentence of many characters stands here, and one more. "


def report(name: str, walls: Sequence[float], cpus: Sequence[float] = ()) -> None:
    """Print the median and the 95th percentile."""
    parts = [f"{name:34}"]
    for label, values in (("", walls), (" processor", cpus)):
        if values:
            high = sorted(values)[int(len(values) * 0.95)]
            parts.append(f"{statistics.median(values) * 1000:6.1f} ms{label} (95 %: {high * 1000:.1f})")
    print("  ".join(parts))


async def timed(doing: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    await doing()
    return time.perf_counter() - wall, time.process_time() - cpu


async def until(done: Callable[[], bool], seconds: float = 10.0) -> float:
    """Wait until a condition is true. Returns the seconds."""
    start = time.perf_counter()
    while not done():
        if time.perf_counter() - start > seconds:
            raise TimeoutError
        await asyncio.sleep(0.001)
    return time.perf_counter() - start


async def measure(home: Path) -> None:
    """Run all measurements and print them."""
    from quietfeed.session import open_session
    from quietfeed.session.sync import ignore_progress
    from quietfeed.tui.app import QuietfeedApp

    with import_module("mastodon").serving(posts=200, scopes=("read", "write")) as server:
        session = open_session(home)
        await session.signing_in.flow.with_token("mastodon", server.url, "good", writing=True)
        session.signing_in.reload()
        await session.fetching.refresh(ignore_progress)
        session.timeline.load()
        app: Any = QuietfeedApp(session)
        async with app.run_test(size=(100, 40)) as pilot:
            await pilot.pause(1)
            moves = [await timed(partial(pilot.press, key)) for key in "jk" * _ROUNDS]
            report("j or k", [wall for wall, _ in moves], [cpu for _, cpu in moves])
            await _likes(app, server, pilot)
            await _composer(app, pilot)


async def _likes(app: Any, server: Any, pilot: Any) -> None:
    from quietfeed.tui.widgets.rows import PostRow

    shown: list[float] = []
    sent: list[float] = []
    for _ in range(10):
        await pilot.press("j")
        while not isinstance(row := app.screen.timeline.selected, PostRow) or row.judged.liked:
            await pilot.press("j")
        before = len(server.likes)
        app.action_do("like")
        key = row.judged.key
        shown.append(await until(partial(_is_liked, app, key)))
        sent.append(await until(partial(_has_more, server, before)) + shown[-1])
        await pilot.pause()
    report("like until the row has it", shown)
    report("like until the server has it", sent)


def _is_liked(app: Any, key: Any) -> bool:
    return bool(app.session.timeline.get(key).liked)


def _has_more(server: Any, before: int) -> bool:
    return len(server.likes) > before


async def _composer(app: Any, pilot: Any) -> None:
    app.action_do("compose")
    await pilot.pause(0.5)
    area = app.screen.query_one("#writing")
    area.text = (_LONG * 100)[:5000]
    area.move_cursor(area.document.end)
    await pilot.pause(0.5)
    keys = [await timed(partial(pilot.press, key)) for key in "word " * 10]
    report("a key in 5,000 characters", [wall for wall, _ in keys], [cpu for _, cpu in keys])


if __name__ == "__main__":
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))
