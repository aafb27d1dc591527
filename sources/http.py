"""HTTP as every network needs it: bounded, patient, and with errors that say what happened and what to do.

Shared by all sources. A token is only ever sent to the server it belongs to: redirects and links to other hosts are
refused, and plain http is accepted for loopback addresses only.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from ssl import SSLContext
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from .. import __version__
from ..models.errors import RateLimited, SignInNeeded, SourceError, Unreachable
from ..models.text import clean_line

T = TypeVar("T")

USER_AGENT = f"quietfeed/{__version__}"
_LARGEST = 20_000_000
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_LONGEST = 90.0
MIN_REQUEST_INTERVAL = 0.04
"""Seconds at least between two questions to one server."""

_NO_SERVER = "{!r} is not a server's address: it looks like mastodon.social."
_AT_ONCE = httpx.Limits(max_connections=4)
_PAUSE = 0.5


def checked_server(address: str) -> str:
    """A server's base URL from whatever the user gave: a host, an address, or a handle. Raises SourceError."""
    text = address.strip()
    if "://" not in text:
        # A handle, with or without its first @, is on the server that it names.
        text = f"//{text.rpartition('@')[2]}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise SourceError(_NO_SERVER.format(clean_line(address)[:80])) from None
    scheme = parts.scheme or ("http" if is_loopback(host) else "https")
    if not host or " " in text or scheme not in ("http", "https"):
        raise SourceError(_NO_SERVER.format(clean_line(address)[:80]))
    if scheme == "http" and not is_loopback(host):
        raise SourceError(f"{host} was given with plain http, which anybody on the way can read: use https.")
    return f"{scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@cache
def authorities() -> SSLContext:
    """What certificates are checked with, the same for all: each reading of it takes 18 ms and 3 MB."""
    return httpx.create_ssl_context()


class Response:
    """What a server answered: its JSON (None where it is none), its text, and the headers that say how to go on."""

    def __init__(
        self, value: Any, headers: Mapping[str, str], links: Mapping[str, str], status: int = 200, text: str = ""
    ) -> None:
        self.value = value
        self.headers = headers
        self.links = links
        self.status = status
        self.text = text


