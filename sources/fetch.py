"""The bounded fetch behind every request: it limits the raw bytes, the decoded bytes and the seconds.

httpx decodes a whole network chunk at once, and a twice-compressed body can expand a million times. So this module
reads the raw bytes and undoes each content coding in steps, each with its own limit.
"""

import asyncio
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import SEEK_END
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec

from .addresses import PublicTransport
from .environment import authorities, proxy_for, tls_context

ACCEPT_ENCODING = "gzip, deflate"
_LONGEST_ADDRESS = 8_000
_MAX_CODINGS = 2
_PIECE = 262_144
"""The maximum number of bytes that one step returns."""
_FED = 16_384
"""The bytes that one step decompresses. zlib copies the rest of them after each step and each gzip member."""
_MAX_MEMBERS = 1_000
"""The maximum number of members of a gzip body. Servers send one; a million empty ones take a minute."""


class BodyTooLarge(Exception):
    """The body exceeds its limit, either as sent or after decoding."""


class Validators(msgspec.Struct, frozen=True):
    """The ETag and Last-Modified of a response, for a conditional GET (RFC 9110, section 13.1)."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The headers of a conditional GET; empty if the server sent no validators."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value}


class Fetched(msgspec.Struct, frozen=True):
    """A complete response. Redirects are not followed: `status` may be 3xx."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_redirect(self) -> bool:
        """Whether the response redirects to another address."""
        return self.status in (301, 302, 303, 307, 308) and "location" in self.headers

    @property
    def validators(self) -> Validators:
        """The validators for a later conditional GET."""
        return Validators(self.headers.get("etag", ""), self.headers.get("last-modified", ""))


def accept_any(response: httpx.Response) -> None:
    """Accept every response; the default for `fetch`."""


async def fetch(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    max_bytes: int,
    timeout: float,
    accept: Callable[[httpx.Response], None] = accept_any,
    **parts: Any,
) -> Fetched:
    """Make one request and read its body.

    `max_bytes` limits the body as sent and after each content coding. `timeout` is in seconds and covers headers and
    body together, because the timeouts of httpx restart with each chunk. `accept` checks the headers and raises to
    reject the body. `parts` are arguments of httpx. Raises BodyTooLarge, TimeoutError, httpx.HTTPError,
    httpx.InvalidURL and the errors of `accept`.
    """
    async with asyncio.timeout(timeout), client.stream(method, url, **parts) as response:
        accept(response)
        body = await read_body(response, max_bytes)
    return Fetched(response.status_code, response.headers, body)


def body_size(parts: Mapping[str, Any]) -> int:
    """The size of the files in a request, in bytes."""
    size = int((parts.get("headers") or {}).get("Content-Length", 0))
    for _, file, _ in (parts.get("files") or {}).values():
        size += file.seek(0, SEEK_END)
        file.seek(0)
    return size


def load_transports() -> None:
    """Import what the first request needs, and read the certificates: some 150 ms, so call it in a thread."""
    import anyio._backends._asyncio
    import httpcore

    del anyio, httpcore
    httpx.AsyncHTTPTransport(verify=authorities(), trust_env=False)


async def fetch_public(
    url: str,
    *,
    max_bytes: int,
    timeout: float,
    redirects: int,
    headers: Mapping[str, str],
    accept: Callable[[httpx.Response], None] = accept_any,
    own_server: str = "",
    transport: Callable[[str], httpx.AsyncBaseTransport] = PublicTransport,
    redirected: Callable[[int, str], None] = lambda _status, _url: None,
) -> Fetched:
    """GET an untrusted address and follow at most `redirects` redirects.

    Only public hosts (addresses.py) and `own_server`, the base URL of the user's own server, are allowed. Each step
    uses a new client, so that no cookie reaches another host. `timeout` is in seconds, for all steps together.
    `transport` makes the guarded connection to a host. `redirected` is called with the status and the new address of
    each redirect. Raises AddressRefused, TooManyRedirects and the errors of `fetch`.
    """
    async with asyncio.timeout(timeout):
        for _ in range(redirects + 1):
            client = httpx.AsyncClient(
                headers={"Accept-Encoding": ACCEPT_ENCODING, **headers},
                timeout=timeout,
                transport=None if _is_on(url, own_server) else transport(url),
                proxy=proxy_for(url) if _is_on(url, own_server) else None,
                trust_env=False,
                verify=tls_context(url),
            )
            async with client:
                got = await fetch(client, "GET", url, max_bytes=max_bytes, timeout=timeout, accept=accept)
            if not got.is_redirect:
                return got
            location = got.headers["location"]
            if len(location) > _LONGEST_ADDRESS:
                raise httpx.InvalidURL("the server redirects to an address that is too long")
            url = urljoin(url, location)
            redirected(got.status, url)
    raise httpx.TooManyRedirects(f"more than {redirects} redirects")


