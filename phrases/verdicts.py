"""Sentences for verdicts and their reasons, the same on the screens, in plain text and in JSON."""

from collections.abc import Mapping

from ..models.verdict import Cause, Level, Verdict
from ..models.view import HideCause, hide_cause
from .reasons import reason_text

_HIDDEN_WORDS: Mapping[HideCause, str] = {
    "celebrity": "celebrity",
    "sales": "sales",
    "spam": "spam",
    "stranger": "a stranger",
    "filtered": "your server's filter",
    "muted": "muted by you",
}

_CAUSE_WORDS: Mapping[Cause, str] = {
    "label": "a label",
    "user_rule": "one of your rules",
    "server_block": "blocked on your server",
    "server_mute": "muted on your server",
}
"""Causes with their own words. The others use `_HIDDEN_WORDS`."""


def headline(verdict: Verdict, level: Level) -> str:
    """One line: whether the post is shown at a level, and why not."""
    if verdict.shown_at(level):
        return f"Shown at level {level.name}"
    words = _CAUSE_WORDS.get(verdict.cause) or _HIDDEN_WORDS[hide_cause(verdict)]
    return f"Hidden at level {level.name}: {words}"


def reason_lines(verdict: Verdict) -> tuple[tuple[str, float], ...]:
    """Each reason's sentence and weight, strongest first."""
    return tuple((reason_text(reason), reason.weight) for reason in verdict.reasons)


def first_reason(verdict: Verdict) -> str:
    """The sentence of the strongest reason."""
    if verdict.reasons:
        return reason_text(verdict.reasons[0])
    return "no reason was stored"
