"""The keys of the actions: key sets, the user's own keys, Textual bindings, and how keys are written."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys

from ..models.errors import UsageError
from ..phrases.action_table import COMPOSER_ACTIONS, SCREEN_ACTIONS, Action

_BY_ID = {action.id: action for action in SCREEN_ACTIONS}
KEYSETS = ("vim", "arrows", "emacs")
MOTIONS = frozenset(
    {*(each.id for each in SCREEN_ACTIONS if each.group == "Moving"), "next_match", "last_match", "next_unsure"}
)
"""Actions that accept a count. A level key just before one of them was part of a count."""
OF_THE_APP = ("palette", "back")
"""Actions that work everywhere, also while typing. The others belong to a screen."""
_NAMES = {
    "full_stop": ".",
    "underscore": "_",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "hyphen_minus": "-",
    "minus": "-",
    "plus": "+",
    "at": "@",
    "backslash": "\\",
    "@": "space",
    "slash": "/",
    "question_mark": "?",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "escape": "esc",
    "space": "space",
}
_FIXED = {
    "escape": "going back",
    "tab": "the kinds of the hidden tray",
    "ctrl+c": "the terminal",
    "ctrl+q": "leaving",
    **dict.fromkeys("567890", "counts such as 5j"),
}
_FIXED_WRITING = {key: _FIXED[key] for key in ("escape", "ctrl+c", "ctrl+q")}
_WRITING = "Writing a post"
_ESCAPES = ("back", "write_keep")
"""The actions that escape always does."""
_KNOWN = {str(key.value) for key in Keys}
_SAME_BYTE = {
    "m": "enter",
    "i": "tab",
    "h": "backspace",
    "left_square_bracket": "esc",
    "minus": "ctrl+_",
    "hyphen_minus": "ctrl+_",
    "slash": "ctrl+_",
}
"""Keys that terminals send with ctrl as another key: https://en.wikipedia.org/wiki/C0_and_C1_control_codes."""
_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")
_DROPPED_FIRST = (
    *("mute", "train", "undo", "vouch", "boost", "like", "why", "edit", "reply", "hidden", "quit", "open"),
    *("mark_celebrity", "mark_spam", "mark_person", "mark_sales"),
)  # fmt: skip


def keys_of(keyset: str, own: Mapping[str, str]) -> dict[str, str]:
    """The keys of all actions: those of the key set, replaced by the user's own.

    Raises UsageError for an unknown key set, action or key, and if two actions have the same key.
    """
    if keyset not in KEYSETS:
        raise UsageError(f'keyset is "vim", "arrows" or "emacs", not {keyset!r}.')
    unknown = sorted(own.keys() - {each.id for each in (*SCREEN_ACTIONS, *COMPOSER_ACTIONS)})
    if unknown:
        raise UsageError(f"[keys] has no action {unknown[0]!r}; the help screen (?) lists all of them.")
    keys = _keys_in(SCREEN_ACTIONS, keyset, own, _FIXED, {})
    # The composer has keys of its own, apart from those that work everywhere.
    everywhere = {key: name for name in OF_THE_APP for key in keys[name].split(",")}
    keys |= _keys_in(COMPOSER_ACTIONS, keyset, own, _FIXED_WRITING, everywhere)
    for name in ("quit", "write_send"):
        if not keys[name]:
            raise UsageError(f"[keys] {name}: the action needs at least one key.")
    return keys


def _keys_in(
    actions: Sequence[Action], keyset: str, own: Mapping[str, str], fixed: Mapping[str, str], taken: Mapping[str, str]
) -> dict[str, str]:
    """The keys of actions that work on the same screens. `taken` are keys of other actions there."""
    keys: dict[str, str] = {}
    taken = dict(taken)
    for action in actions:
        mine = own.get(action.id)
        combination = _default_keys(action, keyset, actions)
        if mine is not None:
            combination = _split(mine)
        elif action.group == _WRITING:
            combination = [key for key in combination if key not in taken]
        always = []
        if action.id in _ESCAPES:
            always = ["escape"]
            combination = [key for key in combination if key != "escape"]
        keys[action.id] = ",".join([*always, *combination])
        for key in combination:
            if mine is not None and not _exists(key):
                raise UsageError(f'[keys] {action.id}: there is no key {key!r}; "s", "$" or "ctrl+s" would be one.')
            if mine is not None and (same := _same_in_terminals(key)):
                raise UsageError(f"[keys] {action.id}: terminals send {shown(key)!r} as {same!r}; choose another key.")
            if action.group == _WRITING and (writes(key) or key in ("up", "down")):
                raise UsageError(
                    f'[keys] {action.id}: {shown(key)!r} edits the text; choose a key such as "ctrl+e" or "f2".'
                )
            if key in fixed:
                raise UsageError(f"[keys] {action.id}: {shown(key)!r} belongs to {fixed[key]}; choose another key.")
            if key in taken:
                raise UsageError(
                    f"[keys] gives {shown(key)!r} to both {taken[key]} and {action.id}: change one of them."
                )
            taken[key] = action.id
    return keys


def rebind(node: DOMNode, keys: Mapping[str, str]) -> None:
    """Bind the actions of a screen, or of the app, to these keys.

    Textual's own keymap would be applied again at each key press, which takes 2 ms. Bindings are created with the keys
    of the first set.
    """
    changed = {name: combination for name, combination in keys.items() if combination != _first_set()[name]}
    if "back" in changed:
        # Each screen handles escape itself. As a key of the app it would turn other keys into escape.
        changed["back"] = changed["back"].removeprefix("escape").removeprefix(",")
    if changed:
        # Without a keymap entry, an action without a key would keep its default key.
        keymap = {name: combination or f"no-key-{name}" for name, combination in changed.items()}
        node._bindings.apply_keymap(keymap)
        bound = node._bindings.key_to_bindings
        if any(binding.action == _count_action("5") for binding in bound.get("5", ())):
            # A digit without a level starts a count, like the others.
            for digit in "1234":
                bound.setdefault(digit, [_count_binding(digit)])


