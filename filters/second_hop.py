"""The weight of follows by people the user follows, as evidence about somebody else."""

from collections.abc import Mapping

from ..models.context import FollowedBy
from ..models.person import KnownFollowers, Person
from ..models.tie import SELECTIVE


def followed_by(found: KnownFollowers | None, followed: Mapping[str, Person]) -> FollowedBy | None:
    """The people the user follows among somebody's followers; None if none of them is stored.

    `followed` are the people the user follows, by id. Each counts like a follow by them: somebody who follows back
    everybody counts little, and an outsider can only gain the follows of such people. The network names a few of them;
    the others count like the average of these.
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
