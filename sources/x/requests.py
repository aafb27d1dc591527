"""The addresses, texts and errors of X's API.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors. A missing post or user is 200 with `errors`.
"""

from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import urlsplit

from ...models.errors import RequestRejected, SignInEnded, SourceError
from ...models.text import clean_line
from ..entities import Entity, parts_of, text_of
from ..http import Response
from ..servers import is_loopback

SITE = "https://x.com"
_API = "https://api.x.com"
AGAIN = "`quietfeed account add x`"
_STATUS = {
    "resource-not-found": 404,
    "not-authorized-for-resource": 403,
    "disallowed-resource": 403,
    "resource-unavailable": 404,
}


def api_of(server: str) -> str:
    """The base URL of the API for an account's server: X itself, or a server on this machine."""
    if is_loopback(urlsplit(server).hostname or ""):
        return server
    return _API


def body_of(response: Response, host: str) -> Entity:
    """The JSON object of a response. Raises SignInEnded, RequestRejected and SourceError.

    A response with errors and without data is an error; errors next to data are ignored.
    """
    value = response.value
    if response.status >= 300:
        raise_rejection(response, host)
    if not isinstance(value, Mapping):
        raise SourceError(f"{host} returned no JSON object.")
    problems = parts_of(value, "errors")
    if value.get("data") is None and problems:
        raise _rejected(host, problems[0], 404)
    return value


def raise_rejection(response: Response, host: str) -> NoReturn:
    """Raise the error of a rejected request."""
    if response.status == 401:
        raise SignInEnded(host, AGAIN)
    value: Entity = response.value if isinstance(response.value, Mapping) else {}
    problems = parts_of(value, "errors")
    raise _rejected(host, value if text_of(value, "detail") or not problems else problems[0], response.status)


def _rejected(host: str, problem: Entity, status: int) -> RequestRejected:
    kind = text_of(problem, "type").rpartition("/")[2]
    detail = clean_line(text_of(problem, "detail") or text_of(problem, "message") or text_of(problem, "title"))[:160]
    return RequestRejected(host, _STATUS.get(kind, status), detail, name=kind if kind in _STATUS else "")
