"""From process start to the first post on screen, with 10,000 posts kept, beside a bare Textual app.

    python bench/start.py

Both run in a pseudo-terminal of 100x36, in turn, five times each; the ratio of the medians is the figure.
"""

import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fcntl import ioctl
from pathlib import Path
from statistics import median
from termios import TIOCSWINSZ

from quietfeed.models.account import Account
from quietfeed.sources.demo import Demo
from quietfeed.store.archive import Archive

BARE = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class Bare(App):\n    def compose(self):\n        yield Static('WATCHED')\nBare().run()"
)
KEPT = 10_000


def fill(home: Path, kept: int = KEPT) -> None:
    """A store of so many posts under a home, its newest saying WATCHED."""
    archive = Archive(home / "data" / "quietfeed.db")
    account = Account("mastodon", "http://127.0.0.1:9", "you@demo.example", "you")
    archive.add_account(account)
    now = datetime.now(UTC)
    posts = [post for post in Demo(now=now).world.posts if post.booster is None]
    many = [
        replace(posts[n % len(posts)], id=f"p{n}", account=account.key, created_at=now - timedelta(minutes=n))
        for n in range(kept)
    ]
    many[0] = replace(many[0], text="WATCHED", spans=())
    archive.posts.keep(account.key, many, now)
    archive.close()


def seconds_until_watched(command: Sequence[str], home: Path) -> float:
    """How long after its start a program shows the word."""
    leader, follower = pty.openpty()
    ioctl(follower, TIOCSWINSZ, struct.pack("HHHH", 36, 100, 0, 0))
    environment = {**os.environ, "QUIETFEED_HOME": str(home), "TERM": "xterm-256color"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=environment)
    seen = b""
    try:
        while b"WATCHED" not in seen and time.perf_counter() - begin < 30:
            if select.select([leader], [], [], 0.5)[0]:
                seen += os.read(leader, 65_536)
        return time.perf_counter() - begin
    finally:
        process.kill()
        process.wait()
        os.close(leader)
        os.close(follower)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home)
        commands = {"bare Textual app": [sys.executable, "-c", BARE], "quietfeed": [sys.executable, "-m", "quietfeed"]}
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(6):
            for name, command in commands.items():
                took = seconds_until_watched(command, home)
                if number:
                    times[name].append(took)
        for name, taken in times.items():
            print(f"{name}: {median(taken):.2f} s (from {min(taken):.2f} to {max(taken):.2f})")
        print(f"ratio of the medians: {median(times['quietfeed']) / median(times['bare Textual app']):.2f}")


if __name__ == "__main__":
    main()
