"""Custom feeds and lists: those the user saved or created, and errors of feed servers.

https://docs.bsky.app/docs/api/app-bsky-feed-get-feed: a custom feed runs on its own server,
which the AppView calls. So a feed may be deleted, down or rejected while everything else works.
"""

from collections.abc import Mapping

import msgspec

from ...models.errors import PermissionMissing, RateLimited, SignInNeeded, SourceError, Unreachable
from ...models.feed import Feed, FeedKind
from ...models.text import clean
from ..entities import Entity, flag_of, part_of, parts_of, raw_of, strings_of, text_of
from ..http_errors import RequestRejected, ServerError
from .people import collection_of, did_of, handle_of

GENERATOR, LIST = "app.bsky.feed.generator", "app.bsky.graph.list"
_KINDS: Mapping[str, FeedKind] = {GENERATOR: "feed", LIST: "list"}
_MOST = 200
# Error texts of the AppView and of feed generators for a deleted feed.
_GONE = (
    *("could not find feed", "could not locate record", "could not resolve feed did", "unknown feed", "unknownfeed"),
    *("could not find list", "list not found", "unknownlist"),
)
_OF_ITS_SERVICE = (
    *("could not resolve identity", "invalid feed generator", "feed unavailable", "feed provided an invalid"),
    *("upstreamfailure", "invalidfeedresponse", "upstreamtimeout", "method not implemented"),
)


class Saved(msgspec.Struct, frozen=True):
    """A feed or list in the user's preferences."""

    uri: str
    pinned: bool


def kind_of(uri: str) -> FeedKind | None:
    """Whether an at:// URI is a feed or a list; None for anything else."""
    if did_of(uri):
        return _KINDS.get(collection_of(uri))
    return None


def saved_of(preferences: Entity) -> list[Saved]:
    """The saved feeds and lists, pinned ones first, in the user's order. Reads both formats of the preference."""
    saved: dict[str, bool] = {}
    old: dict[str, bool] = {}
    for each in parts_of(preferences, "preferences"):
        kind = text_of(each, "$type").rpartition("#")[2]
        if kind == "savedFeedsPrefV2":
            for item in parts_of(each, "items"):
                saved.setdefault(text_of(item, "value"), flag_of(item, "pinned") is True)
        elif kind == "savedFeedsPref":
            old = dict.fromkeys(strings_of(each, "saved"), False) | dict.fromkeys(strings_of(each, "pinned"), True)
    found = [Saved(uri, pinned) for uri, pinned in (saved or old).items() if kind_of(uri)]
    return sorted(found, key=lambda each: not each.pinned)[:_MOST]


def feed_of(view: Entity, account: str, own_id: str, *, pinned: bool = False) -> Feed | None:
    """A Feed from a generatorView or listView; None without a valid URI."""
    uri = text_of(view, "uri")
    kind = kind_of(uri)
    if kind is None:
        return None
    creator = part_of(view, "creator") or {}
    by = "" if text_of(creator, "did") == own_id else handle_of(creator)
    name = text_of(view, "displayName") or text_of(view, "name") or uri.rpartition("/")[2]
    about = " ".join(clean(raw_of(view, "description")).split())
    return Feed(account, uri, kind, name, about, by, pinned)


def gone(saved: Saved, account: str) -> Feed:
    """A saved feed or list that was deleted; only its URI is known."""
    return Feed(account, saved.uri, kind_of(saved.uri) or "feed", saved.uri.rpartition("/")[2], "", "",
                saved.pinned, gone=True)  # fmt: skip


def is_timeline(view: Entity) -> bool:
    """Whether a list is a reading list, not a moderation list."""
    return text_of(view, "purpose").rpartition("#")[2] in ("curatelist", "")


def explain_feed_error(error: SourceError, feed_id: str, *, signed_in: bool) -> SourceError:
    """Turn an error of a feed request into a clear sentence. `signed_in`: the account's sign-in works."""
    what = "list" if kind_of(feed_id) == "list" else "feed"
    words = ""
    if isinstance(error, ServerError):
        words = error.detail.casefold()
    if isinstance(error, RequestRejected):
        words = error.words
    if isinstance(error, RateLimited | PermissionMissing):
        return error
    if isinstance(error, RequestRejected) and any(phrase in words for phrase in _GONE):
        return SourceError(f"This {what} was deleted by its author. Nothing else is affected.")
    own = isinstance(error, RequestRejected | ServerError) and any(phrase in words for phrase in _OF_ITS_SERVICE)
    if what == "feed" and own:
        return Unreachable("This feed does not respond: its server is down or broken; try again later.")
    if what == "feed" and signed_in and isinstance(error, SignInNeeded | RequestRejected):
        return SourceError("This feed rejected your account.")
    return error
