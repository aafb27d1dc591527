"""The keys that the foot of the screen names for the row under the cursor."""

from ...phrases.actions import FOOTER, FOOTER_KEYS
from ...session import Session
from ..widgets.rows import GapRow, HiddenRow, PostRow, Row

KeysHere = tuple[tuple[str, str], ...]
"""Actions as (id, word)."""


def keys_here(session: Session, row: Row | None) -> KeysHere:
    """The actions that belong to a row: what its post allows, or what enter does there."""
    if isinstance(row, HiddenRow):
        return (("open", FOOTER["unfold"]),)
    if isinstance(row, GapRow):
        return (("open", FOOTER["fill"]),)
    if not isinstance(row, PostRow):
        return ()
    return tuple((FOOTER_KEYS.get(name, name), FOOTER[name]) for name in session.menu.main(row.judged))
