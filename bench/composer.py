"""Measures a key in a composer with 5,000 characters, in processor time and by the clock.

    python bench/composer.py [--keys 100]

Types at the end and in the middle of a text with paragraphs and of one without a line break, in Textual's headless
driver at 120x40. A figure is the time from the edit until everything is drawn. Prints Markdown for docs/benchmarks.md.
"""

import argparse
import asyncio
import os
import time
from statistics import median, quantiles

from quietfeed.session import open_demo
from quietfeed.tui import FRAMES

os.environ.setdefault("TEXTUAL_FPS", FRAMES)

from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.widgets.writing import WritingArea

LENGTH = 5_000
SENTENCE = "Some words in a row, ünd möre 🌻. "
TEXTS = {
    "paragraphs": (SENTENCE * 8 + "\n\n") * 19,
    "one line": SENTENCE * 160,
    "one line of ASCII": "Some words in a row, and more. " * 170,
}


async def measure(keys: int) -> None:
    """Print one row per text and position."""
    app = QuietfeedApp(open_demo())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)
        await pilot.press("C")
        await pilot.pause(0.3)
        area = app.screen.query_one(WritingArea)
        print("| text | place | processor, p50 / p95 ms | clock, p50 / p95 ms |\n|---|---|---|---|")
        for name, text in TEXTS.items():
            for place in ("end", "middle"):
                area.text = text[:LENGTH]
                rows, columns = area.document.end
                area.move_cursor((rows, columns) if place == "end" else (rows // 2, columns // 2))
                await pilot.pause(0.3)
                times = [await _key(pilot, area) for _ in range(keys)]
                used, took = ([each[number] for each in times] for number in (0, 1))
                print(f"| {name} | {place} | {_spread(used)} | {_spread(took)} |", flush=True)


async def _key(pilot: object, area: WritingArea) -> tuple[float, float]:
    begin, used = time.perf_counter(), time.process_time()
    area.insert("x")
    await pilot.pause(0)  # type: ignore[attr-defined]
    return 1000 * (time.process_time() - used), 1000 * (time.perf_counter() - begin)


def _spread(times: list[float]) -> str:
    return f"{median(times):.1f} / {quantiles(times, n=20)[18]:.1f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=100)
    asyncio.run(measure(parser.parse_args().keys))
