"""An AT Protocol server on loopback with a small world. The quirks of real servers are switched on one by one.

Tests get it through the fixture `bluesky` of tests/conftest.py. By hand, for a terminal or a measurement:
`python tests/servers/bluesky.py --port 2583 [--wire DIR] [--posts N] [--latency MS]`.
Its behaviour was measured at the reference server, or is documented at
https://docs.bsky.app/docs/category/http-reference. It is the account's own server (PDS), and also answers the requests
that a real one forwards to the AppView and the chat service.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bluesky_acts import COLLECTIONS, Acts
from bluesky_feeds import answer, feeds_of
from bluesky_video import Videos
from bluesky_world import Json, World, did, recorded, token
from loopback import read_body, run_until_interrupted, running

PASSWORD = "abcd-efgh-ijkl-mnop"
_IDENTIFIER = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]|([a-z0-9-]+\.)+[a-z]+")
CHAT = "did:web:api.bsky.chat#bsky_chat"


@dataclass
class Quirks:
    """Deviations from the normal behaviour. Numbers count the responses that are still to deviate."""

    page_limit: int = 100
    empty_page: bool = False
    """The second page of the timeline is empty but has a cursor: everything on it was filtered."""
    same_cursor: bool = False
    """The last page names itself as the next."""
    refused_cursors: bool = False
    """Every page but the first has expired: 400 InvalidRequest."""
    expired: int = 0
    """The number of requests that get 400 ExpiredToken."""
    write_fault: int = 0
    """Every request that writes gets this status and does nothing; -1: its connection is closed."""
    write_error: str = "InvalidRequest"
    """The name of the error that `write_fault` has."""
    limited: int = 0
    """The number of responses that are 429, with `limit_headers`."""
    limit_headers: dict[str, str] = field(default_factory=dict)
    remaining: str = ""
    """RateLimit-Remaining of every response."""
    gone_after: int = 0
    """After so many requests the server accepts connections and closes them."""
    starting: int = 0
    """The number of responses that are 503."""
    dropped: int = 0
    """The number of responses that end in the middle of their body."""
    lacking: tuple[str, ...] = ()
    """Methods that are 501 MethodNotImplemented."""
    garbled: tuple[str, ...] = ()
    """Methods that are answered with a web page and status 200."""
    appview_away: bool = False
    """Requests that are forwarded to the AppView get 502 UpstreamFailure."""
    chat: bool = True
    """Whether the sign-in may read conversations; without it, 400 InvalidToken."""
    rotates: bool = True
    """A refresh returns a new refresh token and revokes the old one (a real server accepts it for a while)."""
    silent_viewer: bool = False
    """Views of people lack the relationship with the user."""
    refused_profiles: tuple[str, ...] = ()
    """A request for the profile of one of these gets 400, even if it also names others."""
    refused: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Methods that are rejected with this error and status."""
    cut_off: int = 0
    """The number of records that are created or deleted before the connection is closed without a response."""
    writes_left: int = -1
    """After so many calls of applyWrites, every further one is 429; below 0: never."""
    lagging: bool = False
    """The AppView has not indexed any like yet."""
    ignores_limit: bool = False
    """A page contains everything below its cursor."""
    thread_stubs: bool = False
    """A thread whose post is gone is a stub with 200, and not 400 NotFound."""
    old_scopes: tuple[str, ...] = ()
    """Methods that the sign-in's scopes do not allow (403), as with an older sign-in through the browser."""
    latency: float = 0.0


@dataclass(frozen=True)
class Request:
    """A request; `nsid` is the method."""

    method: str
    nsid: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Json


