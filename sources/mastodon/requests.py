"""The entries of the writer's request table, and helpers that the requests share."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from ...models.action import ActionKey, Receipt
from ...models.errors import PostDeleted, Unconfirmed
from ..http import Http
from ..http_errors import RequestRejected


class Request(NamedTuple):
    """The functions that send one kind of action, and that find its result on the server."""

    perform: Callable[[Http, Any, ActionKey], Awaitable[Receipt]]
    find: Callable[[Http, Any, ActionKey], Awaitable[Receipt | None]]


def at(part: str) -> str:
    """Quote an id or a name for use in a path."""
    return quote(part, safe="")


def gone(error: RequestRejected) -> Exception:
    """PostDeleted for a 404 or 410; any other rejection unchanged."""
    if error.status in (404, 410):
        return PostDeleted()
    return error


def unconfirmed(http: Http) -> Unconfirmed:
    """The error of an action whose response does not show it."""
    return Unconfirmed(http.host)
