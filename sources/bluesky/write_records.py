"""Actions that create a record about a post or a person, and those that delete it: like, repost, follow, block."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from ...models.action import Action, ActionKey, Receipt
from ..entities import Entity, text_of
from .requests import Repo, Request, create, delete, exists, uri_of


class Shown(msgspec.Struct, frozen=True):
    """The AppView's state of a post or a person: the viewer state, and the subject of a record about it."""

    viewer: Entity
    subject: Any


Look = Callable[[Repo, Action], Awaitable[Shown]]
"""Requests the target of an action. Raises SourceError."""


def adds(collection: str, field: str, look: Look) -> Request:
    """The requests of an action that creates a record. `field` of the viewer state has its id."""

    async def perform(repo: Repo, action: Action, key: ActionKey) -> Receipt:
        shown = await look(repo, action)
        # The AppView lags and may still show a record that was just removed.
        made = text_of(shown.viewer, field)
        if made and await exists(repo, collection, made):
            return Receipt(made, unchanged=True)
        return await create(repo, collection, key, {"subject": shown.subject})

    async def find(repo: Repo, action: Action, key: ActionKey) -> Receipt | None:
        del action
        uri = uri_of(repo, collection, key)
        if await exists(repo, collection, uri):
            return Receipt(uri)
        return None

    return Request(perform, find)


def removes(collection: str, field: str, look: Look) -> Request:
    """The requests of an action that deletes the record: the known one, and the one that the AppView shows."""

    async def perform(repo: Repo, action: Any, key: ActionKey) -> Receipt:
        del key
        shown = text_of((await look(repo, action)).viewer, field)
        for uri in dict.fromkeys((action.record_id, shown)):
            if uri:
                await delete(repo, collection, uri)
        return Receipt()

    async def find(repo: Repo, action: Any, key: ActionKey) -> Receipt | None:
        del key
        if not action.record_id or await exists(repo, collection, action.record_id):
            return None
        return Receipt()

    return Request(perform, find)
