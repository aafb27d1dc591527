"""Decides whether posts are missing between a page and the stored posts below it."""

from collections.abc import Set
from datetime import datetime

from ..models.pages import Page
from ..models.view import Gap, GapKind
from ..store.archive import Archive


def gap_below(
    archive: Archive,
    account: str,
    page: Page,
    seen: Set[str],
    *,
    older_at: datetime | None,
    above: datetime,
    filled: Gap | None,
) -> Gap | None:
    """The gap below a page; None at the end of the timeline, and if the page meets the stored posts.

    Pages overlap and contain posts twice, so one known post proves nothing: the oldest post of the page must be stored
    and no newer than the next stored post below the gap. If the server's timeline ends before it meets the stored
    posts, the server no longer has the posts in between.

    `seen` are the ids of posts that this sync stored. `older_at` is the time of the next stored post below, and `above`
    that of the page's upper end. `filled` is the gap that the page fills.
    """
    times = [(post.at, post.id) for post in page.posts if post.at is not None]
    lowest = above
    if times:
        lowest = min(min(times)[0], above)
    if page.cursor is None:
        if filled is None and not page.posts:
            # A home timeline is empty while the server rebuilds it.
            return None
        if (page.complete and older_at is None) or _meets(archive, account, page, seen, filled):
            return None
        kind: GapKind = "unreachable"
        if page.complete:
            kind = "forgotten"
        return Gap(0, account, "", lowest, older_at, kind)
    if times:
        at, post_id = min(times)
        if older_at is not None and at <= older_at and post_id in archive.posts.known(account, [post_id]):
            return None
    return Gap(0, account, page.cursor, lowest, older_at)


def _meets(archive: Archive, account: str, page: Page, seen: Set[str], filled: Gap | None) -> bool:
    """Whether the last page contains a post below its gap that was stored before this sync."""
    below = [post for post in page.posts if filled is None or (post.at is not None and post.at < filled.at)]
    known = archive.posts.known(account, [post.id for post in below])
    return not known <= seen
