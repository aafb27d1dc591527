"""How each kind of action behaves: one entry for each. The store, the session and the phrases read this table.

To add a kind, add its type to models/action.py, its entry here, its request to the writers in sources/, and its
sentences to phrases/actions.py.
"""

from typing import Any, Literal

import msgspec

from .action import (
    AcceptFollow,
    Action,
    Block,
    Bookmark,
    Boost,
    ChangeList,
    Compose,
    Delete,
    Edit,
    Follow,
    FollowTag,
    HideBoosts,
    Like,
    Mute,
    Pin,
    RejectFollow,
    Report,
    SetNote,
    ShowBoosts,
    Target,
    Unblock,
    Unbookmark,
    Unboost,
    Unfollow,
    UnfollowTag,
    Unlike,
    Unmute,
    Unpin,
    Vote,
)
from .capability import Capability
from .tie import InteractionKind

Subject = Literal["post", "person", "tag", "list", "new"]
"""The kind of target; "new" is a post that does not exist yet."""

Cost = Literal["create", "update", "delete"]


class Effect(msgspec.Struct, frozen=True):
    """What an action changes in stored data while it is pending, and undoes when it is rejected.

    `viewer` is a field of ViewerState and `record` the one for the id of the record; `count` a field of PostCounts;
    `flag` a field of Relationship. `contact` is the interaction that the action is evidence of. `sets` is False if
    all of this is cleared.
    """

    sets: bool = True
    viewer: str = ""
    record: str = ""
    count: str = ""
    flag: str = ""
    contact: InteractionKind | None = None
    removes: bool = False
    """Whether the post itself is removed once the action is done."""


NO_EFFECT = Effect()


class ActionKind(msgspec.Struct, frozen=True):
    """One kind of action.

    `opposite` is the kind that undoes it, "" if none does. Actions of one `topic` on the same target are sent in order,
    and only the newest of them counts. `repeatable`: sending it twice does no harm. Other kinds are sent again only
    after the writer has compared with the server, or, if it cannot, after the user confirmed. `asks`: it cannot be
    undone or others notice it, so interfaces ask first.
    """

    name: str
    type: type[Any]
    capability: Capability
    subject: Subject
    topic: str
    opposite: str = ""
    effect: Effect = NO_EFFECT
    repeatable: bool = True
    asks: bool = False
    cost: Cost = "create"


def _pair(
    names: tuple[str, str],
    types: tuple[type[Any], type[Any]],
    capability: Capability,
    subject: Subject,
    effect: Effect = NO_EFFECT,
    *,
    asks: bool = False,
) -> tuple[ActionKind, ActionKind]:
    """The entries of an action and of its opposite."""
    there, back = names
    cleared = msgspec.structs.replace(effect, sets=False)
    return (
        ActionKind(there, types[0], capability, subject, there, back, effect, asks=asks),
        ActionKind(back, types[1], capability, subject, there, there, cleared, cost="delete"),
    )


_KINDS = (
    *_pair(("like", "unlike"), (Like, Unlike), "like", "post", Effect(True, "liked", "like_id", "likes", "", "like")),
    *_pair(("boost", "unboost"), (Boost, Unboost), "boost", "post",
           Effect(True, "boosted", "boost_id", "boosts", "", "boost")),
    *_pair(("bookmark", "unbookmark"), (Bookmark, Unbookmark), "bookmark", "post", Effect(True, "bookmarked")),
    *_pair(("pin", "unpin"), (Pin, Unpin), "pin", "post", Effect(True, "pinned")),
    ActionKind("vote", Vote, "vote", "post", "vote", repeatable=False, effect=Effect(viewer="voted")),
    ActionKind("delete", Delete, "delete", "post", "delete", effect=Effect(removes=True), asks=True,
               cost="delete"),
    *_pair(("follow", "unfollow"), (Follow, Unfollow), "follow", "person", Effect(flag="you_follow")),
    *_pair(("hide_boosts", "show_boosts"), (HideBoosts, ShowBoosts), "hide_boosts", "person",
           Effect(flag="boosts_muted")),
    *_pair(("mute", "unmute"), (Mute, Unmute), "mute", "person", Effect(flag="muting")),
    *_pair(("block", "unblock"), (Block, Unblock), "block", "person", Effect(flag="blocking"), asks=True),
    ActionKind("report", Report, "report", "person", "report", repeatable=False, asks=True),
    ActionKind("note", SetNote, "note", "person", "note", "note", cost="update"),
    ActionKind("accept_follow", AcceptFollow, "follow_requests", "person", "follow_request"),
    ActionKind("reject_follow", RejectFollow, "follow_requests", "person", "follow_request"),
    *_pair(("follow_tag", "unfollow_tag"), (FollowTag, UnfollowTag), "follow_tag", "tag"),
    ActionKind("list", ChangeList, "change_list", "list", "list", "list", cost="update"),
    ActionKind("compose", Compose, "compose", "new", "compose", repeatable=False, effect=Effect(contact="reply")),
    ActionKind("edit", Edit, "edit", "post", "edit", cost="update"),
)  # fmt: skip

ACTION_KINDS: dict[str, ActionKind] = {each.name: each for each in _KINDS}
_BY_TYPE: dict[type[Any], ActionKind] = {each.type: each for each in _KINDS}


def kind_of(action: Action) -> ActionKind:
    """The entry of an action."""
    return _BY_TYPE[type(action)]


def subject_key(kind: ActionKind, target: Target) -> str:
    """Identifies the target of an action within its account. A new post is identified by the draft it comes from."""
    if kind.subject == "post":
        return target.post_id
    if kind.subject == "person":
        return target.person_id
    if kind.subject == "tag":
        return target.tag.casefold()
    if kind.subject == "list":
        return target.list_name.casefold()
    return target.item_id


def order_key(action: Action) -> str:
    """The same for two actions that must be sent in order."""
    kind = kind_of(action)
    return f"{kind.topic}:{subject_key(kind, action.target)}"


def make_action(name: str, target: Target, record_id: str = "") -> Action:
    """An action that needs only its target. `record_id` is the id of the record to delete, if it has one."""
    made: type[Any] = ACTION_KINDS[name].type
    if record_id and "record_id" in made.__struct_fields__:
        action: Action = made(target, record_id)
    else:
        action = made(target)
    return action


def reverse_of(action: Action, record_id: str = "") -> Action | None:
    """The action that undoes another; None if nothing does. `record_id` is the id of what the first one created."""
    kind = kind_of(action)
    if not kind.opposite:
        return None
    if isinstance(action, SetNote):
        return SetNote(action.target, action.before, action.text)
    if isinstance(action, ChangeList):
        swapped = {"add": action.remove, "remove": action.add, "undoes": not action.undoes}
        return msgspec.structs.replace(action, **swapped)
    return make_action(kind.opposite, action.target, record_id)
