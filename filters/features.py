"""The features of the classifier: words, pairs of words, the shape of the text, and the account's counts.

Training and scoring share this file, so they cannot diverge. The text is a sum over its distinct words and pairs. Each
brings a bundle of hashed features (the word itself, its character n-grams as scikit-learn's `char_wb` cuts them, the
group of a phrase), and the whole is divided by the square root of their number. A word's share of any linear model is
therefore one number per category, which scoring computes once and caches.
"""

import re
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from math import log10
from zlib import crc32

import msgspec

from ..models.context import PostContext
from ..models.person import Person
from .bios import bio_words, organisation
from .calls import PAIR_PHRASES, WORD_PHRASES
from .letters import plain_word
from .marks import MARKS
from .normalise import normalise
from .shape import Written, shape, written
from .words import cut, is_spaced, is_spaced_text

CALL = "call:"
# Letters with their marks, joined by apostrophes. The class of the marks appears once, because compiling it is slow.
_TOKEN = re.compile(
    rf"[^\W_]+(?:[{MARKS}]+[^\W_]*|['’][^\W_]+)*|[%£$€]|[!?]+|\.{{2,}}|…|[:;]-?[()DP]"
    r"|[\U0001F300-\U0001FAFF\u2600-\u27BF]"
)
# The same for lower-case text of ASCII, which most texts are.
_ASCII_TOKEN = re.compile(r"[a-z0-9]++(?:'[a-z0-9]++)*+|[%$]|[!?]++|\.{2,}+|[:;]-?[()]")
# Patterns that begin with fixed letters are searched several times faster, so each begins with the letters that it
# needs, and looks back from there.
_LINK = re.compile(r"https?://\S+")
_LINK_OR_SITE = re.compile(r"https?://\S+|\bwww\.\S+")
_HOST = re.compile(r"://(?:www\.)?([\w.-]+)")
_HANDLE = re.compile(r"@(?<![\w@]@)[\w.-]+(?:@[\w.-]+)?")
_MAX_WORDS = 300
READ = 8_000
"""How many characters of a text the classifier reads. The rest is shown but not judged."""

_READ_WARNING = 500
_READ_BIO = 2_000
_READ_NAME = 200
_FOLLOWS_FEW, _SOME_READERS, _MANY_POSTS = 3, 50, 500
_CROWD = 3_000
_FOLLOWS_SOME = 3
_FEW_POSTS = 4
_WORD_WEIGHT = 3
PAIR_WEIGHT = 2
_MAX_LETTERS = 24
# Hashes of different kinds start from different prefixes: a checksum can continue from another one.
_WORD, _PAIR, _GRAM, _BIO_WORD, _WHOLE = (crc32(letter) for letter in (b"w", b"p", b"c", b"b", b"whole"))
_WORD_PHRASES = frozenset(WORD_PHRASES)
_PHRASE_HASHES = frozenset(crc32(" ".join(pair).encode(), _PAIR) for pair in PAIR_PHRASES)
_NO_PHRASES: Mapping[tuple[str, str], list[int]] = {}


