"""Maps XRPC rejections to errors. The error name in the body decides, never the status alone.

https://atproto.com/specs/xrpc#error-responses. An expired token causes 400 ExpiredToken, an invalid one 400
InvalidToken, a missing one 401 AuthMissing, and a wrong password 401 AuthenticationRequired.
"""

from typing import Any

from ...models.errors import SignInNeeded, SourceError
from ...models.text import clean_line
from ..http import Http, Response
from ..http_errors import RequestRejected, blocked_words, status_words
from .permissions import is_blocked, is_missing
from .permissions import missing as missing_permission

SETTINGS = "make one in the app under Settings, Privacy and security, App passwords"
AGAIN = "`quietfeed account add bluesky`"

_ACCOUNT = {
    "AccountTakedown": "{host} has taken this account down: only its moderators can restore it.",
    "AccountSuspended": "{host} has suspended this account: only its moderators can restore it.",
    "AccountDeactivated": "This account is deactivated: sign in to the Bluesky app once to restore it.",
}
_STATUS = {"takendown": "AccountTakedown", "suspended": "AccountSuspended", "deactivated": "AccountDeactivated"}
_SIGN_IN = {
    "AuthenticationRequired": "{host} does not accept this handle and app password: " + SETTINGS + ".",
    "AuthFactorTokenRequired": "{host} sends a code by e-mail for the account's own password: use an app password ("
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
    """The JSON object of a response. Raises the same errors as `refuse`."""
    refuse(response, host, nsid)
    if not isinstance(response.value, dict):
        raise SourceError(f"{host} did not return JSON: is it a server of the AT Protocol?")
    return response.value


def refuse(response: Response, host: str, nsid: str = "") -> None:
    """Raise SignInNeeded, PermissionMissing or RequestRejected for a rejection. A success raises nothing."""
    if response.status < 300:
        return
    name, detail = name_of(response), message_of(response)
    if name in _ACCOUNT:
        raise SignInNeeded(_ACCOUNT[name].format(host=host))
    # A token without this permission causes InvalidToken too; only this query fails.
    if is_missing(response, name, detail):
        raise missing_permission(host, nsid)
    missing = name == "AuthMissing" or (response.status == 401 and name != "InvalidToken")
    if missing or name in ("ExpiredToken", "InvalidToken"):
        raise SignInNeeded(f"{host} no longer accepts the sign-in.", AGAIN)
    if is_blocked(response):
        raise RequestRejected(blocked_words(host), response.status)
    raise RequestRejected(
        f"{host} returned {status_words(response.status, detail or name)}.", response.status, detail or name
    )


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
        name = _STATUS.get(str(session.get("status")), "AccountDeactivated")
        raise SignInNeeded(_ACCOUNT[name].format(host=host))


async def create_session(http: Http, identifier: str, password: str) -> dict[str, Any]:
    """Call com.atproto.server.createSession. Raises SignInNeeded for a wrong handle or app password."""
    body = {"identifier": identifier, "password": password}
    response = await http.request("POST", "/xrpc/com.atproto.server.createSession", json=body)
    if (name := name_of(response)) in _SIGN_IN:
        raise SignInNeeded(_SIGN_IN[name].format(host=http.host))
    session = value_of(response, http.host)
    check_active(session, http.host)
    return session
