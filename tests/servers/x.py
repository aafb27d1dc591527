"""A loopback server of X's API v2 with a small world. The quirks of the real one are switched on one by one.

Tests get it through the fixture `x_server`. By hand: `python tests/servers/x.py --port 8000 [--posts N]`; sign in with
`quietfeed account add x --client-id app --server http://127.0.0.1:8000`. Its behaviour is documented at
https://docs.x.com/x-api and in its OpenAPI description 2.167, or is in the recorded responses of tweepy (pages).
"""

import argparse
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from loopback import read_body, run_until_interrupted, running

NEWEST = datetime(2026, 11, 23, 9, tzinfo=UTC)
ME = "100"
CLIENT = "app"
REDIRECT = "http://127.0.0.1:28423/"
_PROBLEMS = "https://api.x.com/2/problems"
_NAMES = {
    "tweet": ("tweet.fields", "referenced_tweets", "edit_history_tweet_ids", "note_tweet", "tweets"),
    "post": ("post.fields", "referenced_posts", "edit_history_post_ids", "note_post", "posts"),
}
_ALWAYS = ("id", "text")
Json = dict[str, Any]


@dataclass
class Quirks:
    """Deviations from the normal behaviour. Numbers count the responses that are still to deviate."""

    words: str = "both"
    """The accepted vocabulary: "tweet", "post" or "both" (which answers in that of the request)."""
    gone: dict[str, str] = field(default_factory=dict)
    """People whose posts are 200 with `errors` and no `data`: id -> problem."""
    limited: int = 0
    limit_headers: dict[str, str] = field(default_factory=dict)
    expired: int = 0
    """The number of requests that find an expired access token."""
    failing: int = 0
    """The number of requests that get 503."""
    dropped: int = 0
    """The number of connections that are closed without a response."""
    confidential: bool = False
    """The app has a secret, without which no token is issued."""
    no_status: bool = False
    """Users have no connection_status."""
    echoes: bool = False
    """Errors repeat the Authorization header."""
    redirect_to: str = ""
    """The address to which every API request is redirected."""
    scope: str = "tweet.read users.read follows.read offline.access"


@dataclass
class World:
    """The people, whom the user follows, and all posts, in the old vocabulary."""

    users: dict[str, Json] = field(default_factory=dict)
    following: list[str] = field(default_factory=list)
    posts: list[Json] = field(default_factory=list)
    media: dict[str, Json] = field(default_factory=dict)
    polls: dict[str, Json] = field(default_factory=dict)

    def user(self, number: int, handle: str, status: tuple[str, ...] = (), **more: Any) -> str:
        """Add a user."""
        name = str(number)
        self.users[name] = {
            "id": name,
            "username": handle,
            "name": handle.title(),
            "description": f"{handle} &amp; tea https://t.co/bio",
            "entities": {"description": {"urls": [{"url": "https://t.co/bio", "expanded_url": "https://a.example"}]}},
            "public_metrics": {"followers_count": 80 + number, "following_count": 90, "tweet_count": 300},
            "created_at": "2010-01-02T03:04:05.000Z",
            "connection_status": list(status),
            **more,
        }
        if "following" in status:
            self.following.append(name)
        return name

    def post(self, author: str, text: str, at: datetime | None = None, **more: Any) -> Json:
        """Add a post, newer than those before unless it has a time."""
        number = 1_000 + len(self.posts)
        at = at or NEWEST - timedelta(days=30) + timedelta(hours=len(self.posts))
        post: Json = {
            "id": str(number),
            "edit_history_tweet_ids": [str(number)],
            "text": text,
            "author_id": author,
            "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "conversation_id": str(number),
            "lang": "en",
            "public_metrics": {"reply_count": 1, "retweet_count": 2, "like_count": 3},
            **more,
        }
        self.posts.append(post)
        return post


def mention(*people: tuple[str, str]) -> Json:
    """The entities of mentions: (id, handle)."""
    return {"mentions": [{"start": 0, "end": 1, "id": each, "username": handle} for each, handle in people]}


