"""Reads posts in plain lines: the position, the text, and requests to the networks."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO, TypeVar

from ..models.view import JudgedPost, PostKey, Progress, RefreshResult
from ..phrases.changes import as_sentence, capital
from ..phrases.gaps import unfillable
from ..phrases.posts import also_text, takeover_text
from ..session import Session
from ..session.training import is_unsure
from .output import print_text
from .plain_list import PostList, between, feed
from .plain_requests import Requests
from .plain_words import hidden_words, read_post

T = TypeVar("T")

_MORE = 20


class Reader:
    """Reads posts one by one, from the timeline or from a list opened over it."""

    def __init__(self, session: Session, runner: asyncio.Runner, typed: TextIO) -> None:
        """`typed` is the user's input: standard input."""
        self.session = session
        self.typed = typed
        self.requests = Requests(session, runner, self.print_lines)
        self.opened: set[PostKey] = set()
        self.feed = feed(session, self.opened)
        self.beside: list[PostList] = []
        self.conversation: dict[PostKey, JudgedPost] = {}
        self.leaving = False

    def commands(self) -> Mapping[str, Callable[[int, str], None]]:
        """The functions of the actions that move and fetch, by their ids in phrases/action_table.py."""
        return {
            "next": self.do_next,
            "down": self.do_down,
            "up": self.do_up,
            "top": self.do_top,
            "bottom": self.do_bottom,
            "next_match": self.do_next_match,
            "next_unsure": self.do_next_unsure,
            "read": self.do_read,
            "refresh": self.do_refresh,
            "fill": self.do_fill,
            "quit": self.do_quit,
        }

    @property
    def walk(self) -> PostList:
        """The current list: the last opened one, or the timeline."""
        if self.beside:
            return self.beside[-1]
        return self.feed

    def print_lines(self, *lines: str) -> None:
        """Print lines."""
        for line in lines:
            print_text(line)

    def judged(self, key: PostKey | None) -> JudgedPost | None:
        """A post with its current verdict."""
        if key is None:
            return None
        return self.session.timeline.get(key) or self.conversation.get(key)

    def here(self) -> JudgedPost | None:
        """The current post; None, with a message, if there is none."""
        judged = self.judged(self.walk.here)
        if judged is None:
            self.print_lines("There is no post here.")
        return judged

    def read(self) -> None:
        """Print the current post."""
        walk, judged = self.walk, self.judged(self.walk.here)
        if judged is None:
            if walk is not self.feed:
                self.print_lines("There is no post here.")
            elif self.session.timeline.counts().hidden_total:
                self.print_lines("All loaded posts are hidden: h and Enter reads them, 1 and Enter shows them.")
            else:
                self.print_lines("No posts yet: R and Enter fetches new posts.")
            return
        place = f"{walk.at + 1} of {len(walk.keys)}"
        folded = walk.folds.get(judged.key)
        if folded is not None:
            self.print_lines(
                f"{place}. {takeover_text(judged.post.author, len(folded))}."
                " Enter opens them; m hides them until it is over."
            )
            return
        if judged.key in self.session.unread.unread:
            place += ", unread"
        opened, cover = judged.key in self.opened, self.session.preferences.covers_private()
        self.print_lines(*read_post(judged, place, datetime.now(UTC), opened=opened, cover=cover))
        copies = [each.post for each in self.session.crossposts.copies(judged.key)]
        self.session.unread.read([judged.key, *(copy.key for copy in copies)])
        if also := also_text(judged.post, copies, self.session.crossposts.same().places):
            self.print_lines(f"{capital(also)}: open and Enter reads it there too.")
        if not judged.verdict.shown_at(self.session.timeline.level):
            self.print_lines(hidden_words(judged))

    def do_next(self, count: int, _rest: str) -> None:
        """Go to the next post; a content warning, or a fold of several posts, is opened first."""
        judged = self.judged(self.walk.here)
        if judged is not None and judged.key in self.walk.folds:
            self.do_read(1, "")
        elif judged is not None and judged.post.covered and judged.key not in self.opened:
            self.opened.add(judged.key)
            self.read()
        else:
            self.do_down(count, "")

    def do_down(self, count: int, _rest: str) -> None:
        """Go to the next post, and report hidden posts and gaps in between."""
        walk, before = self.walk, self.walk.here
        walk.at = min(walk.at + count, max(len(walk.keys) - 1, 0))
        if walk.here == before:
            if not self.more():
                self.print_lines("That was the last post.")
                return
            walk.at = min(walk.at + 1, len(walk.keys) - 1)
        if walk is self.feed and count == 1:
            self._say_between(before, walk.here)
        walk.update()
        self.read()

    def more(self) -> bool:
        """Load older posts for the current list, stored ones first; for the timeline also from the server.

        Returns whether the list grew.
        """
        walk, before = self.walk, len(self.walk.keys)
        if not walk.grows:
            return False
        while len(walk.keys) == before and self.session.timeline.load():
            walk.update()
        if (
            walk is self.feed
            and len(walk.keys) == before
            and any(gap.older_at is None and gap.fillable for gap in self.session.timeline.gaps)
        ):
            self.print_lines("Fetching older posts.")
            self.print_lines(self.arrived(self.ask(self.session.fetching.more(_MORE, self.report))))
            walk.update()
        return len(walk.keys) > before

    def _say_between(self, newer: PostKey | None, older: PostKey | None) -> None:
        text, gap = between(self.session, newer, older)
        if text:
            self.print_lines(text)
        if gap is not None and gap.fillable:
            self.print_lines("Posts between these two were not fetched: fill and Enter fetches them.")
        elif gap is not None:
            self.print_lines(f"Posts are missing between these two: {unfillable(gap)}.")

    def do_up(self, count: int, _rest: str) -> None:
        """Go to the previous post."""
        if self.walk.at == 0:
            self.print_lines("This is the first post.")
            return
        self.walk.at = max(self.walk.at - count, 0)
        self.walk.update()
        self.read()

    def do_top(self, _count: int, _rest: str) -> None:
        """Go to the newest post."""
        self.walk.at = 0
        self.walk.update()
        self.read()

    def do_bottom(self, _count: int, _rest: str) -> None:
        """Go to the oldest loaded post."""
        self.walk.at = max(len(self.walk.keys) - 1, 0)
        self.walk.update()
        self.read()

    def do_next_match(self, _count: int, _rest: str) -> None:
        """Go to the next unread post."""
        unread = self.session.unread.unread
        self._go_on(lambda key: key in unread, "No more unread posts.")

    def do_next_unsure(self, _count: int, _rest: str) -> None:
        """Go to the next post that the filter is not sure about."""

        def unsure(key: PostKey) -> bool:
            judged = self.session.timeline.get(key)
            return judged is not None and is_unsure(judged)

        self._go_on(unsure, "No more posts that the filter is not sure about.")

    def _go_on(self, wanted: Callable[[PostKey], bool], nothing: str) -> None:
        for number in range(self.walk.at + 1, len(self.walk.keys)):
            if wanted(self.walk.keys[number]):
                self.walk.at = number
                self.walk.update()
                self.read()
                return
        self.print_lines(nothing)

    def do_read(self, _count: int, _rest: str) -> None:
        """Print the current post in full."""
        judged = self.here()
        if judged is not None:
            self.opened.add(judged.key)
            if judged.key in self.walk.folds:
                self.walk.update()
            self.read()

    def open(self, walk: PostList, at: PostKey | None = None, note: str = "") -> None:
        """Open a list over the timeline, at one of its posts; the same action closes it. `note` is read with it."""
        if walk.opened_by == self.walk.opened_by != "find":
            self.do_quit(1, "")
            return
        walk.update()
        if not walk.keys:
            self.print_lines(f"Nothing to read in {walk.name}.")
            return
        if at is not None:
            walk.go(at)
        self.beside.append(walk)
        self.print_lines(
            f"Reading {walk.name}: {len(walk.keys)} post{'s' if len(walk.keys) != 1 else ''}{note}; q goes back."
        )
        self.read()

    def do_quit(self, _count: int, _rest: str) -> None:
        """Go back to the previous list; from the timeline, quit."""
        if not self.beside:
            self.leaving = True
            return
        self.beside.pop()
        self.walk.update()
        self.print_lines(f"Back in {self.walk.name}.")
        self.read()

    def do_refresh(self, _count: int, _rest: str) -> None:
        """Fetch new posts."""
        self.print_lines("Fetching new posts.")
        here = [key for key in (self.walk.here,) if key is not None]
        arrival = self.ask(self.session.fetching.refresh(self.report, visible=here))
        self.walk.update()
        text = self.arrived(arrival)
        if arrival and arrival.shown:
            text += " g goes to the newest."
        self.print_lines(text)

    def do_fill(self, _count: int, _rest: str) -> None:
        """Fill the gap next to this post."""
        at = self.feed.at
        keys = self.feed.keys
        for newer, older in ((at - 1, at), (at, at + 1)):
            if newer >= 0 and older < len(keys):
                _, gap = between(self.session, keys[newer], keys[older])
                if gap is not None and not gap.fillable:
                    self.print_lines(as_sentence(unfillable(gap)))
                    return
                if gap is not None:
                    self.print_lines(self.arrived(self.ask(self.session.fetching.fill(gap, self.report))))
                    self.feed.update()
                    return
        self.print_lines("No posts are missing next to this one.")

    def ask(self, request: Coroutine[Any, Any, T]) -> T | None:
        """Wait for a request; None after Ctrl+C or an error."""
        return self.requests.run(request)

    def report(self, progress: Progress) -> None:
        """Print nothing, because progress would interrupt a screen reader."""

    def arrived(self, arrival: RefreshResult | None) -> str:
        """The result of a refresh as a text."""
        if arrival is None:
            return "Nothing was fetched."
        parts = [*arrival.errors]
        if arrival.new:
            parts.append(f"{len(arrival.new)} new, {arrival.shown} shown, {arrival.hidden} hidden.")
        return " ".join(parts) or "Nothing new."
