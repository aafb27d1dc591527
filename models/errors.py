"""The tree of errors. `error_text` of phrases/errors.py makes the sentence that says what happened and what to do.

RateLimited, TimedOut, ServerError and PostDeleted carry values alone; their str() is for the log. The message of every
other error is that sentence.

QuietfeedError
├── UsageError          the command line or the config names something that does not exist
├── NotFound            a post, person or account does not exist
├── ExtraMissing        an optional package is not installed
├── RecordError         a post, tie or mark record does not follow docs/cli.md
├── WritingOff          the user has not switched writing on for an account; `account` is its key
├── StoreError          the database cannot be read or written (disk full, locked, damaged)
└── SourceError         a request to a network failed
    ├── Unreachable         no connection; TimedOut and ServerError (a 5xx response) are kinds of it
    ├── SignInNeeded        the token is expired, revoked or missing (401)
    ├── PermissionMissing   the token is valid but lacks a permission (403); `scope` and `purpose` name it
    ├── RequestRejected     the server rejected the request or lacks the resource (4xx)
    ├── PostDeleted         the requested post is deleted
    ├── CannotCompare       the server does not tell whether an action was done
    └── RateLimited         too many requests; `retry_at` is when the limit of `host` ends
"""

from datetime import datetime


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
    """No connection, a timeout, or a server error. A retry may help."""


class TimedOut(Unreachable):
    """The server at `host` did not answer in time."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host}: timeout")
        self.host = host


class ServerError(Unreachable):
    """The server at `host` returned 5xx. `status` is the code, `detail` the error text of the server."""

    def __init__(self, host: str, status: int, detail: str) -> None:
        super().__init__(f"{host}: {status} {detail}".rstrip())
        self.host, self.status, self.detail = host, status, detail


class SignInNeeded(SourceError):
    """The token is expired, revoked or missing. `fact` states it; `command`, in backticks, signs in again."""

    def __init__(self, fact: str, command: str = "") -> None:
        message = fact
        if command:
            message = f"{fact.removesuffix('.')}; {command} signs in again."
        super().__init__(message)
        self.fact, self.command = fact, command


class PermissionMissing(SourceError):
    """The sign-in is valid but lacks one permission: `scope` as the network names it; `purpose` follows "to".

    `remedy` ends the sentence with what to do.
    """

    def __init__(self, message: str, scope: str, purpose: str, remedy: str = "") -> None:
        super().__init__(message)
        self.scope, self.purpose, self.remedy = scope, purpose, remedy


class RequestRejected(SourceError):
    """The server rejected the request or lacks the resource: `status` is the HTTP status, `detail` its error text.

    `insufficient` is True if the token lacks a permission.
    """

    def __init__(self, message: str, status: int, detail: str = "", *, insufficient: bool = False) -> None:
        super().__init__(message)
        self.status, self.detail, self.insufficient = status, detail, insufficient


class PostDeleted(SourceError):
    """The post was deleted, or this account can no longer see it."""

    def __init__(self) -> None:
        super().__init__("post deleted")


class CannotCompare(SourceError):
    """The server does not tell whether an action was done, so the user must decide about a retry."""


class RateLimited(SourceError):
    """The server at `host` has rate-limited the client until `retry_at` (aware, UTC)."""

    def __init__(self, host: str, retry_at: datetime) -> None:
        super().__init__(f"{host}: rate limited until {retry_at.isoformat()}")
        self.host, self.retry_at = host, retry_at


TRANSIENT_ERRORS = (RateLimited, SignInNeeded, Unreachable)
"""Errors that stop all requests to a server for now. Other errors affect one request only."""
