"""The whole program against the real AT Protocol network, through its command line: `pytest -m servers tests/real`.

The network is the npm package @atproto/dev-env (the reference code of account server, AppView and DID directory), run
by Node 22 on loopback with its own PostgreSQL and Redis. `python tests/servers/atproto.py install FOLDER` installs Node
and the package into a folder once; QUIETFEED_TEST_ATPROTO=FOLDER names it. PostgreSQL and Redis are Debian's
packages `postgresql` and `redis-server`. Each run starts a new network, fills it with twenty people
(tests/servers/atproto_world.py) and stops it. If a part is missing, the tests are skipped with its name.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.servers
Run = Callable[..., Any]
KEY = "bluesky:june.test"


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def id_of(place: dict[str, Any]) -> str:
    by = place.get("reason", {}).get("by")
    uri: str = place["post"]["uri"]
    return f"{uri}#{by['did']}" if by else uri


@pytest.fixture
def quietfeed(world: Any, run: Run) -> Run:
    """quietfeed in the network, signed in as june with an app password."""

    def _run(*arguments: str, **parts: Any) -> Any:
        return run(*arguments, places=world.network.places(), **parts)

    answer = import_module("pairs").sign_in_to_bluesky(_run, world.app_password)
    assert (answer.returncode, answer.stderr) == (0, "")
    return _run


def everything(quietfeed: Run) -> dict[str, dict[str, Any]]:
    """All stored posts by id; each is stored once."""
    records = lines(quietfeed("timeline", "--json", "--all"))
    found = {record["id"]: record for record in records}
    assert len(found) == len(records)
    return found


def tokens(home: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(next(home.rglob("tokens.json")).read_text("utf-8"))
    return value


def signed(secret: str, token: str, **claims: Any) -> str:
    """The same access token with other claims, signed with the network's own secret."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    head, body, _ = token.split(".")
    old = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    unsigned = f"{head}.{part(json.dumps(old | claims).encode())}"
    return f"{unsigned}.{part(hmac.digest(secret.encode(), unsigned.encode(), hashlib.sha256))}"


def test_a_handle_leads_to_its_server_and_back(world: Any, quietfeed: Run, tmp_path: Path) -> None:
    assert quietfeed("account", "list").stdout.split() == [KEY, world.network.pds]
    assert world.app_password not in json.dumps(tokens(tmp_path))
    wrong = quietfeed(
        "account", "add", "bluesky", "--handle", "june.test", "--token-stdin", stdin="abcd-efgh-ijkl-mnop"
    )
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "does not accept this handle and app password" in wrong.stderr
    nobody = quietfeed("account", "add", "bluesky", "--handle", "nobody.test", "--token-stdin", stdin="x")
    assert "There is no account with the handle nobody.test" in nobody.stderr


def test_a_sync_keeps_every_post_once_and_the_next_finds_nothing_new(world: Any, quietfeed: Run) -> None:
    (first,) = lines(quietfeed("sync", "--json"))
    assert first["troubles"] == []
    found = everything(quietfeed)
    wanted = {id_of(place) for place in world.home()}
    assert len(wanted) > 160
    assert wanted <= set(found)
    assert first["new"] == first["kept"] == len(found) == first["shown"] + first["hidden"]
    (second,) = lines(quietfeed("sync", "--json"))
    assert (second["new"], second["troubles"]) == (0, [])
    world.posts["news"] = world.post("gita", "Something new")
    world.settle()
    (third,) = lines(quietfeed("sync", "--json"))
    assert third["new"] == 1
    assert world.posts["news"]["uri"] in everything(quietfeed)


