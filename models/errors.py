"""The tree of errors. Each message is one sentence that says what happened and what to do.

QuietfeedError
├── UsageError          the command line or the config asks for something that does not exist
├── NotFound            a post, person or account that is not there
├── ExtraMissing        an optional package is not installed
├── RecordError         a post, tie or mark record is not what docs/cli.md says
├── WritingOff          the user has not switched writing on for an account; `account` is its key
├── StoreError          the database cannot be read or written (disk full, locked, damaged)
└── SourceError         a network did not answer as it should
    ├── Unreachable         no connection, a time-out, or a server that answers 5xx
    ├── SignInNeeded        the token is expired, revoked or missing (401)
    ├── PermissionMissing   the token is good and lacks a permission (403); `scope` and `purpose` name it
    ├── RequestRejected     the server does not have, or does not allow, what was asked (4xx)
    ├── PostDeleted         the post that was asked for is gone
    └── RateLimited         too many requests; `retry_at` says until when
"""

from datetime import datetime


class QuietfeedError(Exception):
    """Base of all errors that are shown to the user. The message is one sentence."""


class UsageError(QuietfeedError):
    """The command line or the config asks for something that does not exist."""


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


class SignInNeeded(SourceError):
    """The token is expired, revoked or missing. `fact` says so, `command`, in backticks, signs in again."""

    def __init__(self, fact: str, command: str = "") -> None:
        super().__init__(f"{fact.removesuffix('.')}; {command} signs in again." if command else fact)
        self.fact, self.command = fact, command


class PermissionMissing(SourceError):
    """The sign-in is good and lacks one permission: `scope` as the network names it, `purpose` follows "to".

    `remedy` is what to do about it, as the end of a sentence.
    """

    def __init__(self, message: str, scope: str, purpose: str, remedy: str = "") -> None:
        super().__init__(message)
        self.scope, self.purpose, self.remedy = scope, purpose, remedy


class RequestRejected(SourceError):
    """The server does not have, or does not allow, what was asked; `status` is its HTTP status, `said` its words.

    `insufficient` is True where it says that the token lacks a permission.
    """

    def __init__(self, message: str, status: int, said: str = "", *, insufficient: bool = False) -> None:
        super().__init__(message)
        self.status, self.said, self.insufficient = status, said, insufficient


class PostDeleted(SourceError):
    """The post was deleted, or this account can no longer see it."""


class RateLimited(SourceError):
    """The server has rate-limited the client until `retry_at` (aware, UTC)."""

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


TRANSIENT_ERRORS = (RateLimited, SignInNeeded, Unreachable)
"""Errors that stop all requests to a server for now. Other errors affect one request only."""
