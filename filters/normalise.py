"""Undoes disguises in the text that the classifier reads, and counts them. Screens show the original text."""

import re
import unicodedata
from itertools import pairwise

from ..models.lookalikes import LOOKALIKES
from ..models.text import thin_marks
from .words import is_spaced

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0001-\U000e01ef]"
)
_WORDLIKE_INVISIBLE = re.compile(
    "(?<=[A-Za-z])[\u00ad\u034f\u180b-\u180f\u200b-\u200d\u2060\u2800\u3164\ufe00-\ufe0f\U000e0001-\U000e01ef]+"
    "(?=[A-Za-z])"
)
_STRANGE = re.compile("[\uff21-\uff5a\U0001d400-\U0001d7ff]")
# Letters in brackets, circles and boxes; then words in a box.
_BOXED = re.compile("[\u249c-\u24e9\U0001f110-\U0001f169\U0001f170-\U0001f189\U0001f18e-\U0001f19a]")
# Vowels of Arabic and points of Hebrew, which most writers leave out, and the line that stretches Arabic words.
_OPTIONAL_VOWELS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0652\u0670\u06d6-\u06dc]+"
)
_PILED = re.compile("[\u0300-\u036f]{2,}")
# Lines through, under and around letters. A pattern that begins with the rare character is searched faster.
# Marks that languages write with Latin letters are not among them.
_STRUCK = re.compile(
    r"[\u0305\u0310\u0313-\u031a\u031c-\u0320\u032a-\u032c\u032f\u0331-\u0341\u0343-\u034e\u0350-\u0357"
    r"\u0359-\u0363\u20d0-\u20f0](?:(?<=[A-Za-z].)|(?<=[A-Za-z]..))"
)
_FEW_STRUCK = 3
# A letter of a flag without its other half shows as a letter. Two together show as a flag.
_HALF_FLAG = re.compile("(?<![\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff](?![\U0001f1e6-\U0001f1ff])")
_HALF_FLAGS = {0x1F1E6 + number: letter for number, letter in enumerate(_ALPHABET)}
# Round emoji inside a word.
_ROUND = (
    "[\u25cb\u25cf\u26aa\u26ab\u26bd\u2b55\U0001f17e\U0001f311\U0001f315\U0001f310\U0001f369\U0001f3b1"
    "\U0001f3c0\U0001f534\U0001f535\U0001f7e0-\U0001f7e4]"
)
_ROUND_INSIDE = re.compile(f"{_ROUND}(?:(?<=[A-Za-z]{{2}}.)(?=[A-Za-z])|(?<=[A-Za-z].)(?=[A-Za-z]{{2}}))")
# Signs of currencies and others in place of letters.
_SIGN_LETTERS = dict(zip("¢£¥§†€∆฿₡₣₥₦₩₭₮₱₲₳₴₵₽₿", "clysteabcfmnwktpgascpb", strict=True))
_SIGNS_FOR = "".join(_SIGN_LETTERS)
_SIGNED = re.compile(rf"(?<![\w{_SIGNS_FOR}])[^\W\d_]*+[{_SIGNS_FOR}][\w{_SIGNS_FOR}]*+")
_SIGN_TABLE = str.maketrans(_SIGN_LETTERS)
_FEWEST_SIGNS = 4
_RARE_SIGN = re.compile(f"[{_SIGNS_FOR}\U0001f1e6-\U0001f1ff]|{_ROUND}")
_ALONE = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_]){3}(?![^\W_])")
_SPACED = re.compile(r"(?<![^\W_])[^\W_]([\W_]{1,3})(?:[^\W_]\1){2,}[^\W_](?![^\W_])")
_VOWELS = frozenset("aeiou0134@")
_NOTES = frozenset("abcdefgh")
_REPEATED = re.compile(r"(\w)\1\1+")
_ALL_REPEATED = re.compile(r"(?<!\w)(?:([^\W\d_])\1\1++){3,}+(?!\w)")
_RUN = re.compile(r"(\w)\1+")
# Matches whole runs with a sign in them. Runs never begin inside another one and are scanned without backtracking, so
# every character is scanned once. _unleet decides which runs are words.
_LEET_WORD = re.compile(r"(?<![\w$@!|])[^\W0-9]*+[0-9$@!|][\w$@!|]*")
_SHORTEST_LEET = 3
_NOT_BEFORE, _NOT_BEHIND = frozenset("#/.:"), "/"
_LONGEST_LEET = 40
_CASHTAG = re.compile(r"(?<![\w$])\$(?=[^\W\d_]{1,8}(?![\w$@!|]))")
_AMOUNT = re.compile(r"\$\s?\d")
_NOT_LATIN = re.compile("[^\x00-\u024f]")
_SIGN = re.compile("[0-9$@|!]")
# A sign beside a letter. A pattern that begins with the rarer characters is searched faster.
_LEET_SIGN = re.compile(r"[0-9$@|!](?:(?<=[^\W\d_][0-9$@|])|(?<=[0-9$@|])(?=[^\W\d_])|(?<=!)(?=\w))")
# The same in text of ASCII: its characters replaced by their kinds, and the kinds that follow each other.
_LETTERS, _DIGITS = _ALPHABET.encode(), b"0123456789"
_ALONE_KINDS = bytes(b" a"[code in _LETTERS + _DIGITS] for code in range(256))
_FOUR_ALONE = tuple(b" a" + (spaces + b"a") * 3 + b" " for spaces in (b" ", b"  ", b"   "))
_SIGN_KINDS = bytes.maketrans(_LETTERS + _DIGITS + b"$@|", b"a" * 26 + b"1" * 10 + b"$" * 3)
# Zero for word characters of regular expressions.
_NO_LETTER = bytes(chr(code) not in "abcdefghijklmnopqrstuvwxyz0123456789_" for code in range(256))
_LEET = str.maketrans("0134578$@!|", "oieastbsail")
# Words of people in which no digit stands for a letter: "2nd", "4chan", "covid19", "i18n", "h1n1", "rtx4090ti", the
# British postcode "sw14rg", and numbers in base 16.
_WITH_DIGITS = re.compile(
    r"\d+[^\W\d_]{1,3}|[1-9]\d*[^\W\d_]+|[^\W\d_]+\d+|[^\W\d_]\d\d[^\W\d_]|(?:[^\W\d_]\d){2,}|.*\d{3}.*"
    r"|[^\W\d_]{1,2}(?!(\d)\1)\d{2}[^\W\d_]{2}|(?=.*\d.*\d)[\da-f]{6,}|0x[\da-f]+"
)
_NAMES_WITH_DIGITS = frozenset(("c3po", "d3js", "gpt4o", "i3wm", "m4a", "mp3s", "mp4s", "p5js"))


