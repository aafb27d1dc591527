"""Sentences about what was put right in the user's files."""

from collections.abc import Sequence


def exposed_sentence(names: Sequence[str]) -> str:
    """Files and folders that other users of the machine could read. Only their owner can now."""
    shown = ", ".join(names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Other users of this machine could read {shown}{more}: only you can now."


def restored_sentence(count: int) -> str:
    """Rows the user taught that were damaged, and came back from the journal."""
    return f"{count} damaged mark{'s' if count != 1 else ''} came back from the journal."
