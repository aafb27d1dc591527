"""The style of writing: capitals, small letters, numbers and symbols, and how they follow each other.

People who sell or broadcast write differently from people who talk: Title Case, shouted words, an arrow before a link,
three symbols in a row, a hashtag first and a link last. A style means different things in different circles, so only
the user's marks teach it, never the base model. On labelled sets, the kinds of tokens remove a third to a half of the
errors that words alone leave after 800 marks, and the marked tokens, with whole words, another tenth
(docs/benchmarks.md).
"""

import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, pairwise
from zlib import crc32

import msgspec

from .marks import MARKS

# Single spaces are left out, because they stand between nearly all tokens.
_TOKEN = re.compile(
    r"https?://\S+|www\.\S+|@[\w.@-]+|[^\W\d_]+(?:[" + MARKS + r"]+[^\W\d_]*)*|\d+|\s{2,}|[^\S ]|[^\w\s]+|_"
)
# The same for text of ASCII: it is searched faster without the marks, and with the characters of each class listed.
_BLANK, _WORDLIKE = r" \t-\r\x1c-\x1f", "A-Za-z0-9_"
# Words of small letters are one token from three in a row on: four and more have the same sequences as three.
_RUN_OR_TOKEN = re.compile(
    r"[a-z]++(?: [a-z]++(?![A-Z:.])){2,}+"
    rf"|https?://[^{_BLANK}]+|www\.[^{_BLANK}]+|@[{_WORDLIKE}.@-]+|[A-Za-z]+|[0-9]+|[{_BLANK}]{{2,}}"
    rf"|[{_BLANK[1:]}]|[^{_WORDLIKE}{_BLANK}]+|_"
)
_HOST = re.compile(r"https?://(?:www\.)?([^\s/]+)")
_MOST_TOKENS = 150
_BRIEF = 1_000
_MOST_SIGNS = 3
_MOST_LETTERS = 24
_MOST_KINDS = 4_096
_MIX = 0x9E3779B1
_BITS = 0xFFFFFFFF
# Hashes of different kinds start from different prefixes: a checksum can continue from another one.
_FIRST, _LAST, _TAG, _SIGN = (crc32(place) for place in (b"first", b"last", b"tag", b"sign"))
_SMALL, _TITLE = crc32(b"a"), crc32(b"Aa")
_RUN = (_SMALL,) * 3
_LETTERS = frozenset(map(crc32, (b"a", b"A", b"AA", b"Aa", b"aA", b"x")))


class StyleFeatures(msgspec.Struct, frozen=True, gc=False):
    """Hashes (32 bits) of the style of a text.

    `kinds` are the distinct kinds of its tokens, and sequences of two and three of them. `marked` counts as much as
    whole words: the first and the last word with their place, the words of hashtags, numbers and symbols. Repeated
    hashes count repeatedly.
    """

    kinds: Sequence[int] = ()
    marked: Sequence[int] = ()


def style(text: str) -> StyleFeatures:
    """The style of a text; empty if it has no tokens."""
    tokens = _tokens(text)
    if not tokens:
        return StyleFeatures()
    kinds: list[int] = []
    for token in tokens:
        if not token.islower():
            kinds.append(_KINDS[token])
        elif token.isalpha():
            kinds.append(_SMALL)
        elif " " in token:
            kinds += _RUN
        else:
            kinds.append(_KINDS[token])
    found = set(kinds)
    marked = [_word(_first_word(tokens[0]), _FIRST), _word(_last_word(tokens[-1]), _LAST)]
    marked += [kind * _MIX + _SIGN & _BITS for kind in found - _LETTERS]
    kinds.append(_LAST)
    one, two = _FIRST, 0
    for kind in kinds:
        # A sequence of three is the hash of its first two, continued.
        if two:
            found.add(two * _MIX + kind & _BITS)
        two = one * _MIX + kind & _BITS
        found.add(two)
        one = kind
    if "#" in text:
        tags = dict.fromkeys([_word(_first_word(word), _TAG) for sign, word in pairwise(tokens) if sign[-1] == "#"])
        # Twice, because a hashtag is stronger evidence than another word.
        marked += [*tags, *tags]
    return StyleFeatures(array("I", found), array("I", marked))


def _tokens(text: str) -> list[str]:
    """The tokens of a text. A run of words in small letters may be one token."""
    if len(text) > _BRIEF:
        # The rest of a long text is not searched.
        return [match.group() for match in islice(_TOKEN.finditer(text), _MOST_TOKENS)]
    if text.isascii():
        found: list[str] = _RUN_OR_TOKEN.findall(text)
        # The spaces are at least as many as the words that runs hide.
        if len(found) + text.count(" ") <= _MOST_TOKENS:
            return found
    return _TOKEN.findall(text)[:_MOST_TOKENS]


def _first_word(token: str) -> str:
    """The first word of a run, or the token itself."""
    word = token.partition(" ")[0]
    if word.isalpha():
        return word
    # A token of several spaces.
    return token


def _last_word(token: str) -> str:
    """The last word of a run, or the token itself."""
    word = token.rpartition(" ")[2]
    if word.isalpha():
        return word
    return token


class _Kinds(dict[str, int]):
    """The kinds of tokens by token: a dictionary is faster than a call of a function with a cache."""

    def __missing__(self, token: str) -> int:
        # The most frequent kind is not cached, to leave room for the others.
        if token.istitle() and len(token) > 1 and token.isascii() and token.isalpha():
            return _TITLE
        if len(self) >= _MOST_KINDS:
            self.clear()
        kind = self[token] = crc32(_name(token).encode("utf-8", "surrogatepass"))
        return kind


_KINDS = _Kinds()


@lru_cache(maxsize=1_024)
def _word(token: str, place: int) -> int:
    """A token with its place, in lower case. A link is its host; every mention is the same token."""
    name = _name(token)
    if name == "/" and (host := _HOST.match(token)):
        name = host[1].lower()
    elif name not in ("@", "/", "0", "00"):
        name = token[:_MOST_LETTERS].lower()
    return crc32(name.encode("utf-8", "surrogatepass"), place)


def _name(token: str) -> str:
    if token.isalpha():
        if token.islower():
            return "a"
        if token.isupper():
            if len(token) == 1:
                return "A"
            return "AA"
        if token.lower() == token.upper():
            return "x"
        if token[0].isupper() and token[1:].islower():
            return "Aa"
        return "aA"
    if token.isdigit():
        if len(token) < 3:
            return "0"
        return "00"
    if token[0] == "@" and len(token) > 1:
        return "@"
    if token.startswith(("http", "www.")):
        return "/"
    return token[:_MOST_SIGNS]
