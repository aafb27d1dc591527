"""Measures the timeline: keys with 1,000, 10,000 and 100,000 stored posts, held keys, arriving posts, and memory.

    python bench/timeline.py [--sizes 1000,10000,100000] [--only keys,held,news,learning,memory,judging]

`keys`, `news` and `learning` press keys in Textual's headless driver at 100x36: a figure is the time from the key to
the frame that shows its effect. `held` and `memory` run the program in a pseudo-terminal; `held` compares it with toot
tui, tooi and mastui if they are installed (bench/clients.py). Prints Markdown for docs/benchmarks.md.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from clients import PORT, SECURE, Client, clients, serving
from start import BARE, fill
from terminal import Terminal, resident, words
from textual import events

from quietfeed.session import Session, open_session
from quietfeed.tui import FRAMES
from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.screens.home import HomeScreen
from quietfeed.tui.widgets.rows import Row
from quietfeed.tui.widgets.timeline import Timeline

SIZE = (100, 36)
RATE = 80
REAL_POSTS_A_SECOND = 300 * 40 / 300
"""The limit of a real server: Mastodon allows 300 requests of 40 posts in five minutes."""
PARTS = ("keys", "held", "news", "learning", "memory", "judging")
Found = dict[str, Any]


def main() -> int:
    """Measure and print. With `--part`, run one measurement in this process and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        inside: dict[str, Callable[[Path], Awaitable[Found]]] = {
            "keys": keys,
            "news": news,
            "learning": learning,
            "judging": judging,
        }
        gc.disable()  # as __main__.py does; the app enables it when its first screen is painted
        found: Found = asyncio.run(_awaited(inside[args.part](args.home)))
        print(json.dumps(found))
        return 0
    sizes = [int(size) for size in args.sizes.split(",")]
    only = args.only.split(",")
    with tempfile.TemporaryDirectory() as folder:
        homes = {size: Path(folder) / str(size) for size in sizes}
        if {"keys", "learning", "memory", "judging"} & set(only):
            for size, home in homes.items():
                fill(home, size)
        if "keys" in only:
            print_keys(homes)
        if "held" in only:
            print_held(Path(folder))
        if "news" in only:
            print_news()
        if "learning" in only:
            found = _apart("learning", homes[sizes[0]])
            print(
                f"\nj while a first mark is learned: {_spread(found['times'])}; the reader's own process"
                f" {found['grown']:+.0f} MB by it."
            )
        if "memory" in only:
            print_memory(homes[sizes[-1]])
        if "judging" in only:
            found = _apart("judging", homes[sizes[-1]])
            first, every, work = (1000 * found[name] for name in ("first", "all", "work"))
            print(
                f"\nJudged again with new weights: the twelve posts on the screen after {first:.1f} ms, all of 10,000"
                f" that are loaded after {every:.0f} ms, {work:.0f} ms of the processor."
            )
    return 0


async def _awaited(answer: Awaitable[Found]) -> Found:
    return await answer


