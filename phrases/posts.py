"""What became of a post after it was written, in words."""

from ..models.post import Post

_DELETED = "deleted by its author"


def changes(post: Post, *, dated: bool = False) -> list[str]:
    """ "edited", "deleted by its author": what the screens and the plain lines say beside a post; none for most.

    With `dated` each says when (by this machine's time zone).
    """
    words = []
    if post.edited_at is not None:
        words.append(f"edited {post.edited_at.astimezone():%d %b %Y %H:%M}" if dated else "edited")
    if post.deleted_at is not None:
        since = f"{post.deleted_at.astimezone():%d %b %Y %H:%M}" if dated else ""
        words.append(f"{_DELETED}, seen {since}; it stays because you marked it" if dated else _DELETED)
    return words
