"""The tree of errors. `error_text` of phrases/errors.py makes the sentence that says what happened and what to do.

Errors that more than one place raises carry values, and their str() is for the log. If only one place needs a sentence,
it is the message of the error.

QuietfeedError
├── UsageError          the command line or the config names something that does not exist
├── NotFound            a post, person or account does not exist
├── ExtraMissing        an optional package is not installed
├── RecordError         a post, tie or mark record does not follow docs/cli.md
├── WritingOff          the user has not allowed writing for an account; `account` is its key
├── StoreError          the database cannot be read or written (disk full, locked, damaged)
└── SourceError         a request to a network failed
    ├── Unreachable         no usable response; a retry may help
    │   ├── ConnectionFailed    no connection to `host`; `cause` says why
    │   ├── TimedOut            `host` did not respond in time
    │   ├── ServerError         a 5xx response
    │   └── Unconfirmed         the response does not show whether an action was done
    ├── SignInNeeded        the user has to sign in (again), or cannot sign in like this
    │   ├── SignInEnded         the token is expired or revoked (401)
    │   ├── TokenMissing        there is no stored token
    │   ├── TokenUnusable       the stored token is damaged or of another account
    │   ├── WrongAccount        the sign-in is of another account than requested
    │   ├── CodeRejected        the code from the browser was rejected; TokenRejected: a pasted token was
    │   ├── SignInDeclined      the user declined in the browser
    │   └── AccountInactive     the account is deactivated, suspended or taken down
    ├── PermissionMissing   the token is valid but lacks a permission (403); `scope` and `purpose` name it
    ├── RequestRejected     the server rejected the request or lacks the resource (4xx)
    │   └── NotPossible         the network or the current state does not allow it; no request was sent
    ├── UnusableResponse    a response that cannot be read: no JSON, too large, from elsewhere
    ├── PostDeleted         the requested post is deleted
    ├── BudgetSpent         a request would cost more than the budget, so it was not sent
    ├── CannotCompare       the server does not show whether an action was done
    └── RateLimited         too many requests; `retry_at` is when the limit of `host` ends
"""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .paid import Limit, Spending


class QuietfeedError(Exception):
    """Base of all errors that are shown to the user."""


class UsageError(QuietfeedError):
    """The command line or the config names something that does not exist."""


class NotFound(QuietfeedError):
    """There is no post, person or account with this name."""


class ExtraMissing(QuietfeedError):
    """A required optional package is not installed."""


class RecordError(QuietfeedError):
    """A record of a post, tie or mark is invalid."""


class WritingOff(QuietfeedError):
    """The user has not enabled writing for an account; `account` is its key."""

    def __init__(self, message: str, account: str) -> None:
        super().__init__(message)
        self.account = account


class StoreError(QuietfeedError):
    """The database cannot be read or written."""


class SourceError(QuietfeedError):
    """A request to a network failed."""


class Unreachable(SourceError):
    """No usable response. A retry may help."""


ConnectionCause = Literal["unknown_host", "refused", "bad_certificate", "other"]


class ConnectionFailed(Unreachable):
    """No connection to `host`. `detail` is the text of the library, without secrets.

    `proxy` is the host and port of the proxy that was used, and `setting` names the setting for it.
    """

    def __init__(
        self, host: str, cause: ConnectionCause, detail: str = "", *, proxy: str = "", setting: str = ""
    ) -> None:
        super().__init__(f"{host}: no connection ({cause}) {detail}".rstrip())
        self.host, self.cause, self.detail = host, cause, detail
        self.proxy, self.setting = proxy, setting


class TimedOut(Unreachable):
    """The server at `host` did not respond in time."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host}: timeout")
        self.host = host


class ServerError(Unreachable):
    """The server at `host` returned 5xx. `status` is the code, `detail` the error text of the server."""

    def __init__(self, host: str, status: int, detail: str) -> None:
        super().__init__(f"{host}: {status} {detail}".rstrip())
        self.host, self.status, self.detail = host, status, detail


class Unconfirmed(Unreachable):
    """The response does not show whether an action was done. `host` is "" if it is unknown."""

    def __init__(self, host: str = "", what: Literal["action", "post"] = "action") -> None:
        super().__init__(f"{host}: {what} not confirmed")
        self.host, self.what = host, what


class SignInNeeded(SourceError):
    """The user has to sign in (again), or cannot sign in like this. `command`, in backticks, signs in again."""

    command = ""


class SignInEnded(SignInNeeded):
    """The server at `host` no longer accepts the token. `expired`: it reported that the sign-in has ended."""

    def __init__(self, host: str, command: str = "", *, expired: bool = False) -> None:
        super().__init__(f"{host}: token rejected")
        self.host, self.command, self.expired = host, command, expired


class TokenMissing(SignInNeeded):
    """There is no stored token for the account named `account`, or the keyring is locked."""

    def __init__(self, account: str, command: str) -> None:
        super().__init__(f"{account}: no token")
        self.account, self.command = account, command


class TokenUnusable(SignInNeeded):
    """The stored token is damaged, or was exchanged for one of another account."""

    def __init__(self, problem: Literal["damaged", "other_account"], command: str, host: str = "") -> None:
        super().__init__(f"{host}: stored token unusable ({problem})")
        self.problem, self.command, self.host = problem, command, host


class AccountInactive(SignInNeeded):
    """The account at `host` is deactivated by its owner, or suspended or taken down by moderators."""

    def __init__(self, host: str, state: Literal["deactivated", "suspended", "taken_down"]) -> None:
        super().__init__(f"{host}: account {state}")
        self.host, self.state = host, state


class WrongAccount(SignInNeeded):
    """The sign-in is of another account than `wanted`; nothing was stored. `found` is its handle, "" if unknown."""

    def __init__(self, host: str, wanted: str = "", found: str = "") -> None:
        super().__init__(f"{host}: signed in as {found or 'another account'}, not as {wanted}")
        self.host, self.wanted, self.found = host, wanted, found


class CodeRejected(SignInNeeded):
    """The server at `host` rejected the code of a sign-in in the browser."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host}: code rejected")
        self.host = host


