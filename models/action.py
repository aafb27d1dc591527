"""Actions: what the user does on a server. Immutable, so that a stored action is sent unchanged.

An action is one of the types in `Action`. Each contains everything that sending needs, because it may be sent days
later, when the post is no longer stored. models/action_kinds.py defines how each kind behaves.
"""

from datetime import datetime
from typing import Literal

import msgspec

from .draft import Draft
from .post import Post
from .tie import Relationship

ActionState = Literal["pending", "sending", "unclear", "failed", "done"]
"""pending: not sent yet. unclear: sent without a response, so it is compared with the server before a retry."""

SCHEDULED = "scheduled:"
"""The prefix of the id of a scheduled post. The rest is the server's id."""

OPEN_STATES: tuple[ActionState, ...] = ("pending", "sending", "unclear")
"""The states of actions that are still to be sent or compared."""


def state_if_put_back(state: ActionState) -> ActionState:
    """The state of an action that was claimed and then not sent: never sent, or unclear."""
    if state == "pending":
        return "pending"
    return "unclear"


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """The target of an action, identified as on its server: a post, a person, a hashtag, or nothing (a new post).

    `post_id` is the original's own id or address, also where the timeline holds a boost of it (`item_id`). `person_id`
    and `handle` are the author of the post, or the person. `tag` has no #.
    """

    account: str
    post_id: str = ""
    item_id: str = ""
    cid: str = ""
    person_id: str = ""
    handle: str = ""
    url: str = ""
    tag: str = ""
    list_name: str = ""
    """The name of a list of the user's own."""

    @property
    def key(self) -> tuple[str, str] | None:
        """The timeline item at which the user acted; None if there was none."""
        if not self.item_id:
            return None
        return (self.account, self.item_id)


class Like(msgspec.Struct, frozen=True, omit_defaults=True):
    """Like a post."""

    target: Target


class Unlike(msgspec.Struct, frozen=True, omit_defaults=True):
    """Undo a like. `record_id` is the id of the like's record, if the network has records and it is known."""

    target: Target
    record_id: str = ""


class Compose(msgspec.Struct, frozen=True, omit_defaults=True):
    """Send a post, or one part of a thread.

    `draft` is narrowed to this post: its text is the part's text. `target.item_id` names the thread: its parts are sent
    in the order of `part`, and each replies to the one before. The target's person is the author of the post it replies
    to. `draft_id` is the stored draft that it came from.
    """

    target: Target
    draft: Draft
    part: int = 0
    parts: int = 1
    draft_id: int = 0
    known: tuple[str, ...] = ()
    """The ids of posts that other actions made. Filled in before it is compared with the server, and not stored."""


class Edit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Replace the text and warning of a post of the user's own by those of a draft."""

    target: Target
    draft: Draft
    draft_id: int = 0


class Boost(msgspec.Struct, frozen=True, omit_defaults=True):
    """Boost a post."""

    target: Target


class Unboost(msgspec.Struct, frozen=True, omit_defaults=True):
    """Undo a boost. `record_id` is the id of the boost's record, if it is known."""

    target: Target
    record_id: str = ""


class Bookmark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Bookmark a post. Nobody else sees it."""

    target: Target


class Unbookmark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Remove a bookmark."""

    target: Target


class Pin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Pin a post of the user's own to the profile."""

    target: Target


class Unpin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Remove a pin."""

    target: Target


class Vote(msgspec.Struct, frozen=True, omit_defaults=True):
    """Vote in the poll of a post. `choices` are the numbers of options, from 0."""

    target: Target
    poll_id: str
    choices: tuple[int, ...]


class Delete(msgspec.Struct, frozen=True, omit_defaults=True):
    """Delete a post of the user's own."""

    target: Target


class Follow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Follow a person, or send a follow request if they approve followers themselves."""

    target: Target


class Unfollow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stop following a person, or withdraw a follow request."""

    target: Target
    record_id: str = ""


class HideBoosts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Hide the boosts of a followed person from the timeline, on the server."""

    target: Target


class ShowBoosts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Show the boosts of a followed person in the timeline again."""

    target: Target


