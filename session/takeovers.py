"""Ends the mutes of accounts that may have been taken over, once they post as usual again."""

from datetime import datetime

from msgspec.structs import replace

from ..filters.base_model import base_model
from ..filters.habits import KEPT, habits
from ..filters.judge import judge
from ..filters.score import Scorer
from ..filters.takeover import is_over
from ..models.context import PostContext
from ..models.mark import Mute
from ..models.tie import UNTIL_OVER, Tie
from ..models.verdict import is_unlike
from ..store.archive import Archive


def ended_mutes(archive: Archive, scorer: Scorer, now: datetime) -> list[Mute]:
    """The mutes until a takeover is over that end now: the accounts post as usual again."""
    return [mute for mute in archive.mutes.all() if mute.until == UNTIL_OVER and _has_ended(archive, scorer, mute, now)]


def _has_ended(archive: Archive, scorer: Scorer, mute: Mute, now: datetime) -> bool:
    stored = archive.posts.by_author(mute.account, mute.person_id, KEPT)
    posts = [post for _, post in stored if post.booster is None]
    theirs = habits(posts, Scorer(base_model(), scorer))
    # Only known people's posts are compared with their others. Whom the user muted for it was known.
    contexts = [PostContext(post, Tie(vouched=True), habits=theirs) for post in posts]
    suspicious = {each.post.id for each in contexts if is_unlike(judge(each, scorer, now=now))}
    return is_over(posts, suspicious, mute.at, now)


def kept(mute: Mute, now: datetime) -> Mute:
    """The mute as it is set again when its end is undone: it counts from now on."""
    return replace(mute, at=now)
