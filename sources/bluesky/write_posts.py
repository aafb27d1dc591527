"""Actions on posts. A like creates a record, and an unlike deletes it. A liked post gets no second record."""

from functools import partial
from typing import Any

from ...models.action import Action, ActionKey, Receipt
from ...models.errors import PostDeleted
from ..entities import Entity, part_of, parts_of, text_of
from .requests import Repo, Request, create, delete, exists, uri_of
from .write_scopes import COLLECTIONS


async def _add(collection: str, field: str, repo: Repo, action: Action, key: ActionKey) -> Receipt:
    view = await view_of(repo, action)
    # The AppView lags: it may still show a record that was just removed.
    if (made := _made(view, field)) and await exists(repo, collection, made):
        return Receipt(made)
    subject = {"uri": action.target.post_id, "cid": text_of(view, "cid") or action.target.cid}
    return await create(repo, collection, key, {"subject": subject})


async def _added(collection: str, repo: Repo, action: Action, key: ActionKey) -> Receipt | None:
    del action
    uri = uri_of(repo, collection, key)
    if await exists(repo, collection, uri):
        return Receipt(uri)
    return None


async def _remove(collection: str, field: str, repo: Repo, action: Any, key: ActionKey) -> Receipt:
    del key
    shown = _made(await view_of(repo, action, gone_is_fine=True), field)
    for uri in dict.fromkeys((action.record_id, shown)):
        if uri:
            await delete(repo, collection, uri)
    return Receipt()


async def _removed(collection: str, repo: Repo, action: Any, key: ActionKey) -> Receipt | None:
    del key
    if not action.record_id or await exists(repo, collection, action.record_id):
        return None
    return Receipt()


async def view_of(repo: Repo, action: Action, *, gone_is_fine: bool = False) -> Entity:
    """The post as the account sees it now. Raises PostDeleted if it is deleted."""
    answer = await repo.client.get("app.bsky.feed.getPosts", [("uris", action.target.post_id)])
    views = parts_of(answer, "posts")
    if not views and not gone_is_fine:
        raise PostDeleted("This post was deleted, or you may no longer see it.")
    if views:
        return views[0]
    return {}


def _made(view: Entity, field: str) -> str:
    return text_of(part_of(view, "viewer") or {}, field)


def _adds(collection: str, field: str) -> Request:
    return Request(partial(_add, collection, field), partial(_added, collection))


def _removes(collection: str, field: str) -> Request:
    return Request(partial(_remove, collection, field), partial(_removed, collection))


REQUESTS = {
    "like": _adds(COLLECTIONS["like"], "like"),
    "unlike": _removes(COLLECTIONS["like"], "like"),
}