class Mute(msgspec.Struct, frozen=True, omit_defaults=True):
    """Mute a person on the server. `seconds` 0 is until the user unmutes them."""

    target: Target
    seconds: int = 0


class Unmute(msgspec.Struct, frozen=True, omit_defaults=True):
    """Remove a mute on the server."""

    target: Target


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """Block a person."""

    target: Target


class Unblock(msgspec.Struct, frozen=True, omit_defaults=True):
    """Remove a block. `record_id` is the id of its record, if the network has records and it is known."""

    target: Target
    record_id: str = ""


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """Report a person, or one of their posts, to the moderators."""

    target: Target
    reason: str


class SetNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """Write a private note on a person. `before` is the note that it replaces; "" is no note."""

    target: Target
    text: str
    before: str = ""


class ListMember(msgspec.Struct, frozen=True, array_like=True):
    """A person in a list. The handle is only for display."""

    person_id: str
    handle: str


class ChangeList(msgspec.Struct, frozen=True, omit_defaults=True):
    """Add people to a list of the user's own, and remove others.

    `list_id` is the server's id of the list; "" creates it. `own`: quietfeed created the list, or creates it now.
    `undoes`: this undoes another change; a list of quietfeed's own that becomes empty is deleted.
    """

    target: Target
    add: tuple[ListMember, ...] = ()
    remove: tuple[ListMember, ...] = ()
    list_id: str = ""
    own: bool = False
    undoes: bool = False


class AcceptFollow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Accept a follow request."""

    target: Target


class RejectFollow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Reject a follow request."""

    target: Target


class FollowTag(msgspec.Struct, frozen=True, omit_defaults=True):
    """Follow a hashtag."""

    target: Target


class UnfollowTag(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stop following a hashtag."""

    target: Target


Action = (
    Like
    | Unlike
    | Boost
    | Unboost
    | Bookmark
    | Unbookmark
    | Pin
    | Unpin
    | Vote
    | Delete
    | Follow
    | Unfollow
    | HideBoosts
    | ShowBoosts
    | Mute
    | Unmute
    | Block
    | Unblock
    | Report
    | SetNote
    | AcceptFollow
    | RejectFollow
    | FollowTag
    | UnfollowTag
    | ChangeList
    | Compose
    | Edit
)


class ActionKey(msgspec.Struct, frozen=True):
    """Makes a request repeatable: the key of the record it creates, and its time. Stored before the first attempt."""

    record_key: str
    created_at: datetime


LeftOut = Literal["poll", "attachments", "quote", "reply", "warning", "audience"]
"""A part of a post that a server ignored. "audience": more people can read the post than the user chose."""


class Receipt(msgspec.Struct, frozen=True):
    """The result of an action on the server.

    `record_id` is the id of the created record, boost or post. `requested`: a follow is pending until the person
    accepts. `follows` are the follows between the user and the person afterwards, if the server returned them: a block
    ends them, an accepted request creates one. They are stored with the person, not with the action.
    """

    record_id: str = ""
    post: Post | None = None
    """The created post, as the timeline shows it. It is not stored with the action."""
    requested: bool = False
    follows: Relationship | None = None
    refused: tuple[str, ...] = ()
    """The ids of the people that the server rejected for a list."""
    left_out: tuple[LeftOut, ...] = ()
    """The parts of a post that the server ignored."""

    unchanged: bool = False
    """The server was in this state before the action, so undo must not end it."""


class PostAction(msgspec.Struct, frozen=True):
    """The newest action of one topic on a post, as screens show it. `reason`: why it failed and what to do."""

    kind: str
    state: ActionState
    reason: str = ""


def author_of(post: Post) -> Target:
    """The author of a post as the target of an action at that post."""
    return Target(post.account, item_id=post.id, person_id=post.author.id, handle=post.author.handle)


def target_of(post: Post) -> Target:
    """The post as the target of an action. The target of a boost is the original."""
    author = post.author
    return Target(
        post.account, post.original_id or post.id, post.id, post.cid, author.id, author.handle, post.url or post.uri
    )
