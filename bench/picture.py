"""Draws the README's picture from the demo world: `python bench/picture.py docs/timeline.svg [theme]`."""

import asyncio
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from quietfeed.session import open_demo
from quietfeed.tui.app import QuietfeedApp

_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
SIZE = (100, 38)
KEYS = ("j", "j", "j")


async def draw(path: Path, theme: str) -> None:
    """Open the demo, press a few keys, and save what the screen shows as SVG."""
    app = QuietfeedApp(open_demo(now=datetime.now(UTC)))
    async with app.run_test(size=SIZE) as pilot:
        app.theme = theme
        await pilot.press(*KEYS)
        await pilot.pause()
        # The picture loads no font: every browser has a monospaced one.
        path.write_text(_FONTS.sub("", app.export_screenshot()), "utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "quiet-dark"))
