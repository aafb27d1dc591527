"""Fetches one picture without a token or cookie, and only from public hosts or the user's own server."""

from urllib.parse import urlsplit

import httpx

from ..models.errors import SourceError, Unreachable
from ..models.text import clean_line
from .fetch import BodyTooLarge, fetch_public
from .http import USER_AGENT

MAX_BYTES = 8_000_000
MEDIA_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_TIMEOUT = 30.0
_REDIRECTS = 3
_HEADERS = {"User-Agent": USER_AGENT, "Accept": ", ".join(MEDIA_TYPES)}


async def fetch_picture(url: str, server: str) -> bytes:
    """Fetch a picture of at most MAX_BYTES whose Content-Type is in MEDIA_TYPES. Raises SourceError.

    `server` is the base URL of the user's own server, the only one that may be on the user's own network.
    """
    host = _host(url)
    try:
        got = await fetch_public(
            url,
            max_bytes=MAX_BYTES,
            timeout=_TIMEOUT,
            redirects=_REDIRECTS,
            headers=_HEADERS,
            accept=_check_headers,
            own_server=server,
        )
    except (httpx.TimeoutException, TimeoutError):
        raise Unreachable(f"The picture at {host} did not arrive in time.") from None
    except httpx.TooManyRedirects:
        raise SourceError(f"The picture at {host} redirects too often; it was not fetched.") from None
    except BodyTooLarge:
        raise SourceError(f"The picture at {host} is larger than {MAX_BYTES // 1_000_000} MB.") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise Unreachable(f"The picture at {host} cannot be fetched.") from None
    return got.body


def _check_headers(response: httpx.Response) -> None:
    """Raise SourceError unless the response is a picture or a redirect."""
    if response.has_redirect_location:
        return
    host = clean_line(response.url.host)
    if response.status_code != 200:
        raise SourceError(f"{host} returned {response.status_code} for the picture.")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        shown = clean_line(media_type)[:40] or "no type given"
        raise SourceError(f"{host} sent something that cannot be shown as a picture ({shown}).")


def _host(url: str) -> str:
    try:
        return clean_line(urlsplit(url).hostname or "")[:80] or "an unknown address"
    except ValueError:
        return "an unknown address"
