"""Fetches one picture and gives nothing away by it: no token, no cookie, nothing of the user's own network."""

import asyncio
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

import httpx

from ..models.errors import SourceError, Unreachable
from ..models.text import clean_line
from .environment import authorities, proxy_for
from .http import USER_AGENT, is_loopback

LARGEST = 8_000_000
KINDS = ("image/jpeg", "image/png", "image/gif", "image/webp")
_TIMEOUT = httpx.Timeout(10.0)
_LONGEST = 30.0
_REDIRECTS = 3


async def fetch_picture(address: str, server: str) -> bytes:
    """The bytes of a picture, at most LARGEST, of one of KINDS by the server's word. Raises SourceError.

    Only https is asked, and only public hosts, lest a post make this machine ask its own network. `server`, the base
    URL of the user's own server, is the one exception: it may be on loopback, and then speak plain http.
    """
    headers = {"User-Agent": USER_AGENT, "Accept": ", ".join(KINDS)}
    try:
        async with asyncio.timeout(_LONGEST):
            for _ in range(_REDIRECTS + 1):
                _check(address, server)
                # A client for each step: what one host sets as a cookie, none is ever given.
                async with (
                    httpx.AsyncClient(
                        headers=headers,
                        timeout=_TIMEOUT,
                        proxy=proxy_for(address),
                        trust_env=False,
                        verify=authorities(),
                    ) as client,
                    client.stream("GET", address) as response,
                ):
                    if response.has_redirect_location:
                        address = urljoin(address, response.headers["location"])
                        continue
                    return await _body(response)
    except (httpx.TimeoutException, TimeoutError):
        raise Unreachable(f"The picture at {_host(address)} did not come in time.") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise Unreachable(f"The picture at {_host(address)} cannot be fetched.") from None
    raise SourceError(f"The picture at {_host(address)} is sent from place to place: it was not fetched.")


async def _body(response: httpx.Response) -> bytes:
    host = clean_line(response.url.host)
    if response.status_code != 200:
        raise SourceError(f"{host} does not give the picture (it answered {response.status_code}).")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise SourceError(f"{host} sent no picture that can be shown ({clean_line(kind)[:40] or 'of no kind'}).")
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise SourceError(f"The picture at {host} is larger than {LARGEST // 1_000_000} MB: it was not read.")
    return bytes(body)


def _check(address: str, server: str) -> None:
    parts, own = urlsplit(address), urlsplit(server)
    host = parts.hostname or ""
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc) and (parts.scheme == "https" or is_loopback(host)):
        return
    if parts.scheme != "https" or not host or parts.username is not None or not _public(host):
        raise SourceError(f"The picture at {_host(address)} is not on a public server with https: it was not fetched.")


def _public(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host


def _host(address: str) -> str:
    try:
        return clean_line(urlsplit(address).hostname or "")[:80] or "an unknown place"
    except ValueError:
        return "an unknown place"
