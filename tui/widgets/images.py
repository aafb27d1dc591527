"""Turns bytes into a picture widget. Only this module imports Pillow and textual-image.

Both are optional and imported for the first picture. On import, textual-image queries the terminal's capabilities. That
works only before Textual reads the keyboard, and would delay every start. So it is imported without a terminal, and
the capabilities are read from the environment instead.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO, StringIO
from threading import Lock
from typing import TYPE_CHECKING, Literal

from ...models.errors import ExtraMissing, QuietfeedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image
    from textual.widget import Widget

Way = Literal["kitty", "sixel", "blocks"]

MOST_PIXELS = 12_000_000
"""A larger picture is not decoded, because a small file can expand to fill the memory."""
_ONE_AT_A_TIME = Lock()
"""Held while a picture is decoded. A cancelled task leaves its thread running, so tasks cannot count them."""
_LARGEST = (1600, 1200)
_SHRINKABLE = ("RGB", "RGBA", "L")
"""Modes in which a picture can be made smaller without losing quality; those with a palette cannot."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_SIXEL_PROGRAMS = ("iTerm.app", "WezTerm", "mintty", "contour", "Black Box")


def way_of(environment: Mapping[str, str] = os.environ) -> Way:
    """The protocol of this terminal: kitty, sixel (iTerm2 too), or coloured half blocks."""
    term = environment.get("TERM", "")
    if environment.get("TMUX") or term.startswith(("screen", "tmux")):
        return "blocks"
    if "KITTY_WINDOW_ID" in environment or term in ("xterm-kitty", "xterm-ghostty"):
        return "kitty"
    sixel = environment.get("TERM_PROGRAM") in _SIXEL_PROGRAMS or term.startswith(("foot", "mlterm", "contour"))
    if sixel or "KONSOLE_VERSION" in environment or "WT_SESSION" in environment:
        return "sixel"
    return "blocks"


def check_extra() -> None:
    """Raise ExtraMissing without the extra, before a picture is fetched that cannot be shown. Imports nothing."""
    if find_spec("PIL") is None or find_spec("textual_image") is None:
        raise ExtraMissing(_MISSING)


def decode(data: bytes) -> "Image":
    """Decode the first picture of a file, upright and no larger than a screen.

    Raises QuietfeedError. Call it in a thread.
    """
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise ExtraMissing(_MISSING) from None
    try:
        with _ONE_AT_A_TIME, Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise QuietfeedError(f"A picture of {picture.width}×{picture.height} is too large to be shown.")
            picture.draft("RGB", _LARGEST)
            if picture.mode in _SHRINKABLE:
                # Before it is turned and converted: each of these copies it.
                picture.thumbnail(_LARGEST)
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except QuietfeedError:
        raise
    except Exception as error:
        # Decoders raise all kinds of errors for damaged files.
        raise QuietfeedError(f"A picture cannot be read ({type(error).__name__}).") from None
    upright.thumbnail(_LARGEST)
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright)
    return flat


_MISSING = "Pictures need an extra that is not installed: `pip install 'quietfeed[images]'`."


def widget(picture: "Image", way: Way) -> "Widget":
    """The picture as a widget. Raises QuietfeedError if the extra is missing."""
    try:
        with _without_terminal():
            from textual_image.widget import HalfcellImage, SixelImage, TGPImage
    except ImportError:
        raise ExtraMissing(_MISSING) from None
    kind: type[HalfcellImage] | type[SixelImage] | type[TGPImage] = HalfcellImage
    if way == "kitty":
        kind = TGPImage
    elif way == "sixel":
        kind = SixelImage
    return kind(picture)


def forget(shown: "Widget") -> None:
    """Remove a picture from the memory of the terminal."""
    if hasattr(shown, "image"):
        shown.image = None


def fitted(picture: "Image", width: int, height: int) -> tuple[int, int]:
    """The size of a picture in cells, fitted into a width and height."""
    cell_width, cell_height = _cell_size() or (10, 20)
    high = height
    wide = high * cell_height * picture.width / (picture.height * cell_width)
    if wide > width:
        high, wide = max(round(high * width / wide), 1), width
    return max(round(wide), 1), high


@contextmanager
def _without_terminal() -> "Iterator[None]":
    if "textual_image.widget" in sys.modules:
        yield
        return
    size = _cell_size()
    if size is not None:
        # textual-image reads these if it cannot query the terminal.
        os.environ["TEXTUAL_CELL_WIDTH"], os.environ["TEXTUAL_CELL_HEIGHT"] = map(str, size)
    before = sys.__stdout__
    sys.__stdout__ = StringIO()  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        sys.__stdout__ = before  # type: ignore[misc]


def _cell_size() -> tuple[int, int] | None:
    """Width and height of a cell in pixels, if the system reports them."""
    try:
        from fcntl import ioctl
        from struct import unpack
        from termios import TIOCGWINSZ

        rows, columns, width, height = unpack("HHHH", ioctl(sys.__stderr__, TIOCGWINSZ, b"\0" * 8))  # type: ignore[arg-type]
    except (ImportError, OSError, ValueError, TypeError):
        return None
    if rows and columns and width and height:
        return (width // columns, height // rows)
    return None
