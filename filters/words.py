"""Cuts text into words by Unicode's rules, in every script (UAX 29, https://unicode.org/reports/tr29/).

A word is a run of letters and digits with their combining marks. Scripts that write no spaces between words need
dictionaries for real words (UAX 29, section 4). Here overlapping pieces stand for words there: two characters of
Chinese and Japanese, two syllables of Thai, Lao, Khmer and Myanmar. A run of Katakana stays whole, because it is
usually one loanword.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain, groupby
from typing import Literal

from .marks import MARKS

_Script = Literal["han", "hiragana", "katakana", "syllabic"]

LETTERS = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
"""The pattern of a word: letters and digits with their marks."""

_RANGES: tuple[tuple[str, str, _Script], ...] = (
    ("\u0e00", "\u0eff", "syllabic"),
    ("\u1000", "\u109f", "syllabic"),
    ("\u1780", "\u17ff", "syllabic"),
    ("\u1950", "\u19df", "syllabic"),
    ("\u1a20", "\u1aaf", "syllabic"),
    ("\u3005", "\u3007", "han"),
    ("\u3041", "\u3096", "hiragana"),
    ("\u309d", "\u309f", "hiragana"),
    ("\u30a1", "\u30fa", "katakana"),
    ("\u30fc", "\u30ff", "katakana"),
    ("\u31f0", "\u31ff", "katakana"),
    ("\u3400", "\u4dbf", "han"),
    ("\u4e00", "\u9fff", "han"),
    ("\ua9e0", "\ua9ff", "syllabic"),
    ("\uaa60", "\uaadf", "syllabic"),
    ("\uf900", "\ufaff", "han"),
    ("\U00020000", "\U000323af", "han"),
)
"""The scripts without spaces between words, in order. As classes of a pattern they would take 5 ms to compile."""

_EDGES = [*chain.from_iterable((first, chr(ord(last) + 1)) for first, last, _ in _RANGES)]
_LOWEST = _EDGES[0]
_PIECE = 2
_WORD = re.compile(LETTERS)


@cache
def _syllable() -> re.Pattern[str]:
    # Thai and Lao write some vowels before their consonant, others behind it. In Myanmar and Khmer a consonant may
    # stand below another one, after U+1039 or U+17D2. A consonant whose sign silences its vowel ends a syllable.
    return re.compile(
        rf"[\u0e40-\u0e44\u0ec0-\u0ec4]?."
        rf"(?:(?<=[\u1039\u17d2]).|[{MARKS}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3])*"
        r"(?:[\u1000-\u1021]\u1037?\u103a(?!\u1039)\u1038?|[\u1780-\u17a2]\u17cb|[\u0e01-\u0e2e][\u0e34\u0e38]?\u0e4c)?"
    )


@lru_cache(maxsize=4_096)
def _script(letter: str) -> _Script | None:
    """The script of a letter, if it has no spaces between words."""
    if letter < _LOWEST:
        return None
    number = bisect_right(_EDGES, letter)
    if number % 2:
        return _RANGES[number // 2][2]
    return None


def words(text: str) -> list[str]:
    """The words of a text."""
    return cut(_WORD.findall(text))


def cut(found: Sequence[str]) -> list[str]:
    """Words, with each run of a script without spaces replaced by its pieces."""
    pieces: list[str] = []
    for word in found:
        if word.isascii() or is_spaced_text(word):
            pieces.append(word)
        else:
            for script, letters in groupby(word, _script):
                pieces += _pieces("".join(letters), script)
    return pieces


def is_spaced(word: str) -> bool:
    """Whether a word is of a script with spaces between words."""
    return not word or _script(word[0]) is None


def is_spaced_text(text: str) -> bool:
    """Whether a text has no letter of a script without spaces."""
    return text.isascii() or not any(map(_script, set(text)))


def is_grammar(piece: str) -> bool:
    """Whether a piece of Japanese is Hiragana alone: mostly endings and particles, which say little."""
    return piece[:1] >= _LOWEST and all(_script(letter) == "hiragana" for letter in piece)


def join(one: str, other: str) -> str:
    """Two neighbouring words as they stand in the text: pieces without a space, and what they share only once."""
    if is_spaced(one) or is_spaced(other):
        return f"{one} {other}"
    for length in range(min(len(one), len(other)) - 1, 0, -1):
        if one.endswith(other[:length]):
            return one + other[length:]
    return one + other


def _pieces(run: str, script: _Script | None) -> list[str]:
    if script is None or script == "katakana":
        return [run]
    parts: Sequence[str] = run
    if script == "syllabic":
        parts = _syllable().findall(run)
    if len(parts) <= _PIECE:
        return [run]
    return ["".join(parts[at : at + _PIECE]) for at in range(len(parts) - 1)]
