"""Reads a repository export of the AT Protocol into people with ties.

Follows, likes, boosts, replies and mentions are interactions of the user. A block becomes a mute.
`com.atproto.sync.getRepo` returns this file: https://atproto.com/specs/repository.
"""

from datetime import datetime
from typing import Any, BinaryIO

import msgspec

from ...codec.fields import known_time
from ...models.errors import RecordError
from ...models.imported import ImportedFile, ImportedPerson, ImportKind
from ...models.tie import NO_TIE, Tie
from ..importing import Sample
from .car import Repository, looks_like_car
from .handles import is_did

_FOLLOW, _BLOCK = "app.bsky.graph.follow", "app.bsky.graph.block"
_LIKE, _REPOST, _POST = "app.bsky.feed.like", "app.bsky.feed.repost", "app.bsky.feed.post"
_NOUNS = {_POST: "post", _FOLLOW: "following", _LIKE: "like", _REPOST: "boost", _BLOCK: "block"}


class _Known(msgspec.Struct):
    you_follow: bool | None = None
    muted: bool = False
    likes: int = 0
    boosts: int = 0
    replies: int = 0
    mentions: int = 0
    first: datetime | None = None
    last: datetime | None = None


def recognise(sample: Sample) -> ImportKind | None:
    """Whether a file is a repository export."""
    return "repository" if looks_like_car(sample.head) else None


def read(file: BinaryIO, kind: ImportKind, name: str) -> ImportedFile:
    """Read a repository export. Raises RecordError."""
    del name
    repository = Repository(file)
    people: dict[str, _Known] = {}
    counts = dict.fromkeys(_NOUNS, 0)
    skipped = 0
    for key, record in repository.records():
        collection = key.partition("/")[0]
        if collection not in counts:
            continue
        if not isinstance(record, dict):
            skipped += 1
            continue
        counts[collection] += 1
        _read_record(collection, record, repository.did, people)
    found = tuple(_person(did, known) for did, known in people.items())
    named = tuple((noun, counts[collection]) for collection, noun in _NOUNS.items() if counts[collection])
    return ImportedFile(kind, "bluesky", owner=repository.did, people=found, counts=named, skipped=skipped)


def _read_record(collection: str, record: dict[str, Any], own: str, people: dict[str, _Known]) -> None:
    at = _time(record.get("createdAt"))
    if collection in (_FOLLOW, _BLOCK):
        did = record.get("subject")
        if isinstance(did, str) and is_did(did):
            known = people.setdefault(did, _Known())
            if collection == _FOLLOW:
                known.you_follow = True
            else:
                known.muted = True
        return
    if collection in (_LIKE, _REPOST):
        known_author = _contact(people, _author(record.get("subject")), own, at)
        if known_author is not None and collection == _LIKE:
            known_author.likes += 1
        elif known_author is not None:
            known_author.boosts += 1
        return
    reply = record.get("reply")
    answered = _author(reply.get("parent")) if isinstance(reply, dict) else ""
    known_author = _contact(people, answered, own, at)
    if known_author is not None:
        known_author.replies += 1
    for did in _mentioned(record.get("facets")) - {answered}:
        mentioned = _contact(people, did, own, at)
        if mentioned is not None:
            mentioned.mentions += 1


def _contact(people: dict[str, _Known], did: str, own: str, at: datetime | None) -> _Known | None:
    """The person of a contact, with its time; None for the user."""
    if not did or did == own:
        return None
    known = people.setdefault(did, _Known())
    if at is not None:
        known.first = min(at, known.first or at)
        known.last = max(at, known.last or at)
    return known


def _author(reference: Any) -> str:
    """The DID in a reference {"uri": "at://did:plc:…/collection/key"}; "" if it has none."""
    uri = reference.get("uri") if isinstance(reference, dict) else None
    if not isinstance(uri, str):
        return ""
    did = uri.removeprefix("at://").partition("/")[0]
    return did if is_did(did) else ""


def _mentioned(facets: Any) -> set[str]:
    found = set()
    for facet in facets[:100] if isinstance(facets, list) else ():
        features = facet.get("features") if isinstance(facet, dict) else None
        for feature in features[:20] if isinstance(features, list) else ():
            did = feature.get("did") if isinstance(feature, dict) else None
            if isinstance(did, str) and is_did(did):
                found.add(did)
    return found


def _person(did: str, known: _Known) -> ImportedPerson:
    tie = Tie(
        you_follow=known.you_follow,
        likes_from_you=known.likes or None,
        boosts_from_you=known.boosts or None,
        replies_from_you=known.replies or None,
        mentions_from_you=known.mentions or None,
        first_contact=known.first,
        last_contact=known.last,
        last_from_you=known.last,
    )
    return ImportedPerson(did, tie=tie if tie != NO_TIE else NO_TIE, muted=known.muted)


def _time(value: Any) -> datetime | None:
    try:
        return known_time(value) if isinstance(value, str) else None
    except RecordError:
        return None
