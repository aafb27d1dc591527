"""The lines at the bottom of the screen: counts, progress, messages and main keys."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from ...models.verdict import Level
from ...models.view import Counts
from ...phrases.people import shares
from ..context import is_on_top
from ..guard import catches_errors
from ..keys import footer
from .wrap import clip, wrap

_MOST_LINES = 3


def counts_line(counts: Counts, level: Level, width: int, *, waiting: int = 0, busy: str = "") -> str:
    """ "41 shown · 212 hidden: 120 celebrity, 61 sales, 31 spam · quiet", as much as fits."""
    total = counts.hidden_total
    about = "" if counts.exact else "~"
    text = f"{about}{counts.shown} shown · {about}{total} hidden"
    kinds = news = ""
    if total:
        kinds = f": {shares(counts.hidden)}"
    if waiting:
        news = f" · ↑ {waiting} unread above"
    if busy:
        news += f" · {busy}"
    for line in (f"{text}{kinds} · {level.name}{news}", f"{text} · {level.name}{news}", f"{text}{news}"):
        if cell_len(line) <= width:
            return line
    return clip(line, width)


def set_text(bar: Static, line: str | Content) -> None:
    """Show a line in a bar, without a new layout of the screen if it stays one line."""
    if bar.content != line:
        bar.update(line, layout=bar.size.height > 1 or cell_len(str(line)) > bar.size.width)


@catches_errors
class MessageLine(Static):
    """The message line. It grows for a long sentence, up to three lines."""

    def __init__(self, id: str) -> None:
        super().__init__("", id=id, markup=False)

    def on_mount(self) -> None:
        """Clear the message when another screen opens over this one."""
        self.watch(self.screen, "stack_updates", self._screen_changed, init=False)

    def _screen_changed(self) -> None:
        if not is_on_top(self.screen):
            self.show("")

    def show(self, sentence: str) -> None:
        """Show a sentence. A sentence of more than three lines ends with an ellipsis."""
        width = self.size.width
        lines: Sequence[tuple[int, int]] = ()
        # A screen that was just opened has no width yet. The style sheet then limits the text.
        if width:
            lines = wrap(sentence, width)
        if len(lines) > _MOST_LINES:
            last = lines[_MOST_LINES - 1][0]
            sentence = sentence[:last] + clip(sentence[last:], width)
        set_text(self, sentence)


def keys_line(
    keys: Mapping[str, str], width: int, *, over: bool = False, here: Sequence[tuple[str, str]] = ()
) -> Content:
    """The main keys, which are also buttons for the mouse. On a screen over the timeline, quit only goes back.

    `here` are the actions of what is under the cursor, as (id, word).
    """
    parts: list[Content | tuple[str, Style]] = [Content(" ")]
    for key, word, name in footer(keys, width - 1, here):
        press = Style.from_meta({"@click": f"app.do('{name}')"})
        if over and name == "quit":
            word = "back"
        parts += [(key, Style(bold=True) + press), (f" {word}", press), Content("  ")]
    return Content.assemble(*parts)
