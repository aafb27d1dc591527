"""Reads fields of untrusted JSON: missing, null and mistyped values count as unknown."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..codec.fields import known_time
from ..models.errors import RecordError
from ..models.text import clean_line

Entity = Mapping[str, Any]

EARLIEST = datetime.min.replace(tzinfo=UTC)
"""Sorts before every time."""

# Larger numbers do not fit into a database integer, and are not real counts.
_LARGEST = 2**53

MOST_ITEMS = 5_000
"""The maximum number of items of a page that are read; no server sends as many. It takes less than a frame."""

MOST_PARTS = 1_000
"""The maximum number of parts of one post or person that are read, such as its mentions."""

_LONGEST_LINE = 20_000
_LONGEST_ADDRESS = 8_000
_LONGEST_TEXT = 500_000

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")


def text_of(entity: Entity, key: str) -> str:
    """A string on one clean line, at most 20,000 letters; a number becomes its digits; "" if missing."""
    value = entity.get(key)
    if isinstance(value, str):
        return clean_line(value[:_LONGEST_LINE])
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def raw_of(entity: Entity, key: str) -> str:
    """A string exactly as the server sent it, at most 500,000 letters."""
    value = entity.get(key)
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    return ""


def flag_of(entity: Entity, key: str) -> bool | None:
    """A boolean, or None if unknown."""
    value = entity.get(key)
    if isinstance(value, bool):
        return value
    return None


def count_of(entity: Entity, key: str) -> int | None:
    """A count of zero or more, or None if unknown."""
    value = entity.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
        return value
    return None


def address_of(entity: Entity, key: str) -> str:
    """An http(s) URL, or ""."""
    return web_address(text_of(entity, key))


def web_address(address: str) -> str:
    """Return an http(s) URL with its scheme in lower case, or "" for any other text and for more than 8,000 letters.

    A post must not open a file or run a script. Phone keyboards capitalize "Https://" at the start of a line.
    """
    if len(address) > _LONGEST_ADDRESS:
        return ""
    address = clean_line(address)
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return ""
    if known:
        return f"{parts.scheme}{address[len(parts.scheme) :]}"
    return ""


def joined_address(base: str, address: str) -> str:
    """An address of a page or a feed, relative to `base`; "" if it is none.

    It is cleaned first: the standard library normalises the letters of a host, in time quadratic in its accents.
    """
    if not address:
        return ""
    try:
        return urljoin(base, clean_line(address))
    except ValueError:
        return ""


def part_of(entity: Entity, key: str) -> Entity | None:
    """An object, or None."""
    value = entity.get(key)
    if isinstance(value, Mapping):
        return value
    return None


def parts_of(entity: Entity, key: str, most: int = MOST_PARTS) -> list[Entity]:
    """The first objects of a list; other values are left out."""
    value = entity.get(key)
    if isinstance(value, list):
        return [each for each in value[:most] if isinstance(each, Mapping)]
    return []


def strings_of(entity: Entity, key: str) -> list[str]:
    """The first strings of a list, each on one clean line; other values are left out."""
    value = entity.get(key)
    if isinstance(value, list):
        return [clean_line(each[:_LONGEST_LINE]) for each in value[:MOST_PARTS] if isinstance(each, str)]
    return []


def language_of(tag: str) -> str | None:
    """A language tag such as "de" or "pt-BR", or None for text that is not one.

    https://www.rfc-editor.org/rfc/rfc5646
    """
    if _LANGUAGE.fullmatch(tag):
        return tag
    return None


def time_of(entity: Entity, key: str) -> datetime | None:
    """A date or date-time, aware and in UTC, or None if unknown."""
    value = entity.get(key)
    if not isinstance(value, str):
        return None
    try:
        return known_time(value)
    except RecordError:
        return None
