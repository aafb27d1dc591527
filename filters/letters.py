"""Reads a word in plain Latin letters: letters that look alike, upside-down letters, and accents of no language."""

import re
import unicodedata
from functools import lru_cache

from ..models.lookalikes import LOOKALIKES

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
_TURNED = str.maketrans("ɐqɔpǝɟƃɥᴉɾʞןɯuodbɹsʇnʌʍxʎz", "abcdefghijklmnopqrstuvwxyz")
_TURNED_ONLY = frozenset("ɐɟƃɥᴉɾʞɯɹʇʌʍʎ")
_FEW_TURNED = 2
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


_CYRILLIC = str.maketrans("abcehikmnoprtuwxyëïαβεικμνορτυχ", "авсенікмпоргтишхуёїавеікмпортух")
_CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")
_CYRILLIC_ONLY = frozenset("бгджзийлпфцчшщъыьэюяєїґў")
_FEWEST_OF = 3
# A word in Latin letters with a Russian or Ukrainian ending: "vpnом".
_WITH_ENDING = re.compile("[a-z]{2,}(?:ами?|ах|ка|ки|кой|ку|ный|ные|ная|ов|ой|ом|щик|щики|ы|ить|ил)")


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
    if turned := _turned_back(word):
        return turned, True
    if bare := _without_one_mark(word):
        return bare, True
    if cyrillic := _in_cyrillic(word):
        return cyrillic, cyrillic != word
    plain = word.translate(LOOKALIKES)
    if plain != word and _is_mixed(word, plain):
        return _without_accents(plain), True
    accents = {letter for letter in word if not letter.isascii() and letter.isalpha()}
    if len(accents) >= _FEW_ACCENTS and all(map(_is_latin, accents)) and not any(map(accents.issubset, _ALPHABETS)):
        bare = _without_accents(plain)
        if bare.isascii():
            return bare, True
    return word, False


def _turned_back(word: str) -> str | None:
    """The word that is written upside down in this one, if it has two letters that only turned words have."""
    if len(_TURNED_ONLY.intersection(word)) < _FEW_TURNED:
        return None
    back = word[::-1].translate(_TURNED)
    return back if back.isascii() else None


def _in_cyrillic(word: str) -> str | None:
    """The Cyrillic word that a word with some letters of other alphabets looks like."""
    found = len(_CYRILLIC_LETTER.findall(word))
    if found == len(word) or _WITH_ENDING.fullmatch(word):
        return word
    # A third of its letters and one that looks like no Latin letter, or it is a Latin word in disguise.
    if found * _FEWEST_OF < len(word) or _CYRILLIC_ONLY.isdisjoint(word):
        return None
    plain = word.translate(_CYRILLIC)
    return plain if len(_CYRILLIC_LETTER.findall(plain)) == len(word) else None


def _without_one_mark(word: str) -> str | None:
    """The word without the mark that each of its letters has. No language writes one mark on all letters."""
    apart = unicodedata.normalize("NFD", word)
    marks = apart[1::2]
    if len(apart) < 2 * _FEW_ACCENTS or len(set(marks)) > 1 or not "\u0300" <= apart[1] <= "\u036f":
        return None
    bare = apart[::2]
    return bare if bare.isascii() and len(apart) == 2 * len(bare) else None


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
