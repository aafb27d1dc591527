"""Errors in words: one sentence that says what happened and what to do.

The screens offer a key where the command line names a command.
"""

from collections.abc import Sequence
from datetime import timedelta

from ..models.errors import (
    AccountInactive,
    BudgetSpent,
    CodeRejected,
    ConnectionFailed,
    NotPossible,
    PermissionMissing,
    PostDeleted,
    RateLimited,
    RequestRejected,
    ServerError,
    SignInDeclined,
    SignInEnded,
    SignInNeeded,
    TimedOut,
    TokenMissing,
    TokenRejected,
    TokenUnusable,
    Unconfirmed,
    UnusableResponse,
    WrongAccount,
)
from ..models.secrets import without_secrets
from ..models.text import status_words
from ..models.view import Refusal

_CONNECTION = {
    "unknown_host": "there is no server of that name",
    "refused": "the connection was refused",
    "bad_certificate": "its certificate is not valid ({detail})",
    "other": "{detail}",
}
_INACTIVE = {
    "taken_down": "{host} has taken this account down: only its moderators can restore it.",
    "suspended": "{host} has suspended this account: only its moderators can restore it.",
    "deactivated": "This account is deactivated: sign in to the app of its network once to restore it.",
}
_RESPONSES = {
    "not_json": "{host} did not return JSON; check its address.",
    "web_page": "{host} returned a web page instead of JSON; check its address, and whether this network"
    " requires you to log in first.",
    "too_large": "{host} sent more than {detail}; the response was not read.",
    "undecodable": "{host} sent a response that cannot be decompressed; it was not read.",
    "redirect": "{host} redirects elsewhere ({detail}); check its address.",
    "next_page_elsewhere": "{host} links to another server for its next page; it was not followed.",
}
CHAT_HINT = 'an app password created with "Allow access to your direct messages" has it'


def refusal_text(refusal: Refusal, palette: str) -> str:
    """Why an account has to sign in again, and how; `palette` is the key of the command palette."""
    error = refusal.error
    if isinstance(error, PermissionMissing):
        why = f"{refusal.account.name} lacks the permission {error.scope}, which is needed to {error.purpose}"
    else:
        why = _sign_in_fact(error).removesuffix(".")
    return f"{why}: {_sign_in_words(palette)}."


def screen_error_text(error: Exception, palette: str) -> str:
    """The sentence for an error on a screen. It names `palette`, the key that opens the palette, to sign in again."""
    if isinstance(error, SignInNeeded) and error.command:
        return f"{_sign_in_fact(error).removesuffix('.')}: {_sign_in_words(palette)}."
    return error_text(error)


def _sign_in_words(palette: str) -> str:
    return f'press {palette} and type "sign in" to sign in again'


def deleted_text(*, marked: bool) -> str:
    """A post no longer exists on its server; a marked one stays here."""
    rest = "it was removed here"
    if marked:
        rest = "it stays here because you marked it"
    return f"This post was deleted by its author, or you may no longer see it; {rest}."


def permissions_text(missing: Sequence[PermissionMissing]) -> str:
    """One sentence about the permissions that a sign-in lacks."""
    first = missing[0]
    if len(missing) == 1:
        return error_text(first)
    *purposes, last = dict.fromkeys(each.purpose for each in missing)
    listed = last
    if purposes:
        listed = f"{', '.join(purposes)} or {last}"
    return f"This sign-in lacks permissions, so quietfeed cannot {listed}: {_remedy_text(first)}."


def permission_warning(missing: PermissionMissing) -> str:
    """A warning about a permission that quietfeed can do without."""
    hint = f" ({CHAT_HINT})" if missing.remedy == "allow_chat" else ""
    return (
        f"This sign-in lacks the permission {missing.scope}: quietfeed cannot {missing.purpose}{hint}."
        " quietfeed treats that information as unknown, and hides nobody because of it."
    )


def error_text(error: Exception) -> str:
    """The sentence for an error, without secrets.

    A server may repeat a secret in its response, and sentences are shown and stored.
    For errors without values of their own, the sentence is their message.
    """
    return without_secrets(_sentence(error))


