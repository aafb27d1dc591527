"""A search as the user typed it: its terms, which the store finds and a screen highlights.

Any text is a query; there is no operator syntax. Words match in any order, `"two words"` match as a phrase,
and a word of two letters or more matches as a prefix ("caf" finds "Café").
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han. Python and SQLite's GLOB use
# the same ranges. Hangul uses spaces, and prefix matching covers its endings.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
_MAX_TERMS = 20

TermKind = Literal["word", "piece", "sign"]


class Term(msgspec.Struct, frozen=True):
    """One search term: a word prefix (or words in a row), a piece of unspaced script, or symbols."""

    text: str
    kind: TermKind

    @property
    def whole(self) -> bool:
        """Whether it matches only whole words: a prefix of one letter would match too much."""
        return len(self.text) == 1


@lru_cache(maxsize=64)
def terms(query: str) -> tuple[Term, ...]:
    """The terms of a query. A post must match all of them. Empty if nothing was typed."""
    found: list[Term] = []
    for quoted, plain in _TERM.findall(query.replace("\0", " ")):
        text = (quoted or plain).strip()
        if not text:
            continue
        if _UNSPACED.search(text):
            kind: TermKind = "piece"
        elif _WORD.search(text):
            kind = "word"
        else:
            kind = "sign"
        found.append(Term(text, kind))
    return tuple(dict.fromkeys(found))[:_MAX_TERMS]


def matches(text: str, wanted: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """The ranges `[start, end)` of a text that match any of the terms, in order and without overlaps."""
    pattern = _pattern(tuple(wanted))
    if pattern is not None:
        for match in pattern.finditer(_folded(text)):
            if match.end() > match.start():
                yield match.span()


@lru_cache(maxsize=64)
def _pattern(wanted: tuple[Term, ...]) -> re.Pattern[str] | None:
    parts = []
    for term in wanted:
        folded = _folded(term.text)
        if term.kind == "word":
            words = r"[\W_]+".join(map(re.escape, _WORD.findall(folded)))
            end = r"(?![^\W_])" if term.whole else ""
            parts.append(rf"(?<![^\W_]){words}{end}")
        else:
            parts.append(re.escape(folded))
    if parts:
        return re.compile("|".join(sorted(parts, key=len, reverse=True)))
    return None


def _folded(text: str) -> str:
    """The text without case and diacritics. It keeps its length, so that matches can be highlighted."""
    if text.isascii():
        return text.lower()
    return "".join(_letter(char) for char in text)


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    lower = unicodedata.normalize("NFD", char)[0].lower()
    if len(lower) == 1:
        return lower
    return char
