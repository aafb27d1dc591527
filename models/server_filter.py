"""Filters that the user has on the server: keywords, hashtags and single posts to warn about or to hide."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from .post import Post


class Keyword(msgspec.Struct, frozen=True):
    """One word or phrase of a filter.

    `whole_word` matches it only between word boundaries. `in_texts` looks for it in texts; hashtags always
    match. `spaceless` names the languages written without spaces: there it matches inside a run of letters.
    """

    text: str
    whole_word: bool = True
    in_texts: bool = True
    spaceless: tuple[str, ...] = ()


class ServerFilter(msgspec.Struct, frozen=True):
    """One filter. It hides posts if `hides` is set; otherwise it only warns.

    `post_ids` are single posts that the user chose. `until` is when it expires. `of_followed` is False if it
    exempts people the user follows. `reads_cards` includes link previews and quoted posts.
    """

    title: str
    hides: bool
    keywords: tuple[Keyword, ...] = ()
    post_ids: frozenset[str] = frozenset()
    until: datetime | None = None
    of_followed: bool = True
    reads_cards: bool = False

    def is_active(self, now: datetime) -> bool:
        """Whether the filter has not expired."""
        return self.until is None or self.until > now

    def matches(self, post: Post, texts: "PostTexts", *, followed: bool) -> bool:
        """Whether the filter applies to a post. `followed`: the user follows its author."""
        if not self.post_ids.isdisjoint((post.id, post.original_id, post.uri)):
            return True
        if followed and not self.of_followed:
            return False
        text = texts.everything if self.reads_cards else texts.own
        return any(_matches(keyword, text, texts.tags, post.lang) for keyword in self.keywords)


class PostTexts(msgspec.Struct, frozen=True):
    """The texts of a post that filters read, in lower case."""

    own: str
    everything: str
    tags: frozenset[str]


def texts_of(post: Post) -> PostTexts:
    """Collect the texts of a post once, for all filters."""
    own = [post.warning, post.text, *(medium.alt for medium in post.media or ())]
    if post.poll is not None:
        own += [option.text for option in post.poll.options]
    cards = []
    if post.card is not None:
        cards += [post.card.title, post.card.description]
    if post.quote is not None:
        cards.append(post.quote.text)
    return PostTexts(
        " \n ".join(own).casefold(),
        " \n ".join([*own, *cards]).casefold(),
        frozenset(tag.casefold() for tag in post.tags or ()),
    )


def apply_filters(post: Post, filters: Sequence[ServerFilter], now: datetime, *, followed: bool) -> Post:
    """The post with the current results of all filters of the account.

    `filters` are all filters that the server has. A match that the server reported with the post stays valid as long as
    the server still has that filter.
    """
    active = [each for each in filters if each.is_active(now)]
    if not active and not post.server_filters:
        return post
    texts = texts_of(post) if active else None
    found: list[ServerFilter] = []
    for each in active:
        reported = each.title in post.server_filters and (post.server_hides or not each.hides)
        if reported or (texts is not None and each.matches(post, texts, followed=followed)):
            found.append(each)
    titles = tuple(dict.fromkeys(each.title for each in found))
    hides = any(each.hides for each in found)
    if titles == post.server_filters and hides == post.server_hides:
        return post
    return replace(post, server_filters=titles, server_hides=hides)


def changed_titles(before: Iterable[ServerFilter], now: Iterable[ServerFilter]) -> set[str]:
    """The titles whose definition changed: earlier matches under them are no longer valid."""
    remaining = set(now)
    return {each.title for each in before if each not in remaining}


def _matches(keyword: Keyword, text: str, tags: frozenset[str], lang: str | None) -> bool:
    word = keyword.text.casefold()
    if not word:
        return False
    if word.removeprefix("#") in tags:
        return True
    if not keyword.in_texts or word not in text:
        return False
    if not keyword.whole_word or (lang or "").partition("-")[0] in keyword.spaceless:
        return True
    return _whole_word(word).search(text) is not None


@lru_cache(maxsize=2048)
def _whole_word(word: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if re.match(r"\w", word) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", word) else ""
    return re.compile(f"{before}{re.escape(word)}{after}")
