"""Messages from the timeline to its screen, and from screens to the app.

They are plain classes, because creating nine dataclasses takes longer than importing most modules of the start.
"""

from collections.abc import Callable

from textual.message import Message

from ..models.view import JudgedPost, PostKey
from .widgets.rows import Row


class Selected(Message):
    """The cursor moved to another row."""

    def __init__(self, row: Row | None) -> None:
        super().__init__()
        self.row = row


class Opened(Message):
    """Enter, or a second click: open the row."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.row = row


class NearEnd(Message, bubble=True):
    """The cursor is near the last row: load older posts."""


class OpenLink(Message):
    """A link was clicked."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class ShowPost(Message):
    """Open a post with its conversation."""

    def __init__(self, judged: JudgedPost) -> None:
        super().__init__()
        self.judged = judged


class ShowAuthor(Message):
    """Open the author of a post: the tie, and their posts."""

    def __init__(self, judged: JudgedPost) -> None:
        super().__init__()
        self.judged = judged


class ShowPosts(Message):
    """List some posts under a title."""

    def __init__(self, title: str, keys: tuple[PostKey, ...]) -> None:
        super().__init__()
        self.title = title
        self.keys = keys


class ShowFound(Message):
    """Open the results of a search in all stored posts."""

    def __init__(self, query: str) -> None:
        super().__init__()
        self.query = query


class ShowHelp(Message):
    """Open the help. `then` receives the action chosen there."""

    def __init__(self, then: Callable[[str], None]) -> None:
        super().__init__()
        self.then = then
