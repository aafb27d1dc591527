"""Environment variables of HTTP clients: an invalid one is reported by name in one sentence."""

import asyncio
import socket
from contextlib import closing
from pathlib import Path
from ssl import CERT_REQUIRED

import pytest

from quietfeed.models.errors import SourceError, Unreachable
from quietfeed.phrases.errors import error_text
from quietfeed.sources.environment import authorities, proxy_for, tls_context
from quietfeed.sources.http import Http
from quietfeed.tests.saying import says

SERVER = "https://example.social"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("all_proxy", "http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("variable", "value", "proxy"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("all_proxy", "socks5h://user:secret@proxy.example:1080/", "socks5h://user:secret@proxy.example:1080/"),
        ("HTTPS_PROXY", "proxy.example:8080", "http://proxy.example:8080"),
        ("https_proxy", "HTTP://proxy.example:8080", "http://proxy.example:8080"),
        ("HTTP_PROXY", "http://proxy.example:8080", None),
        ("ALL_PROXY", "", None),
    ],
)
async def test_a_proxy_of_a_known_kind_is_used(
    variable: str, value: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert proxy_for(SERVER) == proxy
    await Http(SERVER).close()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks4://127.0.0.1:1080"),
        ("ALL_PROXY", "ftp://proxy.example"),
        ("HTTPS_PROXY", "http://"),
        ("HTTPS_PROXY", "http://proxy.example:port"),
        ("https_proxy", "http://proxy.example:99999"),
        ("HTTPS_PROXY", "http://[::1"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SourceError, check=says(variable)):
        Http(SERVER)


@pytest.mark.parametrize(
    ("exceptions", "url", "direct"),
    [
        ("[::1]", SERVER, False),
        ("fe80::/10", SERVER, False),
        ("fe80::/10,.social", SERVER, True),
        ("example.social", "https://sub.example.social", True),
        ("example.social", "https://badexample.social", False),
        ("*.social", SERVER, True),
        ("example.social:443", "https://example.social:8443", False),
        ("example.social:8443", "https://example.social:8443", True),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("[fe80::1]", "https://[fe80::1]", True),
        ("*", SERVER, True),
        (" , ", SERVER, False),
    ],
)
def test_exceptions_from_the_proxy(exceptions: str, url: str, direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert (proxy_for(url) is None) == direct


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.0.0.1:3000", "http://[::1]:8080"])
def test_this_machine_is_never_reached_through_a_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:8080")
    assert proxy_for(url) is None


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSLKEYLOGFILE"])
def test_a_certificate_file_that_is_gone_is_named(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/gone/file.pem")
    with pytest.raises(SourceError, check=says(variable)):
        # Bypass the cache, which was filled before the variable was set.
        authorities.__wrapped__()


def test_of_several_certificate_variables_the_broken_one_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setenv("SSLKEYLOGFILE", "/gone/keys")
    with pytest.raises(SourceError, check=says(r"^SSLKEYLOGFILE \(/gone/keys\) cannot be read")):
        authorities.__wrapped__()


def test_only_https_reads_certificates_and_plain_http_trusts_nobody() -> None:
    assert tls_context("https://here.example") is authorities()
    plain = tls_context("http://127.0.0.1:3000")
    assert (plain.cert_store_stats()["x509"], plain.verify_mode, plain.check_hostname) == (0, CERT_REQUIRED, True)


async def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    monkeypatch.setenv("ALL_PROXY", f"socks://user:pw@127.0.0.1:{port}")
    http = Http("https://here.invalid")
    with pytest.raises(Unreachable) as error:
        await http.get("/api/v1/instance")
    await http.close()
    assert error_text(error.value) == (
        f"here.invalid cannot be reached through the proxy 127.0.0.1:{port}: the connection was refused;"
        " check ALL_PROXY and the connection."
    )


async def test_a_socks_proxy_carries_a_request_to_a_name_that_only_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = await reader.readexactly(2)
        await reader.readexactly(greeting[1])
        writer.write(b"\x05\x00")
        *_, kind = await reader.readexactly(4)
        assert kind == 3, "the name goes to the proxy, which looks it up"
        asked.append(await reader.readexactly((await reader.readexactly(1))[0]))
        await reader.readexactly(2)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"title": "behind"}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
        writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    monkeypatch.setenv("ALL_PROXY", f"socks://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    http = Http("http://behind.invalid")
    answer = await http.get("/api/v1/instance")
    await http.close()
    server.close()
    assert (answer.value, asked) == ({"title": "behind"}, [b"behind.invalid"])
