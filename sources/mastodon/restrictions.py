"""Reads the user's blocks, mutes and filters from the client API.

https://docs.joinmastodon.org/methods/blocks/, /mutes/, /domain_blocks/ and /filters/. A list that the
server lacks or rejects stays unknown. The requests raise TRANSIENT_ERRORS.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from ...models.errors import TRANSIENT_ERRORS, SourceError
from ...models.pages import Restrictions
from ...models.server_filter import Keyword, ServerFilter
from ...models.text import clean_line
from ...models.tie import Relationship
from ..entities import MOST_ITEMS, MOST_PARTS, Entity, flag_of, parts_of, text_of, time_of
from ..http import Http

_LIMIT = 80


async def read_restrictions(http: Http, pages: int) -> Restrictions:
    """Read the lists of blocked and muted accounts and of blocked servers, at most `pages` pages of each."""
    found: dict[str, Relationship] = {}
    read: set[str] = set()
    for path, field in (("/api/v1/blocks", "blocking"), ("/api/v1/mutes", "muting")):
        accounts, is_whole = await _read_list(http, path, pages)
        for person_id in (text_of(each, "id") for each in accounts if isinstance(each, dict)):
            known = found.get(person_id, Relationship(person_id))
            if field == "blocking":
                found[person_id] = replace(known, blocking=True)
            else:
                found[person_id] = replace(known, muting=True)
        if is_whole:
            read.add(field)
    found.pop("", None)
    domains, is_whole = await _read_list(http, "/api/v1/domain_blocks", pages)
    named = frozenset(clean_line(each).casefold() for each in domains if isinstance(each, str))
    # snac returns empty lists although people are blocked, so a missing person may still be blocked.
    return Restrictions(tuple(found.values()), frozenset(read), domains=named if is_whole else None)


async def _read_list(http: Http, path: str, pages: int) -> tuple[list[object], bool]:
    """The entries of a list, and whether it was read to its end."""
    entries: list[object] = []
    address: str | None = None
    for _ in range(pages):
        try:
            response = await (http.get(address) if address else http.get(path, {"limit": _LIMIT}))
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return entries, False
        if not isinstance(response.value, list):
            return entries, False
        entries += response.value
        if len(entries) > MOST_ITEMS:
            return entries[:MOST_ITEMS], False
        following = response.links.get("next")
        if not response.value or following is None or following == address:
            return entries, True
        address = following
    return entries, False


async def read_filters(http: Http) -> tuple[ServerFilter, ...] | None:
    """The user's filters for the home timeline; None if the server does not list them."""
    for path, read in (("/api/v2/filters", _filter), ("/api/v1/filters", _old_filter)):
        try:
            response = await http.get(path)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            continue
        if isinstance(response.value, list):
            entities = [each for each in response.value if isinstance(each, dict) and _is_for_home(each)]
            return tuple(map(read, entities[:MOST_PARTS]))
    return None


def _is_for_home(entity: Entity) -> bool:
    contexts = entity.get("context")
    return isinstance(contexts, list) and "home" in contexts


def _filter(entity: Entity) -> ServerFilter:
    return ServerFilter(
        title=text_of(entity, "title") or "without a name",
        hides=text_of(entity, "filter_action") == "hide",
        keywords=tuple(_keywords(parts_of(entity, "keywords"), "keyword")),
        post_ids=frozenset(text_of(each, "status_id") for each in parts_of(entity, "statuses", MOST_ITEMS)) - {""},
        until=time_of(entity, "expires_at"),
    )


def _old_filter(entity: Entity) -> ServerFilter:
    """A version-1 filter: one phrase, which the server applies itself only if it is irreversible."""
    return ServerFilter(
        title=text_of(entity, "phrase"),
        hides=flag_of(entity, "irreversible") is True,
        keywords=tuple(_keywords([entity], "phrase")),
        until=time_of(entity, "expires_at"),
    )


def _keywords(entities: list[Entity], key: str) -> Iterator[Keyword]:
    for each in entities:
        if text := text_of(each, key):
            yield Keyword(text, whole_word=flag_of(each, "whole_word") is True)
