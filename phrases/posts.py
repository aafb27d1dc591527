"""The labels and warnings of a post, and what became of it, in words."""

from ..models.post import Label, Post

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


def label_text(label: Label) -> str:
    """ "labelled "Rude" by House Rules"."""
    quotes = "quotes what is " if label.quoted else ""
    return f'{quotes}labelled "{label.name}" by {label.by or "its author"}'


def warning_text(post: Post) -> str:
    """What stands in the place of the text: the author's warning, and labels that warn; "" without any."""
    own = (post.warning,) if post.warning else ()
    return ", ".join((*own, *map(label_text, post.warning_labels)))
