"""One attempt to send an action: compare with the server if it may have been done, then send it."""

from collections.abc import Awaitable, Callable

import msgspec

from ..models.action import Action, ActionKey, ActionState, Receipt
from ..models.action_kinds import kind_of
from ..models.errors import (
    CannotCompare,
    ConnectionFailed,
    PermissionMissing,
    PostDeleted,
    RateLimited,
    RequestRejected,
    SignInNeeded,
    SourceError,
)
from ..models.writer import Writer

_REJECTED = (PermissionMissing, PostDeleted, RequestRejected)
"""Errors after which an action was certainly not done and a retry would not help."""

_NOT_CONNECTED = ("unknown_host", "refused", "bad_certificate")
"""Causes of a failed connection before anything was sent."""


class Attempt(msgspec.Struct, frozen=True):
    """How an attempt ended.

    `state` is "done" with a receipt, "failed" if the action was rejected, "pending" if it was not done, and "unclear"
    if it may have been done. `error` is the reason why it is not done.
    """

    state: ActionState
    receipt: Receipt | None = None
    error: SourceError | None = None


async def attempt(
    opening: Callable[[], Awaitable[Writer]], action: Action, key: ActionKey, before: ActionState
) -> Attempt:
    """Send an action with the writer that `opening` returns. `before` is "pending", or "unclear" to compare first."""
    try:
        writer = await opening()
    except SourceError as error:
        ends = isinstance(error, _REJECTED) or (isinstance(error, SignInNeeded) and before == "pending")
        return Attempt("failed" if ends else before, error=error)
    if before == "unclear":
        compared = await _compared(writer, action, key)
        if compared is not None:
            return compared
    return await _sent(writer, action, key, before)


async def _compared(writer: Writer, action: Action, key: ActionKey) -> Attempt | None:
    """The outcome of an action that may have been done; None if the server does not have it."""
    try:
        receipt = await writer.find(action, key)
    except (PermissionMissing, RequestRejected) as error:
        if not kind_of(action).repeatable:
            # Only the comparison was rejected.
            return Attempt("unclear", error=CannotCompare(str(error)))
        return Attempt("failed", error=error)
    except PostDeleted as error:
        return Attempt("failed", error=error)
    except SourceError as error:
        return Attempt("unclear", error=error)
    if receipt is None:
        return None
    return Attempt("done", receipt)


async def _sent(writer: Writer, action: Action, key: ActionKey, before: ActionState) -> Attempt:
    try:
        return Attempt("done", await writer.perform(action, key))
    except RateLimited as error:
        # An earlier request may still arrive.
        return Attempt("unclear" if error.partly else before, error=error)
    except (*_REJECTED, SignInNeeded) as error:
        if before == "unclear":
            # An earlier request may have arrived since the comparison, and this one was rejected as a duplicate.
            late = await _compared(writer, action, key)
            if late is not None:
                return late
        return Attempt("failed", error=error)
    except ConnectionFailed as error:
        # The only request that changes something is the last one, so it was not sent.
        if error.cause in _NOT_CONNECTED and not kind_of(action).repeatable:
            return Attempt(before, error=error)
        return Attempt("unclear", error=error)
    except SourceError as error:
        return Attempt("unclear", error=error)
