"""The words and keys of --plain, from the table of actions."""

from .action_table import ACTIONS

PLAIN_WORDS = {
    "next": "next",
    "back": "quit",
    "person": "mark_person",
    "celebrity": "mark_celebrity",
    "sales": "mark_sales",
    "spam": "mark_spam",
    "link": "open_link",
    "search": "find",
}
"""Words that --plain accepts in addition to keys and ids. "next" works like Enter: it opens a warning first."""


def plain_help() -> list[str]:
    """The keys of --plain in sentences, in the order of the help."""
    return [f"{action.plain}: {action.plain_text or action.text}." for action in ACTIONS if action.plain]
