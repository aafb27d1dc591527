"""A Mastodon server on loopback with a small world. The quirks of real servers are switched on one by one.

Tests get it through the fixture `mastodon` of tests/conftest.py. By hand, for a terminal or a measurement:
`python tests/servers/mastodon.py --port 8000 [--wire DIR] [--posts N] [--latency MS]`, token "good".
Its behaviour was measured at GoToSocial and snac, or is documented at https://docs.joinmastodon.org/.
"""

import argparse
import gzip
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from loopback import read_body, run_until_interrupted, running
from mastodon_acts import Acts
from mastodon_lists import Lists
from mastodon_posts import Posts
from mastodon_relatives import BY_NAME, Relative
from mastodon_world import Json, World, statuses_in

TOKEN = "good"
_LONGEST_WAIT = 120.0
OOB = "urn:ietf:wg:oauth:2.0:oob"


@dataclass
class Quirks:
    """Deviations from the documentation. Numbers count the responses that are still to deviate."""

    duplicates: bool = False
    """A page repeats its first status and begins with the last one of the page before (GoToSocial)."""
    empty_last_page: bool = False
    """The last full page names a next one, which is `[]` without a Link."""
    replies: Sequence[Json] = ()
    """Additional statuses of every conversation."""
    page_limit: int = 40
    sparse: bool = False
    """Statuses and accounts without the fields that GoToSocial and snac leave out."""
    counts_zero: bool = False
    """Followers, following and statuses are 0 for everybody (snac)."""
    private_follows: bool = False
    """The lists of follows and followers are hidden."""
    first_relationship_only: bool = False
    """Only the first of the requested relationships is returned (snac)."""
    relationship_lacks: tuple[str, ...] = ()
    """Fields that relationships leave out."""
    lists_empty: bool = False
    """The lists of blocks, mutes and favourites are always empty (snac)."""
    old_filters: bool = False
    """Only filters of the first version."""
    lacking: tuple[str, ...] = ()
    """Paths that are 404 with an HTML body."""
    garbled: tuple[str, ...] = ()
    """Paths that are answered with a web page and status 200, as by a single-page application."""
    unwell: tuple[str, ...] = ()
    """Paths that are 503."""
    gone: tuple[str, ...] = ()
    """People whose relationships are left out of the response."""
    limited: int = 0
    """The number of responses that are 429, with `limit_headers`."""
    limit_headers: dict[str, str] = field(default_factory=dict)
    remaining: str = ""
    """X-RateLimit-Remaining of every response."""
    starting: int = 0
    """The number of responses that are 503 in plain text, as while migrations run."""
    dropped: int = 0
    """The number of responses that end in the middle of their body."""
    html_pages: bool = False
    """The home timeline is an HTML page with status 200 (a captive portal, a proxy)."""
    huge: int = 0
    """The home timeline is so many bytes long."""
    next_elsewhere: str = ""
    """The Link header's next page is on this other server."""
    links: str = ""
    """How the Link header is written: "absent", "capital", "comma", "bare", "several" or "own" (scheme and port left
    out or wrong, as behind a proxy)."""
    ignores_max_id: bool = False
    ignores_limit: bool = False
    """A page contains everything below its max_id."""
    remembers: int = 0
    """The home timeline contains only so many of the newest statuses."""
    clock_ahead: float = 0.0
    """The Date header is so many seconds ahead of this machine's clock."""
    no_clock: bool = False
    """There is no Date header."""
    scopes: tuple[str, ...] = ("read",)
    """The scopes of the token; everything else is 403."""
    tells_scopes: bool = True
    """Whether apps/verify_credentials exists and returns the scopes."""
    firewall: tuple[str, ...] = ()
    """Paths that a firewall answers with its own page and 403."""
    echoes: bool = False
    """Errors repeat the Authorization header."""
    single_statuses: bool = True
    """Whether one status can be asked for by its id."""
    batch_statuses: bool = True
    """Whether several statuses can be asked for at once (Mastodon 4.3)."""
    codings: tuple[str, ...] = ()
    """How many times every response is compressed."""
    redirect_to: str = ""
    refused: dict[str, int] = field(default_factory=dict)
    """Actions ("favourite", "unfavourite") that are rejected with this status."""
    write_fault: int = 0
    """Every request that writes gets this status and does nothing; -1: its connection is closed."""
    cut_off: int = 0
    """The number of actions that are done before the connection is closed without a response."""
    latency: float = 0.0
    relative: str = ""
    """The server of another kind that this one imitates; see mastodon_relatives.py."""
    waits_for: Event | None = None
    """Responses wait until this is set."""
    sets: Event | None = None
    """Set when the home timeline is requested."""
    pkce: bool = True
    any_code: bool = False
    """The token endpoint returns an invalid token for a wrong code (snac)."""


