"""Maps XRPC rejections to errors. The error name in the body decides, never the status alone.

https://atproto.com/specs/xrpc#error-responses. An expired token is 400 ExpiredToken, a broken one 400
InvalidToken, none 401 AuthMissing, a wrong password 401 AuthenticationRequired.
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
    "AuthenticationRequired": "{host} does not take this handle and app password: " + SETTINGS + ".",
    "AuthFactorTokenRequired": "{host} sends a code by e-mail for the account's own password: use an app password ("
    + SETTINGS
    + ").",
}


def name_of(answer: Response) -> str:
    """The error name in a response; "" if there is none."""
    if isinstance(answer.value, dict):
        value = answer.value.get("error")
    else:
        value = None
    if isinstance(value, str):
        return value
    return ""


def value_of(answer: Response, host: str, nsid: str = "") -> dict[str, Any]:
    """The JSON object of a response. Raises the same errors as `refuse`."""
    refuse(answer, host, nsid)
    if not isinstance(answer.value, dict):
        raise SourceError(f"{host} did not answer with JSON: is it a server of the AT Protocol?")
    return answer.value


def refuse(answer: Response, host: str, nsid: str = "") -> None:
    """Raise SignInNeeded, PermissionMissing or RequestRejected for a rejection. A success raises nothing."""
    if answer.status < 300:
        return
    name, said = name_of(answer), message_of(answer)
    if name in _ACCOUNT:
        raise SignInNeeded(_ACCOUNT[name].format(host=host))
    # A token that may not ask this is InvalidToken too; only that one question is lost.
    if is_missing(answer, name, said):
        raise missing_permission(host, nsid)
    missing = name == "AuthMissing" or (answer.status == 401 and name != "InvalidToken")
    if missing or name in ("ExpiredToken", "InvalidToken"):
        raise SignInNeeded(f"{host} no longer accepts the sign-in.", AGAIN)
    if is_blocked(answer):
        raise RequestRejected(blocked_words(host), answer.status)
    raise RequestRejected(f"{host} returned {status_words(answer.status, said or name)}.", answer.status, said or name)


def message_of(answer: Response) -> str:
    """What the server said for people, on one clean and short line; "" where it said nothing."""
    if isinstance(answer.value, dict):
        value = answer.value.get("message")
    else:
        value = None
    if isinstance(value, str):
        return clean_line(value)[:160]
    return ""


def check_active(session: dict[str, Any], host: str) -> None:
    """Raise SignInNeeded if the account of a session is not active."""
    if session.get("active") is False:
        name = _STATUS.get(str(session.get("status")), "AccountDeactivated")
        raise SignInNeeded(_ACCOUNT[name].format(host=host))


async def create_session(http: Http, identifier: str, password: str) -> dict[str, Any]:
    """com.atproto.server.createSession. Raises SignInNeeded where handle and app password are not taken."""
    body = {"identifier": identifier, "password": password}
    answer = await http.request("POST", "/xrpc/com.atproto.server.createSession", json=body)
    if (name := name_of(answer)) in _SIGN_IN:
        raise SignInNeeded(_SIGN_IN[name].format(host=http.host))
    session = value_of(answer, http.host)
    check_active(session, http.host)
    return session
