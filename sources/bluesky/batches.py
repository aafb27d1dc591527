"""Requests data about many people in batches, and splits a batch that the server rejects.

https://docs.bsky.app/docs/api/app-bsky-graph-get-relationships and
https://docs.bsky.app/docs/api/app-bsky-actor-get-profiles. The requests raise SourceError.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from ...models.errors import TRANSIENT_ERRORS, SourceError
from ...models.person import Person
from ...models.tie import Relationship
from ..entities import Entity, parts_of, text_of
from ..http_errors import RequestRejected
from .facets import is_did
from .people import person_of, relationship_of

Params = list[tuple[str, str]]
Page = Callable[[str, Params], Awaitable[Entity]]
"""Calls a method with parameters."""


_PROFILES = 25
_RELATIONSHIPS = 30
_MOST_REFUSALS = 16
"""After this many rejections the remaining people stay unknown, to avoid hundreds of single requests."""


async def request_in_batches(
    request: Callable[[Sequence[str]], Awaitable[Entity]], person_ids: Sequence[str], size: int
) -> AsyncIterator[tuple[Sequence[str], Entity]]:
    """Yield each batch with its response; {} for a single person if the server rejects the request.

    One invalid person causes a 400 for the whole batch, so a rejected batch is halved. Batches that fail otherwise are
    left out. Raises TRANSIENT_ERRORS.
    """
    dids = [each for each in person_ids if is_did(each)]
    waiting = [dids[start : start + size] for start in range(0, len(dids), size)]
    refusals = 0
    while waiting:
        batch = waiting.pop(0)
        try:
            response = await request(batch)
        except TRANSIENT_ERRORS:
            raise
        except RequestRejected as error:
            refusals += 1
            if error.status != 400 or refusals > _MOST_REFUSALS:
                continue
            if len(batch) > 1:
                middle = len(batch) // 2
                waiting[:0] = [batch[:middle], batch[middle:]]
                continue
            response = {}
        except SourceError:
            continue
        yield batch, response


async def read_relationships(page: Page, own_id: str, person_ids: Sequence[str]) -> list[Relationship]:
    """Request follows and blocks between `own_id` and others (DIDs). For deleted accounts every field is unknown."""
    found: list[Relationship] = []

    async def request(batch: Sequence[str]) -> Entity:
        others = [("others", each) for each in batch]
        return await page("app.bsky.graph.getRelationships", [("actor", own_id), *others])

    async for batch, response in request_in_batches(request, person_ids, _RELATIONSHIPS):
        if response and not isinstance(response.get("relationships"), list):
            continue
        known = {text_of(each, "did"): relationship_of(each) for each in parts_of(response, "relationships")}
        found += [known.get(each, Relationship(each)) for each in batch]
    return found


async def read_profiles(page: Page, person_ids: Sequence[str]) -> list[Person]:
    """Request the profiles of people (DIDs) with current counts. People the server rejects are left out."""
    found: list[Person] = []
    now = datetime.now(UTC)

    async def request(batch: Sequence[str]) -> Entity:
        return await page("app.bsky.actor.getProfiles", [("actors", each) for each in batch])

    async for _, response in request_in_batches(request, person_ids, _PROFILES):
        profiles = [person_of(each) for each in parts_of(response, "profiles") if text_of(each, "did")]
        found += [replace(each, counted_at=now) for each in profiles]
    return found
