"""Signing in to a Mastodon server: addresses, the code flow with and without PKCE, and invalid tokens."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from quietfeed.models.errors import SignInNeeded, SourceError, Unreachable
from quietfeed.models.signin import PASTED
from quietfeed.sources.loopback import Listener
from quietfeed.sources.mastodon.network import begin, finish, revoke, with_token
from quietfeed.sources.servers import checked_server
from quietfeed.tests.saying import says

Serve = Callable[..., Any]


async def code_from(url: str) -> str:
    async with httpx.AsyncClient() as browser:
        page = (await browser.get(url)).text
    return page.partition("<code>")[2].partition("</code>")[0]


@pytest.mark.parametrize(
    ("given", "server"),
    [
        ("mastodon.social", "https://mastodon.social"),
        (" https://Mastodon.Social/ ", "https://mastodon.social"),
        ("@june@here.example", "https://here.example"),
        ("june@here.example", "https://here.example"),
        ("https://here.example/@june", "https://here.example"),
        ("https://user:secret@here.example", "https://here.example"),
        ("here.example:8443", "https://here.example:8443"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("localhost/", "http://localhost"),
    ],
)
def test_a_server_in_any_form(given: str, server: str) -> None:
    assert checked_server(given) == server


@pytest.mark.parametrize(
    "given",
    ["", "  ", "https://", "ftp://here.example", "two words", "http://here.example", "h:port", "http://10.0.0.1"],
)
def test_invalid_servers_are_rejected(given: str) -> None:
    with pytest.raises(SourceError):
        checked_server(given)


@pytest.mark.parametrize("pkce", [True, False])
async def test_the_pasted_code(mastodon: Serve, pkce: bool) -> None:
    server = mastodon(pkce=pkce)
    authorization = await begin(server.url)
    query = parse_qs(urlsplit(authorization.url).query)
    assert (query["scope"], query["redirect_uri"]) == (["read"], [PASTED])
    assert ("code_challenge" in query) is pkce
    found = await finish(authorization, await code_from(authorization.url))
    assert (found.account.network, found.account.server, found.account.remote_id) == ("mastodon", server.url, "1")
    assert found.account.handle == "june@here.example"
    assert found.secret["token"] in server.tokens


async def test_the_browser_comes_back_to_the_loopback_port(mastodon: Serve) -> None:
    server = mastodon()
    listener = Listener()
    await listener.start()
    authorization = await begin(server.url, listener.redirect)
    listener.expect(authorization.state)
    waiting = asyncio.create_task(listener.code())
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        page = await browser.get(authorization.url)
    assert "go back to the terminal" in page.text
    assert (await finish(authorization, await waiting)).account.remote_id == "1"
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", urlsplit(listener.redirect).port)


async def test_a_code_with_another_state_is_not_taken() -> None:
    listener = Listener()
    await listener.start()
    async with httpx.AsyncClient() as browser:
        early = await browser.get(f"{listener.redirect}?code=evil")
        listener.expect("right")
        waiting = asyncio.create_task(listener.code())
        await asyncio.sleep(0)
        wrong = await browser.get(f"{listener.redirect}?code=evil&state=wrong")
        icon = await browser.get(f"{listener.redirect}favicon.ico")
        assert not waiting.done()
        await browser.get(f"{listener.redirect}?code=good&state=right")
    assert "another sign-in" in early.text
    assert "another sign-in" in wrong.text
    assert "waiting" in icon.text
    assert await waiting == "good"


async def test_rejecting_the_access_in_the_browser() -> None:
    listener = Listener()
    await listener.start()
    listener.expect("right")
    waiting = asyncio.create_task(listener.code())
    async with httpx.AsyncClient() as browser:
        await asyncio.sleep(0)
        page = await browser.get(f"{listener.redirect}?error=access_denied&state=right")
    assert "Not signed in" in page.text
    with pytest.raises(SignInNeeded, check=says("sign-in was declined")):
        await waiting


@pytest.mark.parametrize("noise", [b"\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", b"GET //[ HTTP/1.1\r\n\r\n", b""])
async def test_noise_on_the_port_changes_nothing(noise: bytes) -> None:
    listener = Listener()
    await listener.start()
    listener.expect("right")
    waiting = asyncio.create_task(listener.code())
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(listener.redirect).port)
    writer.write(noise)
    writer.write_eof()
    await reader.read()
    assert not waiting.done()
    writer.close()
    waiting.cancel()


async def test_a_browser_that_returns_no_code() -> None:
    listener = Listener(patience=0.01)
    await listener.start()
    listener.expect("right")
    with pytest.raises(SignInNeeded, check=says("did not return a code")):
        await listener.code()


async def test_a_wrong_code_and_a_code_used_twice(mastodon: Serve) -> None:
    authorization = await begin(mastodon().url)
    with pytest.raises(SignInNeeded, check=says("rejected this code")):
        await finish(authorization, "wrong")
    code = await code_from(authorization.url)
    await finish(authorization, code)
    with pytest.raises(SignInNeeded, check=says("rejected this code")):
        await finish(authorization, code)


async def test_a_token_given_for_a_wrong_code_is_found_out(mastodon: Serve) -> None:
    authorization = await begin(mastodon(any_code=True).url)
    with pytest.raises(SignInNeeded, check=says("does not accept this token")):
        await finish(authorization, "wrong")


async def test_a_token_that_the_user_made(mastodon: Serve) -> None:
    server = mastodon()
    found = await with_token(server.url, "good")
    assert (found.account.key, found.secret) == ("mastodon:june@here.example", {"token": "good"})


@pytest.mark.parametrize("token", ["gone", "two words", "ünicode", "new\nline", ""])
async def test_a_token_that_is_none(mastodon: Serve, token: str) -> None:
    with pytest.raises(SignInNeeded) as caught:
        await with_token(mastodon().url, token)
    assert token not in str(caught.value) or not token


async def test_a_server_that_is_no_mastodon(mastodon: Serve) -> None:
    server = mastodon(lacking=("/api/v1/apps", "/api/v1/accounts/verify_credentials"))
    with pytest.raises(SourceError, check=says("not a Mastodon server")):
        await begin(server.url)
    with pytest.raises(SourceError, check=says("is it a Mastodon server")):
        await with_token(server.url, "good")


async def test_a_server_that_is_not_there() -> None:
    with pytest.raises(Unreachable):
        await begin("http://127.0.0.1:9")


async def test_revoking(mastodon: Serve) -> None:
    server = mastodon()
    authorization = await begin(server.url)
    found = await finish(authorization, await code_from(authorization.url))
    await revoke(server.url, found.secret)
    assert found.secret["token"] not in server.tokens
    await revoke("http://127.0.0.1:9", found.secret)


async def test_secrets_stay_out_of_reprs(mastodon: Serve) -> None:
    authorization = await begin(mastodon().url)
    found = await finish(authorization, await code_from(authorization.url))
    shown = f"{authorization!r} {found!r}"
    assert found.secret["token"] not in shown
    assert authorization.client_secret not in shown
    assert authorization.verifier not in shown