class BlueskyServer(ThreadingHTTPServer):
    """The server: its world, its quirks, its sessions, and the received requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, world: World, quirks: Quirks, *, port: int = 0, wire: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world, self.quirks = world, quirks
        self.feeds = feeds_of(world)
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.host}"
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.spent: set[str] = set()
        """Expired access tokens."""
        self.requests: list[Request] = []
        self.videos = Videos()
        self.acts = Acts()
        self.records: dict[str, Json] = {}
        """The user's records by address."""
        self.liked: dict[str, int] = {}
        """How often a record of a like was made for each post."""
        self.known: dict[str, Json] = {}
        """Every post that was ever on the home timeline, by address."""
        self.deleted: set[str] = set()
        """The addresses of posts that their authors deleted."""
        self.blocked: set[str] = set()
        """The addresses of posts of people who block the user."""
        if wire is not None:
            self.world.home = recorded(wire)

    def handle_error(self, *_: Any) -> None:
        """Tested clients may disconnect early."""

    def asked(self, nsid: str) -> list[Request]:
        """The requests for one method."""
        return [request for request in self.requests if request.nsid == nsid]

    def session(self) -> dict[str, str]:
        """A new pair of tokens: what a sign-in gives."""
        access, refresh = token("com.atproto.access", 7200), token("com.atproto.refresh", 7_776_000)
        self.access.add(access)
        self.refresh.add(refresh)
        return {"accessJwt": access, "refreshJwt": refresh}

    def expire(self) -> None:
        """Expire all access tokens."""
        self.spent |= self.access
        self.access.clear()

    def account(self) -> Json:
        """The account as a session shows it, with the document that names its server."""
        document = {
            "id": self.world.me["did"],
            "alsoKnownAs": [f"at://{self.world.me['handle']}"],
            "service": [
                {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.url},
            ],
        }
        return {"did": self.world.me["did"], "handle": self.world.me["handle"], "active": True, "didDoc": document}


_PUBLIC = {
    "app.bsky.actor.getProfile",
    "app.bsky.actor.getProfiles",
    "app.bsky.feed.getAuthorFeed",
    "app.bsky.graph.getFollowers",
    "app.bsky.graph.getFollows",
    "app.bsky.graph.getRelationships",
}


_RESTRICTIONS = {f"app.bsky.graph.get{name}" for name in ("Mutes", "Blocks", "ListMutes", "ListBlocks")}


def _by(place: Json) -> str:
    who: str = place.get("reason", {}).get("by", place["post"]["author"])["did"]
    return who


