"""Sentences about gaps that cannot be filled."""

from ..models.view import Gap


def unfillable(gap: Gap) -> str:
    """Why the posts of a gap cannot be fetched, without a full stop; "" if they can."""
    if gap.kind == "forgotten":
        return "the server no longer has the posts that belong here; they cannot be fetched"
    if gap.kind == "unreachable":
        return "the server does not return older posts; they cannot be fetched"
    return ""
