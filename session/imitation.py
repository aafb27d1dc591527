"""Notices handles that look like the handle of somebody whom the user knows."""

import unicodedata
from collections.abc import Iterable

from ..models.lookalikes import LOOKALIKES
from ..models.text import thin_marks

_DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "7": "t", "|": "l"})


def look_of(handle: str) -> str:
    """A handle without the differences that a reader overlooks: lookalike letters, digits for letters, separators."""
    text = unicodedata.normalize("NFKC", thin_marks(handle)).casefold().translate(LOOKALIKES).translate(_DIGITS)
    text = text.replace("i", "l").replace("rn", "m").replace("vv", "w")
    return "".join(char for char in text if char.isalnum() or char in "@.")


def imitated(handle: str, known: Iterable[str]) -> str:
    """The known handle that another one looks like; "" if there is none.

    The user name decides: on another server it is a different person, so its server must look alike too, unless the
    user name itself is disguised.
    """
    look, name = look_of(handle), _user(handle)
    for other in known:
        if other.casefold() == handle.casefold():
            continue
        if look_of(other) == look:
            return other
        disguised = look_of(name) == look_of(_user(other)) and name.casefold() != _user(other).casefold()
        if disguised:
            return other
    return ""


def _user(handle: str) -> str:
    if "@" in handle:
        return handle.partition("@")[0]
    return handle.partition(".")[0]
