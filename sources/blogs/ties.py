"""The evidence of ties on blogs: comments in both directions, links between two blogs, and blogrolls.

Anybody can enter any page with a comment. So only comments on the user's own blog count, which the user approved, as
contact by others. Contact by the user comes only from the user's own feed: a comment on another blog that gives the
user's blog as its page may be by anybody, including the owner of that blog.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ...models.person import Person
from ...models.post import Post
from ...models.subscription import FoundFeed, Subscription
from ...models.tie import Direction, Interaction, InteractionKind
from .comments import dated
from .handles import handle_of
from .parsed import ParsedEntry
from .posts import NETWORK

_LINKED = frozenset({"pingback", "trackback", "webmention"})
"""The types of comments that a server created from links."""


def blog_at(page: str, subscriptions: Iterable[Subscription]) -> Subscription | None:
    """The subscribed blog at an address: its page, a page on its own host, or a profile that it names."""
    handle = handle_of(page)
    host = handle.partition("/")[0]
    if not handle:
        return None
    for each in subscriptions:
        site = each.page or each.address
        names = {each.id, handle_of(site), *(handle_of(link) for link in each.links)}
        # On a shared host, such as medium.com, each author has a folder.
        if handle in names or host == handle_of(site):
            return each
    return None


def comment_interactions(
    entries: Iterable[ParsedEntry], blog: Subscription, subscriptions: Sequence[Subscription], now: datetime
) -> list[Interaction]:
    """The comments of others on the user's own blog; none for other blogs."""
    if not blog.mine:
        return []
    found = []
    for entry in (dated(each, now) for each in entries):
        if not entry.author_page or entry.published is None:
            continue
        writer = blog_at(entry.author_page, subscriptions)
        number = f"comment:{blog.id}:{entry.id}"
        if writer is not None and writer.mine:
            continue
        person = _person(writer) if writer else _stranger(entry)
        kind: InteractionKind = "mention" if _LINKED & {*entry.tags} else "reply"
        found.append(Interaction(number, person, kind, "to_you", entry.published))
    return [each for each in found if each.person.id]


def link_interactions(
    posts: Iterable[Post], blog: Subscription, subscriptions: Sequence[Subscription], now: datetime
) -> list[Interaction]:
    """The links of a blog's posts: of the user's own to others, and of others to the user's own."""
    found: dict[str, Interaction] = {}
    wanted = [each for each in subscriptions if each.mine != blog.mine]
    if not wanted:
        return []
    direction: Direction = "from_you" if blog.mine else "to_you"
    for post in posts:
        for link in post.links or ():
            other = blog_at(link, wanted)
            if other is not None and post.author.id == blog.id:
                person = _person(other) if blog.mine else _person(blog)
                number = f"link:{post.id}:{other.id}"
                at = min(post.created_at or now, now)
                found.setdefault(number, Interaction(number, person, "mention", direction, at))
    return list(found.values())


def lists_own_blog(recommended: Iterable[FoundFeed], own: Sequence[Subscription]) -> bool:
    """Whether one of the recommended blogs is the user's own."""
    addresses = {each.address for each in own}
    return any(each.address in addresses or blog_at(each.page, own) for each in recommended)


def _person(blog: Subscription) -> Person:
    return Person(blog.id, blog.id, blog.title, network=NETWORK, url=blog.page)


def _stranger(entry: ParsedEntry) -> Person:
    """Somebody whose blog the user does not read. A later subscription to it has the same id."""
    handle = handle_of(entry.author_page)
    return Person(handle, handle, entry.author or handle, network=NETWORK, url=entry.author_page)