def _sentence(error: Exception) -> str:
    match error:
        case RateLimited():
            # Rounded up, so that the limit has ended at the time shown.
            shown = (error.retry_at + timedelta(seconds=59)).astimezone()
            return f"Rate limited by {error.host} until {shown:%H:%M}."
        case BudgetSpent():
            from .spending import budget_text

            return budget_text(error)
        case ConnectionFailed():
            return _connection_text(error)
        case TimedOut():
            return f"{error.host} did not respond in time; try again later."
        case ServerError():
            return f"{error.host} returned {status_words(error.status, error.detail)}; try again later."
        case Unconfirmed():
            search = "will look for it" if error.what == "post" else "will check it again"
            return f"{error.host or 'The server'} did not confirm the {error.what}; quietfeed {search}."
        case SignInNeeded():
            fact = _sign_in_fact(error)
            if error.command:
                return f"{fact.removesuffix('.')}; {error.command} signs in again."
            return fact
        case PermissionMissing():
            return _permission_text(error)
        case NotPossible():
            return str(error)
        case RequestRejected():
            return _rejection_text(error)
        case UnusableResponse():
            return _RESPONSES[error.problem].format(host=error.host, detail=error.detail)
        case PostDeleted():
            return "This post was deleted, or you may no longer see it."
    return str(error)


def cannot_do(account: str) -> str:
    """An action that the network of an account does not have."""
    return f"{account} cannot do this: its network has no such action."


def _connection_text(error: ConnectionFailed) -> str:
    cause = _CONNECTION[error.cause].format(detail=error.detail or "the connection failed")
    if error.proxy:
        return (
            f"{error.host} cannot be reached through the proxy {error.proxy}: {cause};"
            f" check {error.setting} and the connection."
        )
    return f"{error.host} cannot be reached: {cause}; check the connection."


def _sign_in_fact(error: SignInNeeded) -> str:
    match error:
        case SignInEnded(expired=True):
            return f"{error.host} has ended the sign-in, or it has expired."
        case SignInEnded():
            return f"{error.host} no longer accepts the sign-in."
        case TokenMissing():
            return f"There is no token for {error.account} (the keyring may be locked)."
        case TokenUnusable(problem="damaged"):
            return "The stored key of the sign-in is damaged."
        case TokenUnusable():
            return f"{error.host} returned tokens of another account."
        case WrongAccount(found=""):
            return f"{error.host} signed in a different account than {error.wanted or 'requested'}; nothing was stored."
        case WrongAccount():
            return f"This signs in as {error.found}, not as {error.wanted}: nothing was stored."
        case CodeRejected():
            return f"{error.host} rejected this code, which works once and expires soon. Sign in again."
        case TokenRejected():
            return f"{error.host} does not accept this token: create a new one, or sign in with the browser."
        case SignInDeclined():
            return "The sign-in was declined in the browser; sign in again to retry."
        case AccountInactive():
            return _INACTIVE[error.state].format(host=error.host)
    return str(error)


def _permission_text(error: PermissionMissing) -> str:
    if error.remedy == "allow_reading":
        return f"{error.host} did not grant permission to read: sign in again and allow it, or use an app password."
    remedy = _remedy_text(error)
    if error.takes_tokens:
        remedy += " and requests it, or create a token that has it"
    return (
        f"This sign-in at {error.host} lacks the permission {error.scope}, which quietfeed needs to"
        f" {error.purpose}: {remedy}."
    )


def _remedy_text(error: PermissionMissing) -> str:
    if error.remedy == "write":
        command = error.command or "`quietfeed account refresh ACCOUNT --write`"
        return f"{command} requests it"
    if error.remedy == "allow_chat":
        return CHAT_HINT
    return f"{error.command} signs in again"


def _rejection_text(error: RequestRejected) -> str:
    if error.kind == "members_only":
        return f"{error.host} shows this only to people who are signed in there."
    if error.kind == "blocked":
        return (
            f"{error.host} returned a web page instead of data (403 Forbidden): a firewall or proxy in front of it"
            " blocks this request; your sign-in may be fine."
        )
    return f"{error.host} returned {status_words(error.status, error.detail or error.name)}."
