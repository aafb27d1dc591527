"""Selects posts of known people as additional training examples for the category person."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ..filters.examples import choose_examples
from ..filters.score import Scorer
from ..filters.ties import name
from ..models.context import PostContext
from ..models.mark import Mark
from ..models.tie import Tie
from ..store.archive import Archive
from ..store.own_posts import StoredPost
from .links import PersonLinks

NEWEST_POSTS = 1_000
"""The number of newest stored posts to search for posts of known people."""

Examples = Callable[[Sequence[Mark]], list[PostContext]]
"""Returns the examples for a training with these marks. Thread-safe."""


def examples_from(archive: Archive, links: PersonLinks, now: datetime, base_scorer: Scorer) -> Examples:
    """Examples from stored posts. Raises StoreError.

    This call reads the database, so it runs in the thread that opened it. The returned function may run in any thread.
    """
    posts = archive.own_posts(NEWEST_POSTS)
    ties = _ties(links, posts)
    known = [post for post in posts if is_known(ties.get((post.account, post.author)), now)]

    def examples(marks: Sequence[Mark]) -> list[PostContext]:
        loaded = [post for stored in known if (post := stored.load()) is not None]
        return choose_examples(loaded, marks, base_scorer, now)

    return examples


def is_known(tie: Tie | None, now: datetime) -> bool:
    """Whether the posts of a person are examples: known or close, and not muted."""
    return tie is not None and tie.muted is None and name(tie, now) in ("known", "close")


def _ties(links: PersonLinks, posts: Sequence[StoredPost]) -> dict[tuple[str, str], Tie]:
    people: dict[str, dict[str, str]] = {}
    for post in posts:
        if post.author:
            people.setdefault(post.account, {})[post.author] = post.handle
    return {
        (account, person_id): tie
        for account, handles in people.items()
        for person_id, tie in links.ties(account, handles).items()
    }
