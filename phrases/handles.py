"""Sentences about handles that changed."""

from ..models.handle_change import HandleChange


def handle_change_sentence(change: HandleChange) -> str:
    """What happened to a handle, and to the vouch, mute or "do not know" on it."""
    if change.kind == "renamed":
        return (
            f"{change.former} is now {change.handle}: your marks and mutes still apply."
            f" If somebody else has the account now, `quietfeed unvouch {change.handle}` removes the vouch."
        )
    if change.kind == "first":
        return (
            f"{change.handle} is new here, and you vouched for that name before: the vouch applies to this account now."
            f" If it is somebody else, `quietfeed unvouch {change.handle}` removes the vouch."
        )
    before = "the account that had it"
    if change.former and change.former.casefold() != change.handle.casefold():
        before = f"{change.former}, who had it"
    return (
        f"{change.handle} now belongs to a different account: your marks and mutes stay with {before} before."
        " If this is the same person, vouch for them here too."
    )


def handle_question(change: HandleChange) -> str:
    """The question whether a vouch is still right, in a list of yes-or-no questions."""
    if change.kind == "renamed":
        return f"Is @{change.handle} still the person you vouched for as @{change.former}?"
    if change.kind == "first":
        return f"@{change.handle} is the first account seen with this name. Is it the person you vouched for?"
    return f"Another account had the name @{change.handle} before. Is this one the person you vouched for?"


def vouches(count: int) -> str:
    """ "1 vouch", "2 vouches"."""
    return f"{count} vouch{'es' * (count != 1)}"


def questions_sentence(count: int) -> str:
    """How many vouches need confirmation, and where to confirm them."""
    return f"{vouches(count)} to confirm: `proposals` (palette, --plain) or `quietfeed join` asks."
