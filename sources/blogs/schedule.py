"""Computes the next request of a feed from the times of its posts and the limits of its server."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from ...models.jitter import after_limit
from ...models.subscription import Subscription
from .parsed import ParsedFeed

SHORTEST = timedelta(minutes=30)
LONGEST = timedelta(days=1)
_UNKNOWN = timedelta(hours=6)
"""The interval for a feed without dates."""
_ASLEEP = timedelta(days=30)
"""A feed without a post for this long is requested once a day."""
_LONGEST_WAIT = timedelta(days=7)
_COUNTED = 20
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=(\d{1,9})")
_PAGE_AGE = timedelta(days=30)
"""The page of a site is read for links to its author's profiles and for its blogroll this often."""

_COMMENTS_AGE = timedelta(days=1)
"""The comments on the user's own blog are read this often."""


def rhythm(times: Iterable[datetime | None], now: datetime) -> timedelta:
    """The time between two requests for a feed with posts at these times: half of their median gap."""
    newest = sorted((at for at in times if at is not None and at <= now), reverse=True)[:_COUNTED]
    if not newest:
        return _UNKNOWN
    if now - newest[0] > _ASLEEP:
        return LONGEST
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(newest)]
    if not gaps:
        return _UNKNOWN
    return min(max(timedelta(seconds=median(gaps) / 2), SHORTEST), LONGEST)


def next_request(now: datetime, pace: timedelta, headers: Mapping[str, str], feed: ParsedFeed | None) -> datetime:
    """When to request a feed again after a good response."""
    wait = max(pace, timedelta(seconds=feed.ttl if feed else 0), _max_age(headers))
    at = now + min(max(wait, SHORTEST), LONGEST)
    if feed is None:
        return at
    for _ in range(24 * 7):
        if at.hour not in feed.skip_hours and at.weekday() not in feed.skip_days:
            break
        at += timedelta(hours=1)
    return min(at, now + _LONGEST_WAIT)


def after_failure(now: datetime, failures: int, retry_at: datetime | None = None, dice: float = 0.0) -> datetime:
    """When to request a feed again after a number of failures in a row; not before the server's own `retry_at`.

    `dice` is a random number in [0, 1) for the jitter.
    """
    wait = min(SHORTEST * (1 << min(failures - 1, 6)), LONGEST)
    at = now + wait
    if retry_at is not None:
        at = min(max(at, retry_at), now + _LONGEST_WAIT)
    return after_limit(at, dice)


def _max_age(headers: Mapping[str, str]) -> timedelta:
    found = _MAX_AGE.search(headers.get("cache-control", "").casefold())
    return timedelta(seconds=int(found.group(1))) if found else timedelta()


def page_is_due(subscription: Subscription, now: datetime) -> bool:
    """Whether it is time to read a site's page for the profiles of its author."""
    read_at = subscription.page_read_at
    return bool(subscription.page) and not subscription.failure and (read_at is None or now - read_at >= _PAGE_AGE)


def comments_are_due(subscription: Subscription, now: datetime) -> bool:
    read_at = subscription.comments_read_at
    return subscription.mine and not subscription.failure and (read_at is None or now - read_at >= _COMMENTS_AGE)
