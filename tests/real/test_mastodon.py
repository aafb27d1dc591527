"""The whole program against a real server of Mastodon's API: `pytest -m servers tests/real/test_mastodon.py`.

QUIETFEED_TEST_MASTODON_URL names the server, and QUIETFEED_TEST_MASTODON_TOKEN contains the token of an account on it,
with permission to read. Or QUIETFEED_TEST_MASTODON_MOCK names a server program (see tests/servers/mastodon_other.py).
Without them the tests are skipped. GoToSocial, snac and Mastodon itself are such servers; on loopback, plain http is
accepted. Nothing is written there, and the token is not revoked.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.servers
Run = Callable[..., Any]
HOME = "/api/v1/timelines/home"
_ENOUGH = 120


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with _address() as (url, token):
        yield from _client(url, token)


@contextmanager
def _address() -> Iterator[tuple[str, str]]:
    url, token = (os.environ.get(f"QUIETFEED_TEST_MASTODON_{name}", "") for name in ("URL", "TOKEN"))
    other = import_module("mastodon_other")
    if url and token:
        yield url, token
    elif program := os.environ.get(other.VARIABLE):
        with other.running(program) as found:
            yield found
    else:
        pytest.skip(
            "QUIETFEED_TEST_MASTODON_URL and QUIETFEED_TEST_MASTODON_TOKEN name no server of Mastodon's API,"
            f" and {other.VARIABLE} no program that is one"
        )


def _client(url: str, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "quietfeed-tests"}
    with httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def home(server: httpx.Client) -> dict[str, Any]:
    """The newest statuses of the server's home timeline, by id."""
    found: dict[str, Any] = {}
    address: str | None = f"{HOME}?limit=40"
    while address is not None and len(found) < _ENOUGH:
        answer = server.get(address).raise_for_status()
        found |= {status["id"]: status for status in answer.json()}
        address = answer.links.get("next", {}).get("url") if answer.json() else None
    if not found:
        pytest.skip("the home timeline of that account is empty: let it follow somebody")
    return found


@pytest.fixture
def quietfeed(server: httpx.Client, run: Run) -> Run:
    _sign_in(run, str(server.base_url), server)
    return run


def _sign_in(run: Run, url: str, server: httpx.Client) -> None:
    token = server.headers["Authorization"].removeprefix("Bearer ")
    answer = run("account", "add", "mastodon", "--server", url, "--token-stdin", stdin=token)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert token not in answer.stdout


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def everything(run: Run) -> dict[str, dict[str, Any]]:
    """All stored posts by id; each is stored once."""
    records = lines(run("timeline", "--json", "--all"))
    found = {record["id"]: record for record in records}
    assert len(found) == len(records)
    return found


def one_sentence(answer: Any, words: str) -> None:
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1), answer.stderr
    assert words in answer.stderr


def test_a_sync_keeps_every_post_once(home: dict[str, Any], quietfeed: Run) -> None:
    (said,) = lines(quietfeed("sync", "--json"))
    assert said["troubles"] == []
    found = everything(quietfeed)
    assert home.keys() <= found.keys()
    assert said["kept"] == len(found)
    (again,) = lines(quietfeed("sync", "--json"))
    assert again["troubles"] == []
    assert home.keys() <= everything(quietfeed).keys()


def test_hidden_posts_give_reasons_without_control_characters(home: dict[str, Any], quietfeed: Run) -> None:
    quietfeed("sync")
    assert all(record["verdict"]["reasons"] for record in lines(quietfeed("timeline", "--json", "--hidden")))
    text = quietfeed("timeline", "--all").stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


def test_marks_and_vouches(home: dict[str, Any], quietfeed: Run) -> None:
    quietfeed("sync")
    post = next(iter(everything(quietfeed).values()))
    assert quietfeed("mark", post["id"], "sales").returncode == 0
    assert everything(quietfeed)[post["id"]]["mark"] == "sales"
    assert quietfeed("unmark", post["id"]).returncode == 0
    assert quietfeed("vouch", post["author"]["handle"]).returncode == 0
    seen = everything(quietfeed)[post["id"]]
    assert "mark" not in seen
    assert seen["tie"]["vouched"] is True
    assert seen["verdict"]["show"] is True


def test_ties_match_the_relationships_of_the_server(home: dict[str, Any], quietfeed: Run, server: httpx.Client) -> None:
    quietfeed("sync")
    ties = {tie["person"]: tie for tie in lines(quietfeed("export", "ties"))}
    me = server.get("/api/v1/accounts/verify_credentials").raise_for_status().json()["id"]
    people = list(dict.fromkeys(status["account"]["id"] for status in home.values()))
    for person in [each for each in people if each != me][:8]:
        answer = server.get("/api/v1/accounts/relationships", params={"id[]": person}).raise_for_status()
        (said,) = answer.json()
        assert (ties[person]["you_follow"], ties[person]["follows_you"]) == (said["following"], said["followed_by"])


def test_lists_and_hashtags_are_timelines_of_their_own(
    home: dict[str, Any], quietfeed: Run, server: httpx.Client
) -> None:
    feeds = {feed["id"]: feed["name"] for feed in lines(quietfeed("feeds", "--json"))}
    lists = server.get("/api/v1/lists")
    wanted = {f"list:{each['id']}": each["title"] for each in (lists.json() if lists.is_success else [])}
    assert wanted.items() <= feeds.items()
    if not feeds:
        pytest.skip("that account has no list and follows no hashtag")
    quietfeed("sync")
    before = list(everything(quietfeed))
    for feed, name in feeds.items():
        kind, _, key = feed.partition(":")
        answer = server.get(f"/api/v1/timelines/{kind}/{key}", params={"limit": "40"}).raise_for_status()
        read = lines(
            quietfeed("timeline", "--from", name, "--json", "--all", "--limit", str(max(len(answer.json()), 1)))
        )
        assert [record["id"] for record in read] == list(dict.fromkeys(each["id"] for each in answer.json()))
    assert list(everything(quietfeed)) == before
    one_sentence(quietfeed("timeline", "--from", "list:0"), "You have no feed or list")


def test_doctor_finds_everything_well(home: dict[str, Any], quietfeed: Run) -> None:
    answer = quietfeed("doctor")
    assert answer.returncode == 0, answer.stdout


def test_an_expired_token_is_reported(home: dict[str, Any], quietfeed: Run, tmp_path: Path) -> None:
    quietfeed("sync")
    file = next(tmp_path.rglob("tokens.json"))
    kept = json.loads(file.read_text("utf-8"))
    broken = {key: {name: "broken" if name == "token" else value for name, value in kept[key].items()} for key in kept}
    assert broken != kept
    file.write_text(json.dumps(broken), "utf-8")
    one_sentence(quietfeed("sync"), "signs in again")
    assert home.keys() <= everything(quietfeed).keys()


@pytest.mark.parametrize(("trouble", "words"), [("gone", "cannot be reached"), ("limited", "Rate limited by")])
def test_an_interrupted_sync_loses_nothing(
    home: dict[str, Any], server: httpx.Client, run: Run, trouble: str, words: str
) -> None:
    url = str(server.base_url).rstrip("/")
    with import_module("front").in_front_of(url) as front:
        _sign_in(run, front.url, server)
        front.spared = 1
        front.troubles = {trouble: HOME}
        one_sentence(run("sync"), words)
        before = everything(run)
        if home.keys() <= before.keys():
            pytest.skip("the whole home timeline is one page")
        assert before
        front.troubles = {}
        (said,) = lines(run("sync", "--json"))
        assert said["troubles"] == []
        assert before.keys() | home.keys() <= everything(run).keys()
