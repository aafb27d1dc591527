"""Signing in through the browser: the server verifies every proof, and false responses are detected."""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from quietfeed.models.errors import NotFound, PermissionMissing, SignInNeeded, SourceError
from quietfeed.models.signin import Credentials
from quietfeed.sources.bluesky import network as package
from quietfeed.sources.bluesky import oauth
from quietfeed.sources.bluesky.client import Client
from quietfeed.sources.bluesky.dpop import DPoPSigner, new_key
from quietfeed.sources.bluesky.network import begin, finish, revoke
from quietfeed.sources.loopback import Listener
from quietfeed.tests.saying import says

Serve = Callable[..., Any]

DID = "did:plc:" + "june" * 6
HANDLE = "june.here.example"
TIMELINE = "app.bsky.feed.getTimeline"
KATE = "did:plc:" + "kate" * 6


class Kept(list[Mapping[str, str]]):
    """A SecretStore that records stored secrets."""

    def load(self) -> Mapping[str, str] | None:
        return self[-1] if self else None

    def save(self, secret: Mapping[str, str]) -> None:
        self.append(dict(secret))

    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to other machines fail: they go to a proxy that does not exist."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


async def landed(url: str) -> str:
    """The address of the browser after the user allowed it."""
    async with httpx.AsyncClient() as browser:
        return (await browser.get(url)).headers["Location"]


async def signed_in(where: str = HANDLE) -> Credentials:
    authorization = await begin(where)
    return await finish(authorization, await landed(authorization.url))


