"""Whether two profiles name each other: what proposes two handles as one person. Only the user joins them.

A profile that names somebody else's proves nothing, for anybody can write anything into their own: both directions are
asked for. Pure, and quick also where a text was made to be slow.
"""

import re
from urllib.parse import unquote, urlsplit

from ..models.person import Person

# Nobody's profile is longer; what would be is there to cost time.
_LONGEST = 4_000
_MOST_LINKS = 40
_HOST = r"(?:[\w-]+\.)+[a-z][\w-]*"
_ENDS = r"(?![\w@/-]|\.\w)"
_FEDI = re.compile(rf"(?<![\w.@/+-])@?([\w.-]+)@({_HOST}){_ENDS}")
"""@ada@example.social, or the same as a mail address is written."""
_AT = re.compile(rf"(?<![\w.@/+-])@({_HOST}){_ENDS}")
"""@ada.example, as the AT Protocol's apps turn it into a link."""
_PAGE = re.compile(
    rf"(?<![\w.@-])({_HOST})/(?:@([\w.-]+?)(?:@({_HOST}))?|users/([\w.-]+?)|profile/([\w.:-]+?))/?(?![\w@/:-]|\.\w)"
)
"""A profile's page: example.social/@ada, app.example/profile/ada.example."""
_DID = re.compile(r"did:[a-z]+:[\w.:-]+")


def names_of(person: Person) -> frozenset[str]:
    """What somebody is known by, as other profiles write it: their handle, their id, the handle in their address."""
    found = {person.handle.casefold()} if person.handle else set()
    if _DID.fullmatch(person.id.casefold()):
        found.add(person.id.casefold())
    return frozenset(found | _pages(person.url[:_LONGEST].casefold()))


def named_by(person: Person, profile_host: str = "") -> frozenset[str]:
    """The handles (and ids) of others that a profile links to or writes out.

    `profile_host` is the host whose /profile/ pages count; "" for any.
    """
    found = _written(person.bio or "", profile_host)
    for link in (person.links or ())[:_MOST_LINKS]:
        # People whose handle is a domain of their own are linked to by its front page.
        found |= _written(link, profile_host) | _whole_site(link)
    return frozenset(found - names_of(person))


def link_each_other(one: Person, other: Person) -> bool:
    """Whether each of two profiles names the other."""
    return _names(one, other) and _names(other, one)


def _names(one: Person, other: Person) -> bool:
    # A /profile/ page names somebody only on the host where their own profile is.
    return not named_by(one, _host(other.url)).isdisjoint(names_of(other))


def _host(address: str) -> str:
    try:
        return urlsplit(address[:_LONGEST].casefold()).hostname or ""
    except ValueError:
        return ""


def _written(text: str, profile_host: str) -> set[str]:
    """The handles and the pages of profiles in a text."""
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
        return set() if parts.path.strip("/") or parts.query or not parts.hostname else {parts.hostname}
    except ValueError:
        return set()
