"""Restricts connections to untrusted addresses: only public hosts, only on the usual ports.

Posts contain picture URLs, and identity documents contain server URLs. The name is resolved first, then its addresses
are checked, then the connection is pinned to a checked address, so that DNS rebinding is impossible. Behind a proxy,
the proxy resolves names, and only the spelling of the host is checked.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from ..models.errors import SourceError
from ..models.text import clean_line
from .environment import authorities, proxy_for

PORTS = (443, 8443)
"""The allowed ports for untrusted addresses. Other ports may belong to other protocols."""

PLAIN_PORTS = (*PORTS, 80, 8080)
"""The allowed ports if plain http is allowed too."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Resolves a host and a port to IP addresses. Raises OSError if there are none."""

_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
# RFC 6052: IPv6-only networks reach IPv4 hosts under this prefix.
_NAT64 = IPv6Network("64:ff9b::/96")
# Teredo, 6to4, site-local NAT64, IPv4-compatible and IPv4-mapped addresses, and the old site-local ones.
_EMBEDDING = tuple(
    map(IPv6Network, ("2001::/32", "2002::/16", "64:ff9b:1::/48", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96"))
)
_SITE_LOCAL = IPv6Network("fec0::/10")
_MOST_ADDRESSES = 4


class AddressRefused(SourceError):
    """The host is not public, or the port is unusual."""


def is_public_address(address: str, *, resolved: bool = False) -> bool:
    """Whether an IP address belongs to a host on the public internet.

    `resolved`: the address comes from DNS. Then a NAT64 address counts as its IPv4 address; in a URL it is rejected.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None or any(ip in network for network in (*_EMBEDDING, _SITE_LOCAL)):
            return False
        if ip in _NAT64:
            return resolved and _is_global(IPv4Address(int(ip) & 0xFFFFFFFF))
    return _is_global(ip)


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def may_be_public(host: str) -> bool:
    """Whether the spelling of a host allows a public address. A name still has to be resolved."""
    host = host.strip("[]").rstrip(".").casefold()
    if ":" in host:
        return is_public_address(host)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # Resolvers also accept 127.1, 0x7f.0.0.1 and 2130706433 as addresses. Allow only the plain spelling.
        return is_public_address(host)
    private = any(host == name or host.endswith(f".{name}") for name in _PRIVATE_NAMES)
    return "." in host and not private


async def resolve(host: str, port: int) -> list[str]:
    """Resolve a host to its addresses, without duplicates. Raises OSError if there are none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def public_addresses(url: httpx.URL, resolver: Resolve = resolve, *, plain: bool = False) -> list[str]:
    """The public addresses of a URL's host, at most four. Raises AddressRefused, and OSError as resolvers do."""
    check_spelling(url, plain=plain)
    addresses = await resolver(url.host, url.port or 443)
    public = [each for each in addresses if is_public_address(each, resolved=True)]
    if not public:
        raise AddressRefused(_REFUSED.format(host=_shown(url.host)))
    return public[:_MOST_ADDRESSES]


def check_spelling(url: httpx.URL, *, plain: bool = False) -> None:
    """Raise AddressRefused if a URL is not https (`plain`: nor http), or if its host or port cannot be public."""
    schemes = ("https", "http") if plain else ("https",)
    if url.scheme not in schemes or url.userinfo or not may_be_public(url.host):
        raise AddressRefused(_REFUSED.format(host=_shown(url.host)))
    if (url.port or 443) not in (PLAIN_PORTS if plain else PORTS):
        raise AddressRefused(
            f"Port {url.port} of {_shown(url.host)} is not a web server port; quietfeed did not connect."
        )


_REFUSED = "{host} is not a public server with https; quietfeed did not connect to it."


def _shown(host: str) -> str:
    return clean_line(host)[:80] or "An address without a host"


class PublicTransport(httpx.AsyncBaseTransport):
    """Connects to public hosts only, at the address that was checked. Raises AddressRefused for others.

    Use one transport per host, because connections are pooled by address. `plain` also allows http, for requests
    without secrets. Tests pass `inner` and `resolver`.
    """

    def __init__(
        self,
        url: str,
        *,
        inner: httpx.AsyncBaseTransport | None = None,
        resolver: Resolve = resolve,
        plain: bool = False,
    ) -> None:
        self._plain = plain
        proxy = proxy_for(url) if inner is None else None
        self._is_proxied = proxy is not None
        self._inner = inner or httpx.AsyncHTTPTransport(
            verify=authorities(), proxy=proxy, trust_env=False, limits=httpx.Limits(max_connections=4)
        )
        self._resolver = resolver

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first checked address that accepts a connection."""
        if self._is_proxied:
            check_spelling(request.url, plain=self._plain)
            return await self._inner.handle_async_request(request)
        try:
            addresses = await public_addresses(request.url, self._resolver, plain=self._plain)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error), request=request) from error
        for number, address in enumerate(addresses, 1):
            try:
                return await self._inner.handle_async_request(_pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise AssertionError("there is always an address")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to one address. The Host header and the certificate's name stay those of the URL."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
    )
