"""Actions: what the user does on a server. Immutable, so that a stored action is sent exactly as it was meant.

An action is one of the types in `Action`. Each holds all that sending needs: a network may be asked days later, when
the post is no longer stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from .capability import Capability
from .errors import RecordError
from .post import Post

ActionState = Literal["pending", "sending", "unclear", "failed", "done"]
"""pending: not sent yet. unclear: sent without an answer, so it is compared with the server before a retry."""

OPEN_STATES: tuple[ActionState, ...] = ("pending", "sending", "unclear")
"""The states of actions that are still to be sent or compared."""


@dataclass(frozen=True, slots=True)
class Target:
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


@dataclass(frozen=True, slots=True)
class Like:
    """Like a post."""

    target: Target


@dataclass(frozen=True, slots=True)
class Unlike:
    """Take a like back. `record_id` names the record of the like, where the network has one and it is known."""

    target: Target
    record_id: str = ""


Action = Like | Unlike

_KINDS: dict[str, type[Action]] = {"like": Like, "unlike": Unlike}
_CAPABILITIES: dict[type[Action], Capability] = {Like: "like", Unlike: "like"}


@dataclass(frozen=True, slots=True)
class ActionKey:
    """What makes a request repeatable: the key of the record it makes, and its time. Stored before it is first sent."""

    record_key: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server has after an action. `record_id` names the record that was made, where the network has one."""

    record_id: str = ""


@dataclass(frozen=True, slots=True)
class PostAction:
    """The newest action on a post, as screens show it. `reason`: why it failed and what to do."""

    kind: str
    state: ActionState
    reason: str = ""


def capability_of(action: Action) -> Capability:
    """Which capability an action needs."""
    return _CAPABILITIES[type(action)]


def kind_of(action: Action) -> str:
    """The name of an action's type, as it is stored and printed."""
    return next(name for name, kind in _KINDS.items() if isinstance(action, kind))


def target_of(post: Post) -> Target:
    """The post as something to act on; a boost stands for the original."""
    author = post.author
    return Target(
        post.account, post.original_id or post.id, post.id, post.cid, author.id, author.handle, post.url or post.uri
    )


def action_to_record(action: Action) -> dict[str, Any]:
    """An action as a JSON object."""
    record: dict[str, Any] = {part.name: getattr(action.target, part.name) for part in fields(Target)}
    if isinstance(action, Unlike):
        record["record_id"] = action.record_id
    return {"kind": kind_of(action), **{name: value for name, value in record.items() if value}}


def action_from_record(record: Mapping[str, Any]) -> Action:
    """An action from its JSON object. Raises RecordError for one that this version does not know."""
    texts = {name: value for name, value in record.items() if isinstance(value, str)}
    kind = _KINDS.get(texts.get("kind", ""))
    names = [part.name for part in fields(Target)]
    if kind is None or not all(texts.get(name) for name in names[:3]):
        raise RecordError("the action is not one that this quietfeed knows")
    target = Target(**{name: texts.get(name, "") for name in names})
    return Unlike(target, texts.get("record_id", "")) if kind is Unlike else Like(target)