def small_world(posts: int = 8) -> World:
    """June follows Ada and Bo, who follow back, and Max, who does not. Zed follows June alone. Eve is a stranger."""
    world = World()
    world.user(100, "june")
    both = ("following", "followed_by")
    ada, bo = world.user(1, "Ada", both), world.user(2, "bo", both)
    world.user(3, "max", ("following",), verified_type="business")
    world.user(4, "zed", ("followed_by",))
    eve = world.user(5, "eve")
    for number in range(posts):
        world.post(ada, f"Rain on the roof {number} &amp; tea")
        world.post(bo, f"Bread {number}")
        world.post("3", f"Buy {number}")
    first = world.post(eve, "A long walk")
    world.post(
        ada,
        f"RT @eve: {first['text']}",
        referenced_tweets=[{"type": "retweeted", "id": first["id"]}],
        entities=mention((eve, "eve")),
    )
    world.post(
        bo,
        "@june see you there",
        in_reply_to_user_id=ME,
        referenced_tweets=[{"type": "replied_to", "id": "999"}],
        entities=mention((ME, "june")),
    )
    world.post(ada, "walk with @june?", entities=mention((ME, "june")))
    world.post(
        ME,
        "@Ada yes, and @bo",
        in_reply_to_user_id=ada,
        referenced_tweets=[{"type": "replied_to", "id": "998"}],
        entities=mention((ada, "Ada"), (bo, "bo")),
    )
    world.post(ME, "RT @eve: A long walk", entities=mention((eve, "eve")))
    return world


class XServer(ThreadingHTTPServer):
    """The server: its world, its quirks, its tokens, and the received requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, world: World, quirks: Quirks, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world, self.quirks = world, quirks
        self.requests: list[tuple[str, dict[str, str], dict[str, str]]] = []
        """(path, query or form, headers) of each request."""
        self.access = {"good"}
        self.refresh = "refresh-0"
        self.codes: dict[str, dict[str, str]] = {}
        self.charged = 0
        """What the real X would have charged, in millionths of a dollar, if the user owns the app."""
        self.renewals = 0

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def secret(self) -> dict[str, str]:
        """A stored sign-in."""
        return {"client_id": CLIENT, "access": "good", "refresh": self.refresh, "start": f"{CLIENT}@{self.url}"}

    def paths(self) -> list[str]:
        """The paths of all API requests."""
        return [path for path, _, _ in self.requests if path.startswith("/2/users")]

    def allow(self, address: str, *, decline: bool = False) -> str:
        """Allow the app as a browser does; returns the address of the redirect."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        if query["redirect_uri"] != REDIRECT:
            raise ValueError("redirect_uri is not registered")
        if decline:
            return f"{REDIRECT}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe(12)
        self.codes[code] = query
        return f"{REDIRECT}?{urlencode({'state': query['state'], 'code': code})}"


