"""Messages from the timeline to its screen, and from screens to the app."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from ..models.view import JudgedPost, PostKey
from .widgets.rows import Row


@dataclass
class Selected(Message):
    """The cursor moved to another row."""

    row: Row | None


@dataclass
class Opened(Message):
    """Enter, or a second click: open the row."""

    row: Row


@dataclass
class NearEnd(Message, bubble=True):
    """The cursor is near the last row: load older posts."""


@dataclass
class OpenLink(Message):
    """A link was clicked."""

    url: str


@dataclass
class ShowPost(Message):
    """Open a post with its conversation."""

    judged: JudgedPost


@dataclass
class ShowAuthor(Message):
    """Open the author of a post: the tie, and their posts."""

    judged: JudgedPost


@dataclass
class ShowPosts(Message):
    """List some posts under a title."""

    title: str
    keys: tuple[PostKey, ...]


@dataclass
class ShowFound(Message):
    """Open the results of a search in all stored posts."""

    query: str


@dataclass
class ShowHelp(Message):
    """Open the help. `then` receives the action chosen there."""

    then: Callable[[str], None]
