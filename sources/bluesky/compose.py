"""Creates and replaces the posts of an account, which are records in its repository.

https://docs.bsky.app/docs/advanced-guides/posts. The record's key and time are stored before the first request. After a
request without a response quietfeed looks for that record, so a post is never created twice. The network has no edits:
one write removes the old record and creates the new one.
"""

import asyncio
from functools import partial
from typing import Any

from ...models.account import Account
from ...models.action import ActionKey, Compose, Receipt
from ...models.draft import Draft, Pointer
from ...models.errors import (
    NotPossible,
    PermissionMissing,
    PostDeleted,
    RecordError,
    RequestRejected,
    SourceError,
)
from ...models.post import Post
from ...models.writer import Report
from ..attachments import Attachment, read_attachment
from ..entities import Entity, flag_of, part_of, parts_of, text_of
from ..uploading import CountedBody
from .card import preview_of
from .compose_rules import COMPOSE_RULES
from .handles import is_did
from .parse import post_of
from .people import did_of
from .requests import Repo, call, get_record, uri_of, written
from .richtext import facets_of, first_link, handles_in
from .video import TYPES, upload_video
from .write_scopes import BLOBS

POST = "app.bsky.feed.post"
_THREADGATE = "app.bsky.feed.threadgate"
_POSTGATE = "app.bsky.feed.postgate"
_GATES = {"mentioned": "mentionRule", "followers": "followerRule", "following": "followingRule"}


