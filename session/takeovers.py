"""Ends the mutes of accounts that may have been taken over, once they post as usual again."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from ..filters.base_model import base_model
from ..filters.habits import KEPT, habits
from ..filters.judge import judge
from ..filters.score import Scorer
from ..filters.takeover import CALM, is_over
from ..models.context import PostContext
from ..models.mark import Mute
from ..models.post import Post
from ..models.tie import UNTIL_OVER, Tie
from ..models.verdict import is_unlike
from ..store.archive import Archive
from ..store.changes import SortKey


def ended_mutes(archive: Archive, scorer: Scorer, now: datetime) -> list[Mute]:
    """The mutes "until over" that end now, because the accounts post as usual again."""
    return [mute for mute in archive.mutes.all() if mute.until == UNTIL_OVER and _has_ended(archive, scorer, mute, now)]


_MOST_SINCE = 500
"""The maximum number of posts to read from the days without a suspicious post."""


def _has_ended(archive: Archive, scorer: Scorer, mute: Mute, now: datetime) -> bool:
    """Whether an account posts as before its mute, however many posts it has made since."""
    person = mute.account, mute.person_id
    before = _own(archive.posts.by_author(*person, KEPT, before=mute.at))
    newest = _own(archive.posts.by_author(*person, KEPT))
    calm = _own(archive.posts.by_author(*person, _MOST_SINCE, since=now - CALM))
    posts = list({post.id: post for post in (*before, *newest, *calm)}.values())
    suspicious: set[str] = set()
    for known in (before, newest):
        theirs = habits(known, Scorer(base_model(), scorer))
        # Only known people's posts are checked for takeovers, so the muted person was known.
        contexts = [PostContext(post, Tie(vouched=True), habits=theirs) for post in posts]
        suspicious |= {each.post.id for each in contexts if is_unlike(judge(each, scorer, now=now))}
    return is_over(posts, suspicious, mute.at, now)


def _own(stored: Sequence[tuple[SortKey, Post]]) -> list[Post]:
    return [post for _, post in stored if post.booster is None]


def renewed(mute: Mute, now: datetime) -> Mute:
    """The mute to restore when its end is undone. It counts from now."""
    return replace(mute, at=now)
