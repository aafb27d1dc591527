"""Reads error responses and failed connections, without the secrets of the request."""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ..models.errors import ConnectionCause
from ..models.errors import RequestRejected as RequestRejected
from ..models.errors import ServerError as ServerError
from ..models.text import clean_line
from ..models.text import status_words as status_words
from .decode import NotJson, decode_now
from .fetch import Fetched

LONGEST_ERROR = 100_000
_SECRET_FIELDS = ("token", "password", "code", "secret", "verifier", "assertion", "jwt")


def is_web_page(headers: Mapping[str, str], start: str | bytes) -> bool:
    """Whether a response is an HTML page: from a firewall, a proxy or a login page in front of the server."""
    if isinstance(start, str):
        text = start
    else:
        text = start[:200].decode("utf-8", "replace")
    return "html" in headers.get("content-type", "").casefold() or text.lstrip()[:5].casefold() in ("<!doc", "<html")


def error_words(body: bytes) -> str:
    """The server's own error text on one line; "" if there is none."""
    if len(body) > LONGEST_ERROR:
        return ""
    try:
        value = decode_now(body)
    except NotJson:
        return ""
    if isinstance(value, dict):
        detail = value.get("error_description") or value.get("error")
    else:
        detail = None
    if isinstance(detail, str):
        return clean_line(detail)
    return ""


def lacks_scope(got: Fetched, detail: str) -> bool:
    """Whether a 403 is about missing scopes. RFC 6750 uses a header; older servers only mention it in the text."""
    if got.status != 403:
        return False
    words = detail.casefold()
    return "insufficient_scope" in got.headers.get("www-authenticate", "") or "scope" in words or "permission" in words


def secrets_in(token: str, parts: Mapping[str, Any]) -> list[str]:
    """The secrets of a request (tokens, passwords, codes), longest first. No error may contain them."""
    found = {token, *str((parts.get("headers") or {}).get("Authorization", "")).split()[1:]}
    for part in ("data", "json"):
        fields = parts.get(part)
        for name, value in fields.items() if isinstance(fields, Mapping) else ():
            if isinstance(value, str) and any(word in name.casefold() for word in _SECRET_FIELDS):
                found.add(value)
    found |= {quote(each, safe="", errors="replace") for each in found}
    # Shorter values are not secrets, and replacing them would damage the text.
    return sorted((each for each in found if len(each) > 3), key=len, reverse=True)


def without(value: Any, secrets: list[str], depth: int = 0) -> Any:
    """Replace secrets in a text or in all strings of a JSON value. Servers may echo a request."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "[secret]")
        return value
    if depth > 8:
        return None
    if isinstance(value, dict):
        return {key: without(each, secrets, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [without(each, secrets, depth + 1) for each in value]
    return value


def cause_of(error: BaseException) -> tuple[ConnectionCause, str]:
    """Why a connection failed, and the library's text without its error numbers if it has more details."""
    for each in _chain(error):
        if isinstance(each, socket.gaierror):
            return "unknown_host", ""
        if isinstance(each, ConnectionRefusedError):
            return "refused", ""
        if isinstance(each, ssl.SSLCertVerificationError):
            return "bad_certificate", clean_line(each.verify_message)[:120]
    text = re.sub(r"^\[[^\]]*\]\s*|\s*\(_ssl\.c:\d+\)", "", clean_line(str(error)))
    return "other", text[:120]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes. For a group (several addresses were tried) only the first error counts."""
    for _ in range(10):
        if error is None:
            return
        yield error
        inner = getattr(error, "exceptions", None)
        error = inner[0] if inner else error.__cause__ or error.__context__
