"""Helpers of the tests that damage recorded responses."""

from collections.abc import Iterator
from typing import Any

import msgspec


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each position of a response as its container and the key in it."""
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def texts_in(value: Any) -> Iterator[str]:
    """Every string in a model, in its parts and in their parts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts_in(getattr(value, name))
