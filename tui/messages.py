"""What the timeline tells the screen around it, and what screens ask of the app."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from ..models.view import JudgedPost, PostKey
from .widgets.rows import Row


@dataclass
class Selected(Message):
    """Another row is under the cursor."""

    row: Row | None


@dataclass
class Opened(Message):
    """Enter, or a second click: the row is to be opened."""

    row: Row


@dataclass
class NearEnd(Message, bubble=True):
    """The cursor comes close to the last row: older posts may be wanted."""


@dataclass
class OpenLink(Message):
    """A link was clicked."""

    url: str


@dataclass
class ShowPost(Message):
    """A post is to be seen whole, with its conversation."""

    judged: JudgedPost


@dataclass
class ShowAuthor(Message):
    """The author of a post is to be seen: the tie, and their posts."""

    judged: JudgedPost


@dataclass
class ShowPosts(Message):
    """Some posts are to be seen on their own, under a title."""

    title: str
    keys: tuple[PostKey, ...]


@dataclass
class ShowFound(Message):
    """Every kept post that holds the words of a query is to be seen."""

    query: str


@dataclass
class ShowHelp(Message):
    """All keys are to be seen; an action that is chosen there is for `then`."""

    then: Callable[[str], None]
