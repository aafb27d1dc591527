"""Record keys (TIDs): 13 letters that encode and sort by a time (https://atproto.com/specs/tid)."""

from datetime import UTC, datetime, timedelta

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCKS = 1024


def make_tid(at: datetime, clock: int) -> str:
    """The record key for a time. `clock` (below 1024) distinguishes keys of the same microsecond."""
    number = ((at - _EPOCH) // timedelta(microseconds=1)) * _CLOCKS + clock % _CLOCKS
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(12, -1, -1))