class BlueskyComposer:
    """The posts of one account. Raises SourceError and nothing else."""

    def __init__(self, account: Account, repo: Repo) -> None:
        self._account = account
        self._repo = repo
        self._client = repo.client
        self.report: Report = lambda _: None
        """Called after each piece of a file that is sent."""

    async def post(self, action: Compose, key: ActionKey) -> Receipt:
        """Create the record of a post and its gates. An edit also deletes the old record and its gates."""
        draft = action.draft
        old = await self._edited(draft)
        record = await self._record(draft, key, old)
        gates = self._gates(draft, key)
        writes = [_created(POST, key.record_key, record), *gates]
        if draft.edits is not None:
            writes += [*await self._moved_gates(draft.edits, gates, key), _deleted(POST, draft.edits.post_id)]
        uri, repo = self._uri(key), self._account.remote_id
        if len(writes) == 1:
            body = {"repo": repo, "collection": POST, "rkey": key.record_key, "record": record}
            made = await call(self._repo, "com.atproto.repo.createRecord", body, POST)
        else:
            # One transaction, so that a post never exists without its gates.
            response = await call(self._repo, "com.atproto.repo.applyWrites", {"repo": repo, "writes": writes}, POST)
            made = next(iter(parts_of(response, "results")), {})
        return Receipt(uri, post=await self._echo(uri, text_of(made, "cid"), record))

    async def find(self, key: ActionKey) -> Receipt | None:
        """The receipt of a post that was sent before; None if its record does not exist."""
        view = await self._own_record(self._uri(key))
        if view is None:
            return None
        uri = text_of(view, "uri")
        return Receipt(uri, post=await self._echo(uri, text_of(view, "cid"), part_of(view, "value") or {}))

    async def _edited(self, draft: Draft) -> Entity:
        """The record of the post that a draft replaces; {} if it is a new post. Raises PostDeleted."""
        if draft.edits is None:
            return {}
        old = await self._own_record(draft.edits.post_id)
        if old is None:
            raise PostDeleted()
        return part_of(old, "value") or {}

    async def _moved_gates(self, edited: Pointer, chosen: list[Entity], key: ActionKey) -> list[Entity]:
        """The writes that move the gates of an edited post to the new one, if the draft chooses no others."""
        writes = []
        for collection in (_THREADGATE, _POSTGATE):
            old = await self._own_record(f"at://{self._account.remote_id}/{collection}/{_rkey(edited.post_id)}")
            if old is None:
                continue
            gate = {**(part_of(old, "value") or {}), "post": self._uri(key)}
            if all(each["collection"] != collection for each in chosen):
                writes.append(_created(collection, key.record_key, gate))
            writes.append(_deleted(collection, edited.post_id))
        return writes

    async def _record(self, draft: Draft, key: ActionKey, old: Entity) -> dict[str, Any]:
        at = written(key.created_at)
        # An edit keeps what the composer does not show: the content labels, and the tags outside the text.
        kept = {name: old[name] for name in ("labels", "tags", "langs") if name in old}
        record: dict[str, Any] = {"$type": POST, "text": draft.text, "createdAt": at, **kept}
        if draft.language:
            record["langs"] = [draft.language]
        facets = facets_of(draft.text, await self._dids(handles_in(draft.text)))
        if facets:
            record["facets"] = facets
        reply = await self._reply(draft) or part_of(old, "reply")
        if reply is not None:
            record["reply"] = reply
        embed = await self._embed(draft, key, old)
        if embed is not None:
            record["embed"] = embed
        return record

    async def _dids(self, handles: list[str]) -> dict[str, str]:
        found = {}
        for handle in handles:
            try:
                response = await self._client.get("com.atproto.identity.resolveHandle", {"handle": handle})
            except RequestRejected:
                # There is no such handle, so it stays plain text.
                continue
            did = text_of(response, "did") if isinstance(response, dict) else ""
            if is_did(did):
                found[handle] = did
        return found

    async def _reply(self, draft: Draft) -> Entity | None:
        """The references of a reply: its parent, and the root of the conversation."""
        if draft.reply_to is not None:
            parent = await self._view(draft.reply_to)
            if flag_of(part_of(parent, "viewer") or {}, "replyDisabled"):
                raise NotPossible(f"{draft.reply_to.handle} does not let you reply to this post.", 403)
            record = part_of(parent, "record") or {}
            root = part_of(part_of(record, "reply") or {}, "root")
            return {"root": _ref(root or parent), "parent": _ref(parent)}
        return None

    async def _embed(self, draft: Draft, key: ActionKey, old: Entity) -> Entity | None:
        media = await self._media(draft, key, old)
        if draft.quote is None:
            return media
        quoted = await self._view(draft.quote)
        if flag_of(part_of(quoted, "viewer") or {}, "embeddingDisabled"):
            raise NotPossible(f"{draft.quote.handle} does not let you quote this post.", 403)
        record = {"$type": "app.bsky.embed.record", "record": _ref(quoted)}
        if media is None:
            return record
        return {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media}

    async def _media(self, draft: Draft, key: ActionKey, old: Entity) -> Entity | None:
        if draft.media:
            read = [
                await asyncio.to_thread(partial(read_attachment, medium, COMPOSE_RULES, "Bluesky"))
                for medium in draft.media
            ]
            if read[0].mime in TYPES:
                return await self._video(read[0], key)
            return {"$type": "app.bsky.embed.images", "images": [await self._image(each) for each in read]}
        link = first_link(draft.text)
        embed = part_of(old, "embed")
        if embed is not None and text_of(embed, "$type") != "app.bsky.embed.external":
            return embed
        if not draft.card or not link:
            return None
        preview = await preview_of(link, COMPOSE_RULES)
        if preview is None:
            return None
        external: dict[str, Any] = {"uri": link, "title": preview.title, "description": preview.description}
        if preview.picture is not None:
            external["thumb"] = await self._blob(preview.picture)
        return {"$type": "app.bsky.embed.external", "external": external}

    async def _video(self, video: Attachment, key: ActionKey) -> Entity:
        blob = await upload_video(self._client, self._account.remote_id, key.record_key, video, self.report)
        embed: dict[str, Any] = {"$type": "app.bsky.embed.video", "video": blob}
        if video.alt:
            embed["alt"] = video.alt
        return embed

    async def _image(self, image: Attachment) -> Entity:
        entry: dict[str, Any] = {"alt": image.alt, "image": await self._blob(image)}
        if image.width and image.height:
            entry["aspectRatio"] = {"width": image.width, "height": image.height}
        return entry

    async def _blob(self, file: Attachment) -> Entity:
        try:
            body = CountedBody(file.name, file.data, self.report)
            response = await self._client.upload("com.atproto.repo.uploadBlob", body, len(file.data), file.mime)
        except PermissionMissing as error:
            raise PermissionMissing(error.host, BLOBS, "attach files", "write") from None
        blob = part_of(response, "blob") if isinstance(response, dict) else None
        if blob is None:
            raise SourceError(f"The server did not accept the file {file.name}.")
        return blob

    def _gates(self, draft: Draft, key: ActionKey) -> list[Entity]:
        """The records that limit replies and quotes. They have the same key as the post."""
        made = {"post": self._uri(key), "createdAt": written(key.created_at)}
        gates = []
        if draft.threadgate:
            rule = _GATES.get(draft.threadgate)
            allowed = []
            if rule:
                allowed = [{"$type": f"{_THREADGATE}#{rule}"}]
            gates.append(_created(_THREADGATE, key.record_key, {"$type": _THREADGATE, "allow": allowed, **made}))
        if draft.quote_policy == "nobody":
            rules = [{"$type": f"{_POSTGATE}#disableRule"}]
            gates.append(_created(_POSTGATE, key.record_key, {"$type": _POSTGATE, "embeddingRules": rules, **made}))
        return gates

    async def _view(self, pointer: Pointer) -> Entity:
        """The current state of a post. The user's own come from the repository, because the AppView lags."""
        if did_of(pointer.post_id) == self._account.remote_id:
            own = await self._own_record(pointer.post_id)
            if own is None:
                raise PostDeleted()
            return {"uri": text_of(own, "uri"), "cid": text_of(own, "cid"), "record": part_of(own, "value") or {}}
        response = await self._client.get("app.bsky.feed.getPosts", [("uris", pointer.post_id)])
        views = parts_of(response, "posts") if isinstance(response, dict) else []
        if not views:
            raise PostDeleted()
        return views[0]

    async def _own_record(self, uri: str) -> Entity | None:
        repo = Repo(self._client, self._account.remote_id)
        return await get_record(repo, uri.split("/")[-2], uri)

    async def _echo(self, uri: str, cid: str, record: Entity) -> Post | None:
        """The new post for the timeline, built from its record because the AppView may not have it yet."""
        author = {"did": self._account.remote_id, "handle": self._account.handle}
        view = {"uri": uri, "cid": cid, "author": author, "record": record, "indexedAt": record.get("createdAt")}
        try:
            return post_of(view, self._account.key)
        except RecordError:
            return None

    def _uri(self, key: ActionKey) -> str:
        return uri_of(self._repo, POST, key)


def _created(collection: str, rkey: str, record: Entity) -> Entity:
    return {"$type": "com.atproto.repo.applyWrites#create", "collection": collection, "rkey": rkey, "value": record}


def _deleted(collection: str, uri: str) -> Entity:
    return {"$type": "com.atproto.repo.applyWrites#delete", "collection": collection, "rkey": _rkey(uri)}


def _rkey(uri: str) -> str:
    return uri.rpartition("/")[2]


def _ref(view: Entity) -> Entity:
    return {"uri": text_of(view, "uri"), "cid": text_of(view, "cid")}
