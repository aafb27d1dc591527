"""Which block or mute on the user's server applies to a post, through its author or its booster."""

from typing import Literal

from ..models.context import PostContext
from ..models.tie import Tie
from ..models.verdict import Reason

Restriction = Literal["block", "domain_block", "blocked_by", "mute", "quotes_muted", "boosts_muted"]


def block_on(context: PostContext, weight: float) -> Reason | None:
    """The block that hides a post, or None."""
    if restriction := _block(context.tie):
        return _reason(restriction, context.tie, "", weight)
    booster, tie = context.post.booster, context.booster_tie
    if booster is not None and tie is not None and (restriction := _block(tie)):
        return _reason(restriction, tie, booster.shown_name, weight)
    return None


def mute_on(context: PostContext, weight: float) -> Reason | None:
    """The mute that hides a post, or None: of everything, or only of the author's quotes or the booster's boosts."""
    author_tie, post, tie = context.tie, context.post, context.booster_tie
    if author_tie.muting:
        return _reason("mute", author_tie, "", weight)
    if author_tie.quotes_muted and post.quote is not None:
        return _reason("quotes_muted", author_tie, "", weight)
    if post.booster is None or tie is None:
        return None
    if tie.muting:
        return _reason("mute", tie, post.booster.shown_name, weight)
    if tie.boosts_muted:
        return _reason("boosts_muted", tie, post.booster.shown_name, weight)
    return None


def _block(tie: Tie) -> Restriction | None:
    if tie.blocking:
        return "block"
    if tie.domain_blocking:
        return "domain_block"
    if tie.blocked_by:
        return "blocked_by"
    return None


def _reason(restriction: Restriction, tie: Tie, booster: str, weight: float) -> Reason:
    return Reason("restricted", (restriction, tie.list_title, booster), weight)