def test_the_quiet_timeline_shows_friends_and_hides_noise(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    shown = {record["author"]["handle"] for record in lines(quietfeed("timeline", "--json"))}
    assert {f"{name}.test" for name in ("ada", "bob", "carla", "dmitri", "eri", "farid", "gita", "june")} <= shown
    hidden = lines(quietfeed("timeline", "--json", "--hidden"))
    by_handle = {record["author"]["handle"]: record["verdict"]["category"] for record in hidden}
    assert (
        by_handle.items()
        >= {
            "starlet.test": "celebrity",
            "gazette.test": "celebrity",
            "shopone.test": "sales",
        }.items()
    )
    assert all(record["verdict"]["reasons"] for record in hidden)
    assert not {f"{name}.test" for name in ("blocked", "blocker")} & (shown | by_handle.keys())


def test_marks_and_vouches(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    sale, star = world.posts["shopone 1"]["uri"], world.posts["starlet 3"]["uri"]
    assert quietfeed("mark", sale, "person").returncode == 0
    assert quietfeed("vouch", "@starlet.test").returncode == 0
    shown = {record["id"]: record for record in lines(quietfeed("timeline", "--json"))}
    assert shown[sale]["mark"] == "person"
    assert shown[star]["tie"]["vouched"] is True
    marks = lines(quietfeed("export", "marks"))
    assert [(mark["id"], mark["mark"]) for mark in marks if "mark" in mark and "id" in mark] == [(sale, "person")]
    quietfeed("unvouch", "starlet.test")
    quietfeed("unmark", sale)
    shown = {record["id"]: record for record in lines(quietfeed("timeline", "--json"))}
    assert star not in shown
    assert sale not in shown


def test_ties_count_what_passed_between_people(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    ties = {tie["handle"]: tie for tie in lines(quietfeed("export", "ties"))}

    def tie(name: str, **wanted: Any) -> None:
        assert ties[f"{name}.test"].items() >= wanted.items(), ties[f"{name}.test"]

    mutual = {"you_follow": True, "follows_you": True}
    tie("ada", **mutual, replies_to_you=1, replies_from_you=1, likes_to_you=1, likes_from_you=1)
    tie("bob", **mutual, replies_to_you=1, replies_from_you=1, reposts_of_you=1)
    tie("carla", **mutual, mentions_from_you=1)
    tie("dmitri", **mutual, replies_from_you=1, replies_to_you=0)
    tie("eri", **mutual, mentions_to_you=1, reposts_by_you=1)
    tie("gita", **mutual, mentions_to_you=1)
    tie("farid", **mutual, replies_to_you=0, replies_from_you=0)
    tie("starlet", you_follow=True, follows_you=False, replies_to_you=0)
    assert ties["ada.test"]["person"] == world.dids["ada"]


def test_facets_keep_their_positions(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    found = everything(quietfeed)
    post = found[world.posts["facets"]["uri"]]
    assert post["text"] == import_module("atproto_world").BEFORE_THE_LINK
    marked = {span["kind"]: (post["text"][span["start"] : span["end"]], span["target"]) for span in post["spans"]}
    assert marked == {
        "link": ("example.org/fox", "https://example.org/fox?a=1&b=2"),
        "hashtag": ("#きつね", "きつね"),
        "mention": ("@ada.test", "ada.test"),
    }
    (span,) = found[world.posts["mention"]["uri"]]["spans"]
    assert span["target"] == "june.test"


def test_the_parts_of_a_post_are_shown_by_kind(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    found = everything(quietfeed)

    def post(name: str) -> dict[str, Any]:
        return found[world.posts[name]["uri"]]

    assert [each["alt"] for each in post("pictures")["attachments"]] == ["A fox 🦊 asleep[31m under a red bench", ""]
    assert post("quote")["quote"]["handle"] == "june.test"
    both = post("quote with picture")
    assert (both["quote"]["handle"], [each["alt"] for each in both["attachments"]]) == ("carla.test", ["Mine"])
    assert post("card")["card"]["title"] == "Bags 👜"
    assert post("quotes gone")["quote"]["text"] == "a quoted post that was deleted"
    assert "blocks you" in post("quotes blocker")["quote"]["text"]
    assert post("quotes list")["quote"]["text"] == "a list: Close ones"
    gone = post("answers gone")
    assert (gone["reply_to"], gone["reply_to_person"]) == ("", world.dids["kim"])
    (label,) = post("bob 2")["labels"]
    assert (label["name"], label["does"]) == ("nudity", "warn")
    assert post("long ago")["created_at"] < post("june 1")["created_at"]


def test_people_muted_in_the_app_are_hidden(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    hidden = {record["id"]: record for record in lines(quietfeed("timeline", "--json", "--hidden"))}
    assert "broccoli" in str(hidden[world.posts["muted word"]["uri"]]["verdict"]["reasons"]).casefold()
    assert hidden[world.posts["hidden"]["uri"]]["verdict"]["reasons"]
    shown = {record["author"]["handle"] for record in lines(quietfeed("timeline", "--json"))}
    assert "hugo.test" not in shown


def test_labels_follow_the_settings_of_the_app(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    found = everything(quietfeed)

    def of(name: str) -> list[tuple[str, str, str]]:
        return [(each["name"], each["by"], each["does"]) for each in found[world.posts[name]["uri"]].get("labels", [])]

    assert of("ines 2") == [("Nonsense", "Lena", "warn")]
    assert of("ines 4") == [("Loud", "Lena", "note")]
    assert of("ines 3") == of("ada 3") == [("Scam", "Lena", "hide")]
    # Undone, expired, and from a labeler to whom june did not subscribe.
    assert of("ines 5") == of("ines 6") == of("ines 7") == []
    hidden = {record["id"]: record for record in lines(quietfeed("timeline", "--json", "--hidden"))}
    reasons = hidden[world.posts["ines 3"]["uri"]]["verdict"]["reasons"]
    assert [each["text"] for each in reasons] == ['labelled "Scam" by Lena, which you chose to hide']
    # A friend is covered and not hidden; and one key brings the other back.
    friend = world.posts["ada 3"]["uri"]
    assert friend not in hidden
    assert "only a warning, because you know them" in json.dumps(found[friend]["verdict"]["reasons"])
    assert '[labelled "Scam" by Lena]' in quietfeed("timeline").stdout
    assert quietfeed("mark", world.posts["ines 3"]["uri"], "person").returncode == 0
    assert world.posts["ines 3"]["uri"] in {record["id"] for record in lines(quietfeed("timeline", "--json"))}


def test_feeds_and_lists_are_timelines_of_their_own(world: Any, quietfeed: Run) -> None:
    feeds = {feed["name"]: feed for feed in lines(quietfeed("feeds", "--json"))}
    assert [feeds[name]["kind"] for name in ("Gardening 🌱", "Walkers", "Close ones")] == ["feed", "list", "list"]
    assert next(iter(feeds)) == "Gardening 🌱"
    assert (feeds["Gardening 🌱"]["by"], feeds["Gardening 🌱"]["pinned"]) == ("gita.test", True)
    assert feeds["gone"]["gone"] is True
    quietfeed("sync")
    home = list(everything(quietfeed))
    posts = lines(quietfeed("timeline", "--from", "gardening 🌱", "--json", "--all"))
    assert [post["id"] for post in posts] == world.feed_posts
    shown = {post["author"]["handle"] for post in posts if post["verdict"]["show"]}
    assert "ada.test" in shown
    assert not shown & {"starlet.test", "shopone.test"}
    assert all(post["author"]["followers"] is not None for post in posts)
    stranger = next(post["id"] for post in posts if post["author"]["handle"] == "kim.test")
    assert stranger not in home
    assert quietfeed("mark", stranger, "spam").returncode == 0
    marked = lines(quietfeed("timeline", "--from", world.feeds["garden"], "--json", "--hidden"))
    assert stranger in {post["id"] for post in marked}
    walkers = lines(quietfeed("timeline", "--from", "Walkers", "--json", "--all", "--limit", "100"))
    assert {post["author"]["handle"] for post in walkers} == {"kim.test", "bob.test"}
    close = lines(quietfeed("timeline", "--from", "Close ones", "--json", "--all"))
    assert {post["author"]["handle"] for post in close} == {"ada.test"}
    # None of this is in the timeline, and syncs are not affected.
    assert list(everything(quietfeed)) == home
    (said,) = lines(quietfeed("sync", "--json"))
    assert (said["new"], said["kept"], said["troubles"]) == (0, len(home), [])
    # The posts of this world repeat each other, so the mark is also on near-copies by strangers.
    assert stranger in {mark["id"] for mark in lines(quietfeed("export", "marks"))}


def test_a_feed_that_is_gone_empty_or_down_is_one_sentence(world: Any, quietfeed: Run) -> None:
    gone = quietfeed("timeline", "--from", world.feeds["gone"])
    assert (gone.returncode, gone.stderr.count("\n")) == (1, 1)
    assert "This feed was deleted" in gone.stderr
    empty = quietfeed("timeline", "--from", world.feeds["empty"])
    assert (empty.returncode, empty.stdout, empty.stderr) == (0, "", "")
    nothing = quietfeed(
        "timeline", "--from", world.feeds["walkers"].replace("app.bsky.graph.list/", "app.bsky.graph.list/x")
    )
    assert (nothing.returncode, nothing.stdout) == (0, "")


def test_a_revoked_session_or_a_server_that_is_away_is_not_taken_for_the_feeds_fault(
    world: Any, quietfeed: Run, tmp_path: Path
) -> None:
    garden = ("timeline", "--from", world.feeds["garden"], "--json", "--all")
    assert len(lines(quietfeed(*garden))) == len(world.feed_posts)
    world.network.order("down")
    try:
        away = quietfeed(*garden)
        assert (away.returncode, away.stderr.count("\n")) == (1, 1)
        assert "cannot be reached" in away.stderr
    finally:
        world.network.order("up")
    kept = tokens(tmp_path)
    kept[KEY]["access"] = signed(world.network.secret, kept[KEY]["access"], exp=int(time.time()) - 60)
    next(tmp_path.rglob("tokens.json")).write_text(json.dumps(kept), "utf-8")
    assert len(lines(quietfeed(*garden))) == len(world.feed_posts)
    kept = tokens(tmp_path)
    headers = {"Authorization": f"Bearer {kept[KEY]['refresh']}"}
    httpx.post(f"{world.network.pds}/xrpc/com.atproto.server.deleteSession", headers=headers).raise_for_status()
    kept[KEY]["access"] = signed(world.network.secret, kept[KEY]["access"], exp=int(time.time()) - 60)
    next(tmp_path.rglob("tokens.json")).write_text(json.dumps(kept), "utf-8")
    for command in (garden, ("feeds", "--json")):
        revoked = quietfeed(*command)
        assert (revoked.returncode, revoked.stdout, revoked.stderr.count("\n")) == (1, "", 1)
        assert "signs in again" in revoked.stderr


def test_hostile_text_reaches_no_terminal(world: Any, quietfeed: Run) -> None:
    quietfeed("sync")
    plain = quietfeed("timeline", "--all").stdout
    records = quietfeed("timeline", "--all", "--json").stdout
    assert "gnp.exe" in plain
    for text in (plain, *(json.dumps(record, ensure_ascii=False) for record in map(json.loads, records.splitlines()))):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


def test_doctor_finds_everything_well(world: Any, quietfeed: Run) -> None:
    answer = quietfeed("doctor")
    assert answer.returncode == 0, answer.stdout
    # A page is shorter than asked for where somebody on it is muted.
    assert re.search(rf"{KEY}: {world.network.pds} responds \([45]\d posts on the newest page\)", answer.stdout)


@pytest.mark.parametrize("noticed", [True, False])
def test_an_expired_token_is_renewed(world: Any, quietfeed: Run, tmp_path: Path, noticed: bool) -> None:
    kept = tokens(tmp_path)
    first = dict(kept[KEY])
    kept[KEY]["access"] = signed(world.network.secret, first["access"], exp=int(time.time()) - 60)
    if not noticed:
        # As on a machine whose clock is slow: only the server can tell that it expired.
        kept[KEY] |= {"expires": str(int(time.time()) + 3600), "lives": "7200"}
    next(tmp_path.rglob("tokens.json")).write_text(json.dumps(kept), "utf-8")
    headers = {"Authorization": f"Bearer {kept[KEY]['access']}"}
    asked = httpx.get(f"{world.network.pds}/xrpc/com.atproto.server.getSession", headers=headers)
    assert (asked.status_code, asked.json()["error"]) == (400, "ExpiredToken")
    (said,) = lines(quietfeed("sync", "--json"))
    assert said["troubles"] == []
    assert {id_of(place) for place in world.home()} <= set(everything(quietfeed))
    second = tokens(tmp_path)[KEY]
    assert second["access"] != kept[KEY]["access"]
    assert second["refresh"] != first["refresh"]
    assert lines(quietfeed("sync", "--json"))[0]["troubles"] == []
    assert tokens(tmp_path)[KEY] == second


def test_a_revoked_session_is_reported_in_one_sentence(world: Any, quietfeed: Run, tmp_path: Path) -> None:
    quietfeed("sync")
    kept = tokens(tmp_path)
    headers = {"Authorization": f"Bearer {kept[KEY]['refresh']}"}
    httpx.post(f"{world.network.pds}/xrpc/com.atproto.server.deleteSession", headers=headers).raise_for_status()
    # An access token is valid until it expires; then it cannot be renewed.
    kept[KEY]["access"] = signed(world.network.secret, kept[KEY]["access"], exp=int(time.time()) - 60)
    next(tmp_path.rglob("tokens.json")).write_text(json.dumps(kept), "utf-8")
    answer = quietfeed("sync")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "`quietfeed account add bluesky` signs in again" in answer.stderr
    assert len(everything(quietfeed)) > 160
    well = quietfeed("doctor")
    assert (well.returncode, well.stdout.count("BAD")) == (1, 1)


def test_two_at_once_renew_one_after_the_other(world: Any, quietfeed: Run, tmp_path: Path) -> None:
    kept = tokens(tmp_path)
    first = dict(kept[KEY])
    kept[KEY]["access"] = signed(world.network.secret, first["access"], exp=int(time.time()) - 60)
    next(tmp_path.rglob("tokens.json")).write_text(json.dumps(kept), "utf-8")
    with ThreadPoolExecutor() as two:
        answers = list(two.map(lambda _: quietfeed("sync", "--json"), range(2)))
    assert [lines(answer)[0]["troubles"] for answer in answers] == [[], []]
    assert tokens(tmp_path)[KEY]["refresh"] != first["refresh"]
    assert {id_of(place) for place in world.home()} <= set(everything(quietfeed))
    assert lines(quietfeed("sync", "--json"))[0]["troubles"] == []


def test_an_app_password_that_is_taken_away_ends_the_sign_in(world: Any, run: Run, tmp_path: Path) -> None:
    places = world.network.places()
    made = world.call("POST", "com.atproto.server.createAppPassword", "june", json={"name": "for a while"})
    add = ("account", "add", "bluesky", "--handle", "june.test", "--token-stdin")
    assert run(*add, stdin=made["password"], places=places).returncode == 0
    world.call("POST", "com.atproto.server.revokeAppPassword", "june", json={"name": "for a while"})
    kept = tokens(tmp_path)
    kept[KEY]["access"] = signed(world.network.secret, kept[KEY]["access"], exp=int(time.time()) - 60)
    next(tmp_path.rglob("tokens.json")).write_text(json.dumps(kept), "utf-8")
    answer = run("sync", places=places)
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "`quietfeed account add bluesky` signs in again" in answer.stderr


def test_the_sign_in_reports_a_deactivated_account(world: Any, run: Run) -> None:
    places = world.network.places()
    add = ("account", "add", "bluesky", "--handle", "kim.test", "--token-stdin")
    password = sys.modules["atproto_world"].PASSWORD
    world.call("POST", "com.atproto.server.deactivateAccount", "kim", json={})
    try:
        answer = run(*add, stdin=password, places=places)
        assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
        assert "This account is deactivated" in answer.stderr
    finally:
        world.call("POST", "com.atproto.server.activateAccount", "kim")
    assert run(*add, stdin=password, places=places).returncode == 0


def test_signing_out_ends_the_session(world: Any, quietfeed: Run, tmp_path: Path) -> None:
    refresh = tokens(tmp_path)[KEY]["refresh"]
    assert quietfeed("account", "remove", "june.test").returncode == 0
    headers = {"Authorization": f"Bearer {refresh}"}
    answer = httpx.post(f"{world.network.pds}/xrpc/com.atproto.server.refreshSession", headers=headers)
    assert answer.json()["error"] == "ExpiredToken"
    assert tokens(tmp_path) == {}


def test_a_server_that_goes_away_in_a_sync_costs_nothing(world: Any, quietfeed: Run) -> None:
    wanted = {id_of(place) for place in world.home()}
    world.network.order("down", after=2)
    try:
        answer = quietfeed("sync")
        assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
        assert "cannot be reached" in answer.stderr
        assert "Traceback" not in answer.stderr
        before = everything(quietfeed)
        assert 80 < len(before) <= 100
        assert quietfeed("sync").returncode == 1
        assert everything(quietfeed).keys() == before.keys()
    finally:
        world.network.order("up")
    (said,) = lines(quietfeed("sync", "--json"))
    assert said["troubles"] == []
    after = everything(quietfeed)
    assert wanted <= after.keys()
    assert {tie["handle"] for tie in lines(quietfeed("export", "ties"))} >= {"ada.test", "bob.test", "starlet.test"}


def test_a_rate_limited_request_costs_nothing(world: Any, run: Run) -> None:
    wanted = {id_of(place) for place in world.home()}
    front_module = import_module("front")
    with front_module.in_front_of(world.network.pds) as front:

        def quietfeed(*arguments: str, **parts: Any) -> Any:
            return run(*arguments, places=world.network.places(), **parts)

        added = quietfeed(
            *("account", "add", "bluesky", "--server", front.url, "--handle", "june.test", "--token-stdin"),
            stdin=world.app_password,
        )
        assert (added.returncode, added.stderr) == (0, "")
        assert quietfeed("account", "list").stdout.split() == [KEY, front.url]
        assert _use_up(world.network.pds, front.asker, but=8) == 8
        answer = quietfeed("sync")
        assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
        assert "Rate limited by" in answer.stderr
        kept = everything(quietfeed)
        assert 0 < len(kept) < len(wanted)
        # It stopped before a rejection, because the server states the remaining requests. The next process cannot.
        assert 429 not in front.statuses
        assert "Rate limited by" in quietfeed("sync").stderr
        assert 429 in front.statuses
        assert everything(quietfeed).keys() == kept.keys()
        front.asker = "203.0.113.8"
        (said,) = lines(quietfeed("sync", "--json"))
        assert said["troubles"] == []
        assert wanted <= everything(quietfeed).keys()


def _use_up(server: str, asker: str, *, but: int) -> int:
    """Send requests from that address until only so many of its five minutes' limit are left; returns how many."""
    with httpx.Client(headers={"X-Forwarded-For": asker}) as client:
        for _ in range(3100):
            answer = client.get(f"{server}/xrpc/com.atproto.server.describeServer")
            left = int(answer.headers["ratelimit-remaining"])
            if left <= but:
                return left
    raise AssertionError("the server has no limits")


def test_judge_reads_what_the_servers_answer(world: Any, run: Run) -> None:
    me, post = {"actor": world.dids["june"]}, {"uri": world.posts["june 1"]["uri"]}
    asked: dict[str, tuple[dict[str, str], Callable[[Any], int]]] = {
        "feed.getTimeline": ({"limit": "100"}, lambda answer: len(answer["feed"])),
        "feed.getAuthorFeed": (me, lambda answer: len(answer["feed"])),
        "feed.getActorLikes": (me, lambda answer: len(answer["feed"])),
        "feed.getQuotes": ({"uri": world.posts["june 4"]["uri"]}, lambda answer: len(answer["posts"])),
        "feed.searchPosts": ({"q": "allotment"}, lambda answer: len(answer["posts"])),
        "feed.getPosts": ({"uris": post["uri"]}, lambda answer: len(answer["posts"])),
        "feed.getPostThread": (post, lambda answer: 7),
        "notification.listNotifications": (
            {},
            lambda answer: sum(each["reason"] in ("reply", "mention", "quote") for each in answer["notifications"]),
        ),
    }
    for nsid, (params, count) in asked.items():
        answer = world.call("GET", f"app.bsky.{nsid}", "june", params=params)
        verdicts = lines(run("judge", "--from", "bluesky", stdin=json.dumps(answer)))
        assert len(verdicts) == count(answer) > 0, nsid


def test_the_public_may_look(world: Any, run: Run) -> None:
    answer = run("try", "june.test", "--json", places=world.network.places())
    assert answer.returncode == 0, answer.stderr
    authors = {json.loads(line)["author"]["handle"] for line in answer.stdout.splitlines()}
    assert {"ada.test", "bob.test", "carla.test"} <= authors
