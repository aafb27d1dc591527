"""Signing in to the AT Protocol with an app password: stored data, and a sentence for each failure."""

from collections.abc import Callable
from typing import Any

import pytest

from quietfeed.models.errors import (
    NotFound,
    QuietfeedError,
    RateLimited,
    ServerError,
    SignInNeeded,
    Unreachable,
    UsageError,
)
from quietfeed.phrases.errors import error_text
from quietfeed.sources.bluesky.network import revoke, with_token
from quietfeed.tests.saying import says

Serve = Callable[..., Any]

DID = "did:plc:" + "june" * 6
HANDLE = "june.here.example"
PASSWORD = "abcd-efgh-ijkl-mnop"


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to other machines fail: they go to a proxy that does not exist."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


async def test_the_handle_finds_its_server(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await with_token("", PASSWORD, f"@{HANDLE}")
    assert found.account.key == f"bluesky:{HANDLE}"
    assert (found.account.server, found.account.remote_id) == (server.url, DID)
    assert (found.secret["kind"], found.secret["did"], found.secret["pds"]) == ("password", DID, server.url)
    assert found.secret["access"] in server.access
    assert found.secret["refresh"] in server.refresh
    assert PASSWORD not in f"{found.secret} {found!r}"
    assert found.secret["access"] not in repr(found)


async def test_a_server_that_signs_in_for_others_names_the_accounts_own(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await with_token(server.url, PASSWORD, HANDLE)
    assert (found.account.server, found.account.handle) == (server.url, HANDLE)
    assert server.asked(f"/{DID}") == []


@pytest.mark.parametrize(
    ("quirks", "error", "words"),
    [
        ({"factor": True}, SignInNeeded, "e-mail code .* app password"),
        ({"takedown_error": True}, SignInNeeded, "taken this account down"),
        ({"status": "takendown"}, SignInNeeded, "taken this account down"),
        ({"status": "suspended"}, SignInNeeded, "suspended"),
        ({"status": "deactivated"}, SignInNeeded, "deactivated: sign in to the app"),
        ({"status": "of tomorrow"}, SignInNeeded, "deactivated"),
        ({"limited": 1}, RateLimited, "Rate limited by"),
        ({"starting": 9}, ServerError, "503"),
        ({"lacking": ("/xrpc/com.atproto.server.createSession",)}, QuietfeedError, "NotFound"),
    ],
)
async def test_each_failure_is_one_sentence(
    bluesky_signin: Serve, quirks: dict[str, Any], error: type[QuietfeedError], words: str
) -> None:
    server = bluesky_signin(**quirks)
    with pytest.raises(error, check=says(words)) as caught:
        await with_token(server.url, PASSWORD, HANDLE)
    sentence = error_text(caught.value)
    assert "\n" not in sentence
    assert PASSWORD not in sentence


async def test_a_wrong_password(bluesky_signin: Serve) -> None:
    bluesky_signin()
    with pytest.raises(SignInNeeded, check=says("does not accept this handle and app password: make one")):
        await with_token("", "wrong", HANDLE)


async def test_no_such_handle(bluesky_signin: Serve) -> None:
    bluesky_signin()
    with pytest.raises(NotFound, match="no account with the handle"):
        await with_token("", PASSWORD, "nobody.here.example")


async def test_the_accounts_server_is_not_there(bluesky_signin: Serve) -> None:
    bluesky_signin(pds="http://127.0.0.1:9")
    with pytest.raises(Unreachable, check=says(r"127\.0\.0\.1:9 cannot be reached")):
        await with_token("", PASSWORD, HANDLE)


async def test_invalid_handles_and_passwords_are_not_sent(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    with pytest.raises(UsageError, match="--handle"):
        await with_token("", PASSWORD, "")
    with pytest.raises(SignInNeeded, check=says("not a handle")):
        await with_token(server.url, PASSWORD, "june@here.example")
    for password in ("new\nline", "ünï", "x" * 600):
        with pytest.raises(SignInNeeded, check=says("not an app password")):
            await with_token(server.url, password, HANDLE)
    assert server.requests == []


async def test_signing_out_ends_the_session(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await with_token("", PASSWORD, HANDLE)
    await revoke(server.url, found.secret)
    assert found.secret["refresh"] not in server.refresh
    await revoke(server.url, found.secret)
    await revoke("http://127.0.0.1:9", found.secret)
