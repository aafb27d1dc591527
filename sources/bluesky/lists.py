"""The user's lists (https://docs.bsky.app/docs/api/app-bsky-graph-get-list), which everybody can read.

A list is a record, and so is each person in it. They are read from the user's repository and not from the AppView,
which lags. The requests raise SourceError. The keys of new records follow from the key of the action, so a repeated
request creates none twice.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial

from ...models.action import ActionKey, ChangeList, ListMember, Receipt
from ...models.pages import ServerList
from ...models.tid import make_tid
from ..entities import Entity, part_of, parts_of, text_of
from ..list_changes import ListCalls, change_list, find_changed_list
from .batches import Page, request_in_batches
from .feeds import LIST, is_timeline
from .requests import Repo, Request, call, create, delete, written
from .write_scopes import LIST_ITEM

_PURPOSE = "app.bsky.graph.defs#curatelist"
_PAGE = 100
_PAGES = 500
_WRITES = 10
"""How many records one request writes; the reference server accepts up to 200."""
_PROFILES = 25
_SIGNED_IN_ONLY = "!no-unauthenticated"
"""The label of people who do not want to be shown to visitors without an account.

https://docs.bsky.app/docs/advanced-guides/resolving-identities lists it among the global label values.
"""


async def find_list(repo: Repo, name: str, list_id: str) -> ServerList | None:
    """The user's list with this URI, or with this name if it is "". Moderation lists are left out."""
    async for uri, record in _records(repo, LIST):
        if list_id:
            is_wanted = uri == list_id
        else:
            is_wanted = text_of(record, "name") == name and is_timeline(record)
        if is_wanted:
            return ServerList(uri, text_of(record, "name"), frozenset([each async for each, _ in _items(repo, uri)]))
    return None


async def unlisted(page: Page, person_ids: Sequence[str]) -> frozenset[str]:
    """Which of these people asked to be shown only to people with an account."""

    async def request(batch: Sequence[str]) -> Entity:
        return await page("app.bsky.actor.getProfiles", [("actors", each) for each in batch])

    found: set[str] = set()
    async for _, response in request_in_batches(request, person_ids, _PROFILES):
        for profile in parts_of(response, "profiles"):
            did = text_of(profile, "did")
            labels = parts_of(profile, "labels")
            if any(text_of(each, "val") == _SIGNED_IN_ONLY and text_of(each, "src") == did for each in labels):
                found.add(did)
    return frozenset(found)


async def _items(repo: Repo, list_uri: str) -> AsyncIterator[tuple[str, str]]:
    """The people in a list, each with the URI of the record."""
    async for uri, record in _records(repo, LIST_ITEM):
        if text_of(record, "list") == list_uri:
            yield text_of(record, "subject"), uri


async def _records(repo: Repo, collection: str) -> AsyncIterator[tuple[str, Entity]]:
    """The records of a collection of the user's repository, with their URIs."""
    cursor = ""
    for _ in range(_PAGES):
        params = [("repo", repo.did), ("collection", collection), ("limit", str(_PAGE))]
        if cursor:
            params.append(("cursor", cursor))
        response = await repo.client.get("com.atproto.repo.listRecords", params)
        found = parts_of(response, "records")
        for each in found:
            yield text_of(each, "uri"), part_of(each, "value") or {}
        before, cursor = cursor, text_of(response, "cursor")
        if not found or cursor in ("", before):
            return


async def _create(repo: Repo, key: ActionKey, name: str) -> str:
    made = await create(repo, LIST, key, {"purpose": _PURPOSE, "name": name})
    return made.record_id


async def _add(
    repo: Repo, key: ActionKey, numbers: dict[str, int], found: ServerList, people: Sequence[ListMember]
) -> list[str]:
    """Add people, all or none of them. The server accepts everybody."""
    writes = []
    for each in people:
        at = key.created_at + timedelta(microseconds=numbers[each.person_id])
        value = {"$type": LIST_ITEM, "subject": each.person_id, "list": found.id, "createdAt": written(key.created_at)}
        name = "com.atproto.repo.applyWrites#create"
        writes.append({"$type": name, "collection": LIST_ITEM, "rkey": make_tid(at, _clock(key)), "value": value})
    await _apply(repo, writes)
    return []


async def _remove(repo: Repo, found: ServerList, people: Sequence[ListMember]) -> None:
    gone = {each.person_id for each in people}
    uris = [uri async for person, uri in _items(repo, found.id) if person in gone]
    name = "com.atproto.repo.applyWrites#delete"
    await _apply(repo, [{"$type": name, "collection": LIST_ITEM, "rkey": uri.rpartition("/")[2]} for uri in uris])


async def _apply(repo: Repo, writes: Sequence[Entity]) -> None:
    body = {"repo": repo.did, "writes": writes}
    await call(repo, "com.atproto.repo.applyWrites", body, LIST_ITEM)


async def _delete(repo: Repo, found: ServerList) -> None:
    await delete(repo, LIST, found.id)


def _clock(key: ActionKey) -> int:
    """A number for the keys of an action's records that differs between actions."""
    return sum(key.record_key.encode())


def _calls(repo: Repo, action: ChangeList, key: ActionKey) -> ListCalls:
    numbers = {each.person_id: number for number, each in enumerate(action.add, 1)}
    return ListCalls(
        _WRITES,
        partial(find_list, repo),
        partial(_create, repo, key),
        partial(_add, repo, key, numbers),
        partial(_remove, repo),
        partial(_delete, repo),
    )


async def _perform(repo: Repo, action: ChangeList, key: ActionKey) -> Receipt:
    return await change_list(_calls(repo, action, key), action)


async def _find(repo: Repo, action: ChangeList, key: ActionKey) -> Receipt | None:
    return await find_changed_list(_calls(repo, action, key), action)


REQUESTS = {"list": Request(_perform, _find)}
