"""Actions of the loopback AT Protocol server: records, mutes, bookmarks, reports, and the profile.

Measured at the reference server (dev-env 0.6.7): a mute replaces the scope of the mute before it, and a bookmark twice
is no error.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

COLLECTIONS = {
    "app.bsky.feed.like": "like",
    "app.bsky.feed.repost": "boost",
    "app.bsky.graph.follow": "follow",
    "app.bsky.graph.block": "block",
}
_VIEWER = {"follow": "following", "block": "blocking"}
_CALLS = (
    "app.bsky.bookmark.createBookmark",
    "app.bsky.bookmark.deleteBookmark",
    "app.bsky.graph.muteActor",
    "app.bsky.graph.unmuteActor",
    "com.atproto.moderation.createReport",
)


@dataclass
class Acts:
    """The state after the user's actions, apart from records."""

    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a record or a state was made for each subject."""
    bookmarks: set[str] = field(default_factory=set)
    mutes: dict[str, Json] = field(default_factory=dict)
    reports: list[Json] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    """The addresses of the user's posts that were deleted."""

    def subject(self, record: Json) -> str:
        """What a record is about: the address of a post, or a person."""
        subject = record.get("subject", "")
        return str(subject["uri"] if isinstance(subject, dict) else subject)

    def uri(self, server: Any, kind: str, subject: str) -> str:
        """The address of the user's record of a kind about something; "" if there is none."""
        wanted = next(name for name, each in COLLECTIONS.items() if each == kind)
        found = (uri for uri, each in server.records.items() if f"/{wanted}/" in uri and self.subject(each) == subject)
        return next(found, "")

    def has(self, server: Any, kind: str, subject: str) -> bool:
        """Whether a state is set."""
        if kind == "bookmark":
            return subject in self.bookmarks
        if kind in ("mute", "hide_boosts"):
            scope = self.mutes.get(subject)
            return scope is not None and bool(scope.get("onlyReposts")) is (kind == "hide_boosts")
        if kind == "pin":
            profile: Json = next((each for uri, each in server.records.items() if uri.endswith("profile/self")), {})
            return bool(profile.get("pinnedPost", {}).get("uri") == subject)
        if kind == "delete":
            return subject in self.removed
        return bool(self.uri(server, kind, subject))

    def viewer(self, server: Any, person: str) -> Json:
        """What the user's actions add to the viewer state of a person."""
        state: Json = {}
        for kind in ("follow", "block"):
            if uri := self.uri(server, kind, person):
                state[_VIEWER[kind]] = uri
        if (scope := self.mutes.get(person)) is not None:
            state["muted"] = not scope.get("onlyReposts") and not scope.get("onlyQuoteposts")
            state["mutedOnlyReposts"] = bool(scope.get("onlyReposts"))
            state["mutedOnlyQuoteposts"] = bool(scope.get("onlyQuoteposts"))
        return state

    def add_viewers(self, server: Any) -> None:
        """Add what the user's actions changed to the shared views of people."""
        for person, view in server.world.people.items():
            if state := self.viewer(server, person):
                view["viewer"] |= state

    def forget(self, world: Any, uri: str) -> None:
        """Note a deleted record: of a post, or of a follow or block from before."""
        if "/app.bsky.feed.post/" in uri:
            self.removed.add(uri)
        for person in world.people:
            state = world.viewer(person)
            if state.get("following") == uri:
                world.follows[person] = (False, world.follows[person][1])
            if state.get("blocking") == uri:
                world.relations[person].pop("blocking")

    def post_viewer(self, server: Any, uri: str) -> Json:
        """What the user's actions add to the viewer state of a post."""
        state: Json = {"bookmarked": uri in self.bookmarks}
        for kind, name in (("boost", "repost"), ("like", "like")):
            if record := self.uri(server, kind, uri):
                state[name] = record
        return state

    def answer(self, handler: Any, nsid: str) -> bool:
        """Answer a call of an action; returns whether it was one."""
        if nsid not in _CALLS:
            return False
        server, body = handler.server, handler.body
        if nsid in server.quirks.refused:
            name, status = server.quirks.refused[nsid]
            handler._error(name, "Refused", status)
            return True
        if nsid.endswith("createBookmark"):
            self.times["bookmark", body["uri"]] += body["uri"] not in self.bookmarks
            self.bookmarks.add(body["uri"])
        elif nsid.endswith("deleteBookmark"):
            self.bookmarks.discard(body["uri"])
        elif nsid.endswith("unmuteActor"):
            self.mutes.pop(body["actor"], None)
        elif nsid.endswith("muteActor"):
            self.mutes[body["actor"]] = body
        else:
            self.reports.append(body)
        if server.quirks.cut_off > 0:
            server.quirks.cut_off -= 1
            handler.close_connection = True
        else:
            handler._json({"id": len(self.reports)} if nsid.endswith("createReport") else {})
        return True
