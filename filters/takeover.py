"""Posts unlike an author's other posts, as after a takeover of the account. They are pointed out, never hidden.

A burst is several posts in a short time with links to one host that the author never linked to before. Authors who
often link are left alone, because new hosts are usual for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..models.context import Burst

_A_PAST = 5
"""Without so many earlier posts, an author has no habits to differ from."""

_OFTEN = 0.25
_HOUR, _MINUTES = 3_600.0, 600.0
_IN_AN_HOUR, _IN_MINUTES = 3, 2


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