def normalise(text: str) -> tuple[str, int]:
    """Lower-case text in plain letters, and the number of disguises that were undone."""
    tricks = 0
    if not text.isascii():
        text, tricks = _plain_letters(text)
    text = text.lower()
    if not text.isascii():
        # Accents stay letters of their language. Stacked marks are noise.
        text = _PILED.sub("", text)
    if _has_letters_alone(text):
        joined = _SPACED.sub(_join, text)
        tricks += joined != text
        text = joined
    if not text.isascii() or _has_three_alike(text):
        shorter = _REPEATED.sub(r"\1\1", text)
        if shorter != text:
            text = _REPEATED.sub(r"\1\1", _ALL_REPEATED.sub(_once, text))
    if "$" in text:
        # "$VET" is the symbol of a share or a coin, not a disguised word.
        text = _CASHTAG.sub("$ ", text)
    # Symbols in place of letters are rare, and rarer beside letters, so the cheap search comes first.
    if _has_leet_sign(text):
        leet = _LEET_WORD.sub(_unleet, text)
    else:
        leet = text
    if leet != text:
        tricks += 1
        text = leet
    return text, tricks


def _has_letters_alone(text: str) -> bool:
    """Whether a lower-case text has four single letters in a row, with up to three other characters between them."""
    if text.isascii():
        kinds = b" %b " % text.encode().translate(_ALONE_KINDS)
        # A cheap count first. Gaps of different lengths are no disguise, so three searches are enough.
        return kinds.count(b" a ") > 1 and any(letters in kinds for letters in _FOUR_ALONE)
    return _ALONE.search(text) is not None


def _has_leet_sign(text: str) -> bool:
    """Whether a lower-case text has a digit or symbol beside a letter."""
    if not text.isascii():
        return _SIGN.search(text) is not None and _LEET_SIGN.search(text) is not None
    # `find` is several times as fast as `in`, which first tries to use the bytes to find as a number.
    find = text.encode().translate(_SIGN_KINDS).find
    if find(b"!") >= 0 and (find(b"!a") >= 0 or find(b"!1") >= 0 or find(b"!_") >= 0):
        return True
    if find(b"$") >= 0 and (find(b"a$") >= 0 or find(b"$a") >= 0):
        return True
    return find(b"a1") >= 0 or find(b"1a") >= 0


