"""Updates a stored post: its counts, and its text if the author rewrote the record."""

from datetime import UTC, datetime

from msgspec.structs import replace

from ...models.errors import RecordError
from ...models.post import Post
from ..entities import Entity, text_of
from .labels import Policy
from .parse import counts_of, timeline_post_of, viewer_of

_WRITTEN = ("text", "spans", "links", "tags", "media", "card", "quote", "lang")


def updated_post(post: Post, view: Entity, policy: Policy) -> Post:
    """Update a stored post from its current view.

    The network has no edits. A changed cid means a rewritten record, which counts as an edit at this time.
    """
    cid = text_of(view, "cid")
    current = replace(post, counts=counts_of(view), viewer=viewer_of(view), cid=cid or post.cid)
    if not cid or not post.cid or cid == post.cid:
        return current
    try:
        read = timeline_post_of({"post": view}, post.account, policy)
    except RecordError:
        return current
    return replace(current, **{name: getattr(read, name) for name in _WRITTEN}, edited_at=datetime.now(UTC))
