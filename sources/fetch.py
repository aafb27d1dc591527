"""The bounded fetch that every request goes through: bytes as sent, bytes as decoded, and seconds are limited.

httpx decodes a whole network chunk at once, and twice-compressed bodies expand a million times. So the raw bytes are
read here, and each content coding is undone step by step with a limit of its own.
"""

import asyncio
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

import msgspec

from .addresses import PublicTransport
from .environment import authorities, proxy_for

ACCEPT_ENCODING = "gzip, deflate"
_MAX_CODINGS = 2
_PIECE = 262_144


class BodyTooLarge(Exception):
    """A body is larger than its limit, as it was sent or after a content coding was undone."""


class Validators(msgspec.Struct, frozen=True):
    """What a server gave to ask later whether something changed (RFC 9110, section 13.1)."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The headers of a conditional GET; empty where the server gave nothing."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value}


class Fetched(msgspec.Struct, frozen=True):
    """A response that was read to its end. Redirects are not followed: `status` may be 3xx."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_redirect(self) -> bool:
        """Whether the server names another address for the same thing."""
        return self.status in (301, 302, 303, 307, 308) and "location" in self.headers

    @property
    def validators(self) -> Validators:
        """What a later conditional GET sends."""
        return Validators(self.headers.get("etag", ""), self.headers.get("last-modified", ""))


def accept_any(response: httpx.Response) -> None:
    """Read the body of every response."""


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

    `max_bytes` limits the body as sent and after each content coding. `timeout` is in seconds, for headers and body
    together, because the time-outs of httpx start anew with each piece. `accept` sees the headers and raises where the
    body is not wanted. `parts` are those of httpx. Raises BodyTooLarge, TimeoutError, httpx.HTTPError,
    httpx.InvalidURL and what `accept` raises.
    """
    async with asyncio.timeout(timeout), client.stream(method, url, **parts) as response:
        accept(response)
        body = await read_body(response, max_bytes)
    return Fetched(response.status_code, response.headers, body)


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
) -> Fetched:
    """GET an address that somebody else named, and follow at most so many redirects.

    Only public hosts are asked (addresses.py), and `own_server`, the base URL of the user's own server. Every step has
    a client of its own, so a cookie of one host goes to no other. `timeout` is in seconds, for all steps together.
    `transport` makes the guarded connection to a host. Raises AddressRefused, TooManyRedirects and what `fetch` raises.
    """
    async with asyncio.timeout(timeout):
        for _ in range(redirects + 1):
            client = httpx.AsyncClient(
                headers={"Accept-Encoding": ACCEPT_ENCODING, **headers},
                timeout=timeout,
                transport=None if _is_on(url, own_server) else transport(url),
                proxy=proxy_for(url) if _is_on(url, own_server) else None,
                trust_env=False,
                verify=authorities(),
            )
            async with client:
                got = await fetch(client, "GET", url, max_bytes=max_bytes, timeout=timeout, accept=accept)
            if not got.is_redirect:
                return got
            url = urljoin(url, got.headers["location"])
    raise httpx.TooManyRedirects(f"more than {redirects} redirects")


def _is_on(url: str, server: str) -> bool:
    """Whether a URL is on a server: same scheme, host and port."""
    there, own = urlsplit(url), urlsplit(server)
    return bool(server) and (there.scheme, there.netloc) == (own.scheme, own.netloc)


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The decoded body of a streamed response. Raises BodyTooLarge, httpx.DecodingError and httpx.HTTPError."""
    decoders = _decoders(response.headers)
    body, sent = bytearray(), 0
    async for piece in response.aiter_raw():
        sent += len(piece)
        # Expanding takes time: the event loop runs between small pieces.
        for start in range(0, len(piece), _PIECE):
            data = piece[start : start + _PIECE]
            for decoder in decoders:
                data = decoder.decode(data, max_bytes)
            body += data
            if max(sent, len(body)) > max_bytes:
                raise BodyTooLarge
            if decoders:
                await asyncio.sleep(0)
    return bytes(body)


class _Decoder(Protocol):
    def decode(self, data: bytes, max_bytes: int) -> bytes: ...


def _decoders(headers: Mapping[str, str]) -> list[_Decoder]:
    """A decoder for each content coding, in the order in which they are undone."""
    codings = [each.strip().casefold() for each in headers.get("content-encoding", "").split(",")]
    codings = [each for each in codings if each not in ("", "identity")]
    if len(codings) > _MAX_CODINGS or any(each not in ("gzip", "x-gzip", "deflate") for each in codings):
        raise httpx.DecodingError("the response has a content encoding that was not asked for")
    return [_Inflater(gzip=each != "deflate") for each in reversed(codings)]


class _Inflater:
    """Undoes gzip (several members too) or deflate, and stops at a limit of bytes."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._wbits = zlib.MAX_WBITS | 16 if gzip else zlib.MAX_WBITS
        self._object = zlib.decompressobj(self._wbits)
        self._total = 0
        self._start = b""

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        out = bytearray()
        pending = bool(data)
        while pending:
            most = min(max_bytes - self._total + 1, _PIECE)
            piece = self._step(data, most)
            out += piece
            self._total += len(piece)
            if self._total > max_bytes:
                raise BodyTooLarge
            data = self._rest()
            # A full piece may leave output behind although all input was consumed.
            pending = bool(data) or (len(piece) == most and not self._object.eof)
        return bytes(out)

    def _step(self, data: bytes, most: int) -> bytes:
        try:
            start, self._start = self._start, (self._start + data)[:2]
            return self._object.decompress(data, most)
        except zlib.error:
            if self._gzip or self._total or self._wbits < 0:
                raise httpx.DecodingError("the response is compressed wrongly") from None
            # Servers send deflate with a zlib header and without one: the first bytes decide.
            self._wbits = -zlib.MAX_WBITS
            self._object = zlib.decompressobj(self._wbits)
            return self._step(start + data, most)

    def _rest(self) -> bytes:
        if not self._object.eof:
            return self._object.unconsumed_tail
        rest = self._object.unused_data
        if not self._gzip or not rest.startswith(b"\x1f\x8b"):
            # Padding after the end is ignored, as browsers do.
            return b""
        self._object = zlib.decompressobj(self._wbits)
        return rest
