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


def no_key(typed: str) -> str:
    """Says that --plain has no such key, and which action other clients call by this word."""
    for action in ACTIONS:
        if action.plain and typed.casefold() in action.search:
            return f"There is no key {typed!r}; {action.plain} and Enter: {action.plain_text or action.text}."
    return f"There is no key {typed!r}: ? and Enter lists all keys."


def plain_help() -> list[str]:
    """The keys of --plain in sentences, in the order of the help."""
    return [f"{action.plain}: {action.plain_text or action.text}." for action in ACTIONS if action.plain]
