"""Stores data from outside: posts, people, relationships, filters and receipts, with one function for each.

No other module of the session stores data from servers or imported files. Every function raises StoreError.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..models.action import Receipt
from ..models.pages import InteractionPage, Page, Recheck, Restrictions
from ..models.person import KnownFollowers, Person
from ..models.post import Post
from ..models.server_filter import ServerFilter, changed_titles
from ..models.subscription import Subscription
from ..models.tie import NO_TIE, Interaction, Relationship, Tie
from ..models.view import Gap, GapKind, PostKey
from ..sources.registry import SUBSCRIBED
from ..store.archive import Archive
from ..store.changes import StoredPage
from ..store.outbox import Entry
from ..store.server_filters import read_filters, save_filters

if TYPE_CHECKING:
    from ..models.imported import ImportedPerson

_REJUDGED_OF_AN_AUTHOR = 20


def store_page(
    archive: Archive, account: str, page: Page, now: datetime, *, below: Gap | None, filled: Gap | None
) -> StoredPage:
    """Store a timeline page with the gap below it, and remove the gap that it filled. Raises StoreError."""
    return archive.posts.save_page(account, page.posts, now, below=below, filled=filled, served_at=page.served_at)


def store_recheck(
    archive: Archive, account: str, requested: Sequence[Post], response: Recheck, now: datetime
) -> tuple[list[PostKey], list[PostKey]]:
    """Store the result of a recheck. Returns the changed and the removed posts."""
    changed = archive.posts.update(account, response.posts, now)
    removed, marked = archive.rechecks.remove(account, response.deleted, now)
    left = set(response.left)
    archive.rechecks.checked(account, [post.id for post in requested if post.id not in left], now)
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
    known = archive.people.get((account, post.author.id))
    if known is not None:
        post = replace(post, author=known)
    return archive.posts.save(account, [post], now)


def store_deleted(
    archive: Archive, account: str, ids: Sequence[str], now: datetime
) -> tuple[list[PostKey], list[PostKey]]:
    """Store that posts are gone from the server. Returns those that were removed, and the marked ones, which stay."""
    return archive.rechecks.remove(account, ids, now)


def set_gap_kind(archive: Archive, gap: Gap, kind: GapKind) -> None:
    """Store that a server cannot fill a gap."""
    archive.posts.set_gap_kind(gap, kind)


def store_profiles(
    archive: Archive, account: str, asked: Sequence[str], people: Iterable[Person], now: datetime
) -> None:
    """Store requested profiles, and when all the `asked` ids were requested."""
    archive.people.save_profiles(account, asked, people, now)


def store_known_followers(
    archive: Archive, account: str, found: Mapping[str, KnownFollowers], now: datetime
) -> list[PostKey]:
    """Store the known followers of people. Returns the posts of people who have some."""
    people = archive.people.find(account, list(found))
    archive.people.save(
        account, [replace(each, known_followers=replace(found[key], read_at=now)) for key, each in people.items()]
    )
    followed = [key for key in people if found[key].count]
    return [place[1:] for key in followed for place, _ in archive.posts.by_author(account, key, _REJUDGED_OF_AN_AUTHOR)]


def store_people_found(archive: Archive, account: str, people: Iterable[Person]) -> None:
    """Store people that were looked up, without a post of theirs. Raises StoreError."""
    archive.people.save(account, people)


def store_relationships(archive: Archive, account: str, answered: Sequence[Relationship], now: datetime) -> None:
    """Store requested relationships."""
    archive.ties.save_relationships(account, answered, now)


def store_received_relationships(
    archive: Archive, account: str, received: Iterable[Relationship], now: datetime
) -> list[str]:
    """Store relationships that came with posts, some incomplete. Returns the ids of people with complete ones."""
    received = list(received)
    complete = [each for each in received if each.is_complete]
    archive.ties.save_relationships(account, complete, now)
    archive.relationships.save_partial(account, [each for each in received if not each.is_complete])
    return [each.person_id for each in complete]


def store_interactions(archive: Archive, account: str, interactions: Sequence[Interaction], stream: str) -> None:
    """Store interactions that were part of posts. They do not complete a stream."""
    archive.ties.save_interactions(account, interactions, stream, None)


def store_blog_ties(archive: Archive, account: str, interactions: Sequence[Interaction]) -> None:
    """Store the interactions between blogs, and the people in them that are not stored yet."""
    if not interactions:
        return
    people = {each.person.id: each.person for each in interactions}
    known = archive.people.find(account, list(people))
    archive.people.save(account, [person for key, person in people.items() if key not in known])
    archive.ties.save_interactions(account, interactions, SUBSCRIBED.name, None)


def store_feed_state(archive: Archive, account: str, feed: Subscription) -> bool:
    """Store what a response contained about a feed: title, validators (ETag, Last-Modified), the next request.

    Returns False, and stores nothing, if the user unsubscribed meanwhile.
    """
    return archive.subscriptions.update(account, feed)


def store_interaction_page(archive: Archive, account: str, page: InteractionPage) -> list[Interaction]:
    """Store a page of interactions with its people, and how far its stream was read. Returns the new ones."""
    archive.people.save(account, (*page.people, *(each.person for each in page.interactions)))
    return archive.ties.save_interactions(account, page.interactions, page.stream, page.since, page.counts)


def store_restrictions(archive: Archive, account: str, found: Restrictions) -> list[str]:
    """Store the user's blocks and mutes. Returns the ids of people whose relationship must be requested again."""
    return archive.relationships.save_restrictions(account, found)


