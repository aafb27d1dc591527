"""The newest actions on each post, in memory, as screens show them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..models.action import Action, Compose, PostAction
from ..models.action_kinds import kind_of, subject_key
from ..models.errors import StoreError
from ..models.post import Post
from ..store.archive import Archive
from ..store.outbox import Entry
from .clock import Clock

_SETTLED = timedelta(minutes=10)
"""How long a finished action overrides the server's state: a response may be from before the action."""

_State = tuple[int, PostAction, datetime | None]


class ActionStates:
    """The newest action of each topic, by account and target."""

    def __init__(self, clock: Clock, entries: Iterable[Entry]) -> None:
        """`entries` are those of the last day, oldest first."""
        self._clock = clock
        self._states: dict[tuple[str, str], dict[str, _State]] = {}
        self._pending: dict[tuple[str, str], PostAction] = {}
        """The user's posts that somebody must approve. Servers do not report whether a reply was approved."""
        for entry in entries:
            self.set(entry)

    def set(self, entry: Entry) -> None:
        """Show an entry at its target."""
        kind = kind_of(entry.action)
        action = PostAction(kind.name, entry.state, entry.reason)
        self._states.setdefault(_place(entry), {})[kind.topic] = (entry.id, action, entry.sent_at)
        decides = _approves(entry.action)
        if decides and entry.state == "done" and entry.receipt is not None:
            self._pending[(entry.account, entry.receipt.record_id)] = PostAction(kind.name, "done", decides)

    def remove(self, entry: Entry) -> None:
        """Remove the topic of an entry from its target."""
        self._states.get(_place(entry), {}).pop(kind_of(entry.action).topic, None)

    def of_post(self, post: Post) -> tuple[PostAction, ...]:
        """The newest action of each topic on a post, or on the original of a boost; newest first."""
        if not self._states:
            return ()
        place = (post.account, f"post:{post.original_id or post.id}")
        now, found = self._clock.now(), self._states.get(place, {}).values()
        counting = [each for each in found if each[2] is None or now - each[2] <= _SETTLED]
        newest = tuple(action for _, action, _ in sorted(counting, key=lambda each: -each[0]))
        pending = self._pending.get((post.account, post.id))
        if pending is None or _was_seen(post):
            return newest
        return (*newest, pending)


def _approves(action: Action) -> str:
    """The sentence about who must approve a new post before others see it; "" if nobody must."""
    if not isinstance(action, Compose):
        return ""
    from ..phrases.composing import asks_first

    reply, quote = action.draft.reply_to, action.draft.quote
    if reply is not None and reply.reply_permission == "asks":
        return asks_first(reply.handle, "reply")
    if quote is not None and quote.quote_permission == "asks":
        return asks_first(quote.handle, "quote")
    return ""


def _was_seen(post: Post) -> bool:
    """Whether others reacted to a post, so that it was approved."""
    counts = post.counts
    return any((counts.replies, counts.likes, counts.boosts))


def _place(entry: Entry) -> tuple[str, str]:
    kind = kind_of(entry.action)
    return (entry.account, f"{kind.subject}:{subject_key(kind, entry.action.target)}")


def recent_entries(archive: Archive, clock: Clock) -> list[Entry]:
    """The open actions and those of the last day, oldest first; none if the outbox cannot be read."""
    try:
        return archive.outbox.recent(clock.now() - timedelta(days=1))
    except StoreError:
        return []
