"""Measures the time from process start to the first post on the screen, with 10,000 stored posts.

    python bench/start.py [--own]

It compares quietfeed with a bare Textual app and with other clients; `--own` leaves the other clients out. It measures
three starts of quietfeed: a normal one, the demo, and the first one with an account, which fetches its first posts from
a server on loopback. The figures are ratios of medians, of clock time and of processor time; the latter varies less on
a busy machine.

All programs run in a pseudo-terminal of 100x36, in turn: quietfeed and the bare app twenty times each, because they are
close, and installed other clients (bench/clients.py), which fetch from a server on loopback, five times. `--help` is
compared with that of toot.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from clients import PORT, SECURE, TOKEN, clients, find, serving
from msgspec.structs import replace
from terminal import Terminal

from quietfeed.models.account import Account
from quietfeed.models.tie import TO_YOU_COUNTS, Relationship
from quietfeed.sources.demo import Demo
from quietfeed.store.archive import Archive

BARE = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class Bare(App):\n    def compose(self):\n        yield Static('WATCHED')\nBare().run()"
)
KEPT = 10_000


def fill(home: Path, kept: int = KEPT) -> None:
    """Create a store under a home with posts and with ties to all people. The newest post contains WATCHED."""
    archive = Archive(home / "data" / "quietfeed.db")
    account = Account("mastodon", "http://127.0.0.1:9", "you@demo.example", "you")
    archive.add_account(account)
    now = datetime.now(UTC)
    world = Demo(now=now).world
    posts = [post for post in world.posts if post.booster is None]
    many = [
        replace(posts[n % len(posts)], id=f"p{n}", account=account.key, created_at=now - timedelta(minutes=n))
        for n in range(kept)
    ]
    friends = {each.person_id: each for each in world.relationships}
    first = next(number for number, post in enumerate(many) if post.author.id in friends)
    many[0] = replace(many[0], text="WATCHED", spans=(), author=many[first].author)
    archive.posts.save(account.key, many, now)
    everybody = [friends.get(person.id) or Relationship(person.id, False, False) for person in world.people]
    archive.ties.save_relationships(account.key, everybody, now)
    archive.ties.save_interactions(account.key, world.interactions, "notifications", "all", TO_YOU_COUNTS)
    archive.close()
    # In the file: a benchmark must not leave anything in the user's keyring.
    tokens = home / "data" / "tokens.json"
    tokens.write_text(json.dumps({account.key: {"token": "bench"}}), "utf-8")
    tokens.chmod(0o600)


def seconds_until(
    command: Sequence[str], environment: Mapping[str, str], text: bytes = b"WATCHED"
) -> tuple[float, float]:
    """The seconds until a program shows a text, by the clock and of the processor."""
    with Terminal(command, environment) as terminal:
        return terminal.until(text), terminal.processor()


def seconds_of_first_start(folder: Path) -> tuple[float, float]:
    """The seconds of a first start with an account, until the first post of the loopback server is shown."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        archive = Archive(Path(home) / "data" / "quietfeed.db")
        account = Account("mastodon", f"http://127.0.0.1:{PORT}", "you@127.0.0.1", "1")
        archive.add_account(account)
        archive.close()
        tokens = Path(home) / "data" / "tokens.json"
        tokens.write_text(json.dumps({account.key: {"token": TOKEN}}), "utf-8")
        tokens.chmod(0o600)
        return seconds_until([sys.executable, "-m", "quietfeed"], {"QUIETFEED_HOME": home})


def seconds_of(command: Sequence[str]) -> tuple[float, float]:
    """The seconds that a program takes until it ends."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin, 0.0


def in_turn(measured: Mapping[str, Callable[[], tuple[float, float]]], base: str, times_each: int = 5) -> None:
    """Run each program a number of times after one warm-up. Prints the medians and their ratios to the first one."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in measured}
    for number in range(times_each + 1):
        for name, measure in measured.items():
            took = measure()
            if number:
                times[name].append(took)
    middle = {name: [median(each) for each in zip(*taken, strict=True)] for name, taken in times.items()}
    print(f"\n| program | seconds | from - to | to {base} | of the processor | to {base} |\n|---|---|---|---|---|---|")
    for name, taken in times.items():
        clock = [each[0] for each in taken]
        to_base = [own / max(other, 0.001) for own, other in zip(middle[name], middle[base], strict=True)]
        cells = (
            f"{middle[name][0]:.3f} | {min(clock):.3f} - {max(clock):.3f} | {to_base[0]:.2f}"
            f" | {middle[name][1]:.2f} | {to_base[1]:.2f}"
        )
        print(f"| {name} | {cells} |", flush=True)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place, serving(Path(place), 400):
        folder = Path(place)
        fill(folder / "home")
        ours = {"QUIETFEED_HOME": str(folder / "home")}
        empty = {"QUIETFEED_HOME": str(folder / "empty")}
        starts: dict[str, Callable[[], tuple[float, float]]] = {
            "bare Textual app": lambda: seconds_until([sys.executable, "-c", BARE], {}),
            "quietfeed": lambda: seconds_until([sys.executable, "-m", "quietfeed"], ours),
            "quietfeed --demo": lambda: seconds_until([sys.executable, "-m", "quietfeed", "--demo"], empty, b" shown"),
            "quietfeed, first start": lambda: seconds_of_first_start(folder),
        }
        in_turn(starts, "bare Textual app", 20)
        if "--own" in sys.argv:
            return
        others, missing = clients(folder, PORT, SECURE)
        beside = dict(list(starts.items())[:2])
        for other in others:
            beside[other.name] = lambda other=other: seconds_until(other.command, other.environment)  # type: ignore[misc]
        in_turn(beside, "bare Textual app")
        toot = find("toot")
        if toot is not None:
            helps = {"toot --help": [toot, "--help"], "quietfeed --help": [sys.executable, "-m", "quietfeed", "--help"]}
            in_turn({name: lambda each=each: seconds_of(each) for name, each in helps.items()}, "toot --help")  # type: ignore[misc]
        for sentence in missing:
            print(f"\n{sentence}")


if __name__ == "__main__":
    main()
