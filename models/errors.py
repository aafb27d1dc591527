"""What can go wrong, as one tree: every error says what happened and what to do, in one sentence.

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
    """Base of everything that is told to the user as one sentence; the message is that sentence."""


class UsageError(QuietfeedError):
    """The command line or the config asks for something that does not exist."""


class NotFound(QuietfeedError):
    """A post, person or account that is asked for by name is not there."""


class ExtraMissing(QuietfeedError):
    """An optional package that this needs is not installed."""


class RecordError(QuietfeedError):
    """A record of a post, tie or mark is not what the command line's contract says."""


class WritingOff(QuietfeedError):
    """The user has not switched writing on for an account; `account` is its key."""

    def __init__(self, message: str, account: str) -> None:
        super().__init__(message)
        self.account = account


class StoreError(QuietfeedError):
    """The database cannot be read or written."""


class SourceError(QuietfeedError):
    """A network did not answer as it should."""


class Unreachable(SourceError):
    """No connection, a time-out, or a server that is not well; trying again later may help."""


class SignInNeeded(SourceError):
    """The token is expired, revoked or missing; `quietfeed account add` mends it."""


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
    """The post that was asked for was deleted, or can no longer be seen by this account."""


class RateLimited(SourceError):
    """The server asks to wait until `retry_at` (aware, UTC)."""

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


TRANSIENT_ERRORS = (RateLimited, SignInNeeded, Unreachable)
"""These stop all requests to a server for now; any other error only leaves one question without an answer."""
