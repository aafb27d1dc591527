"""What real servers say about people holds in the next sync: `pytest -m servers tests/real/test_server_word.py`.

For a server of Mastodon's API two people are needed: QUIETFEED_TEST_MASTODON_URL, QUIETFEED_TEST_MASTODON_TOKEN and
QUIETFEED_TEST_MASTODON_TOKEN_2, both tokens with the right to write. The two follow, mute and block each other and the
second writes one post; all of it is taken back. A server that lists and counts nothing (snac) tells no sync that
anything changed: there the tests are skipped. The AT Protocol network is started as for test_bluesky.py.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

pytestmark = pytest.mark.servers
Run = Callable[..., Any]
PATIENCE = 10
"""So many syncs a change may take to get through a server's own queue."""


class MastodonPair:
    """Two people on one server; the first is signed in to quietfeed."""

    def __init__(self, url: str, run: Run) -> None:
        tokens = [os.environ.get(f"QUIETFEED_TEST_MASTODON_TOKEN{each}", "") for each in ("", "_2")]
        self.run = run
        self.first, self.second = (
            httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}", "User-Agent": "quietfeed-tests"})
            for token in tokens
        )
        self.me, self.friend = (self._id(each) for each in (self.first, self.second))
        answer = run("account", "add", "mastodon", "--server", url, "--token-stdin", stdin=tokens[0])
        assert answer.returncode == 0, answer.stderr

    def _id(self, client: httpx.Client) -> str:
        return str(client.get("/api/v1/accounts/verify_credentials").raise_for_status().json()["id"])

    def act(self, verb: str, *, back: bool = False) -> None:
        """Let the first do something to the second, or the other way with `back`."""
        client, whom = (self.second, self.me) if back else (self.first, self.friend)
        answer = client.post(f"/api/v1/accounts/{whom}/{verb}")
        if answer.status_code in (403, 404):
            pytest.skip(f"this server, or this token, does not {verb}: {answer.status_code}")
        answer.raise_for_status()

    def post(self, text: str) -> None:
        self.post_id = self.second.post("/api/v1/statuses", data={"status": text}).raise_for_status().json()["id"]

    def start(self) -> None:
        """Both follow each other, and nothing else is between them."""
        for verb in ("unblock", "unmute"):
            self.first.post(f"/api/v1/accounts/{self.friend}/{verb}")
        self.act("follow")
        self.act("follow", back=True)
        for client, whom in ((self.first, self.friend), (self.second, self.me)):
            client.post(f"/api/v1/follow_requests/{whom}/authorize")
        self.post("The heron is back at the canal.")

    def close(self) -> None:
        for verb in ("unblock", "unmute"):
            self.first.post(f"/api/v1/accounts/{self.friend}/{verb}")
        self.second.delete(f"/api/v1/statuses/{quote(self.post_id)}")
        self.first.close()
        self.second.close()

    def settle(self) -> None:
        """Nothing to wait for but the server's queue."""

    @property
    def is_silent(self) -> bool:
        """Whether the server neither lists blocks nor counts follows."""
        account = self.first.get(f"/api/v1/accounts/{self.me}").json()
        return not account.get("following_count")


