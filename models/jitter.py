"""Random delays, so that many clients do not send requests to one server in the same second.

A client that waits for Retry-After, or that was started by the same event as others, would otherwise send its request
together with all of them (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/). `dice` is
a random number in [0, 1).
"""

from datetime import datetime, timedelta

_AFTER_LIMIT = timedelta(seconds=5)
_SHARE = 0.1


def after_limit(at: datetime, dice: float) -> datetime:
    """A time up to five seconds after a server allows the next request."""
    return at + _AFTER_LIMIT * dice


def spread(seconds: float, dice: float) -> float:
    """An interval that is up to a tenth shorter or longer."""
    return seconds * (1 - _SHARE + 2 * _SHARE * dice)
