"""A search as the user typed it: its terms, for the store to find and for a screen to show where they stand.

Any text is a query: there are no operators to get wrong. Words stand side by side in any order, `"two words"` stay
together, and a word of two letters or more is found by its beginning ("caf" finds "Café").
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han. The same ranges are read by
# Python and by SQLite's GLOB. Hangul has spaces, and its endings are covered by finding a word by its beginning.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
_MOST_TERMS = 20

TermKind = Literal["word", "piece", "sign"]


class Term(msgspec.Struct, frozen=True):
    """One thing to find: the beginning of a word (or words in a row), a piece of unspaced script, or bare signs."""

    text: str
    kind: TermKind

    @property
    def whole(self) -> bool:
        """Whether it is found only as a whole word: one letter begins too many."""
        return len(self.text) == 1


@lru_cache(maxsize=64)
def terms(query: str) -> tuple[Term, ...]:
    """The terms of a query, all of which a post must hold; none where nothing was typed."""
    found: list[Term] = []
    for quoted, plain in _TERM.findall(query.replace("\0", " ")):
        text = (quoted or plain).strip()
        if not text:
            continue
        if _UNSPACED.search(text):
            kind: TermKind = "piece"
        else:
            kind = "word" if _WORD.search(text) else "sign"
        found.append(Term(text, kind))
    return tuple(dict.fromkeys(found))[:_MOST_TERMS]


def matches(text: str, wanted: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """The stretches `[start, end)` of a text that any of the terms matches, in order, none over another."""
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
            words = _WORD.findall(folded)
            parts.append(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, words)) + (r"(?![^\W_])" if term.whole else ""))
        else:
            parts.append(re.escape(folded))
    if parts:
        return re.compile("|".join(sorted(parts, key=len, reverse=True)))
    return None


def _folded(text: str) -> str:
    """The text without case and diacritics, letter for letter: its length stays, so that stretches can be shown."""
    if text.isascii():
        return text.lower()
    return "".join(_letter(char) for char in text)


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    lower = unicodedata.normalize("NFD", char)[0].lower()
    if len(lower) == 1:
        return lower
    return char
