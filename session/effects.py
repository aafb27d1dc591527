"""What an action changed, in the words that the screen says."""

from collections.abc import Set
from dataclasses import replace

from ..models.verdict import Category, Level, Verdict
from ..models.view import Effect, HiddenAs, PostKey, Why, hidden_as
from .timeline import Timeline

_HIDDEN_WORDS: dict[HiddenAs, str] = {
    "celebrity": "celebrity",
    "sales": "sales",
    "spam": "spam",
    "stranger": "a stranger",
    "filtered": "your server's own filter",
    "muted": "muted by you",
}


def compare(timeline: Timeline, level: Level, before: Set[PostKey], key: PostKey | None, sentence: str) -> Effect:
    """An Effect from the posts a level showed before and shows now; `key` itself is not counted among the others."""
    after = timeline.shown(level)
    hid = tuple(before - after - {key})
    showed = tuple(after - before - {key})
    authors = {
        (case.post.account, case.post.author.id)
        for each in (*hid, *showed)
        if (case := timeline.case(each)) is not None
    }
    return Effect(sentence, key, hid, showed, len(authors))


def counted(effect: Effect) -> Effect:
    """The same, its sentence followed by how many posts went and how many came back."""
    parts = [effect.sentence]
    if effect.hid:
        parts.append(f"{len(effect.hid)} more hidden")
    if effect.showed:
        parts.append(f"{len(effect.showed)} more back")
    return replace(effect, sentence=" · ".join(parts))


def others(effect: Effect) -> str:
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
    labelled = verdict.reasons and verdict.reasons[0].kind == "label"
    return f"Hidden at level {level.name}: {'a label' if labelled else _HIDDEN_WORDS[hidden_as(verdict)]}"


def why(verdict: Verdict, level: Level, tie: str, booster_tie: str) -> Why:
    """A verdict in words."""
    return Why(
        headline=headline(verdict, level),
        lines=tuple((reason.text, reason.weight) for reason in verdict.reasons),
        scores=verdict.scores,
        tie=tie,
        booster_tie=booster_tie,
        levels={each: verdict.shown_at(each) for each in Level},
    )
