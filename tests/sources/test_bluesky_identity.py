"""Resolving handles: from handle to account and back, and documents with false claims."""

from collections.abc import Callable
from typing import Any

import pytest

from quietfeed.models.errors import NotFound, ServerError, SourceError, Unreachable
from quietfeed.sources.bluesky.handles import handle_in
from quietfeed.sources.bluesky.identity import document_of, pds_of, resolve
from quietfeed.tests.saying import says

Serve = Callable[..., Any]

DID = "did:plc:" + "june" * 6
HANDLE = "june.here.example"


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to other machines fail: they go to a proxy that does not exist."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("given", "handle"),
    [
        (HANDLE, HANDLE),
        (" @June.Here.Example. ", HANDLE),
        (f"at://{HANDLE}", HANDLE),
        (DID, DID),
        ("did:web:here.example", "did:web:here.example"),
        ("did:web:localhost%3A2583", "did:web:localhost%3A2583"),
    ],
)
def test_a_handle_in_any_form(given: str, handle: str) -> None:
    assert handle_in(given) == handle


@pytest.mark.parametrize(
    "given",
    [
        *("", "june", "june@here.example", "10.0.0.1", "here.example/x", "a..b", "-a.example", "here.example:443"),
        *("did:key:z6Mk", "did:plc:short", "did:web:here.example/path", "did:web:here.example:path"),
        *("x" * 64 + ".example", "ünï.example"),
    ],
)
def test_invalid_handles_are_rejected(given: str) -> None:
    assert handle_in(given) == ""


async def test_a_handle_leads_to_the_account_and_its_server(bluesky_signin: Serve) -> None:
    server = bluesky_signin()
    found = await resolve(f"@{HANDLE}")
    assert (found.did, found.handle, found.pds) == (DID, HANDLE, server.url)
    assert await resolve(DID) == found


async def test_a_given_server_resolves_the_handle(bluesky_signin: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = bluesky_signin()
    monkeypatch.setenv("QUIETFEED_APPVIEW", "http://127.0.0.1:9")
    assert (await resolve(HANDLE, server.url)).did == DID
    with pytest.raises(Unreachable):
        await resolve(HANDLE)


async def test_an_unknown_handle_is_looked_up_at_its_own_web_server(bluesky_signin: Serve) -> None:
    bluesky_signin(resolves=False)

    async def published(handle: str) -> str:
        return DID if handle == HANDLE else ""

    assert (await resolve(HANDLE, published=published)).did == DID


async def test_a_handle_of_nobody(bluesky_signin: Serve) -> None:
    bluesky_signin()
    with pytest.raises(NotFound, match=r"no account with the handle nobody\.here\.example"):
        await resolve("nobody.here.example")
    with pytest.raises(NotFound, match="is not a handle"):
        await resolve("two words")


async def test_a_document_that_does_not_name_the_handle_back(bluesky_signin: Serve) -> None:
    bluesky_signin(also_known_as="at://else.example")
    with pytest.raises(SourceError, check=says("does not confirm the handle")):
        await resolve(HANDLE)
    assert (await resolve(DID)).handle == DID


async def test_the_document_of_another_account_is_rejected(bluesky_signin: Serve) -> None:
    bluesky_signin(document_id="did:plc:" + "kate" * 6)
    with pytest.raises(SourceError, check=says("document of another account")):
        await resolve(HANDLE)


async def test_a_directory_without_the_document(bluesky_signin: Serve) -> None:
    bluesky_signin(lacking=(f"/{DID}",))
    with pytest.raises(SourceError, check=says("the account no longer exists")):
        await resolve(HANDLE)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8000", "https://localhost", "http://[::1]:1"])
async def test_a_public_document_never_points_into_this_machine(endpoint: str) -> None:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint}
    with pytest.raises(SourceError, check=says("this machine")):
        pds_of({"id": DID, "service": [service]})
    with pytest.raises(SourceError, check=says("this machine")):
        await document_of("did:web:localhost%3A8000")


@pytest.mark.parametrize(
    "service",
    [
        None,
        [],
        [None, "x", {}],
        [{"id": "#atproto_labeler", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://here.example"}],
        [{"id": "#atproto_pds", "type": "Other", "serviceEndpoint": "https://here.example"}],
        [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": ["https://here.example"]}],
    ],
)
def test_a_document_without_a_server(service: object) -> None:
    with pytest.raises(SourceError, check=says("has no server")):
        pds_of({"id": DID, "service": service})


def test_plain_http_is_no_server_of_an_account() -> None:
    service = {
        "id": f"{DID}#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": "http://here.example",
    }
    with pytest.raises(SourceError, check=says("plain http")):
        pds_of({"id": DID, "service": [service]})


async def test_the_resolver_is_down(bluesky_signin: Serve) -> None:
    bluesky_signin(starting=2)
    with pytest.raises(ServerError):
        await resolve(HANDLE)
