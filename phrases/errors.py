"""Errors in words for the screens, which offer a key where the command line names a command."""

from ..models.errors import PermissionMissing
from ..models.view import Refusal


def refusal_text(refusal: Refusal, palette: str) -> str:
    """Why an account has to sign in again, and how; `palette` is the key of the command palette."""
    error = refusal.error
    if isinstance(error, PermissionMissing):
        why = f"{refusal.account.name} lacks the permission {error.scope}, which is needed to {error.purpose}"
    else:
        why = error.fact.removesuffix(".")
    return f'{why}: press {palette} and type "sign in" to sign in again.'
