"""Custom feeds and lists in --plain: lists them with their numbers, and reads one as a list of posts."""

from ..models.feed import Feed
from ..models.view import PostKey
from ..phrases.errors import error_text
from ..session import Session
from .plain_list import PostList
from .plain_reader import Reader

_PAGES = 3


def list_or_read(reader: Reader, rest: str) -> None:
    """List the feeds, or read up to three pages of the one with that number."""
    lists = reader.ask(reader.session.reading.feeds())
    if lists is None:
        return
    reader.print_lines(*map(error_text, lists.errors))
    if not lists.feeds:
        reader.print_lines("There are no saved feeds and no lists.")
    elif not rest.isdecimal() or not 0 < int(rest) <= len(lists.feeds):
        reader.print_lines(f"{len(lists.feeds)} feeds and lists; f1 and Enter reads the first.")
        reader.print_lines(*(f"{number}: {_line(feed)}" for number, feed in enumerate(lists.feeds, 1)))
    else:
        _read(reader, lists.feeds[int(rest) - 1])


def _line(feed: Feed) -> str:
    line = f"{feed.name}, a {feed.kind}"
    if feed.by:
        line += f" by {feed.by}"
    if feed.gone:
        line += ", which was deleted"
    return f"{line}."


def _read(reader: Reader, feed: Feed) -> None:
    keys: dict[PostKey, None] = {}
    cursor: str | None = None
    for _ in range(_PAGES):
        page = reader.ask(reader.session.reading.feed_page(feed, cursor))
        if page is None:
            break
        keys |= dict.fromkeys(page.keys)
        cursor = page.cursor
        if cursor is None:
            break
    walk = _walk(reader.session, feed, list(keys))
    hidden = len(keys) - len(walk.find())
    if hidden:
        reader.print_lines(f"{hidden} of {len(keys)} posts are hidden at level {reader.session.timeline.level.name}.")
    if keys:
        reader.open(walk)
    elif cursor is None:
        reader.print_lines("It contains no posts.")


def _walk(session: Session, feed: Feed, keys: list[PostKey]) -> PostList:
    """The posts of a feed that the level shows, in the order of the feed."""

    def shown() -> list[PostKey]:
        return [
            each.key for each in session.timeline.get_or_load(keys) if each.verdict.shown_at(session.timeline.level)
        ]

    return PostList(f"{feed.name}, a {feed.kind}", f"feed {feed.id}", shown)