def store_filters(archive: Archive, account: str, filters: tuple[ServerFilter, ...]) -> None:
    """Store the user's filters on the server. Stored results of changed filters are cleared."""
    before = read_filters(archive, account)
    if before == filters:
        return
    if changed := changed_titles(before or (), filters):
        archive.posts.forget_filters(account, changed)
    save_filters(archive, account, filters)


def store_receipt(
    archive: Archive, entry: Entry, receipt: Receipt, now: datetime, interaction_id: str = "", reason: str = ""
) -> None:
    """Store the server's receipt of an action. `interaction_id` and `reason`: see Outbox.done."""
    archive.outbox.done(entry, receipt, now, interaction_id, reason)


def _was_edited(before: Post, now: Post) -> bool:
    return now.edited_at is not None and (before.edited_at is None or now.edited_at > before.edited_at)


def store_imported(archive: Archive, account: str, posts: Sequence[Post], now: datetime) -> None:
    """Store imported posts in the timeline of an account. Raises StoreError."""
    archive.posts.save(account, posts, now)


def store_imported_tie(archive: Archive, account: str, person_id: str, handle: str, tie: Tie) -> None:
    """Store an imported tie."""
    archive.ties.save_imported(account, person_id, handle, tie)


def store_file_people(
    archive: Archive, account: str, network: str, source: str, people: "Sequence[ImportedPerson]"
) -> None:
    """Store the people of an imported file with their ties; those without a handle have only a tie."""
    if account:
        known = archive.people.find(account, [each.id for each in people if each.id])
        archive.people.save(
            account,
            [
                Person(each.id, each.handle, each.name, network=network, url=each.url)
                for each in people
                # Data from a server is newer than an old file.
                if each.id and each.handle and (each.id not in known or known[each.id].followers is None)
            ],
        )
    ties = [(each.id, "" if each.id else each.handle, each.tie) for each in people if each.tie != NO_TIE]
    archive.ties.save_from_file(source, account, ties)


def store_contact_ties(archive: Archive, source: str, handles: Iterable[str]) -> None:
    """Store that these handles are in the user's address book."""
    archive.ties.save_from_file(source, "", [("", handle, Tie(contact=True)) for handle in handles])
