"""What the classifier sees: words, pairs of words, the shape of the text, and the account's counts.

Training and scoring share this file, so they cannot diverge. The text is a sum over its distinct words and pairs. Each
brings a bundle of hashed features (the word itself, its character n-grams as scikit-learn's `char_wb` cuts them, the
group of a phrase), and the whole is divided by the square root of their number. A word's share of any linear model is
therefore one number per category, which scoring computes once and caches.
"""

import re
from array import array
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from math import log10
from zlib import crc32

import msgspec

from ..models.context import PostContext
from ..models.person import Person
from ..models.post import Post
from .bios import bio_words
from .calls import PAIR_PHRASES, WORD_PHRASES
from .normalise import normalise, plain_word
from .shape import shape
from .words import LETTERS, cut, is_spaced, is_spaced_text

CALL = "call:"
_TOKEN = re.compile(
    rf"{LETTERS}(?:['’]{LETTERS})*|[%£$€]|[!?]+|\.{{2,}}|…|[:;]-?[()DP]"
    r"|[\U0001F300-\U0001FAFF\u2600-\u27BF]"
)
_LINK = re.compile(r"https?://\S+|\bwww\.\S+")
_HOST = re.compile(r"://(?:www\.)?([\w.-]+)")
_HANDLE = re.compile(r"(?<![\w@])@[\w.-]+(?:@[\w.-]+)?")
_MAX_WORDS = 300
READ = 8_000
"""The classifier reads so many characters of a text. The rest is shown and not judged."""

_READ_WARNING = 500
_READ_BIO = 2_000
_WORD_WEIGHT = 3
PAIR_WEIGHT = 2
_MAX_LETTERS = 24
# The prefix of a hash says what it is the hash of: a checksum continues from where another ended.
_WORD, _PAIR, _GRAM, _BIO_WORD, _WHOLE = (crc32(letter) for letter in (b"w", b"p", b"c", b"b", b"whole"))


class Features(msgspec.Struct, frozen=True):
    """The words and features of one post.

    Distinct words and pairs with their hashes, and phrases with the hashes of their groups, in order of appearance;
    named features; the author's bio.
    """

    words: tuple[str, ...]
    pairs: dict[tuple[str, str], int]
    phrases: dict[tuple[str, str], list[int]]
    named: dict[str, float]
    bio: str


def features(context: PostContext) -> Features:
    """Everything the classifier sees of a case."""
    post = context.post
    text = post.text[:READ]
    if post.warning:
        text = f"{post.warning[:_READ_WARNING]}\n{text}"
    bare = text
    if "http" in text or "www." in text:
        bare = _LINK.sub(" ", bare)
    if "@" in text:
        bare = _HANDLE.sub(" ", bare)
    plain, tricks = normalise(bare)
    words: list[str] = _TOKEN.findall(plain)[:_MAX_WORDS]
    if not plain.isascii():
        if not is_spaced_text(plain):
            words = cut(words)[:_MAX_WORDS]
        told = list(map(plain_word, words))
        words = [word for word, _ in told]
        tricks += sum(disguised for _, disguised in told)
    named = shape(post, text, words, tricks)
    words.extend(_hosts(post, text))
    _account(post.author, named)
    tie = context.tie
    if tie.follows_you is False and not (
        tie.replies_to_you or tie.mentions_to_you or tie.likes_to_you or tie.direct or tie.direct_to_you
    ):
        # A known lack of any tie says more than an unknown tie: noise is likelier.
        named["tie:stranger"] = 1.0
    # A site's posts answer nobody and link to others by nature: no habit of its author.
    if context.answerable and context.habits is not None and context.habits.seen >= 5:
        named["habit:links"] = context.habits.with_link / context.habits.seen
        named["habit:answers"] = context.habits.answers / context.habits.seen
        named["habit:repeats"] = context.habits.repeated / context.habits.seen
    pairs = {pair: crc32(" ".join(pair).encode(), _PAIR) for pair in pairwise(words)}
    # One word of fifty says little. A call to act says as much in a long post as in a short one.
    named.update(dict.fromkeys(calls(words, pairs), 1.0))
    return Features(tuple(dict.fromkeys(words)), pairs, _phrases(pairs), named, (post.author.bio or "")[:_READ_BIO])


def calls(words: Iterable[str], pairs: Mapping[tuple[str, str], int]) -> list[str]:
    """The distinct calls to act among words and pairs of words, in alphabetical order."""
    found = {WORD_PHRASES[word] for word in WORD_PHRASES.keys() & words}
    found.update(PAIR_PHRASES[pair] for pair in PAIR_PHRASES.keys() & pairs.keys())
    return sorted(f"{CALL}{group}" for group in found)


