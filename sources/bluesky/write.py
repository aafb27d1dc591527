"""Sends likes to the account's server: a like creates a record, and an unlike deletes it.

https://docs.bsky.app/docs/api/com-atproto-repo-create-record. The record's key and time are chosen before the
first request, so a request without a response can be checked later: `createRecord` with an existing
key is a server error.
"""

from datetime import UTC, datetime

from ...models.account import Account
from ...models.action import Action, ActionKey, Like, Receipt, Unlike
from ...models.errors import PermissionMissing, PostDeleted, SourceError
from ..entities import Entity, part_of, parts_of, text_of
from ..http_errors import RequestRejected
from .client import Client
from .write_scopes import COLLECTIONS

LIKE = COLLECTIONS["like"]


class BlueskyWriter:
    """The likes of one account. Raises SourceError and nothing else."""

    def __init__(self, account: Account, client: Client) -> None:
        self._account = account
        self._client = client

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Like or unlike a post. A liked post gets no second record."""
        if isinstance(action, Unlike):
            return await self._unlike(action)
        view = await self._view(action)
        # The AppView lags: it may still show a like that was just removed.
        if (liked := _like_in(view)) and await self._exists(liked):
            return Receipt(liked)
        subject = {"uri": action.target.post_id, "cid": text_of(view, "cid") or action.target.cid}
        record = {"$type": LIKE, "subject": subject, "createdAt": _written(key.created_at)}
        body = {"repo": self._account.remote_id, "collection": LIKE, "rkey": key.record_key, "record": record}
        made = await self._post("com.atproto.repo.createRecord", body)
        return Receipt(text_of(made, "uri") or self._uri(key))

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """Check whether a like's record exists, or, for an unlike, whether it is deleted."""
        if isinstance(action, Like):
            if await self._exists(self._uri(key)):
                return Receipt(self._uri(key))
            return None
        if not action.record_id or await self._exists(action.record_id):
            return None
        return Receipt()

    async def _unlike(self, action: Unlike) -> Receipt:
        for uri in dict.fromkeys((action.record_id, _like_in(await self._view(action, gone_is_fine=True)))):
            if uri:
                body = {"repo": self._account.remote_id, "collection": LIKE, "rkey": uri.rpartition("/")[2]}
                # A record that is gone is no error.
                await self._post("com.atproto.repo.deleteRecord", body)
        return Receipt()

    async def _view(self, action: Action, *, gone_is_fine: bool = False) -> Entity:
        """The post as the account sees it now. Raises PostDeleted if it is deleted."""
        answer = await self._client.get("app.bsky.feed.getPosts", [("uris", action.target.post_id)])
        views = parts_of(answer, "posts")
        if not views and not gone_is_fine:
            raise PostDeleted("This post was deleted, or you may no longer see it.")
        if views:
            return views[0]
        return {}

    async def _exists(self, uri: str) -> bool:
        params = [("repo", self._account.remote_id), ("collection", LIKE), ("rkey", uri.rpartition("/")[2])]
        try:
            await self._client.get("com.atproto.repo.getRecord", params)
        except RequestRejected as error:
            words = error.detail.casefold()
            if error.status in (400, 404) and ("notfound" in words or "could not locate record" in words):
                return False
            raise
        return True

    async def _post(self, nsid: str, body: Entity) -> Entity:
        try:
            answer = await self._client.post(nsid, body)
        except PermissionMissing as error:
            raise PermissionMissing(
                f"This sign-in lacks the permission to write {LIKE}, which quietfeed needs to like posts:"
                " `quietfeed account refresh ACCOUNT --write` asks for it.",
                error.scope,
                "like posts",
            ) from None
        if not isinstance(answer, dict):
            raise SourceError("The server did not confirm the action; quietfeed checks it again.")
        return answer

    def _uri(self, key: ActionKey) -> str:
        return f"at://{self._account.remote_id}/{LIKE}/{key.record_key}"


def _like_in(view: Entity) -> str:
    return text_of(part_of(view, "viewer") or {}, "like")


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
