"""Names of blogs: the host and path of a site, without "www." and file names of feeds."""

from hashlib import sha256
from urllib.parse import unquote, urlsplit

from ...models.text import clean_handle, clean_line

_LONGEST = 120
_ENDINGS = (".atom", ".rss", ".xml", ".json", ".rdf")
_FEED_NAMES = frozenset(("feed", "feeds", "rss", "atom", "index", "rdf", "posts", "all", "default"))


def handle_in(text: str) -> str:
    """The name of the blog at a typed address; "" if it is no address."""
    text = clean_handle(text)
    if "://" not in text or not text.startswith(("http://", "https://")):
        return ""
    return handle_of(text)


def handle_of(address: str) -> str:
    """The name of a site, such as "blog.example" or "example.org/~ada", from its address or that of its feed."""
    try:
        parts = urlsplit(clean_line(address))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    host = host.removeprefix("www.")
    shown = f"{host}:{port}" if port not in (None, 80, 443) else host
    folders = [clean_line(unquote(each)) for each in parts.path.split("/") if each]
    while folders and _names_feed(folders[-1]):
        folders.pop()
    path = "/".join(folders)
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    handle = f"{shown}/{path}" if path else shown
    return clean_line(handle)[:_LONGEST].rstrip("/ ")


def _names_feed(folder: str) -> bool:
    """Whether the last part of a path is only the name of a feed file."""
    name, dot, ending = folder.casefold().partition(".")
    return name in _FEED_NAMES and (not dot or f".{ending}" in _ENDINGS)


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on the same host; "www." makes no difference."""
    return bool(host_of(one)) and host_of(one) == host_of(other)


def host_of(address: str) -> str:
    """The host of an address without "www."; "" if there is none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def origin_of(address: str) -> str:
    """Scheme, host and port of an address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def id_of(page: str, address: str, taken: frozenset[str]) -> str:
    """The id of a new subscription: the name of its site, or of its feed if that name is taken."""
    for each in (handle_of(page), handle_of(address), address.partition("://")[2]):
        if each and each not in taken and "#" not in each:
            return each
    return sha256(address.encode()).hexdigest()[:16]
