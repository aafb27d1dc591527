"""Asks how long to mute a person."""

from datetime import datetime

from ...models.person import Person
from ...phrases.mutes import MUTE_SPANS, format_expiry, mute_end
from .choice import ChoiceScreen


def mute_question(person: Person, muted: datetime | None, now: datetime) -> ChoiceScreen:
    """A choice of durations, and "unmute" for a muted person."""
    name = person.shown_name or person.handle
    question = f"Mute {name}, and what they boost, for how long?"
    choices = [span.words for span in MUTE_SPANS]
    if muted is not None:
        question = f"{name} is muted {format_expiry(muted, now)}."
        choices.append("unmute")
    return ChoiceScreen(
        question, choices, "only in quietfeed: nobody is notified, and the filter does not learn from it · esc closes"
    )


def end_of(choice: int, now: datetime) -> datetime | None:
    """The end of a mute that starts now, by the index of the choice; None to unmute."""
    if choice < len(MUTE_SPANS):
        return mute_end(MUTE_SPANS[choice], now)
    return None
