"""Sentences about subscriptions: the feeds at an address, and the state of each subscription."""

from collections.abc import Sequence
from datetime import datetime

from ..models.subscription import FoundFeed, FoundFeeds, Subscription

NO_SUBSCRIPTION = "no subscription yet"


def state_text(subscription: Subscription, now: datetime) -> str:
    """The state of a feed: the age of its newest post, and its failures."""
    if subscription.ended:
        return "ended: the feed no longer exists"
    newest = ""
    if subscription.newest_at:
        newest = f"newest post {_day(subscription.newest_at, now)}"
    if subscription.mine:
        newest = " · ".join(each for each in ("your own blog", newest) if each)
    if subscription.failure:
        times = ""
        if subscription.failures != 1:
            times = f" ({subscription.failures} times in a row)"
        return " · ".join(each for each in (newest, f"failed{times}: {subscription.failure.rstrip('.')}") if each)
    if subscription.checked_at is None:
        return "not requested yet"
    return newest or "no dated post"


def nothing_found(address: str, found: FoundFeeds) -> str:
    """Why nothing can be subscribed to at an address."""
    if found.is_list or found.recommended:
        return f"{address} is a list of blogs, not a blog."
    return f"There is no feed at {address}: the page links to none, and none was found at the usual addresses."


def recommended_text(found: FoundFeeds) -> str:
    """How many blogs a site or a list recommends; "" for none."""
    number = len(found.recommended)
    if not number:
        return ""
    blogs = "1 blog" if number == 1 else f"{number} blogs"
    if found.is_list:
        return f"this list names {blogs}"
    return f"it recommends {blogs}"


def feed_line(feed: FoundFeed) -> str:
    """A feed on one line: its title and address."""
    if feed.title:
        return f"{feed.title} · {feed.address}"
    return feed.address


def failing(subscriptions: Sequence[Subscription]) -> list[Subscription]:
    """The subscriptions whose last request failed, or that have ended."""
    return [each for each in subscriptions if each.failure or each.ended]


def _day(at: datetime, now: datetime) -> str:
    days = (now - at).days
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 60:
        return f"{days} days ago"
    local = at.astimezone()
    return f"from {local:%b %Y}"
