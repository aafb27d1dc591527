"""Errors in words: one sentence that says what happened and what to do.

The screens offer a key where the command line names a command.
"""

from datetime import timedelta

from ..models.errors import PermissionMissing, PostDeleted, RateLimited, ServerError, TimedOut
from ..models.text import status_words
from ..models.view import Refusal


def refusal_text(refusal: Refusal, palette: str) -> str:
    """Why an account has to sign in again, and how; `palette` is the key of the command palette."""
    error = refusal.error
    if isinstance(error, PermissionMissing):
        why = f"{refusal.account.name} lacks the permission {error.scope}, which is needed to {error.purpose}"
    else:
        why = error.fact.removesuffix(".")
    return f'{why}: press {palette} and type "sign in" to sign in again.'


def error_text(error: Exception) -> str:
    """The sentence for an error. Errors without values of their own carry it as their message."""
    match error:
        case RateLimited():
            # Rounded up, so that the limit has ended at the time shown.
            shown = (error.retry_at + timedelta(seconds=59)).astimezone()
            return f"Rate limited by {error.host} until {shown:%H:%M}."
        case TimedOut():
            return f"{error.host} did not answer in time; try again later."
        case ServerError():
            return f"{error.host} returned {status_words(error.status, error.detail)}; try again later."
        case PostDeleted():
            return "This post was deleted, or you may no longer see it."
    return str(error)
