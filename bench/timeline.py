"""The timeline under the hand: keys at 1,000, 10,000 and 100,000 kept posts, while learning, its memory, and a sync.

    python bench/timeline.py [--sizes 1000,10000,100000]

Keys are pressed in Textual's own headless driver at 100x36: a figure is the time from the key to the end of what it
set in motion, and `f12`, which does nothing, is what the driver itself takes. Memory is the growth over a bare Textual
app, each in a process of its own. Prints Markdown for docs/benchmarks.md.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from start import fill
from textual.app import App
from textual.pilot import Pilot

from quietfeed.session import Session, open_session
from quietfeed.tui.app import QuietfeedApp

KEYS = ("f12", "j", "k", "pagedown", "g", "G")
SIZE = (100, 36)
REAL_POSTS_A_SECOND = 300 * 40 / 300
"""What a real server's limit allows: 300 requests of 40 posts in five minutes."""


def main() -> int:
    """Measure and print; with `--part` one measurement in this process, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--part", choices=("keys", "bare", "learning", "sync"), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        parts = {"keys": keys, "bare": bare, "learning": learning, "sync": sync}
        print(json.dumps(asyncio.run(parts[args.part](args.home))))
        return 0
    bare_memory = _apart("bare", Path())["memory"]
    print("| kept | " + " | ".join(f"{key} p50 / p95 ms" for key in KEYS) + " | memory over the bare app MB |")
    print("|" + "---|" * (len(KEYS) + 2))
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, args.sizes.split(",")):
            home = Path(folder) / str(size)
            fill(home, size)
            found = _apart("keys", home)
            cells = " | ".join(f"{found[key][0]:.1f} / {found[key][1]:.1f}" for key in KEYS)
            print(f"| {size:,} | {cells} | {found['memory'] - bare_memory:.0f} |", flush=True)
        found = _apart("learning", Path(folder) / args.sizes.split(",")[0])
    print(f"\nj while scikit-learn loads and learns: p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms.")
    found = _apart("sync", Path())
    print(
        f"A sync of {found['posts']:.0f} posts from a loopback server: {found['rate']:.0f} posts a second,"
        f" {found['rate'] / REAL_POSTS_A_SECOND:.0f} times what a real server's limit allows."
    )
    return 0


def _apart(part: str, home: Path) -> dict[str, Any]:
    environment = {**os.environ, "QUIETFEED_HOME": str(home)}
    command = [sys.executable, __file__, "--part", part, "--home", str(home)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


async def keys(home: Path) -> dict[str, Any]:
    """Each key's p50 and p95 in milliseconds, and the memory of the process in MB."""
    app = QuietfeedApp(open_session(home))
    found: dict[str, Any] = {}
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        for key in KEYS:
            times = [await _press(pilot, key) for _ in range(40)]
            found[key] = [median(times), quantiles(times, n=20)[18]]
        found["memory"] = _memory()
    return found


async def bare(_home: Path) -> dict[str, Any]:
    """The memory of an app that shows nothing."""
    app: App[None] = App()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        return {"memory": _memory()}


async def learning(home: Path) -> dict[str, Any]:
    """How long `j` takes from the moment that a first mark is learned."""
    session = open_session(home)
    app = QuietfeedApp(session)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "s")
        times = [await _press(pilot, "j") for _ in range(200)]
    return {"p50": median(times), "p99": quantiles(times, n=100)[98]}


async def sync(_home: Path) -> dict[str, Any]:
    """Posts a second of a first sync from the loopback server of the tests."""
    servers = Path(__file__).resolve().parents[1] / "tests" / "servers"
    command = [sys.executable, str(servers / "mastodon.py"), "--port", "8931", "--posts", "5000"]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            session = await _signed_in(Path(folder), "http://127.0.0.1:8931")
            begin = time.perf_counter()
            fetched = 0
            for account in session.accounts:
                fetched += len((await session.refresh(lambda _progress: None, [account])).new)
            rate = fetched / (time.perf_counter() - begin)
            await session.close()
        finally:
            server.terminate()
    return {"posts": fetched, "rate": rate}


async def _signed_in(home: Path, server: str) -> Session:
    config = home / "config"
    config.mkdir(parents=True)
    config.joinpath("config.toml").write_text("first_sync_posts = 4000\n", "utf-8")
    for _ in range(50):
        added = subprocess.run(
            [sys.executable, "-m", "quietfeed", "account", "add", "mastodon", "--server", server, "--token-stdin"],
            input="good",
            text=True,
            capture_output=True,
            env={**os.environ, "QUIETFEED_HOME": str(home)},
            check=False,
        )
        if added.returncode == 0:
            return open_session(home)
        await asyncio.sleep(0.2)
    raise SystemExit(added.stderr)


async def _press(pilot: Pilot[int], key: str) -> float:
    begin = time.perf_counter()
    await pilot.press(key)
    return 1000 * (time.perf_counter() - begin)


def _memory() -> float:
    """Resident memory of this process in MB (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    sys.exit(main())
