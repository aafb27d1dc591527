"""Requests with a session: tokens are renewed in time, once, stored immediately, and never sent to another server."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from quietfeed.models.errors import (
    PermissionMissing,
    RateLimited,
    RequestRejected,
    SignInNeeded,
    SourceError,
    StoreError,
    Unreachable,
)
from quietfeed.models.signin import Credentials
from quietfeed.sources.bluesky.client import Client, public_client
from quietfeed.sources.bluesky.network import with_token
from quietfeed.sources.renewal import lifetime
from quietfeed.tests.saying import says

Serve = Callable[..., Any]

HANDLE = "june.here.example"
PASSWORD = "abcd-efgh-ijkl-mnop"
TIMELINE = "app.bsky.feed.getTimeline"
REFRESH = "/xrpc/com.atproto.server.refreshSession"


class Kept(list[Mapping[str, str]]):
    """A SecretStore that records stored secrets, and locks as between processes."""

    def __init__(self, kept: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(kept)
        self._lock = threading.Lock()

    def load(self) -> Mapping[str, str] | None:
        return self[-1] if self else None

    def save(self, secret: Mapping[str, str]) -> None:
        self.append(dict(secret))

    def lock(self) -> AbstractContextManager[None]:
        return self._locked()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            yield


class Full(Kept):
    """A SecretStore on a full disk."""

    def save(self, secret: Mapping[str, str]) -> None:
        raise StoreError("The disk is full.")


async def signed_in(server: Any) -> Credentials:
    return await with_token(server.url, PASSWORD, HANDLE)


async def test_a_query_with_its_parameters(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    client = Client(found.account, found.secret)
    assert (await client.get(TIMELINE, {"limit": "5"}))["asked"] == TIMELINE
    assert (await client.get("com.atproto.server.getSession"))["handle"] == HANDLE
    await client.close()


async def test_conversations_are_requested_from_the_chat_service(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    client = Client(found.account, found.secret)
    assert (await client.get("chat.bsky.convo.listConvos"))["proxy"] == "did:web:api.bsky.chat#bsky_chat"
    assert (await client.get(TIMELINE))["proxy"] == ""
    server.quirks.chat = False
    with pytest.raises(PermissionMissing, check=says("direct messages")):
        await client.get("chat.bsky.convo.listConvos")
    assert server.asked(REFRESH) == []


async def test_an_expired_token_is_renewed_and_stored_at_once(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    kept = Kept()
    client = Client(found.account, found.secret, kept)
    server.expire()
    assert (await client.get(TIMELINE))["asked"] == TIMELINE
    assert len(kept) == 1
    assert kept[0]["access"] in server.access
    assert kept[0]["refresh"] in server.refresh
    assert {name: kept[0][name] for name in ("kind", "did", "pds")} == {
        name: found.secret[name] for name in ("kind", "did", "pds")
    }
    server.expire()
    await client.get(TIMELINE)
    assert len(kept) == 2


async def test_a_token_that_expires_soon_is_renewed_before_it_is_used(bluesky_signin: Serve) -> None:
    server = bluesky_signin(lifetime=30)
    found = await signed_in(server)
    server.quirks.lifetime = 7200
    client = Client(found.account, found.secret)
    await client.get(TIMELINE)
    await client.get(TIMELINE)
    assert len(server.asked(REFRESH)) == 1
    assert [each["authorization"] for each in server.asked(f"/xrpc/{TIMELINE}")] != [f"Bearer {found.secret['access']}"]


async def test_clocks_that_disagree_do_not_renew_forever(bluesky_signin: Serve) -> None:
    server = bluesky_signin(clock=-1_000_000)
    found = await signed_in(server)
    client = Client(found.account, found.secret)
    for _ in range(3):
        await client.get(TIMELINE)
    assert len(server.asked(REFRESH)) == 1


async def test_many_requests_at_once_renew_once(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    kept = Kept()
    client = Client(found.account, found.secret, kept)
    server.expire()
    await asyncio.gather(*(client.get(TIMELINE) for _ in range(8)))
    assert len(server.asked(REFRESH)) == len(kept) == 1


async def test_tokens_renewed_by_another_process_are_used(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    shared = Kept([found.secret])
    first = Client(found.account, found.secret, shared)
    second = Client(found.account, found.secret, shared)
    server.expire()
    await first.get(TIMELINE)
    await second.get(TIMELINE)
    assert len(server.asked(REFRESH)) == 1
    server.expire()
    await second.get(TIMELINE)
    await first.get(TIMELINE)
    assert len(server.asked(REFRESH)) == 2


async def test_a_renewal_is_stored_although_its_caller_was_cancelled(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    kept = Kept()
    client = Client(found.account, found.secret, kept)
    server.expire()
    asking = asyncio.create_task(client.get(TIMELINE))
    while not server.asked(REFRESH):
        await asyncio.sleep(0)
    asking.cancel()
    await client.close()
    assert [each["refresh"] for each in kept] == list(server.refresh)


async def test_two_processes_never_renew_at_the_same_time(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    shared = Kept([found.secret])
    clients = [Client(found.account, found.secret, shared) for _ in range(4)]
    server.expire()
    await asyncio.gather(*(client.get(TIMELINE) for client in clients))
    assert len(server.asked(REFRESH)) == 1
    assert shared[-1]["refresh"] in server.refresh


async def test_a_session_that_was_ended(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    client = Client(found.account, found.secret, Kept([found.secret]))
    server.quirks.ended = True
    server.expire()
    with pytest.raises(
        SignInNeeded, check=says(r"has ended the sign-in.*`quietfeed account add bluesky` signs in again\.$")
    ):
        await client.get(TIMELINE)


async def test_a_token_that_is_still_rejected_after_its_renewal(bluesky_signin: Serve) -> None:
    server = bluesky_signin(expired=9)
    found = await signed_in(server)
    with pytest.raises(SignInNeeded, check=says("no longer accepts the sign-in")):
        await Client(found.account, found.secret).get(TIMELINE)
    assert len(server.asked(REFRESH)) == 1


async def test_a_broken_token_is_not_renewed(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    with pytest.raises(SignInNeeded):
        await Client(found.account, found.secret | {"access": "broken"}).get(TIMELINE)
    assert server.asked(REFRESH) == []


async def test_tokens_that_cannot_be_stored_are_reported_and_still_work(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)

    client = Client(found.account, found.secret, Full())
    server.expire()
    with pytest.raises(SourceError, check=says(r"could not be saved: The disk is full")):
        await client.get(TIMELINE)
    assert (await client.get(TIMELINE))["asked"] == TIMELINE


async def test_a_server_that_is_down_or_rate_limited(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await signed_in(server)
    client = Client(found.account, found.secret)
    server.quirks.starting = 1
    assert await client.get(TIMELINE)
    server.quirks.starting = 2
    with pytest.raises(Unreachable):
        await client.get(TIMELINE)
    server.quirks.limited = 1
    with pytest.raises(RateLimited):
        await client.get(TIMELINE)


async def test_the_public_appview_gets_no_token(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    for client in (public_client(), public_client(server.url)):
        assert (await client.get("app.bsky.actor.getProfile", {"actor": HANDLE}))["handle"] == HANDLE
        with pytest.raises(RequestRejected, check=says("only to people who are signed in there")):
            await client.get(TIMELINE)
        await client.close()
    assert all("authorization" not in headers for _method, _path, headers in server.requests)


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.e30.c", "a.bnVsbA.c", "a.eyJleHAiOiJ4In0.c"])
def test_a_token_without_a_lifetime_is_used_until_it_is_rejected(token: str) -> None:
    assert lifetime({"access": token}) == (float("inf"), float("inf"))
