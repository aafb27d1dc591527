"""What an action changed, and the sentence that says it. Every sentence of a Change is made here."""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from ..models.mark import PersonWord, format_expiry
from ..models.verdict import Category, Cause, Level, Verdict
from ..models.view import Change, HideCause, PostKey, Why, hide_cause
from ..phrases.verdicts import reason_text
from .loaded import LoadedPosts

_STEP = 20
"""Posts that are judged in one step: a third of a frame."""

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


def compare(loaded: LoadedPosts, level: Level, before: Set[PostKey], key: PostKey | None, sentence: str) -> Change:
    """A Change from the posts a level showed before and shows now; `key` itself is not counted among the others."""
    after = loaded.shown(level)
    return _change(loaded, key, before - after - {key}, after - before - {key}, sentence)


def _change(
    loaded: LoadedPosts, key: PostKey | None, hid: Iterable[PostKey], showed: Iterable[PostKey], sentence: str = ""
) -> Change:
    hid, showed = tuple(hid), tuple(showed)
    authors = {
        (context.post.account, context.post.author.id)
        for each in (*hid, *showed)
        if (context := loaded.context(each)) is not None
    }
    return Change(sentence, key, hid, showed, len(authors))


def judge_in_steps(loaded: LoadedPosts, level: Level, first: Collection[PostKey]) -> Iterator[Change | None]:
    """Judge all loaded posts again, a few at a time.

    The first step judges `first` alone and yields what that changed at a level; the last yields all that changed. The
    steps between yield None.
    """
    hid: list[PostKey] = []
    showed: list[PostKey] = []
    all_keys = loaded.keys()
    keys = [key for key in all_keys if key in first]
    ends = [len(keys), *range(len(keys) + _STEP, len(all_keys), _STEP), len(all_keys)]
    keys += [key for key in all_keys if key not in first]
    for start, end in pairwise([0, *ends]):
        # Posts may be evicted between two steps; posts that arrive are judged with the new weights already.
        step = [key for key in keys[start:end] if loaded.get(key) is not None]
        before = [_shown(loaded, key, level) for key in step]
        loaded.judge_again(step)
        for key, was in zip(step, before, strict=True):
            if _shown(loaded, key, level) != was:
                (hid if was else showed).append(key)
        yield _change(loaded, None, hid, showed) if start == 0 or end == len(all_keys) else None


def _shown(loaded: LoadedPosts, key: PostKey, level: Level) -> bool:
    judged = loaded.get(key)
    return judged is not None and judged.verdict.shown_at(level)


def counted(change: Change) -> Change:
    """The same, its sentence followed by how many posts went and how many came back."""
    parts = [change.sentence]
    if change.hid:
        parts.append(f"{len(change.hid)} more hidden")
    if change.showed:
        parts.append(f"{len(change.showed)} more back")
    return replace(change, sentence=" · ".join(parts))


def others(change: Change) -> str:
    """ "hid 14 more like this, from 6 accounts", or "" where nothing else changed."""
    parts = []
    if change.hid:
        parts.append(f"hid {len(change.hid)} more like this")
    if change.showed:
        parts.append(f"brought back {len(change.showed)}")
    if not parts:
        return ""
    return f"{' and '.join(parts)}, from {change.accounts} account{'s' if change.accounts != 1 else ''}"


def with_others(change: Change) -> Change:
    """The same, its sentence followed by what else changed."""
    also = others(change)
    return replace(change, sentence=f"{change.sentence} · {also}") if also else change


def unchanged(sentence: str, key: PostKey | None = None) -> Change:
    """Nothing had to be changed, and why."""
    return Change(sentence, key)


def undone(change: Change) -> Change:
    """The change that a revert made, said as such."""
    return replace(change, sentence=f"undone: {change.sentence}", undone=True)


def learned_sentence(change: Change) -> str:
    """What a new model changed."""
    return others(change) or "learned"


def person_mark_sentence(name: str, word: PersonWord | None) -> str:
    """What the user's word on a person means from now on."""
    if word == "vouched":
        return f"{name} is always shown from now on"
    if word == "not_known":
        return f"{name} no longer counts as somebody you know"
    return f"{name} is judged like everybody else again"


def mute_sentence(name: str, end: datetime | None, now: datetime, *, was_muted: bool) -> str:
    """Until when a person is muted; `end` None is no mute."""
    if end is not None:
        return f"{name} is muted {format_expiry(end, now)}"
    return f"{name} is no longer muted" if was_muted else f"{name} was not muted"


def read_change(count: int) -> Change:
    """Posts were read."""
    words = "one post is" if count == 1 else f"{count} posts are"
    return Change(f"{words} read", kind="read", count=count)


def unread_change(count: int) -> Change:
    """Posts are unread again."""
    return Change(f"{count} unread again", kind="read", count=count)


def mark_sentence(category: Category, verdict: Verdict, level: Level) -> str:
    """What a mark did to its own post."""
    if verdict.shown_at(level):
        return (
            f"marked {category}: it stays"
            if category == "person"
            else f"marked {category}: level {level.name} shows it"
        )
    return f"marked {category}: hidden"


def missing_sentence(count: int) -> str:
    """How many more marks on a known person's posts let the filter hide their other posts."""
    if count == 1:
        return "1 more mark on their posts lets the filter hide others like it"
    return f"{count} more marks on their posts let the filter hide others like it"


def headline(verdict: Verdict, level: Level) -> str:
    """Whether the post is shown at a level, and as what, in one line."""
    if verdict.shown_at(level):
        return f"Shown at level {level.name}"
    words = _CAUSE_WORDS.get(verdict.cause) or _HIDDEN_WORDS[hide_cause(verdict)]
    return f"Hidden at level {level.name}: {words}"


def describe_verdict(verdict: Verdict, level: Level, tie: str, booster_tie: str) -> Why:
    """A verdict in words."""
    return Why(
        headline=headline(verdict, level),
        lines=tuple((reason_text(reason), reason.weight) for reason in verdict.reasons),
        scores=verdict.scores,
        tie=tie,
        booster_tie=booster_tie,
        levels={each: verdict.shown_at(each) for each in Level},
    )