@cache
def _first_set() -> Mapping[str, str]:
    return keys_of("vim", {})


def _default_keys(action: Action, keyset: str, actions: Sequence[Action]) -> list[str]:
    if keyset != "emacs":
        return _split(getattr(action, keyset))
    taken = {key for each in actions for key in _split(each.emacs)}
    return [*(key for key in _split(action.arrows) if key not in taken), *_split(action.emacs)]


def _split(combination: str) -> list[str]:
    # A comma separates keys. Textual knows the names of "$" and "?", but not behind a modifier.
    keys = []
    for part in (each.strip() for each in combination.split(",")):
        at = part.rfind("+", 0, -1) + 1
        if part:
            if part == "ctrl+@":
                keys.append(part)
            else:
                keys += [part[:at] + each.key for each in Binding.make_bindings([Binding(part[at:], "")])]
    return keys


def _exists(key: str) -> bool:
    *modifiers, name = key.split("+")
    if any(modifier not in _MODIFIERS for modifier in modifiers):
        return False
    if len(name) == 1 or name in _KNOWN or name in ("slash", "backslash", "at", "minus", "plus", "underscore"):
        return True
    try:
        sign = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name in ("hyphen_minus", "less_than_sign", "greater_than_sign")
    # "banana" is the name of an emoji, which no key types. Symbols such as "degree_sign" are below U+2000.
    return unicodedata.category(sign) != "So" or sign < "\u2000"


def _same_in_terminals(key: str) -> str:
    """The key that a terminal sends in place of this one; "" if it sends this one."""
    *modifiers, name = key.split("+")
    if "ctrl" not in modifiers:
        return ""
    if len(name) == 1 and name.isupper():
        # "ctrl+S" is typed with shift, which terminals leave out.
        return f"ctrl+{name.lower()}"
    return _SAME_BYTE.get(name, "")


def bindings(ids: Iterable[str] | None = None) -> list[Binding]:
    """Textual bindings of these actions (default: all). `rebind` finds them by their ids.

    The app runs them through the `commands` of the screen.
    """
    if ids is None:
        ids = [name for name in _BY_ID if name not in OF_THE_APP]
    return [binding_of(_BY_ID[name]) for name in ids]


def binding_of(action: Action) -> Binding:
    """The Textual binding of one action."""
    return Binding(action.vim, f"app.do('{action.id}')", action.text, id=action.id, tooltip=action.text, show=False)


def writing_action(action: Action) -> str:
    """The call by which Textual runs an action of the composer."""
    return f"write('{action.id}')"


def timeline_bindings() -> list[Binding]:
    """The bindings of a screen with a timeline: all actions, escape, and the digits without a level."""
    return [*bindings(), Binding("escape", "app.step_back", show=False), *map(_count_binding, "567890")]


def _count_binding(digit: str) -> Binding:
    return Binding(digit, _count_action(digit), show=False)


def _count_action(digit: str) -> str:
    return f"app.count('{digit}')"


def shown(key: str) -> str:
    """A key as people write it: "." for full_stop, "alt+<" for alt+less_than_sign."""
    at = key.rfind("+", 0, -1) + 1
    modifiers, name = key[:at], key[at:]
    if name in _NAMES and (name != "@" or modifiers):
        return modifiers + _NAMES[name]
    if name in _KNOWN:
        return key
    sign = name
    if len(name) > 1:
        try:
            # It reads 400 KB of names, which a start can do without.
            sign = unicodedata.lookup(name.replace("_", " "))
        except KeyError:
            return key
    # "delete" and "tab" are Unicode names of invisible characters.
    if sign.isprintable():
        return modifiers + sign
    return key


def writes(key: str) -> bool:
    """Whether an input handles this key."""
    return len(shown(key)) == 1 or key in ("space", "enter", "backspace", "delete", "left", "right", "home", "end")


def shown_keys(combination: str) -> str:
    """All keys of an action as people write them: "j down"."""
    return " ".join(dict.fromkeys(shown(key) for key in combination.split(",") if key))


def first_key(keys: Mapping[str, str], name: str) -> str:
    """The first key of an action as people write it; "" if it has none."""
    return shown(keys.get(name, "").split(",")[0])


def table(keys: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """All actions by group, each as (keys, text, id)."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for action in (*SCREEN_ACTIONS, *COMPOSER_ACTIONS):
        groups.setdefault(action.group, []).append((shown_keys(keys[action.id]), action.text, action.id))
    return list(groups.items())


def footer(keys: Mapping[str, str], width: int, here: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str, str]]:
    """The main keys as (key, word, id): as many as fit a width in cells, separated by two spaces.

    `here` are the actions of the screen or of what is under the cursor, as (id, word). They come first, and replace the
    word of a main key.
    """
    replaced = {name for name, _ in here}
    usual = [(each.id, each.short) for each in SCREEN_ACTIONS if each.short and each.id not in replaced]
    parts = [(first_key(keys, name), word, name) for name, word in (*here, *usual) if keys.get(name)]
    for name in _DROPPED_FIRST:
        if sum(len(key) + len(word) + 3 for key, word, _ in parts) <= width:
            break
        parts = [part for part in parts if part[2] != name]
    return parts
