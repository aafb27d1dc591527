"""Selects unmarked posts for a training: posts by known people as examples of `person`, and posts of strangers."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from ..filters.examples import Unmarked, choose_examples, choose_strangers
from ..filters.score import Scorer
from ..filters.ties import name
from ..models.context import PostContext
from ..models.mark import Mark
from ..models.post import Post
from ..models.tie import Tie
from ..store.archive import Archive
from ..store.chosen_posts import StoredPost
from .links import PersonLinks

NEWEST_POSTS = 1_000
"""How many of the newest stored posts are searched for posts by people the user knows or follows."""

Examples = Callable[[Sequence[Mark]], Unmarked]
"""Returns the unmarked posts for a training with these marks. Thread-safe."""


def examples_from(archive: Archive, links: PersonLinks, now: datetime, base_scorer: Scorer) -> Examples:
    """Examples and posts of followed strangers, from stored posts. Raises StoreError.

    This call reads the database, so it runs in the thread that opened it. The returned function may run in any thread.
    """
    posts = archive.posts_by_chosen(NEWEST_POSTS, links.subscribed)
    ties = _ties(links, posts)
    known: list[StoredPost] = []
    others: list[StoredPost] = []
    strangers: list[tuple[StoredPost, Tie]] = []
    for post in posts:
        tie = ties.get((post.account, post.author))
        if tie is None or tie.muted is not None:
            continue
        if is_known(tie, now):
            known.append(post)
        elif tie.you_follow:
            others.append(post)
            if name(tie, now) == "stranger":
                strangers.append((post, tie))
    people = {
        account: archive.people.find(account, [each.author for each, _ in strangers if each.account == account])
        for account in {each.account for each, _ in strangers}
    }

    def examples(marks: Sequence[Mark]) -> Unmarked:
        theirs = []
        for stored, tie in strangers:
            post = stored.load()
            if post is not None:
                author = people[stored.account].get(stored.author, post.author)
                theirs.append(PostContext(replace(post, author=author), tie))
        return Unmarked(
            choose_examples(_loaded(known), marks, base_scorer, now, _loaded(others)),
            choose_strangers(theirs, marks, now),
        )

    return examples


def _loaded(stored: Sequence[StoredPost]) -> list[Post]:
    return [post for each in stored if (post := each.load()) is not None]


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
