"""Addresses from others to which the program must not connect. The resolver and the server are fakes."""

import os
import socket
from collections.abc import Sequence

import httpx
import pytest

from quietfeed.sources.addresses import AddressRefused, PublicTransport, is_public_address, may_be_public
from quietfeed.sources.bluesky import identity
from quietfeed.sources.fetch import fetch_public

PUBLIC = "93.184.216.34"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1."),
        *("10.1", "10.0.0.1", "192.168.1", "172.16.0.1", "169.254.43518", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "0", "0x0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "1.1.1.257", "1.1.1.0x1"),
        *("[::1]", "::", "[::127.0.0.1]", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:8.8.8.8"),
        *("[64:ff9b::7f00:1]", "64:ff9b::808:808", "64:ff9b:1::1", "[2002:7f00:1::]", "2001:0:7f00:1::"),
        *("fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *(
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "router.local",
            "db.internal",
            "nas.lan",
            "x.home.arpa",
            "intranet",
        ),
        "",
    ],
)
def test_hosts_that_are_not_public_by_their_spelling(host: str) -> None:
    assert not may_be_public(host)


@pytest.mark.parametrize(
    "host", ["files.example", "1.1.1.1", "[2606:4700::1111]", "xn--bcher-kva.example", "0x7f.example"]
)
def test_hosts_that_may_be_public(host: str) -> None:
    assert may_be_public(host)


def test_a_network_without_ipv4_reaches_public_hosts_only() -> None:
    assert is_public_address("64:ff9b::808:808", resolved=True)
    assert not is_public_address("64:ff9b::7f00:1", resolved=True)
    assert not is_public_address("64:ff9b::a00:1", resolved=True)


class Recorder(httpx.AsyncBaseTransport):
    """Records where a request would connect to; the first `failing` connections fail."""

    def __init__(self, failing: int = 0) -> None:
        self.seen: list[tuple[str, str, str]] = []
        self._failing = failing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.url.host, request.headers["host"], request.extensions["sni_hostname"]))
        if len(self.seen) <= self._failing:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, stream=httpx.ByteStream(b"picture"))


async def ask(url: str, addresses: Sequence[str], recorder: Recorder) -> bytes:
    async def resolver(host: str, port: int) -> Sequence[str]:
        del host, port
        return addresses

    got = await fetch_public(
        url,
        max_bytes=100,
        timeout=60,
        redirects=0,
        headers={},
        transport=lambda url: PublicTransport(url, inner=recorder, resolver=resolver),
    )
    return got.body


@pytest.mark.parametrize(
    "inward", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "0.0.0.0"]
)
async def test_a_name_that_resolves_inward_is_not_connected_to(inward: str) -> None:
    recorder = Recorder()
    with pytest.raises(AddressRefused, match=r"files\.example is not a public server"):
        await ask("https://files.example/a.png", [inward], recorder)
    assert recorder.seen == []


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    recorder = Recorder()
    assert await ask("https://files.example/a.png", ["127.0.0.1", PUBLIC], recorder) == b"picture"
    assert recorder.seen == [(PUBLIC, "files.example", "files.example")]


async def test_the_next_address_is_tried_where_one_does_not_connect() -> None:
    recorder = Recorder(failing=1)
    assert await ask("https://files.example/a.png", ["2606:4700::1111", PUBLIC], recorder) == b"picture"
    assert [host for host, _, _ in recorder.seen] == ["2606:4700::1111", PUBLIC]


@pytest.mark.parametrize(
    "url",
    [
        *("https://files.example:22/", "https://files.example:6379/", "https://files.example:80/"),
        *("http://files.example/", "https://me:secret@files.example/", "ftp://files.example/", "https://[::1]:8443/"),
    ],
)
async def test_unusual_ports_and_schemes_are_rejected(url: str) -> None:
    recorder = Recorder()
    with pytest.raises((AddressRefused, httpx.UnsupportedProtocol)):
        await ask(url, [PUBLIC], recorder)
    assert recorder.seen == []


async def test_behind_a_proxy_the_spelling_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    for url in ("https://127.1/", "https://[64:ff9b::7f00:1]/", "https://nas.lan/"):
        with pytest.raises(AddressRefused):
            await fetch_public(url, max_bytes=100, timeout=60, redirects=0, headers={})


@pytest.mark.parametrize("host", ["127.1", "10.0.0.1", "0.0.0.0", "169.254.169.254", "2130706433", "nas.local"])
async def test_an_identity_document_is_not_requested_from_a_private_host(host: str) -> None:
    with pytest.raises(AddressRefused):
        await identity.document_of(f"did:web:{host}")


async def test_a_name_in_an_identity_is_checked_after_it_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    def inward(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.1.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", inward)
    with pytest.raises(AddressRefused):
        await identity.document_of("did:web:rebound.example")
