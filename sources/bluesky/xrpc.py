"""Maps XRPC rejections to errors. The error name in the body decides, never the status alone.

https://atproto.com/specs/xrpc#error-responses. An expired token causes 400 ExpiredToken, an invalid one 400
InvalidToken, a missing one 401 AuthMissing, and a wrong password 401 AuthenticationRequired.
"""

from collections.abc import Mapping
from typing import Any, Literal

from ...models.errors import AccountInactive, SignInEnded, SignInNeeded, SourceError
from ...models.text import clean_line
from ..http import Http, Response
from ..http_errors import RequestRejected
from .permissions import is_blocked, is_missing
from .permissions import missing as missing_permission

SETTINGS = "make one in the app under Settings, Privacy and security, App passwords"
AGAIN = "`quietfeed account add bluesky`"

_INACTIVE: Mapping[str, Literal["taken_down", "suspended", "deactivated"]] = {
    "AccountTakedown": "taken_down",
    "AccountSuspended": "suspended",
    "AccountDeactivated": "deactivated",
    "takendown": "taken_down",
    "suspended": "suspended",
}
"""States of an account by the error name, and by the `status` of a session."""
_SIGN_IN = {
    "AuthenticationRequired": "{host} does not accept this handle and app password: " + SETTINGS + ".",
    "AuthFactorTokenRequired": "{host} requires an e-mail code for the account's own password: use an app password ("
    + SETTINGS
    + ").",
}


def name_of(response: Response) -> str:
    """The error name in a response; "" if there is none."""
    value = None
    if isinstance(response.value, dict):
        value = response.value.get("error")
    if isinstance(value, str):
        return value
    return ""


def value_of(response: Response, host: str, nsid: str = "") -> dict[str, Any]:
    """The JSON object of a response. Raises the same errors as `raise_rejection`."""
    raise_rejection(response, host, nsid)
    if not isinstance(response.value, dict):
        raise SourceError(f"{host} did not return JSON: is it a server of the AT Protocol?")
    return response.value


def raise_rejection(response: Response, host: str, nsid: str = "") -> None:
    """Raise SignInNeeded, PermissionMissing or RequestRejected for a rejection. A success raises nothing."""
    if response.status < 300:
        return
    name, detail = name_of(response), message_of(response)
    if name.startswith("Account") and name in _INACTIVE:
        raise AccountInactive(host, _INACTIVE[name])
    # A token without this permission also causes InvalidToken, but only for this query.
    if is_missing(response, name, detail):
        raise missing_permission(host, nsid)
    missing = name == "AuthMissing" or (response.status == 401 and name != "InvalidToken")
    if missing or name in ("ExpiredToken", "InvalidToken"):
        raise SignInEnded(host, AGAIN)
    if is_blocked(response):
        raise RequestRejected(host, response.status, kind="blocked")
    raise RequestRejected(host, response.status, detail, name=name)


def message_of(response: Response) -> str:
    """The error message in a response, on one clean and short line; "" if there is none."""
    value = None
    if isinstance(response.value, dict):
        value = response.value.get("message")
    if isinstance(value, str):
        return clean_line(value)[:160]
    return ""


def check_active(session: dict[str, Any], host: str) -> None:
    """Raise SignInNeeded if the account of a session is not active."""
    if session.get("active") is False:
        raise AccountInactive(host, _INACTIVE.get(str(session.get("status")), "deactivated"))


async def create_session(http: Http, identifier: str, password: str) -> dict[str, Any]:
    """Call com.atproto.server.createSession. Raises SignInNeeded for a wrong handle or app password."""
    body = {"identifier": identifier, "password": password}
    response = await http.request("POST", "/xrpc/com.atproto.server.createSession", json=body)
    if (name := name_of(response)) in _SIGN_IN:
        raise SignInNeeded(_SIGN_IN[name].format(host=http.host))
    session = value_of(response, http.host)
    check_active(session, http.host)
    return session