class TextFeatures(msgspec.Struct, frozen=True, gc=False):
    """The features of a text alone.

    All its words in order; its distinct words; the hashes of its distinct pairs of words, and phrases with the hashes
    of their groups, in order of appearance; named features.
    """

    sequence: Sequence[str]
    words: Sequence[str]
    pair_hashes: Sequence[int]
    phrases: Mapping[tuple[str, str], list[int]]
    named: Mapping[str, float]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The distinct pairs of words, in the order of their hashes."""
        pairs = pairwise(self.sequence)
        if len(self.words) == len(self.sequence):
            return list(pairs)
        return list(dict.fromkeys(pairs))


class KeptFeatures(msgspec.Struct, frozen=True, gc=False):
    """The features of a text in little memory: its words are one string, because no word contains a space."""

    words: str
    pair_hashes: "array[int]"
    phrases: Mapping[tuple[str, str], list[int]]
    named: Mapping[str, float]


class Features(msgspec.Struct, frozen=True, gc=False):
    """What the classifier sees of one post: its text, what else the post holds, and the author, with the bio.

    The text of a post that was seen before is not expanded, because only reasons need its words.
    """

    kept: TextFeatures | KeptFeatures
    shape: dict[str, float]
    author: dict[str, float]
    bio: str

    @property
    def text(self) -> TextFeatures:
        """The features of the text."""
        return expand(self.kept)

    @property
    def named(self) -> dict[str, float]:
        """All named features."""
        return {**self.kept.named, **self.shape, **self.author}


def features(context: PostContext, text: TextFeatures | KeptFeatures | None = None) -> Features:
    """All features of a post with its context. `text` are the features of its text, if they were computed before."""
    post = context.post
    if text is None:
        text = text_features(written(post))
    held: dict[str, float] = {}
    if post.reply_to is not None:
        held["shape:reply"] = 1.0
    if post.media:
        held["shape:media"] = 1.0
    if post.card is not None:
        held["shape:card"] = 1.0
    if post.poll is not None:
        held["shape:poll"] = 1.0
    named: dict[str, float] = {}
    _account(post.author, named)
    tie = context.tie
    if tie.follows_you is False and not (
        tie.replies_to_you or tie.mentions_to_you or tie.likes_to_you or tie.direct or tie.direct_to_you
    ):
        # Noise is more likely if it is known that there is no tie than if the tie is unknown.
        named["tie:stranger"] = 1.0
    elif tie.follows_you and not tie.replies_to_you and _follows_back(post.author):
        named["tie:follows_back"] = 1.0
    # Posts of a site never reply, and usually link to others. That is no habit of their author.
    if context.answerable and context.habits is not None and context.habits.seen >= 5:
        named["habit:links"] = context.habits.with_link / context.habits.seen
        named["habit:answers"] = context.habits.answers / context.habits.seen
        named["habit:repeats"] = context.habits.repeated / context.habits.seen
    bio = (post.author.bio or "")[:_READ_BIO]
    return Features(text, held, named, bio)


def text_features(post: Written) -> TextFeatures:
    """The features of a post's text, warning, links and hashtags."""
    text = post.text[:READ]
    if post.warning:
        text = f"{post.warning[:_READ_WARNING]}\n{text}"
    bare = text
    if "www." in text:
        bare = _LINK_OR_SITE.sub(" ", bare)
    elif "://" in text:
        bare = _LINK.sub(" ", bare)
    if "@" in text:
        bare = _HANDLE.sub(" ", bare)
    plain, tricks = normalise(bare)
    words: list[str]
    if plain.isascii():
        words = _ASCII_TOKEN.findall(plain)[:_MAX_WORDS]
    else:
        words = _TOKEN.findall(plain)[:_MAX_WORDS]
        if not is_spaced_text(plain):
            words = cut(words)[:_MAX_WORDS]
        for number, word in enumerate(words):
            if not word.isascii():
                words[number], disguised = plain_word(word)
                tricks += disguised
    named = shape(post, text, words, tricks)
    words.extend(_hosts(post, text))
    distinct: Collection[str] = dict.fromkeys(words)
    # No word contains a space. Strings are hashed and compared faster than tuples of strings.
    pairs: Iterable[str] = map(" ".join, pairwise(words))
    if len(distinct) == len(words):
        distinct = words
    else:
        pairs = dict.fromkeys(pairs)
        distinct = list(distinct)
    hashes = list(map(crc32, map(str.encode, pairs), repeat(_PAIR)))
    phrases: Mapping[tuple[str, str], list[int]] = _NO_PHRASES
    if not _PHRASE_HASHES.isdisjoint(hashes):
        phrases = _phrases(pairwise(words))
    # A single word counts little in a long post, but a call to act counts as much as in a short one.
    if phrases or not _WORD_PHRASES.isdisjoint(distinct):
        named.update(dict.fromkeys(_calls(distinct, phrases), 1.0))
    return TextFeatures(words, distinct, hashes, phrases, named)


def compact(found: TextFeatures) -> KeptFeatures:
    """The features of a text in compact form, for caching."""
    return KeptFeatures(" ".join(found.sequence), array("I", found.pair_hashes), found.phrases, found.named)


def expand(kept: TextFeatures | KeptFeatures) -> TextFeatures:
    """The features of a text that may have been compacted."""
    if isinstance(kept, TextFeatures):
        return kept
    words = kept.words.split()
    distinct = dict.fromkeys(words)
    different = words if len(distinct) == len(words) else list(distinct)
    return TextFeatures(words, different, kept.pair_hashes, kept.phrases, kept.named)


