"""Computes when an action may be sent, from the write limits of networks and the intervals of retries."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from ..models.action import Action, ChangeList
from ..models.action_kinds import kind_of
from ..models.capability import WriteRules

_LONGEST_RETRY = timedelta(minutes=10)


def retry_interval(attempts: int, first: timedelta, dice: float) -> timedelta:
    """Exponential backoff with jitter: half to one and a half times the interval. `dice` is in [0, 1)."""
    return min(first * (1 << min(attempts, 12)), _LONGEST_RETRY) * (0.5 + dice)


def cost_of(action: Action, rules: WriteRules) -> int:
    """The points of an action."""
    if isinstance(action, ChangeList):
        # The list itself may be created or deleted too.
        added, removed = (ceil(len(people) / rules.list_batch) for people in (action.add, action.remove))
        return rules.create * (added + 1) + rules.delete * removed
    costs = {"create": rules.create, "update": rules.update, "delete": rules.delete}
    return costs[kind_of(action).cost]


def longest_limit(rules: WriteRules) -> timedelta:
    """How far back sent actions count."""
    return timedelta(seconds=max((limit.seconds for limit in rules.limits), default=0))


def next_allowed(sent: Iterable[tuple[datetime, int]], cost: int, rules: WriteRules, now: datetime) -> datetime:
    """When an action of that cost may be sent: now, or when enough earlier actions are older than the period.

    `sent` are the times and costs of earlier actions, in any order.
    """
    history = sorted(sent)
    allowed = now
    for limit in rules.limits:
        period = timedelta(seconds=limit.seconds)
        recent = [(at, points) for at, points in history if at > now - period]
        left = limit.points - cost - sum(points for _, points in recent)
        for at, points in recent:
            if left >= 0:
                break
            left += points
            allowed = max(allowed, at + period)
    return allowed
