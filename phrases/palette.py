"""Actions in the command palette: their titles, and how well a query matches them."""

import re

from .action_table import Action

_WORD = re.compile(r"\w+")


def title(action: Action) -> str:
    """The title of an action in the palette: its first search word, then its text."""
    word = action.search[0]
    if action.text.startswith(word):
        return action.text
    return f"{word}: {action.text}"


_FILLERS = frozenset({"a", "an", "the", "as", "my", "this", "to", "of", "for"})


def search_rank(action: Action, query: str) -> int:
    """How well a query matches an action: 0 for no match.

    The whole query as a search word ranks first, then as the beginning of one, then its words in any order, in the
    search words and the text. Earlier search words rank higher.
    """
    wanted = " ".join(query.casefold().split())
    if not wanted:
        return 0
    for number, word in enumerate(action.search):
        if word == wanted:
            return 100 - number
    for number, word in enumerate(action.search):
        if word.startswith(wanted):
            return 50 - number
    words = set(wanted.split()) - _FILLERS
    known = _WORD.findall(" ".join((*action.search, action.text)).casefold())
    if words and all(any(each.startswith(word) for each in known) for word in words):
        return 1
    return 0
