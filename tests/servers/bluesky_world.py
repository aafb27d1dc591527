"""The small world of the loopback AT Protocol server: a dozen people and their interactions with the user."""

import json
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_NAMES = ("june", "ada", "bo", "cleo", "dara", "emil", "fay", "gus", "hana", "ivo", "jun", "kim")
_TEXTS = (
    "The heron is back at the canal.",
    "Has anybody repaired a bottom bracket at home? Mine clicks.",
    "שלום, היום ירד גשם & שמש",
    "写真 📷 walks.example/notes/2026/…",
    "Bread, second try.\nLess salt.\n\nBetter.",
)
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


def did(n: int) -> str:
    """The DID of the n-th person; the user is number 1."""
    return f"did:plc:{_NAMES[n - 1]:a<24}"


def tid(at: datetime) -> str:
    """A record key made at that time (https://atproto.com/specs/tid)."""
    number = int(at.timestamp() * 1_000_000) << 10
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(12, -1, -1))


def time(at: datetime) -> str:
    """A time in the format of the network."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class World:
    """A handful of people and their posts, the same each time. The first is the user."""

    def __init__(self, posts: int = 100, newest: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)) -> None:
        self.newest = newest
        self.people = {did(n + 1): self._person(n) for n in range(len(_NAMES))}
        self.me = self.people[did(1)]
        self.follows = {did(2): (True, True), did(3): (True, False), did(4): (False, True)}
        self.relations: dict[str, Json] = {}
        """Further fields of the viewer states of people, such as {did(5): {"muted": True}}."""
        self.moderation_lists: dict[str, Json] = {}
        """By address: {"name": ..., "kind": "muted" or "blocked", "members": [...]}."""
        self.home: list[Json] = [{"post": self.post(n)} for n in range(posts)]
        if posts > 4:
            # Two people, one of whom the user follows, repost a post that the user already has.
            self.home[1] = {"post": self.home[3]["post"], "reason": self.repost(1, 4)}
            self.home[2] = {"post": self.home[3]["post"], "reason": self.repost(2, 5)}
        self.notifications = [
            self._notification("reply", 2, self.post(800, 2), 1),
            self._notification("mention", 3, self.post(801, 3), 2),
            self._notification("quote", 6, self.post(802, 6), 3),
            self._notification("like", 2, self._record("like", 2, 4), 4),
            self._notification("repost", 4, self._record("repost", 4, 5), 5),
            self._notification("follow", 5, self._record("follow", 5, 6, "graph"), 6),
            self._notification("starterpack-joined", 7, self._record("starterpack", 7, 7, "graph"), 7),
            self._notification("like-via-repost", 8, self._record("like", 8, 8), 8),
        ]
        self.posts = [self._own_answer(), {"post": self.post(901, 6), "reason": self.repost(901, 1)}]
        self.preferences: list[Json] = []
        self.likes = [self._liked(3)]
        self.convos = [self._convo("c1", 2), self._convo("c2", 9), self._convo("c3", 10) | {"status": "request"}]
        # In the second, only the other person wrote.
        self.messages = {"c1": self._messages(1, 2), "c2": self._messages(9, 9), "c3": self._messages(1, 10)}

    def refresh_viewers(self, *, silent: bool = False) -> None:
        """Bring the viewer state of all people up to date; every view of them shares it."""
        for person, view in self.people.items():
            view["viewer"].clear()
            if not silent:
                view["viewer"] |= self.viewer(person)

    def viewer(self, person: str) -> Json:
        """A viewer state as the AppView returns it: with a block, it has no follows."""
        yours, theirs = self.follows.get(person, (False, False))
        said = self.relations.get(person, {})
        state: Json = {"muted": False, "blockedBy": False, "mutedOnlyReposts": False, "mutedOnlyQuoteposts": False}
        for uri, each in self.moderation_lists.items():
            if person in each["members"]:
                named = {
                    "uri": uri,
                    "name": each["name"],
                    "purpose": "app.bsky.graph.defs#modlist",
                    "cid": "bafyreilist",
                }
                state |= {"muted": True, "mutedByList": named} if each["kind"] == "muted" else {"blockingByList": named}
        state |= said
        if state.get("blocking") or state["blockedBy"] or "blockingByList" in state:
            return state
        if yours:
            state["following"] = f"at://{did(1)}/app.bsky.graph.follow/{person[-5:]}"
        if theirs:
            state["followedBy"] = f"at://{person}/app.bsky.graph.follow/1"
        return state

    def related(self, *kinds: str) -> list[Json]:
        """The accounts whose viewer state has one of these fields, other than through a list."""
        return [self.people[each] for each, said in self.relations.items() if any(map(said.get, kinds))]

    def list_views(self, kind: str) -> list[Json]:
        """The moderation lists of a kind."""
        return [
            {"uri": uri, "name": each["name"], "cid": "bafyreilist", "creator": self.people[did(12)]}
            for uri, each in self.moderation_lists.items()
            if each["kind"] == kind
        ]

    def _person(self, n: int) -> Json:
        return {
            "did": did(n + 1),
            "handle": f"{_NAMES[n]}.here.example",
            "displayName": _NAMES[n].title(),
            "avatar": f"https://pictures.example/{_NAMES[n]}.jpg",
            "labels": [],
            "createdAt": "2023-05-01T08:00:00.000Z",
            "viewer": {"muted": False, "blockedBy": False},
        }

    def detailed(self, person_id: str) -> Json:
        """A person with bio and counts."""
        n = list(self.people).index(person_id)
        about = {"description": f"{_NAMES[n].title()} writes here.", "followersCount": 20 + n, "followsCount": 30 + n}
        return self.people[person_id] | about | {"postsCount": 100 + n}

    def post(self, n: int, author: int = 0, text: str = "", **record: Any) -> Json:
        """The n-th post from the top; each is a quarter of an hour older than the one above."""
        who = did(author or 2 + n % (len(_NAMES) - 1))
        written = self.newest - timedelta(minutes=15 * n)
        return {
            "uri": f"at://{who}/app.bsky.feed.post/{tid(written)}",
            "cid": "bafyreidem",
            "author": self.people[who],
            "record": {
                "$type": "app.bsky.feed.post",
                "createdAt": time(written),
                "text": text or _TEXTS[n % len(_TEXTS)],
                "langs": ["en"],
                **record,
            },
            "replyCount": 0,
            "repostCount": 0,
            "likeCount": 0,
            "indexedAt": time(written + timedelta(seconds=1)),
            "viewer": {},
            "labels": [],
        }

    def repost(self, n: int, by: int) -> Json:
        """The `reason` of a timeline item: that person reposted it when the n-th post was written."""
        at = self.newest - timedelta(minutes=15 * n)
        return {
            "$type": "app.bsky.feed.defs#reasonRepost",
            "by": self.people[did(by)],
            "uri": f"at://{did(by)}/app.bsky.feed.repost/{tid(at)}",
            "indexedAt": time(at),
        }

    def answer(self, n: int, author: int, parent: Json, root: Json | None = None, **record: Any) -> Json:
        """A reply to another post."""
        reply = {
            key: {"uri": each["uri"], "cid": each["cid"]}
            for key, each in {"parent": parent, "root": root or parent}.items()
        }
        return self.post(n, author, reply=reply, **record)

    def _record(self, kind: str, author: int, hour: int, group: str = "feed") -> Json:
        at = self.newest - timedelta(hours=hour)
        collection = f"app.bsky.{group}.{kind}"
        record = {"$type": collection, "createdAt": time(at)}
        return {"uri": f"at://{did(author)}/{collection}/{tid(at)}", "cid": "bafyreirec", "record": record}

    def _notification(self, reason: str, author: int, view: Json, hour: int) -> Json:
        return {
            "uri": view["uri"],
            "cid": view["cid"],
            "author": self.people[did(author)] | {"description": "writes here"},
            "reason": reason,
            "record": view["record"],
            "isRead": False,
            "indexedAt": time(self.newest - timedelta(hours=hour)),
            "labels": [],
        }

    def _own_answer(self) -> Json:
        parent = self.post(905, 2)
        text = "Yes @cleo.here.example, see this"
        facet = {
            "index": {"byteStart": 4, "byteEnd": 22},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did(4)}],
        }
        own = self.answer(900, 1, parent, text=text, facets=[facet])
        quoted = self.post(906, 5)
        quoted |= {"$type": "app.bsky.embed.record#viewRecord", "value": quoted.pop("record")}
        own["embed"] = {"$type": "app.bsky.embed.record#view", "record": quoted}
        return {"post": own, "reply": {"parent": parent, "root": parent}}

    def _liked(self, author: int) -> Json:
        liked = self.newest - timedelta(hours=1)
        view = self.post(902, author)
        return {"post": view | {"viewer": {"like": f"at://{did(1)}/app.bsky.feed.like/{tid(liked)}"}}}

    def _convo(self, convo_id: str, other: int) -> Json:
        return {
            "id": convo_id,
            "rev": f"22222{convo_id}",
            "members": [self.me, self.people[did(other)]],
            "muted": False,
            "status": "accepted",
            "unreadCount": 0,
        }

    def _messages(self, *senders: int) -> list[Json]:
        return [
            {
                "$type": "chat.bsky.convo.defs#messageView",
                "id": f"m{n}",
                "text": "…",
                "sender": {"did": did(sender)},
                "sentAt": time(self.newest - timedelta(days=n)),
            }
            for n, sender in enumerate(senders)
        ]

    def thread(self) -> Json:
        """A conversation: two posts and a deleted one above, three and one of somebody blocked below."""
        top = self.post(50, 2)
        parent = self.answer(40, 3, top)
        own = self.answer(30, 4, parent, top)
        later, earlier = self.answer(10, 6, own, top), self.answer(20, 5, own, top)
        deepest = self.answer(5, 3, earlier, top)
        gone = {
            "$type": "app.bsky.feed.defs#notFoundPost",
            "uri": f"at://{did(9)}/app.bsky.feed.post/gone",
            "notFound": True,
        }
        blocked = {
            "$type": "app.bsky.feed.defs#blockedPost",
            "uri": f"at://{did(8)}/app.bsky.feed.post/blocked",
            "blocked": True,
            "author": {"did": did(8)},
        }
        return _node(
            own,
            parent=_node(parent, parent=_node(top, parent=gone)),
            replies=[_node(later), blocked, _node(earlier, replies=[_node(deepest)])],
        )


def _node(view: Json, **around: Any) -> Json:
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": view, **around}


def token(scope: str, seconds: int) -> str:
    """A string in the format of a JSON web token, whose signature is not checked."""
    now = int(datetime.now(UTC).timestamp())
    parts = ({"typ": "at+jwt"}, {"scope": scope, "sub": did(1), "iat": now, "exp": now + seconds})
    shaped = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*shaped, secrets.token_hex(16)])


def recorded(wire: Path) -> list[Json]:
    """Every timeline item in the recorded responses, in the order of the network."""
    found: dict[tuple[str, str], Json] = {}
    for file in sorted((wire / "bluesky").glob("*.json")):
        answer = json.loads(file.read_bytes())
        for item in answer.get("feed", []) if isinstance(answer, dict) else []:
            found.setdefault((item["post"]["uri"], item.get("reason", {}).get("by", {}).get("did", "")), item)
    return sorted(found.values(), key=lambda item: str((item.get("reason") or item["post"])["indexedAt"]), reverse=True)