def _uri_of(place: Any) -> str:
    """The address of the post at a place; "" where the place is damaged."""
    post = place.get("post") if isinstance(place, dict) else None
    return str(post.get("uri") or "") if isinstance(post, dict) else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the second part of a response would wait 40 ms
    server: BlueskyServer

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts, quirks = urlsplit(self.path), self.server.quirks
        body = read_body(self)
        if body is None:
            return
        self.raw = body
        self.body: Json = json.loads(body) if body[:1] == b"{" else {}
        self.query = parse_qs(parts.query)
        self.bearer = self.headers.get("Authorization", "").removeprefix("Bearer ").removeprefix("DPoP ")
        headers = {name.lower(): value for name, value in self.headers.items()}
        nsid = parts.path.removeprefix("/xrpc/")
        self.server.requests.append(Request(self.command, nsid, self.query, headers, self.body))
        if quirks.latency:
            time.sleep(quirks.latency)
        if quirks.gone_after and len(self.server.requests) > quirks.gone_after:
            self.close_connection = True
        elif quirks.write_fault and self.command == "POST" and not nsid.startswith("com.atproto.server."):
            if quirks.write_fault < 0:
                self.close_connection = True
            else:
                error = {"error": quirks.write_error, "message": "not this one"}
                self._json(error, quirks.write_fault, quirks.limit_headers)
        elif quirks.starting > 0:
            quirks.starting -= 1
            self._send(503, b"starting up", "text/plain")
        elif quirks.limited > 0:
            quirks.limited -= 1
            self._json({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, 429, quirks.limit_headers)
        elif quirks.refused_cursors and "cursor" in self.query:
            self._error("InvalidRequest", "Malformed cursor")
        elif nsid in quirks.lacking:
            self._error("MethodNotImplemented", "Method Not Implemented", 501)
        elif nsid in quirks.garbled:
            self._send(200, b"<!doctype html><div id=app></div>", "text/html")
        else:
            self._route(nsid)

    def _route(self, nsid: str) -> None:
        open_methods: dict[str, Callable[[], None]] = {
            "com.atproto.server.createSession": self._create_session,
            "com.atproto.server.refreshSession": self._refresh_session,
            "com.atproto.server.deleteSession": self._delete_session,
            "com.atproto.identity.resolveHandle": self._resolve_handle,
        }
        if self.server.videos.answer(self, nsid, self.raw):
            return
        if nsid in open_methods:
            open_methods[nsid]()
        elif not self.bearer and nsid in _PUBLIC:
            self._public(nsid)
        elif self._signed_in():
            self._query(nsid)

    def _public(self, nsid: str) -> None:
        """The responses of an AppView without authentication."""
        world, actor = self.server.world, self.query.get("actor", [""])[0]
        known = next((each for each, person in world.people.items() if actor in (each, person["handle"])), "")
        if nsid in ("app.bsky.graph.getRelationships", "app.bsky.actor.getProfiles"):
            self._query(nsid)
        elif not known:
            self._error("InvalidRequest", "Profile not found")
        elif nsid == "app.bsky.actor.getProfile":
            self._json(world.detailed(known))
        elif nsid == "app.bsky.feed.getAuthorFeed":
            places = [*world.home, *world.posts]
            self._json({"feed": [each for each in places if _by(each) == known][: int(self.query["limit"][0])]})
        else:
            follows = nsid.endswith("getFollows")
            found = [world.people[each] for each, pair in world.follows.items() if pair[0 if follows else 1]]
            self._json({"subject": world.me, "follows" if follows else "followers": found})

    def _signed_in(self) -> bool:
        quirks = self.server.quirks
        if quirks.expired > 0 or self.bearer in self.server.spent:
            quirks.expired = max(quirks.expired - 1, 0)
            self._error("ExpiredToken", "Token has expired")
        elif not self.bearer:
            self._error("AuthMissing", "Authentication Required", 401)
        elif self.bearer not in self.server.access:
            self._error("InvalidToken", "Token could not be verified")
        else:
            return True
        return False

    def _query(self, nsid: str) -> None:
        world = self.server.world
        if nsid.startswith("app.bsky.") and self.server.quirks.appview_away:
            self._error("UpstreamFailure", "pipethrough network error", 502)
        elif nsid == "com.atproto.server.getSession":
            self._json(self.server.account())
        elif nsid.startswith("com.atproto.repo."):
            self._repo(nsid)
        elif self.server.acts.answer(self, nsid):
            return
        elif nsid in self.server.quirks.old_scopes:
            self._error("ScopeMissingError", f'Missing required scope "rpc:{nsid}?aud=*"', 403)
        elif nsid == "app.bsky.feed.getPosts":
            self._posts()
        elif nsid == "app.bsky.feed.getTimeline":
            self._note_home()
            gone = self.server.deleted | self.server.blocked
            self._paged("feed", [place for place in world.home if _uri_of(place) not in gone])
        elif nsid == "app.bsky.notification.listNotifications":
            self._paged("notifications", world.notifications)
        elif nsid in ("app.bsky.feed.getAuthorFeed", "app.bsky.feed.getActorLikes"):
            self._own(world.posts if nsid.endswith("AuthorFeed") else world.likes)
        elif nsid == "app.bsky.graph.getRelationships":
            self._relationships()
        elif nsid == "app.bsky.actor.getProfiles":
            self._profiles()
        elif nsid == "app.bsky.actor.getPreferences":
            self._json({"preferences": world.preferences})
        elif nsid == "app.bsky.feed.getPostThread":
            self._thread()
        elif nsid in _RESTRICTIONS:
            self._restrictions(nsid)
        elif nsid == "app.bsky.graph.getList" and self.query.get("list", [""])[0] in world.moderation_lists:
            members = world.moderation_lists[self.query["list"][0]]["members"]
            self._paged("items", [{"uri": f"at://x/{each}", "subject": world.people[each]} for each in members])
        elif nsid.startswith("chat.bsky.convo."):
            self._chat(nsid)
        else:
            labelers = self.headers.get("atproto-accept-labelers", "")
            asked = (nsid, self.query, self.server.feeds, labelers)
            if not answer(*asked, self._paged, self._json, self._error):
                self._error("MethodNotImplemented", "Method Not Implemented", 501)

    def _paged(self, name: str, entities: list[Json]) -> None:
        quirks = self.server.quirks
        limit = int(self.query.get("limit", ["50"])[0])
        if not 1 <= limit <= 100:
            self._error("InvalidRequest", "Error: limit must be between 1 and 100")
            return
        cursor = self.query.get("cursor", ["0"])[0]
        if not cursor.isdigit():
            self._error("InternalServerError", "Internal Server Error", 502)
            return
        limit = len(entities) if quirks.ignores_limit else limit
        start, empty = int(cursor) // 2, quirks.empty_page and int(cursor) % 2 == 0 and cursor != "0"
        page = (
            []
            if empty
            else entities[start : start + (limit if quirks.ignores_limit else min(limit, quirks.page_limit))]
        )
        answer: Json = {name: page}
        if empty:
            answer["cursor"] = str(start * 2 + 1)
        elif start + len(page) < len(entities):
            answer["cursor"] = str((start + len(page)) * 2)
        elif quirks.same_cursor:
            answer["cursor"] = cursor
        self._json(answer)

    def _own(self, entities: list[Json]) -> None:
        if self.query.get("actor") != [self.server.world.me["did"]]:
            self._error("InvalidRequest", "Profile not found")
        else:
            self._paged("feed", entities)

    def _wanted(self, name: str, most: int) -> list[str] | None:
        """The requested people; None if there are too many or one has no valid identifier: 400."""
        wanted = self.query.get(name, [])
        if len(wanted) > most:
            self._error("InvalidRequest", f"Error: {name} must not have more than {most} elements")
        elif not all(_IDENTIFIER.fullmatch(each) for each in wanted):
            self._error("InvalidRequest", f"Error: {name} must be a valid did or a handle")
        else:
            return wanted
        return None

    def _relationships(self) -> None:
        wanted, follows = self._wanted("others", 30), self.server.world.follows
        if wanted is None:
            return
        found: list[Json] = []
        for each in wanted:
            if each not in self.server.world.people:
                gone = {"$type": "app.bsky.graph.defs#notFoundActor", "actor": each, "notFound": True}
                found.append(gone)
                continue
            yours, theirs = follows.get(each, (False, False))
            found.append({"$type": "app.bsky.graph.defs#relationship", "did": each})
            if yours:
                found[-1]["following"] = f"at://{did(1)}/app.bsky.graph.follow/{each[-5:]}"
            if theirs:
                found[-1]["followedBy"] = f"at://{each}/app.bsky.graph.follow/1"
            said = self.server.world.relations.get(each, {})
            if said.get("blocking"):
                found[-1]["blocking"] = said["blocking"]
            if said.get("blockedBy"):
                found[-1]["blockedBy"] = f"at://{each}/app.bsky.graph.block/1"
        self._json({"actor": self.query["actor"][0], "relationships": found})

    def _profiles(self) -> None:
        wanted = self._wanted("actors", 25)
        if wanted is None:
            return
        world, refused = self.server.world, self.server.quirks.refused_profiles
        if not set(wanted).isdisjoint(refused):
            self._error("InvalidRequest", "Error: Profile could not be hydrated")
            return
        ids = {person["handle"]: each for each, person in world.people.items()}
        found = [ids.get(each, each) for each in wanted]
        self._json({"profiles": [world.detailed(each) for each in found if each in world.people]})

    def _restrictions(self, nsid: str) -> None:
        world, name = self.server.world, nsid.removeprefix("app.bsky.graph.get")
        if name == "Mutes":
            self._paged("mutes", world.related("muted", "mutedOnlyReposts", "mutedOnlyQuoteposts"))
        elif name == "Blocks":
            self._paged("blocks", world.related("blocking"))
        else:
            self._paged("lists", world.list_views("muted" if name == "ListMutes" else "blocked"))

    def _thread(self) -> None:
        thread, server = self.server.world.thread(), self.server
        (uri,) = self.query.get("uri", [""])
        if uri in server.blocked:
            self._json({"thread": {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri, "blocked": True}})
        elif uri in server.deleted and server.quirks.thread_stubs:
            self._json({"thread": {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri, "notFound": True}})
        elif uri != thread["post"]["uri"]:
            self._error("NotFound", "Post not found")
        else:
            self._json({"thread": thread})

    def _note_home(self) -> None:
        self.server.known |= {uri: place["post"] for place in self.server.world.home if (uri := _uri_of(place))}

    def _posts(self) -> None:
        """Posts by their addresses, with the user's likes."""
        self._note_home()
        views = self.server.known
        wanted = [each for each in self.query.get("uris", []) if each not in self.server.deleted | self.server.blocked]
        found = []
        for view in (views[each] for each in wanted if each in views):
            state = {} if self.server.quirks.lagging else self.server.acts.post_viewer(self.server, view["uri"])
            found.append(view | {"viewer": view["viewer"] | state})
        self._json({"posts": found})

    def _repo(self, nsid: str) -> None:
        """Make, show or remove one of the user's records."""
        server, quirks, asked = self.server, self.server.quirks, self.body
        if nsid in quirks.refused:
            name, status = quirks.refused[nsid]
            self._error(name, "Refused", status)
            return
        if nsid.endswith("applyWrites"):
            self._apply_writes()
            return
        if nsid.endswith("uploadBlob"):
            self._json({"blob": {"$type": "blob", "ref": {"$link": "bafkrei"}, "mimeType": "image/png", "size": 9}})
            return
        if nsid.endswith("listRecords"):
            folder = f"at://{self.query['repo'][0]}/{self.query['collection'][0]}/"
            found = sorted((uri for uri in server.records if uri.startswith(folder)), reverse=True)
            self._paged("records", [{"uri": uri, "cid": "bafyreilike", "value": server.records[uri]} for uri in found])
            return
        if nsid.endswith("getRecord"):
            asked = {name: values[0] for name, values in self.query.items()}
        uri = f"at://{asked['repo']}/{asked['collection']}/{asked['rkey']}"
        if nsid.endswith("getRecord"):
            if uri in server.records:
                self._json({"uri": uri, "cid": "bafyreilike", "value": server.records[uri]})
            else:
                self._error("RecordNotFound", f"Could not locate record: {uri}")
            return
        if nsid.endswith("createRecord"):
            if uri in server.records:
                self._error("InternalServerError", "Internal Server Error", 500)
                return
            server.records[uri] = asked["record"]
            self._count(asked["collection"], asked["record"])
        elif nsid.endswith("putRecord"):
            server.records[uri] = asked["record"]
        else:
            server.records.pop(uri, None)
            server.acts.forget(server.world, uri)
        if quirks.cut_off > 0:
            quirks.cut_off -= 1
            self.close_connection = True
            return
        self._json({"uri": uri, "cid": "bafyreilike"} if nsid.endswith("createRecord") else {})

    def _count(self, collection: str, record: Json) -> None:
        """Count a new record about something."""
        if "subject" not in record:
            return
        server, subject = self.server, self.server.acts.subject(record)
        server.acts.times[COLLECTIONS.get(collection, collection), subject] += 1
        if collection == "app.bsky.feed.like":
            server.liked[subject] = server.liked.get(subject, 0) + 1

    def _apply_writes(self) -> None:
        """Several writes at once, all or none."""
        server, results = self.server, []
        if server.quirks.writes_left == 0:
            self._send(429, b'{"error": "RateLimitExceeded"}', headers={"Retry-After": "0"})
            return
        server.quirks.writes_left -= 1
        writes = [
            (f"at://{self.body['repo']}/{each['collection']}/{each['rkey']}", each) for each in self.body["writes"]
        ]
        if any(uri in server.records for uri, each in writes if each["$type"].endswith("#create")):
            self._error("InternalServerError", "Internal Server Error", 500)
            return
        for uri, each in writes:
            if each["$type"].endswith("#create"):
                server.records[uri] = each["value"]
                self._count(each["collection"], each["value"])
                results.append({"uri": uri, "cid": "bafyreilike"})
            else:
                server.records.pop(uri, None)
                results.append({})
        if server.quirks.cut_off > 0:
            server.quirks.cut_off -= 1
            self.close_connection = True
            return
        self._json({"results": results})

    def _chat(self, nsid: str) -> None:
        world = self.server.world
        if self.headers.get("atproto-proxy") != CHAT:
            self._error("MethodNotImplemented", "Method Not Implemented", 501)
        elif not self.server.quirks.chat:
            self._error("InvalidToken", "Bad token method")
        elif nsid.endswith("listConvos"):
            self._paged("convos", world.convos)
        else:
            self._paged("messages", world.messages[self.query["convoId"][0]])

    def _create_session(self) -> None:
        me = self.server.world.me
        known = self.body.get("identifier") in (me["handle"], me["did"], "june@here.example")
        if not known or self.body.get("password") != PASSWORD:
            self._error("AuthenticationRequired", "Invalid identifier or password", 401)
            return
        self._json(self.server.session() | self.server.account())

    def _refresh_session(self) -> None:
        if self.bearer not in self.server.refresh:
            self._error("ExpiredToken", "Token has been revoked")
            return
        if self.server.quirks.rotates:
            self.server.refresh.discard(self.bearer)
        self._json(self.server.session() | self.server.account())

    def _delete_session(self) -> None:
        self.server.refresh.discard(self.bearer)
        self._send(200, b"")

    def _resolve_handle(self) -> None:
        wanted = self.query.get("handle", [""])[0]
        found = next((each for each in self.server.world.people.values() if each["handle"] == wanted), None)
        if found is None:
            self._error("InvalidRequest", "Unable to resolve handle")
        else:
            self._json({"did": found["did"]})

    def _error(self, name: str, message: str, status: int = 400) -> None:
        self._json({"error": name, "message": message}, status)

    def _json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.server.world.refresh_viewers(silent=self.server.quirks.silent_viewer)
        self.server.acts.add_viewers(self.server)
        self._send(status, json.dumps(value).encode(), headers=headers)

    def _send(self, status: int, body: bytes, kind: str = "application/json", headers: Json | None = None) -> None:
        quirks = self.server.quirks
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if quirks.remaining:
            self.send_header("RateLimit-Remaining", quirks.remaining)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if quirks.dropped > 0 and len(body) > 1:
            quirks.dropped -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)


@contextmanager
def serving(
    world: World | None = None, *, posts: int = 120, wire: Path | None = None, **quirks: Any
) -> Iterator[BlueskyServer]:
    """A running server with these quirks; stopped at the end."""
    server = BlueskyServer(world or World(posts), Quirks(**quirks), wire=wire)
    with running(server):
        yield server


def main() -> None:
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="An AT Protocol server on loopback with made-up or recorded posts.")
    parser.add_argument("--port", type=int, default=2583)
    parser.add_argument("--wire", type=Path, help="a directory of recorded answers with its index.json")
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds before each answer")
    args = parser.parse_args()
    world = World(args.posts, datetime.now(UTC))
    server = BlueskyServer(world, Quirks(latency=args.latency / 1000), port=args.port, wire=args.wire)
    print(f"{server.url}  {world.me['handle']}  app password: {PASSWORD}  (Ctrl+C stops)")
    run_until_interrupted(server)


if __name__ == "__main__":
    main()
