"""Every action with its keys and words, in one table: bindings, help, palette and README all follow from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual.binding import Binding

from ..models.errors import UsageError


@dataclass(frozen=True, slots=True)
class Action:
    """Something the user can do. `vim` and `arrows` are keys separated by commas; `short` is the footer's word."""

    id: str
    vim: str
    arrows: str
    group: str
    text: str
    short: str = ""


ACTIONS: tuple[Action, ...] = (
    Action("down", "j,down", "down", "Moving", "next post"),
    Action("up", "k,up", "up", "Moving", "previous post"),
    Action("page_down", "space,pagedown,ctrl+f", "space,pagedown", "Moving", "a page down"),
    Action("page_up", "b,pageup,ctrl+b", "b,pageup", "Moving", "a page up"),
    Action("half_down", "ctrl+d", "ctrl+down", "Moving", "half a page down"),
    Action("half_up", "ctrl+u", "ctrl+up", "Moving", "half a page up"),
    Action("top", "g,home", "home", "Moving", "to the newest post"),
    Action("bottom", "G,end", "end", "Moving", "to the oldest post that is loaded"),
    Action("mark_person", "p", "p", "Marking", "this is a person: show posts like it", "person"),
    Action("mark_celebrity", "c", "c", "Marking", "a celebrity, brand, news or bot", "celebrity"),
    Action("mark_sales", "s", "s", "Marking", "somebody selling", "sales"),
    Action("mark_spam", "x", "x", "Marking", "spam", "spam"),
    Action("vouch", "v", "v", "Marking", "always show this person (again: no longer)", "vouch"),
    Action("not_known", "N", "N", "Marking", "I do not know this person (again: take it back)"),
    Action("undo", "u", "u,ctrl+z", "Marking", "take the last mark, vouch or level back", "undo"),
    Action("repeat", "full_stop", "full_stop", "Marking", "the last mark again, on this post"),
    Action("train", "t", "t", "Marking", "train: the posts whose mark teaches most", "train"),
    Action("why", "w", "w", "Looking", "why this post is shown or hidden", "why"),
    Action("hidden", "h", "h", "Looking", "everything that is hidden", "hidden"),
    Action("open", "enter", "enter", "Looking", "open the post, unfold hidden ones, fill a gap"),
    Action("open_link", "o", "o", "Looking", "open a link of the post in the browser"),
    Action("search", "slash", "slash,ctrl+s", "Looking", "search in what is loaded"),
    Action("next_match", "n", "f3", "Looking", "next match, or the next post the filter is not sure of"),
    Action("level_1", "1", "1", "Levels", "everything"),
    Action("level_2", "2", "2", "Levels", "noise: sales and spam are hidden"),
    Action("level_3", "3", "3", "Levels", "quiet: celebrities too"),
    Action("level_4", "4", "4", "Levels", "known: strangers too"),
    Action("refresh", "R", "R,f5", "The rest", "ask for news now"),
    Action("theme", "T", "T", "The rest", "light or dark"),
    Action("help", "question_mark", "question_mark,f1", "The rest", "all keys", "help"),
    Action("quit", "q", "q,ctrl+q", "The rest", "leave (every mark is on the disk already)", "quit"),
)
_BY_ID = {action.id: action for action in ACTIONS}
_NAMES = {"full_stop": ".", "slash": "/", "question_mark": "?", "pagedown": "pgdn", "pageup": "pgup", "escape": "esc"}


def keys_of(keyset: str, own: Mapping[str, str]) -> dict[str, str]:
    """The keys of every action: the keyset's, with the user's own instead where there are any.

    Raises UsageError for an unknown keyset or action, and where two actions would have the same key.
    """
    if keyset not in ("vim", "arrows"):
        raise UsageError(f'keyset is "vim" or "arrows", not {keyset!r}.')
    unknown = sorted(own.keys() - _BY_ID.keys())
    if unknown:
        raise UsageError(f"[keys] has no action {unknown[0]!r}; the help screen (?) names them all.")
    keys = {action.id: own.get(action.id, getattr(action, keyset)) for action in ACTIONS}
    taken: dict[str, str] = {}
    for action, combination in keys.items():
        for key in _split(combination):
            if key in taken:
                raise UsageError(f"[keys] gives {shown(key)!r} to both {taken[key]} and {action}: change one of them.")
            taken[key] = action
    return keys


def _split(combination: str) -> list[str]:
    return [key.strip() for key in combination.split(",") if key.strip()]


def bindings(ids: Iterable[str] | None = None) -> list[Binding]:
    """Textual bindings of these actions (default: all), each with its id, so that a keymap can rebind it."""
    wanted = _BY_ID.keys() if ids is None else ids
    return [
        Binding(_BY_ID[name].vim, f"do('{name}')", _BY_ID[name].text, id=name, tooltip=_BY_ID[name].text, show=False)
        for name in wanted
    ]


def shown(key: str) -> str:
    """A key as people write it: "." for full_stop."""
    return _NAMES.get(key, key)


def shown_keys(combination: str) -> str:
    """All keys of an action as people write them: "j down"."""
    return " ".join(shown(key) for key in _split(combination))


def table(keys: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """All actions by group, each as (keys, text, id)."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for action in ACTIONS:
        groups.setdefault(action.group, []).append((shown_keys(keys[action.id]), action.text, action.id))
    return list(groups.items())


def footer(keys: Mapping[str, str], width: int) -> str:
    """The main keys in one line of at most that many cells."""
    line = ""
    for action in ACTIONS:
        if not action.short:
            continue
        first = shown(_split(keys[action.id])[0]) if _split(keys[action.id]) else "-"
        part = f" {first} {action.short} "
        if len(line) + len(part) > width:
            break
        line += part
    return line
