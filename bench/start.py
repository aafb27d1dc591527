"""From process start to the first post on screen, with 10,000 posts kept, beside a bare Textual app and other clients.

    python bench/start.py

All run in a pseudo-terminal of 100x36, in turn; the ratios of the medians are the figures. quietfeed and the bare app
are started twenty times each, for they are close; the others (bench/clients.py), which fetch from a server on loopback,
five times where they are installed. `--help` is timed beside toot's.
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

from clients import PORT, SECURE, clients, find, serving
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
    """A store of so many posts under a home, its newest saying WATCHED, and of the ties to everybody."""
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
    archive.posts.keep(account.key, many, now)
    everybody = [friends.get(person.id) or Relationship(person.id, False, False) for person in world.people]
    archive.ties.keep_relationships(account.key, everybody, now)
    archive.ties.keep_interactions(account.key, world.interactions, "notifications", "all", TO_YOU_COUNTS)
    archive.close()
    # In the file, where there is no keyring: a bench leaves nothing behind in the keyring of who runs it.
    tokens = home / "data" / "tokens.json"
    tokens.write_text(json.dumps({account.key: {"token": "bench"}}), "utf-8")
    tokens.chmod(0o600)


def seconds_until_watched(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """How long after its start a program shows the word: by the clock, and of the processor."""
    with Terminal(command, environment) as terminal:
        return terminal.until(b"WATCHED"), terminal.processor()


def seconds_of(command: Sequence[str]) -> tuple[float, float]:
    """How long a program takes that ends by itself."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin, 0.0


def in_turn(measured: Mapping[str, Callable[[], tuple[float, float]]], base: str, times_each: int = 5) -> None:
    """So many times each after one for nothing; the medians, and what they are to that of the first."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in measured}
    for number in range(times_each + 1):
        for name, measure in measured.items():
            took = measure()
            if number:
                times[name].append(took)
    middle = {name: [median(each) for each in zip(*taken, strict=True)] for name, taken in times.items()}
    print(f"\n| program | seconds | from - to | of the processor | to {base} |\n|---|---|---|---|---|")
    for name, taken in times.items():
        clock = [each[0] for each in taken]
        ratio = middle[name][0] / middle[base][0]
        cells = f"{middle[name][0]:.3f} | {min(clock):.3f} - {max(clock):.3f} | {middle[name][1]:.2f} | {ratio:.2f}"
        print(f"| {name} | {cells} |", flush=True)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place, serving(Path(place), 400):
        folder = Path(place)
        fill(folder / "home")
        ours = {"QUIETFEED_HOME": str(folder / "home")}
        programs: dict[str, tuple[list[str], dict[str, str]]] = {
            "bare Textual app": ([sys.executable, "-c", BARE], {}),
            "quietfeed": ([sys.executable, "-m", "quietfeed"], ours),
        }
        others, missing = clients(folder, PORT, SECURE)
        beside = programs | {other.name: (other.command, other.environment) for other in others}
        for each_of, times_each in ((programs, 20), (beside, 5)):
            in_turn(
                {name: lambda each=each: seconds_until_watched(*each) for name, each in each_of.items()},  # type: ignore[misc]
                "bare Textual app",
                times_each,
            )
        toot = find("toot")
        if toot is not None:
            helps = {"toot --help": [toot, "--help"], "quietfeed --help": [sys.executable, "-m", "quietfeed", "--help"]}
            in_turn({name: lambda each=each: seconds_of(each) for name, each in helps.items()}, "toot --help")  # type: ignore[misc]
        for sentence in missing:
            print(f"\n{sentence}")


if __name__ == "__main__":
    main()
