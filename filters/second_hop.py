"""How much it says that people the user follows also follow somebody."""

from collections.abc import Mapping

from ..models.context import FollowedBy
from ..models.person import KnownFollowers, Person
from ..models.tie import SELECTIVE


def followed_by(found: KnownFollowers | None, followed: Mapping[str, Person]) -> FollowedBy | None:
    """The people the user follows among somebody's followers; None without one whom this program knows.

    `followed` are the people the user follows, by id. Each counts as much as a follow by them says: somebody who
    follows back everybody counts little, and an outsider can win only those. The network names a few of them; the
    others count like the average of these.
    """
    if found is None:
        return None
    named = [followed[each] for each in dict.fromkeys(found.ids) if each in followed]
    if not named:
        return None
    count = max(found.count, len(named))
    weight = count * sum(map(_selectivity, named)) / len(named)
    most = max(named, key=_selectivity)
    return FollowedBy(count, weight, most.shown_name)


def _selectivity(person: Person) -> float:
    if person.following is None or person.following <= SELECTIVE:
        return 1.0
    return float((SELECTIVE / person.following) ** 0.5)
