"""Free examples: posts by people the user knows, as examples of what people write. Users mark only noise.

Without them the personal model sees one class, and calls everything noise. The choice is bounded, so that an account
that was taken over teaches nothing: a few posts per person, at least a day old, like that person's earlier posts, and
never a text that reads like noise or like noise that the user marked, and never one that its author repeats or that
several other people write too, as scams are. Only the text becomes an example.

Only posts by people whom the user knows or follows have any influence: others can write as many posts as they like.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from math import exp
from unicodedata import name

import msgspec
from msgspec.structs import replace

from ..models.context import PostContext
from ..models.mark import Mark
from ..models.person import Person
from ..models.post import Post, hosts_of
from ..models.verdict import CATEGORIES
from ..models.weights import Weights
from .duplicates import NearCopies, word_pairs, word_set
from .score import Scorer, scorer

PER_PERSON = 8
"""The most examples from one person."""

MOST_EXAMPLES = 400

SETTLED = timedelta(days=1)
"""Younger posts are no examples: a takeover is usually noticed within a day."""

MOST_STRANGERS = 200
"""The most followed strangers whose posts are compared with the marks."""

MOST_NOISE = 0.5
"""A text is no example if the base model gives noise more than this probability."""

_A_PAST = 3
_OFTEN = 0.25
_SHARED = 0.4
"""Texts that share at least this part of their words count as the same."""
_COPIED = 0.6
_LEAST_PAIRS = 3
"""Texts that share this part of the pairs of neighbouring words of the shorter one, and three pairs, are copies."""
_OTHERS = 2
"""So many others with a copy of a text make it a campaign."""
_NOBODY = Person("", "")


class Unmarked(msgspec.Struct, frozen=True):
    """The unmarked posts of a training: examples by known people, and posts of strangers."""

    examples: list[PostContext] = []
    strangers: list[PostContext] = []


def choose_examples(
    posts: Iterable[Post],
    marks: Sequence[Mark],
    base_model: Scorer | Weights,
    now: datetime,
    others: Iterable[Post] = (),
) -> list[PostContext]:
    """Choose examples from the posts of known people: the oldest first, one of each person in turn.

    `posts` are original posts by people whose tie is known or close, in any order. `others` are posts by people whom
    the user follows but does not know: anybody else could copy a friend's posts to remove them from the examples.
    Somebody with fewer than three posts gives none. A post without a time counts as old enough. The result depends on
    the arguments alone.
    """
    campaigns = _Copies(others)
    marked = {mark.key for mark in marks}
    noise = _MarkedNoise(marks)
    reader = scorer(base_model)
    by_person: dict[Hashable, list[Post]] = defaultdict(list)
    for post in posts:
        if post.booster is None and post.text.strip():
            by_person[_author(post)].append(post)
    seen = NearCopies()
    chosen: list[list[Post]] = []
    for _, theirs in sorted(by_person.items(), key=lambda item: repr(item[0])):
        if len(theirs) < _A_PAST:
            continue
        theirs.sort(key=_age)
        past, taught, own = Past(), _Texts(), _Copies(theirs)
        mine: list[Post] = []
        for post in theirs:
            if len(mine) == PER_PERSON:
                break
            typical = past.is_typical(post)
            past.add(post)
            if not typical or post.key in marked or not _settled(post, now):
                continue
            if own.copies_of(post, by_author=False) > 1 or campaigns.copies_of(post) >= _OTHERS:
                continue
            if noise.resembles(post) or reads_like_noise(post, reader) or seen.find(post.text) is not None:
                continue
            words = word_set(post.text)
            if taught.share_words(words):
                # A scam within different innocent sentences becomes at most one example.
                continue
            taught.add(words)
            seen.add(post.text)
            mine.append(post)
        chosen.append(mine)
    turns = [post for turn in zip_longest(*chosen) for post in turn if post is not None]
    return [PostContext(text_only(post)) for post in turns[:MOST_EXAMPLES]]


def choose_strangers(contexts: Iterable[PostContext], marks: Sequence[Mark], now: datetime) -> list[PostContext]:
    """Choose unmarked posts by strangers whom the user follows, newest first, one of each author without marks.

    `contexts` are posts by people the user does not know, in any order. Those by people whom the user does not follow
    are ignored, because a crowd of them could move the verdicts about everybody else, and so are posts of the last day.
    """
    marked = {_author(mark.context.post) for mark in marks}
    newest: dict[Hashable, PostContext] = {}
    for context in sorted(contexts, key=lambda each: _age(each.post), reverse=True):
        author = _author(context.post)
        if author in marked or not context.tie.you_follow or not _settled(context.post, now):
            continue
        if context.post.text.strip():
            newest.setdefault(author, context)
    chosen: list[PostContext] = []
    seen = NearCopies()
    for context in newest.values():
        if len(chosen) == MOST_STRANGERS:
            break
        if seen.find(context.post.text) is None:
            # A campaign of many accounts counts once.
            seen.add(context.post.text)
            chosen.append(replace(context, booster_tie=None, habits=None))
    return chosen


def text_only(post: Post) -> Post:
    """A post without its author, addressee and reactions, so that the model learns only from the words."""
    return replace(
        post, author=_NOBODY, reply_to=None, reply_to_id=None, reply_to_person=None, card=None, quote=None, labels=()
    )


def reads_like_noise(post: Post, reader: Scorer) -> bool:
    """Whether the words alone are noise to the base model."""
    logits = reader.score(PostContext(text_only(post))).logits
    highest = max(logits)
    shares = [exp(logit - highest) for logit in logits]
    return 1 - shares[CATEGORIES.index("person")] / sum(shares) > MOST_NOISE


class Past:
    """A person's posts so far: the hosts that they link to, their scripts, languages and words."""

    def __init__(self) -> None:
        self._posts = 0
        self._links = 0
        self._hosts: set[str] = set()
        self._scripts: set[str] = set()
        self._languages: set[str] = set()
        self._words: set[str] = set()

    def is_typical(self, post: Post) -> bool:
        """Whether a post is like the earlier ones. Without earlier posts, a post without links is."""
        usually_links = self._posts >= _A_PAST and self._links >= _OFTEN * self._posts
        if not usually_links and not hosts_of(post) <= self._hosts:
            return False
        if self._posts < _A_PAST:
            return True
        if self._scripts and not _scripts(post.text) <= self._scripts:
            return False
        if post.lang and self._languages and post.lang not in self._languages:
            return False
        words = word_set(post.text)
        return len(words) < _A_PAST or not words.isdisjoint(self._words)

    def add(self, post: Post) -> None:
        self._posts += 1
        self._links += bool(hosts_of(post))
        self._hosts |= hosts_of(post)
        self._scripts |= _scripts(post.text)
        self._languages |= {post.lang} if post.lang else set()
        self._words |= word_set(post.text)