@dataclass(frozen=True)
class Request:
    """A request."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


class MastodonServer(ThreadingHTTPServer):
    """The server: its world, its quirks, and the received requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, world: World, quirks: Quirks, *, port: int = 0, wire: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world, self.quirks = world, quirks
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.tokens = {TOKEN}
        self.granted: dict[str, tuple[str, ...]] = {}
        """The scopes of the issued tokens."""
        self.apps: dict[str, str] = {}
        self.codes: dict[str, Json] = {}
        self.requests: list[Request] = []
        self.recorded: dict[str, bytes] = {}
        self.known: dict[str, Json] = {}
        """Every status that was ever on the home timeline."""
        self.acts = Acts()
        self.lists = Lists()
        """The lists that the user made."""
        self.likes: set[str] = set()
        """The statuses that the user likes now."""
        self.liked: dict[str, int] = {}
        """How often a like of each status was added."""
        self.posts = Posts()
        """The statuses that the user sent."""
        self.relative: Relative | None = BY_NAME.get(quirks.relative)
        if self.relative is not None:
            self._imitate(self.relative)
        self.deleted: set[str] = set()
        """The ids of statuses that their authors deleted."""
        if wire is not None:
            self._read_wire(wire)

    def _imitate(self, relative: Relative) -> None:
        """Apply the quirks of a relative: missing fields, ids, instance information and notifications."""
        vars(self.quirks).update(relative.quirks)
        if relative.only_v1:
            self.quirks.lacking = (*self.quirks.lacking, "/api/v2/instance")
        self.posts.quirks.instance = relative.instance
        if relative.identify is not None:
            for number, status in enumerate(self.world.home):
                status["id"] = relative.identify(number)
        if relative.reaction:
            reacted = dict(self.world.notifications[2]) | {"id": "n5", "type": relative.reaction, "emoji": "☕"}
            self.world.notifications.insert(0, reacted)

    def _read_wire(self, wire: Path) -> None:
        """Recorded responses at their paths, and every recorded status on the home timeline, newest first."""
        found: dict[str, Json] = {}
        for entry in json.loads((wire / "index.json").read_text("utf-8")):
            if not entry["file"].startswith("mastodon/"):
                continue
            body = (wire / entry["file"]).read_bytes()
            method, _, address = entry["request"].partition(" ")
            if method == "GET" and entry["status"] == 200:
                self.recorded.setdefault(address.partition("?")[0], body)
            for status in statuses_in(json.loads(body)):
                found.setdefault(status["id"], status)
        self.world.home = sorted(found.values(), key=lambda status: str(status["created_at"]), reverse=True)

    def handle_error(self, *_: Any) -> None:
        """Tested clients may disconnect early."""

    def asked(self, path: str) -> list[Request]:
        """The requests to one path."""
        return [request for request in self.requests if request.path == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the second part of a response would wait 40 ms
    server: MastodonServer

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    do_PUT = do_DELETE = do_POST

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = read_body(self)
        if body is None:
            return
        self.raw = body
        self.fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        self.form = {name: values[0] for name, values in self.fields.items()}
        self.query = parse_qs(parts.query)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Request(self.command, parts.path, self.query, headers))
        quirks = self.server.quirks
        if quirks.latency:
            time.sleep(quirks.latency)
        if quirks.waits_for is not None:
            quirks.waits_for.wait(_LONGEST_WAIT)
        if not headers.get("user-agent"):
            self._send(418, b"I'm a teapot", "text/plain")
        elif quirks.write_fault and self.command != "GET":
            if quirks.write_fault < 0:
                self.close_connection = True
            else:
                self._json({"error": "Validation failed: not this one"}, quirks.write_fault, quirks.limit_headers)
        elif quirks.starting > 0:
            quirks.starting -= 1
            self._send(503, b"starting up", "text/plain")
        elif quirks.limited > 0:
            quirks.limited -= 1
            self._json({"error": "Too many requests"}, 429, quirks.limit_headers)
        elif parts.path in quirks.lacking:
            self._send(404, b"<!doctype html><title>404</title><h1>Not here</h1>", "text/html")
        elif parts.path in quirks.unwell:
            self._send(503, b"be back soon", "text/plain")
        elif parts.path in quirks.firewall:
            self._send(
                403, b"<html><title>Attention Required!</title><h1>Sorry, you have been blocked</h1>", "text/html"
            )
        elif parts.path in quirks.garbled:
            self._send(200, b"<!doctype html><div id=app></div>", "text/html")
        else:
            self._route(parts.path)

    def _route(self, path: str) -> None:
        open_routes = {
            "/api/v1/apps": self._apps,
            "/oauth/authorize": self._authorize,
            "/oauth/token": self._token,
            "/oauth/revoke": self._revoke,
            "/.well-known/oauth-authorization-server": self._metadata,
        }
        if path in open_routes:
            open_routes[path]()
            return
        if "Authorization" not in self.headers and self._public(path):
            return
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.tokens:
            echo = f": {self.headers.get('Authorization')}" if self.server.quirks.echoes else ""
            self._json({"error": f"The access token is invalid{echo}"}, 401)
            return
        world = self.server.world
        unlisted = self.server.quirks.lists_empty
        mine = {
            "/api/v1/notifications": world.notifications,
            f"/api/v1/accounts/{world.me['id']}/statuses": world.statuses,
            "/api/v1/favourites": [] if unlisted else world.favourites,
            "/api/v1/blocks": [] if unlisted else world.related("blocking"),
            "/api/v1/mutes": [] if unlisted else world.related("muting"),
            "/api/v1/conversations": world.conversations,
        }
        if self._forbidden(path):
            return
        if self.server.posts.quirks.hides_own and path.endswith("/statuses") and self.command == "GET":
            self._json({"error": "Record not found"}, 404)
            return
        refused = self.server.quirks.refused.get(path.rpartition("/")[2]) if self.command == "POST" else None
        if refused is not None:
            self._json({"error": "Validation failed"}, refused)
            return
        for part in (self.server.acts, self.server.posts, self.server.lists):
            if part.answer(self, path):
                return
        if path == "/api/v1/timelines/home":
            self._home()
        elif path == "/api/v1/apps/verify_credentials":
            known = {"name": "quietfeed", "scopes": list(self.server.quirks.scopes)}
            self._json(known if self.server.quirks.tells_scopes else {"error": "Record not found"}, 200)
        elif path.endswith(("/favourite", "/unfavourite")):
            self._act(path)
        elif path.startswith("/api/v1/statuses") and not path.endswith("/context"):
            self._statuses(path)
        elif path == "/api/v1/accounts/verify_credentials":
            self._json(self._shaped(world.me))
        elif path == "/api/v1/accounts/relationships":
            self._relationships()
        elif path == "/api/v1/accounts/familiar_followers":
            self._json([world.familiar_followers(each) for each in self.query.get("id[]", [])])
        elif path == "/api/v1/domain_blocks":
            self._json(world.domain_blocks)
        elif path == f"/api/v{1 if self.server.quirks.old_filters else 2}/filters":
            self._json(world.filters)
        elif path == "/api/v1/followed_tags":
            self._json([{"name": "gardening"}])
        elif path.startswith("/api/v1/timelines/"):
            kept = world.timelines.get(path.removeprefix("/api/v1/timelines/"))
            self._json({"error": "Record not found"}, 404) if kept is None else self._paged(path, kept)
        elif path in mine:
            self._paged(path, mine[path])
        elif path in self.server.recorded:
            self._send(200, self.server.recorded[path])
        elif path.endswith("/context") and path.split("/")[4] not in self.server.deleted:
            self._json({"ancestors": world.home[-2:], "descendants": [*world.home[:1], *self.server.quirks.replies]})
        elif (person := world.people.get(path.removeprefix("/api/v1/accounts/"))) is not None:
            self._json(self._shaped(person))
        else:
            self._json({"error": "Record not found"}, 404)

    def _forbidden(self, path: str) -> bool:
        """Whether the token lacks the scope that Mastodon requires for a path."""
        needed = next((scope for start, scope in _SCOPES if path.removeprefix("/api/v1/").startswith(start)), "")
        if path.endswith(("/favourite", "/unfavourite")):
            needed = "write:favourites"
        if self.command != "GET" and path.startswith("/api/v1/statuses") and len(path.split("/")) < 6:
            needed = "write:statuses"
        if self.command != "GET" and path.startswith("/api/v1/lists"):
            needed = "write:lists"
        if path == "/api/v2/media":
            needed = "write:media"
        if self.command == "POST" and (scope := self.server.acts.scope(path)):
            needed = scope
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        granted = self.server.quirks.scopes
        if needed.startswith("write"):
            granted = self.server.granted.get(token, granted)
        if not needed or needed in granted or needed.partition(":")[0] in granted:
            return False
        echo = f" ({self.headers.get('Authorization')})" if self.server.quirks.echoes else ""
        self._json({"error": f"This action is outside the authorized scopes{echo}"}, 403)
        return True

    def _statuses(self, path: str) -> None:
        """One status by its id, or several."""
        world, quirks = self.server.world, self.server.quirks
        self.server.known |= {each["id"]: each for each in world.home}
        kept = {each: status for each, status in self.server.known.items() if each not in self.server.deleted}
        if path == "/api/v1/statuses":
            wanted = self.query.get("id[]", [])
            found = [kept[each] for each in wanted[:20] if each in kept]
            self._json(found if quirks.batch_statuses else {"error": "Not here"}, 200 if quirks.batch_statuses else 405)
            return
        status = kept.get(path.rpartition("/")[2]) if quirks.single_statuses else None
        self._json(status or {"error": "Record not found"}, 200 if status else 404)

    def _act(self, path: str) -> None:
        """Like a status, or undo the like: twice is no error."""
        quirks, server = self.server.quirks, self.server
        status_id, name = path.split("/")[4:6]
        if name in quirks.refused:
            self._json({"error": "Validation failed"}, quirks.refused[name])
            return
        server.known |= {each["id"]: each for each in server.world.home}
        status = server.known.get(status_id)
        if status is None or status_id in server.deleted:
            self._json({"error": "Record not found"}, 404)
            return
        if name == "favourite" and status_id not in server.likes:
            server.liked[status_id] = server.liked.get(status_id, 0) + 1
        (server.likes.add if name == "favourite" else server.likes.discard)(status_id)
        status["favourited"] = name == "favourite"
        if quirks.cut_off > 0:
            quirks.cut_off -= 1
            self.close_connection = True
            return
        self._json(self._shaped(status))

    def _public(self, path: str) -> bool:
        """Answer a public request about people; returns whether it was one."""
        world, parts = self.server.world, path.removeprefix("/api/v1/accounts/").split("/")
        if path == "/api/v1/accounts/lookup":
            wanted = self.query.get("acct", [""])[0]
            found = next((each for each in world.people.values() if each["acct"] == wanted), None)
            self._json(found or {"error": "Record not found"}, 200 if found else 404)
        elif parts[0] not in world.people or len(parts) != 2:
            return False
        elif parts[1] == "statuses":
            self._json([each for each in [*world.home, *world.statuses] if each["account"]["id"] == parts[0]])
        elif parts[1] in ("following", "followers") and not self.server.quirks.private_follows:
            side = 0 if parts[1] == "following" else 1
            self._json([world.people[each] for each, pair in world.follows.items() if pair[side]])
        else:
            self._json([])
        return True

    def _home(self) -> None:
        quirks = self.server.quirks
        if quirks.redirect_to:
            self._send(302, b"", headers={"Location": f"{quirks.redirect_to}/api/v1/timelines/home"})
        elif quirks.html_pages:
            self._send(200, b"<!doctype html><h1>Please log in to the airport</h1>", "text/html")
        elif quirks.huge:
            self._send(200, b"[" + b" " * quirks.huge + b"]")
        else:
            self.server.known |= {each["id"]: each for each in self.server.world.home}
            kept = [each for each in self.server.world.home if each["id"] not in self.server.deleted]
            self._paged("/api/v1/timelines/home", kept[: quirks.remembers or None])
            if quirks.sets is not None:
                quirks.sets.set()

    def _paged(self, path: str, entities: list[Json]) -> None:
        quirks = self.server.quirks
        limit = min(int(self.query.get("limit", ["20"])[0]) or 20, quirks.page_limit)
        after = "" if quirks.ignores_max_id else self.query.get("max_id", [""])[0]
        limit = len(entities) if quirks.ignores_limit else limit
        start = next((n + 1 for n, each in enumerate(entities) if each["id"] == after), 0) if after else 0
        page = entities[start : start + limit]
        more = start + limit < len(entities) or (quirks.empty_last_page and bool(page))
        headers: dict[str, Any] = {}
        if page and not more:
            headers["Link"] = f'<{self.server.url}{path}?min_id={page[0]["id"]}>; rel="prev"'
        if more and page:
            query = urlencode({"limit": limit, "max_id": page[-1]["id"]})
            server = quirks.next_elsewhere or self.server.url
            headers["Link"] = (
                f'<{server}{path}?{query}>; rel="next", <{server}{path}?min_id={page[0]["id"]}>; rel="prev"'
            )
        if quirks.links:
            headers = _written(headers, quirks.links, self.server.url)
        if quirks.duplicates and page:
            page = [*entities[max(start - 1, 0) : start], *page, page[0]]
        self._json([self._shaped(each) for each in page], headers=headers)

    def _relationships(self) -> None:
        wanted = self.query.get("id[]", [])
        if self.server.quirks.first_relationship_only:
            wanted = wanted[:1]
        wanted = [each for each in wanted if each not in self.server.quirks.gone]
        known = [self.server.world.relationship(each) for each in wanted]
        unsaid = self.server.quirks.relationship_lacks
        known = [self.server.acts.relationship(each) for each in known]
        self._json([{key: value for key, value in each.items() if key not in unsaid} for each in known])

    def _shaped(self, entity: Json) -> Json:
        """An entity as this server sends it, without the fields and counts that it lacks."""
        shaped = dict(entity)
        if self.server.quirks.sparse:
            for key in ("filtered", "quote", "application", "uri", "poll", "card", "tags", "emojis", "bot", "language"):
                shaped.pop(key, None)
        if self.server.quirks.counts_zero and "followers_count" in shaped:
            shaped |= {"followers_count": 0, "following_count": 0, "statuses_count": 0}
        for key in ("account", "reblog", "status", "last_status"):
            if isinstance(shaped.get(key), dict):
                shaped[key] = self._shaped(shaped[key])
        relative = self.server.relative
        if relative is not None and "content" in shaped:
            shaped = relative.status(shaped)
        elif relative is not None and "acct" in shaped:
            shaped = relative.account(shaped)
        return shaped

    def _apps(self) -> None:
        if not self.form.get("redirect_uris"):
            self._json({"error": "redirect_uris must be one string"}, 400)
            return
        client_id, secret = secrets.token_hex(8), secrets.token_hex(8)
        self.server.apps[client_id] = secret
        self._json({"id": "1", "client_id": client_id, "client_secret": secret, "name": "quietfeed"})

    def _authorize(self) -> None:
        query = {name: values[0] for name, values in self.query.items()}
        code = secrets.token_hex(8)
        self.server.codes[code] = query
        if query.get("redirect_uri") == OOB:
            self._send(200, f"<p>Your code: <code>{code}</code></p>".encode(), "text/html")
            return
        back = urlencode({"code": code, "state": query.get("state", "")})
        self._send(302, b"", headers={"Location": f"{query['redirect_uri']}?{back}"})

    def _token(self) -> None:
        form, asked = self.form, self.server.codes.pop(self.form.get("code", ""), None)
        token = secrets.token_hex(16)
        if asked is None and self.server.quirks.any_code:
            self._json({"access_token": token, "token_type": "Bearer"})
            return
        known = self.server.apps.get(form.get("client_id", "")) == form.get("client_secret")
        if (
            asked is None
            or not known
            or asked.get("redirect_uri") != form.get("redirect_uri")
            or not _proved(asked, form)
        ):
            self._json({"error": "invalid_grant", "error_description": "The grant is invalid"}, 400)
            return
        self.server.tokens.add(token)
        self.server.granted[token] = tuple(form.get("scope", "").split())
        self._json({"access_token": token, "token_type": "Bearer", "scope": form.get("scope", "")})

    def _revoke(self) -> None:
        self.server.tokens.discard(self.form.get("token", ""))
        self._json({})

    def _metadata(self) -> None:
        if self.server.quirks.pkce:
            self._json({"code_challenge_methods_supported": ["S256"]})
        else:
            self._send(404, b"", "text/plain")

    def _json(self, value: Any, status: int = 200, headers: dict[str, Any] | None = None) -> None:
        self._send(status, json.dumps(value).encode(), headers=headers)

    def _send(
        self, status: int, body: bytes, kind: str = "application/json", headers: dict[str, Any] | None = None
    ) -> None:
        quirks = self.server.quirks
        for _ in quirks.codings:
            body = gzip.compress(body, mtime=0)
        self.send_response_only(status)
        if not quirks.no_clock:
            self.send_header("Date", self.date_time_string(int(time.time() + quirks.clock_ahead)))
        if quirks.codings:
            self.send_header("Content-Encoding", ", ".join(quirks.codings))
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if quirks.remaining:
            self.send_header("X-RateLimit-Remaining", quirks.remaining)
        for name, value in (headers or {}).items():
            for each in value if isinstance(value, list) else [value]:
                self.send_header(name, each)
        self.end_headers()
        if quirks.dropped > 0 and len(body) > 1:
            quirks.dropped -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)


