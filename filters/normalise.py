"""Undoes disguises in the text that the classifier reads, and counts them. Screens show the original text."""

import re
import unicodedata
from functools import lru_cache

from ..models.lookalikes import LOOKALIKES
from ..models.text import thin_marks
from .words import is_spaced

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060\u2800\u3164\ufe00-\ufe0f\uffa0]"
)
_WORDLIKE_INVISIBLE = re.compile("(?<=[A-Za-z])[\u00ad\u200b-\u200d\u2060\u2800]+(?=[A-Za-z])")
_STRANGE = re.compile("[\uff21-\uff5a\U0001d400-\U0001d7ff]")
# Letters in brackets, circles and boxes; then words in a box.
_BOXED = re.compile("[\u249c-\u24e9\U0001f110-\U0001f169\U0001f170-\U0001f189\U0001f18e-\U0001f19a]")
_PILED = re.compile("[\u0300-\u036f]{2,}")
# Lines through, under and around letters. A pattern that begins with the rare character is searched faster.
_STRUCK = re.compile(r"[\u0305\u0320\u0331-\u0338\u0347\u035f\u20d0-\u20f0](?<=[A-Za-z].)")
_FEW_STRUCK = 3
_ALONE = re.compile(r"[ .\-_*][^\W_][ .\-_*][^\W_][ .\-_*]")
_SPACED = re.compile(r"(?<!\w)[^\W_]([ .\-_*])(?:[^\W_]\1){2,}[^\W_](?!\w)")
_REPEATED = re.compile(r"(\w)\1\1+")
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
_LETTERS, _DIGITS = b"abcdefghijklmnopqrstuvwxyz", b"0123456789"
_ALONE_KINDS = bytes.maketrans(_LETTERS + _DIGITS + b" .-_*", b"a" * 36 + b" " * 5)
_ALONE_TWICE = b" a a "
_SIGN_KINDS = bytes.maketrans(_LETTERS + _DIGITS + b"$@|", b"a" * 26 + b"1" * 10 + b"$" * 3)
# Zero for word characters of regular expressions.
_NO_LETTER = bytes(chr(code) not in "abcdefghijklmnopqrstuvwxyz0123456789_" for code in range(256))
_LEET = str.maketrans("0134578$@!|", "oieastbsail")
_ORDINAL = re.compile(r"\d+[^\W\d_]{1,3}|[^\W\d_]+\d+")

_LATIN = re.compile("[a-z]")
_MICRO = "μ"
# Scripts by their ranges, because the names of letters take 0.5 MB of memory once one is read.
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1d00-\u1d25\u1d62-\u1d65\u1d6b-\u1d77"
    "\u1d79-\u1d9a\u1e00-\u1eff\u2090-\u209c\u2184\u271d\u2c60-\u2c7c\u2c7e-\u2c7f\ua722-\ua76f\ua771-\ua787"
    "\ua78b-\ua7dc\ua7f5-\ua7f7\ua7fa-\ua7ff\uab30-\uab5a\uab60-\uab64\uab66-\uab68\ufb00-\ufb06"
    "\U0001df00-\U0001df2a]")  # fmt: skip
_RARE_SCRIPTS = frozenset(("CANADIAN", "CHEROKEE", "COPTIC", "DESERET", "LISU", "OSAGE", "TIFINAGH"))
_RARE_LETTER = re.compile("[\u03e2-\u03ef\u13a0-\u167f\u18b0-\u18ff\u2c80-\u2cff\u2d30-\u2d7f\ua4d0-\ua4ff\uab70-\uabbf"
    "\U000102e0-\U000102ff\U00010400-\U0001044f\U000104b0-\U000104ff\U00011ab0-\U00011abf\U00011fb0]")  # fmt: skip
# Latin letters of phonetic alphabets, small capitals, and letters with hooks and strokes, without those that
# African languages are written with.
_PHONETIC = re.compile("[\u0180\u0188\u018c\u0195\u019a\u019e\u01a5\u01ab\u01ad\u0221\u0234-\u0236\u023c\u023f"
    "\u0240\u0247-\u024f\u0255\u025f-\u0267\u026a-\u026d\u026f-\u0271\u0273-\u0282\u0288\u028c-\u0291\u0299-\u029f"
    "\u1d00-\u1d25\u1d6b-\u1d9a\u2c61-\u2c7c\ua730-\ua7ff\uab30-\uab65]")  # fmt: skip
_FEW_ACCENTS = 3
_ALPHABETS = tuple(
    map(
        frozenset,
        (
            "àâæçéèêëîïôœùûüÿ", "áéíñóúüïç", "áàâãçéêíóôõúü", "àèéìíîòóùú", "äöüß", "áéëïíöóüú", "åäöéüà", "åæøéòôó",
            "áðéíóúýþæö", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "çğıiöşüâîû",
            "ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž", "čćđšž", "ċġħżàèìòù", "ĉĝĥĵŝŭ", "àáâäèéêëìíîïòóôöùúûüŵŷẁẃẅỳýÿ",
            "àèéíïòóúüç", "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹàáâãèéêìíòóôõùúýăđĩũơư",
            "ɓɗƙƴáàâéèêíìîóòôúùû", "ẹọṣáàéèíìóòúùńǹ", "āēīōū", "əçğıöşü", "ñáéíóúâêîôû", "ễøłđþðħŋŧ",
        ),
    )
)  # fmt: skip
"""The accented letters of languages that are written in Latin letters. No language has three letters of several."""


