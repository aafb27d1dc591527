"""What the timeline tells the screen around it."""

from dataclasses import dataclass

from textual.message import Message

from .rows import Row


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