_SCOPES = (
    ("apps/", ""),
    ("accounts/relationships", "read:follows"),
    ("accounts/familiar_followers", "read:follows"),
    ("followed_tags", "read:follows"),
    ("notifications", "read:notifications"),
    ("favourites", "read:favourites"),
    ("lists", "read:lists"),
    ("timelines/list", "read:lists"),
    ("timelines", "read:statuses"),
    ("statuses", "read:statuses"),
    ("conversations", "read:statuses"),
    ("accounts", "read:accounts"),
)


def _written(headers: dict[str, str], how: str, server: str) -> dict[str, str | list[str]]:
    """The Link header as other servers and proxies write it."""
    link = headers.get("Link", "")
    host = server.removeprefix("http://").partition(":")[0]
    ways = {
        "absent": "",
        "capital": link.replace('rel="next"', 'rel="Next"'),
        "comma": link.replace('>; rel="next"', '>; title="older, <posts>"; rel="next"'),
        "bare": link.replace('"', ""),
        "own": link.replace(server, f"https://{host.upper()}."),
    }
    if how == "several":
        # One header per link, after an unrelated one.
        return {"Link": ["</style.css>; rel=preload", *link.split(", ")]} if link else {}
    return {"Link": ways[how]} if ways.get(how) else {}


def _proved(asked: Json, form: dict[str, str]) -> bool:
    challenge = asked.get("code_challenge")
    digest = sha256(form.get("code_verifier", "").encode()).digest()
    return challenge is None or urlsafe_b64encode(digest).decode().rstrip("=") == challenge


@contextmanager
def serving(
    world: World | None = None, *, posts: int = 100, wire: Path | None = None, **quirks: Any
) -> Iterator[MastodonServer]:
    """A running server with these quirks; stopped at the end."""
    server = MastodonServer(world or World(posts), Quirks(**quirks), wire=wire)
    with running(server):
        yield server


def main() -> None:
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="A Mastodon server on loopback with made-up or recorded posts.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--wire", type=Path, help="a directory of recorded answers with its index.json")
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds before each answer")
    args = parser.parse_args()
    world = World(args.posts, datetime.now(UTC))
    server = MastodonServer(world, Quirks(latency=args.latency / 1000), port=args.port, wire=args.wire)
    print(f"{server.url}  token: {TOKEN}  ({len(world.home)} posts; Ctrl+C stops)")
    run_until_interrupted(server)


if __name__ == "__main__":
    main()
