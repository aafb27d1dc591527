"""The question how long to mute a person."""

from datetime import datetime

from ...models.person import Person
from ...phrases.mutes import MUTE_SPANS, format_expiry, mute_end
from .choice import ChoiceScreen


def mute_question(person: Person, muted: datetime | None, now: datetime) -> ChoiceScreen:
    """The spans of a mute, and "unmute" for a muted person."""
    name = person.shown_name or person.handle
    question = f"Mute {name}, and what they boost, for how long?"
    choices = [span.words for span in MUTE_SPANS]
    if muted is not None:
        question = f"{name} is muted {format_expiry(muted, now)}."
        choices.append("unmute")
    return ChoiceScreen(question, choices, "only here: nobody is told, and the filter learns nothing · esc closes")


def end_of(choice: int, now: datetime) -> datetime | None:
    """The end of a mute that begins now, by the index of the choice; None to unmute."""
    if choice < len(MUTE_SPANS):
        return mute_end(MUTE_SPANS[choice], now)
    return None
