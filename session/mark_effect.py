"""Predicts what marks on an author do to the author's other posts."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ..filters.judge import judge
from ..models.context import PostContext
from ..models.joined import PersonKey
from ..models.mark import UserMarks
from ..models.verdict import Category, Level
from ..models.view import PostKey
from .loaded import LoadedPosts

_MOST_POSTS = 20
"""How many of the newest posts of an author are judged. Each predicted mark takes a millisecond."""
_MOST_MARKS = 4
_DECIDED = 0.66
"""The minimum share of hidden (or shown) posts for the message "from now on"."""
_PREDICTED = 0.8
"""The minimum share for a prediction. It is higher, because the posts that are marked next no longer count."""


class AuthorEffect(msgspec.Struct, frozen=True):
    """The effect of a mark on the other posts of its author at the current level.

    `decided` is the number of posts that are hidden now (after a mark as noise) or shown (after a mark as person); 0 if
    too few are. In that case, `marks_more` further marks of this kind would hide (or show) `left` posts; 0 if it takes
    too many.
    """

    decided: int = 0
    marks_more: int = 0
    left: int = 0


NO_EFFECT = AuthorEffect()


def effect_on_author(
    loaded: LoadedPosts, authors: Sequence[PersonKey], marked: PostKey, category: Category, level: Level, now: datetime
) -> AuthorEffect:
    """Predict the effect after `marked` was marked. `authors` are all handles of its author."""
    keys = [key for author in authors for key in loaded.by_author(author)]
    contexts = [
        context
        for key in dict.fromkeys(keys)
        if key != marked and key not in loaded.judge.marks.posts and (context := loaded.context(key)) is not None
    ]
    if not contexts or level == Level.everything:
        return NO_EFFECT
    as_wanted = category == "person"
    shown = [judged.verdict.shown_at(level) for each in contexts if (judged := loaded.get(each.post.key)) is not None]
    decided = shown.count(as_wanted)
    if decided >= _DECIDED * len(contexts):
        return AuthorEffect(decided)
    newest = contexts[-_MOST_POSTS:]
    for more in range(1, _MOST_MARKS + 1):
        marks = _with_more(loaded.judge.marks, authors, category, more)
        count = _count(newest, loaded, marks, level, now, as_wanted)
        if count >= _PREDICTED * len(newest):
            return AuthorEffect(0, more, len(contexts) - decided)
    return NO_EFFECT


def _with_more(marks: UserMarks, authors: Sequence[PersonKey], category: Category, more: int) -> UserMarks:
    counts = dict(marks.authors)
    for author in authors:
        known = counts.get(author, {})
        counts[author] = {**known, category: known.get(category, 0) + more}
    return UserMarks(marks.posts, counts, marks.boosted)


def _count(
    contexts: Sequence[PostContext], loaded: LoadedPosts, marks: UserMarks, level: Level, now: datetime, shown: bool
) -> int:
    verdicts = (judge(context, loaded.judge.scorer, marks=marks, now=now) for context in contexts)
    return sum(verdict.shown_at(level) == shown for verdict in verdicts)
