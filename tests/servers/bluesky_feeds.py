"""Custom feeds, lists and labelers of the loopback AT Protocol server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bluesky_world import Json, World, did, time

GARDEN = f"at://{did(9)}/app.bsky.feed.generator/garden"
GONE = f"at://{did(9)}/app.bsky.feed.generator/gone"
CLOSE = f"at://{did(1)}/app.bsky.graph.list/close"
WALKERS = f"at://{did(10)}/app.bsky.graph.list/walkers"
MUTED = f"at://{did(1)}/app.bsky.graph.list/muted"
FAIR = f"did:plc:{'fairlabels':a<24}"
"""A labeler that the user can subscribe to."""
HOUSE = f"did:plc:{'house':a<24}"
"""The default labeler of requests that name none."""


@dataclass
class Feeds:
    """The feeds and lists with their posts, and the labelers with their definitions."""

    views: dict[str, Json]
    places: dict[str, list[Json]]
    labelers: dict[str, Json]
    broken: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Feeds that are answered with this error: name, message, status."""
    empty: set[str] = field(default_factory=set)
    """Feeds whose pages are all empty but have a cursor."""


def feeds_of(world: World) -> Feeds:
    """Two feeds (one of which is gone), two lists, one list to mute by, and two labelers."""

    def view(uri: str, who: int, **more: Any) -> Json:
        return {
            "uri": uri,
            "cid": "bafyreidem",
            "creator": world.people[did(who)],
            **more,
            "indexedAt": time(world.newest),
        }

    views = {
        GARDEN: view(GARDEN, 9, did=did(9), displayName="Gardening 🌱", description="What grows,\nand what does not."),
        CLOSE: view(CLOSE, 1, name="Close ones", purpose="app.bsky.graph.defs#curatelist"),
        WALKERS: view(WALKERS, 10, name="Walkers", purpose="app.bsky.graph.defs#curatelist"),
        MUTED: view(MUTED, 1, name="Mute these", purpose="app.bsky.graph.defs#modlist"),
    }
    # A feed is not ordered by time, and contains posts that are not in the home timeline.
    garden = [{"post": world.post(n, 6 + n % 6)} for n in (400, 300, 410, 301, 420)]
    garden += [{"post": world.post(n, 6 + n % 6)} for n in range(500, 560)]
    garden[1]["reason"] = {"$type": "app.bsky.feed.defs#reasonPin"}
    places = {GARDEN: garden, CLOSE: [{"post": world.post(600 + n, 2)} for n in range(5)], WALKERS: []}
    labelers = {
        HOUSE: _labeler(world, HOUSE, "House Rules", [{"identifier": "rude", "severity": "inform", "blurs": "content",
                        "defaultSetting": "warn", "locales": [_words("en", "Rude"), _words("de", "Unhöflich")]}]),
        FAIR: _labeler(world, FAIR, "Fair Labels", [
            {"identifier": "nonsense", "severity": "alert", "blurs": "content", "defaultSetting": "warn",
             "locales": [_words("de", "Unfug"), _words("en", "Nonsense")]},
            {"identifier": "loud", "severity": "inform", "blurs": "none", "defaultSetting": "warn",
             "locales": [_words("en", "Loud")]},
            {"identifier": "quiet", "severity": "inform", "blurs": "none", "defaultSetting": "ignore", "locales": []},
            {"identifier": "scam", "severity": "alert", "blurs": "content", "defaultSetting": "hide",
             "locales": [_words("en", "Scam")]},
        ]),
    }  # fmt: skip
    return Feeds(views, places, labelers)


def _words(lang: str, name: str) -> Json:
    return {"lang": lang, "name": name, "description": f"{name}."}


def _labeler(world: World, who: str, name: str, definitions: list[Json]) -> Json:
    return {
        "$type": "app.bsky.labeler.defs#labelerViewDetailed",
        "uri": f"at://{who}/app.bsky.labeler.service/self",
        "cid": "bafyreidem",
        "creator": {"did": who, "handle": f"{name.split()[0].lower()}.example", "displayName": name},
        "policies": {"labelValues": [each["identifier"] for each in definitions], "labelValueDefinitions": definitions},
        "indexedAt": time(world.newest),
    }


def saved(*items: tuple[str, bool]) -> Json:
    """The preference that holds saved feeds and lists, pinned or not."""
    kinds = {"app.bsky.feed.generator": "feed", "app.bsky.graph.list": "list"}
    found = [
        {"id": f"3k{number}", "type": kinds.get(uri.split("/")[3] if "/" in uri else "", "timeline"),
         "value": uri, "pinned": pinned}
        for number, (uri, pinned) in enumerate(items)
    ]  # fmt: skip
    return {"$type": "app.bsky.actor.defs#savedFeedsPrefV2", "items": found}


def answer(nsid: str, query: dict[str, list[str]], feeds: Feeds, labelers: str, page: Callable[..., None],
           send: Callable[..., None], refuse: Callable[..., None]) -> bool:  # fmt: skip
    """Answer a request about feeds, lists or labelers; returns whether it was one."""
    if nsid == "app.bsky.feed.getFeedGenerators":
        send({"feeds": [feeds.views[uri] for uri in query.get("feeds", []) if uri in feeds.views]})
    elif nsid == "app.bsky.graph.getLists":
        page("lists", [view for uri, view in feeds.views.items() if uri.startswith(f"at://{query['actor'][0]}/")])
    elif nsid == "app.bsky.graph.getList":
        view = feeds.views.get(query["list"][0])
        send({"list": view, "items": []}) if view else refuse("InvalidRequest", "List not found")
    elif nsid in ("app.bsky.feed.getFeed", "app.bsky.feed.getListFeed"):
        uri = query.get("feed", query.get("list", [""]))[0]
        if uri in feeds.broken:
            name, message, status = feeds.broken[uri]
            refuse(name, message, status)
        elif uri in feeds.empty:
            send({"feed": [], "cursor": f"{int(query.get('cursor', ['0'])[0]) + 1}"})
        elif uri in feeds.places:
            page("feed", feeds.places[uri])
        else:
            # A deleted list has the same response as an empty one (measured).
            page("feed", []) if nsid.endswith("ListFeed") else refuse("InvalidRequest", "could not find feed")
    elif nsid == "app.bsky.labeler.getServices":
        views = [feeds.labelers[each] for each in query.get("dids", []) if each in feeds.labelers]
        send({"views": views}, headers={"Atproto-Content-Labelers": labelers or f"{HOUSE};redact"})
    else:
        return False
    return True
