"""The rarely used settings of a post: who may reply or quote, when it is sent, its link preview, its poll."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from ...models.compose import Feature
from ...models.draft import Draft, QuotePolicy
from ...models.errors import UsageError
from ...phrases.composing import GATES, QUOTERS, scheduled_text
from ...phrases.errors import error_text
from ...phrases.when import parse_moment
from .choice import ChoiceScreen
from .composer_fields import CLOSE_HINT, Editing
from .line import LineScreen

_DURATIONS = {
    1_800: "30 minutes",
    3_600: "1 hour",
    21_600: "6 hours",
    86_400: "1 day",
    259_200: "3 days",
    604_800: "1 week",
}
T = TypeVar("T")


def ask_settings(editing: Editing) -> None:
    """List the settings that this post can have, and ask for a new value of the chosen one."""
    offered = _offered(editing)
    if not offered:
        editing.show_message("this post has no other settings on its network")
        return
    lines = [line for line, _ in offered]
    editing.ask(ChoiceScreen("Settings of this post", lines, CLOSE_HINT), lambda choice: offered[choice][1]())


def _offered(editing: Editing) -> list[tuple[str, Callable[[], None]]]:
    """Each possible setting with its current value, and the function that asks for a new one."""
    draft, features = editing.draft, _features(editing)
    found: list[tuple[str, Callable[[], None]]] = []
    # The rules for a conversation belong to its first post.
    if "threadgate" in features and draft.reply_to is None:
        found.append((f"who may reply: {GATES[draft.threadgate]}", lambda: _ask_gate(editing)))
    if "quote_policy" in features:
        found.append((f"who may quote it: {QUOTERS[draft.quote_policy]}", lambda: _ask_quoters(editing)))
    if "schedule" in features and draft.edits is None:
        when = "at once" if draft.scheduled_at is None else scheduled_text(draft.scheduled_at)
        found.append((f"when it is sent: {when}", lambda: _ask_time(editing)))
    if "card" in features:
        card = "yes" if draft.card else "no"
        found.append(
            (f"preview of its first link: {card}", lambda: editing.change(replace(draft, card=not draft.card)))
        )
    poll = draft.poll
    if poll is not None:
        several = "yes" if poll.multiple else "no"
        other = replace(poll, multiple=not poll.multiple)
        length = _DURATIONS.get(poll.seconds, f"{poll.seconds // 60:,} minutes")
        found.append((f"the poll is open for {length}", lambda: _ask_duration(editing)))
        found.append(
            (f"the poll allows several answers: {several}", lambda: editing.change(replace(draft, poll=other)))
        )
    return found


def _features(editing: Editing) -> frozenset[Feature]:
    """The settings that all accounts of the draft support."""
    composing = editing.composing
    able = [composing.rules.of(composing.account(key)).features for key in editing.draft.accounts]
    return frozenset.intersection(*able)


def _pick(editing: Editing, question: str, words: dict[T, str], take: Callable[[T], Draft]) -> None:
    values: Sequence[T] = tuple(words)
    panel = ChoiceScreen(question, list(words.values()), CLOSE_HINT)
    editing.ask(panel, lambda choice: editing.change(take(values[choice])))


def _ask_gate(editing: Editing) -> None:
    _pick(editing, "Who may reply to it?", GATES, lambda gate: replace(editing.draft, threadgate=gate))


def _ask_quoters(editing: Editing) -> None:
    words = dict(QUOTERS)
    if "threadgate" in _features(editing):
        # AT Protocol supports only "everybody" and "nobody".
        words = {"": QUOTERS["public"], "nobody": QUOTERS["nobody"]}

    def take(policy: QuotePolicy) -> Draft:
        return replace(editing.draft, quote_policy=policy)

    _pick(editing, "Who may quote it?", words, take)


def _ask_duration(editing: Editing) -> None:
    poll = editing.draft.poll
    assert poll is not None
    _pick(
        editing,
        "How long is the poll open?",
        _DURATIONS,
        lambda seconds: replace(editing.draft, poll=replace(poll, seconds=seconds)),
    )


def _ask_time(editing: Editing) -> None:
    def moment_in(answer: str) -> datetime | None:
        if answer.strip():
            return parse_moment(answer, editing.now)
        return None

    def mistake_in(answer: str) -> str:
        try:
            moment_in(answer)
        except UsageError as error:
            return error_text(error)
        return ""

    def take(answer: str) -> None:
        editing.change(replace(editing.draft, scheduled_at=moment_in(answer)))

    question = "When is it sent? Such as 2026-12-24T18:00, or 2h for in two hours"
    editing.ask(LineScreen(question, "", "empty: at once · enter accepts · esc closes", mistake_in), take)
