"""Cleaning is idempotent for any text."""

import pytest

from quietfeed.models.text import clean
from quietfeed.sources.blogs.discovery import as_address

BETWEEN = ("", "\x00", "\u200e", "\U000e0041", "\ud800", "\ufeff")


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize(
    ("base", "mark"),
    [
        ("e", "\u0301"),
        ("\u1112", "\u1161"),
        ("\uac00", "\u11a8"),
        ("\u09c7", "\u09be"),
        ("a", "\u0344" * 9),
        ("a", "\u0e38" * 40),
    ],
)
def test_cleaning_is_idempotent(base: str, between: str, mark: str) -> None:
    once = clean(f"{base}{between}{mark}")
    assert clean(once) == once
    assert once == clean(f"{base}{mark}")


@pytest.mark.parametrize("typed", ["]]", "[", "//[x", "feed:[", "a]b.example"])
def test_an_invalid_address_is_none(typed: str) -> None:
    assert as_address(typed) == ""
