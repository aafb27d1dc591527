"""Every command that writes, on a server that rejects it or disconnects: one sentence, and nothing is done twice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.tuning import Tuning
from quietfeed.store.archive import Archive
from quietfeed.store.outbox import Entry
from quietfeed.store.places import find_places

Run = Callable[..., Any]
REJECTED, AWAY = (403, 404, 422), (429, 503, -1)
OF_BOTH = (
    ("like", "POST"),
    ("boost", "POST"),
    ("bookmark", "POST"),
    ("mute", "PERSON", "--boosts"),
    ("mute", "PERSON", "--server"),
    ("block", "PERSON", "--yes"),
    ("report", "PERSON", "--reason", "sells things", "--yes"),
    ("post", "Good morning"),
    ("post", "Me too", "--reply-to", "POST"),
    ("pin", "OWN"),
    ("edit", "OWN", "Another text", "--yes"),
    ("delete", "OWN", "--yes"),
)
"""The commands; POST, PERSON and OWN are ids and handles of the server's world."""
OF_MASTODON = (
    ("note", "PERSON", "met at the lake"),
    ("follow", "#walking"),
    ("post", "Which?", "--poll", "Lake", "--poll", "Hill"),
    ("post", "Later", "--at", "2h"),
)


@pytest.fixture
def tuning() -> Tuning:
    """A command does not wait for a retry."""
    return Tuning(action_wait=0, post_wait=0)


@pytest.fixture(params=["mastodon", "bluesky"])
def net(request: pytest.FixtureRequest, run: Run) -> tuple[str, Any]:
    """A server of each network, with an account that may write."""
    serve = request.getfixturevalue(request.param)
    server = serve(posts=12, scopes=("read", "write")) if request.param == "mastodon" else serve(posts=12)
    where = ["--server", server.url]
    if request.param == "bluesky":
        where += ["--handle", server.world.me["handle"]]
    token = "good\n" if request.param == "mastodon" else "abcd-efgh-ijkl-mnop\n"
    added = run("account", "add", request.param, *where, "--token-stdin", "--write", stdin=token)
    assert (added.returncode, run("sync").returncode) == (0, 0), added.stderr
    return request.param, server


def lines(run: Run, *command: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*command, "--json").stdout.splitlines()]


def test_a_command_that_the_server_rejects_or_that_waits_is_done_once(net: tuple[str, Any], run: Run) -> None:
    name, server = net
    posts = [each for each in lines(run, "timeline", "--all") if "reposter" not in each and "verdict" in each]
    found = next(each for each in posts if each["author"]["handle"] != "june@here.example")
    server.quirks.limit_headers = {"Retry-After": "0"}
    words = {"POST": found["id"], "PERSON": found["author"]["handle"]}
    commands = [*OF_BOTH, *(OF_MASTODON if name == "mastodon" else ())]
    for number, command in enumerate(commands):
        if "OWN" in command:
            words["OWN"] = json.loads(run("post", f"Mine {number}", "--json").stdout)["post"]
        typed = [words.get(each, each) for each in command]
        fault = REJECTED[number % 3]
        if command[0] == "delete" and name == "mastodon":
            # Deleting a post that does not exist succeeds.
            fault = 403
        server.quirks.write_fault = fault
        rejected = run(*typed)
        assert (rejected.returncode, rejected.stdout) == (1, ""), (typed, rejected)
        assert rejected.stderr.rstrip().endswith((".", "again.")), (typed, rejected.stderr)
        assert "Traceback" not in rejected.stderr
        assert newest().state == "failed", typed
        server.quirks.write_fault = AWAY[number % 3]
        waits = run(*typed)
        assert (waits.returncode, "Traceback" in waits.stderr) == (1, False), (typed, waits)
        assert "it waits in the outbox: `quietfeed sync` sends it" in waits.stderr, (typed, waits.stderr)
        entry = newest()
        assert entry.state in ("pending", "unclear"), entry
        server.quirks.write_fault = 0
        # A report that cannot be compared waits for the user in any case.
        assert run("outbox", "retry", str(entry.id)).returncode in (0, int(command[0] == "report"))
        if newest().state == "unclear":
            assert run("outbox", "retry", str(entry.id)).returncode == 0
        assert newest().state == "done", (typed, newest())
    texts = _texts(name, server)
    assert [texts.count(each) for each in ("Good morning", "Another text")] == [1, 1]
    assert sum("Me too" in each for each in texts) == 1


def newest() -> Entry:
    """The newest action of the outbox."""
    archive = Archive(find_places().database)
    entry = archive.outbox.all()[0]
    archive.close()
    return entry


def _texts(name: str, server: Any) -> list[str]:
    if name == "mastodon":
        return list(server.posts.texts())
    return [each["text"] for uri, each in server.records.items() if "/app.bsky.feed.post/" in uri]


def test_a_file_that_cannot_be_uploaded_is_no_lost_text(net: tuple[str, Any], run: Run, tmp_path: Path) -> None:
    _, server = net
    (tmp_path / "a.gif").write_bytes(b"GIF89a\x01\x00\x01\x00")
    server.quirks.write_fault = 422
    answer = run("post", "Look", "--media", str(tmp_path / "a.gif"), "--alt", "a dot")
    assert answer.returncode == 1
    (draft,) = lines(run, "drafts")
    assert (draft["text"], draft["media"][0]["alt"]) == ("Look", "a dot")
    assert "422" in draft["reason"]
