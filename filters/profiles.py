"""Whether two profiles link to each other. quietfeed then proposes them as one person; only the user joins them.

One direction proves nothing, because anybody can write anything into their own profile. Pure, and linear in the length
of the text.
"""

import re
from urllib.parse import unquote, urlsplit

from ..models.person import Person

# No real profile is longer. A longer one is an attack.
_LONGEST = 4_000
_MOST_LINKS = 40
_HOST = r"(?:[\w-]+\.)+[a-z][\w-]*"
_ENDS = r"(?![\w@/-]|\.\w)"
_FEDI = re.compile(rf"(?<![\w.@/+-])@?([\w.-]+)@({_HOST}){_ENDS}")
""" "@ada@example.social", or the same as a mail address."""
_AT = re.compile(rf"(?<![\w.@/+-])@({_HOST}){_ENDS}")
""" "@ada.example", which apps of the AT Protocol turn into a link."""
_PAGE = re.compile(
    rf"(?<![\w.@-])({_HOST})/(?:@([\w.-]+?)(?:@({_HOST}))?|users/([\w.-]+?)|profile/([\w.:-]+?))/?(?![\w@/:-]|\.\w)"
)
"""The page of a profile: example.social/@ada, app.example/profile/ada.example."""
_DID = re.compile(r"did:[a-z]+:[\w.:-]+")


def names_of(person: Person) -> frozenset[str]:
    """The names of a person in other profiles: their handle, their id, the handle in their address."""
    found = {person.handle.casefold()} if person.handle else set()
    if _DID.fullmatch(person.id.casefold()):
        found.add(person.id.casefold())
    return frozenset(found | _pages(person.url[:_LONGEST].casefold()))


def named_by(person: Person, profile_host: str = "") -> frozenset[str]:
    """The handles and ids that a profile links to or mentions. `profile_host` is the host whose /profile/ pages
    count; "" for any.
    """
    found = _written(person.bio or "", profile_host)
    for link in (person.links or ())[:_MOST_LINKS]:
        # If a handle is a domain, people link to its front page.
        found |= _written(link, profile_host) | _whole_site(link)
    return frozenset(found - names_of(person))


def link_each_other(one: Person, other: Person) -> bool:
    """Whether each of two profiles names the other."""
    return _names(one, other) and _names(other, one)


def _names(one: Person, other: Person) -> bool:
    # A /profile/ page names a person only on the host of that person's own profile.
    return not named_by(one, _host(other.url)).isdisjoint(names_of(other))


def _host(address: str) -> str:
    try:
        return urlsplit(address[:_LONGEST].casefold()).hostname or ""
    except ValueError:
        return ""


def _written(text: str, profile_host: str) -> set[str]:
    """The handles and profile pages in a text."""
    text = unquote(text[:_LONGEST]).casefold()
    handles = {f"{name.strip('.')}@{host}" for name, host in _FEDI.findall(text)}
    return handles | set(_AT.findall(text)) | _pages(text, profile_host)


def _pages(text: str, profile_host: str = "") -> set[str]:
    found = set()
    for host, name, elsewhere, user, profile in _PAGE.findall(text):
        if name or user:
            found.add(f"{name or user}@{elsewhere or host.removeprefix('www.')}")
        elif profile_host in ("", host):
            found.add(profile)
    return found


def _whole_site(address: str) -> set[str]:
    try:
        parts = urlsplit(address[:_LONGEST].casefold())
        if parts.query or not parts.hostname:
            return set()
        path = parts.path.strip("/")
        if path:
            # A site below a host is named by its address: example.org/~ada.
            return {f"{parts.hostname.removeprefix('www.')}/{path}"}
        return {parts.hostname, parts.hostname.removeprefix("www.")}
    except ValueError:
        return set()
