"""What models cost: importing the session, reading a stored post, and loading 1,000 and 10,000 posts.

    python bench/records.py

Times are the least of several runs in processor time, so that other work on the machine counts little.
"""

import resource
import subprocess
import sys
import tempfile
import timeit
from pathlib import Path
from time import process_time

from start import fill

from quietfeed.store.archive import Archive

IMPORTS = ("pass", "import msgspec", "from quietfeed.session import Session", "import quietfeed.tui.app")


def import_time(code: str, runs: int = 15) -> float:
    """The processor time of an interpreter that runs code, in milliseconds."""
    best = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best * 1000


def load_time(path: Path, count: int, runs: int = 5) -> float:
    """The processor time of reading so many posts with their people from a store, in milliseconds."""
    best = float("inf")
    for _ in range(runs):
        archive = Archive(path)
        started = process_time()
        archive.posts.page(count)
        best = min(best, process_time() - started)
        archive.close()
    return best * 1000


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
        archive.close()
        print(f"{each * 1e6:8.1f} µs  one stored post, with its query")
        for count in (1_000, 10_000):
            print(f"{load_time(path, count):8.1f} ms  {count:,} posts")


if __name__ == "__main__":
    main()