class _Texts:
    """Texts as sets of words. Finds those that share many words with a text."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[frozenset[str]]] = defaultdict(list)

    def add(self, words: frozenset[str]) -> None:
        for word in words:
            self._by_word[word].append(words)

    def share_words(self, words: frozenset[str]) -> bool:
        if len(words) < _A_PAST:
            return False
        shared: dict[frozenset[str], int] = defaultdict(int)
        for word in words:
            for other in self._by_word.get(word, ()):
                shared[other] += 1
        return any(
            count >= _A_PAST and count >= _SHARED * min(len(words), len(other)) for other, count in shared.items()
        )


class _Copies:
    """Posts by their pairs of neighbouring words. Finds repeated texts, also within other sentences."""

    def __init__(self, posts: Iterable[Post]) -> None:
        self._sizes: list[int] = []
        self._authors: list[Hashable] = []
        self._by_pair: dict[str, list[int]] = defaultdict(list)
        for post in posts:
            pairs = word_pairs(post.text)
            for pair in pairs:
                self._by_pair[pair].append(len(self._sizes))
            self._sizes.append(len(pairs))
            self._authors.append(_author(post))

    def copies_of(self, post: Post, *, by_author: bool = True) -> int:
        """How many authors, or how many posts, have a copy of a post's text."""
        pairs = word_pairs(post.text)
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._by_pair.get(pair, ()))
        found = [
            number
            for number, count in shared.items()
            if count >= _LEAST_PAIRS and count >= _COPIED * min(len(pairs), self._sizes[number])
        ]
        if by_author:
            return len({self._authors[number] for number in found})
        return len(found)


class _MarkedNoise:
    """The texts and the hosts that the user marked as noise."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._copies = NearCopies()
        self._hosts: set[str] = set()
        self._texts = _Texts()
        for mark in marks:
            if mark.category != "person":
                post = mark.context.post
                self._copies.add(post.text)
                self._hosts |= hosts_of(post)
                self._texts.add(word_set(post.text))

    def resembles(self, post: Post) -> bool:
        """Whether a post nearly equals marked noise, shares many of its words, or links to the same host."""
        if not self._hosts.isdisjoint(hosts_of(post)) or self._copies.find(post.text) is not None:
            return True
        return self._texts.share_words(word_set(post.text))


def _scripts(text: str) -> set[str]:
    """The scripts of a text's letters, by the first word of their Unicode names: LATIN, CYRILLIC, HIRAGANA."""
    letters = {letter for letter in text[:500] if letter.isalpha()}
    return {name(letter, "").partition(" ")[0] for letter in letters}


def _author(post: Post) -> Hashable:
    return (post.account, post.author.id or post.author.handle)


def _age(post: Post) -> tuple[float, str]:
    return (post.created_at.timestamp() if post.created_at else 0.0, post.id)


def _settled(post: Post, now: datetime) -> bool:
    return post.created_at is None or post.created_at <= now - SETTLED
