"""What models cost: importing the session, reading a stored post, loading 1,000 and 10,000 posts and 1,000 marks.

    python bench/records.py

Prints the least of several runs in processor time, so that other programs on the machine change it little.
"""

import resource
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from start import fill

from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.store.archive import Archive

IMPORTS = ("pass", "import msgspec", "from quietfeed.session import Session", "import quietfeed.tui.app")
MARKS = 1_000


def import_time(code: str, runs: int = 15) -> float:
    """The processor time of an interpreter that runs code, in milliseconds."""
    best = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best * 1000


def load_time(path: Path, load: Callable[[Archive], object], runs: int = 5) -> float:
    """The processor time of `load` on a store that was just opened, in milliseconds."""
    best = float("inf")
    for _ in range(runs):
        archive = Archive(path)
        started = process_time()
        load(archive)
        best = min(best, process_time() - started)
        archive.close()
    return best * 1000


def add_marks(archive: Archive) -> None:
    """Mark the newest posts of a store."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    archive.marks.add_all([Mark(PostContext(post), "sales", at) for _, post in archive.posts.page(MARKS)])


def main() -> None:
    """Print one line for each figure."""
    for code in IMPORTS:
        print(f"{import_time(code):8.1f} ms  python -c {code!r}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "data").mkdir()
        fill(home)
        path = home / "data" / "quietfeed.db"
        archive = Archive(path)
        key = archive.posts.page(1)[0][1].key
        each = min(timeit.repeat(lambda: archive.posts.get([key]), number=2000, repeat=5, timer=process_time)) / 2000
        add_marks(archive)
        archive.close()
        print(f"{each * 1e6:8.1f} µs  one stored post, with its query")
        print(f"{load_time(path, lambda archive: archive.posts.page(1_000)):8.1f} ms  1,000 posts")
        print(f"{load_time(path, lambda archive: archive.posts.page(10_000)):8.1f} ms  10,000 posts")
        print(f"{load_time(path, lambda archive: archive.marks.heads()):8.1f} ms  the summaries of {MARKS:,} marks")
        print(f"{load_time(path, lambda archive: archive.marks.all()):8.1f} ms  {MARKS:,} marks with their contexts")


if __name__ == "__main__":
    main()
