"""The outbox in --plain: `outbox` lists actions, `outbox 3 retry` sends one, `outbox 3 drop` removes it."""

from ..phrases.changes import as_sentence
from ..phrases.outbox import NOTHING_WAITS, waiting_sentence
from ..session import Session
from .plain_reader import Reader


def waiting_lines(session: Session) -> list[str]:
    """The line about actions of an earlier run that need a decision; none without them."""
    waiting = len(session.outbox.waiting())
    if not waiting:
        return []
    return [as_sentence(waiting_sentence(waiting, "outbox and Enter"))]


def show_outbox(reader: Reader, rest: str) -> None:
    """List the actions that were not done, or send or drop one of them. Raises QuietfeedError."""
    outbox, words = reader.session.outbox, rest.split()
    if not words:
        lines = [f"{entry.id}: {line}." for entry, line in outbox.lines()]
        reader.print_lines(*lines or [as_sentence(NOTHING_WAITS)])
        return
    if len(words) != 2 or not words[0].isdecimal() or words[1] not in ("retry", "drop"):
        reader.print_lines("Type its number and what to do: outbox 3 retry, or outbox 3 drop.")
        return
    number = int(words[0])
    if words[1] == "drop":
        outbox.drop(number)
        reader.print_lines(f"Dropped action {number}.")
        return
    outbox.confirm(number)
    reader.requests.send_due()
