"""Connection settings from the environment: proxies, certificates, key logs. Mistakes become one clear error."""

import os
from functools import cache
from ipaddress import ip_address, ip_network
from ssl import PROTOCOL_TLS_CLIENT, SSLContext, SSLError
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

import httpx

from ..models.errors import SourceError
from ..models.secrets import remember_secret
from ..models.text import clean_line

_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


def tls_context(url: str) -> SSLContext:
    """The TLS context for a server. Only https needs the certificates of authorities.

    Plain http gets a context that trusts nobody. Raises SourceError: see `authorities`.
    """
    if urlsplit(url).scheme == "http":
        return _nobody()
    return authorities()


@cache
def _nobody() -> SSLContext:
    return SSLContext(PROTOCOL_TLS_CLIENT)


@cache
def authorities() -> SSLContext:
    """The TLS context, shared by all clients because each one takes 18 ms and 1.5 MB to load.

    Raises SourceError with the name of the variable if the environment points to an unusable file.
    """
    try:
        return httpx.create_ssl_context()
    except (OSError, SSLError):
        named = [name for name in _CERTIFICATE_VARIABLES if os.environ.get(name)]
        # Name only the variables whose file cannot be opened, if there are any.
        named = [name for name in named if not _opens(os.environ[name], writes=name == "SSLKEYLOGFILE")] or named
        where = " or ".join(f"{name} ({clean_line(os.environ[name])})" for name in named) or "the system's certificates"
        raise SourceError(f"{where} cannot be read: correct it or unset it, then try again.") from None


def _opens(path: str, *, writes: bool) -> bool:
    if writes:
        if not os.path.exists(path):
            path = os.path.dirname(path) or "."
        return os.access(path, os.W_OK)
    return os.access(path, os.R_OK)


def proxy_in_use(url: str) -> tuple[str, str]:
    """Host and port of the proxy for a URL, and the variable that sets it; twice "" for a URL without a proxy."""
    proxy = proxy_for(url)
    if proxy is None:
        return "", ""
    parts = urlsplit(proxy)
    if ":" in (parts.hostname or ""):
        host = f"[{parts.hostname}]"
    else:
        host = clean_line(parts.hostname or "")
    found = {each.lower(): each for each in os.environ if os.environ[each]}
    name = found.get(f"{urlsplit(url).scheme}_proxy") or found.get("all_proxy") or "the system's settings"
    return f"{host}:{parts.port}" if parts.port else host, name


def proxy_for(url: str) -> str | None:
    """The proxy for a URL, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY or the system's settings.

    None means a direct connection; loopback addresses never use a proxy. Raises SourceError with the name of the
    variable if it is not a usable proxy.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    proxies = getproxies()
    if _is_own_machine(host) or _excepted(host, parts.port, proxies.get("no", "")):
        return None
    kind = parts.scheme if proxies.get(parts.scheme) else "all"
    proxy = proxies.get(kind, "").strip()
    if proxy:
        return _checked(proxy, f"{kind}_proxy")
    return None


def _checked(proxy: str, variable: str) -> str:
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    scheme, _, rest = proxy.partition("://")
    # Desktop settings write socks:// for SOCKS 5.
    scheme = scheme.lower()
    if scheme == "socks":
        scheme = "socks5"
    name = next((each for each in os.environ if each.lower() == variable), variable.upper())
    if scheme not in _PROXY_SCHEMES:
        kinds = ", ".join(f"{each}://" for each in _PROXY_SCHEMES)
        raise SourceError(f"{name} has a proxy of an unknown kind ({clean_line(scheme)}://): use {kinds}.")
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        httpx.URL(f"{scheme}://{rest}")
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise SourceError(f"{name} is not the address of a proxy: it looks like http://proxy.example:8080.")
    remember_secret(unquote(parts.password or ""))
    remember_secret(parts.password or "")
    return f"{scheme}://{rest}"


def _excepted(host: str, port: int | None, exceptions: str) -> bool:
    """Whether NO_PROXY lists a host: names and their subdomains, addresses, networks (10.0.0.0/8), host:port, or *."""
    return any(_matches(host, port, entry.strip().lower()) for entry in exceptions.split(",") if entry.strip())


def _matches(host: str, port: int | None, entry: str) -> bool:
    if entry == "*":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address is not None:
        try:
            return address in ip_network(entry.strip("[]"), strict=False)
        except ValueError:
            pass
    name, _, wanted = entry.partition(":")
    if wanted.isdigit() and entry.count(":") == 1:
        entry = name
        if port is not None and int(wanted) != port:
            return False
    entry = entry.removeprefix("*").lstrip(".").rstrip(".")
    return bool(entry) and (host == entry or host.endswith(f".{entry}"))


def _is_own_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