async def test_the_pasted_address(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    authorization = await begin(f"@{HANDLE}")
    assert set(parse_qs(urlsplit(authorization.url).query)) == {"client_id", "request_uri"}
    assert len(authorization.url) < 1100
    address = await landed(authorization.url)
    assert address.startswith("http://127.0.0.1/?")
    found = await finish(authorization, f" {address}\n")
    assert found.account.key == f"bluesky:{HANDLE}"
    assert (found.account.server, found.account.remote_id, found.secret["kind"]) == (server.url, DID, "oauth")
    client = Client(found.account, found.secret)
    assert (await client.get(TIMELINE, {"limit": "1"}))["asked"] == TIMELINE
    for secret in ("key", "access", "refresh"):
        assert found.secret[secret] not in f"{found!r} {authorization!r}"
    assert authorization.verifier not in repr(authorization)


@pytest.mark.parametrize("granular", [True, False])
async def test_the_write_permission_is_requested_on_demand(bluesky_signin: Serve, granular: bool) -> None:
    bluesky_signin(granular=granular)
    reading = await signed_in()
    assert package.may_write(reading.account, reading.secret) is not granular
    authorization = await begin(HANDLE, writing=True)
    found = await finish(authorization, await landed(authorization.url))
    wanted = "repo:app.bsky.feed.like?action=create&action=delete" if granular else "transition:generic"
    assert wanted in found.account.scopes
    assert package.may_write(found.account, found.secret)


async def test_the_browser_comes_back_to_the_loopback_port(bluesky_signin: Serve) -> None:
    bluesky_signin()
    listener = Listener()
    await listener.start()
    authorization = await begin(HANDLE, listener.redirect)
    listener.expect(authorization.state, authorization.issuer)
    waiting = asyncio.create_task(listener.code())
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        page = await browser.get(authorization.url)
    assert "go back to the terminal" in page.text
    assert (await finish(authorization, await waiting)).account.remote_id == DID


async def test_an_answer_of_another_issuer_is_not_taken(bluesky_signin: Serve) -> None:
    bluesky_signin(iss="https://evil.example")
    listener = Listener()
    await listener.start()
    authorization = await begin(HANDLE, listener.redirect)
    listener.expect(authorization.state, authorization.issuer)
    waiting = asyncio.create_task(listener.code())
    await asyncio.sleep(0)
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        assert "another sign-in" in (await browser.get(authorization.url)).text
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(SignInNeeded, check=says("another sign-in")):
        await signed_in()


async def test_a_server_is_named_instead_of_a_handle(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server.url)
    assert (found.account.handle, found.account.remote_id) == (HANDLE, DID)


async def test_one_server_signs_in_for_another(bluesky_signin: Serve) -> None:
    home = bluesky_signin()
    entry = bluesky_signin()
    home.quirks.authorization_server = entry.url
    # The account's server accepts the tokens of the authorization server, as if one company runs both.
    home.access = entry.access
    found = await signed_in()
    assert (found.account.server, found.secret["issuer"]) == (home.url, entry.url)
    home.quirks.authorization_server = ""
    with pytest.raises(SignInNeeded, check=says(r"is not the sign-in server of june\.here\.example")):
        await signed_in(entry.url)


async def test_only_the_read_permission_is_requested_if_the_server_supports_it(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    assert "transition" not in (await begin(HANDLE)).client_id
    server.quirks.granular = False
    assert "transition:generic" in (await begin(HANDLE)).client_id
    assert (await signed_in()).account.remote_id == DID


def test_every_used_method_is_a_requested_permission() -> None:
    folder = Path(package.__file__).parent
    # Public data is requested without an account, and the video service belongs to writing.
    elsewhere = ("oauth.py", "public.py", "video.py", "write_scopes.py")
    others = [path for path in folder.glob("*.py") if path.name not in elsewhere]
    text = "\n".join(path.read_text("utf-8") for path in others)
    asked = set(re.findall(r'"((?:app|chat)\.bsky\.\w+\.(?:get|list)\w+)"', text))
    assert TIMELINE in asked
    assert asked == set(oauth.QUERIES)


async def test_nonces_are_used_and_each_proof_is_new(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in()
    client = Client(found.account, found.secret)
    await client.get(TIMELINE)
    server.nonce = "changed meanwhile"
    await client.get(TIMELINE)
    # Two with the wrong nonce, two with the right one.
    assert len(server.asked(f"/xrpc/{TIMELINE}")) == 4
    await client.get(TIMELINE)
    proofs = [headers["dpop"] for headers in server.asked(f"/xrpc/{TIMELINE}")]
    assert len(set(proofs)) == len(proofs) == 5


async def test_a_server_without_nonces(bluesky_signin: Serve) -> None:
    bluesky_signin(nonces=False)
    found = await signed_in()
    assert await Client(found.account, found.secret).get(TIMELINE)


async def test_tokens_are_renewed_with_the_same_key(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in()
    kept = Kept()
    client = Client(found.account, found.secret, kept)
    server.expire()
    await asyncio.gather(*(client.get(TIMELINE) for _ in range(5)))
    assert len(kept) == 1
    assert kept[0]["refresh"] in server.refresh
    assert kept[0]["key"] == found.secret["key"]
    assert found.secret["refresh"] not in server.refresh
    server.expire()
    await Client(found.account, kept[0], kept).get(TIMELINE)
    assert len(kept) == 2


async def test_tokens_are_renewed_before_they_expire(bluesky_signin: Serve) -> None:
    server = bluesky_signin(lifetime=30)
    found = await signed_in()
    server.quirks.lifetime = 600
    client = Client(found.account, found.secret)
    before = len(server.asked("/oauth/token"))
    await client.get(TIMELINE)
    renewed = len(server.asked("/oauth/token"))
    await client.get(TIMELINE)
    assert renewed > before
    assert len(server.asked("/oauth/token")) == renewed


async def test_a_sign_in_that_was_ended(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in()
    server.quirks.ended = True
    server.expire()
    with pytest.raises(SignInNeeded, check=says("has ended the sign-in")):
        await Client(found.account, found.secret).get(TIMELINE)


async def test_a_stolen_token_is_useless_without_its_key(bluesky_signin: Serve) -> None:
    bluesky_signin()
    found = await signed_in()
    with pytest.raises(SignInNeeded):
        await Client(found.account, found.secret | {"key": new_key()}).get(TIMELINE)
    with pytest.raises(SignInNeeded, check=says("damaged")):
        Client(found.account, found.secret | {"key": "damaged"})


async def test_signing_out_revokes_the_tokens(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in()
    await revoke(server.url, found.secret)
    assert found.secret["refresh"] not in server.refresh
    await revoke(server.url, found.secret | {"issuer": "http://127.0.0.1:9"})


@pytest.mark.parametrize(
    ("quirks", "words"),
    [
        ({"no_oauth": True}, "no browser sign-in|Not Found"),
        ({"issuer": "https://evil.example"}, "another server"),
        ({"elsewhere": True}, "through another server"),
        ({"resource": "https://evil.example"}, "no browser sign-in"),
        ({"authorization_server": "http://127.0.0.1:9"}, "cannot be reached"),
        ({"authorization_server": "http://evil.example"}, "plain http"),
        ({"lacking": ("/oauth/par",)}, r"rejected the sign-in \(NotFound\)"),
    ],
)
async def test_a_server_that_cannot_sign_in_safely(bluesky_signin: Serve, quirks: dict[str, Any], words: str) -> None:
    bluesky_signin(**quirks)
    with pytest.raises(SourceError, check=says(words)):
        await begin(HANDLE)


@pytest.mark.parametrize(
    ("quirks", "words"),
    [
        ({"sub": KATE}, "different account"),
        ({"sub": "june"}, "different account"),
        ({"granted": "atproto"}, "did not grant permission to read"),
        ({"granted": "transition:generic"}, "did not grant permission to read"),
        ({"status": "deactivated"}, "deactivated"),
    ],
)
async def test_an_answer_that_does_not_fit(bluesky_signin: Serve, quirks: dict[str, Any], words: str) -> None:
    bluesky_signin(**quirks)
    with pytest.raises((SignInNeeded, PermissionMissing), check=says(words)):
        await signed_in()


async def test_a_server_cannot_sign_in_accounts_that_are_not_its_own(bluesky_signin: Serve) -> None:
    home, evil = bluesky_signin(), bluesky_signin()
    authorization = await begin(evil.url)
    with pytest.raises(SignInNeeded, check=says("is not the sign-in server of")):
        await finish(authorization, await landed(authorization.url))
    assert all("authorization" not in headers for _method, _path, headers in home.requests)


async def test_addresses_that_are_not_this_sign_ins(bluesky_signin: Serve) -> None:
    bluesky_signin()
    authorization = await begin(HANDLE)
    address = await landed(authorization.url)
    for pasted, words in (
        ("", "contains no code"),
        ("http://127.0.0.1/", "contains no code"),
        (address.replace("state=", "state=x"), "another sign-in"),
        ("http://127.0.0.1/?error=access_denied", "sign-in was declined"),
    ):
        with pytest.raises(SignInNeeded, check=says(words)):
            await finish(authorization, pasted)
    await finish(authorization, address)
    with pytest.raises(SignInNeeded, check=says("rejected this code")):
        await finish(authorization, address)


async def test_a_handle_of_nobody_is_no_server_either(bluesky_signin: Serve) -> None:
    bluesky_signin()
    with pytest.raises(NotFound, match="no account with the handle"):
        await begin("nobody.here.example")


def test_a_stored_key_is_read_back() -> None:
    key = new_key()
    assert len(key) == 43
    one, other = (DPoPSigner(key).proof("GET", "https://here.example/x").split(".")[0] for _ in range(2))
    assert one == other
    assert DPoPSigner(new_key()).proof("GET", "https://here.example/x").split(".")[0] != one
