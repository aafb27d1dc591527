"""Painted lines: pieces of text with a style, and the address that a click opens. Markup is never read."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from .wrap import clip, wrap

Piece = tuple[str, str, str]
"""(text, style, address): style is one of LOOKS."""
PaintedLine = list[Piece]

LOOKS: Mapping[str, str] = {
    **dict.fromkeys(("text", "poll"), "plain"),
    **dict.fromkeys(("name", "heading"), "strong"),
    **dict.fromkeys(("handle", "time", "boost", "quote", "media", "more", "tie-acquaintance"), "muted"),
    **dict.fromkeys(("hidden", "fading", "tie-stranger"), "faint"),
    **dict.fromkeys(("warning", "note"), "warning"),
    "link": "link",
    **dict.fromkeys(("mention", "quote-bar", "card"), "primary"),
    **dict.fromkeys(("hashtag", "tie-known"), "secondary"),
    "tie-close": "close",
    **dict.fromkeys(("emoji", "code", "mark", "gap"), "accent"),
}
"""The styles: component classes of the timeline, without their prefix.

Textual applies all rules to each class at the start and whenever the timeline gains or loses focus, so there are few.
"""


class Column(NamedTuple):
    """The place of a row's text: the margin before it, and its width in cells."""

    margin: str
    room: int

    def line(self, text: str, style: str, link: str = "") -> PaintedLine:
        """A text as one line, cut if it is too long."""
        return [(self.margin + clip(text, self.room), style, link)]


def wrapped(text: str, room: int, most: int | None = None) -> list[str]:
    """A text as lines of a width in cells; at most so many, the last of which then ends with an ellipsis."""
    if not text:
        return []
    lines = [text[start:end] for start, end in wrap(text, max(room, 4))]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], clip(lines[most - 1] + " …", room)]
    return lines


def link_at(lines: Sequence[PaintedLine], line: int, x: int) -> str:
    """The address of the link at a cell of drawn lines; "" if there is none."""
    at = 0
    for text, _, link in lines[line] if line < len(lines) else ():
        at += cell_len(text)
        if x < at:
            return link
    return ""
