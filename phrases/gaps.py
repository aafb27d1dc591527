"""Sentences about gaps that cannot be filled."""

from ..models.account import Account
from ..models.view import Gap


def unfillable(gap: Gap) -> str:
    """Why the posts of a gap cannot be fetched, without a full stop; "" if they can."""
    if gap.kind == "forgotten":
        return "the server no longer has the posts that belong here; they cannot be fetched"
    if gap.kind == "unreachable":
        return "the server does not return older posts; they cannot be fetched"
    return ""


def missing_text(account: Account, gap: Gap) -> str:
    """Which posts a server cannot return."""
    host = account.server.partition("://")[2] or account.server
    if gap.kind == "unreachable":
        return f"{host} does not return posts older than {gap.at.astimezone():%d %b %H:%M}; they cannot be fetched."
    if gap.older_at:
        older = f" between {gap.older_at.astimezone():%d %b %H:%M} and"
    else:
        older = " before"
    return f"{host} no longer has the posts{older} {gap.at.astimezone():%d %b %H:%M}; they cannot be fetched."
