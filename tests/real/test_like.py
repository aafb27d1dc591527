"""Likes on real servers: from the command line to the server and back. `pytest -m servers tests/real/test_like.py`.

QUIETFEED_TEST_ATPROTO as in test_bluesky.py. QUIETFEED_TEST_MASTODON_URL and QUIETFEED_TEST_MASTODON_TOKEN as in
test_mastodon.py, with a token that may write; the likes are undone at the end.
"""

import json
import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.servers
Run = Callable[..., Any]


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def somebodys_post(run: Run, own: str) -> dict[str, Any]:
    posts = [each for each in lines(run("timeline", "--json", "--all")) if each["author"]["handle"] != own]
    return next(each for each in posts if "reposter" not in each and not each.get("viewer", {}).get("liked"))


def likes_from_you(run: Run, post_id: str) -> int:
    posts = {each["id"]: each for each in lines(run("timeline", "--json", "--all"))}
    count: int = posts[post_id]["tie"].get("likes_from_you") or 0
    return count


def like_and_unlike(run: Run, own: str, liked: Callable[[dict[str, Any]], int]) -> None:
    """Like, like again, sync, undo: server, store and outbox agree after each."""
    post = somebodys_post(run, own)
    before = likes_from_you(run, post["id"])
    (done,) = lines(run("like", post["id"], "--json"))
    assert (done["state"], done["kind"]) == ("done", "like")
    assert liked(post) == 1
    assert likes_from_you(run, post["id"]) == before + 1
    assert "already" in run("like", post["id"]).stdout
    assert liked(post) == 1
    run("sync")
    assert likes_from_you(run, post["id"]) == before + 1
    (undone,) = lines(run("unlike", post["id"], "--json"))
    assert (undone["state"], undone["kind"]) == ("done", "unlike")
    assert liked(post) == 0
    assert likes_from_you(run, post["id"]) == before
    assert {entry["state"] for entry in lines(run("outbox", "--json"))} == {"done"}
    (again,) = lines(run("like", post["id"], "--json"))
    assert again["state"] == "done"
    assert liked(post) == 1
    assert run("unlike", post["id"]).returncode == 0
    assert liked(post) == 0


def test_a_like_on_the_at_protocol(world: Any, run: Run) -> None:
    def quietfeed(*arguments: str, **parts: Any) -> Any:
        return run(*arguments, places=world.network.places(), **parts)

    added = ("account", "add", "bluesky", "--handle", "june.test", "--token-stdin")
    assert quietfeed(*added, stdin=world.app_password).returncode == 0
    quietfeed("sync")
    refused = quietfeed("like", somebodys_post(quietfeed, "june.test")["id"])
    assert (refused.returncode, "account refresh" in refused.stderr) == (1, True)
    assert quietfeed("account", "refresh", "june.test", "--write").returncode == 0
    did = world.dids["june"]

    def liked(post: dict[str, Any]) -> int:
        answer = httpx.get(
            f"{world.network.pds}/xrpc/com.atproto.repo.listRecords",
            params={"repo": did, "collection": "app.bsky.feed.like", "limit": 100},
        )
        return sum(each["value"]["subject"]["uri"] == post["id"] for each in answer.json()["records"])

    like_and_unlike(quietfeed, "june.test", liked)


def test_a_like_on_a_server_of_mastodons_api(run: Run) -> None:
    url, token = (os.environ.get(f"QUIETFEED_TEST_MASTODON_{name}", "") for name in ("URL", "TOKEN"))
    if not url or not token:
        pytest.skip("QUIETFEED_TEST_MASTODON_URL and _TOKEN name no account of a server")
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "quietfeed-tests"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        me = client.get("/api/v1/accounts/verify_credentials").raise_for_status().json()
        added = run("account", "add", "mastodon", "--server", url, "--token-stdin", "--write", stdin=token)
        assert added.returncode == 0, added.stderr
        run("sync")

        def liked(post: dict[str, Any]) -> int:
            status = client.get(f"/api/v1/statuses/{post['id']}").raise_for_status().json()
            return int(status["favourited"])

        own = next(iter(run("account", "list").stdout.split())).partition(":")[2]
        assert own.partition("@")[0] == me["username"]
        like_and_unlike(run, own, liked)
