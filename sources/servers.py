"""The addresses of servers: parses what a user typed, and checks whether a URL is on the same server."""

import re
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from ..models.errors import SourceError
from ..models.text import clean_line

_NO_SERVER = "{!r} is not a server's address: it looks like mastodon.social."
# Letters of any script, digits, dots and hyphens, or an IP address: nothing that a terminal would interpret.
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*|[0-9a-f:.]+")


def checked_server(address: str) -> str:
    """Turn a host, URL or handle that the user typed into a base URL. Raises SourceError."""
    text = address.strip()
    if "://" not in text:
        # A handle, with or without its leading @, ends with its server.
        text = f"//{text.rpartition('@')[2]}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise SourceError(_NO_SERVER.format(clean_line(address)[:80])) from None
    host = host.rstrip(".")
    scheme = parts.scheme
    if not scheme:
        scheme = "http" if is_loopback(host) else "https"
    if not _HOST.fullmatch(host) or " " in text or scheme not in ("http", "https"):
        raise SourceError(_NO_SERVER.format(clean_line(address)[:80]))
    if scheme == "http" and not is_loopback(host):
        raise SourceError(f"{host} was given with plain http, which anybody on the network can read: use https.")
    port = "" if parts.port is None else f":{parts.port}"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{port}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def path_on(server: str, address: str) -> str | None:
    """The path and query of a URL on a server; None if it is on another server.

    Behind a proxy, a server often writes its own URL with another scheme, without its port, or in another spelling.
    Only the path is used, so no request can reach another server.
    """
    try:
        parts = urlsplit(urljoin(f"{server}/", address))
        own = _same_name(parts.hostname or "") == _same_name(urlsplit(server).hostname or "")
    except ValueError:
        return None
    if not own or parts.scheme not in ("http", "https"):
        return None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _same_name(host: str) -> str:
    bare = host.casefold().rstrip(".")
    if bare.isascii():
        # Most names are ASCII. The codec would not change them, but load its tables.
        return bare
    try:
        return bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare
