"""Two people of a real server: the user, who is signed in to quietfeed, and somebody the user follows."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

Run = Callable[..., Any]

_LIMIT = 310.0
"""The account server of the AT Protocol allows thirty sign-ins of an account in five minutes; the suite has more."""


def sign_in_to_bluesky(run: Run, password: str) -> Any:
    """Add the account of june; wait if the server's limit on sign-ins is reached. Returns the output."""
    command = ("account", "add", "bluesky", "--handle", "june.test", "--token-stdin")
    answer = run(*command, stdin=password)
    if "ate limited" in answer.stderr:
        time.sleep(_LIMIT)
        answer = run(*command, stdin=password)
    return answer


class MastodonPair:
    """Two people on one server of Mastodon's API, by their tokens."""

    network = "mastodon"
    edits = private_posts = bios_in_posts = True
    boost = "reblog"

    def __init__(self, url: str, tokens: tuple[str, str], run: Run) -> None:
        self.run = run
        self.first, self.second = (
            httpx.Client(
                base_url=url,
                headers={"Authorization": f"Bearer {token}", "User-Agent": "quietfeed-tests"},
                timeout=60,
            )
            for token in tokens
        )
        self.me, self.friend = (self._account(each)["id"] for each in (self.first, self.second))
        self.name = self._account(self.second)["display_name"]
        self.bio = self._account(self.second).get("source", {}).get("note", "")
        self.posts: list[str] = []
        self.filters: list[str] = []
        answer = run("account", "add", "mastodon", "--server", url, "--token-stdin", stdin=tokens[0])
        assert answer.returncode == 0, answer.stderr

    def _account(self, client: httpx.Client) -> Any:
        return client.get("/api/v1/accounts/verify_credentials").raise_for_status().json()

    def _ask(self, client: httpx.Client, method: str, path: str, **parts: Any) -> Any:
        """Send a request; skip the test if the server does not have it."""
        answer = client.request(method, path, **parts)
        if answer.status_code in (403, 404, 405, 422, 501):
            pytest.skip(f"this server, or this token, does not do {method} {path}: {answer.status_code}")
        return answer.raise_for_status().json()

    def act(self, verb: str, *, back: bool = False) -> None:
        """Let the first act on the second, or the reverse with `back`."""
        client, whom = (self.second, self.me) if back else (self.first, self.friend)
        self._ask(client, "POST", f"/api/v1/accounts/{whom}/{verb}")

    def post(self, text: str, *, private: bool = False) -> str:
        """A post of the second; a private one is for the followers of the second."""
        form = {"status": text} | ({"visibility": "private"} if private else {})
        made = str(self._ask(self.second, "POST", "/api/v1/statuses", data=form)["id"])
        self.posts.append(made)
        return made

    def reply(self, text: str) -> str:
        """A reply of the second to a new post of the first."""
        post = self._ask(self.first, "POST", "/api/v1/statuses", data={"status": "Who comes to the canal?"})
        self.own_posts = [post["id"]]
        form = {"status": f"@{self._account(self.first)['username']} {text}", "in_reply_to_id": post["id"]}
        made = str(self._ask(self.second, "POST", "/api/v1/statuses", data=form)["id"])
        self.posts.append(made)
        return made

    def boost_own(self, post: str) -> None:
        """Let the second boost one of the second's own posts."""
        self._ask(self.second, "POST", f"/api/v1/statuses/{quote(post)}/reblog")

    def edit(self, post: str, text: str) -> None:
        self._ask(self.second, "PUT", f"/api/v1/statuses/{quote(post)}", data={"status": text})

    def delete(self, post: str) -> None:
        self.second.delete(f"/api/v1/statuses/{quote(post)}").raise_for_status()
        self.posts.remove(post)

    def profile(self, name: str, bio: str) -> None:
        """Change the name and the bio of the second."""
        form = {"display_name": name, "note": bio}
        self._ask(self.second, "PATCH", "/api/v1/accounts/update_credentials", data=form)

    def filter(self, word: str) -> None:
        """Let the first filter a word on the server, for the home timeline."""
        form = {"title": word, "context[]": "home", "filter_action": "hide"}
        made = self._ask(self.first, "POST", "/api/v2/filters", data=form)["id"]
        self.filters.append(made)
        keyword = {"keyword": word, "whole_word": "true"}
        self._ask(self.first, "POST", f"/api/v2/filters/{made}/keywords", data=keyword)

    def end_filters(self) -> None:
        while self.filters:
            self.first.delete(f"/api/v2/filters/{self.filters.pop()}").raise_for_status()

    def start(self) -> None:
        """Both follow each other, without any other interaction."""
        for verb in ("unblock", "unmute"):
            self.first.post(f"/api/v1/accounts/{self.friend}/{verb}")
        self.act("follow")
        self.act("follow", back=True)
        for client, whom in ((self.first, self.friend), (self.second, self.me)):
            client.post(f"/api/v1/follow_requests/{whom}/authorize")
        self.post("The heron is back at the canal.")

    def close(self) -> None:
        self.end_filters()
        for verb in ("unblock", "unmute"):
            self.first.post(f"/api/v1/accounts/{self.friend}/{verb}")
        for post in self.posts:
            self.second.delete(f"/api/v1/statuses/{quote(post)}")
        for post in getattr(self, "own_posts", []):
            self.first.delete(f"/api/v1/statuses/{quote(post)}")
        form = {"display_name": self.name, "note": self.bio}
        self.second.patch("/api/v1/accounts/update_credentials", data=form)
        self.first.close()
        self.second.close()

    def settle(self) -> None:
        """Wait for the server's queue."""

    @property
    def is_silent(self) -> bool:
        """Whether the server neither lists blocks nor counts follows."""
        account = self.first.get(f"/api/v1/accounts/{self.me}").json()
        return not account.get("following_count")


