"""Finds the copies of one post that a person published on several networks, and the post that announces their article.

Only handles of one person are compared: the caller decides which those are. Each handle adds at most one post to a
group, so that a person who repeats themselves on one network is shown as before.
"""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache

from ..models.post import Post, is_article

Identity = tuple[str, str] | str

_ASIDE = re.compile(r"https?://\S+|www\.\S+|(?<=@)([\w.-]+)@[\w.-]+|[…#@]")
_SPACE = re.compile(r"\W+")
_LONGEST = 2_000
_WORDS = 4
"""Texts with fewer words may be equal by chance, unless they were posted within minutes."""
_SOON, _LATER, _ANNOUNCED = timedelta(minutes=10), timedelta(days=2), timedelta(days=14)
_PART = 40
"""How many characters of a truncated text must be the same."""
_COMPARED = 50
"""The maximum number of earlier posts with the same beginning that a post is compared with."""


def find_crossposts(people: Mapping[Hashable, Sequence[Post]]) -> dict[Identity, Identity]:
    """Map the identity of each copy to that of its group. `people` are the posts of each person, boosts left out."""
    found: dict[Identity, Identity] = {}
    for posts in people.values():
        for group in _groups(posts):
            found.update((post.identity, group[0].identity) for post in group)
    return found


def _groups(posts: Iterable[Post]) -> list[list[Post]]:
    """The posts of one person that are copies, two or more in each group, oldest first."""
    dated = {post.identity: post for post in posts if post.created_at is not None}
    ordered = sorted(dated.values(), key=lambda post: (post.created_at, post.key))
    addresses: dict[str, list[Post]] = {}
    groups: list[list[Post]] = []
    group_of: dict[Identity, list[Post]] = {}
    texts = _Texts()
    for post in ordered:
        own = {_bare(post.url), _bare(post.uri)} - {""}
        named = {_bare(address) for address in post.same_as}
        wanted = (*named, *(f"={address}" for address in own))
        other = next((each for address in wanted for each in addresses.get(address, ())), None)
        if other is None or other.author_key == post.author_key:
            other = _announced(post, addresses) or texts.alike(post)
        if other is not None:
            group = group_of.get(other.identity)
            if group is None:
                group = [other]
                groups.append(group)
                group_of[other.identity] = group
            if all(each.author_key != post.author_key for each in group):
                group.append(post)
                group_of[post.identity] = group
        texts.add(post)
        for address in own:
            addresses.setdefault(address, []).append(post)
        for address in named:
            addresses.setdefault(f"={address}", []).append(post)
    return [group for group in groups if len(group) > 1]


def _announced(post: Post, addresses: Mapping[str, Sequence[Post]]) -> Post | None:
    """The earlier article that a post of another handle links to."""
    if is_article(post) or post.reply_to is not None or post.created_at is None:
        return None
    card = () if post.card is None else (post.card.url,)
    for link in (*(post.links or ()), *card):
        for other in addresses.get(_bare(link), ()):
            at = other.created_at
            if (
                is_article(other)
                and other.author_key != post.author_key
                and at is not None
                and post.created_at - at < _ANNOUNCED
            ):
                return other
    return None


class _Texts:
    """The earlier posts by their words, so that each post is compared only with those that begin alike."""

    def __init__(self) -> None:
        self._posts: dict[str, list[tuple[Post, str]]] = {}

    def alike(self, post: Post) -> Post | None:
        """The newest earlier post of another handle with the same text.

        Replies to others may have the same words by chance, so only a copy with a stated address counts.
        """
        text, at = _normal(post.text), post.created_at
        if not text or at is None or _answers_another(post):
            return None
        within = _LATER if text.count(" ") + 1 >= _WORDS else _SOON
        for other, words in reversed(self._posts.get(text[:_PART], ())[-_COMPARED:]):
            if other.created_at is None or at - other.created_at > within:
                return None
            if other.author_key != post.author_key and _same_text(text, words):
                return other
        return None

    def add(self, post: Post) -> None:
        """Add the next post in time."""
        text = _normal(post.text)
        if text and not _answers_another(post):
            self._posts.setdefault(text[:_PART], []).append((post, text))


def _answers_another(post: Post) -> bool:
    return post.reply_to is not None and post.reply_to.casefold() != post.author.handle.casefold()


def _same_text(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    # A network with shorter posts has only the beginning.
    return len(short) >= _PART and long.startswith(short)


@lru_cache(maxsize=4_096)
def _normal(text: str) -> str:
    """The words of a text without links and without the servers of handles, which differ between networks."""
    return _SPACE.sub(" ", _ASIDE.sub(lambda match: match.group(1) or " ", text[:_LONGEST]).casefold()).strip()


def _bare(address: str) -> str:
    """An address in a normal form, for comparing different spellings."""
    bare = address.partition("#")[0].partition("?utm_")[0].rstrip("/")
    for start in ("https://", "http://", "www."):
        bare = bare.removeprefix(start)
    return bare
