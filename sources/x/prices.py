"""The prices of X's API. A module of its own, so that importing it loads no HTTP client.

Charged per resource returned, also for the posts and users of `includes`. A resource that is read twice within a UTC
day is charged once, but X gives no guarantee, so quietfeed counts it twice.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ...models.paid import DOLLAR, PriceList

_CENT = DOLLAR // 100

POST = _CENT // 2
USER = _CENT
OWNED = _CENT // 10
REFERENCES = 2
"""The maximum number of posts that a post refers to: the one it replies to, and the one it quotes."""

PRICES = PriceList(
    at=date(2026, 8, 22),
    source="https://docs.x.com/x-api/getting-started/pricing",
    post=POST,
    user=USER,
    owned=OWNED,
    most_per_post=POST * (1 + REFERENCES) + USER,
)


def charge_of(value: Mapping[str, Any], unit: int) -> tuple[int, int]:
    """The cost of a response, and the number of posts in it. `unit` is the price of one item of `data`."""
    data = value.get("data")
    items = [each for each in (data if isinstance(data, list) else [data]) if isinstance(each, Mapping)]
    includes = value.get("includes")
    included = {}
    if isinstance(includes, Mapping):
        included = {name: len(each) for name, each in includes.items() if isinstance(each, list)}
    others = included.get("tweets", 0) + included.get("posts", 0)
    posts = others + sum("username" not in each for each in items)
    return len(items) * unit + others * POST + included.get("users", 0) * USER, posts
