"""A process that marks is killed at any moment: no acknowledged mark is lost, in the file or in the journal."""

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from quietfeed.store.archive import Archive
from quietfeed.tests.soak import count

ME = "mastodon:me@here.example"
MARKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.store.archive import Archive

path, first = Path(sys.argv[1]), int(sys.argv[2])
archive = Archive(path)
now = datetime(2026, 5, 4, tzinfo=UTC)
for number in range(first, first + 100_000):
    author = Person("p1", "p1@here.example", network="mastodon")
    post = Post(str(number), author, "hello", "mastodon:me@here.example", "mastodon", now)
    archive.marks.add(Mark(PostContext(post), "sales", now))
    if number % 7 == 6:
        archive.marks.remove((post.account, str(number - 1)))
        print(-(number - 1), flush=True)
    print(number, flush=True)
"""


def mark_until_killed(path: Path, first: int, acknowledged: int) -> list[int]:
    """Let a process mark posts, and kill it after so many acknowledgements; returns all acknowledged marks."""
    process = subprocess.Popen(
        [sys.executable, "-c", MARKER, str(path), str(first)], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(acknowledged)]
    process.kill()
    lines += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    return [int(line) for line in lines if line.endswith("\n")]


def kill_again_and_again(path: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    kept: set[str] = set()
    first = 1
    for _ in range(rounds):
        numbers = mark_until_killed(path, first, chance.randrange(1, 40))
        for number in numbers:
            if number > 0:
                kept.add(str(number))
            else:
                kept.discard(str(-number))
        last = max(map(abs, numbers))
        first = last + 2
        with closing(Archive(path)) as archive:
            assert archive.notice == ""
            found = {mark.context.post.id for mark in archive.marks.all()}
        # The last mark may have been removed right before the kill, without an acknowledgement.
        assert kept - found <= {str(last)}
        kept &= found
    path.unlink()
    with closing(Archive(path)) as archive:
        assert {mark.context.post.id for mark in archive.marks.all()} >= found


def test_no_acknowledged_mark_is_lost(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path / "quietfeed.db", rounds=3, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(count("KILLS_MARKING", 520) // 40))
def test_none_is_lost_in_five_hundred_kills(tmp_path: Path, seed: int) -> None:
    kill_again_and_again(tmp_path / "quietfeed.db", rounds=40, seed=seed)
