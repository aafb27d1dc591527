"""The read-only actions of --plain: reasons, authors, and lists opened over the timeline."""

from collections.abc import Callable, Mapping
from functools import partial

from ..phrases.changes import as_sentence
from ..phrases.training import progress
from ..session.browser import can_open
from ..session.report import guesses, make_report
from ..session.training import GOAL
from .plain_feeds import list_or_read
from .plain_forgetting import forget_author
from .plain_importing import import_file, tell_proposals
from .plain_links import open_medium
from .plain_list import by_author, fixed, hidden, training
from .plain_outbox import show_outbox
from .plain_publishing import publish_list
from .plain_reader import Reader
from .plain_review import check_hidden, contradictions, keep_hidden, review_lines
from .plain_subscriptions import list_subscriptions, read_article, subscribe
from .plain_words import joined_lines, person_lines, posts_before, report_lines, why_lines
from .plain_writing import write_post

_FOUND = 200


def look_commands(reader: Reader) -> Mapping[str, Callable[[int, str], None]]:
    """The functions of the actions, by their ids in phrases/action_table.py."""
    return {
        "why": partial(_why, reader),
        "hidden": partial(_hidden, reader),
        "train": partial(_train, reader),
        "author": partial(_author, reader),
        "open": partial(_open, reader),
        "find": partial(_find, reader),
        "report": partial(_report, reader),
        "safety": lambda _count, _rest: check_hidden(reader),
        "contradictions": lambda _count, rest: contradictions(reader, rest),
        "copy_link": partial(_copy_link, reader),
        "open_media": partial(_media, reader),
        "private": partial(_private, reader),
        "feeds": lambda _count, rest: list_or_read(reader, rest),
        "subscriptions": lambda _count, rest: list_subscriptions(reader, rest),
        "import": lambda _count, rest: import_file(reader, rest),
        "publish_list": lambda _count, rest: publish_list(reader, rest),
        "outbox": lambda _count, rest: show_outbox(reader, rest),
        "forget": lambda _count, rest: forget_author(reader, rest),
        "proposals": lambda _count, rest: tell_proposals(reader, rest),
        "subscribe": lambda _count, rest: subscribe(reader, rest),
        **{kind: partial(_write, reader, kind) for kind in ("reply", "compose", "quote")},
    }


def _why(reader: Reader, _count: int, _rest: str) -> None:
    """Print why this post is shown or hidden."""
    judged = reader.here()
    if judged is not None:
        reader.print_lines(*why_lines(reader.session.timeline.why(judged.key)))


def _hidden(reader: Reader, _count: int, _rest: str) -> None:
    """Open the hidden posts. In a safety check: this post is rightly hidden."""
    if reader.walk.opened_by == "safety":
        keep_hidden(reader)
    else:
        reader.open(hidden(reader.session))


def _train(reader: Reader, _count: int, _rest: str) -> None:
    """Open the training queue."""
    if reader.walk.opened_by != "train":
        found = guesses(reader.session.marks.all(), 1)
        reader.print_lines(f"Training: {progress(reader.session.marks.count, GOAL, found.right, found.of)}.")
    reader.open(training(reader.session))


def _author(reader: Reader, _count: int, _rest: str) -> None:
    """Print the author, then open their posts."""
    judged = reader.here()
    if judged is None:
        return
    if reader.walk.opened_by != "author":
        person = judged.post.author_key
        reader.print_lines(*person_lines(judged, reader.session.timeline.why(judged.key).tie))
        joined, proposals = reader.session.links.linked_with(person), reader.session.links.proposals(person)
        reader.print_lines(*(joined_lines(judged, joined, proposals) if joined or proposals else ()))
    reader.open(by_author(reader.session, judged))


def _open(reader: Reader, _count: int, _rest: str) -> None:
    """Open the conversation around the post."""
    judged = reader.here()
    if judged is None or read_article(reader, judged):
        return
    copies = reader.session.crossposts.copies(judged.key)
    before, after = reader.ask(reader.session.reading.thread(judged.key)) or ([], [])
    if not before and not after and not copies:
        reason = reader.session.signing_in.spending.replies_note(judged.post.network)
        if reason:
            reader.print_lines(as_sentence(reason))
        else:
            reader.print_lines("There is no conversation around it.")
        return
    reader.conversation.update((each.key, each) for each in (*before, *copies, *after))
    walk = fixed("the conversation", "open", [each.key for each in (*before, judged, *copies, *after)])
    reader.open(walk, at=judged.key, note=posts_before(len(before)))


def _find(reader: Reader, _count: int, rest: str) -> None:
    """Search all stored posts."""
    if not rest:
        reader.print_lines("Type a slash, the text to find, and Enter: /garden.")
        return
    found, total = reader.session.timeline.search(rest, _FOUND)
    if found:
        reader.open(fixed(f"{total} found for {rest!r}, newest first", "find", [judged.key for judged in found]))
    else:
        reader.print_lines(f"No stored post contains {rest!r}.")


def _report(reader: Reader, _count: int, _rest: str) -> None:
    """Print the report of what is shown and hidden."""
    session = reader.session
    report = make_report(session.timeline.posts, session.timeline.level, session.links.handles_of)
    reader.print_lines(
        *report_lines(report, session.timeline.settled_counts(), session.timeline.level.name, session.marks.count)
    )
    reader.print_lines(*review_lines(session))


def _copy_link(reader: Reader, _count: int, _rest: str) -> None:
    """Print the address of this post on its own line."""
    judged = reader.here()
    if judged is not None:
        reader.print_lines(judged.post.url or "This post has no address.")


def _media(reader: Reader, _count: int, rest: str) -> None:
    """Open a picture, video or sound of this post; if there are several, list them with their numbers."""
    judged = reader.here()
    if judged is not None:
        open_medium(reader, judged.post, rest, opens=can_open())


def _private(reader: Reader, _count: int, _rest: str) -> None:
    """Cover private posts, or show them again."""
    preferences = reader.session.preferences
    covers = not preferences.covers_private()
    preferences.save_covers_private(covers)
    if covers:
        reader.print_lines("Private posts are covered; P shows them.")
    else:
        reader.print_lines("Private posts are shown.")
    reader.read()


def _write(reader: Reader, kind: str, _count: int, _rest: str) -> None:
    write_post(reader, kind, reader.here() if kind != "compose" else None)
