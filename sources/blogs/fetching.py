"""Requests feeds and pages within limits, conditionally, and only from permitted addresses.

Only the origin that the user typed may be on the user's machine or network. Addresses from a feed, a page, a list or a
redirect must be public. Feeds may use plain http, because they contain no secrets.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial

import httpx
import msgspec

from ...models.errors import SourceError
from ...models.text import clean_line
from ..addresses import AddressRefused, PublicTransport
from ..fetch import BodyTooLarge, Validators, fetch_public
from ..http import USER_AGENT
from .handles import host_of
from .parse import MAX_BYTES

TIMEOUT = 20.0
_REDIRECTS = 5
_PERMANENT = (301, 308)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)
_NO_VALIDATORS = Validators()
_TRANSPORT = partial(PublicTransport, plain=True)


class Response(msgspec.Struct, frozen=True):
    """A response after redirects. `moved_to` is the new address if every redirect was permanent, else ""."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    address: str
    moved_to: str
    validators: Validators


class RequestFailed(SourceError):
    """A failed request. `retry_at`: when the server allows the next one; `gone`: the address no longer exists."""

    def __init__(self, message: str, *, retry_at: datetime | None = None, gone: bool = False) -> None:
        super().__init__(message)
        self.retry_at, self.gone = retry_at, gone


async def request(
    address: str,
    *,
    trusted: str = "",
    validators: Validators = _NO_VALIDATORS,
    now: datetime | None = None,
    timeout: float = TIMEOUT,
) -> Response:
    """GET a feed or a page. `trusted` is the origin that the user typed, `timeout` is in seconds. Raises RequestFailed.

    A status of 304 means that nothing changed since `validators`.
    """
    host = clean_line(host_of(address))[:80] or "This address"
    steps: list[tuple[int, str]] = []
    try:
        got = await fetch_public(
            address,
            max_bytes=MAX_BYTES,
            timeout=timeout,
            redirects=_REDIRECTS,
            headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT, **validators.headers()},
            accept=_check_length,
            own_server=trusted,
            transport=_TRANSPORT,
            redirected=lambda status, url: steps.append((status, url)),
        )
    except AddressRefused:
        raise RequestFailed(
            f"{host} redirects to an address that is not public; type that address yourself if you trust it."
        ) from None
    except (httpx.TimeoutException, TimeoutError):
        raise RequestFailed(f"{host} did not respond in time.") from None
    except httpx.TooManyRedirects:
        raise RequestFailed(f"{host} redirects too often.") from None
    except BodyTooLarge:
        raise RequestFailed(f"{host} sent more than {MAX_BYTES // 1_000_000} MB; quietfeed stopped reading.") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError):
        raise RequestFailed(f"{host} cannot be reached.") from None
    final = steps[-1][1] if steps else address
    if got.status not in (200, 304):
        raise _failure(got.status, got.headers, host, now or datetime.now(UTC))
    moved = bool(steps) and all(status in _PERMANENT for status, _ in steps)
    return Response(got.status, got.headers, got.body, final, final if moved else "", got.validators)


def _check_length(response: httpx.Response) -> None:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise BodyTooLarge


def _failure(status: int, headers: Mapping[str, str], host: str, now: datetime) -> RequestFailed:
    if status == 410:
        return RequestFailed(f"{host} no longer has this feed (410).", gone=True)
    if status == 404:
        return RequestFailed(f"{host} has nothing at this address (404).")
    if status in (401, 403):
        return RequestFailed(f"{host} does not allow public access to this ({status}).")
    if status == 429:
        return RequestFailed(f"{host} allows no more requests for now (429).", retry_at=_retry_at(headers, now))
    return RequestFailed(f"{host} returned {status}.", retry_at=_retry_at(headers, now))


def _retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The time of Retry-After: seconds or a date (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and len(value) < 9:
        return now + timedelta(seconds=int(value))
    with suppress(ValueError, TypeError):
        at = parsedate_to_datetime(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return None
