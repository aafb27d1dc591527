"""The keys of --plain: keys of the screens, or words for actions, each followed by Enter."""

import re
from collections.abc import Mapping

from ..phrases.action_table import ACTIONS
from ..phrases.plain_keys import PLAIN_WORDS

_COMMAND = re.compile(r"(\d*)\s*(\S*)\s*(.*)", re.DOTALL)


_TAKE_TEXT = frozenset(
    ("contradictions", "feeds", "find", "follow_tag", "import", "join", "mute", "note", "open_link", "open_media",
     "outbox", "proposals", "publish_list", "report_person", "subscribe", "subscriptions", "vote")
)  # fmt: skip
_TAKE_YES = frozenset(("block", "delete", "follow", "forget", "hide_boosts", "mute_server", "unfollow"))


def takes(action: str, rest: str) -> bool:
    """Whether an action takes the text after its key. A pasted line of prose must not act as its first word."""
    return not rest or action in _TAKE_TEXT or (action in _TAKE_YES and rest == "yes")


def words_of(own: Mapping[str, str]) -> dict[str, str]:
    """Map what can be typed to actions: keys, words, and the single-letter keys of the config."""
    default = {action.id: action.plain for action in ACTIONS if action.plain}
    words = {**PLAIN_WORDS, **{name: name for name in default}}
    chosen = {name: [key.strip() for key in keys.split(",")] for name, keys in own.items() if name in default}
    words |= {key: name for name, key in default.items() if name not in chosen}
    for name, keys in chosen.items():
        words.update({key: name for key in keys if len(key) == 1})
    return words


def parse(line: str, words: Mapping[str, str]) -> tuple[str, int, str]:
    """Parse a typed line into (action, count, rest). The action is "" if unknown, "next" for Enter alone."""
    if not line:
        return "next", 1, ""
    if line.startswith("/"):
        return "find", 1, line[1:].strip()
    if line in words:
        return words[line], 1, ""
    match = _COMMAND.fullmatch(line)
    assert match is not None
    count, word, rest = match.groups()
    number = min(int(count[:4] or 1), 9999) or 1
    if word in words:
        return words[word], number, rest
    # The number of a link may directly follow its key: "o2".
    if word[:1] in words and word[1:].isdecimal():
        return words[word[0]], number, f"{word[1:]} {rest}".strip()
    return "", 1, ""