def _apart(part: str, home: Path) -> Found:
    # Textual is imported before quietfeed here, which would set this variable.
    environment = {"TEXTUAL_FPS": FRAMES, **os.environ, "QUIETFEED_HOME": str(home)}
    command = [sys.executable, __file__, "--part", part, "--home", str(home)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def _spread(times: list[float]) -> str:
    return f"p50 {median(times):.1f}, p95 {quantiles(times, n=20)[18]:.1f}, p99 {quantiles(times, n=100)[98]:.1f} ms"


def print_keys(homes: dict[int, Path]) -> None:
    """Print the times of each key at each size."""
    rows: list[tuple[str, Found]] = [(f"{size:,}", _apart("keys", home)) for size, home in homes.items()]
    names = list(rows[0][1])
    for number, what in enumerate(("by the clock", "of the processor")):
        print(f"\nMilliseconds {what}, p50 / p95:\n\n| kept | {' | '.join(names)} |")
        print("|" + "---|" * (len(names) + 1))
        for size, found in rows:
            times = {name: [each[number] for each in found[name]] for name in names}
            cells = " | ".join(f"{median(times[name]):.1f} / {quantiles(times[name], n=20)[18]:.1f}" for name in names)
            print(f"| {size} | {cells} |", flush=True)


class Keys:
    """Presses keys in a running app, and measures each until the next frame."""

    def __init__(self, app: QuietfeedApp) -> None:
        self.app = app
        self.timeline = app.screen.query_one(Timeline)
        self._before: Row | None = None
        self._shown = asyncio.Event()
        display = app._display

        def displayed(*args: Any, **more: Any) -> None:
            display(*args, **more)
            if self.timeline.selected is not self._before:
                self._shown.set()

        app._display = displayed  # type: ignore[method-assign]

    async def press(self, key: str) -> tuple[float, float]:
        """The milliseconds until the screen shows another selected row, by the clock and of the processor."""
        self._shown.clear()
        self._before = self.timeline.selected
        begin, used = time.perf_counter(), time.process_time()
        self.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await asyncio.wait_for(self._shown.wait(), 10)
        return 1000 * (time.perf_counter() - begin), 1000 * (time.process_time() - used)


async def _ready(app: QuietfeedApp) -> Keys:
    while not app.screen.query(Timeline) or not app.screen.query_one(Timeline).rows:
        await asyncio.sleep(0.05)
    return Keys(app)


async def keys(home: Path) -> Found:
    """The times of each key. More keys go down than up, so that each key moves the cursor."""
    app = QuietfeedApp(open_session(home))
    found: dict[str, list[tuple[float, float]]] = {}
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(3)
        presser = await _ready(app)
        for down, back, pause in (("j", "k", 0.03), ("pagedown", "pageup", 0.03), ("G", "g", 0.5)):
            found |= {down: [], back: []}
            for name in [down] * 3 + [*[down] * 12, *[back] * 10] * 5 if pause < 0.1 else [down, back] * 20:
                found[name].append(await presser.press(name))
                await asyncio.sleep(pause)
    return found


async def learning(home: Path) -> Found:
    """The times of `j` during the first training, and by how many MB the process grew."""
    app = QuietfeedApp(open_session(home))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(3)
        presser = await _ready(app)
        await presser.press("j")
        before = resident()
        await pilot.press("s")
        times: list[float] = []
        while app.session.learning.pending or len(times) < 100:
            times.append((await presser.press("j"))[0])
    return {"times": times, "grown": resident() - before}


async def judging(home: Path) -> Found:
    """The time until the posts on the screen, and then all 10,000 loaded posts, are judged with new weights.

    The weights differ each time, so that no cached word counts.
    """
    session = open_session(home)
    session.timeline.load(10_000)
    times: list[list[float]] = []
    work: list[float] = []
    for number in range(3):
        session.marks.set(session.timeline.posts[number].key, "spam")
        job = session.learning.make_job()
        job.run()
        begin, used = time.perf_counter(), time.process_time()
        steps = session.learning.apply_incrementally(job, {judged.key for judged in session.timeline.posts[:12]})
        times.append([time.perf_counter() - begin for _ in steps])
        work.append(time.process_time() - used)
    await session.close()
    return {"first": median(each[0] for each in times), "all": median(each[-1] for each in times), "work": median(work)}


def print_news() -> None:
    """Press keys during a first sync of 5,000 posts from the loopback server."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), 5_000):
        home = Path(folder) / "home"
        _sign_in(home, f"http://127.0.0.1:{PORT}")
        found = _apart("news", home)
    first = f"{_spread(found['first'])} while the first 1,000 came; " if len(found["first"]) > 1 else ""
    print(
        f"\nA sync of {found['posts']:,} posts from a loopback server, the screen alive: {found['rate']:.0f} posts a"
        f" second, {found['rate'] / REAL_POSTS_A_SECOND:.0f} times what a real server's limit allows."
        f"\nj and k: {first}{_spread(found['times'])} in all of it."
    )


def _stored(session: Session) -> int:
    return sum(session.timeline.stored(account.key) for account in session.accounts)


async def news(home: Path) -> Found:
    """Press a key 25 times a second while posts arrive."""
    session = open_session(home)
    app = QuietfeedApp(session)
    times: list[float] = []
    first: list[float] = []
    async with app.run_test(size=SIZE):
        begin = time.perf_counter()
        presser = await _ready(app)
        turn = 0
        while (count := _stored(session)) < 5_000 and time.perf_counter() - begin < 300:
            # Ten down and ten up: a key at the top would move nothing.
            times.append((await presser.press("j" if turn // 10 % 2 == 0 else "k"))[0])
            turn += 1
            if count < 1_000:
                first.append(times[-1])
            await asyncio.sleep(0.04)
            timeline = app.screen
            assert isinstance(timeline, HomeScreen)
            if timeline.fetching.progress is None:
                # A first sync ends after 100 pages; the next one continues there.
                timeline.fetching.refresh()
                await asyncio.sleep(0)
        rate = _stored(session) / (time.perf_counter() - begin)
        count = _stored(session)
    return {"posts": count, "rate": rate, "times": times, "first": first}


def print_memory(home: Path) -> None:
    """The memory of the program after reading and judging, above that of a bare app."""
    environment = {"QUIETFEED_HOME": str(home)}
    with Terminal([sys.executable, "-c", BARE], {}) as terminal:
        terminal.until(b"WATCHED")
        terminal.quiet()
        bare = terminal.memory()
    with Terminal([sys.executable, "-m", "quietfeed"], environment) as terminal:
        terminal.until(b"WATCHED")
        terminal.quiet()
        begun = terminal.memory()
        for key in (b"\x1b[6~" * 10 for _ in range(30)):
            terminal.press(key)
            terminal.quiet(0.1)
        for key in (b"1", b"3", b"G", b"\x1b[5~" * 10, b"g", b"0500j", b"4", b"3", b"n"):
            terminal.press(key)
            terminal.quiet()
        read = terminal.memory()
    print(
        f"\nMemory: a bare app {bare:.0f} MB; at the start {begun - bare:+.0f} MB, after reading {read - bare:+.0f} MB."
    )


def print_held(folder: Path) -> None:
    """The time to hold the key for the next post, at 80 repeats a second, until a distant post is on the screen."""
    where = folder / "others"
    where.mkdir()
    home = where / "quietfeed"
    with serving(where, 2_400):
        _sign_in(home, f"http://127.0.0.1:{PORT}")
        subprocess.run(
            [sys.executable, "-m", "quietfeed", "sync"],
            env={**os.environ, "QUIETFEED_HOME": str(home)},
            capture_output=True,
            check=True,
        )
        others, missing = clients(where, PORT, SECURE)
        ours = Client("quietfeed", [sys.executable, "-m", "quietfeed"], {"QUIETFEED_HOME": str(home)})
        print("\n| program | post | seconds held | keys | the rate alone | processor s | memory MB |")
        print("|---|---|---|---|---|---|---|")
        for client, post in ((ours, 150), *((other, 150) for other in others), (ours, 2_000)):
            print(_hold(client, post), flush=True)
        for sentence in missing:
            print(f"\n{sentence}")


def _hold(client: Client, post: int) -> str:
    target = f"WATCHED{post:05}".encode()
    with Terminal(client.command, client.environment) as terminal:
        terminal.until(b"WATCHED")
        terminal.quiet(1)
        if client.name == "quietfeed":
            terminal.press(b"g")
            terminal.quiet(1)
        terminal.seen = b""
        before = terminal.processor()
        begin = time.perf_counter()
        pressed = 0
        while target not in words(terminal.seen[-30_000:]) and pressed < 6 * post:
            due = begin + pressed / RATE
            while (left := due - time.perf_counter()) > 0:
                terminal.read(left)
            terminal.press(client.down)
            pressed += 1
        seconds = time.perf_counter() - begin
        reached = target in words(terminal.seen[-30_000:])
        cells = [client.name, f"{post:,}", f"{seconds:.1f}" if reached else "not reached", f"{pressed:,}"]
        cells += [f"{pressed / RATE:.1f}", f"{terminal.processor() - before:.1f}", f"{terminal.memory():.0f}"]
    return "| " + " | ".join(cells) + " |"


def _sign_in(home: Path, server: str) -> None:
    config = home / "config"
    config.mkdir(parents=True)
    config.joinpath("config.toml").write_text('first_sync_posts = 5000\nlevel = "everything"\n', "utf-8")
    added = subprocess.run(
        [sys.executable, "-m", "quietfeed", "account", "add", "mastodon", "--server", server, "--token-stdin"],
        input="good",
        text=True,
        capture_output=True,
        env={**os.environ, "QUIETFEED_HOME": str(home)},
        check=False,
    )
    if added.returncode:
        raise SystemExit(added.stderr)


if __name__ == "__main__":
    sys.exit(main())
