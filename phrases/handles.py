"""Sentences about handles that changed."""

from ..models.handle_change import HandleChange


def handle_change_sentence(change: HandleChange) -> str:
    """What happened to a handle, and to the vouch, mute or "do not know" on it."""
    if change.kind == "renamed":
        return (
            f"{change.former} is called {change.handle} now: your marks and mutes on them stay."
            f" If somebody else has the account now, `quietfeed unvouch {change.handle}` takes a vouch back."
        )
    before = "the account that had it"
    if change.former and change.former.casefold() != change.handle.casefold():
        before = f"{change.former}, who had it"
    return (
        f"{change.handle} belongs to another account now: your marks and mutes stay with {before} before."
        " If this is the same person, vouch for them here too."
    )
