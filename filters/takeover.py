"""Posts unlike an author's other posts, as after a takeover of the account. They get a warning and are never hidden.

A burst is several posts in a short time with links to one host that the author never linked to before. Authors who
often link are left alone, because new hosts are usual for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ..models.context import Burst
from ..models.post import Post, hosts_of

_A_PAST = 5
"""With fewer earlier posts, an author has no habits to compare with."""

_OFTEN = 0.25
_HOUR, _MINUTES = 3_600.0, 600.0
_IN_AN_HOUR, _IN_MINUTES = 3, 2


CALM = timedelta(days=3)
"""A takeover is over after this time without a suspicious post, once a post like the earlier ones arrives."""


class Linked(NamedTuple):
    """The time of a post in seconds, its id, and the hosts that it links to."""

    at: float
    post_id: str
    hosts: frozenset[str]


def bursts(posts: Iterable[Linked]) -> tuple[Burst, ...]:
    """The bursts among an author's posts. Posts without a time are left out."""
    ordered = sorted(post for post in posts if post.at)
    by_host: dict[str, list[int]] = defaultdict(list)
    for number, post in enumerate(ordered):
        for host in post.hosts:
            by_host[host].append(number)
    found = []
    for host, numbers in by_host.items():
        earlier = ordered[: numbers[0]]
        usually = sum(bool(post.hosts) for post in earlier)
        if len(earlier) >= _A_PAST and usually < _OFTEN * len(earlier):
            group = _burst([ordered[number] for number in numbers])
            if group:
                minutes = max(1, round((group[-1].at - group[0].at) / 60))
                found.append(Burst(host, minutes, tuple(post.post_id for post in group)))
    return tuple(found)


def _burst(posts: Sequence[Linked]) -> Sequence[Linked]:
    """The posts from the first burst on; empty without one."""
    for number, first in enumerate(posts):
        within = [post for post in posts[number:] if post.at - first.at <= _HOUR]
        quick = [post for post in within if post.at - first.at <= _MINUTES]
        if len(quick) >= _IN_MINUTES or len(within) >= _IN_AN_HOUR:
            return within
    return ()


def is_over(posts: Sequence[Post], suspicious: Collection[str], since: datetime, now: datetime) -> bool:
    """Whether a takeover is over.

    No suspicious post may have come for CALM, and a post like the earlier ones must have come since the last one.
    `posts` are by one author, `suspicious` the ids of those unlike the others. Later posts that link to the same hosts
    as those are suspicious too. `since` is the time of the mute, which counts like a suspicious post.
    """
    from .examples import Past

    dated = sorted((post.created_at, post.id, post) for post in posts if post.created_at is not None)
    first = next((number for number, (_, name, _) in enumerate(dated) if name in suspicious), len(dated))
    hosts = {host for _, name, post in dated if name in suspicious for host in hosts_of(post)}
    past = Past()
    last, usual = since, False
    for number, (at, name, post) in enumerate(dated):
        if name in suspicious or (number > first and not hosts.isdisjoint(hosts_of(post))):
            last, usual = max(last, at), False
        elif number < first and at <= since:
            past.add(post)
        elif at > last and past.is_typical(post):
            usual = True
    return usual and now - last >= CALM
