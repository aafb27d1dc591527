"""Texts about a post: audience, labels, warnings, times, counts and edits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..models.person import Person
from ..models.post import Label, Poll, Post

# Imported on demand: the first screen shows no translation.
if TYPE_CHECKING:
    from ..models.translation import Translation

COVERED = "private post, covered"

_AUDIENCES: Mapping[str, str] = {
    "direct": "direct message",
    "private": "followers only",
    "mutuals_only": "mutual followers only",
    "limited": "limited audience",
    "list": "members of a list only",
    "unlisted": "unlisted",
    "local": "this server only",
}

_SHORT_AUDIENCES: Mapping[str, str] = {
    "direct": "direct",
    "private": "followers",
    "mutuals_only": "mutual",
    "limited": "limited",
    "list": "members",
}
"""For narrow screens: each is one word."""

_DELETED = "deleted by its author"


def unfolded_text(number: int, key: str) -> str:
    """Says that hidden posts are unfolded; `key` folds them again."""
    if number == 1:
        return f"unfolded 1 hidden post: {key} on it folds it again"
    return f"unfolded {number} hidden posts: {key} on one of them folds them again"


def changes(post: Post, *, dated: bool = False) -> list[str]:
    """ "edited", "deleted by its author"; empty for most posts. With `dated`, each has its time (in this machine's
    time zone).
    """
    edited, deleted = "edited", _DELETED
    if dated and post.edited_at is not None:
        edited = f"edited {post.edited_at.astimezone():%d %b %Y %H:%M}"
    if dated and post.deleted_at is not None:
        seen = f"{post.deleted_at.astimezone():%d %b %Y %H:%M}"
        deleted = f"{_DELETED}, seen {seen}; it stays because you marked it"
    words = []
    if post.edited_at is not None:
        words.append(edited)
    if post.deleted_at is not None:
        words.append(deleted)
    return words


def label_text(label: Label) -> str:
    """ "labelled "Rude" by House Rules"."""
    text = f'labelled "{label.name}" by {label.by or "its author"}'
    if label.quoted:
        return f"quotes a post {text}"
    return text


def warning_text(post: Post) -> str:
    """The text of a cover: the author's warning, and labels that warn; "" without any."""
    labels = map(label_text, post.warning_labels)
    return ", ".join(part for part in (post.warning, *labels) if part)


def audience(post: Post) -> str:
    """Who may read a post that is not public: "followers only"; "" for a public or unlisted post."""
    if not post.is_private:
        return ""
    # An unknown kind is private too, and keeps its own name.
    return _AUDIENCES.get(post.visibility, post.visibility.replace("_", " "))


def short_audience(post: Post) -> str:
    """Who may read a post that is not public, in one word: "followers"."""
    if not post.is_private:
        return ""
    return _SHORT_AUDIENCES.get(post.visibility, "private")


def details(post: Post) -> str:
    """One line about an opened post: its time, audience, language, and counts.

    Times are in this machine's time zone.
    """
    parts = []
    if post.created_at is not None:
        parts.append(f"{post.created_at.astimezone():%a %d %b %Y %H:%M}")
    if post.boosted_at is not None and post.booster is not None:
        parts.append(f"boosted {post.boosted_at.astimezone():%d %b %Y %H:%M}")
    if post.visibility:
        parts.append(_AUDIENCES.get(post.visibility, post.visibility.replace("_", " ")))
    if post.lang:
        parts.append(f"language {post.lang}")
    counts = (
        (post.counts.replies, "reply", "replies"),
        (post.counts.boosts, "boost", "boosts"),
        (post.counts.likes, "like", "likes"),
    )
    for count, one, many in counts:
        if count == 1:
            parts.append(f"1 {one}")
        elif count is not None:
            parts.append(f"{count:,} {many}")
    return " · ".join(parts)


def boosted_by(names: Sequence[str]) -> str:
    """Who boosted a post, newest first: "Ada boosted", "boosted by Ada and Ben", "boosted by Ada, Ben and 4 others"."""
    if len(names) == 1:
        return f"{names[0]} boosted"
    if len(names) == 2:
        return f"boosted by {names[0]} and {names[1]}"
    others = len(names) - 2
    if others == 1:
        return f"boosted by {names[0]}, {names[1]} and 1 other"
    return f"boosted by {names[0]}, {names[1]} and {others} others"


def also_text(post: Post, copies: Iterable[Post], places: Mapping[str, str]) -> str:
    """Where the copies of a post on other networks are: "also on Bluesky and on their blog"; "" without one."""
    found: dict[str, None] = {}
    for copy in copies:
        if copy.identity == post.identity:
            continue
        if copy.network == post.network:
            found[f"as @{copy.author.handle}"] = None
        else:
            found[places.get(copy.network, f"on {copy.network}")] = None
    if not found:
        return ""
    return f"also {' and '.join(found)}"


def takeover_text(author: Person, number: int) -> str:
    """The line for several posts of an account that may have been taken over."""
    name = author.shown_name or "somebody"
    return f"{number} posts unlike {name}'s others: the account may have been taken over"


def ago(at: datetime | None, now: datetime) -> str:
    """A short relative time: "now", "5m", "3h", "2d", "12 Nov", "Nov 2023"."""
    if at is None:
        return ""
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f}m"
    if seconds < 86_400:
        return f"{seconds // 3600:.0f}h"
    if seconds < 6 * 86_400:
        return f"{seconds // 86_400:.0f}d"
    local = at.astimezone()
    if (now - at).days < 300:
        return f"{local.day} {local:%b}"
    return f"{local:%b %Y}"


def translation_origin(translation: "Translation") -> str:
    """ "translated from de by DeepL"."""
    origin = f"translated from {translation.source or 'another language'}"
    if translation.provider:
        return f"{origin} by {translation.provider}"
    return origin


def poll_line(poll: Poll, now: datetime) -> str:
    """ "poll, 12 people · closed": how many voted, and whether it has ended."""
    if poll.voters is not None:
        voted = f"{poll.voters:,} people"
    else:
        votes = sum(option.votes or 0 for option in poll.options)
        voted = f"{votes:,} vote{'s' if votes != 1 else ''}"
    closed = " · closed" if poll.is_closed(now) else ""
    return f"poll, {voted}{closed}"
