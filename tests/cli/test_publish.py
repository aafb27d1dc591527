"""`quietfeed publish`: what it prints and asks, what it changes on the server, and undoing it."""

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def vouch(run: Run, server: Any) -> str:
    """Make a followed person known; returns the handle."""
    person = next(each for each, (follows, _) in server.world.follows.items() if follows)
    handle = server.world.people[person]["acct"]
    assert run("vouch", handle, "--yes").returncode == 0
    return str(handle)


def test_a_dry_run_prints_a_run_changes_and_undo_reverts(server: Any, run: Run) -> None:
    handle = vouch(run, server)
    dry = run("publish", "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, "")
    assert "Only you can see this list." in dry.stdout
    assert f"{handle}" in dry.stdout
    assert server.lists.made == {}
    record = json.loads(run("publish", "--dry-run", "--json", "--list", "Friends").stdout)
    assert (record["list"], record["public"], record["new"]) == ("Friends", False, True)
    done = run("publish")
    assert (done.returncode, done.stderr) == (0, "")
    assert 'changed: list "quietfeed"' in done.stdout
    assert "undo: quietfeed publish --undo --to " in done.stdout
    members = server.lists.called("quietfeed")
    assert members
    again = run("publish")
    assert "is already up to date" in again.stdout
    assert f"Unchanged: {len(members)}." in again.stdout
    assert json.loads(run("outbox", "--json").stdout)["list"] == "quietfeed"
    assert run("publish", "--undo").returncode == 0
    assert server.lists.made == {}
    twice = run("publish", "--undo")
    assert (twice.returncode, twice.stderr.count("\n")) == (1, 1)
    assert "nothing to undo" in twice.stderr


def test_what_cannot_be_published_is_explained_in_one_sentence(server: Any, run: Run) -> None:
    vouch(run, server)
    for arguments, status, words in (
        (("--to", "nobody"), 1, "There is no account nobody"),
        (("--list", " "), 2, "1 to 64 letters"),
        (("--undo", "--minimum", "close"), 2, "cannot be used with --minimum"),
        (("--undo",), 1, "nothing to undo"),
    ):
        wrong = run("publish", *arguments)
        assert (wrong.returncode, wrong.stderr.count("\n")) == (status, 1), arguments
        assert words in wrong.stderr
    assert run("account", "refresh", "june", "--read-only").returncode == 0
    reads = run("publish")
    assert reads.returncode != 0
    assert "--write" in reads.stderr
    assert run("publish", "--dry-run").returncode == 0
    assert server.lists.made == {}


def test_a_list_that_everybody_can_read_needs_an_agreement(bluesky: Callable[..., Any], run: Run) -> None:
    server = bluesky(posts=12)
    handle = server.world.me["handle"]
    added = run(
        *("account", "add", "bluesky", "--server", server.url, "--handle", handle, "--token-stdin", "--write"),
        stdin="abcd-efgh-ijkl-mnop\n",
    )
    assert added.returncode == 0, added.stderr
    assert run("sync").returncode == 0
    person = next(each for each in server.world.people.values() if each["handle"] != handle)
    assert run("vouch", person["handle"], "--yes").returncode == 0
    asks = run("publish")
    assert asks.returncode == 2
    assert "Everybody can read this list and who is in it." in asks.stdout
    assert "--yes" in asks.stderr
    assert not server.records
    assert run("publish", "--yes").returncode == 0
    assert any(each.get("subject") == person["did"] for each in server.records.values())
    # Removing names needs no confirmation.
    assert run("publish", "--undo").returncode == 0
    assert not server.records