class TokenRejected(SignInNeeded):
    """The server at `host` rejected a token that the user pasted."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host}: pasted token rejected")
        self.host = host


class SignInDeclined(SignInNeeded):
    """The user declined in the browser."""

    def __init__(self) -> None:
        super().__init__("sign-in declined")


Remedy = Literal["sign_in", "write", "allow_chat", "allow_reading"]
"""How to get a permission: sign in again with a command; request writing; create an app password that may read direct
messages; allow reading at the next sign-in."""


class PermissionMissing(SourceError):
    """The sign-in at `host` lacks one permission: `scope` as the network names it; `purpose` follows "to".

    `command`, in backticks, signs in again. `takes_tokens`: a token with the permission can be made by hand.
    """

    def __init__(
        self, host: str, scope: str, purpose: str, remedy: Remedy, command: str = "", *, takes_tokens: bool = False
    ) -> None:
        super().__init__(f"{host}: permission {scope} missing")
        self.host, self.scope, self.purpose, self.remedy = host, scope, purpose, remedy
        self.command, self.takes_tokens = command, takes_tokens


RejectionKind = Literal["status", "members_only", "blocked"]
"""`blocked`: a firewall or proxy returned a web page with 403. `members_only`: the content needs a sign-in."""


class RequestRejected(SourceError):
    """The server at `host` rejected the request or lacks the resource.

    `status` is the HTTP status, `detail` its error text, `name` its error code if the network has codes.
    `insufficient` is True if the token lacks a permission.
    """

    def __init__(
        self,
        host: str,
        status: int,
        detail: str = "",
        *,
        kind: RejectionKind = "status",
        name: str = "",
        insufficient: bool = False,
    ) -> None:
        super().__init__(f"{host}: {status} {kind} {name} {detail}".rstrip())
        self.host, self.status, self.detail = host, status, detail
        self.kind, self.name, self.insufficient = kind, name, insufficient

    @property
    def words(self) -> str:
        """The error code and text in lower case: some server errors differ only in their text."""
        return f"{self.name} {self.detail}".casefold()


class NotPossible(RequestRejected):
    """An action that the network does not have, or that the current state does not allow. The message says why."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__("", status)
        self.args = (message,)


ResponseProblem = Literal["not_json", "web_page", "too_large", "undecodable", "redirect", "next_page_elsewhere"]


class UnusableResponse(SourceError):
    """The server at `host` sent a response that was not read. `detail` is the limit or the status."""

    def __init__(self, host: str, problem: ResponseProblem, detail: str = "") -> None:
        super().__init__(f"{host}: unusable response ({problem}) {detail}".rstrip())
        self.host, self.problem, self.detail = host, problem, detail


class PostDeleted(SourceError):
    """The post was deleted, or this account can no longer see it."""

    def __init__(self) -> None:
        super().__init__("post deleted")


class CannotCompare(SourceError):
    """The server does not show whether an action was done, so the user must decide about a retry."""


class RateLimited(SourceError):
    """The server at `host` has rate-limited the client until `retry_at` (aware, UTC).

    `partly`: an action of several requests was sent in part.
    """

    def __init__(self, host: str, retry_at: datetime) -> None:
        super().__init__(f"{host}: rate limited until {retry_at.isoformat()}")
        self.host, self.retry_at = host, retry_at
        self.partly = False


class BudgetSpent(SourceError):
    """A request would exceed a limit, so it was not sent. `label` is the network's display name."""

    def __init__(self, label: str, limit: "Limit", spending: "Spending") -> None:
        super().__init__(f"{label}: {limit} budget spent")
        self.label, self.limit, self.spending = label, limit, spending


TRANSIENT_ERRORS = (RateLimited, SignInNeeded, Unreachable)
"""Errors that stop all requests to a server for now. Other errors affect one request only."""