class _Handler(BaseHTTPRequestHandler):
    server: XServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.requests.append((parts.path, query, dict(self.headers.items())))
        if parts.path == "/i/oauth2/authorize":
            self._send(302, {}, {"Location": self.server.allow(self.path)})
            return
        quirks = self.server.quirks
        if quirks.redirect_to:
            self._send(302, {}, {"Location": quirks.redirect_to})
        elif quirks.dropped > 0:
            quirks.dropped -= 1
            self.close_connection = True
        elif quirks.failing > 0:
            quirks.failing -= 1
            self._send(503, {"title": "Service Unavailable", "detail": "Service Unavailable", "type": "about:blank"})
        elif quirks.limited > 0:
            quirks.limited -= 1
            self._send(429, {"title": "Too Many Requests", "detail": "Too Many Requests"}, quirks.limit_headers)
        elif quirks.expired > 0 or self._token not in self.server.access:
            quirks.expired = max(quirks.expired - 1, 0)
            detail = f"Unauthorized {self.headers.get('Authorization')}" if quirks.echoes else "Unauthorized"
            self._send(401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": detail})
        else:
            self._api(parts.path, query)

    @property
    def _token(self) -> str:
        return str(self.headers.get("Authorization", "")).removeprefix("Bearer ")

    def do_POST(self) -> None:
        body = read_body(self)
        if body is None:
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.server.requests.append((self.path, form, dict(self.headers.items())))
        if self.path == "/2/oauth2/revoke":
            self.server.access.clear()
            self._send(200, {"revoked": True})
        elif self.server.quirks.confidential:
            detail = "Missing valid authorization header"
            self._send(401, {"error": "unauthorized_client", "error_description": detail})
        elif self.path == "/2/oauth2/token" and self._is_granted(form):
            server = self.server
            server.renewals += 1
            access, server.refresh = f"access-{server.renewals}", f"refresh-{server.renewals}"
            server.access = {access}
            tokens = {"token_type": "bearer", "expires_in": 7200, "access_token": access, "scope": server.quirks.scope}
            self._send(200, {**tokens, "refresh_token": server.refresh})
        else:
            self._send(
                400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
            )

    def _is_granted(self, form: dict[str, str]) -> bool:
        if form.get("client_id") != CLIENT:
            return False
        if form.get("grant_type") == "refresh_token":
            return form.get("refresh_token") == self.server.refresh
        query = self.server.codes.pop(form.get("code", ""), None)
        if query is None or form.get("redirect_uri") != query["redirect_uri"]:
            return False
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=") == query["code_challenge"]

    def _api(self, path: str, query: dict[str, str]) -> None:
        world = self.server.world
        if path == "/2/users/me":
            self.server.charged += 10_000
            self._send(200, {"data": _fields(world.users[ME], query.get("user.fields", ""), "username", "name")})
            return
        if path == "/2/users":
            names = [each for each in query["ids"].split(",") if each in world.users]
            users = [_fields(world.users[each], query.get("user.fields", ""), "username", "name") for each in names]
            self.server.charged += 10_000 * len(users)
            missing = set(query["ids"].split(",")) - set(names)
            problems = [{"resource_id": each, "type": f"{_PROBLEMS}/resource-not-found"} for each in sorted(missing)]
            self._send(200, {**({"data": users} if users else {}), **({"errors": problems} if problems else {})})
            return
        _, _, _, person, *rest = [*path.split("/"), "", ""]
        what = "/".join(each for each in rest if each)
        if what == "following":
            self._following(query)
            return
        wrong = self._wrong(what, query)
        if wrong:
            problem = {"errors": [wrong], "title": "Invalid Request", "type": f"{_PROBLEMS}/invalid-request"}
            self._send(400, {**problem, "detail": "One or more parameters to your request was invalid."})
            return
        if person in self.server.quirks.gone:
            kind = self.server.quirks.gone[person]
            detail = f"Could not find user with id: [{person}]."
            problem = {"resource_id": person, "resource_type": "user", "title": "Not Found Error", "detail": detail}
            self._send(200, {"errors": [{**problem, "type": f"{_PROBLEMS}/{kind}"}]})
            return
        posts = [post for post in reversed(world.posts) if self._belongs(post, what, person)]
        self._page(posts, query, owned=person == ME and "/" not in what)

    def _belongs(self, post: Json, what: str, person: str) -> bool:
        """Whether a timeline contains a post."""
        if what == "mentions":
            return any(each["id"] == ME for each in post.get("entities", {}).get("mentions", ()))
        if what == "tweets":
            return bool(post["author_id"] == person)
        return post["author_id"] in (*self.server.world.following, ME)

    def _wrong(self, what: str, query: dict[str, str]) -> Json | None:
        """Why a request gets 400, in X's wording."""
        accepted = self.server.quirks.words
        for words, (parameter, reference, *_) in _NAMES.items():
            if accepted in ("both", words):
                continue
            if parameter in query:
                message = f"The query parameter [{parameter}] is not one of [id,max_results,expansions,user.fields]"
                return {"parameters": {parameter: [query[parameter]]}, "message": message}
            if reference in query.get("expansions", ""):
                message = f"The `expansions` query parameter value [{reference}.id] is not one of [author_id]"
                return {"parameters": {"expansions": [query["expansions"]]}, "message": message}
        least = 1 if "/" in what else 5
        if not least <= int(query.get("max_results", 10)) <= 100:
            message = f"The `max_results` query parameter value is not between {least} and 100"
            return {"parameters": {"max_results": [query["max_results"]]}, "message": message}
        return None

    def _following(self, query: dict[str, str]) -> None:
        world = self.server.world
        start, size = int(query.get("pagination_token", 0)), int(query.get("max_results", 100))
        names = world.following[start : start + size]
        users = [_fields(world.users[each], query.get("user.fields", ""), "username", "name") for each in names]
        if self.server.quirks.no_status:
            users = [{key: value for key, value in each.items() if key != "connection_status"} for each in users]
        meta: Json = {"result_count": len(users)}
        if start + size < len(world.following):
            meta["next_token"] = str(start + size)
        self.server.charged += 1_000 * len(users)
        self._send(200, {"data": users, "meta": meta} if users else {"meta": meta})

    def _page(self, posts: list[Json], query: dict[str, str], *, owned: bool) -> None:
        since, until = int(query.get("since_id", 0)), int(query.get("until_id", 10**18))
        posts = [post for post in posts if since < int(post["id"]) < until]
        start, size = int(query.get("pagination_token", 0)), int(query.get("max_results", 10))
        page = posts[start : start + size]
        words = "post" if "post.fields" in query else "tweet"
        parameter, reference, history, note, included = _NAMES[words]
        expansions = query.get("expansions", "")
        wanted = query.get(parameter, "")
        data = [
            _renamed(_fields(post, _old(wanted), "edit_history_tweet_ids"), reference, history, note) for post in page
        ]
        includes: Json = {}
        referred = [each["id"] for post in page for each in post.get("referenced_tweets", ())]
        if reference in expansions:
            for post, answer in zip(page, data, strict=True):
                # The new vocabulary has no field for references: the expansion brings them.
                if "referenced_tweets" in post:
                    answer[reference] = post["referenced_tweets"]
            found = [post for post in self.server.world.posts if post["id"] in referred]
            missing = set(referred) - {post["id"] for post in found}
            shown = (_fields(post, _old(wanted) + ",author_id", "edit_history_tweet_ids") for post in found)
            includes[included] = [_renamed(post, reference, history, note) for post in shown]
            problems = [{"resource_id": each, "type": f"{_PROBLEMS}/resource-not-found"} for each in sorted(missing)]
        else:
            problems = []
        if "author_id" in expansions:
            for post, answer in zip(page, data, strict=True):
                answer["author_id"] = post["author_id"]
            authors = dict.fromkeys(post["author_id"] for post in page)
            users = (self.server.world.users[each] for each in authors)
            includes["users"] = [_fields(each, query.get("user.fields", ""), "username", "name") for each in users]
        keys = [key for post in page for key in post.get("attachments", {}).get("media_keys", ())]
        polls = [key for post in page for key in post.get("attachments", {}).get("poll_ids", ())]
        if "attachments.media_keys" in expansions and keys:
            includes["media"] = [self.server.world.media[key] for key in keys]
        if "attachments.poll_ids" in expansions and polls:
            includes["polls"] = [self.server.world.polls[key] for key in polls]
        meta: Json = {"result_count": len(data)}
        if page:
            meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if start + size < len(posts):
            meta["next_token"] = str(start + size)
        answer = {"data": data, "meta": meta} if data else {"meta": meta}
        if any(includes.values()):
            answer["includes"] = {name: each for name, each in includes.items() if each}
        if problems:
            answer["errors"] = problems
        self.server.charged += (1_000 if owned else 5_000) * len(data)
        self.server.charged += 5_000 * len(includes.get(included, ())) + 10_000 * len(includes.get("users", ()))
        self._send(200, answer)

    def _send(self, status: int, value: Json, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _old(wanted: str) -> str:
    return wanted.replace("note_post", "note_tweet")


def _fields(entity: Json, wanted: str, *always: str) -> Json:
    """An entity with the fields that a request names."""
    names = {*_ALWAYS, *always, *wanted.split(",")}
    return {name: value for name, value in entity.items() if name in names}


def _renamed(entity: Json, reference: str, history: str, note: str) -> Json:
    names = {"referenced_tweets": reference, "edit_history_tweet_ids": history, "note_tweet": note}
    return {names.get(name, name): value for name, value in entity.items()}


@contextmanager
def serving(*, world: World | None = None, posts: int = 8, port: int = 0, **quirks: Any) -> Iterator[XServer]:
    """Run a server until the context ends."""
    server = XServer(world or small_world(posts), Quirks(**quirks), port)
    with running(server):
        yield server


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--posts", type=int, default=8)
    arguments = parser.parse_args()
    run_until_interrupted(XServer(small_world(arguments.posts), Quirks(), arguments.port))
