"""Sentences about ties."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from ..models.tie import NO_TIE, SELECTIVE, Tie
from ..models.view import TieView

NO_CONTACT = "no contact between you so far"
_NOT_KNOWN = "no contact between you is known"
_PENDING = "your relationship is not known yet"
_MORE_PENDING = "not all of it is known yet"
THIS_IS_YOU = "this is you"
"""The text for the user's own account in place of a tie."""

_RESTRICTIONS: Mapping[str, str] = {
    "block": "you block them on your server",
    "domain_block": "you block their server",
    "blocked_by": "they block you",
    "mute": "you muted them on your server",
    "boosts_muted": "you muted their boosts on your server",
    "quotes_muted": "you muted their quotes on your server",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def evidence(tie: Tie, *, relationship_known: bool = True) -> str:
    """The tie in one sentence: "you follow each other; 14 replies both ways, last in March 2023".

    If the relationship is unknown, because it was not requested or the server has not responded, the sentence includes
    that.
    """
    text = _NOT_KNOWN
    if tie is not NO_TIE:
        text = _sentence(tie)
    if relationship_known or (tie.you_follow and tie.follows_you):
        return text
    if text in (NO_CONTACT, _NOT_KNOWN):
        return _PENDING
    return f"{text}; {_MORE_PENDING}"


def tie_text(view: TieView) -> str:
    """The evidence of a tie, or that this is the user."""
    if view.own:
        return THIS_IS_YOU
    return evidence(view.tie, relationship_known=view.relationship_known)


def tie_line(view: TieView) -> str:
    """The same after the handle: "ada@example.social: you follow each other"."""
    return f"{view.handle}: {tie_text(view)}"


@lru_cache(maxsize=8192)
def _sentence(tie: Tie) -> str:
    parts = []
    if tie.not_known:
        parts.append("you marked them as not known")
    elif tie.vouched:
        parts.append("you vouched for them")
    parts += _restrictions(tie)
    if tie.contact:
        parts.append("they are among your contacts")
    if tie.subscribed:
        parts.append("you subscribed to their blog")
    if tie.lists_you:
        parts.append("their blogroll lists your blog")
    if follows := _follows(tie):
        parts.append(follows)
    if tie.requested and not tie.you_follow:
        parts.append("you requested to follow them, and they have not accepted yet")
    if tie.follows_you and tie.they_follow is not None and tie.they_follow > SELECTIVE:
        parts.append(f"they follow {tie.they_follow:,} accounts")
    parts += _contact_with_date(tie)
    if not parts:
        # Zero was counted; None is unknown.
        nothing_came = tie.follows_you is False or tie.replies_to_you == 0
        if nothing_came:
            return NO_CONTACT
        return _NOT_KNOWN
    if len(tie.places) > 1:
        parts.append(f"{' and '.join(tie.places)} together")
    elif tie.places:
        parts.append(f"all of it {tie.places[0]}")
    return "; ".join(parts)


def restriction_words(restriction: str, list_title: str = "") -> str:
    """A block or mute on the server, with the moderation list that it comes from."""
    words = _RESTRICTIONS[restriction]
    if list_title and restriction in ("block", "mute"):
        words = f'{words} through the list "{list_title}"'
    return words


def _restrictions(tie: Tie) -> list[str]:
    active = {
        "block": tie.blocking,
        "domain_block": tie.domain_blocking,
        "blocked_by": tie.blocked_by,
        "mute": tie.muting,
        "boosts_muted": tie.boosts_muted,
        "quotes_muted": tie.quotes_muted,
    }
    return [restriction_words(name, tie.list_title) for name, is_active in active.items() if is_active]


def _follows(tie: Tie) -> str:
    if tie.you_follow and tie.follows_you:
        return "you follow each other"
    if tie.you_follow:
        if tie.follows_you is False:
            return "you follow them, they do not follow you"
        return "you follow them"
    if tie.follows_you:
        if tie.you_follow is False:
            return "they follow you, you do not follow them"
        return "they follow you"
    return ""


def _contact_with_date(tie: Tie) -> list[str]:
    contact = _contact(tie)
    last = max((at for at in (tie.last_contact, tie.last_to_you, tie.last_from_you) if at is not None), default=None)
    if last is None:
        return contact
    when = _month(last)
    if contact:
        return [*contact[:-1], f"{contact[-1]}, last in {when}"]
    return [f"contact last in {when}"]


def _month(at: datetime) -> str:
    return f"{_MONTHS[at.month - 1]} {at.year}"


def _contact(tie: Tie) -> list[str]:
    """The two strongest kinds of contact between them."""
    parts = _direct(tie)
    parts += _both_ways(tie.replies_to_you, tie.replies_from_you, "reply", "they replied to you", "you replied to them")
    parts += _both_ways(
        tie.mentions_to_you, tie.mentions_from_you, "mention", "they mentioned you", "you mentioned them"
    )
    parts += _both_ways(tie.likes_to_you, tie.likes_from_you, "like", "they liked you", "you liked them")
    parts += _both_ways(tie.boosts_to_you, tie.boosts_from_you, "boost", "they boosted you", "you boosted them")
    return parts[:2]


def _direct(tie: Tie) -> list[str]:
    theirs = max(tie.direct or 0, tie.direct_to_you or 0)
    if tie.direct or (theirs and tie.direct_from_you):
        return [_many(theirs, "direct conversation")]
    if theirs:
        return [f"they wrote to you directly {times(theirs)}"]
    if tie.direct_from_you:
        return [f"you wrote to them directly {times(tie.direct_from_you)}"]
    return []


def _both_ways(theirs: int | None, yours: int | None, noun: str, they: str, you: str) -> list[str]:
    if theirs and yours:
        return [f"{_many(theirs + yours, noun)} both ways"]
    if theirs:
        return [f"{they} {times(theirs)}"]
    if not yours:
        return []
    if noun == "reply" and theirs == 0:
        return [f"{you} {times(yours)}, they never replied"]
    return [f"{you} {times(yours)}"]


def _many(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    if noun == "reply":
        return f"{count:,} replies"
    return f"{count:,} {noun}s"


def times(count: int) -> str:
    """ "once", "twice", "12 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")
