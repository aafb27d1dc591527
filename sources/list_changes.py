"""Changes a list of the user's own: compares it with the server first, and sends only what is missing.

So sending a partly sent change again completes it, and nothing is sent twice. A network passes its requests as
`ListCalls`; their errors (SourceError) are passed on.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from ..models.action import ChangeList, ListMember, Receipt
from ..models.errors import NotPossible, RateLimited
from ..models.pages import ServerList


class ListCalls(NamedTuple):
    """The requests of a network about lists. Each raises only SourceError.

    `find` gets the name and the id ("" if unknown). `create` returns the id. `add` returns the ids of the people that
    the server rejects; it and `remove` get at most `batch` people. `delete` deletes the list.
    """

    batch: int
    find: Callable[[str, str], Awaitable[ServerList | None]]
    create: Callable[[str], Awaitable[str]]
    add: Callable[[ServerList, Sequence[ListMember]], Awaitable[Sequence[str]]]
    remove: Callable[[ServerList, Sequence[ListMember]], Awaitable[None]]
    delete: Callable[[ServerList], Awaitable[None]]


async def change_list(calls: ListCalls, action: ChangeList) -> Receipt:
    """Change the list as the action states. Raises SourceError; a rate limit after a part was sent is `partly`."""
    found = await calls.find(action.target.list_name, action.list_id)
    if found is None and action.undoes:
        return Receipt()
    if found is None and action.list_id:
        raise NotPossible(f'The list "{action.target.list_name}" was deleted on the server: publish it again.')
    refused: list[str] = []
    sent = False
    try:
        if found is None:
            found = ServerList(await calls.create(action.target.list_name), action.target.list_name)
            sent = True
        for batch in _batches([each for each in action.add if each.person_id not in found.members], calls.batch):
            refused += await calls.add(found, batch)
            sent = True
        for batch in _batches([each for each in action.remove if each.person_id in found.members], calls.batch):
            await calls.remove(found, batch)
            sent = True
        if _ends(action, found, refused):
            await calls.delete(found)
            return Receipt()
    except RateLimited as error:
        error.partly = sent
        raise
    return Receipt(found.id, refused=tuple(refused))


async def find_changed_list(calls: ListCalls, action: ChangeList) -> Receipt | None:
    """The receipt of a change that is complete on the server; None if something is missing."""
    found = await calls.find(action.target.list_name, action.list_id)
    if found is None:
        return Receipt() if action.undoes else None
    added, removed = ({each.person_id for each in people} for people in (action.add, action.remove))
    if not added <= found.members or removed & found.members or _ends(action, found, ()):
        return None
    return Receipt(found.id)


def _ends(action: ChangeList, found: ServerList, refused: Sequence[str]) -> bool:
    """Whether the change deletes the list: quietfeed created it, and nobody is left in it."""
    left = found.members | {each.person_id for each in action.add if each.person_id not in refused}
    return action.own and action.undoes and not left - {each.person_id for each in action.remove}


def _batches(people: Sequence[ListMember], size: int) -> list[Sequence[ListMember]]:
    return [people[start : start + size] for start in range(0, len(people), size)]
