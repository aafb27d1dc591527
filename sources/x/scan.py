"""Splits a JSON array of any size into its objects, with bounded memory and in linear time."""

import re
from collections.abc import Callable, Iterator

from ...models.errors import RecordError

_CHUNK = 1 << 18
MAX_OBJECT = 64_000_000
"""The maximum size of an object in bytes. A direct conversation of a hundred thousand messages is half as large."""
_DEEPEST = 64
_HEAD = 4_096

# Everything up to the next bracket, strings included. Possessive, so that nothing is tried twice.
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+', re.DOTALL)


def objects(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The objects of the array after the first "=" of a script; a file without "=" is the array itself.

    Raises RecordError for a file that is not an array, and for an object that is too large or nested too deeply.
    """
    buffer = _after_assignment(read)
    position, start, depth, ended = 0, 0, 0, False
    while True:
        found = _TO_BRACKET.match(buffer, position)
        position = found.end() if found else position
        if position == len(buffer) or buffer[position] == 0x22:
            # The string is incomplete. Reading as much again keeps the work linear.
            if ended:
                break
            keep = start if depth > 1 else position
            rest = buffer[keep:]
            if len(rest) > MAX_OBJECT:
                raise RecordError(f"an entry is larger than {MAX_OBJECT // 1_000_000} MB")
            more = read(max(_CHUNK, len(rest)))
            ended = not more
            buffer, position, start = rest + more, position - keep, start - keep
            continue
        if buffer[position] in b"{[":
            depth += 1
            if depth == 2:
                start = position
            if depth > _DEEPEST:
                raise RecordError("it is nested too deeply")
        else:
            depth -= 1
            if depth == 1:
                yield buffer[start : position + 1]
            if depth <= 0:
                return
        position += 1
    if depth:
        raise RecordError("it ends in the middle of an entry")
    raise RecordError("it is not a list of entries")


def _after_assignment(read: Callable[[int], bytes]) -> bytes:
    head = read(_CHUNK)
    name, assignment, rest = head[:_HEAD].partition(b"=")
    if assignment and b"[" not in name and b"{" not in name:
        return rest + head[_HEAD:]
    return head
