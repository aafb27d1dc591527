"""Sentences about publishing the people the user knows as a list on a server."""

from collections.abc import Sequence

from ..models.action import ListMember
from ..models.published import LeftOut, ListPlan
from .changes import as_sentence

_LEFT_OUT: dict[LeftOut, str] = {
    "not_followed": "because you do not follow them: this server's lists take only people you follow",
    "asked": "because they asked not to be shown to everybody",
    "removed": "because you removed them from the list or unfollowed them since: add them on the server yourself",
    "hidden": "because you mute or block them, or they block you",
}
_SHOWN = 12
NOTHING_TO_TAKE_BACK = (
    "There is nothing to undo: quietfeed has published no such list, or its last change is already undone."
)


def audience_text(plan: ListPlan) -> str:
    """Who can read the list."""
    if plan.public:
        return "Everybody can read this list and who is in it."
    return "Only you can see this list."


def plan_lines(plan: ListPlan, *, shown: int = 0) -> list[str]:
    """What publishing would change, one sentence a line. `shown` is the most names in a line; 0: all."""
    action, name = plan.action, plan.action.target.list_name
    lines = [f'The list "{name}" of {plan.account.name}. {audience_text(plan)}']
    if not plan.changes:
        lines.append(as_sentence(already_text(plan)))
    elif plan.is_new:
        lines.append("The list is new.")
    if action.add:
        lines.append(f"Added: {_names(action.add, shown)}.")
    if action.remove:
        lines.append(f"Removed: {_names(action.remove, shown)}.")
    if plan.kept:
        hand = f", {plan.by_hand} of them added by you" if plan.by_hand else ""
        lines.append(f"Unchanged: {plan.kept}{hand}.")
    for reason, handles in plan.left_out:
        lines.append(f"Left out: {_handles(handles, shown)}, {_LEFT_OUT[reason]}.")
    return lines


def plan_question(plan: ListPlan) -> str:
    """The question before a list is published, with everything that it changes."""
    return "\n".join([*plan_lines(plan, shown=_SHOWN), _ask(plan)])


def short_question(plan: ListPlan) -> str:
    """The question alone, for after `plan_lines`."""
    return _ask(plan)


def already_text(plan: ListPlan) -> str:
    """The sentence if publishing would change nothing."""
    if plan.is_new:
        return "nobody can be added to the list"
    return f'the list "{plan.action.target.list_name}" is already up to date'


def _ask(plan: ListPlan) -> str:
    if plan.action.undoes:
        return "Undo the last change?"
    if plan.public:
        return "Publish these names to everybody?"
    return "Change the list?"


def _names(people: Sequence[ListMember], shown: int) -> str:
    return _handles([each.handle for each in people], shown)


def _handles(handles: Sequence[str], shown: int) -> str:
    named = list(handles)
    if shown and len(handles) > shown:
        named = [*handles[:shown], f"{len(handles) - shown} more"]
    return f"{len(handles)} ({', '.join(named)})"
