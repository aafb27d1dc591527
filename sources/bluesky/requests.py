"""The entries of the writer's request table, and the repository calls that the requests share.

https://docs.bsky.app/docs/api/com-atproto-repo-create-record. The record's key and time are chosen before the
first request, so a request without a response can be checked later: `createRecord` with an existing key is a server
error.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ...models.action import ActionKey, Receipt
from ...models.errors import PermissionMissing, Unconfirmed, Unreachable
from ..entities import Entity, part_of, text_of
from ..http_errors import RequestRejected
from .client import Client
from .write_scopes import scope_of


class Repo(NamedTuple):
    """An account's client, and the DID of its repository."""

    client: Client
    did: str


class Request(NamedTuple):
    """The functions that send one kind of action, and that find its result on the server."""

    perform: Callable[[Repo, Any, ActionKey], Awaitable[Receipt]]
    find: Callable[[Repo, Any, ActionKey], Awaitable[Receipt | None]]


def uri_of(repo: Repo, collection: str, key: ActionKey) -> str:
    """The URI of the record that an action creates."""
    return f"at://{repo.did}/{collection}/{key.record_key}"


async def create(repo: Repo, collection: str, key: ActionKey, fields: Entity) -> Receipt:
    """Create a record with the key of the action. Raises SourceError."""
    record = {"$type": collection, **fields, "createdAt": written(key.created_at)}
    body = {"repo": repo.did, "collection": collection, "rkey": key.record_key, "record": record}
    made = await call(repo, "com.atproto.repo.createRecord", body, collection)
    return Receipt(text_of(made, "uri") or uri_of(repo, collection, key))


async def delete(repo: Repo, collection: str, uri: str) -> None:
    """Delete a record by its URI or key. A missing record is not an error. Raises SourceError."""
    body = {"repo": repo.did, "collection": collection, "rkey": uri.rpartition("/")[2]}
    await call(repo, "com.atproto.repo.deleteRecord", body, collection)


async def exists(repo: Repo, collection: str, uri: str) -> bool:
    """Whether the account's server has a record, by its URI or key. Raises SourceError."""
    return await get_record(repo, collection, uri) is not None


async def read(repo: Repo, collection: str, uri: str) -> tuple[str, Entity]:
    """The version (CID) and the fields of a record, by its URI or key; both empty if there is none.

    Raises SourceError.
    """
    found = await get_record(repo, collection, uri) or {}
    return text_of(found, "cid"), part_of(found, "value") or {}


async def replace_record(repo: Repo, collection: str, rkey: str, fields: Entity, cid: str) -> None:
    """Replace a record if its version is still `cid`; "" if there is no record yet. Raises SourceError."""
    record = {"$type": collection, **fields}
    body = {"repo": repo.did, "collection": collection, "rkey": rkey, "record": record, "swapRecord": cid or None}
    await call(repo, "com.atproto.repo.putRecord", body, collection)


async def get_record(repo: Repo, collection: str, uri: str) -> Entity | None:
    """A record with its URI and version (`value`, `uri`, `cid`); None if there is none. Raises SourceError.

    `uri` is the URI of the record, or only its key. https://docs.bsky.app/docs/api/com-atproto-repo-get-record
    """
    params = [("repo", repo.did), ("collection", collection), ("rkey", uri.rpartition("/")[2])]
    try:
        found = await repo.client.get("com.atproto.repo.getRecord", params)
    except RequestRejected as error:
        words = error.words
        if error.status in (400, 404) and ("notfound" in words or "could not locate record" in words):
            return None
        raise
    if not isinstance(found, dict):
        raise Unreachable("The server did not return the record; quietfeed will try again.")
    return found


async def call(repo: Repo, nsid: str, body: Entity, needs: str) -> Entity:
    """Call a procedure of the account's server, and return its response.

    `nsid` names it ("com.atproto.repo.createRecord"), and `needs` is the required permission, for the error message.
    Raises PermissionMissing and SourceError, and Unconfirmed if the response does not show what was done.
    """
    try:
        response = await repo.client.post(nsid, body)
    except PermissionMissing as error:
        raise PermissionMissing(error.host, scope_of(needs), "act on posts and people", "write") from None
    if not isinstance(response, dict):
        raise Unconfirmed
    return response


def written(at: datetime) -> str:
    """Format a time for a record."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
