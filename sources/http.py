"""The JSON client of one server: bounded, throttled and same-origin, with errors that tell the user what to do.

All sources use it. A token is only sent to the server that issued it: redirects are not followed, links are followed
within the origin of the server, and plain http is allowed for loopback addresses only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, NoReturn, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from .. import __version__
from ..models.errors import (
    ConnectionFailed,
    PermissionMissing,
    RateLimited,
    ResponseProblem,
    SignInEnded,
    SourceError,
    TimedOut,
    Unreachable,
    UnusableResponse,
)
from .addresses import PublicTransport
from .decode import NotJson, decode_json
from .environment import proxy_for, proxy_in_use, tls_context
from .fetch import ACCEPT_ENCODING, BodyTooLarge, Fetched, body_size, fetch
from .http_errors import (
    LONGEST_ERROR,
    RequestRejected,
    ServerError,
    cause_of,
    error_words,
    is_web_page,
    lacks_scope,
    secrets_in,
    status_words,
    without,
)
from .links import links_in
from .rate_limits import clock_ahead, reset_time
from .servers import is_loopback, path_on

T = TypeVar("T")

USER_AGENT = f"quietfeed/{__version__}"
_MAX_BYTES = 20_000_000
_TIMEOUTS = httpx.Timeout(20.0, connect=10.0)
_LONGEST = 90.0
_SLOWEST = 50_000
"""The slowest upload, in bytes per second: larger bodies get more time."""
_NO_TOKEN = "The token for {} contains invalid characters: sign in again, and copy the whole token."
_CONNECTIONS = httpx.Limits(max_connections=4)


class Pacing(msgspec.Struct, frozen=True):
    """The pauses between requests to a server, in seconds."""

    interval: float = 0.04
    """The minimum between two requests."""

    retry_after: float = 0.5
    """Between a request that did not reach the server and its retry."""

    processing: float = 1.0
    """Between two checks whether an uploaded file is processed."""


_REMOTE = Pacing()
_LOCAL = Pacing(interval=0.0, retry_after=0.0, processing=0.05)
"""For a server on the user's own machine, which needs no throttling."""


class Response:
    """A decoded response. `value` is its JSON, or None if it has none.

    `links` has the Link headers that point to the server itself, each as a path with its query.
    """

    def __init__(
        self, value: Any, headers: Mapping[str, str], links: Mapping[str, str], status: int = 200, text: str = ""
    ) -> None:
        self.value = value
        self.headers = headers
        self.links = links
        self.status = status
        self.text = text


