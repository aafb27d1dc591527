"""Errors with values: each has one sentence, made in one place."""

from datetime import UTC, datetime

import pytest

from quietfeed.models.errors import (
    AccountInactive,
    CodeRejected,
    ConnectionFailed,
    NotPossible,
    PermissionMissing,
    PostDeleted,
    QuietfeedError,
    RateLimited,
    RequestRejected,
    ServerError,
    SignInDeclined,
    SignInEnded,
    SignInNeeded,
    SourceError,
    TimedOut,
    TokenMissing,
    TokenRejected,
    TokenUnusable,
    Unconfirmed,
    UnusableResponse,
    UsageError,
    WrongAccount,
)
from quietfeed.phrases.errors import error_text, permissions_text

NOON = datetime(2026, 5, 4, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RateLimited("a.example", NOON), f"Rate limited by a.example until {NOON.astimezone():%H}:01."),
        (TimedOut("a.example"), "a.example did not respond in time; try again later."),
        (ServerError("a.example", 503, ""), "a.example returned 503 (Service Unavailable); try again later."),
        (ServerError("a.example", 599, "asleep"), "a.example returned 599 (asleep); try again later."),
        (PostDeleted(), "This post was deleted, or you may no longer see it."),
        (
            ConnectionFailed("a.example", "unknown_host"),
            "a.example cannot be reached: there is no server of that name; check the connection.",
        ),
        (
            ConnectionFailed("a.example", "other", proxy="p.example:80", setting="HTTPS_PROXY"),
            "a.example cannot be reached through the proxy p.example:80: the connection failed; check HTTPS_PROXY and"
            " the connection.",
        ),
        (Unconfirmed(), "The server did not confirm the action; quietfeed will check it again."),
        (Unconfirmed("a.example", "post"), "a.example did not confirm the post; quietfeed will look for it."),
        (SignInEnded("a.example"), "a.example no longer accepts the sign-in."),
        (SignInEnded("a.example", "`x`"), "a.example no longer accepts the sign-in; `x` signs in again."),
        (
            SignInEnded("a.example", "`x`", expired=True),
            "a.example has ended the sign-in, or it has expired; `x` signs in again.",
        ),
        (TokenMissing("ada", "`x`"), "There is no token for ada (the keyring may be locked); `x` signs in again."),
        (TokenUnusable("damaged", "`x`"), "The stored key of the sign-in is damaged; `x` signs in again."),
        (
            TokenUnusable("other_account", "`x`", "a.example"),
            "a.example returned tokens of another account; `x` signs in again.",
        ),
        (WrongAccount("a.example"), "a.example signed in a different account than requested; nothing was stored."),
        (WrongAccount("a.example", "ada", "bob"), "This signs in as bob, not as ada: nothing was stored."),
        (CodeRejected("a.example"), "a.example rejected this code, which works once and expires soon. Sign in again."),
        (
            TokenRejected("a.example"),
            "a.example does not accept this token: create a new one, or sign in with the browser.",
        ),
        (SignInDeclined(), "The sign-in was declined in the browser; sign in again to retry."),
        (
            AccountInactive("a.example", "suspended"),
            "a.example has suspended this account: only its moderators can restore it.",
        ),
        (SignInNeeded("That is not a token."), "That is not a token."),
        (
            PermissionMissing("a.example", "read:lists", "read your lists", "sign_in", "`x`"),
            "This sign-in at a.example lacks the permission read:lists, which quietfeed needs to read your lists: `x`"
            " signs in again.",
        ),
        (
            PermissionMissing("a.example", "write:likes", "like posts", "write"),
            "This sign-in at a.example lacks the permission write:likes, which quietfeed needs to like posts:"
            " `quietfeed account refresh ACCOUNT --write` requests it.",
        ),
        (RequestRejected("a.example", 404), "a.example returned 404 (Not Found)."),
        (RequestRejected("a.example", 400, name="BadCursor"), "a.example returned 400 (Bad Request: BadCursor)."),
        (
            RequestRejected("a.example", 401, kind="members_only"),
            "a.example shows this only to people who are signed in there.",
        ),
        (NotPossible("Polls have ends."), "Polls have ends."),
        (UnusableResponse("a.example", "not_json"), "a.example did not return JSON; check its address."),
        (
            UnusableResponse("a.example", "too_large", "20 MB"),
            "a.example sent more than 20 MB; the response was not read.",
        ),
        (SourceError("The list is gone."), "The list is gone."),
        (UsageError("Unknown key."), "Unknown key."),
    ],
)
def test_each_error_is_one_sentence(error: QuietfeedError, sentence: str) -> None:
    assert error_text(error) == sentence


def test_errors_with_values_hold_no_sentence() -> None:
    typed = (
        RateLimited("a.example", NOON),
        TimedOut("a.example"),
        ServerError("a.example", 503, ""),
        ConnectionFailed("a.example", "refused"),
        SignInEnded("a.example"),
        PermissionMissing("a.example", "read", "read", "sign_in"),
        RequestRejected("a.example", 404),
        UnusableResponse("a.example", "not_json"),
    )
    for error in typed:
        assert not str(error).endswith(".")


def test_several_missing_permissions_are_one_sentence() -> None:
    missing = [PermissionMissing("a.example", each, f"read {each}", "sign_in", "`x`") for each in ("a", "b", "c")]
    assert permissions_text(missing) == (
        "This sign-in lacks permissions, so quietfeed cannot read a, read b or read c: `x` signs in again."
    )
    assert permissions_text(missing[:1]) == error_text(missing[0])
