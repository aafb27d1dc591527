"""Decodes JSON responses with a size limit. Large bodies are decoded in a thread."""

import asyncio
import json
from contextlib import suppress
from json.decoder import WHITESPACE, JSONDecoder  # type: ignore[attr-defined]
from typing import Any, NamedTuple, Protocol

from .entities import MOST_ITEMS

MAX_VALUES = 1_000_000
"""More values than a legitimate response contains: 10,000 posts. Decoding that many takes about a second."""

_BIG = 300_000
_DECODER = JSONDecoder()


class Windows(NamedTuple):
    """The letters that one call decodes: 65,536 take about a millisecond. No other thread runs meanwhile."""

    smallest: int = 512
    largest: int = 65_536


_WINDOWS = Windows()


class Decoder(Protocol):
    """Decodes one JSON value in a text."""

    def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
        """The value at a position, and the position after it. Raises ValueError or StopIteration."""


class NotJson(ValueError):
    """The body is not JSON, is nested too deeply, or contains too many values."""


async def decode_json(body: bytes) -> Any:
    """Decode a JSON body; an empty body becomes None. Raises NotJson."""
    if len(body) < _BIG:
        return decode_now(body)
    return await asyncio.to_thread(decode_in_steps, body)


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


def decode_in_steps(body: bytes, windows: Windows = _WINDOWS) -> Any:
    """Decode a window at a time. `json.loads` holds the GIL until it returns, which would freeze the screen.

    Raises NotJson.
    """
    _check_size(body)
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        value, end = Steps(text, windows=windows).value(_skip(text, 0))
        if _skip(text, end) != len(text):
            raise NotJson
    except (ValueError, IndexError, RecursionError, StopIteration):
        raise NotJson from None
    return value


class Steps:
    """Decodes a text. A list or an object that ends within a window is decoded by one call, a longer one item by item.

    Only the first `most_items` of a longer list are kept, because freeing a hundred thousand takes longer than a frame.

    The window shrinks with each list or object that does not end within it, and grows again with the others, so that
    deep nesting is not decoded once for each level.
    """

    def __init__(
        self, text: str, decoder: Decoder = _DECODER, most_items: int = MOST_ITEMS, windows: Windows = _WINDOWS
    ) -> None:
        self._text = text
        self._decoder = decoder
        self._most_items = most_items
        self._windows = windows
        self._size = windows.largest
        self._window, self._begin = text[: windows.largest], 0

    def value(self, at: int) -> tuple[Any, int]:
        """The value at a position, and the position after it. Raises ValueError, IndexError or StopIteration."""
        text = self._text
        if text[at] not in "[{":
            return self._decoder.raw_decode(text, at)
        found = self._short(at)
        if found is not None:
            return found
        if text[at] == "[":
            return self._array(at + 1)
        return self._object(at + 1)

    def _short(self, at: int) -> tuple[Any, int] | None:
        """The list or object at a position, if it ends within the window."""
        if self._begin < at < self._begin + len(self._window):
            with suppress(ValueError, StopIteration):
                value, end = self._decoder.raw_decode(self._window, at - self._begin)
                return value, end + self._begin
        self._window, self._begin = self._text[at : at + self._size], at
        try:
            value, end = self._decoder.raw_decode(self._window, 0)
        except (ValueError, StopIteration):
            self._size = max(self._size // 2, self._windows.smallest)
            return None
        self._size = min(self._size * 2, self._windows.largest)
        return value, end + at

    def _array(self, at: int) -> tuple[list[Any], int]:
        text = self._text
        items: list[Any] = []
        at = _skip(text, at)
        if text[at] == "]":
            return items, at + 1
        while True:
            item, at = self.value(_skip(text, at))
            if len(items) < self._most_items:
                items.append(item)
            at = _skip(text, at)
            if text[at] == "]":
                return items, at + 1
            _expect(text, at, ",")
            at += 1

    def _object(self, at: int) -> tuple[dict[str, Any], int]:
        text = self._text
        found: dict[str, Any] = {}
        at = _skip(text, at)
        if text[at] == "}":
            return found, at + 1
        while True:
            at = _skip(text, at)
            _expect(text, at, '"')
            key, at = self._decoder.raw_decode(text, at)
            at = _skip(text, at)
            _expect(text, at, ":")
            found[key], at = self.value(_skip(text, at + 1))
            at = _skip(text, at)
            if text[at] == "}":
                return found, at + 1
            _expect(text, at, ",")
            at += 1


def _skip(text: str, at: int) -> int:
    end: int = WHITESPACE.match(text, at).end()
    return end


def _expect(text: str, at: int, sign: str) -> None:
    if text[at] != sign:
        raise NotJson
