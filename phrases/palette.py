"""Actions in the command palette: their titles, and how well a query matches them."""

from .action_table import Action


def title(action: Action) -> str:
    """The title of an action in the palette: its first search word, then its text."""
    word = action.search[0]
    if action.text.startswith(word):
        return action.text
    return f"{word}: {action.text}"


def search_rank(action: Action, query: str) -> int:
    """How well a query matches the search words: 0 for no match. Whole words and earlier words rank higher."""
    wanted = " ".join(query.casefold().split())
    if not wanted:
        return 0
    for number, word in enumerate(action.search):
        if word == wanted:
            return 100 - number
    for number, word in enumerate(action.search):
        if word.startswith(wanted):
            return 50 - number
    return 0