def _is_on(url: str, server: str) -> bool:
    """Whether a URL is on a server: same scheme, host and port."""
    there, own = urlsplit(url), urlsplit(server)
    return bool(server) and (there.scheme, there.netloc) == (own.scheme, own.netloc)


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """Read and decode the body of a streamed response. Raises BodyTooLarge, httpx.DecodingError and httpx.HTTPError."""
    decoders = _decoders(response.headers)
    body, sent = bytearray(), 0
    async for piece in response.aiter_raw():
        sent += len(piece)
        if sent > max_bytes:
            raise BodyTooLarge
        for data in _decoded(piece, decoders, max_bytes):
            body += data
            if len(body) > max_bytes:
                raise BodyTooLarge
            # Decompressing takes time, so let the event loop run between the steps, also between those without output.
            if decoders:
                await asyncio.sleep(0)
    return bytes(body)


def _decoded(data: bytes, decoders: Sequence["_Inflater"], max_bytes: int) -> Iterator[bytes]:
    """Undo all content codings of a piece, a small step at a time; a step without output is empty."""
    if not decoders:
        yield data
        return
    for step in decoders[0].decode(data, max_bytes):
        yield from _decoded(step, decoders[1:], max_bytes)


def _decoders(headers: Mapping[str, str]) -> "list[_Inflater]":
    """One decoder per content coding, in decoding order."""
    codings = [each.strip().casefold() for each in headers.get("content-encoding", "").split(",")]
    codings = [each for each in codings if each not in ("", "identity")]
    if len(codings) > _MAX_CODINGS or any(each not in ("gzip", "x-gzip", "deflate") for each in codings):
        raise httpx.DecodingError("the response has a content encoding that was not requested")
    return [_Inflater(gzip=each != "deflate") for each in reversed(codings)]


class _Inflater:
    """Decompresses gzip (also with several members) or deflate, up to a byte limit."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._wbits = zlib.MAX_WBITS | 16 if gzip else zlib.MAX_WBITS
        self._object = zlib.decompressobj(self._wbits)
        self._total = 0
        self._members = 1
        self._ended = False
        self._start = b""

    def decode(self, data: bytes, max_bytes: int) -> Iterator[bytes]:
        """Decompress in steps. Each step returns at most _PIECE bytes, and may return none."""
        if not data:
            yield b""
        for start in range(0, len(data), _FED):
            if self._ended:
                return
            yield from self._decode(data[start : start + _FED], max_bytes)

    def _decode(self, data: bytes, max_bytes: int) -> Iterator[bytes]:
        pending = bool(data)
        while pending:
            most = min(max_bytes - self._total + 1, _PIECE)
            piece = self._step(data, most)
            self._total += len(piece)
            if self._total > max_bytes:
                raise BodyTooLarge
            data = self._rest()
            # A full piece may leave output behind although all input was consumed.
            pending = bool(data) or (len(piece) == most and not self._object.eof)
            yield piece

    def _step(self, data: bytes, most: int) -> bytes:
        try:
            start, self._start = self._start, (self._start + data)[:2]
            return self._object.decompress(data, most)
        except zlib.error:
            if self._gzip or self._total or self._wbits < 0:
                raise httpx.DecodingError("the compressed response is damaged") from None
            # Servers send deflate with a zlib header and without one: the first bytes decide.
            self._wbits = -zlib.MAX_WBITS
            self._object = zlib.decompressobj(self._wbits)
            return self._step(start + data, most)

    def _rest(self) -> bytes:
        if not self._object.eof:
            return self._object.unconsumed_tail
        rest = self._object.unused_data
        if not self._gzip or not rest.startswith(b"\x1f\x8b"):
            # Padding after the end is ignored, as browsers do. One byte may be the first of another member.
            self._ended = not self._gzip or rest not in (b"", b"\x1f")
            return b""
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise httpx.DecodingError("the compressed response has too many parts")
        self._object = zlib.decompressobj(self._wbits)
        return rest
