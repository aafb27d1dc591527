"""What the user told the network to keep away: muted words and hidden posts, which it leaves to clients to heed.

https://docs.bsky.app/docs/api/app-bsky-actor-get-preferences; a server of Mastodon's API applies its filters itself.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from ...models.post import Post
from ..entities import Entity, parts_of, text_of, time_of

# Written without spaces between words: any place may begin one.
_RUN_TOGETHER = ("ja", "zh", "ko", "th", "vi")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class MutedWord:
    """A word that the user muted: in texts or in hashtags alone, of everybody or only of whom they do not follow."""

    word: str
    in_texts: bool
    of_followed: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Preferences:
    """The words and the posts to keep away."""

    words: tuple[MutedWord, ...] = ()
    hidden: frozenset[str] = frozenset()

    def apply_muted_words(self, post: Post, followed: bool, now: datetime) -> Post:
        """The post, hidden by the filter that the user set where one holds. `followed`: the user follows its author."""
        text = " \n ".join(_texts(post)).casefold()
        tags = {tag.casefold() for tag in post.tags or ()}
        titles = [
            f"muted: {each.word}"
            for each in self.words
            if not (followed and not each.of_followed)
            and (each.until is None or each.until > now)
            and (each.word in tags or (each.in_texts and _stands_in(each.word, text, post.lang)))
        ]
        if (post.original_id or post.id) in self.hidden:
            titles.append("posts you hid")
        if not titles:
            return post
        return replace(post, server_filters=(*post.server_filters, *titles), server_hides=True)


def preferences_of(answer: Entity) -> Preferences:
    """The preferences that matter here out of all that the network keeps for its clients."""
    words: dict[str, MutedWord] = {}
    hidden: list[str] = []
    for each in parts_of(answer, "preferences"):
        kind = text_of(each, "$type").rpartition("#")[2]
        for item in parts_of(each, "items") if kind == "mutedWordsPref" else ():
            word = text_of(item, "value").casefold().removeprefix("#")
            targets = item.get("targets")
            in_texts = isinstance(targets, list) and "content" in targets
            of_followed = text_of(item, "actorTarget") != "exclude-following"
            if word:
                words[word] = MutedWord(word, in_texts, of_followed, time_of(item, "expiresAt"))
        items = each.get("items")
        if kind == "hiddenPostsPref" and isinstance(items, list):
            hidden += [uri for uri in items if isinstance(uri, str)]
    return Preferences(tuple(words.values())[:_MOST], frozenset(hidden))


def _texts(post: Post) -> list[str]:
    """Everything of a post that is read."""
    texts = [post.text, *(medium.alt for medium in post.media or ())]
    if post.card is not None:
        texts += [post.card.title, post.card.description]
    if post.quote is not None:
        texts.append(post.quote.text)
    return texts


def _stands_in(word: str, text: str, lang: str | None) -> bool:
    """Whether a muted word stands in a text, as a word of its own where its language has such."""
    if word not in text:
        return False
    run_together = (lang or "").partition("-")[0] in _RUN_TOGETHER
    if len(word) == 1 or run_together or not re.fullmatch(r"\w+", word):
        return True
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
