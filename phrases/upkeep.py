"""Sentences about repairs of the user's files."""

from collections.abc import Sequence


def exposed_sentence(names: Sequence[str]) -> str:
    """The warning about files and folders that other users could read until now."""
    shown = ", ".join(names[:3])
    more = ""
    if len(names) > 3:
        more = f" and {len(names) - 3} more"
    return f"Other users of this machine could read quietfeed's {shown}{more}. Only you can now."


def restored_sentence(count: int) -> str:
    """The sentence about damaged marks that the journal restored."""
    if count == 1:
        return "1 damaged mark was restored from the journal."
    return f"{count} damaged marks were restored from the journal."
