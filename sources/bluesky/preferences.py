"""Muted words and hidden posts, which the network stores and clients apply.

https://docs.bsky.app/docs/api/app-bsky-actor-get-preferences. Servers with Mastodon's API apply filters themselves.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import msgspec

from ...models.post import Post
from ...models.server_filter import Keyword, ServerFilter, apply_filters
from ..entities import MOST_ITEMS, Entity, parts_of, text_of, time_of

# Languages without spaces between words: a word may start anywhere.
_SPACELESS = ("ja", "zh", "ko", "th", "vi")
_MOST = 1000


class Preferences(msgspec.Struct, frozen=True):
    """The user's muted words and hidden posts as filters."""

    filters: tuple[ServerFilter, ...] = ()

    def apply_muted_words(self, post: Post, followed: bool, now: datetime) -> Post:
        """Hide the post if a filter matches. `followed`: the user follows its author."""
        return apply_filters(post, self.filters, now, followed=followed)


def preferences_of(response: Entity) -> Preferences:
    """Parse the muted words and hidden posts from the user's preferences."""
    words: dict[str, ServerFilter] = {}
    hidden: list[str] = []
    for each in parts_of(response, "preferences", MOST_ITEMS):
        kind = text_of(each, "$type").rpartition("#")[2]
        if kind == "mutedWordsPref" and len(words) < _MOST:
            words |= dict(islice(_muted_words(each), _MOST))
        items = each.get("items")
        if kind == "hiddenPostsPref" and isinstance(items, list):
            hidden += [uri for uri in items[:MOST_ITEMS] if isinstance(uri, str)]
    filters = tuple(words.values())[:_MOST]
    if hidden:
        filters += (ServerFilter("posts you hid", hides=True, post_ids=frozenset(hidden)),)
    return Preferences(filters)


def _muted_words(preference: Entity) -> Iterator[tuple[str, ServerFilter]]:
    for item in parts_of(preference, "items", MOST_ITEMS):
        word = text_of(item, "value").casefold().removeprefix("#")
        targets = item.get("targets")
        if not word:
            continue
        keyword = Keyword(
            word,
            whole_word=len(word) > 1 and re.fullmatch(r"\w+", word) is not None,
            in_texts=isinstance(targets, list) and "content" in targets,
            spaceless=_SPACELESS,
        )
        yield (
            word,
            ServerFilter(
                f"muted: {word}",
                hides=True,
                keywords=(keyword,),
                until=time_of(item, "expiresAt"),
                of_followed=text_of(item, "actorTarget") != "exclude-following",
                reads_cards=True,
            ),
        )
