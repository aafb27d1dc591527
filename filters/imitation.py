"""Whether an account imitates somebody the user knows. Its posts then show a warning; nothing is hidden because of it.

Names and handles are compared as a reader sees them: without invisible letters and accents, with letters that look
alike made equal (a skeleton, UTS 39, https://www.unicode.org/reports/tr39/). Common names are no imitation: "Anna"
alone is no evidence, "Anna" with a handle that differs in one letter is.
"""

import re
import unicodedata
from collections.abc import Iterable

from ..models.lookalikes import LOOKALIKES
from ..models.person import Person

_LONGEST = 100
_ALIKE = str.maketrans("01i|357", "olllest")
_PARTS = re.compile(r"[^\W_]+")
_DISTINCTIVE = 10
"""A name with at least this many letters, or with two words, is rarely somebody else's."""

_ENOUGH_LETTERS, _FEWEST_LETTERS = 4, 3


class KnownNames:
    """The names and handles of known people, ready to be compared with others."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_name: dict[str, list[Person]] = {}
        self._by_handle: dict[str, list[Person]] = {}
        self._handles: dict[str, Person] = {}
        self._ids: set[str] = set()
        for person in people:
            self._ids.add(person.id)
            if name := skeleton(person.name or ""):
                self._by_name.setdefault(name, []).append(person)
            self._handles.setdefault(person.handle.casefold(), person)
            for near in _neighbours(_local(person.handle)):
                self._by_handle.setdefault(near, []).append(person)

    def imitated_by(self, person: Person) -> Person | None:
        """The known person that somebody else imitates, if any. Known people imitate nobody."""
        if not person.id or person.id in self._ids or not self._ids:
            return None
        return self.looks_like(person)

    def looks_like(self, person: Person) -> Person | None:
        """The same, also for somebody who is among the known people: the user may follow an imitator by mistake."""
        for known in self._candidates(person):
            is_another = known.handle.casefold() != person.handle.casefold()
            if is_another and not _are_linked(person, known):
                return known
        return None

    def _candidates(self, person: Person) -> list[Person]:
        name, local = skeleton(person.name or ""), _local(person.handle)
        found = [known for known in self._named_in(person) if known is not None]
        same_name = self._by_name.get(name, [])
        if _is_distinctive(person.name or ""):
            found += same_name
        near = [known for key in _neighbours(local) for known in self._by_handle.get(key, [])]
        # A handle that looks the same, or the same user name on another server with the same name.
        found += [known for known in near if known in same_name or _has_name(name, known)]
        return found + [known for known in near if _only_looks_alike(person.handle, known.handle)]

    def _named_in(self, person: Person) -> list[Person | None]:
        """Known people whose whole handle is in a name, or begins a longer handle."""
        found = [self._handles.get(part.lstrip("@").casefold()) for part in (person.name or "")[:_LONGEST].split()]
        handle = person.handle.casefold()[:_LONGEST]
        places = [at for at, letter in enumerate(handle) if letter in ".-"]
        return found + [known for at in places if (known := self._handles.get(handle[:at])) and _is_whole(known)]


def skeleton(text: str) -> str:
    """A name as it looks: equal for names that a reader cannot tell apart."""
    # Fold case again, because the normal form of a mathematical capital is a capital.
    plain = unicodedata.normalize("NFKD", text[:_LONGEST].casefold()).casefold().translate(LOOKALIKES).translate(_ALIKE)
    # One letter may stand for a whole phrase.
    return "".join(_PARTS.findall(plain)).replace("rn", "m").replace("vv", "w")[:_LONGEST]


def _local(handle: str) -> str:
    """The skeleton of the first part of a handle: "ada" of ada@there.example and of ada.example."""
    return skeleton(handle.partition("@")[0].partition(".")[0])


def _neighbours(local: str) -> set[str]:
    """A handle and all that lack one of its letters. Two handles that differ in one letter share one of these."""
    if len(local) < _ENOUGH_LETTERS:
        return {local} if local else set()
    return {local, *(local[:at] + local[at + 1 :] for at in range(len(local)))}


def _are_linked(one: Person, other: Person) -> bool:
    # Imported here, because a start compares few accounts and can do without the patterns of profiles.
    from .profiles import link_each_other

    return link_each_other(one, other)


def _is_distinctive(name: str) -> bool:
    words = _PARTS.findall(name[:_LONGEST])
    return len(words) > 1 or sum(map(len, words)) >= _DISTINCTIVE


def _only_looks_alike(one: str, other: str) -> bool:
    """Whether two handles differ, but look the same, letter by letter."""
    first, second = one.casefold().partition("@"), other.casefold().partition("@")
    if len(second[0]) < _FEWEST_LETTERS or skeleton(first[0]) != skeleton(second[0]):
        return False
    if first[0] != second[0]:
        return True
    from ..models.link import Link

    # The same user name at a server whose name only looks the same.
    host, known = Link(f"https://{first[2]}").host, Link(f"https://{second[2]}").host
    return host != known and skeleton(host) == skeleton(known)


def _has_name(name: str, known: Person) -> bool:
    """Whether a name, as a skeleton, has the whole name of a known person in it, such as "Ada Lovelace (official)"."""
    return _is_distinctive(known.name or "") and skeleton(known.name or "") in name


def _is_whole(person: Person) -> bool:
    """Whether a handle contains its server, so that a longer handle is unusual."""
    return "." in person.handle
