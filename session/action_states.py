"""The newest action on each post, in memory: what screens show beside it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..models.action import PostAction, kind_of
from ..models.post import Post
from ..store.outbox import Entry
from .clock import Clock

_SETTLED = timedelta(minutes=10)
"""How long an action that was done counts for more than what a server says: it may answer from before it."""


class ActionStates:
    """Actions by account and post."""

    def __init__(self, clock: Clock, entries: Iterable[Entry]) -> None:
        """`entries` are those of the last day, oldest first."""
        self._clock = clock
        self._states: dict[tuple[str, str], tuple[PostAction, datetime | None]] = {}
        for entry in entries:
            self.set(entry)

    def set(self, entry: Entry) -> None:
        """Show an entry at its post."""
        action = PostAction(kind_of(entry.action), entry.state, entry.reason)
        self._states[entry.account, entry.action.target.post_id] = (action, entry.sent_at)

    def remove(self, entry: Entry) -> None:
        """Show nothing at the post of an entry."""
        self._states.pop((entry.account, entry.action.target.post_id), None)

    def get(self, post: Post) -> PostAction | None:
        """The newest action on a post, or on the original of a boost."""
        if not self._states:
            return None
        action, sent_at = self._states.get((post.account, post.original_id or post.id), (None, None))
        if action is not None and sent_at is not None and self._clock.now() - sent_at > _SETTLED:
            return None
        return action
