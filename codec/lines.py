"""Files with one JSON record per line."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..models.errors import RecordError


def records(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any] | RecordError]]:
    """The JSON objects of a file with their line numbers (from 1); other lines become errors."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            yield number, RecordError("not JSON")
            continue
        yield number, value if isinstance(value, dict) else RecordError("not a JSON object")