class BlueskyPair:
    """june and farid in the network of the reference code; june is signed in to quietfeed."""

    FOLLOW, BLOCK = "app.bsky.graph.follow", "app.bsky.graph.block"

    def __init__(self, world: Any, run: Run) -> None:
        self.world = world
        self.friend = world.dids["farid"]

        def run_there(*arguments: str, **parts: Any) -> Any:
            return run(*arguments, places=world.network.places(), **parts)

        self.run = run_there
        answer = run_there(
            "account", "add", "bluesky", "--handle", "june.test", "--token-stdin", stdin=world.app_password
        )
        assert answer.returncode == 0, answer.stderr

    def start(self) -> None:
        """They follow each other in the world that was seeded."""

    def act(self, verb: str) -> None:
        world, did = self.world, self.friend
        if verb in ("mute", "unmute"):
            world.call("POST", f"app.bsky.graph.{verb}Actor", "june", json={"actor": did})
        elif verb in ("follow", "block"):
            collection = self.FOLLOW if verb == "follow" else self.BLOCK
            world.write("june", [(collection, {"subject": did, "createdAt": _now()})])
        else:
            collection = self.FOLLOW if verb == "unfollow" else self.BLOCK
            found = world.call(
                "GET",
                "com.atproto.repo.listRecords",
                "june",
                params={"repo": world.dids["june"], "collection": collection, "limit": "100"},
            )
            for record in found["records"]:
                if record["value"]["subject"] == did:
                    key = {
                        "repo": world.dids["june"],
                        "collection": collection,
                        "rkey": record["uri"].rpartition("/")[2],
                    }
                    world.call("POST", "com.atproto.repo.deleteRecord", "june", json=key | {"repo": world.dids["june"]})

    def settle(self) -> None:
        self.world.settle()

    def close(self) -> None:
        for verb in ("unmute", "unblock"):
            self.act(verb)
        self.settle()

    is_silent = False


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@pytest.fixture(params=["mastodon", "bluesky"])
def pair(request: pytest.FixtureRequest, run: Run) -> Iterator[Any]:
    found: Any
    if request.param == "mastodon":
        url, *tokens = (os.environ.get(f"QUIETFEED_TEST_MASTODON_{name}") for name in ("URL", "TOKEN", "TOKEN_2"))
        if not url or not all(tokens):
            pytest.skip("QUIETFEED_TEST_MASTODON_URL, _TOKEN and _TOKEN_2 name no two people of a server")
        found = MastodonPair(url.rstrip("/"), run)
    else:
        found = BlueskyPair(request.getfixturevalue("world"), run)
    found.start()
    yield found
    found.close()


def causes(pair: Any) -> set[str]:
    """After a sync: what decided about the stored posts of the other."""
    pair.settle()
    answer = pair.run("sync", "--json")
    assert answer.returncode == 0, answer.stderr
    stored = pair.run("timeline", "--json", "--all").stdout.splitlines()
    theirs = [record for record in map(json.loads, stored) if record["author"].get("id") == pair.friend]
    return {record["verdict"]["cause"] for record in theirs if not record.get("reposter")}


def reaches(pair: Any, *wanted: str) -> None:
    """One of the next syncs brings these causes and no other."""
    found: set[str] = set()
    for _ in range(PATIENCE):
        found = causes(pair)
        if found == set(wanted):
            return
        time.sleep(0.5)
    raise AssertionError(f"{found} and not {wanted}")


def test_a_mute_and_a_block_hide_what_is_stored_until_they_end(pair: Any) -> None:
    reaches(pair, "tie")
    if pair.is_silent:
        pytest.skip("this server lists and counts nothing: a block is seen within the hour")
    pair.act("mute")
    reaches(pair, "server_mute")
    pair.act("unmute")
    reaches(pair, "tie")
    pair.act("block")
    reaches(pair, "server_block")
    pair.act("unblock")
    pair.act("follow")
    reaches(pair, "tie")


def test_an_unfollow_and_a_follow_are_seen(pair: Any) -> None:
    reaches(pair, "tie")
    if pair.is_silent:
        pytest.skip("this server lists and counts nothing: an unfollow is seen within the hour")

    def follows() -> bool:
        ties = map(json.loads, pair.run("export", "ties").stdout.splitlines())
        return any(tie["person"] == pair.friend and bool(tie.get("you_follow")) for tie in ties)

    pair.act("unfollow")
    causes(pair)
    for _ in range(PATIENCE):
        if not follows():
            break
        causes(pair)
    assert not follows()
    pair.act("follow")
    reaches(pair, "tie")
    assert follows()
