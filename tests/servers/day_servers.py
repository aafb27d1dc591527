"""Real servers through another client: the user's actions on a post or a person, and posts by somebody else."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import httpx

from quietfeed.sources.html import read_html

Json = dict[str, Any]


class Server(Protocol):
    """The server through another client."""

    name: str
    own: str
    other: str
    """The handles of the user and of somebody who follows the user and is followed."""
    long: int
    """A number of characters that is too long for one post."""

    @property
    def lacks(self) -> frozenset[str]:
        """The kinds of action that this server lacks although its network has them."""

    def post_as_other(self, text: str, *, poll: bool = False) -> str: ...
    def on_post(self, post: str) -> set[str] | None:
        """What the user did with a post; None if there is no such post."""

    def on_person(self) -> set[str]:
        """What the user did with the other person."""

    def text_of(self, post: str) -> str: ...
    def texts(self) -> list[str]:
        """The texts of the user's newest posts, newest first."""

    def settle(self) -> None: ...


@dataclass
class AtProtocol:
    """The real AT Protocol network, as june and ada use it."""

    world: Any
    name: str = "bluesky"
    lacks: frozenset[str] = frozenset()
    own: str = "june.test"
    other: str = "ada.test"
    long: int = 1000

    def post_as_other(self, text: str, *, poll: bool = False) -> str:
        assert not poll
        made = self.world.post("ada", text)
        self.world.settle()
        return str(made["uri"])

    def _view(self, post: str) -> Json | None:
        found = self.world.call("GET", "app.bsky.feed.getPosts", "june", params={"uris": post})["posts"]
        return found[0] if found else None

    def on_post(self, post: str) -> set[str] | None:
        view = self._view(post)
        if view is None:
            return None
        names = {"like": "like", "repost": "boost", "bookmarked": "bookmark", "pinned": "pin"}
        return {names[each] for each, value in view["viewer"].items() if each in names and value}

    def on_person(self) -> set[str]:
        viewer = self.world.call("GET", "app.bsky.actor.getProfile", "june", params={"actor": self.other})["viewer"]
        names = {"following": "follow", "muted": "mute", "blocking": "block", "mutedOnlyReposts": "hide_boosts"}
        return {names[each] for each, value in viewer.items() if each in names and value}

    def text_of(self, post: str) -> str:
        view = self._view(post)
        assert view is not None
        return str(view["record"]["text"])

    def texts(self) -> list[str]:
        where = {"repo": self.world.dids["june"], "collection": "app.bsky.feed.post", "limit": 20}
        answer = self.world.call("GET", "com.atproto.repo.listRecords", params=where)
        return [each["value"]["text"] for each in answer["records"]]

    def settle(self) -> None:
        self.world.settle()


_SNAC_LACKS = frozenset({"hide_boosts", "mute", "note", "report", "follow_tag", "follow_requests"})


def _form(body: Json) -> Json:
    """The fields of a status as a form; snac takes polls in this way alone."""
    form: Json = {"status": body["status"]}
    if "poll" in body:
        form |= {"poll[options][]": body["poll"]["options"], "poll[expires_in]": "3600"}
    return form


@dataclass
class MastodonApi:
    """A server of Mastodon's API, as two of its people use it."""

    june: httpx.Client
    ada: httpx.Client
    own: str = ""
    other: str = ""
    name: str = "mastodon"
    long: int = 0

    def __post_init__(self) -> None:
        host = self.june.base_url.host
        self.me, self.her = (self.ask("GET", "accounts/verify_credentials", who) for who in (self.june, self.ada))
        limit = self.ask("GET", "instance")["configuration"]["statuses"]["max_characters"]
        self.long = int(limit * 1.3)
        self.own, self.other = (f"{each['username']}@{host}" for each in (self.me, self.her))

    @cached_property
    def queues(self) -> bool:
        """Whether the server is snac: posts and follows arrive by a queue, and it has fewer actions."""
        return "snac" in self.ask("GET", "instance")["version"]

    @property
    def lacks(self) -> frozenset[str]:
        """The actions that the server does not have; quietfeed must say so."""
        return _SNAC_LACKS if self.queues else frozenset()

    @cached_property
    def drops_polls(self) -> bool:
        """Whether the server makes a plain post of a poll that is sent as a form, without an error."""
        form = {"status": "A poll?", "poll[options][]": ["Yes", "No"], "poll[expires_in]": "3600"}
        made = self.ask("POST", "statuses", data=form)
        self.ask("DELETE", f"statuses/{made['id']}")
        return not made.get("poll")

    def ask(self, method: str, path: str, who: httpx.Client | None = None, **parts: Any) -> Any:
        return (who or self.june).request(method, f"/api/v1/{path}", **parts).raise_for_status().json()

    def post_as_other(self, text: str, *, poll: bool = False) -> str:
        body: Json = {"status": text}
        if poll:
            body["poll"] = {"options": ["Lake", "Hill"], "expires_in": 3600}
        made = str(self.ask("POST", "statuses", self.ada, data=_form(body) if self.queues else None,
                            json=None if self.queues else body)["id"])  # fmt: skip
        end = time.monotonic() + 60
        while self.queues and made not in [each["id"] for each in self.ask("GET", "timelines/home")]:
            assert time.monotonic() < end, "the post never arrived"
            time.sleep(0.5)
        return made

    def on_post(self, post: str) -> set[str] | None:
        answer = self.june.get(f"/api/v1/statuses/{post}")
        if answer.status_code == 404:
            return None
        status = answer.raise_for_status().json()
        own = status["account"]["id"] == self.me["id"] and not status["reblog"]
        if self.queues and own and not self._lists(post):
            # snac does not remove a deleted post while other people have it.
            return None
        names = {"favourited": "like", "reblogged": "boost", "bookmarked": "bookmark", "pinned": "pin"}
        voted = {"vote"} if (status.get("poll") or {}).get("voted") else set()
        return {names[each] for each in names if status.get(each)} | voted

    def _lists(self, post: str) -> bool:
        """Whether a post of the user is in a list; snac has its polls in the home timeline alone."""
        paths = (f"accounts/{self.me['id']}/statuses", "timelines/home")
        return any(each["id"] == post for path in paths for each in self.ask("GET", path, params={"limit": 40}))

    def relation(self) -> Json:
        found: Json = self.ask("GET", "accounts/relationships", params={"id[]": self.her["id"]})[0]
        return found

    def on_person(self) -> set[str]:
        relation = self.relation()
        names = {"following": "follow", "muting": "mute", "blocking": "block"}
        hidden = {"hide_boosts"} if relation["following"] and not relation["showing_reblogs"] else set()
        return {names[each] for each in names if relation[each]} | hidden

    def text_of(self, post: str) -> str:
        return read_html(self.ask("GET", f"statuses/{post}")["content"])[0]

    def texts(self) -> list[str]:
        return [each["content"] for each in self.ask("GET", f"accounts/{self.me['id']}/statuses")]

    def settle(self) -> None:
        if self.queues:
            time.sleep(2)