class BlueskyPair:
    """june and farid in the network of the reference code."""

    network = "bluesky"
    edits = private_posts = bios_in_posts = False
    FOLLOW, BLOCK, REPOST = "app.bsky.graph.follow", "app.bsky.graph.block", "app.bsky.feed.repost"

    def __init__(self, world: Any, run: Run) -> None:
        self.world = world
        self.me, self.friend = world.dids["june"], world.dids["farid"]
        self.posts: list[str] = []
        self.made: dict[str, Any] = {}
        self.preferences: Any = None

        def run_there(*arguments: str, **parts: Any) -> Any:
            return run(*arguments, places=world.network.places(), **parts)

        self.run = run_there
        answer = sign_in_to_bluesky(run_there, world.app_password)
        assert answer.returncode == 0, answer.stderr

    def start(self) -> None:
        """They already follow each other."""

    def act(self, verb: str, *, back: bool = False) -> None:
        """Let june act on farid, or the reverse with `back`."""
        who, whom = ("farid", "june") if back else ("june", "farid")
        did = self.world.dids[whom]
        if verb in ("mute", "unmute"):
            self.world.call("POST", f"app.bsky.graph.{verb}Actor", who, json={"actor": did})
        elif verb in ("follow", "block"):
            collection = self.FOLLOW if verb == "follow" else self.BLOCK
            self.world.write(who, [(collection, {"subject": did, "createdAt": _now()})])
        else:
            collection = self.FOLLOW if verb == "unfollow" else self.BLOCK
            self._delete_records(who, collection, did)

    def _delete_records(self, who: str, collection: str, subject: str) -> None:
        where = {"repo": self.world.dids[who], "collection": collection}
        found = self.world.call("GET", "com.atproto.repo.listRecords", who, params=where | {"limit": "100"})
        for record in found["records"]:
            if record["value"]["subject"] == subject:
                key = where | {"rkey": record["uri"].rpartition("/")[2]}
                self.world.call("POST", "com.atproto.repo.deleteRecord", who, json=key)

    def post(self, text: str) -> str:
        """A post of farid."""
        made = self.world.post("farid", text)
        self.made[made["uri"]] = made
        self.posts.append(made["uri"])
        return str(made["uri"])

    def reply(self, text: str) -> str:
        """A reply of farid to a post of june."""
        root = self.world.posts["june 5"]
        made = self.world.post("farid", text, reply={"root": root, "parent": root})
        self.posts.append(made["uri"])
        return str(made["uri"])

    def boost_own(self, post: str) -> None:
        """Let farid boost one of his own posts."""
        self.world.write("farid", [(self.REPOST, {"subject": self.made[post], "createdAt": _now()})])

    def delete(self, post: str) -> None:
        key = {"repo": self.friend, "collection": "app.bsky.feed.post", "rkey": post.rpartition("/")[2]}
        self.world.call("POST", "com.atproto.repo.deleteRecord", "farid", json=key)
        self.posts.remove(post)

    def profile(self, name: str, bio: str) -> None:
        """Change the name and the bio of farid."""
        record = {"$type": "app.bsky.actor.profile", "displayName": name, "description": bio}
        where = {"repo": self.friend, "collection": "app.bsky.actor.profile", "rkey": "self"}
        self.world.call("POST", "com.atproto.repo.putRecord", "farid", json=where | {"record": record})

    def hide_boosts(self, *, hidden: bool) -> None:
        if not hidden:
            self.act("unmute")
            return
        self.world.call("POST", "app.bsky.graph.muteActor", "june", json={"actor": self.friend, "onlyReposts": True})

    def filter(self, word: str) -> None:
        """Let june mute a word."""
        self.preferences = self.world.call("GET", "app.bsky.actor.getPreferences", "june")["preferences"]
        muted = {"value": word, "targets": ["content"], "actorTarget": "all"}
        kind = "app.bsky.actor.defs#mutedWordsPref"
        kept = [each for each in self.preferences if each["$type"] != kind]
        self._prefer([*kept, {"$type": kind, "items": [muted]}])

    def end_filters(self) -> None:
        if self.preferences is not None:
            self._prefer(self.preferences)
            self.preferences = None

    def _prefer(self, preferences: Any) -> None:
        self.world.call("POST", "app.bsky.actor.putPreferences", "june", json={"preferences": preferences})

    def settle(self) -> None:
        self.world.settle()

    def close(self) -> None:
        self.end_filters()
        for verb in ("unmute", "unblock"):
            self.act(verb)
        for post in [*self.posts]:
            self.delete(post)
        self.settle()

    is_silent = False


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
