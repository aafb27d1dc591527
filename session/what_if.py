"""Previews which posts another level would show and hide."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from ..models.joined import PersonKey
from ..models.review import LevelPreview
from ..models.verdict import Level
from ..models.view import JudgedPost

_TOP = 3


def preview_levels(
    timeline: Sequence[JudgedPost], level: Level, handles_of: Callable[[PersonKey], Collection[PersonKey]]
) -> tuple[LevelPreview, ...]:
    """Compare every other level with the current one. The linked handles of a person count as one author."""
    return tuple(_preview(timeline, level, other, handles_of) for other in Level if other != level)


def _preview(
    timeline: Sequence[JudgedPost],
    level: Level,
    other: Level,
    handles_of: Callable[[PersonKey], Collection[PersonKey]],
) -> LevelPreview:
    moved: Counter[PersonKey] = Counter()
    names: dict[PersonKey, dict[str, None]] = {}
    for judged in timeline:
        if judged.verdict.shown_at(level) == judged.verdict.shown_at(other):
            continue
        author = judged.post.author
        handles = handles_of((judged.post.account, author.id))
        # Several accounts of the user may see the same handle; it counts as one author.
        who: PersonKey = ("", author.handle)
        if len(handles) > 1:
            who = min(handles)
        moved[who] += 1
        names.setdefault(who, {})[author.handle] = None
    ordered = sorted(moved.items(), key=lambda item: (-item[1], list(names[item[0]])))
    top = tuple((tuple(names[who]), count) for who, count in ordered[:_TOP])
    total = moved.total()
    if other < level:
        return LevelPreview(other, total, 0, len(moved), top)
    return LevelPreview(other, 0, total, len(moved), top)
