"""Sentences about the outbox: its actions in a list, and how each is undone by a command."""

from collections.abc import Sequence

from ..models.account import Account
from ..models.action import Action, ActionState, ChangeList, Compose, Edit
from ..models.action_kinds import kind_of
from .actions import WORDS, subject_name

_STATES: dict[ActionState, str] = {
    "pending": "pending",
    "sending": "being sent",
    "unclear": "may have been sent",
    "failed": "failed",
}


def waiting_sentence(count: int, where: str = "`outbox` in the palette, or `quietfeed outbox`,") -> str:
    """The sentence about actions that wait for the user. `where` lists them."""
    them = "one action needs" if count == 1 else f"{count} actions need"
    return f"{them} your decision: {where} lists what was not sent"


def outbox_text(action: Action) -> str:
    """What an action is, in a list: "like: the post of ada (109348)", "follow: ada", "post: Good morning"."""
    noun = WORDS[kind_of(action).name].noun
    if isinstance(action, Compose | Edit):
        return f"{noun}: {' '.join(action.draft.text.split())[:60]}"
    about = subject_name(action)
    if kind_of(action).subject == "post":
        about = f"{about} ({action.target.item_id or action.target.post_id})"
    return f"{noun}: {about}"


def dropped_sentence(count: int) -> str:
    """The sentence about unsent actions of an account that is removed."""
    number = "One action is" if count == 1 else f"{count} actions are"
    return f"{number} dropped without being sent. The text of posts is saved: `quietfeed drafts` lists it."


NOTHING_WAITS = "nothing is waiting to be sent, and nothing failed"


def entry_text(action: Action, state: ActionState, reason: str, account: str, *, asks: bool) -> str:
    """An action that is not done, in a list, with its state.

    `account` is its name if the user has several accounts, else "". `asks`: the user has to decide.
    """
    words = "needs your decision" if asks else _STATES.get(state, state)
    text = " · ".join(filter(None, (outbox_text(action), account and f"as {account}", words)))
    if reason:
        return f"{text}: {reason.removesuffix('.')}"
    return text


def undo_command(action: Action, accounts: Sequence[Account]) -> str | None:
    """The command that undoes an action; None if nothing does. `accounts` are all that are signed in."""
    from shlex import quote

    kind, target = kind_of(action), action.target
    if not kind.opposite:
        return None
    words = WORDS[kind.opposite]
    command = words.command or kind.opposite
    if isinstance(action, ChangeList):
        if action.undoes:
            return None
        return f"quietfeed {command} --undo --to {quote(target.account)} --list {quote(target.list_name)}"
    about = {"post": target.item_id or target.post_id, "tag": f"'#{target.tag}'"}.get(kind.subject, target.handle)
    if kind.name == "note":
        about = f"{about} {quote(getattr(action, 'before', ''))}"
    parts = " ".join(filter(None, (command, about, words.option)))
    return f"quietfeed {parts}{account_option(action, accounts)}"


def account_option(action: Action, accounts: Sequence[Account]) -> str:
    """The option that names the account of an action, with a space before it; "" if its network has only one."""
    from shlex import quote

    networks = [each.network for each in accounts]
    own = [each.network for each in accounts if each.key == action.target.account]
    if not own or networks.count(own[0]) < 2:
        return ""
    return f" --account {quote(action.target.account)}"
