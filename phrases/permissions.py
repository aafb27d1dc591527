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
    "hide_boosts": "hide only the boosts of a person",
    "mute": "mute people on the server",
    "block": "block people",
    "report": "report people",
    "note": "keep notes on people",
    "follow_requests": "answer follow requests",
    "follow_tag": "follow hashtags",
    "change_list": "keep a list of the people you know",
}
"""What each capability lets an account do."""


def consent_question(name: str, server: str) -> str:
    """The question before the first action of a read-only account."""
    return (
        f"quietfeed only reads {name} so far. What you do is sent to {server};"
        " others can see it, except bookmarks, mutes and notes."
    )


def lacking_sentence(kind: str, account: str, network: str) -> str:
    """The error about an action that a network does not have."""
    return f"{account} cannot {_TO_DO[ACTION_KINDS[kind].capability]}: {network} does not have that."


def writing_off(account: str) -> str:
    """Why an action was not accepted, and the command that allows it."""
    return (
        f"Nothing is written for {account} until you switch writing on:"
        f" `quietfeed account refresh {account} --write` asks for the permission."
    )
