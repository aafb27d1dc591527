"""Actions on posts. A like or boost creates a record, and undoing it deletes the record. None is created twice.

Bookmarks are private: https://docs.bsky.app/docs/api/app-bsky-bookmark-create-bookmark. The pinned post is a field of
the profile's record.
"""

from functools import partial
from typing import Any

from ...models.action import Action, ActionKey, Delete, Receipt
from ...models.errors import PostDeleted
from ..entities import Entity, flag_of, part_of, parts_of, text_of
from .requests import Repo, Request, call, create, delete, exists, read, replace_record, uri_of
from .write_scopes import CALLS, COLLECTIONS, PROFILE


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
    """The current view of the post. Raises PostDeleted."""
    response = await repo.client.get("app.bsky.feed.getPosts", [("uris", action.target.post_id)])
    views = parts_of(response, "posts")
    if not views and not gone_is_fine:
        raise PostDeleted()
    if views:
        return views[0]
    return {}


def _made(view: Entity, field: str) -> str:
    return text_of(part_of(view, "viewer") or {}, field)


async def _bookmark(wanted: bool, repo: Repo, action: Action, key: ActionKey) -> Receipt:
    del key
    nsid = CALLS["bookmark" if wanted else "unbookmark"]
    body = {"uri": action.target.post_id}
    if wanted:
        body["cid"] = action.target.cid or text_of(await view_of(repo, action), "cid")
    await call(repo, nsid, body, nsid)
    return Receipt()


async def _bookmarked(wanted: bool, repo: Repo, action: Action, key: ActionKey) -> Receipt | None:
    del key
    viewer = part_of(await view_of(repo, action), "viewer") or {}
    if (flag_of(viewer, "bookmarked") is True) is wanted:
        return Receipt()
    return None


async def _pin(wanted: bool, repo: Repo, action: Action, key: ActionKey) -> Receipt:
    """A profile has one pinned post: pinning another one replaces it."""
    del key
    target = action.target
    cid, profile = await read(repo, PROFILE, "self")
    pinned = text_of(part_of(profile, "pinnedPost") or {}, "uri")
    if (pinned == target.post_id) is wanted:
        return Receipt()
    fields = {name: value for name, value in profile.items() if name != "pinnedPost"}
    if wanted:
        post_cid = target.cid or text_of(await view_of(repo, action), "cid")
        fields["pinnedPost"] = {"uri": target.post_id, "cid": post_cid}
    await replace_record(repo, PROFILE, "self", fields, cid)
    return Receipt()


async def _pinned(wanted: bool, repo: Repo, action: Action, key: ActionKey) -> Receipt | None:
    del key
    _, profile = await read(repo, PROFILE, "self")
    pinned = text_of(part_of(profile, "pinnedPost") or {}, "uri")
    if (pinned == action.target.post_id) is wanted:
        return Receipt()
    return None


async def _delete(repo: Repo, action: Delete, key: ActionKey) -> Receipt:
    del key
    await delete(repo, COLLECTIONS["delete"], action.target.post_id)
    return Receipt()


async def _deleted(repo: Repo, action: Delete, key: ActionKey) -> Receipt | None:
    del key
    if await exists(repo, COLLECTIONS["delete"], action.target.post_id):
        return None
    return Receipt()


def _adds(collection: str, field: str) -> Request:
    return Request(partial(_add, collection, field), partial(_added, collection))


def _removes(collection: str, field: str) -> Request:
    return Request(partial(_remove, collection, field), partial(_removed, collection))


REQUESTS = {
    "like": _adds(COLLECTIONS["like"], "like"),
    "unlike": _removes(COLLECTIONS["like"], "like"),
    "boost": _adds(COLLECTIONS["boost"], "repost"),
    "unboost": _removes(COLLECTIONS["boost"], "repost"),
    "bookmark": Request(partial(_bookmark, True), partial(_bookmarked, True)),
    "unbookmark": Request(partial(_bookmark, False), partial(_bookmarked, False)),
    "pin": Request(partial(_pin, True), partial(_pinned, True)),
    "unpin": Request(partial(_pin, False), partial(_pinned, False)),
    "delete": Request(_delete, _deleted),
}
