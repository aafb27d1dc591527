"""Computes which posts an action has hidden or shown at the current level."""

from collections.abc import Collection, Iterable, Iterator, Set
from itertools import pairwise

from ..models.verdict import Level
from ..models.view import Change, ChangeKind, PostKey
from .loaded import LoadedPosts

_STEP = 20
"""The number of posts judged per step; a step takes a third of a frame."""


def compare(loaded: LoadedPosts, level: Level, before: Set[PostKey], kind: ChangeKind, key: PostKey | None) -> Change:
    """Compare the shown posts before and after a change. `key`, the changed post, is not counted."""
    after = loaded.shown(level)
    return _change(loaded, kind, key, before - after - {key}, after - before - {key})


def _change(
    loaded: LoadedPosts, kind: ChangeKind, key: PostKey | None, hid: Iterable[PostKey], showed: Iterable[PostKey]
) -> Change:
    hid, showed = tuple(hid), tuple(showed)
    authors = {context.post.author_key for each in (*hid, *showed) if (context := loaded.context(each)) is not None}
    return Change(kind, key, hid, showed, len(authors))


def judge_in_steps(loaded: LoadedPosts, level: Level, first: Collection[PostKey]) -> Iterator[Change | None]:
    """Judge all loaded posts again, a few at a time.

    The first step judges `first` alone and yields the change it caused at a level; the last yields the whole change.
    The steps in between yield None.
    """
    hid: list[PostKey] = []
    showed: list[PostKey] = []
    all_keys = loaded.keys()
    keys = [key for key in all_keys if key in first]
    ends = [len(keys), *range(len(keys) + _STEP, len(all_keys), _STEP), len(all_keys)]
    keys += [key for key in all_keys if key not in first]
    for start, end in pairwise([0, *ends]):
        # Posts may be evicted between steps. New posts already use the new weights.
        step = [key for key in keys[start:end] if loaded.get(key) is not None]
        before = [_shown(loaded, key, level) for key in step]
        loaded.judge_again(step)
        for key, was_shown in zip(step, before, strict=True):
            if _shown(loaded, key, level) == was_shown:
                continue
            if was_shown:
                hid.append(key)
            else:
                showed.append(key)
        if start == 0 or end == len(all_keys):
            yield _change(loaded, "learned", None, hid, showed)
        else:
            yield None


def _shown(loaded: LoadedPosts, key: PostKey, level: Level) -> bool:
    judged = loaded.get(key)
    return judged is not None and judged.verdict.shown_at(level)
