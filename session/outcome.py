"""Shows the result of a finished action: a post that was sent, edited or deleted."""

from datetime import datetime

from msgspec.structs import replace

from ..models.action import Action, Compose, Edit, Receipt
from ..models.action_kinds import kind_of
from ..store.archive import Archive
from ..store.outbox import Entry
from .events import Events, PostsArrived
from .ingest import store_deleted, store_own
from .loaded import LoadedPosts


def show_result(
    archive: Archive, loaded: LoadedPosts, events: Events, entry: Entry, receipt: Receipt, now: datetime
) -> None:
    """Store and show the result of an action. Raises StoreError."""
    if receipt.post is not None:
        loaded.judge.states.set(replace(entry, state="done", receipt=receipt, sent_at=now))
        new = store_own(archive, entry.account, receipt.post, now)
        loaded.reload([receipt.post.key])
        if new:
            events.publish(PostsArrived(tuple(loaded.add_stored(new))))
    removes = _removed(entry.action, receipt)
    if removes is not None:
        # A marked post stays, with a note that it is deleted.
        target = entry.action.target
        ids = list(dict.fromkeys(removes))
        removed, marked = store_deleted(archive, target.account, ids, now)
        loaded.evict([key for key in removed if loaded.get(key) is not None])
        loaded.reload(marked)


def _removed(action: Action, receipt: Receipt) -> tuple[str, ...] | None:
    """The ids of the post that an action removed; None if it removed none."""
    if isinstance(action, Compose) and action.draft.edits is not None:
        # The network has no edits: the new post has replaced the old one.
        return (action.draft.edits.post_id,)
    if isinstance(action, Edit) and receipt.record_id not in ("", action.target.post_id):
        # snac gives an edited post another id.
        return (action.target.post_id,)
    if kind_of(action).effect.removes:
        return (action.target.post_id, action.target.item_id)
    return None
