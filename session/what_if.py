"""Previews which posts another level, or another certainty, would show and hide."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

from ..models.joined import PersonKey
from ..models.post import Post
from ..models.review import CertaintyPreview, LevelPreview
from ..models.verdict import Level
from ..models.view import JudgedPost
from .timeline import TimelineService

_TOP = 3
_CERTAINTIES = (70, 80, 90, 95, 99)
_Top = tuple[tuple[tuple[str, ...], int], ...]
_HandlesOf = Callable[[PersonKey], Collection[PersonKey]]


def preview_levels(timeline: Sequence[JudgedPost], level: Level, handles_of: _HandlesOf) -> tuple[LevelPreview, ...]:
    """Compare every other level with the current one. The linked handles of a person count as one author."""
    return tuple(_preview(timeline, level, other, handles_of) for other in Level if other != level)


def preview_certainties(timeline: TimelineService, handles_of: _HandlesOf) -> tuple[CertaintyPreview, ...]:
    """Compare other certainties of a guess with the current one, at the current level."""
    others = (percent for percent in _CERTAINTIES if percent != timeline.certainty)
    return tuple(_preview_certainty(timeline, percent, handles_of) for percent in others)


def _preview(timeline: Sequence[JudgedPost], level: Level, other: Level, handles_of: _HandlesOf) -> LevelPreview:
    moved = (judged.post for judged in timeline if judged.verdict.shown_at(level) != judged.verdict.shown_at(other))
    total, authors, top = _count(moved, handles_of)
    if other < level:
        return LevelPreview(other, total, 0, authors, top)
    return LevelPreview(other, 0, total, authors, top)


def _preview_certainty(timeline: TimelineService, percent: int, handles_of: _HandlesOf) -> CertaintyPreview:
    shown, level = timeline.shown(), timeline.level
    judged = timeline.at_certainty(percent)
    moved = (each.post for each in judged if each.verdict.shown_at(level) != (each.key in shown))
    total, authors, top = _count(moved, handles_of)
    if percent > timeline.certainty:
        return CertaintyPreview(percent, total, 0, authors, top)
    return CertaintyPreview(percent, 0, total, authors, top)


def _count(moved: Iterable[Post], handles_of: _HandlesOf) -> tuple[int, int, _Top]:
    """The number of posts and of their authors, and the authors with the most of them."""
    posts: Counter[PersonKey] = Counter()
    names: dict[PersonKey, dict[str, None]] = {}
    for post in moved:
        handles = handles_of((post.account, post.author.id))
        # Several accounts of the user may see the same handle; it counts as one author.
        who: PersonKey = ("", post.author.handle)
        if len(handles) > 1:
            who = min(handles)
        posts[who] += 1
        names.setdefault(who, {})[post.author.handle] = None
    ordered = sorted(posts.items(), key=lambda item: (-item[1], list(names[item[0]])))
    return posts.total(), len(posts), tuple((tuple(names[who]), count) for who, count in ordered[:_TOP])