def _calls(words: Iterable[str], phrases: Iterable[tuple[str, str]]) -> list[str]:
    """The distinct calls to act among words and phrases, in alphabetical order."""
    found = {WORD_PHRASES[word] for word in words if word in WORD_PHRASES}
    found.update(PAIR_PHRASES[pair] for pair in phrases)
    return sorted(f"{CALL}{group}" for group in found)


def _hosts(post: Written, text: str) -> list[str]:
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
                # People who follow very many accounts have usually written more than a few posts.
                few = person.posts is not None and person.posts * _FEW_POSTS < following
                named["account:follows_for_follows"] = 1.0 + few
            if person.bio:
                for name, count in zip(_BIO, bio_words(person.bio[:_READ_BIO]), strict=True):
                    if count:
                        named[name] = float(count)
            if likeness := organisation((person.name or "")[:_READ_NAME], (person.bio or "")[:_READ_BIO]):
                named["account:organisation"] = likeness
            if talk := _talk(followers, following, person.posts or 0):
                named["account:talks"] = talk
            if following <= _FOLLOWS_FEW and followers >= _SOME_READERS and (person.posts or 0) >= _MANY_POSTS:
                named["account:follows_nobody"] = 1.0
    if person.posts is not None and person.posts < 10:
        named["account:new"] = 1.0


def _talk(followers: int, following: int, posts: int) -> float:
    """How many posts an account has for each follower, from 0 (two or fewer) to 1 (ten or more).

    Only for accounts that follow others. People write much for few readers; organisations and sellers do not.
    """
    if followers > _CROWD or following * _FOLLOWS_SOME < followers or posts <= 2 * followers:
        return 0.0
    return min(log10(posts / (2 * followers + 1)) / log10(5), 1.0)


def _follows_back(person: Person) -> bool:
    """Whether the account has about as many followers as it follows, and many: a follow by it is a trade."""
    followers, following = person.followers, person.following
    if followers is None or following is None or following < _CROWD:
        return False
    return 0.7 * following <= followers <= 1.4 * following


@lru_cache(maxsize=4_096)
def word_features(word: str) -> "array[int]":
    """The hashes of one word: itself, its phrase group, and its character n-grams (3 to 5, padded by a space)."""
    # A word has a dozen n-grams. Without a weight of its own it would hardly count among them.
    encoded = word.encode()
    hashes = [crc32(encoded, _WORD)] * _WORD_WEIGHT + _group_hashes(WORD_PHRASES.get(word))
    if encoded.isascii():
        # The same as below. Pieces of bytes need not be encoded, which saves an eighth of the time.
        letters = b" %b " % encoded[:_MAX_LETTERS]
        pieces = {letters[i : i + n] for n in (3, 4, 5) for i in range(len(letters) - n + 1)}
        hashes += map(crc32, sorted(pieces), repeat(_GRAM))
        return array("I", hashes)
    if not is_spaced(word):
        # In scripts without spaces, a run of letters is many words, so its pieces are used instead.
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


def _phrases(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    return {pair: _group_hashes(PAIR_PHRASES[pair]) for pair in pairs if pair in PAIR_PHRASES}


@lru_cache(maxsize=256)
def bio_features(bio: str) -> tuple[int, ...]:
    """The hashes of the distinct words of a bio."""
    plain, _ = normalise(bio)
    return tuple(crc32(word.encode(), _BIO_WORD) for word in dict.fromkeys(cut(_TOKEN.findall(plain)[:60])))


def _group_hashes(group: str | None) -> list[int]:
    # Twice, because a call to act is stronger evidence than a single n-gram.
    if group is None:
        return []
    return [crc32(f"g{group}".encode()), crc32(f"G{group}".encode())]


def row(found: Features) -> tuple[dict[int, float], dict[str, float]]:
    """A context as a sparse row for training: hashed features with their values, and named ones. Scoring adds up the
    same values without building it.
    """
    hashed: dict[int, float] = {}
    text = found.text
    bundles: list[Collection[int]] = [*map(word_features, text.words), *[text.pair_hashes] * PAIR_WEIGHT]
    bundles += text.phrases.values()
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
