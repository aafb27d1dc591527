"""Sentences about the progress of fetching."""

from collections.abc import Mapping

from ..models.view import Progress, ProgressKind

PROGRESS: Mapping[ProgressKind, str] = {
    "refresh": "fetching new posts",
    "posts": "fetching posts",
    "posts_done": "fetched posts",
    "older_posts": "fetching older posts",
    "gap": "filling the gap",
    "subscriptions": "fetching your blogs",
    "contacts": "reading who replies to you",
}

NOTHING_NEW = "nothing new"


def progress_text(progress: Progress) -> str:
    """ "fetching posts 80/400"."""
    words = PROGRESS[progress.kind]
    if progress.total:
        return f"{words} {min(progress.done, progress.total)}/{progress.total}"
    if progress.done:
        return f"{words} {progress.done}"
    return f"{words} …"