class Http:
    """A connection to one server. Its requests raise SourceError.

    Tests pass a `transport` for failures that no real server can produce.

    `max_bytes` limits the size of a response, and `timeout` its seconds; 0 uses the defaults. `pacing` replaces the
    default for the server. `sign_in` is the command that signs in again, for error sentences. `public_only`: the
    address is untrusted, so a host on the user's own network is rejected (addresses.py); the caller checks loopback.
    """

    def __init__(
        self,
        server: str,
        token: str = "",
        *,
        max_bytes: int = 0,
        timeout: float = 0.0,
        pacing: Pacing | None = None,
        sign_in: str = "",
        public_only: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if public_only and transport is None and not is_loopback(urlsplit(server).hostname or ""):
            transport = PublicTransport(server)
        self.server = server
        self.host = urlsplit(server).netloc
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": ACCEPT_ENCODING}
        if token:
            _check_token(token, self.host)
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=_TIMEOUTS,
            limits=_CONNECTIONS,
            transport=transport,
            proxy=proxy_for(server) if transport is None else None,
            # proxy_for and tls_context read the environment with clearer errors than those of httpx.
            trust_env=False,
            verify=tls_context(server),
        )
        self.lacking: dict[str, PermissionMissing] = {}
        """Missing permissions that caused a rejection, by name."""
        self._token = token
        self._sign_in = sign_in
        self._wait_until: datetime | None = None
        self._next = 0.0
        self._clock_ahead: timedelta | None = None
        self._max_bytes, self._timeout = max_bytes or _MAX_BYTES, timeout or _LONGEST
        if is_loopback(urlsplit(server).hostname or ""):
            default = _LOCAL
        else:
            default = _REMOTE
        self.pacing = pacing or default

    async def get(self, path: str, params: Any = None) -> Response:
        """GET a path, or a URL on this server from a Link header. Retries once if the server is unreachable."""
        return await self.retry_once(lambda: self._request_checked("GET", path, params=params))

    async def post(self, path: str, data: Mapping[str, str]) -> Response:
        """POST a form; never retried."""
        return await self._request_checked("POST", path, data=data)

    async def send(self, method: str, path: str, **parts: Any) -> Response:
        """Send a request that changes data; never retried. `parts` are arguments of httpx: data, files, headers."""
        return await self._request_checked(method, path, **parts)

    async def request(self, method: str, path: str, **parts: Any) -> Response:
        """Send one request without a retry, and also return 4xx responses, whose body explains the error.

        `parts` are arguments of httpx: params, json, data, headers. Raises Unreachable, RateLimited and SourceError.
        """
        got, now, secrets = await self._fetch(method, path, **parts)
        if not 400 <= got.status < 500 or got.status == 429:
            self._raise_for(got, now, secrets)
        body = got.body
        if got.status >= 400 and len(body) > LONGEST_ERROR:
            # A user would not read such an error text, and all of it would be searched for secrets.
            body = b""
        try:
            value = await decode_json(body)
        except NotJson:
            value = None
        text = body.decode("utf-8", "replace")
        if got.status >= 400:
            value, text = without(value, secrets), without(text, secrets)
        return Response(value, got.headers, {}, got.status, text)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def retry_once(self, request: Callable[[], Awaitable[T]]) -> T:
        """Send a request, and retry it once if the server was unreachable. Only for requests that change nothing."""
        try:
            return await request()
        except Unreachable:
            await asyncio.sleep(self.pacing.retry_after)
            return await request()

    async def close(self) -> None:
        """Close the connection."""
        try:
            await self._client.aclose()
        except RuntimeError:
            # A script may sync in one event loop and close in another. The connections ended with the first loop.
            return

    def server_time(self) -> datetime | None:
        """The current time by the server's clock; None if unknown or implausible."""
        if self._clock_ahead is None:
            return None
        return datetime.now(UTC) + self._clock_ahead

    def own_path(self, address: str) -> str | None:
        """The path and query of a URL on this server; None if it is on another server."""
        return path_on(self.server, address)

    async def _request_checked(self, method: str, path: str, **parts: Any) -> Response:
        got, now, secrets = await self._fetch(method, path, **parts)
        self._raise_for(got, now, secrets)
        links = links_in(", ".join(got.headers.get_list("link")))
        own = {relation: found for relation, link in links.items() if (found := self.own_path(link)) is not None}
        try:
            return Response(await decode_json(got.body), got.headers, own, got.status)
        except NotJson:
            problem: ResponseProblem = "web_page" if is_web_page(got.headers, got.body) else "not_json"
            raise UnusableResponse(self.host, problem) from None

    async def _fetch(self, method: str, path: str, **parts: Any) -> tuple[Fetched, datetime, list[str]]:
        now = datetime.now(UTC)
        if self._wait_until is not None and now < self._wait_until:
            raise RateLimited(self.host, self._wait_until)
        url = self._resolve_same_origin(path)
        secrets = secrets_in(self._token, parts)
        await self._throttle()
        try:
            timeout = self._timeout + body_size(parts) / _SLOWEST
            got = await fetch(self._client, method, url, max_bytes=self._max_bytes, timeout=timeout, **parts)
        except (httpx.TimeoutException, TimeoutError):
            raise TimedOut(self.host) from None
        except BodyTooLarge:
            raise UnusableResponse(self.host, "too_large", f"{self._max_bytes / 1_000_000:g} MB") from None
        except UnicodeEncodeError:
            raise SourceError(_NO_TOKEN.format(self.host)) from None
        except httpx.DecodingError:
            raise UnusableResponse(self.host, "undecodable") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            cause, detail = cause_of(error)
            proxy, setting = proxy_in_use(self.server)
            raise ConnectionFailed(self.host, cause, without(detail, secrets), proxy=proxy, setting=setting) from None
        self._note_clock(got.headers, now)
        self._note_rate_limit(got.headers, now)
        return got, now, secrets

    async def _throttle(self) -> None:
        """Sleep until the next request to this server is allowed."""
        now = monotonic()
        wait, self._next = self._next - now, max(self._next, now) + self.pacing.interval
        if wait > 0:
            await asyncio.sleep(wait)

    def _resolve_same_origin(self, path: str) -> str:
        """The URL of a path on this server. Raises SourceError if it is on another server."""
        own = self.own_path(path)
        if own is None:
            raise UnusableResponse(self.host, "next_page_elsewhere")
        return f"{self.server}{own}"

    def _note_clock(self, headers: Mapping[str, str], now: datetime) -> None:
        self._clock_ahead = clock_ahead(headers, now)

    def _note_rate_limit(self, headers: Mapping[str, str], now: datetime) -> None:
        if "0" in (headers.get("x-ratelimit-remaining"), headers.get("ratelimit-remaining")):
            self._wait_until = reset_time(headers, now, self._clock_ahead)

    def _raise_for(self, got: Fetched, now: datetime, secrets: list[str]) -> None:
        if got.status >= 300:
            self._raise(got, now, without(error_words(got.body), secrets)[:160])

    def _raise(self, got: Fetched, now: datetime, detail: str) -> NoReturn:
        status = got.status
        if status == 429:
            retry_at = reset_time(got.headers, now, self._clock_ahead)
            self._wait_until = retry_at
            raise RateLimited(self.host, retry_at)
        if status == 401 and not self._token and not self._sign_in:
            raise RequestRejected(self.host, status, detail, kind="members_only")
        if status == 401:
            raise SignInEnded(self.host, self._sign_in)
        if status >= 500 and status != 501:
            raise ServerError(self.host, status, detail)
        if status < 400:
            raise UnusableResponse(self.host, "redirect", status_words(status))
        if status == 403 and is_web_page(got.headers, got.body):
            raise RequestRejected(self.host, status, kind="blocked")
        raise RequestRejected(self.host, status, detail, insufficient=bool(self._token) and lacks_scope(got, detail))


def _check_token(token: str, host: str) -> None:
    if not token.isascii() or not token.isprintable():
        raise SourceError(_NO_TOKEN.format(host))
