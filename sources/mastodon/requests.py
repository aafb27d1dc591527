"""What the table of a writer holds, and what its requests share."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from ...models.action import ActionKey, Receipt
from ...models.errors import PostDeleted, Unreachable
from ..http import Http
from ..http_errors import RequestRejected


class Request(NamedTuple):
    """How one kind of action is sent, and how its result is found on the server."""

    perform: Callable[[Http, Any, ActionKey], Awaitable[Receipt]]
    find: Callable[[Http, Any, ActionKey], Awaitable[Receipt | None]]


def at(part: str) -> str:
    """An id or a name as a part of a path."""
    return quote(part, safe="")


def gone(error: RequestRejected) -> Exception:
    """PostDeleted for a response that says so; any other rejection as it is."""
    if error.status in (404, 410):
        return PostDeleted()
    return error


def unconfirmed(http: Http) -> Unreachable:
    """The error of an action whose response does not show it."""
    return Unreachable(f"{http.host} did not confirm the action; quietfeed checks it again.")
