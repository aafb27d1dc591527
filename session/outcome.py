"""Shows what a finished action made or removed: a post that was sent, edited or deleted."""

from datetime import datetime

from ..models.action import Receipt
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
        new = store_own(archive, entry.account, receipt.post, now)
        loaded.reload([receipt.post.key])
        if new:
            events.publish(PostsArrived(tuple(loaded.add_stored(new))))
    if kind_of(entry.action).effect.removes:
        # A post with a mark stays, and says that it is deleted.
        target = entry.action.target
        ids = list(dict.fromkeys((target.post_id, target.item_id)))
        removed, marked = store_deleted(archive, target.account, ids, now)
        loaded.evict([key for key in removed if loaded.get(key) is not None])
        loaded.reload(marked)
