"""Measures blogs: parsing real feeds, compared with feedparser, and refreshing 500 feeds while keys are pressed.

    python bench/blogs.py [FOLDER]

FOLDER contains recorded feeds, one per file (such as the benchmark data of kagisearch/fastfeedparser). Without it, only
the refresh is measured. The server runs in a separate process.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, thread_time

from msgspec.structs import replace

from quietfeed.models.subscription import FoundFeed, Subscription
from quietfeed.session import open_session
from quietfeed.session.sync import ignore_progress
from quietfeed.sources.blogs.parse import parse_feed
from quietfeed.sources.blogs.parsed import NotAFeed
from quietfeed.sources.blogs.posts import posts_of
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

FEEDS = int(os.environ.get("FEEDS", "500"))
SERVER = Path(__file__).resolve().parent.parent / "tests" / "servers" / "blogs.py"
SERVE = """
import sys, time
sys.path.insert(0, sys.argv[1])
import blogs
with blogs.serving(20) as server:
    print(server.url, flush=True)
    time.sleep(600)
"""


def parse_times(folder: Path) -> None:
    """The processor time per feed of feedparser with its defaults, of parse_feed, and of making posts of it."""
    import feedparser

    plain, ours, made = [], [], []
    rejected = 0
    for path in sorted(folder.iterdir()):
        body = path.read_bytes()
        started = process_time()
        try:
            feed = parse_feed(body, "https://blog.example/feed")
        except NotAFeed:
            rejected += 1
            continue
        parsed = process_time()
        posts_of(feed, Subscription("blog.example", ""), "")
        ended = process_time()
        ours.append(parsed - started)
        made.append(ended - parsed)
        started = process_time()
        feedparser.parse(BytesIO(body))
        plain.append(process_time() - started)
    for name, times in (("feedparser.parse", plain), ("parse_feed", ours), ("its posts", made)):
        print(f"{median(times) * 1000:8.1f} ms median, {sum(times):6.2f} s in all  {name}")
    print(f"{median(plain) / median(ours):8.2f} times as fast at the median; {len(ours)} feeds, {rejected} rejected")


async def refresh_times(url: str) -> None:
    """The time of a first refresh of 500 feeds and of one without news, and the longest delay of a key."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["QUIETFEED_HOME"] = home
        session = open_session()
        session.subscriptions.subscribe([FoundFeed(f"{url}/many/{number}", trusted=url) for number in range(FEEDS)])
        session.signing_in.reload()
        for what in ("first", "with nothing new"):
            waits: list[tuple[float, float]] = []
            watch = asyncio.create_task(_watch(waits))
            started, worked = perf_counter(), process_time()
            result = await session.fetching.refresh(ignore_progress)
            taken, used = perf_counter() - started, process_time() - worked
            watch.cancel()
            print(
                f"{taken:8.1f} s, {used:.1f} s of the processor  {what}: {len(result.new)} new posts,"
                f" {len(result.errors)} errors"
            )
            for name, each in (("clock", 0), ("processor", 1)):
                late = sorted(wait[each] for wait in waits)
                share = late[int(0.99 * len(late))]
                print(
                    f"         a key waits by the {name} {share * 1000:.1f} ms (99 %), {late[-1] * 1000:.1f} ms at most"
                )
            _make_due(session.subscriptions.all())
        await session.close()


def _make_due(stored: list[Subscription]) -> None:
    archive = Archive(find_places().database)
    account = archive.accounts()[0].key
    archive.subscriptions.save(account, [replace(each, next_at=None) for each in stored])
    archive.close()


async def _watch(waits: list[tuple[float, float]]) -> None:
    """The longest time that the event loop was blocked: by the clock, and in processor time of the thread, which does
    not include other programs.
    """
    while True:
        asked, used = perf_counter(), thread_time()
        await asyncio.sleep(0.002)
        waits.append((perf_counter() - asked - 0.002, thread_time() - used))


def main() -> None:
    """Print one line for each figure."""
    if len(sys.argv) > 1:
        parse_times(Path(sys.argv[1]))
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(SERVER.parent)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        asyncio.run(refresh_times(server.stdout.readline().strip()))
    finally:
        server.kill()


if __name__ == "__main__":
    main()
