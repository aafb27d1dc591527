"""How posts and people enter the store: one function per origin. Nothing else in the session stores them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from ..models.person import Person
from ..models.post import Post
from ..models.source import Page, Recheck
from ..models.view import Gap, PostKey
from ..store.archive import Archive
from ..store.changes import KeptPage


def store_page(
    archive: Archive, account: str, page: Page, now: datetime, *, below: Gap | None, filled: Gap | None
) -> KeptPage:
    """Store a timeline page with the gap below it, and remove the gap that it filled. Raises StoreError."""
    return archive.posts.keep_page(account, page.posts, now, below=below, filled=filled, served_at=page.served_at)


def store_recheck(
    archive: Archive, account: str, requested: Sequence[Post], response: Recheck, now: datetime
) -> tuple[list[PostKey], list[PostKey]]:
    """Store the result of a recheck. Returns the changed and the removed posts."""
    changed = archive.posts.update(account, response.posts, now)
    removed, marked = archive.rechecks.remove(account, response.deleted, now)
    archive.rechecks.checked(account, [post.id for post in requested], now)
    return [*changed, *marked], removed


def remove_unmarked(archive: Archive, account: str) -> list[PostKey]:
    """Remove deleted posts whose mark was removed; returns their keys."""
    return archive.rechecks.remove_unmarked(account)


def store_detached(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> list[PostKey]:
    """Store posts of a feed or a conversation: they can be marked but are in no timeline. Raises StoreError.

    Timeline posts among them are updated if they were edited; returns the keys of these.
    """
    known = archive.posts.known(account, [post.id for post in posts])
    archive.posts.save_detached(account, [post for post in posts if post.id not in known], now)
    before = {post.id: post for _, post in archive.posts.get([(account, post_id) for post_id in known])}
    edited = [
        # Some servers report matching filters only in the home timeline.
        replace(post, server_filters=old.server_filters, server_hides=old.server_hides)
        for post in posts
        if (old := before.get(post.id)) is not None and _was_edited(old, post)
    ]
    if edited:
        return archive.posts.update(account, edited, now)
    return []


def store_feed_page(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> None:
    """Store a page of a feed. Its posts can be marked and searched but are in no timeline. Raises StoreError."""
    archive.posts.save_detached(account, posts, now)


def store_own(archive: Archive, account: str, post: Post, now: datetime) -> list[PostKey]:
    """Store a post that the user has just sent or edited; returns its key if it is new. Raises StoreError."""
    known = archive.posts.person((account, post.author.id))
    if known is not None:
        post = replace(post, author=known)
    return archive.posts.keep(account, [post], now)


def store_people(archive: Archive, account: str, people: Iterable[Person]) -> None:
    """Store people seen without a post, in an interaction. Raises StoreError."""
    archive.posts.keep_people(account, people)


def _was_edited(before: Post, now: Post) -> bool:
    return now.edited_at is not None and (before.edited_at is None or now.edited_at > before.edited_at)


def store_imported(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> None:
    """Store imported posts in the timeline of an account. Raises StoreError."""
    archive.posts.keep(account, posts, now)
