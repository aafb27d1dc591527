"""Signing in to X against its loopback server: PKCE, the exact redirect, scopes, tokens from elsewhere, signing out."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.errors import CodeRejected, SignInDeclined, SignInEnded, SignInNeeded, SourceError, UsageError
from quietfeed.models.signin import PASTED
from quietfeed.session.accounts import Accounts
from quietfeed.sources import network
from quietfeed.sources.registry import PAID
from quietfeed.sources.x.oauth import SCOPES, begin, finish, parse_start, with_token
from quietfeed.store.archive import Archive

Serve = Callable[..., Any]


async def test_signing_in_uses_pkce_and_an_exact_loopback_redirect(x_server: Serve) -> None:
    server = x_server()
    begun = await begin(f"app@{server.url}")
    query = parse_qs(urlsplit(begun.url).query)
    assert query["redirect_uri"] == ["http://127.0.0.1:28423/"]
    assert query["scope"] == ["tweet.read users.read follows.read offline.access"]
    assert begun.verifier not in begun.url
    assert "write" not in begun.url
    found = await finish(begun, server.allow(begun.url))
    assert found.account == Account("x", server.url, "june", "100", scopes=SCOPES)
    assert (found.secret["refresh"], found.secret["client_id"]) == ("refresh-1", "app")
    assert found.secret["start"] == f"app@{server.url}"
    assert "access-1" not in repr(found)
    form = next(form for path, form, _ in server.requests if path == "/2/oauth2/token")
    assert form["code_verifier"] == begun.verifier
    assert "client_secret" not in form


async def test_a_code_of_another_sign_in_is_not_used(x_server: Serve) -> None:
    server = x_server()
    begun, other = await begin(f"app@{server.url}"), await begin(f"app@{server.url}")
    address = server.allow(begun.url)
    for wrong in (
        server.allow(other.url),
        address.replace("127.0.0.1", "localhost"),
        address.replace("28423/", "28423/elsewhere"),
        address.replace("http:", "https:"),
        address.replace("code=", "nothing="),
    ):
        with pytest.raises(SignInNeeded):
            await finish(begun, wrong)
    with pytest.raises(SignInDeclined):
        await finish(begun, server.allow(begun.url, decline=True))
    # The right code with the verifier of another sign-in: what an attacker who sees the redirect has.
    with pytest.raises(CodeRejected):
        await finish(replace(begun, verifier=other.verifier), address)
    assert not [path for path in server.paths() if path == "/2/users/me"]


async def test_a_sign_in_without_permission_to_read_is_rejected(x_server: Serve) -> None:
    server = x_server(scope="users.read offline.access")
    begun = await begin(f"app@{server.url}", PASTED)
    with pytest.raises(SignInNeeded, match="granted no permission to read your timeline"):
        await finish(begun, server.allow(begun.url))


async def test_an_app_with_a_secret_is_distinguished_from_a_wrong_code(x_server: Serve) -> None:
    server = x_server(confidential=True)
    begun = await begin(f"app@{server.url}")
    with pytest.raises(SignInNeeded, match="choose Native App"):
        await finish(begun, server.allow(begun.url))


async def test_only_x_and_this_machine_get_a_token() -> None:
    assert parse_start("M1M5:cQ") == ("M1M5:cQ", "https://x.com")
    assert parse_start("https://x.com/") == ("", "https://x.com")
    assert parse_start("app@http://127.0.0.1:1") == ("app", "http://127.0.0.1:1")
    for text in ("app@https://evil.example", "app@http://x.com.evil.example", "https://api.x.com.evil.example", "a b"):
        with pytest.raises((UsageError, SourceError)):
            parse_start(text)
    for writing, where in ((True, "app"), (False, "")):
        with pytest.raises(UsageError):
            await begin(where, writing=writing)


async def test_a_token_from_elsewhere_is_an_access_token_or_with_a_client_id_a_refresh_token(x_server: Serve) -> None:
    server = x_server()
    found = await with_token(server.url, "good")
    assert (found.account.handle, found.secret) == ("june", {"access": "good"})
    found = await with_token(f"app@{server.url}", "refresh-0")
    assert (found.secret["access"], found.secret["refresh"]) == ("access-1", "refresh-1")
    with pytest.raises(SignInEnded):
        await with_token(f"app@{server.url}", "refresh-0")
    with pytest.raises(SignInNeeded):
        await with_token(server.url, "two words")


def test_the_port_for_the_browser_is_given_to_no_other_connection() -> None:
    assert 1024 < PAID.redirect_port < 32768


async def test_a_port_that_is_taken_leaves_the_address_to_be_pasted(x_server: Serve) -> None:
    server = x_server()
    taken = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 28423)
    accounts = Accounts(Archive(None), None)
    url = await accounts.flow.begin("x", f"app@{server.url}", loopback=True)
    assert not accounts.flow.listens
    taken.close()
    await taken.wait_closed()
    account = await accounts.flow.finish(server.allow(url))
    assert account.handle == "june"
    url = await accounts.flow.begin("x", f"app@{server.url}", loopback=True)
    assert accounts.flow.listens
    async with httpx.AsyncClient() as browser:
        wrong = server.allow(url).replace("state=", "state=x")
        assert "another sign-in" in (await browser.get(wrong)).text
        assert not accounts.flow.browser_returned
        await browser.get(server.allow(url))
    assert (await accounts.flow.finish(await accounts.flow.wait_for_code())).key == account.key
    await accounts.close()


async def test_signing_out_revokes_the_token(x_server: Serve) -> None:
    server = x_server()
    await network("x").revoke(server.url, server.secret)
    assert [(path, form["token"]) for path, form, _ in server.requests] == [("/2/oauth2/revoke", "refresh-0")]
    assert not server.access
