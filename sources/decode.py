"""Decodes JSON responses with a size limit. Large bodies are decoded in a thread."""

import asyncio
import json
from json.decoder import WHITESPACE, JSONDecoder  # type: ignore[attr-defined]
from typing import Any

MAX_VALUES = 2_000_000
"""More values than a legitimate response of 20 MB contains. Decoding so many takes about a second."""

_BIG = 300_000
_DECODER = JSONDecoder()


class NotJson(ValueError):
    """The body is not JSON, is nested too deeply, or contains too many values."""


async def decode_json(body: bytes) -> Any:
    """Decode a JSON body; an empty body becomes None. Raises NotJson."""
    if len(body) < _BIG:
        return decode_now(body)
    return await asyncio.to_thread(_decode_in_steps, body)


def decode_now(body: bytes) -> Any:
    """Decode a small JSON body without yielding to the event loop. Raises NotJson."""
    if not body.strip():
        return None
    _check_size(body)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotJson from None


def _check_size(body: bytes) -> None:
    # An upper bound: commas and brackets inside strings count too. Counting takes a few milliseconds.
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        raise NotJson


def _decode_in_steps(body: bytes) -> Any:
    """Decode item by item. `json.loads` holds the GIL until it returns, which would freeze the screen."""
    _check_size(body)
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        value, end = _value(text, _skip(text, 0), 0)
        if _skip(text, end) != len(text):
            raise NotJson
    except (ValueError, IndexError, RecursionError, StopIteration):
        raise NotJson from None
    return value


def _skip(text: str, at: int) -> int:
    end: int = WHITESPACE.match(text, at).end()
    return end


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    # A page is a list of posts, or an object that contains one: walk two levels, and decode deeper values whole.
    if depth < 2 and text[at] == "[":
        return _array(text, at + 1, depth)
    if depth < 2 and text[at] == "{":
        return _object(text, at + 1, depth)
    return _DECODER.raw_decode(text, at)


def _array(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _skip(text, at)
    if text[at] == "]":
        return items, at + 1
    while True:
        item, at = _value(text, _skip(text, at), depth + 1)
        items.append(item)
        at = _skip(text, at)
        if text[at] == "]":
            return items, at + 1
        _expect(text, at, ",")
        at += 1


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    at = _skip(text, at)
    if text[at] == "}":
        return found, at + 1
    while True:
        at = _skip(text, at)
        _expect(text, at, '"')
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        _expect(text, at, ":")
        found[key], at = _value(text, _skip(text, at + 1), depth + 1)
        at = _skip(text, at)
        if text[at] == "}":
            return found, at + 1
        _expect(text, at, ",")
        at += 1


def _expect(text: str, at: int, sign: str) -> None:
    if text[at] != sign:
        raise NotJson
