"""What can go wrong, as one tree: every error says what happened and what to do, in one sentence.

QuietfeedError
├── UsageError          the command line or the config asks for something that does not exist
├── NotFound            a post, person or account that is not there
├── RecordError         a post, tie or mark record is not what docs/cli.md says
├── StoreError          the database cannot be read or written (disk full, locked, damaged)
└── SourceError         a network did not answer as it should
    ├── Unreachable     no connection, time-out, or a server that answers 5xx
    ├── SignInNeeded    the token is expired, revoked or missing
    └── RateLimited     the server asks to wait; `retry_at` says until when
"""

from datetime import datetime


class QuietfeedError(Exception):
    """Base of everything that is told to the user as one sentence; the message is that sentence."""


class UsageError(QuietfeedError):
    """The command line or the config asks for something that does not exist."""


class NotFound(QuietfeedError):
    """A post, person or account that is asked for by name is not there."""


class RecordError(QuietfeedError):
    """A record of a post, tie or mark is not what the command line's contract says."""


class StoreError(QuietfeedError):
    """The database cannot be read or written."""


class SourceError(QuietfeedError):
    """A network did not answer as it should."""


class Unreachable(SourceError):
    """No connection, a time-out, or a server that is not well; trying again later may help."""


class SignInNeeded(SourceError):
    """The token is expired, revoked or missing; `quietfeed account add` mends it."""


class RateLimited(SourceError):
    """The server asks to wait until `retry_at` (aware, UTC)."""

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at