class Http:
    """A connection to one server. `transport` is handed in by tests of failures no real server can be told to have.

    `largest` is how many bytes an answer may have, `longest` how many seconds it may take; 0: as many as any needs.
    """

    def __init__(
        self,
        server: str,
        token: str = "",
        *,
        largest: int = 0,
        longest: float = 0.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.server = server
        self.host = urlsplit(server).netloc
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.AsyncClient(
            headers=headers, timeout=_TIMEOUT, limits=_AT_ONCE, transport=transport, verify=authorities()
        )
        self._wait_until: datetime | None = None
        self._next = 0.0
        self._largest, self._longest = largest or _LARGEST, longest or _LONGEST

    async def get(self, path: str, params: Any = None) -> Response:
        """GET a path of the server, or an address on it that a Link header gave. Tried twice where that may help."""
        return await retry_once(lambda: self._ask("GET", path, params=params))

    async def post(self, path: str, data: Mapping[str, str]) -> Response:
        """POST a form; tried once."""
        return await self._ask("POST", path, data=data)

    async def request(self, method: str, path: str, **parts: Any) -> Response:
        """Ask once, and hand back what was refused (4xx) too, for a network that says in the body what that means.

        `parts` are those of httpx: params, json, data, headers. Raises Unreachable, RateLimited and SourceError.
        """
        response, body, now = await self._fetch(method, path, **parts)
        if not 400 <= response.status_code < 500 or response.status_code == 429:
            self._raise_for(response, body, now)
        try:
            value = _json(body, self.host)
        except SourceError:
            value = None
        return Response(value, response.headers, {}, response.status_code, body.decode("utf-8", "replace"))

    async def close(self) -> None:
        """Close the connection."""
        try:
            await self._client.aclose()
        except RuntimeError:
            # A script that syncs in one event loop and closes in the next: the connections went with their own loop.
            return

    async def _ask(self, method: str, path: str, **parts: Any) -> Response:
        response, body, now = await self._fetch(method, path, **parts)
        self._raise_for(response, body, now)
        links = {rel: link["url"] for rel, link in response.links.items() if isinstance(link.get("url"), str) and rel}
        return Response(_json(body, self.host), response.headers, links)

    async def _fetch(self, method: str, path: str, **parts: Any) -> tuple[httpx.Response, bytes, datetime]:
        now = datetime.now(UTC)
        if self._wait_until is not None and now < self._wait_until:
            raise RateLimited(self._wait_sentence(self._wait_until), self._wait_until)
        url = self._resolve_same_origin(path)
        await self._throttle()
        try:
            # The time-outs of httpx are for one piece each; a server that drips would hold on for ever.
            async with asyncio.timeout(self._longest), self._client.stream(method, url, **parts) as response:
                body = await self._body(response)
        except (httpx.TimeoutException, TimeoutError):
            raise Unreachable(f"{self.host} did not answer in time: try again later.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{self.host} cannot be reached ({_cause(error)}): check the connection.") from None
        self._note_rate_limit(response, now)
        return response, body, now

    async def _throttle(self) -> None:
        """Wait until this server may be asked again: whoever reads meanwhile is answered in between."""
        now = monotonic()
        wait, self._next = self._next - now, max(self._next, now) + MIN_REQUEST_INTERVAL
        if wait > 0:
            await asyncio.sleep(wait)

    def _resolve_same_origin(self, path: str) -> str:
        """The address of a path on this server. Raises SourceError where it is another server's."""
        try:
            url = urljoin(f"{self.server}/", path)
            own = _origin(url) == _origin(self.server)
        except ValueError:
            own = False
        if not own:
            raise SourceError(f"{self.host} points to another server for its next page; it was not followed.")
        return url

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > self._largest:
                size = f"{self._largest / 1_000_000:g} MB"
                raise SourceError(f"{self.host} answered with more than {size}: it was not read.")
        return bytes(body)

    def _note_rate_limit(self, response: httpx.Response, now: datetime) -> None:
        if "0" in (response.headers.get("x-ratelimit-remaining"), response.headers.get("ratelimit-remaining")):
            self._wait_until = _reset_time(response.headers, now)

    def _raise_for(self, response: httpx.Response, body: bytes, now: datetime) -> None:
        status = response.status_code
        if status < 300:
            return
        said = _error_words(body)
        if status == 429:
            retry_at = _reset_time(response.headers, now)
            self._wait_until = retry_at
            raise RateLimited(self._wait_sentence(retry_at), retry_at)
        if status in (401, 403):
            raise SignInNeeded(
                f"{self.host} no longer accepts the sign-in{said}: `quietfeed account add` signs in again."
            )
        if status >= 500 and status != 501:
            raise ServerError(f"{self.host} is not well (it answered {status}{said}): try again later.", status, said)
        if status < 400:
            raise SourceError(f"{self.host} sends elsewhere for this (it answered {status}): check the address.")
        raise RequestRejected(f"{self.host} refused{said} (it answered {status}).", status)

    def _wait_sentence(self, until: datetime) -> str:
        return f"{self.host} asks to wait until {until.astimezone():%H:%M:%S}: quietfeed goes on after that."


async def retry_once(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask, and once more after a moment where the server could not be reached; only for what changes nothing."""
    try:
        return await ask()
    except Unreachable:
        await asyncio.sleep(_PAUSE)
        return await ask()


class RequestRejected(SourceError):
    """The server does not have, or does not allow, what was asked; `status` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ServerError(Unreachable):
    """The server answered 5xx: `status`, and what it said of it in its own words."""

    def __init__(self, message: str, status: int, said: str) -> None:
        super().__init__(message)
        self.status, self.said = status, said


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _reset_time(headers: Mapping[str, str], now: datetime) -> datetime:
    """When to ask again: Retry-After in seconds or as a date, (X-)RateLimit-Reset as ISO or epoch, else a minute."""
    for name in ("retry-after", "x-ratelimit-reset", "ratelimit-reset"):
        value = headers.get(name, "")
        at = _moment(value, now) if value else None
        if at is not None:
            return min(max(at, now), now + timedelta(hours=1))
    return now + timedelta(minutes=1)


def _moment(value: str, now: datetime) -> datetime | None:
    try:
        if value.replace(".", "", 1).isdigit():
            number = float(value)
            return datetime.fromtimestamp(number, UTC) if number > 1e8 else now + timedelta(seconds=number)
        at = datetime.fromisoformat(value) if value[:4].isdigit() else parsedate_to_datetime(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _json(body: bytes, host: str) -> Any:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise SourceError(f"{host} did not answer with JSON: is it a server of this network?") from None


def _error_words(body: bytes) -> str:
    """What the server said of its error, as ": ..." for a sentence; "" where it said nothing readable."""
    try:
        value = _json(body, "")
    except SourceError:
        return ""
    said = (value.get("error_description") or value.get("error")) if isinstance(value, dict) else None
    return f": {clean_line(said)[:160]}" if isinstance(said, str) and said else ""


def _cause(error: Exception) -> str:
    text = clean_line(str(error))[:120]
    return text or type(error).__name__