def _hosts(post: Post, text: str) -> list[str]:
    """The hosts of links, each as one word ("//shop.example"). A mention is the word "@"."""
    if "://" in text:
        hosts = [f"//{host}" for host in _HOST.findall(text.lower())]
    else:
        hosts = []
    if not hosts and post.links:
        hosts = [f"//{host}" for link in post.links[:5] for host in _HOST.findall(link.lower())]
    if "@" in text:
        return [*hosts[:5], "@"]
    return hosts[:5]


_BIO = ("account:public", "account:voice", "account:private")


def _account(person: Person, named: dict[str, float]) -> None:
    """The account's counts on a log scale. An unknown count leaves its feature out."""
    if person.bot:
        named["account:bot"] = 1.0
    followers, following = person.followers, person.following
    if followers is None:
        named["account:uncounted"] = 1.0
    else:
        crowd = log10(followers + 1)
        named["account:audience"] = max(crowd - 2.0, 0.0) / 2
        if following is not None:
            named["account:counted"] = 1.0
            named["account:asymmetry"] = max(min(crowd - log10(following + 1), 4.0), -3.0) / 2
            if following > 500 and following > 3 * followers:
                named["account:follows_for_follows"] = 1.0
            if person.bio:
                for name, count in zip(_BIO, bio_words(person.bio[:_READ_BIO]), strict=True):
                    if count:
                        named[name] = float(count)
    if person.posts is not None and person.posts < 10:
        named["account:new"] = 1.0


@lru_cache(maxsize=4_096)
def word_features(word: str) -> "array[int]":
    """The hashes of one word: itself, its phrase group, and its character n-grams (3 to 5, padded by a space)."""
    # A word has a dozen n-grams. Without a weight of its own it would hardly count among them.
    hashes = [crc32(word.encode(), _WORD)] * _WORD_WEIGHT + _group_hashes(WORD_PHRASES.get(word))
    if not is_spaced(word):
        # In scripts without spaces a run of letters is many words, so its pieces stand for them.
        padded, sizes = word[:60], (1, 2, 3)
    elif "\uac00" <= word[:1] <= "\ud7a3":
        # A letter of Hangul is a syllable.
        padded, sizes = f" {word[:_MAX_LETTERS]} ", (1, 2, 3)
    else:
        padded, sizes = f" {word[:_MAX_LETTERS]} ", (3, 4, 5)
    grams = {padded[i : i + n] for n in sizes for i in range(len(padded) - n + 1)}
    hashes += [crc32(gram.encode(), _GRAM) for gram in sorted(grams)]
    # An eighth of the size of a tuple of numbers: many words are cached.
    return array("I", hashes)


def whole_word(word: str) -> int:
    """The hash of a whole word, which only a personal model reads (filters/score.py)."""
    return crc32(word.encode(), _WHOLE)


def _phrases(pairs: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], list[int]]:
    if PAIR_PHRASES.keys().isdisjoint(pairs.keys()):
        return {}
    return {pair: _group_hashes(PAIR_PHRASES[pair]) for pair in pairs if pair in PAIR_PHRASES}


@lru_cache(maxsize=256)
def bio_features(bio: str) -> tuple[int, ...]:
    """The hashes of the distinct words of a bio."""
    plain, _ = normalise(bio)
    return tuple(crc32(word.encode(), _BIO_WORD) for word in dict.fromkeys(cut(_TOKEN.findall(plain)[:60])))


def _group_hashes(group: str | None) -> list[int]:
    # Twice: a call to act says more than a single n-gram.
    if group is None:
        return []
    return [crc32(f"g{group}".encode()), crc32(f"G{group}".encode())]


def row(found: Features) -> tuple[dict[int, float], dict[str, float]]:
    """A context as a sparse row: hashed features with their values, and named ones. `score` adds up the same
    without it.
    """
    hashed: dict[int, float] = {}
    bundles: list[Collection[int]] = [*map(word_features, found.words), *[found.pairs.values()] * PAIR_WEIGHT]
    bundles += found.phrases.values()
    total = sum(map(len, bundles))
    if total:
        value = total**-0.5
        for bundle in bundles:
            for key in bundle:
                hashed[key] = hashed.get(key, 0.0) + value
    bio = bio_features(found.bio) if found.bio else ()
    for key in bio:
        hashed[key] = hashed.get(key, 0.0) + len(bio) ** -0.5
    return hashed, found.named