def _has_three_alike(text: str) -> bool:
    """Whether a lower-case text of ASCII has a letter, a digit or "_" three times in a row."""
    encoded = text.encode()
    number, others = int.from_bytes(encoded, "big"), int.from_bytes(encoded.translate(_NO_LETTER), "big")
    # Each byte is compared with the one before, all at once: this is three times faster than the pattern.
    return (number ^ number >> 8 | others).to_bytes(len(text), "big").find(b"\0\0") >= 0


def _plain_letters(text: str) -> tuple[str, int]:
    """A text without invisible characters, boxes and lines through letters, and the number of these disguises."""
    hidden = len(_WORDLIKE_INVISIBLE.findall(text))
    halves, rare = 0, _RARE_SIGN.search(text)
    if rare:
        # Before invisible characters go, because one between two halves keeps them from being a flag.
        text, halves = _HALF_FLAG.subn(lambda match: match.group().translate(_HALF_FLAGS), text)
    text = thin_marks(_INVISIBLE.sub("", text))
    # Full-width and mathematical letters are a disguise in Latin words only: Japanese uses full-width forms.
    tricks = min(hidden, 3) + (len(_STRANGE.findall(text)) > 3) + (halves > 3)
    if _BOXED.search(text):
        boxed = _BOXED.sub(_unbox, text)
        tricks += len(_BOXED.findall(text)) > 3
        text = boxed
    text = _OPTIONAL_VOWELS.sub("", text)
    if _STRUCK.search(text):
        text, struck = _STRUCK.subn("", text)
        tricks += struck >= _FEW_STRUCK
    if rare:
        text, circles = _ROUND_INSIDE.subn("o", text)
        letters = _SIGNED.sub(_unsign, text)
        tricks += (circles > 1) + (letters != text)
        text = letters
    return unicodedata.normalize("NFKC", text), tricks


def _unbox(match: re.Match[str]) -> str:
    """The letter in a box, or the word in one ("SQUARED COOL") between spaces."""
    inside = unicodedata.name(match.group(), "").rpartition(" ")[2]
    if len(inside) == 1:
        return inside
    return f" {inside} "


def _once(match: re.Match[str]) -> str:
    """A word in which every letter was repeated, with each of them once."""
    return _RUN.sub(r"\1", match.group())


def _unsign(match: re.Match[str]) -> str:
    """A word with signs for letters, in letters. One sign counts only inside a word: people write "€uro"."""
    word = match.group()
    signs = sum(each in _SIGN_LETTERS for each in word)
    inside = word[0] not in _SIGN_LETTERS and word[-1] not in _SIGN_LETTERS
    alone = signs == len(word)
    if any(map(str.isdecimal, word)) or (signs == 1 and not inside) or (alone and len(set(word)) < _FEWEST_SIGNS):
        return word
    return word.lower().translate(_SIGN_TABLE).translate(LOOKALIKES)


def _join(match: re.Match[str]) -> str:
    between = match.group(1)
    word = match.group()[:: len(between) + 1]
    # "1 2 3 4" is a list of numbers, and in "b 4 u 2 c" digits are words. "c l 1 c k" is a word.
    letters = sum(map(str.isalpha, word))
    if letters * 3 < len(word) * 2 or not is_spaced(word) or any(map(_is_mark, between)):
        return match.group()
    # "a, b, c, d" is a list, "e a d g b e" are notes, and "w d l w" are results of matches.
    follows = (ord(other) - ord(one) == 1 for one, other in pairwise(word))
    if all(follows) or _NOTES.issuperset(word) or (word.isascii() and _VOWELS.isdisjoint(word)):
        return match.group()
    return word


def _is_mark(character: str) -> bool:
    """Whether a character is a mark, such as a vowel sign of Hindi."""
    return unicodedata.category(character)[0] == "M"


def _unleet(match: re.Match[str]) -> str:
    word, text, end = match.group(), match.string, match.end()
    if not _SHORTEST_LEET <= len(word) <= _LONGEST_LEET or word[-1] == "!" or _WITH_DIGITS.fullmatch(word):
        return word
    if word in _NAMES_WITH_DIGITS:
        return word
    if text[end : end + 1] == _NOT_BEHIND or text[match.start() - 1 : match.start()] in _NOT_BEFORE:
        return word
    if "$" in word and _AMOUNT.match(text, match.start() + word.index("$")):
        return word
    letters = sum(map(str.isalpha, word))
    if letters and letters * 2 >= len(word) and not _NOT_LATIN.search(word):
        plain = word.translate(_LEET)
        if plain.isalpha() and not _VOWELS.isdisjoint(plain):
            return plain
    return word
