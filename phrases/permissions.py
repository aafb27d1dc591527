"""Sentences about what an account may do."""

from ..models.action_kinds import ACTION_KINDS

_TO_DO = {
    "like": "like posts",
    "boost": "boost posts",
    "bookmark": "bookmark posts",
    "pin": "pin posts",
    "vote": "vote in polls",
    "delete": "delete posts",
    "compose": "send posts",
    "edit": "edit posts",
    "follow": "follow people",
    "hide_boosts": "hide only a person's boosts",
    "mute": "mute people on the server",
    "block": "block people",
    "report": "report people",
    "note": "write notes on people",
    "follow_requests": "answer follow requests",
    "follow_tag": "follow hashtags",
    "change_list": "publish the people you know as a list",
}
"""What an account with each capability can do."""


def consent_question(name: str, server: str) -> str:
    """The question before the first action of a read-only account."""
    return (
        f"{name} is read-only so far. If you allow writing, your actions are sent to {server};"
        " others can see them, except bookmarks, mutes and notes."
    )


def lacking_sentence(kind: str, account: str, network: str) -> str:
    """The error about an action that a network does not have."""
    return f"{account} cannot {_TO_DO[ACTION_KINDS[kind].capability]}: {network} does not support that."


def writing_off(account: str) -> str:
    """Why an action was rejected, and the command that allows it."""
    return f"{account} is read-only: `quietfeed account refresh {account} --write` asks for the permission to write."
