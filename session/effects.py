"""What an action changed, in the words that the screen says."""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from ..models.verdict import Category, Cause, Level, Verdict
from ..models.view import Change, HideCause, PostKey, Why, hide_cause
from ..phrases.verdicts import reason_text
from .timeline import Timeline

_STEP = 20
"""So many posts are judged anew at once: a third of a frame."""

_HIDDEN_WORDS: dict[HideCause, str] = {
    "celebrity": "celebrity",
    "sales": "sales",
    "spam": "spam",
    "stranger": "a stranger",
    "filtered": "your server's own filter",
    "muted": "muted by you",
}

_CAUSE_WORDS: dict[Cause, str] = {
    "label": "a label",
    "user_rule": "a rule of yours",
    "server_block": "blocked on your server",
    "server_mute": "muted on your server",
}
"""Causes that have words of their own; the others are told as what the post is counted as."""


def compare(timeline: Timeline, level: Level, before: Set[PostKey], key: PostKey | None, sentence: str) -> Change:
    """An Effect from the posts a level showed before and shows now; `key` itself is not counted among the others."""
    after = timeline.shown(level)
    return _effect(timeline, key, before - after - {key}, after - before - {key}, sentence)


def _effect(
    timeline: Timeline, key: PostKey | None, hid: Iterable[PostKey], showed: Iterable[PostKey], sentence: str = ""
) -> Change:
    hid, showed = tuple(hid), tuple(showed)
    authors = {
        (context.post.account, context.post.author.id)
        for each in (*hid, *showed)
        if (context := timeline.context(each)) is not None
    }
    return Change(sentence, key, hid, showed, len(authors))


def judge_by_steps(
    timeline: Timeline, level: Level, first: Collection[PostKey], now: datetime
) -> Iterator[Change | None]:
    """Judge all loaded posts anew, a few at a time. The first step judges `first` alone and is what that changed at a
    level, the last is all that was changed; between them is nothing to show yet.
    """
    hid: list[PostKey] = []
    showed: list[PostKey] = []
    loaded = timeline.keys()
    keys = [key for key in loaded if key in first]
    ends = [len(keys), *range(len(keys) + _STEP, len(loaded), _STEP), len(loaded)]
    keys += [key for key in loaded if key not in first]
    for start, end in pairwise([0, *ends]):
        # What was let go since needs no verdict; what came since has one by what is known now.
        step = [key for key in keys[start:end] if timeline.get(key) is not None]
        before = [_shown(timeline, key, level) for key in step]
        timeline.judge_again(step, now)
        for key, was in zip(step, before, strict=True):
            if _shown(timeline, key, level) != was:
                (hid if was else showed).append(key)
        yield _effect(timeline, None, hid, showed) if start == 0 or end == len(loaded) else None


def _shown(timeline: Timeline, key: PostKey, level: Level) -> bool:
    judged = timeline.get(key)
    return judged is not None and judged.verdict.shown_at(level)


def counted(effect: Change) -> Change:
    """The same, its sentence followed by how many posts went and how many came back."""
    parts = [effect.sentence]
    if effect.hid:
        parts.append(f"{len(effect.hid)} more hidden")
    if effect.showed:
        parts.append(f"{len(effect.showed)} more back")
    return replace(effect, sentence=" · ".join(parts))


def others(effect: Change) -> str:
    """ "hid 14 more like this, from 6 accounts", or "" where nothing else changed."""
    parts = []
    if effect.hid:
        parts.append(f"hid {len(effect.hid)} more like this")
    if effect.showed:
        parts.append(f"brought back {len(effect.showed)}")
    if not parts:
        return ""
    return f"{' and '.join(parts)}, from {effect.accounts} account{'s' if effect.accounts != 1 else ''}"


def mark_sentence(category: Category, verdict: Verdict, level: Level) -> str:
    """What a mark did to its own post."""
    if verdict.shown_at(level):
        return (
            f"marked {category}: it stays"
            if category == "person"
            else f"marked {category}: level {level.name} shows it"
        )
    return f"marked {category}: hidden"


def headline(verdict: Verdict, level: Level) -> str:
    """Whether the post is shown at a level, and as what, in one line."""
    if verdict.shown_at(level):
        return f"Shown at level {level.name}"
    words = _CAUSE_WORDS.get(verdict.cause) or _HIDDEN_WORDS[hide_cause(verdict)]
    return f"Hidden at level {level.name}: {words}"


def why(verdict: Verdict, level: Level, tie: str, booster_tie: str) -> Why:
    """A verdict in words."""
    return Why(
        headline=headline(verdict, level),
        lines=tuple((reason_text(reason), reason.weight) for reason in verdict.reasons),
        scores=verdict.scores,
        tie=tie,
        booster_tie=booster_tie,
        levels={each: verdict.shown_at(each) for each in Level},
    )
