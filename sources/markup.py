"""Plain-text forms of markup that terminals cannot show: list numbers, superscript and subscript."""

from collections.abc import Mapping

import msgspec

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_ENDINGS = frozenset(("st", "nd", "rd", "th", "e", "er", "re", "ère", "ème", "o", "a", "º", "ª"))
"""Ordinal endings: "1st" needs no superscript."""


def raised(text: str, before: str) -> str:
    """Convert the text of <sup>: "10²", "1st", "x^k". `before` is the character before it."""
    if before.isdigit() and text.casefold() in _ENDINGS:
        return text
    if text == "TM":
        return "™"
    return _moved(text, _RAISED, "^", before)


def lowered(text: str, before: str) -> str:
    """Convert the text of <sub>: "H₂O", "x_k". `before` is the character before it."""
    return _moved(text, _LOWERED, "_", before)


def _moved(text: str, table: Mapping[int, int], sign: str, before: str) -> str:
    if not text.strip():
        return text
    if all(ord(char) in table for char in text):
        return text.translate(table)
    # Text after a space, and footnotes in brackets, stay as they are.
    if not before.strip() or text[0] in "[(":
        return text
    if text.isalnum():
        return f"{sign}{text}"
    return f"{sign}({text})"


class ListNumbers(msgspec.Struct):
    """Numbers list items. `number` is None for an unordered list."""

    number: int | None
    step: int = 1

    @classmethod
    def begun(cls, attributes: Mapping[str, str], *, ordered: bool) -> "ListNumbers":
        """Start a list, from the attributes of <ol> or <ul>."""
        if not ordered:
            return cls(None)
        step = -1 if "reversed" in attributes else 1
        return cls(_number(attributes.get("start", ""), 1), step)

    def next_sign(self, attributes: Mapping[str, str]) -> str:
        """The prefix of the next item ("• " or "3. "), from the attributes of its tag."""
        if self.number is None:
            return "• "
        number = _number(attributes.get("value", ""), self.number)
        self.number = number + self.step
        return f"{number}. "


def _number(text: str, otherwise: int) -> int:
    """Parse a number of at most six digits."""
    bare = text.strip()
    if bare.removeprefix("-").isdecimal() and len(bare) < 7:
        return int(bare)
    return otherwise
