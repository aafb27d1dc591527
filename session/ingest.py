"""How posts enter the store. Pages of a timeline, posts beside it and imported posts each have one function here."""

from collections.abc import Sequence
from datetime import datetime

from ..models.post import Post
from ..models.view import Gap, PostKey
from ..store.archive import Archive


def store_page(
    archive: Archive, account: str, posts: Sequence[Post], now: datetime, *, below: Gap | None, filled: Gap | None
) -> tuple[list[PostKey], Gap | None]:
    """Store a page of a timeline together with the gap below it, in place of the gap it filled.

    Returns the keys of the posts that are new, and the gap as it was stored. Raises StoreError.
    """
    return archive.posts.keep_page(account, posts, now, below=below, filled=filled)


def store_detached(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> None:
    """Store posts of a feed or a conversation: they can be marked, and are in no timeline. Raises StoreError."""
    known = archive.posts.known(account, [post.id for post in posts])
    archive.posts.save_detached(account, [post for post in posts if post.id not in known], now)


def store_imported(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> None:
    """Store posts of an import, as posts of the timeline of that account. Raises StoreError."""
    archive.posts.keep(account, posts, now)
