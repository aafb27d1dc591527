"""Makes text from the network, which may be hostile, safe before it becomes part of a model.

Control characters and bidi overrides can repaint a terminal or reverse a line, so they are removed. Joiners and
variation selectors stay: emoji sequences and Persian or Indic words need them.
"""

import re
import unicodedata

# C0 and C1 without tab and newline, the bidi embeddings, overrides and isolates, line and paragraph separators,
# interlinear annotation, the byte order mark, and lone surrogates, which no terminal can encode.
_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# What the user types or pastes may have direction marks and joiners, which some scripts need, but no controls.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_FLAG_TAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
# Invisible characters, which also come along when a handle is copied: soft hyphens, joiners, fillers, variation
# selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Separators, control and format characters, marks without a letter, and code points without a character.
_INVISIBLE_CATEGORIES = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me", "Cn", "Co", "Cs"))
_PUNCTUATION = " \"'`<>(),;!\u2018\u2019\u201c\u201d\u00ab\u00bb"
_SPACES = re.compile(r"\s+")
_COMBINING = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_COMBINING}{{4}}){_COMBINING}+")
_MAX_MARKS = 16
_LONG_RUN = re.compile(rf"[^\w\x00-\x7f]{{{_MAX_MARKS + 1},}}")


def clean(text: str) -> str:
    """Clean text of several lines: newlines stay, tabs become spaces, control characters are removed."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    text = _HOSTILE.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n"))
    # Only the flags of England, Scotland and Wales use tag characters legitimately.
    if not _FLAG_TAGS.search(text):
        text = _TAGS.sub("", text)
    # Last, because letters and marks become neighbours when something between them is removed.
    return _compose(text)


def _compose(text: str) -> str:
    """Normalise a text and limit its combining marks. A second call changes nothing."""
    while True:
        composed = _PILE.sub(r"\1", unicodedata.normalize("NFC", thin_marks(text)))
        if composed == text:
            return text
        text = composed


def clean_typed(text: str) -> str:
    """Clean text that the user typed or pasted: every line break becomes a newline, tabs become spaces.

    Control characters and bidi overrides are removed. Everything else stays as it was written.
    """
    if text.isprintable():
        return text
    return _CONTROLS.sub("", _NEWLINES.sub("\n", text).replace("\t", "    "))


def thin_marks(text: str) -> str:
    """The text with at most 16 combining marks in a row, in any script.

    Unicode normalisation sorts the marks of one letter in time quadratic in their number.
    """
    return _LONG_RUN.sub(_thinned, text)


def _thinned(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for char in run.group():
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_line(text: str) -> str:
    """Clean text on one line, for names, titles, handles and reasons, which must not break their row."""
    return _SPACES.sub(" ", clean(text)).strip()


def is_blank(text: str) -> bool:
    """Whether a text is invisible: it has only spaces, joiners, fillers and other characters without a glyph."""
    if text.isascii():
        return not text.strip()
    return all(unicodedata.category(char) in _INVISIBLE_CATEGORIES for char in _INVISIBLE.sub("", text))


def clean_handle(text: str) -> str:
    """A handle, server or address as the user meant it when they typed or pasted `text`.

    Removes invisible characters, quotes and brackets around it, and a trailing full stop; converts full-width letters
    to ordinary ones.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", clean_line(text))).replace("\u3002", ".")
    return text.strip(_PUNCTUATION).rstrip(f".{_PUNCTUATION}")


def status_words(status: int, detail: str = "") -> str:
    """Format a status: "503 (Service Unavailable)", with the server's own text if any."""
    # Imported here, because most runs report no error.
    from http import HTTPStatus

    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    words = ": ".join(each for each in (phrase, detail) if each)
    if words:
        return f"{status} ({words})"
    return str(status)
