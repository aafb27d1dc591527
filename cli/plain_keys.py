"""The keys of the linear mode: those of the screens where they make sense, typed with Enter after them, or as words."""

import re
from collections.abc import Mapping

_KEYS = (
    ("down", "j", "next post; Enter alone too, and 5j goes five further"),
    ("up", "k", "previous post"),
    ("top", "g", "to the newest post"),
    ("bottom", "G", "to the oldest post that is loaded"),
    ("next_match", "n", "the next unread post"),
    ("next_unsure", "U", "the next post that the filter is not sure of"),
    ("read", "r", "read this post again"),
    ("mark_person", "p", "this is a person: show posts like it"),
    ("mark_celebrity", "c", "a celebrity, brand, news or bot"),
    ("mark_sales", "s", "somebody selling"),
    ("mark_spam", "x", "spam"),
    ("vouch", "v", "always show this person (again: no longer)"),
    ("not_known", "d", "I do not know this person (again: take it back)"),
    ("mute", "m", "hear nothing of this person: m hour, m day, m week or m ever; m off ends it"),
    ("join", "J", "the author on another network: J handle joins the two, J off parts them, J no refuses a proposal"),
    ("undo", "u", "take the last mark, vouch, like or level back"),
    ("like", "l", "like this post on its server (again: take the like back)"),
    ("repeat", ".", "the last mark again, on this post"),
    ("changed", "e", "the posts that the last mark hid or brought back"),
    ("train", "t", "train: the posts whose mark teaches most"),
    ("why", "w", "why this post is shown or hidden"),
    ("hidden", "h", "everything that is hidden"),
    ("open", "open", "the conversation around this post"),
    ("open_link", "o", "a link of the post in the browser; o2 the second"),
    ("author", "a", "the author: your tie with its evidence, and their posts"),
    ("report", "S", "the quiet report: what is hidden, and who makes the noise"),
    ("feeds", "f", "your custom feeds and lists; f2 reads the second"),
    ("find", "F", "search in every post that is kept: F garden, or /garden"),
    ("level_1", "1", "level everything"),
    ("level_2", "2", "level noise: sales and spam are hidden"),
    ("level_3", "3", "level quiet: celebrities too"),
    ("level_4", "4", "level known: strangers too"),
    ("refresh", "R", "ask for news now"),
    ("fill", "fill", "fetch the posts that are missing beside this one"),
    ("help", "?", "all keys"),
    ("quit", "q", "back; from the timeline, leave (every mark is on the disk already)"),
)
HELP = tuple(f"{key}: {text}." for _, key, text in _KEYS)
_WORDS = {
    "next": "down",
    "back": "quit",
    "person": "mark_person",
    "celebrity": "mark_celebrity",
    "sales": "mark_sales",
    "spam": "mark_spam",
    "link": "open_link",
    "search": "find",
}
_COMMAND = re.compile(r"(\d*)\s*(\S*)\s*(.*)", re.DOTALL)


def words_of(own: Mapping[str, str]) -> dict[str, str]:
    """What may be typed, and the action it runs: keys, words, and the user's own single-letter keys from the config."""
    words = {**_WORDS, **{name: name for name, _, _ in _KEYS}}
    usual = {name: key for name, key, _ in _KEYS}
    mine = {name: [key.strip() for key in keys.split(",")] for name, keys in own.items() if name in usual}
    words |= {key: name for name, key in usual.items() if name not in mine}
    for name, keys in mine.items():
        words.update({key: name for key in keys if len(key) == 1})
    return words


def parse(line: str, words: Mapping[str, str]) -> tuple[str, int, str]:
    """(action, count, rest) of a typed line; the action is "" where there is none, "next" for Enter alone."""
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
    # A link's number may stand right behind its key: "o2".
    if word[:1] in words and word[1:].isdecimal():
        return words[word[0]], number, word[1:]
    return "", 1, ""
