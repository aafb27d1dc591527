"""The user's lists, which nobody else sees: https://docs.joinmastodon.org/methods/lists/.

A list can contain only people the user follows: the server returns 404 for anyone else and 422 for a person who is
already in it, and then adds nobody of the request. Creating a list twice creates two with the same name. People are
removed with a query, because GoToSocial does not read the body of a DELETE.
"""

from collections.abc import Sequence
from functools import partial

from ...models.action import ActionKey, ChangeList, ListMember, Receipt
from ...models.errors import NotPossible, Unconfirmed
from ...models.pages import ServerList
from ..entities import Entity, text_of
from ..http import Http
from ..http_errors import RequestRejected
from ..list_changes import ListCalls, change_list, find_changed_list
from .paging import ask, entities_in, following
from .requests import Request, at

_LISTS = "/api/v1/lists"
_BATCH = 40
_PAGES = 200
_MOST_REFUSALS = 16
"""After this many rejections the remaining people are left out, to avoid hundreds of single requests."""


async def find_list(http: Http, name: str, list_id: str) -> ServerList | None:
    """The user's list with this id, or with this name if the id is "". Raises NotPossible without lists."""
    try:
        lists = entities_in(await ask(http, _LISTS), http.host)
    except RequestRejected as error:
        if error.status in (404, 405, 501):
            raise NotPossible(f"{http.host} has no lists.") from None
        raise
    for each in lists:
        known = text_of(each, "id")
        if known and (known == list_id if list_id else text_of(each, "title") == name):
            return ServerList(known, text_of(each, "title"), await _members(http, known))
    return None


async def _members(http: Http, list_id: str) -> frozenset[str]:
    members: set[str] = set()
    path = _people(list_id)
    cursor: str | None = None
    for _ in range(_PAGES):
        response = await ask(http, cursor or f"{path}?limit={_BATCH}")
        people = entities_in(response, http.host)
        found = {text_of(each, "id") for each in people} - {"", *members}
        members |= found
        cursor = following(response, path, cursor, people)[0]
        if not found or cursor is None:
            break
    return frozenset(members)


def _people(list_id: str) -> str:
    return f"{_LISTS}/{at(list_id)}/accounts"


async def _create(http: Http, name: str) -> str:
    response = await http.send("POST", _LISTS, data={"title": name, "replies_policy": "list", "exclusive": "false"})
    made: Entity = response.value if isinstance(response.value, dict) else {}
    if not text_of(made, "id"):
        raise Unconfirmed(http.host)
    return text_of(made, "id")


async def _add(http: Http, found: ServerList, people: Sequence[ListMember]) -> list[str]:
    """Add people. If the server rejects a batch, it is halved until only rejected people are left."""
    waiting = [[each.person_id for each in people]]
    refused: list[str] = []
    refusals = 0
    while waiting:
        ids = waiting.pop(0)
        try:
            await http.send("POST", _people(found.id), data={"account_ids[]": ids})
        except RequestRejected as error:
            if error.insufficient or error.status not in (404, 422):
                raise
            refusals += 1
            if len(ids) == 1 or refusals > _MOST_REFUSALS:
                refused += ids
            else:
                middle = len(ids) // 2
                waiting[:0] = [ids[:middle], ids[middle:]]
    return refused


async def _remove(http: Http, found: ServerList, people: Sequence[ListMember]) -> None:
    await http.send("DELETE", _people(found.id), params=[("account_ids[]", each.person_id) for each in people])


async def _delete(http: Http, found: ServerList) -> None:
    try:
        await http.send("DELETE", f"{_LISTS}/{at(found.id)}")
    except RequestRejected as error:
        if error.status not in (404, 410):
            raise


def _calls(http: Http) -> ListCalls:
    return ListCalls(
        _BATCH,
        partial(find_list, http),
        partial(_create, http),
        partial(_add, http),
        partial(_remove, http),
        partial(_delete, http),
    )


async def _perform(http: Http, action: ChangeList, key: ActionKey) -> Receipt:
    del key
    return await change_list(_calls(http), action)


async def _find(http: Http, action: ChangeList, key: ActionKey) -> Receipt | None:
    del key
    return await find_changed_list(_calls(http), action)


REQUESTS = {"list": Request(_perform, _find)}
