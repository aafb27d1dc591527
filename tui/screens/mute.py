"""The question for how long somebody is to be muted."""

from datetime import datetime, timedelta

from ...models.mark import format_expiry
from ...models.person import Person
from ...models.tie import FOREVER
from ..widgets.paint import utc_now
from .choice import ChoiceScreen

_SPANS: tuple[tuple[str, timedelta | None], ...] = (
    ("an hour", timedelta(hours=1)),
    ("a day", timedelta(days=1)),
    ("a week", timedelta(weeks=1)),
    ("until you say otherwise", None),
)


def mute_question(person: Person, muted: datetime | None) -> ChoiceScreen:
    """Four spans, and the end of a mute where there is one."""
    name = person.shown_name or person.handle
    question = f"Hear nothing of {name}, and of what they boost, for how long?"
    choices = [words for words, _ in _SPANS]
    if muted is not None:
        question = f"{name} is muted {format_expiry(muted, utc_now())}."
        choices.append("no longer")
    return ChoiceScreen(question, choices, "only here: nobody is told, and the filter learns nothing · esc closes")


def end_of(choice: int, now: datetime) -> datetime | None:
    """The end of a mute that begins now, by the number of the choice; None where it is to be lifted."""
    if choice >= len(_SPANS):
        return None
    span = _SPANS[choice][1]
    return FOREVER if span is None else now + span
