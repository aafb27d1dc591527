"""A Draft: an unsent post of the user, for one account or several."""

from datetime import datetime
from typing import Literal, get_args

import msgspec

from .post import Permission, Post

Visibility = Literal["public", "unlisted", "followers", "direct"]
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)
"""The widest audience first."""

QuotePolicy = Literal["", "public", "followers", "nobody"]
"""Who may quote a post; "" leaves it to the server's default."""

ThreadGate = Literal["", "mentioned", "followers", "following", "nobody"]
"""Who may reply to a post; "" is everybody."""


class Pointer(msgspec.Struct, frozen=True):
    """A post that a draft replies to, quotes or edits, identified as on its server.

    `account` is the key of the account that sees it. `post_id` is the id of the original, also where the timeline holds
    a boost of it (`item_id`).
    """

    account: str
    post_id: str
    item_id: str = ""
    cid: str = ""
    person_id: str = ""
    handle: str = ""
    url: str = ""
    visibility: Visibility = "public"
    mentions: tuple[str, ...] = ()
    """The handles that the post mentions."""
    reply_permission: Permission = msgspec.field(default="", name="reply_leave")
    quote_permission: Permission = msgspec.field(default="", name="quote_leave")
    """Whether the author lets the user reply and quote."""


class DraftMedia(msgspec.Struct, frozen=True):
    """A file to attach; `alt` describes it."""

    path: str
    alt: str = ""


class DraftPoll(msgspec.Struct, frozen=True):
    """A poll to attach; `seconds` is how long it is open."""

    options: tuple[str, ...]
    seconds: int = 86_400
    multiple: bool = False


class Draft(msgspec.Struct, frozen=True):
    """An unsent post. Immutable, so that a queued post is sent unchanged.

    `accounts` are the keys of the accounts that send it. `visibility` None is the default: public, or the audience of
    the post that it replies to. `thread` allows splitting a long text into several posts. `card` adds a preview of the
    first link, if the network leaves that to its clients.
    """

    text: str = ""
    accounts: tuple[str, ...] = ()
    reply_to: Pointer | None = None
    quote: Pointer | None = None
    edits: Pointer | None = None
    visibility: Visibility | None = None
    warning: str = ""
    language: str = ""
    media: tuple[DraftMedia, ...] = ()
    poll: DraftPoll | None = None
    quote_policy: QuotePolicy = ""
    threadgate: ThreadGate = ""
    scheduled_at: datetime | None = None
    thread: bool = False
    card: bool = True

    @property
    def audience(self) -> Visibility:
        """Who can read the post."""
        if self.visibility is not None:
            return self.visibility
        if self.reply_to is not None:
            return self.reply_to.visibility
        return "public"

    @property
    def is_wider_than_answered(self) -> bool:
        """Whether more people can read the reply than the post it replies to."""
        return self.reply_to is not None and is_wider(self.audience, self.reply_to.visibility)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return not self.text.strip() and not self.media and self.poll is None


def is_wider(first: Visibility, second: Visibility) -> bool:
    """Whether the first audience is larger than the second."""
    return VISIBILITIES.index(first) < VISIBILITIES.index(second)


def visibility_of(post: Post) -> Visibility:
    """The audience of a post. An unknown one counts as followers, so that no reply is wider by accident."""
    for name in VISIBILITIES:
        if post.visibility == name:
            return name
    if post.visibility == "":
        return "public"
    return "followers"


def pointer_to(post: Post) -> Pointer:
    """A post to reply to, to quote or to edit; for a boost, the original."""
    mentions = tuple(dict.fromkeys(span.target for span in post.spans if span.kind == "mention" and span.target))
    author = post.author
    return Pointer(
        post.account,
        post.original_id or post.id,
        post.id,
        post.cid,
        author.id,
        author.handle,
        post.url or post.uri,
        visibility_of(post),
        mentions,
        post.viewer.reply,
        post.viewer.quote,
    )


def reply_mentions(pointer: Pointer, own: tuple[str, ...]) -> tuple[str, ...]:
    """The handles that a reply begins with: the author and everybody mentioned, except the user."""
    mine = {handle.casefold() for handle in own}
    handles = (pointer.handle, *pointer.mentions)
    return tuple(dict.fromkeys(each for each in handles if each and each.casefold() not in mine))
