"""How posts enter the store. Pages of a timeline, posts beside it and imported posts each have one function here."""

from collections.abc import Sequence
from datetime import datetime

from ..models.post import Post
from ..models.source import Page, Recheck
from ..models.view import Gap, PostKey
from ..store.archive import Archive
from ..store.changes import KeptPage


def store_page(
    archive: Archive, account: str, page: Page, now: datetime, *, below: Gap | None, filled: Gap | None
) -> KeptPage:
    """Store a page of a timeline together with the gap below it, in place of the gap it filled. Raises StoreError."""
    return archive.posts.keep_page(account, page.posts, now, below=below, filled=filled, served_at=page.served_at)


def store_recheck(
    archive: Archive, account: str, asked: Sequence[Post], answer: Recheck, now: datetime
) -> tuple[list[PostKey], list[PostKey]]:
    """Store what the server said of kept posts: those that read otherwise now, and those that were removed."""
    changed = archive.posts.update(account, answer.posts, now)
    removed, marked = archive.rechecks.remove(account, answer.deleted, now)
    archive.rechecks.checked(account, [post.id for post in asked], now)
    return [*changed, *marked], removed


def store_detached(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> None:
    """Store posts of a feed or a conversation: they can be marked, and are in no timeline. Raises StoreError."""
    known = archive.posts.known(account, [post.id for post in posts])
    archive.posts.save_detached(account, [post for post in posts if post.id not in known], now)


def store_imported(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> None:
    """Store posts of an import, as posts of the timeline of that account. Raises StoreError."""
    archive.posts.keep(account, posts, now)
