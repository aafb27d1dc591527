"""Creates the preview of a link from the title, description and picture in its page's metadata (https://ogp.me/)."""

import asyncio
from functools import partial

import httpx
import msgspec

from ...models.compose import ComposeRules
from ...models.errors import SourceError
from ...models.text import clean_line
from ..attachments import Attachment, fit_file, mime_of
from ..entities import joined_address, web_address
from ..fetch import BodyTooLarge, fetch_public
from ..http import USER_AGENT
from ..pictures import fetch_picture
from ..start_tags import start_tags

_MOST_BYTES = 1_000_000
_TIMEOUT = 10.0
_REDIRECTS = 4
_HEADERS = {"User-Agent": USER_AGENT, "Accept": "text/html"}
_LONGEST = 300


class LinkPreview(msgspec.Struct, frozen=True):
    """The preview of a link. `picture` is None if the page has none or it cannot be used."""

    url: str
    title: str
    description: str = ""
    picture: Attachment | None = None


async def preview_of(url: str, rules: ComposeRules) -> LinkPreview | None:
    """Fetch the preview of a link; None if its page cannot be read. Connects to public hosts only (addresses.py)."""
    try:
        got = await fetch_public(url, max_bytes=_MOST_BYTES, timeout=_TIMEOUT, redirects=_REDIRECTS, headers=_HEADERS)
    except (httpx.HTTPError, httpx.InvalidURL, BodyTooLarge, SourceError, TimeoutError, ValueError):
        return None
    if got.status != 200 or "html" not in got.headers.get("content-type", "").casefold():
        return None
    declared = await asyncio.to_thread(_declared, got.body.decode("utf-8", "replace"))
    title = declared.get("og:title") or declared.get("", "")
    if not title.strip():
        return None
    description = declared.get("og:description") or declared.get("description", "")
    address = declared.get("og:image", "")
    picture = None
    if address and (picture_url := web_address(joined_address(url, address))):
        picture = await _picture(picture_url, rules)
    return LinkPreview(url, clean_line(title)[:_LONGEST], clean_line(description)[:_LONGEST], picture)


async def _picture(url: str, rules: ComposeRules) -> Attachment | None:
    try:
        data = await fetch_picture(url, "")
        file = Attachment("preview", mime_of("", data), data)
        return await asyncio.to_thread(partial(fit_file, file, rules, "a preview"))
    except SourceError:
        return None


def _declared(page: str) -> dict[str, str]:
    """The properties of a page's <meta> tags by name, and its title as ""."""
    found: dict[str, str] = {}
    for tag, values in start_tags(page):
        if tag == "title":
            found.setdefault("", values[""])
        elif name := (values.get("property") or values.get("name", "")) if tag == "meta" else "":
            found.setdefault(name.casefold(), values.get("content", ""))
    return found
