"""Actions on posts. A like or boost creates a record, and undoing it deletes the record. None is created twice.

Bookmarks are private: https://docs.bsky.app/docs/api/app-bsky-bookmark-create-bookmark. The pinned post is a field of
the profile's record.
"""

from functools import partial

from ...models.action import Action, ActionKey, Delete, Receipt
from ...models.errors import PostDeleted
from ..entities import Entity, flag_of, part_of, parts_of, text_of
from .requests import Repo, Request, call, delete, exists, read, replace_record
from .write_records import Shown, adds, removes
from .write_scopes import CALLS, COLLECTIONS, PROFILE


async def view_of(repo: Repo, action: Action, *, gone_is_fine: bool = False) -> Entity:
    """The current view of the post. Raises PostDeleted."""
    response = await repo.client.get("app.bsky.feed.getPosts", [("uris", action.target.post_id)])
    views = parts_of(response, "posts")
    if not views and not gone_is_fine:
        raise PostDeleted()
    if views:
        return views[0]
    return {}


async def _look(repo: Repo, action: Action, *, gone_is_fine: bool = False) -> Shown:
    view = await view_of(repo, action, gone_is_fine=gone_is_fine)
    subject = {"uri": action.target.post_id, "cid": text_of(view, "cid") or action.target.cid}
    return Shown(part_of(view, "viewer") or {}, subject)


_look_if_there = partial(_look, gone_is_fine=True)


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
    """Pin or unpin a post. A profile has one pinned post, so pinning another one replaces it."""
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


REQUESTS = {
    "like": adds(COLLECTIONS["like"], "like", _look),
    "unlike": removes(COLLECTIONS["like"], "like", _look_if_there),
    "boost": adds(COLLECTIONS["boost"], "repost", _look),
    "unboost": removes(COLLECTIONS["boost"], "repost", _look_if_there),
    "bookmark": Request(partial(_bookmark, True), partial(_bookmarked, True)),
    "unbookmark": Request(partial(_bookmark, False), partial(_bookmarked, False)),
    "pin": Request(partial(_pin, True), partial(_pinned, True)),
    "unpin": Request(partial(_pin, False), partial(_pinned, False)),
    "delete": Request(_delete, _deleted),
}
