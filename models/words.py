"""Facts in words, the same on the screens and in plain text."""

from collections.abc import Mapping
from datetime import datetime

from .person import Person
from .post import Post
from .tie import Tie
from .view import HIDE_CAUSES, HideCause

_MANY: Mapping[HideCause, str] = {"stranger": "strangers"}


def shares(hidden: Mapping[HideCause, int]) -> str:
    """ "120 celebrity, 61 sales, 31 spam"."""
    words = ((kind, hidden.get(kind, 0)) for kind in HIDE_CAUSES)
    return ", ".join(f"{count} {kind if count == 1 else _MANY.get(kind, kind)}" for kind, count in words if count)


def numbers(person: Person) -> list[str]:
    """What is known of an account in numbers: "1,204 followers", "follows 83", "a bot"."""
    parts = []
    if person.followers is not None:
        parts.append(f"{person.followers:,} followers")
    if person.following is not None:
        parts.append(f"follows {person.following:,}")
    if person.posts is not None:
        parts.append(f"{person.posts:,} posts")
    if person.bot:
        parts.append("a bot")
    return parts


def contact_lines(tie: Tie) -> list[str]:
    """What passed each way, and when first and last; nothing where nothing is known."""
    lines = []
    ways = (
        ("they", (("replied", tie.replies_to_you), ("mentioned you", tie.mentions_to_you),
                  ("liked", tie.likes_to_you), ("boosted", tie.boosts_to_you)), tie.last_to_you),
        ("you", (("replied", tie.replies_from_you), ("mentioned them", tie.mentions_from_you),
                 ("liked", tie.likes_from_you), ("boosted", tie.boosts_from_you)), tie.last_from_you),
    )  # fmt: skip
    for who, counts, last in ways:
        parts = [f"{word} {count}×" for word, count in counts if count]
        if parts:
            lines.append(f"{who} {', '.join(parts)}" + (f", last in {_month(last)}" if last else ""))
    if tie.first_contact is not None:
        lines.append(f"first contact in {_month(tie.first_contact)}")
    return lines


def links_of(post: Post) -> list[str]:
    """What can be opened: the post's links, its card, its quoted post, its pictures, and the post itself last."""
    links = [*(post.links or ()), post.card.url if post.card else "", post.quote.url if post.quote else ""]
    links += [medium.url for medium in post.media or ()]
    return [url for url in dict.fromkeys([*links, post.url]) if url.startswith(("https://", "http://"))]


def _month(at: datetime) -> str:
    return f"{at.astimezone():%B %Y}"
