"""Keys of records: 13 letters that hold a time, so that they sort by it (https://atproto.com/specs/tid)."""

from datetime import UTC, datetime, timedelta

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCKS = 1024


def make_tid(at: datetime, clock: int) -> str:
    """The key of a record made at that time. `clock` (below 1024) tells two of the same microsecond apart."""
    number = ((at - _EPOCH) // timedelta(microseconds=1)) * _CLOCKS + clock % _CLOCKS
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(12, -1, -1))
