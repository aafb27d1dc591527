"""`quietfeed feeds` and `timeline --from` as scripts use them, against servers on loopback."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from bluesky_feeds import CLOSE, GARDEN, GONE, saved

Serve = Callable[..., Any]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def server(bluesky: Serve, run: Run) -> Any:
    """A loopback server that quietfeed is signed in to, with a saved feed, one that is gone, and a list."""
    server = bluesky(posts=60)
    server.world.preferences = [saved((GARDEN, True), (GONE, False))]
    who = ("--server", server.url, "--handle", server.world.me["handle"])
    answer = run("account", "add", "bluesky", *who, "--token-stdin", stdin="abcd-efgh-ijkl-mnop")
    assert answer.returncode == 0, answer.stderr
    return server


def lines(answer: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_feeds_are_listed_and_read_and_their_posts_marked(server: Any, run: Run) -> None:
    feeds = lines(run("feeds", "--json"))
    assert [(feed["id"], feed["kind"], feed.get("pinned"), feed.get("gone")) for feed in feeds] == [
        (GARDEN, "feed", True, None),
        (GONE, "feed", None, True),
        (CLOSE, "list", None, None),
    ]
    assert "Close ones  list (bluesky:june.here.example)" in run("feeds").stdout
    (synced,) = lines(run("sync", "--json"))
    home = [record["id"] for record in lines(run("timeline", "--json", "--all"))]
    posts = lines(run("timeline", "--from", "gardening 🌱", "--json", "--all", "--limit", "60"))
    assert [post["id"] for post in posts] == [place["post"]["uri"] for place in server.feeds.places[GARDEN]][:60]
    assert all(post["verdict"]["reasons"] for post in posts)
    hidden = lines(run("timeline", "--from", GARDEN, "--json", "--hidden", "--level", "known"))
    assert hidden
    assert not any(post["verdict"]["show"] for post in hidden)
    assert run("mark", posts[0]["id"], "sales").returncode == 0
    again = lines(run("timeline", "--from", GARDEN, "--json", "--all", "--limit", "3"))
    assert (len(again), again[0]["mark"]) == (3, "sales")
    assert [record["id"] for record in lines(run("export", "marks"))] == [posts[0]["id"]]
    # None of its posts is in the timeline, and the next sync finds nothing new.
    assert [record["id"] for record in lines(run("timeline", "--json", "--all"))] == home
    (second,) = lines(run("sync", "--json"))
    assert (second["new"], second["kept"]) == (0, synced["kept"])


def test_before_the_first_sync_friends_are_known_too(server: Any, run: Run) -> None:
    posts = lines(run("timeline", "--from", "Close ones", "--json", "--all"))
    assert {post["author"]["handle"] for post in posts} == {"ada.here.example"}
    assert posts[0]["tie"]["replies_to_you"] == 1
    assert all(post["verdict"]["show"] for post in posts)
    assert lines(run("timeline", "--json", "--all")) == []
    assert lines(run("sync", "--json"))[0]["kept"] > 50


@pytest.mark.parametrize(
    ("feed", "words"),
    [
        ("nothing like it", "You have no feed or list"),
        (GONE, "deleted by its author"),
        ("at://did:plc:x/app.bsky.feed.post/1", "You have no feed or list"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(server: Any, run: Run, feed: str, words: str) -> None:
    answer = run("timeline", "--from", feed, "--json")
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert words in answer.stderr


def test_a_feed_that_breaks_off_keeps_what_it_gave(server: Any, run: Run) -> None:
    server.quirks.refused_cursors = True
    answer = run("timeline", "--from", GARDEN, "--all", "--json", "--limit", "60")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert len(answer.stdout.splitlines()) == 50
    server.feeds.empty.add(GARDEN)
    server.quirks.refused_cursors = False
    answer = run("timeline", "--from", GARDEN, "--all", "--json")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert len(server.asked("app.bsky.feed.getFeed")) == 7


def test_without_an_account_there_are_no_questions(run: Run) -> None:
    for command in (("feeds",), ("timeline", "--from", "x")):
        answer = run(*command)
        assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
        assert "There is no account yet" in answer.stderr


def test_the_demo_has_feeds(run: Run) -> None:
    names = [feed["name"] for feed in lines(run("--demo", "feeds", "--json"))]
    assert names == ["Neighbours", "Loud today"]
    posts = lines(run("--demo", "timeline", "--from", "neighbours", "--json"))
    assert posts
    assert all(post["verdict"]["show"] for post in posts)


def test_plain_lists_feeds_and_reads_one(process: Run) -> None:
    answer = process("--demo", "--plain", stdin="f\nf1\nj\nq\nf9\nf2\n4\n")
    said = answer.stdout.splitlines()
    assert "2 feeds and lists; f1 and Enter reads the first." in said
    assert "1: Neighbours, a list." in said
    assert "2: Loud today, a feed by loud.example." in said
    assert any(line.startswith("Reading Neighbours, a list: ") for line in said)
    assert "Back in the timeline." in said
    assert any(line.endswith("posts are hidden at level quiet.") for line in said)
    assert answer.returncode == 0
