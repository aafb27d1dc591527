"""Searches the rows of a screen, jumps between matches, and opens a search in all stored posts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from textual.widgets import Input

from ...phrases.posts import warning_text
from ..messages import ShowFound
from ..widgets.paint import paint
from ..widgets.rows import PostRow
from .commands import Count
from .view import Command, View

ALL_SURE = "the filter is sure about all posts here"


def unsure_text(count: int) -> str:
    """A message with the number of posts that the filter is not sure about."""
    if count:
        return f"the filter is not sure about {count} of these posts"
    return ALL_SURE


def _is_unsure(row: PostRow) -> bool:
    # The training queue is not needed until somebody asks for unsure posts.
    from ...session.training import is_unsure

    return is_unsure(row.judged)


class Jumps(msgspec.Struct, frozen=True):
    """The targets of `n` without a search, the message with their number, and the hidden matches."""

    is_target: Callable[[PostRow], bool] = _is_unsure
    count_text: Callable[[int], str] = unsure_text
    hidden_matches: Callable[[str], int] = lambda _: 0
    """The number of hidden posts that match the query, which are not among the rows."""


class Search:
    """The search line and the jumps."""

    def __init__(self, view: View, count: Count, jumps: Jumps | None = None) -> None:
        self._view = view
        self._count = count
        self._jumps = jumps or Jumps()
        self._query = ""

    def commands(self) -> Mapping[str, Command]:
        return {
            "search": lambda: self._open_line("search in the loaded posts"),
            "find": lambda: self._open_line("search in all stored posts", everywhere=True),
            "next_match": lambda: self._jump(1),
            "last_match": lambda: self._jump(-1),
            "next_unsure": self._next_unsure,
        }

    def end(self) -> bool:
        """Close the search line, or end the search. Returns whether there was one."""
        if self._lines():
            self.close()
            return True
        if self._query:
            self._query = ""
            self._view.timeline.highlight("")
            self._view.show_message("")
            return True
        return False

    def close(self) -> None:
        """Remove the search line, and focus the timeline."""
        for line in self._lines():
            line.remove()
        self._view.timeline.focus()

    def submit(self, line: Input, query: str) -> None:
        """Go to the first match from here, or open the results in all stored posts."""
        self.close()
        if line.has_class("everywhere"):
            if query:
                self._view.screen.post_message(ShowFound(query))
            return
        self._query = query
        self._view.timeline.highlight(query)
        if query:
            here = self._view.timeline.selected
            if not (isinstance(here, PostRow) and self._is_match(here)):
                self._seek(self._found(), 1, 1)
            self._say_matches()

    def _lines(self) -> list[Input]:
        return list(self._view.screen.query("#search").results(Input))

    def _open_line(self, placeholder: str, *, everywhere: bool = False) -> None:
        if not self._lines():
            line = Input(placeholder=placeholder, id="search", compact=True)
            line.set_class(everywhere, "everywhere")
            self._view.screen.mount(line, before=self._view.message)
            line.focus()

    def _jump(self, step: int) -> None:
        self._say_matches(self._seek(self._found(), step, self._count.times))

    def _next_unsure(self) -> None:
        rows = enumerate(self._view.timeline.rows)
        found = [number for number, row in rows if isinstance(row, PostRow) and _is_unsure(row)]
        around = self._seek(found, 1, self._count.times)
        if not found:
            self._view.show_message(ALL_SURE)
            return
        at = found.index(self._view.timeline.cursor) + 1
        self._view.show_message(f"{at} of {len(found)} posts that the filter is not sure about{around}")

    def _found(self) -> list[int]:
        rows = enumerate(self._view.timeline.rows)
        return [number for number, row in rows if isinstance(row, PostRow) and self._is_match(row)]

    def _is_match(self, row: PostRow) -> bool:
        if self._query:
            return contains(row, self._query.casefold())
        return self._jumps.is_target(row)

    def _seek(self, found: Sequence[int], step: int, times: int) -> str:
        """Move by `times` of these rows, wrapping around. Returns a note for the message if it wrapped."""
        here = self._view.timeline.cursor
        if step > 0:
            ahead = [number for number in found if number > here]
            around = [*ahead, *found[: len(found) - len(ahead)]]
        else:
            ahead = [number for number in reversed(found) if number < here]
            around = [*ahead, *reversed(found[len(ahead) :])]
        if not around:
            return ""
        self._view.timeline.select_number(around[(times - 1) % len(around)])
        if times <= len(ahead):
            return ""
        if step > 0:
            return " · from the top again"
        return " · from the bottom again"

    def _say_matches(self, around: str = "") -> None:
        timeline, found = self._view.timeline, self._found()
        if not self._query:
            self._view.show_message(self._jumps.count_text(len(found)) + around)
            return
        at, here = 0, "nothing here"
        if timeline.cursor in found:
            at = found.index(timeline.cursor) + 1
        if found:
            here = f"{at} of {len(found)}"
        row = timeline.selected
        if at and isinstance(row, PostRow) and self._is_folded_away(row):
            around += f" · in the folded text: {self._view.key_of('open')} opens the post"
        more = self._jumps.hidden_matches(self._query.casefold())
        message = f"{here} for {self._query!r}{around}"
        if more:
            message += f" · {more} more in hidden posts ({self._view.key_of('hidden')})"
        self._view.show_message(message)

    def _is_folded_away(self, row: PostRow) -> bool:
        """Whether the match of a row is not in its visible text."""
        shown = shown_text(row, self._view.timeline.size.width, self._view.session.clock.now())
        return self._query.casefold() not in shown


def contains(row: PostRow, query: str) -> bool:
    """Whether a post or its author's name contains a text (case folded)."""
    post = row.judged.post
    parts = [post.text, warning_text(post), post.author.name or "", post.author.handle]
    parts += [medium.alt for medium in post.media or ()]
    if post.booster is not None:
        parts += [post.booster.name or "", post.booster.handle]
    return any(query in part.casefold() for part in parts)


def shown_text(row: PostRow, width: int, now: datetime) -> str:
    """The visible text of a row, case folded, in one line. A warning or a fold may cover the rest."""
    lines = ("".join(text for text, _, _ in line) for line in paint(row, width, now))
    return " ".join(" ".join(lines).split()).casefold()
