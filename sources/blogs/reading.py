"""Reads a JSON Feed as input of `quietfeed judge --from blogs`."""

import json
from collections.abc import Mapping

from ...models.post import Post
from ...models.subscription import Subscription
from .handles import id_of
from .jsonfeed import parse_json_feed
from .parsed import NotAFeed
from .posts import main_author, posts_of


def read_input(value: object) -> tuple[list[Post], list[str]]:
    """The posts of a JSON Feed, and a sentence if it cannot be read."""
    if not isinstance(value, Mapping):
        return [], ["this is not a JSON Feed"]
    address = str(value.get("feed_url") or value.get("home_page_url") or "")
    try:
        feed = parse_json_feed(json.dumps(value).encode(), address)
    except NotAFeed as error:
        return [], [f"the input is not a JSON Feed: it {error}"]
    name = id_of(feed.page, address, frozenset())
    return posts_of(feed, Subscription(name, address, main_author=main_author(feed)), ""), []
