"""The rarely used settings of a post: who may reply or quote, when it is sent, its link preview, its poll."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace
from textual.screen import Screen

from ...models.compose import Feature
from ...models.draft import Draft, QuotePolicy
from ...models.errors import UsageError
from ...phrases.composing import GATES, QUOTERS, scheduled_text
from ...phrases.errors import error_text
from ...phrases.when import parse_moment
from .choice import ChoiceScreen
from .line import LineScreen

_CLOSE_HINT = "esc closes"
_DURATIONS = {
    1_800: "30 minutes",
    3_600: "1 hour",
    21_600: "6 hours",
    86_400: "1 day",
    259_200: "3 days",
    604_800: "1 week",
}
T = TypeVar("T")
Ask = Callable[[Screen[Any], Callable[[Any], None]], None]


class Desk(msgspec.Struct, frozen=True):
    """The parts of the composer that the settings use: its draft, what all its accounts can do, and its panels."""

    draft: Draft
    features: frozenset[Feature]
    now: datetime
    ask: Ask
    change: Callable[[Draft], None]
    show_message: Callable[[str], None]


def ask_settings(desk: Desk) -> None:
    """List the settings that this post can have, and ask for a new value of the chosen one."""
    offered = _offered(desk)
    if not offered:
        desk.show_message("this post has no other settings on its network")
        return
    lines = [line for line, _ in offered]
    desk.ask(ChoiceScreen("Settings of this post", lines, _CLOSE_HINT), lambda choice: offered[choice][1]())


def _offered(desk: Desk) -> list[tuple[str, Callable[[], None]]]:
    """Each possible setting with its current value, and the function that asks for a new one."""
    draft, features = desk.draft, desk.features
    found: list[tuple[str, Callable[[], None]]] = []
    # The rules for a conversation belong to its first post.
    if "threadgate" in features and draft.reply_to is None:
        found.append((f"who may reply: {GATES[draft.threadgate]}", lambda: _ask_gate(desk)))
    if "quote_policy" in features:
        found.append((f"who may quote it: {QUOTERS[draft.quote_policy]}", lambda: _ask_quoters(desk)))
    if "schedule" in features and draft.edits is None:
        when = "at once" if draft.scheduled_at is None else scheduled_text(draft.scheduled_at)
        found.append((f"when it is sent: {when}", lambda: _ask_time(desk)))
    if "card" in features:
        card = "yes" if draft.card else "no"
        found.append((f"preview of its first link: {card}", lambda: desk.change(replace(draft, card=not draft.card))))
    poll = draft.poll
    if poll is not None:
        several = "yes" if poll.multiple else "no"
        other = replace(poll, multiple=not poll.multiple)
        length = _DURATIONS.get(poll.seconds, f"{poll.seconds // 60:,} minutes")
        found.append((f"the poll is open for {length}", lambda: _ask_duration(desk)))
        found.append((f"the poll allows several answers: {several}", lambda: desk.change(replace(draft, poll=other))))
    return found


def _pick(desk: Desk, question: str, words: dict[T, str], take: Callable[[T], Draft]) -> None:
    values: Sequence[T] = tuple(words)
    panel = ChoiceScreen(question, list(words.values()), _CLOSE_HINT)
    desk.ask(panel, lambda choice: desk.change(take(values[choice])))


def _ask_gate(desk: Desk) -> None:
    _pick(desk, "Who may reply to it?", GATES, lambda gate: replace(desk.draft, threadgate=gate))


def _ask_quoters(desk: Desk) -> None:
    words = dict(QUOTERS)
    if "threadgate" in desk.features:
        # AT Protocol supports only "everybody" and "nobody".
        words = {"": QUOTERS["public"], "nobody": QUOTERS["nobody"]}

    def take(policy: QuotePolicy) -> Draft:
        return replace(desk.draft, quote_policy=policy)

    _pick(desk, "Who may quote it?", words, take)


def _ask_duration(desk: Desk) -> None:
    poll = desk.draft.poll
    assert poll is not None
    _pick(
        desk,
        "How long is the poll open?",
        _DURATIONS,
        lambda seconds: replace(desk.draft, poll=replace(poll, seconds=seconds)),
    )


def _ask_time(desk: Desk) -> None:
    def moment_in(answer: str) -> datetime | None:
        if answer.strip():
            return parse_moment(answer, desk.now)
        return None

    def mistake_in(answer: str) -> str:
        try:
            moment_in(answer)
        except UsageError as error:
            return error_text(error)
        return ""

    def take(answer: str) -> None:
        desk.change(replace(desk.draft, scheduled_at=moment_in(answer)))

    question = "When is it sent? Such as 2026-12-24T18:00, or 2h for in two hours"
    desk.ask(LineScreen(question, "", "empty: at once · enter accepts · esc closes", mistake_in), take)
