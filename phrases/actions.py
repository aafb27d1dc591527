"""Sentences about actions: what was done, what waits, and why something was not done."""

from ..models.action import PostAction

_DONE = {"like": "liked", "unlike": "like taken back"}
_NOT = {"like": "not liked", "unlike": "like not taken back"}
_UNDO = {"like": "unlike", "unlike": "like"}


def done_sentence(kind: str, handle: str) -> str:
    """The sentence about an action that the server confirmed."""
    return f"{_DONE[kind]}: post of {handle}"


def withdrawn_sentence(kind: str, handle: str) -> str:
    """The sentence about an action that was undone before it was sent."""
    what = "like" if kind == "like" else "unlike"
    return f"the {what} of the post of {handle} was not sent yet: it is dropped"


def failed_sentence(kind: str, handle: str, reason: str) -> str:
    """The sentence about an action that the server refused and quietfeed undid."""
    return f"{_NOT[kind]}: post of {handle} · {reason}"


def unsent_sentence(kind: str, handle: str, reason: str, number: int) -> str:
    """The sentence about an action that a command could not send in time."""
    why = f" ({reason.rstrip('.')})" if reason else ""
    return (
        f"{_NOT[kind]} yet: post of {handle}{why}; it waits in the outbox: `quietfeed sync` sends it,"
        f" `quietfeed outbox drop {number}` forgets it"
    )


def waiting_sentence(count: int) -> str:
    """The sentence about actions that were not sent within an hour."""
    them = "one action was" if count == 1 else f"{count} actions were"
    return f"{them} not sent for over an hour: `quietfeed outbox` lists them, `quietfeed outbox retry ID` sends"


def writing_off(account: str) -> str:
    """Why an action was not accepted, and the command that allows it."""
    return (
        f"Nothing is written for {account} until you switch writing on:"
        f" `quietfeed account refresh {account} --write` asks for the permission."
    )


def undo_command(kind: str, post_id: str) -> str:
    """The command that undoes an action."""
    return f"quietfeed {_UNDO[kind]} {post_id}"


def action_note(action: PostAction | None) -> str:
    """The line under a post about its newest action; "" if there is nothing to say."""
    if action is None or action.state == "done":
        return ""
    if action.state == "failed":
        return f"{_NOT[action.kind]}: {action.reason}"
    what = "like" if action.kind == "like" else "unlike"
    if action.state == "unclear":
        if action.reason:
            return f"{what} waits: {action.reason}"
        return f"{what} waits"
    if action.reason:
        return f"{what} waits: {action.reason}"
    return ""
