"""Reads private data: notes, follow requests, known followers and translations. Also finds people by handle.

https://docs.joinmastodon.org/methods/accounts/ and https://docs.joinmastodon.org/methods/follow_requests/. The requests
raise SourceError.
"""

from collections.abc import Sequence

from ...models.errors import TRANSIENT_ERRORS, PermissionMissing, RequestRejected, SourceError
from ...models.person import KnownFollowers, Person
from ...models.post import Post
from ...models.translation import Translation
from ..entities import Entity, parts_of, raw_of, text_of
from ..html import read_html
from ..http import Http
from ..http_errors import ServerError
from .paging import ask, entities_in
from .people import person_of
from .requests import at

_NAMED = 40
"""The maximum number of known followers of a person that are stored by name."""

_PAGES = 10
"""The maximum number of pages of follow requests that are read."""


async def read_note(http: Http, person_id: str) -> str:
    """The private note on a person; "" if there is none."""
    from .write_people import relationship_with

    return text_of(await relationship_with(http, person_id), "note")


async def read_follow_requests(http: Http, host: str) -> list[Person]:
    """The people who requested to follow the user, newest first. `host` completes the handles of local accounts."""
    people: list[Person] = []
    path: str | None = "/api/v1/follow_requests?limit=80"
    for _ in range(_PAGES):
        if path is None:
            break
        response = await ask(http, path)
        found = response.value if isinstance(response.value, list) else []
        people += [person_of(each, host) for each in found if isinstance(each, dict) and text_of(each, "id")]
        path = response.links.get("next") if found else None
    return people


async def read_known_followers(http: Http, person_ids: Sequence[str]) -> dict[str, KnownFollowers] | None:
    """The people the user follows among the followers of others; None if the server has no such request.

    https://docs.joinmastodon.org/methods/accounts/#familiar_followers (Mastodon 3.5). Accounts that hide their
    followers have none here.
    """
    try:
        response = await ask(http, "/api/v1/accounts/familiar_followers", [("id[]", each) for each in person_ids])
        found = entities_in(response, http.host)
    except (*TRANSIENT_ERRORS, PermissionMissing):
        raise
    except SourceError:
        return None
    known = dict.fromkeys(person_ids, KnownFollowers(0))
    for each in found:
        ids = tuple(dict.fromkeys(key for one in parts_of(each, "accounts") if (key := text_of(one, "id"))))
        if text_of(each, "id") in known:
            known[text_of(each, "id")] = KnownFollowers(len(ids), ids[:_NAMED])
    return known


async def find_person(http: Http, host: str, handle: str) -> Person | None:
    """Find a person by full handle; None if there is none. The server fetches unknown people from their own server."""
    name = handle.removesuffix(f"@{host}")
    for path, params in (
        ("/api/v1/accounts/lookup", [("acct", name)]),
        ("/api/v2/search", [("q", f"@{handle}"), ("type", "accounts"), ("resolve", "true"), ("limit", "1")]),
    ):
        try:
            response = await ask(http, path, params)
        except (*TRANSIENT_ERRORS, PermissionMissing):
            raise
        except SourceError:
            continue
        value: Entity = response.value if isinstance(response.value, dict) else {}
        for account in (value, *parts_of(value, "accounts")):
            if text_of(account, "id") and person_of(account, host).handle.casefold() == handle.casefold():
                return person_of(account, host)
    return None


async def translate(http: Http, post: Post, language: str) -> Translation:
    """A translation of a post by the server: https://docs.joinmastodon.org/methods/statuses/#translate.

    `language` is a code such as "de"; "" is the language of the account. Raises SourceError if the server has no
    translations, or none for this post.
    """
    form = {"lang": language} if language else {}
    try:
        response = await http.post(f"/api/v1/statuses/{at(post.original_id or post.id)}/translate", form)
    except ServerError as error:
        raise SourceError(f"{http.host} cannot translate this post now ({error.status}); try again later.") from None
    except RequestRejected as error:
        raise SourceError(
            f"{http.host} does not translate this post ({error.status}): it has no translations, or none for this"
            " language or post."
        ) from None
    value: Entity = response.value if isinstance(response.value, dict) else {}
    text = read_html(raw_of(value, "content"))[0]
    if not text:
        raise SourceError(f"{http.host} returned an empty translation.")
    return Translation(
        text,
        text_of(value, "spoiler_text"),
        text_of(value, "detected_source_language"),
        text_of(value, "language") or language,
        text_of(value, "provider"),
    )
