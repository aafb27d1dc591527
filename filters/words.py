"""Cuts text into words by Unicode's rules, in every script (UAX 29, https://unicode.org/reports/tr29/).

A word is a run of letters and digits with their combining marks. Scripts that write no spaces between words need
dictionaries for real words (UAX 29, section 4). Here overlapping pieces stand for words there: two characters of
Chinese and Japanese, two syllables of Thai, Lao, Khmer and Myanmar. A run of Katakana stays whole, because it is
usually one loanword.
"""

import re
from collections.abc import Sequence

from .marks import MARKS

LETTERS = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
"""The pattern of a word: letters and digits with their marks."""

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HIRAGANA = "\u3041-\u3096\u309d-\u309f"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_SYLLABIC = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
_ALL = f"{_HAN}{_HIRAGANA}{_KATAKANA}{_SYLLABIC}"

_UNSPACED = re.compile(f"[{_ALL}]")
_RUN = re.compile(
    f"(?P<han>[{_HAN}]+)|(?P<hiragana>[{_HIRAGANA}]+)|[{_KATAKANA}]+|(?P<syllabic>[{_SYLLABIC}]+)|[^{_ALL}]+"
)
_HIRAGANA_ONLY = re.compile(f"[{_HIRAGANA}]+")
# Thai and Lao write some vowels before their consonant, others behind it. In Myanmar and Khmer a consonant may stand
# below another one, after U+1039 or U+17D2.
_SYLLABLE = re.compile(
    rf"[\u0e40-\u0e44\u0ec0-\u0ec4]?."
    rf"(?:(?<=[\u1039\u17d2]).|[{MARKS}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3])*"
)
_PIECE = 2
_WORD = re.compile(LETTERS)


def words(text: str) -> list[str]:
    """The words of a text."""
    return cut(_WORD.findall(text))


def cut(found: Sequence[str]) -> list[str]:
    """Words, with each run of a script without spaces replaced by its pieces."""
    pieces: list[str] = []
    for word in found:
        if word.isascii() or not _UNSPACED.search(word):
            pieces.append(word)
        else:
            for run in _RUN.finditer(word):
                pieces += _pieces(run.group(), run.lastgroup)
    return pieces


def is_spaced(word: str) -> bool:
    """Whether a word is of a script with spaces between words."""
    return _UNSPACED.match(word) is None


def is_spaced_text(text: str) -> bool:
    """Whether a text has no letter of a script without spaces."""
    return _UNSPACED.search(text) is None


def is_grammar(piece: str) -> bool:
    """Whether a piece of Japanese is Hiragana alone: mostly endings and particles, which say little."""
    return _HIRAGANA_ONLY.fullmatch(piece) is not None


def join(one: str, other: str) -> str:
    """Two neighbouring words as they stand in the text: pieces without a space, and what they share only once."""
    if is_spaced(one) or is_spaced(other):
        return f"{one} {other}"
    for length in range(min(len(one), len(other)) - 1, 0, -1):
        if one.endswith(other[:length]):
            return one + other[length:]
    return one + other


def _pieces(run: str, script: str | None) -> list[str]:
    if script is None:
        return [run]
    parts: Sequence[str] = _SYLLABLE.findall(run) if script == "syllabic" else run
    if len(parts) <= _PIECE:
        return [run]
    return ["".join(parts[at : at + _PIECE]) for at in range(len(parts) - 1)]
