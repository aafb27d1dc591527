"""Signs for markup that a terminal has no look for: numbers of lists, raised and lowered letters."""

from collections.abc import Mapping

import msgspec

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_ENDINGS = frozenset(("st", "nd", "rd", "th", "e", "er", "re", "ère", "ème", "o", "a", "º", "ª"))
"""Endings of ordinal numbers: "1st" is as clear without raised letters."""


def raised(text: str, before: str) -> str:
    """The text of <sup>: "10²", "1st", "x^k". `before` is the sign before it."""
    if before.isdigit() and text.casefold() in _ENDINGS:
        return text
    return "™" if text == "TM" else _moved(text, _RAISED, "^", before)


def lowered(text: str, before: str) -> str:
    """The text of <sub>: "H₂O", "x_k"."""
    return _moved(text, _LOWERED, "_", before)


def _moved(text: str, table: Mapping[int, int], sign: str, before: str) -> str:
    if not text.strip():
        return text
    if all(ord(char) in table for char in text):
        return text.translate(table)
    # Small print that stands for itself, and a footnote in brackets, are not glued to a word.
    if not before.strip() or text[0] in "[(":
        return text
    return f"{sign}{text}" if text.isalnum() else f"{sign}({text})"


class ListNumbers(msgspec.Struct):
    """The signs before the items of a list; a list without an order has no numbers."""

    number: int | None
    step: int = 1

    @classmethod
    def begun(cls, attributes: Mapping[str, str], *, ordered: bool) -> "ListNumbers":
        """The signs of <ol> and <ul>, from the attributes of the tag."""
        if not ordered:
            return cls(None)
        backwards = "reversed" in attributes
        return cls(_number(attributes.get("start", ""), 1), -1 if backwards else 1)

    def next_sign(self, attributes: Mapping[str, str]) -> str:
        """The sign before the next item, from the attributes of its tag: "• ", or "3. "."""
        if self.number is None:
            return "• "
        number = _number(attributes.get("value", ""), self.number)
        self.number = number + self.step
        return f"{number}. "


def _number(text: str, otherwise: int) -> int:
    """A number of at most six digits."""
    bare = text.strip()
    return int(bare) if bare.removeprefix("-").isdecimal() and len(bare) < 7 else otherwise
