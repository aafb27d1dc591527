"""Undoes disguises in the text that the classifier reads, and counts them. Screens show the original text."""

import re
import unicodedata
from functools import lru_cache

from ..models.lookalikes import LOOKALIKES
from ..models.text import thin_marks

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060\u2800\u3164\ufe00-\ufe0f\uffa0]"
)
_WORDLIKE_INVISIBLE = re.compile("(?<=[A-Za-z])[\u00ad\u200b-\u200d\u2060\u2800]+(?=[A-Za-z])")
_STRANGE = re.compile("[\uff21-\uff5a\U0001d400-\U0001d7ff]")
_PILED = re.compile("[\u0300-\u036f]{2,}")
_ALONE = re.compile(r"[ .\-_*][^\W\d_][ .\-_*][^\W\d_][ .\-_*]")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-_*]){3,}[^\W\d_](?!\w)")
_REPEATED = re.compile(r"(\w)\1\1+")
# Matches whole runs, so that every character is scanned once. _unleet decides which runs are words.
_LEET_WORD = re.compile(r"[\w$@!|]{3,}")
_NOT_BEFORE, _NOT_BEHIND = frozenset("#/.:"), "/"
_LONGEST_LEET = 40
_CASHTAG = re.compile(r"(?<![\w$])\$(?=[^\W\d_]{1,8}(?![\w$@!|]))")
_SIGN = re.compile("[0-9$@|!]")
_LEET_SIGN = re.compile(r"[^\W\d_][0-9$@|]|[0-9$@|][^\W\d_]|!\w")
_LEET = str.maketrans("0134578$@!|", "oieastbsail")
_ORDINAL = re.compile(r"\d+[^\W\d_]{1,3}|[^\W\d_]+\d+")

_LATIN = re.compile("[a-z]")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u0587\u0251\u0261]")


@lru_cache(maxsize=4_096)
def plain_word(word: str) -> tuple[str, bool]:
    """A lower-case word in plain letters, and whether it was disguised (letters of two scripts in one word)."""
    if word.isascii():
        return word, False
    disguised = False
    if _LATIN.search(word) and _FOREIGN.search(word):
        word = word.translate(LOOKALIKES)
        disguised = True
    return word, disguised


def normalise(text: str) -> tuple[str, int]:
    """Lower-case text in plain letters, and the number of disguises that were undone."""
    tricks = 0
    if not text.isascii():
        hidden = len(_WORDLIKE_INVISIBLE.findall(text))
        text = thin_marks(_INVISIBLE.sub("", text))
        folded = unicodedata.normalize("NFKC", text)
        # Full-width and mathematical letters are a disguise in Latin words only: Japanese uses full-width forms.
        tricks += min(hidden, 3) + (len(_STRANGE.findall(text)) > 3)
        text = folded
    text = text.lower()
    if not text.isascii():
        # Accents stay letters of their language. Stacked marks are noise.
        text = _PILED.sub("", text)
    # A cheap test first: without two single letters in a row there are no four.
    if _ALONE.search(text):
        text, count = _SPACED.subn(_join, text)
        tricks += count
    text = _REPEATED.sub(r"\1\1", text)
    if "$" in text:
        # "$VET" is the symbol of a share or a coin, not a disguised word.
        text = _CASHTAG.sub("$ ", text)
    # Symbols in place of letters are rare, and rarer beside letters, so the cheap searches come first.
    if _SIGN.search(text) and _LEET_SIGN.search(text):
        leet = _LEET_WORD.sub(_unleet, text)
    else:
        leet = text
    if leet != text:
        tricks += 1
        text = leet
    return text, tricks


def _join(match: re.Match[str]) -> str:
    return re.sub(r"[ .\-_*]", "", match.group())


def _unleet(match: re.Match[str]) -> str:
    word, text, end = match.group(), match.string, match.end()
    if len(word) > _LONGEST_LEET or word[-1] == "!" or _ORDINAL.fullmatch(word):
        return word
    if text[end : end + 1] == _NOT_BEHIND or text[match.start() - 1 : match.start()] in _NOT_BEFORE:
        return word
    letters = sum(map(str.isalpha, word))
    if letters and letters * 2 >= len(word):
        return word.translate(_LEET)
    return word
