"""Measures a start, keys, a mark and a sync without news with a large store and with one of 1,000 posts.

    python bench/size.py [--kept 500000] [--people 5000] [--home DIR]

`--home` stores the large store there and reuses it: creating 500,000 posts takes minutes. The posts come from simulated
worlds (sources/demo/simulate.py) with new ids and times. Keys are pressed in Textual's headless driver. The sync runs
twice against a server on loopback (bench/serve.py); the second one is measured. Prints Markdown for docs/benchmarks.md.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from clients import PORT, TOKEN, serving
from msgspec.structs import replace
from start import seconds_until
from timeline import _apart

from quietfeed.models.account import Account
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import TO_YOU_COUNTS, Relationship
from quietfeed.session import open_session
from quietfeed.sources.demo.simulate import simulate
from quietfeed.store.archive import Archive

ACCOUNT = Account("mastodon", f"http://127.0.0.1:{PORT}", "you@127.0.0.1", "1")
BATCH = 5_000
APART = timedelta(days=1) / 500
"""A busy timeline has 500 posts a day: 500,000 of them are a thousand days."""
WORLD = 500
"""People of one simulated world."""


def fill(home: Path, kept: int, people: int) -> None:
    """Create a store with a number of posts and people, some of them known. The newest post contains WATCHED."""
    now = datetime.now(UTC)
    archive = Archive(home / "data" / "quietfeed.db")
    account = archive.add_account(ACCOUNT).key
    rng = random.Random(1)
    written: list[Post] = []
    for seed in range(max(people // WORLD, 1)):
        world = simulate(seed, min(people, WORLD), now)
        named = {person.id: replace(person, id=f"{seed}.{person.id}") for person in world.people}
        written += [_renamed(post, named) for post in world.posts]
        interactions = [
            replace(each, id=f"{seed}.{each.id}", person=named[each.person.id]) for each in world.interactions
        ]
        archive.ties.save_interactions(account, interactions, "notifications", "all", TO_YOU_COUNTS)
        said = {each.person_id: replace(each, person_id=named[each.person_id].id) for each in world.relationships}
        everybody = [said.get(old) or Relationship(new.id, False, False) for old, new in named.items()]
        archive.ties.save_relationships(account, everybody, now)
    for first in range(0, kept, BATCH):
        posts = []
        for number in range(first, min(first + BATCH, kept)):
            at = now - APART * (kept - 1 - number)
            post = replace(
                rng.choice(written), id=f"{10**12 + number}", account=account, created_at=at, reply_to_id=None
            )
            if post.booster is not None:
                post = replace(post, boosted_at=at, original_id=f"{number}")
            posts.append(post)
        if first + BATCH >= kept:
            posts[-1] = replace(posts[-1], text="WATCHED", spans=(), author=rng.choice(written).author)
        archive.posts.save(account, posts, now)
    archive.close()
    tokens = home / "data" / "tokens.json"
    tokens.write_text(json.dumps({account: {"token": TOKEN}}), "utf-8")
    tokens.chmod(0o600)


def _renamed(post: Post, named: dict[str, Person]) -> Post:
    booster = None if post.booster is None else named[post.booster.id]
    return replace(post, author=named[post.author.id], booster=booster)


def marks(home: Path) -> list[float]:
    """The processor time of each of ten marks, with the posts that it judges again, in milliseconds."""
    session = open_session(home)
    session.timeline.load()
    times = []
    for judged in list(session.timeline.posts[:10]):
        begin = time.process_time()
        session.marks.set(judged.key, "spam")
        times.append(1000 * (time.process_time() - begin))
        session.history.undo()
    return times


def sync(home: Path) -> tuple[float, float]:
    """The seconds of a sync without news, by the clock and of the processor."""
    command = [sys.executable, "-m", "quietfeed", "sync"]
    times = (0.0, 0.0)
    for _ in range(2):
        before, begin = os.times(), time.perf_counter()
        subprocess.run(command, env={**os.environ, "QUIETFEED_HOME": str(home)}, capture_output=True, check=True)
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        times = (time.perf_counter() - begin, used)
    return times


def main() -> None:
    """Measure both stores and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", type=int, default=500_000)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--home", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), 40):
        homes = {1_000: Path(folder) / "small", args.kept: args.home or Path(folder) / "large"}
        print("| kept | start s | j | k | G | g | a mark | sync without news s |\n|---|---|---|---|---|---|---|---|")
        for kept, home in homes.items():
            if not (home / "data").exists():
                fill(home, kept, min(kept, args.people))
            environment = {"QUIETFEED_HOME": str(home)}
            command = [sys.executable, "-m", "quietfeed"]
            starts = [seconds_until(command, environment, b" shown")[1] for _ in range(5)]
            found = _apart("keys", home)
            cells = [f"{median(starts):.2f}"]
            for key in "jkGg":
                used = [each[1] for each in found[key]]
                cells.append(f"{median(used):.1f} / {quantiles(used, n=20)[18]:.1f}")
            cells.append(f"{median(marks(home)):.1f}")
            clock, used_by_sync = sync(home)
            cells.append(f"{clock:.2f} ({used_by_sync:.2f} of the processor)")
            print(f"| {kept:,} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
