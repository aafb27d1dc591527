"""Publishes the people the user knows as a list in --plain, after a question."""

from ..models.published import DEFAULT_NAME
from ..phrases.publishing import plan_lines, short_question
from .plain_reader import Reader

_SHOWN = 12


def publish_list(reader: Reader, rest: str) -> None:
    """Print what publishing would change ("publish", "publish ACCOUNT"), or publish ("publish yes")."""
    publishing = reader.session.publishing
    words = rest.split()
    sure = words[-1:] == ["yes"]
    if sure:
        words.pop()
    account = publishing.account(" ".join(words) or None)
    if sure:
        publishing.check(account)
    plan = reader.ask(publishing.plan(account, DEFAULT_NAME, "known"))
    if plan is None:
        return
    reader.print_lines(*plan_lines(plan, shown=_SHOWN))
    if not plan.changes:
        return
    if sure:
        reader.ask(publishing.publish(plan))
    else:
        typed = " ".join(["publish", *words, "yes"])
        reader.print_lines(f"{short_question(plan)} Type {typed} to do it.")
