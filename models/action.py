"""Actions: what the user does on a server. Immutable, so that a stored action is sent exactly as it was meant.

An action is one of the types in `Action`. Each holds all that sending needs: a network may be asked days later, when
the post is no longer stored.
"""

from datetime import datetime
from typing import Literal

import msgspec

from .capability import Capability
from .draft import Draft
from .post import Post

ActionState = Literal["pending", "sending", "unclear", "failed", "done"]
"""pending: not sent yet. unclear: sent without an answer, so it is compared with the server before a retry."""

OPEN_STATES: tuple[ActionState, ...] = ("pending", "sending", "unclear")
"""The states of actions that are still to be sent or compared."""


class Target(msgspec.Struct, frozen=True):
    """The post that is acted on, as its server knows it.

    `post_id` is the original's own id or address, also where the timeline holds a boost of it (`item_id`).
    """

    account: str
    post_id: str
    item_id: str
    cid: str = ""
    person_id: str = ""
    handle: str = ""
    url: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The timeline item that the user acted on."""
        return (self.account, self.item_id)


class Like(msgspec.Struct, frozen=True):
    """Like a post."""

    target: Target


class Unlike(msgspec.Struct, frozen=True):
    """Take a like back. `record_id` names the record of the like, where the network has one and it is known."""

    target: Target
    record_id: str = ""


class Compose(msgspec.Struct, frozen=True, omit_defaults=True):
    """Send a post, or one part of a thread.

    `draft` is narrowed to this post: its text is the part's text. `target.item_id` names the thread: its parts are sent
    in the order of `part`, and each replies to the one before. The target's person is the one who is answered.
    `draft_id` is the stored draft that it came from.
    """

    target: Target
    draft: Draft
    part: int = 0
    parts: int = 1
    draft_id: int = 0


class Edit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Replace the text and warning of a post of the user's own by those of a draft."""

    target: Target
    draft: Draft
    draft_id: int = 0


Action = Like | Unlike

ACTION_KINDS: dict[str, type[Action]] = {"like": Like, "unlike": Unlike}
_CAPABILITIES: dict[type[Action], Capability] = {Like: "like", Unlike: "like"}


class ActionKey(msgspec.Struct, frozen=True):
    """What makes a request repeatable: the key of the record it makes, and its time. Stored before it is first sent."""

    record_key: str
    created_at: datetime


class Receipt(msgspec.Struct, frozen=True):
    """What the server has after an action. `record_id` names the record that was made, where the network has one."""

    record_id: str = ""
    post: Post | None = None
    """The post that was made, as the timeline shows it. It is not stored with the action."""


class PostAction(msgspec.Struct, frozen=True):
    """The newest action on a post, as screens show it. `reason`: why it failed and what to do."""

    kind: str
    state: ActionState
    reason: str = ""


def capability_of(action: Action) -> Capability:
    """Which capability an action needs."""
    return _CAPABILITIES[type(action)]


def kind_of(action: Action) -> str:
    """The name of an action's type, as it is stored and printed."""
    return next(name for name, kind in ACTION_KINDS.items() if isinstance(action, kind))


def target_of(post: Post) -> Target:
    """The post as something to act on; a boost stands for the original."""
    author = post.author
    return Target(
        post.account, post.original_id or post.id, post.id, post.cid, author.id, author.handle, post.url or post.uri
    )
