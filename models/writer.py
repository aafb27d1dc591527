"""The protocols of writing: a source that writes, its writer, and its rules for the user's own posts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeGuard, runtime_checkable

import msgspec

from .action import Action, ActionKey, Receipt
from .draft import Pointer
from .source import Source

if TYPE_CHECKING:
    from .compose import ComposeRules


@runtime_checkable
class Composes(Protocol):
    """A source that provides its server's rules for posts, and the text of the user's own posts."""

    async def compose_rules(self) -> "ComposeRules":
        """What the server accepts in a new post."""

    async def written_text(self, post: Pointer) -> tuple[str, str]:
        """The text and the content warning of one of the user's posts, as they were written."""


class Writer(Protocol):
    """Sends the actions of one account. Every method raises only SourceError.

    Unreachable means that the outcome is unknown: call `find` before sending the action again. After any
    other error the action was not done.
    """

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Send an action. Repeating a finished action is no error."""

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """The receipt of an action that was sent before, if the server has done it; None if it has not."""


class Upload(msgspec.Struct, frozen=True):
    """How many bytes of a file are sent to a server; `total` is its size."""

    name: str
    sent: int
    total: int


Report = Callable[[Upload], None]


@runtime_checkable
class ReportsUploads(Protocol):
    """A writer that uploads attachments."""

    def report_uploads(self, report: Report) -> None:
        """Call `report` after each piece of a file that is sent."""


@runtime_checkable
class Writes(Protocol):
    """A source that can also write."""

    @property
    def writer(self) -> Writer:
        """The writer of the account."""


def writer_of(source: Source) -> Writer | None:
    """The writer of a source; None if it is read-only."""
    if isinstance(source, Writes):
        return source.writer
    return None


def composes(source: Source) -> TypeGuard[Composes]:
    """Whether a source provides its server's rules for posts."""
    return isinstance(source, Composes)
