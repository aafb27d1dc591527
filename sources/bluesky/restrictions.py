"""Reads the user's blocks and mutes, direct ones and those from moderation lists.

https://docs.bsky.app/docs/api/app-bsky-graph-get-mutes and related methods. A list that the
server rejects stays unknown. The requests raise SourceError if the server fails.
"""

from collections.abc import Awaitable, Callable, Iterable

from msgspec.structs import replace

from ...models.errors import TRANSIENT_ERRORS, SourceError
from ...models.pages import Restrictions
from ...models.tie import Relationship
from ..entities import MOST_ITEMS, Entity, flag_of, part_of, parts_of, text_of

Params = list[tuple[str, str]]
Ask = Callable[[str, Params, str | None], Awaitable[Entity]]
"""Calls a method with parameters and a cursor."""

_LIMIT = ("limit", "100")
_MODERATION_LISTS = 20
_LISTS = {"app.bsky.graph.getListMutes": "muting", "app.bsky.graph.getListBlocks": "blocking"}
_DEPTH = 12
_MOST_SEARCHED = 50_000
"""A page of 100 posts has 10,000 lists and objects."""


def viewer_relationship(profile: Entity) -> Relationship | None:
    """The Relationship in a profile view; None if it contains none.

    The AppView omits follows if one side blocks the other; they are unknown then.
    """
    viewer, did = part_of(profile, "viewer"), text_of(profile, "did")
    if viewer is None or not did or not ({"muted", "blockedBy"} & viewer.keys()):
        return None
    muting_list, blocking_list = part_of(viewer, "mutedByList"), part_of(viewer, "blockingByList")
    blocking = bool(text_of(viewer, "blocking")) or blocking_list is not None
    blocked_by = flag_of(viewer, "blockedBy") is True
    behind_block = blocking or blocked_by
    return Relationship(
        did,
        you_follow=None if behind_block else bool(text_of(viewer, "following")),
        follows_you=None if behind_block else bool(text_of(viewer, "followedBy")),
        blocking=blocking,
        blocked_by=blocked_by,
        muting=flag_of(viewer, "muted") is True or muting_list is not None,
        boosts_muted=flag_of(viewer, "mutedOnlyReposts") is True,
        quotes_muted=flag_of(viewer, "mutedOnlyQuoteposts") is True,
        list_title=text_of(blocking_list or muting_list or {}, "name"),
    )


def relationships_in(value: object) -> tuple[Relationship, ...]:
    """The Relationships in the profile views of a response, at any depth; each person once.

    Only its first lists and objects are searched. Relationships further down are requested like missing ones.
    """
    found: dict[str, Relationship] = {}
    waiting: list[tuple[object, int]] = [(value, 0)]
    for _ in range(_MOST_SEARCHED):
        if not waiting:
            break
        value, depth = waiting.pop()
        parts: Iterable[object] = ()
        if isinstance(value, dict):
            known = viewer_relationship(value)
            if known is not None:
                found[known.person_id] = known
            parts = value.values()
        elif isinstance(value, list | tuple):
            parts = value[:MOST_ITEMS]
        if depth < _DEPTH:
            inner = [(each, depth + 1) for each in parts if isinstance(each, dict | list)]
            waiting += reversed(inner)
    return tuple(found.values())


async def read_restrictions(ask: Ask, pages: int) -> Restrictions:
    """Read direct blocks and mutes, and the members of moderation lists, at most `pages` pages of each list."""
    found: dict[str, Relationship] = {}
    read: set[str] = set()
    for nsid, key, field in (
        ("app.bsky.graph.getBlocks", "blocks", "blocking"),
        ("app.bsky.graph.getMutes", "mutes", "muting"),
    ):
        profiles, is_whole = await _read(ask, nsid, key, [], pages)
        _remember(found, profiles, field)
        if is_whole:
            # Not every AppView lists mutes of only boosts or quotes, so their absence is no evidence.
            read.add(field)
    every_list_read = True
    for nsid, field in _LISTS.items():
        lists, is_whole = await _read(ask, nsid, "lists", [], 1)
        every_list_read &= is_whole and len(lists) <= _MODERATION_LISTS
        for each in lists[:_MODERATION_LISTS]:
            entries, is_whole = await _read(
                ask, "app.bsky.graph.getList", "items", [("list", text_of(each, "uri"))], pages
            )
            every_list_read &= is_whole
            profiles = [subject for item in entries if (subject := part_of(item, "subject")) is not None]
            _remember(found, profiles, field, text_of(each, "name") or "without a name")
    if every_list_read:
        read.add("lists")
    return Restrictions(tuple(found.values()), frozenset(read), final=frozenset(read))


def _remember(found: dict[str, Relationship], profiles: Iterable[Entity], field: str, title: str = "") -> None:
    """Combine list membership with the relationship in the profile view."""
    for profile in profiles:
        did = text_of(profile, "did")
        known = found.get(did) or viewer_relationship(profile) or Relationship(did)
        if field == "blocking":
            known = replace(known, blocking=True)
        elif title or not (known.boosts_muted or known.quotes_muted):
            # Mutes of only reposts or quote posts are in the same list, and mute nothing else.
            known = replace(known, muting=True)
        if did:
            found[did] = replace(known, list_title=title or known.list_title)


async def _read(ask: Ask, nsid: str, key: str, params: Params, pages: int) -> tuple[list[Entity], bool]:
    """The entries of a list, and whether it was read to its end."""
    entries: list[Entity] = []
    cursor: str | None = None
    for _ in range(pages):
        try:
            response = await ask(nsid, [*params, _LIMIT], cursor)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return entries, False
        if not isinstance(response.get(key), list):
            return entries, False
        entries += parts_of(response, key, MOST_ITEMS + 1)
        if len(entries) > MOST_ITEMS:
            return entries[:MOST_ITEMS], False
        following = text_of(response, "cursor")
        if not following or following == cursor:
            return entries, True
        cursor = following
    return entries, False