@lru_cache(maxsize=4_096)
def plain_word(word: str) -> tuple[str, bool]:
    """A lower-case word in plain letters, and whether it was disguised.

    A word is disguised if it has letters of two scripts that look alike, letters of phonetic alphabets, or accents that
    no single language has.
    """
    if word.isascii():
        return word, False
    # Ignore whether a small i has a dot, because capitals lose the difference.
    word = word.replace("ı", "i")
    if word[0] == _MICRO and word[1:].isascii():
        return word, False
    plain = word.translate(LOOKALIKES)
    if plain != word and _is_mixed(word, plain):
        return _without_accents(plain), True
    accents = {letter for letter in word if not letter.isascii() and letter.isalpha()}
    if len(accents) >= _FEW_ACCENTS and all(map(_is_latin, accents)) and not any(map(accents.issubset, _ALPHABETS)):
        bare = _without_accents(plain)
        if bare.isascii():
            return bare, True
    return word, False


def _is_mixed(word: str, plain: str) -> bool:
    """Whether a word whose letters `plain` replaces has letters of several scripts, or phonetic ones."""
    if _PHONETIC.search(word):
        return True
    foreign = {letter for letter, other in zip(word, plain, strict=True) if letter != other and not _is_latin(letter)}
    if not foreign:
        return False
    if _LATIN.search(word):
        return True
    # Without any Latin letter it is a word of its own script, unless it mixes scripts that are never mixed.
    if not _RARE_LETTER.search(word):
        return False
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    return len(scripts) > 1 and not scripts.isdisjoint(_RARE_SCRIPTS) and _without_accents(plain).isascii()


def _is_latin(letter: str) -> bool:
    return _LATIN_LETTER.match(letter) is not None


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f").translate(LOOKALIKES)


def normalise(text: str) -> tuple[str, int]:
    """Lower-case text in plain letters, and the number of disguises that were undone."""
    tricks = 0
    if not text.isascii():
        text, tricks = _plain_letters(text)
    text = text.lower()
    if not text.isascii():
        # Accents stay letters of their language. Stacked marks are noise.
        text = _PILED.sub("", text)
    # A cheap test first: without two single letters in a row there are no four.
    if _has_letters_alone(text):
        joined = _SPACED.sub(_join, text)
        tricks += joined != text
        text = joined
    if not text.isascii() or _has_three_alike(text):
        text = _REPEATED.sub(r"\1\1", text)
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
    """Whether a lower-case text has two single letters in a row."""
    if text.isascii():
        return _ALONE_TWICE in text.encode().translate(_ALONE_KINDS)
    return _ALONE.search(text) is not None


def _has_leet_sign(text: str) -> bool:
    """Whether a lower-case text has a digit or symbol beside a letter."""
    if not text.isascii():
        return _SIGN.search(text) is not None and _LEET_SIGN.search(text) is not None
    kinds = text.encode().translate(_SIGN_KINDS)
    if b"!" in kinds and (b"!a" in kinds or b"!1" in kinds or b"!_" in kinds):
        return True
    if b"$" in kinds and (b"a$" in kinds or b"$a" in kinds):
        return True
    return b"a1" in kinds or b"1a" in kinds


def _has_three_alike(text: str) -> bool:
    """Whether a lower-case text of ASCII has a letter, a digit or "_" three times in a row."""
    encoded = text.encode()
    number, others = int.from_bytes(encoded, "big"), int.from_bytes(encoded.translate(_NO_LETTER), "big")
    # Each byte is compared with the one before, all at once: this is three times faster than the pattern.
    return b"\0\0" in (number ^ number >> 8 | others).to_bytes(len(text), "big")


def _plain_letters(text: str) -> tuple[str, int]:
    """A text without invisible characters, boxes and lines through letters, and the number of these disguises."""
    hidden = len(_WORDLIKE_INVISIBLE.findall(text))
    text = thin_marks(_INVISIBLE.sub("", text))
    # Full-width and mathematical letters are a disguise in Latin words only: Japanese uses full-width forms.
    tricks = min(hidden, 3) + (len(_STRANGE.findall(text)) > 3)
    if _BOXED.search(text):
        boxed = _BOXED.sub(_unbox, text)
        tricks += len(_BOXED.findall(text)) > 3
        text = boxed
    if _STRUCK.search(text):
        text, struck = _STRUCK.subn("", text)
        tricks += struck >= _FEW_STRUCK
    return unicodedata.normalize("NFKC", text), tricks


def _unbox(match: re.Match[str]) -> str:
    """The letter in a box, or the word in one ("SQUARED COOL") between spaces."""
    inside = unicodedata.name(match.group(), "").rpartition(" ")[2]
    if len(inside) == 1:
        return inside
    return f" {inside} "


def _join(match: re.Match[str]) -> str:
    word = match.group()[::2]
    # "1 2 3 4" is a list of numbers, "f r 3 3" a word.
    letters = sum(map(str.isalpha, word))
    if letters * 5 < len(word) * 3 or not is_spaced(word):
        return match.group()
    return word


def _unleet(match: re.Match[str]) -> str:
    word, text, end = match.group(), match.string, match.end()
    if not _SHORTEST_LEET <= len(word) <= _LONGEST_LEET or word[-1] == "!" or _ORDINAL.fullmatch(word):
        return word
    if text[end : end + 1] == _NOT_BEHIND or text[match.start() - 1 : match.start()] in _NOT_BEFORE:
        return word
    if "$" in word and _AMOUNT.match(text, match.start() + word.index("$")):
        return word
    letters = sum(map(str.isalpha, word))
    if letters and letters * 2 >= len(word) and not _NOT_LATIN.search(word):
        return word.translate(_LEET)
    return word
