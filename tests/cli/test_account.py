"""`quietfeed account` as scripts use it, against servers on loopback."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

Serve = Callable[..., Any]
Run = Callable[..., subprocess.CompletedProcess[str]]

HANDLE = "june.here.example"
PASSWORD = "abcd-efgh-ijkl-mnop"


def kept(home: Path) -> dict[str, dict[str, str]]:
    value: dict[str, dict[str, str]] = json.loads(next(home.rglob("tokens.json")).read_text("utf-8"))
    return value


def test_bluesky_with_an_app_password(run: Run, bluesky_signin: Serve, home: Path) -> None:
    server = bluesky_signin()
    answer = run("account", "add", "bluesky", "--handle", HANDLE, "--token-stdin", stdin=f"{PASSWORD}\n")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert f"Signed in as {HANDLE}" in answer.stdout
    assert run("account", "list").stdout.split() == [f"bluesky:{HANDLE}", server.url]
    assert PASSWORD not in json.dumps(kept(home))
    refresh = kept(home)[f"bluesky:{HANDLE}"]["refresh"]
    assert refresh in server.refresh
    assert run("account", "remove", HANDLE).returncode == 0
    assert refresh not in server.refresh
    assert kept(home) == {}


def test_a_token_renewed_by_one_command_serves_the_next(process: Run, bluesky_signin: Serve, home: Path) -> None:
    server = bluesky_signin()
    process("account", "add", "bluesky", "--handle", HANDLE, "--server", server.url, "--token-stdin", stdin=PASSWORD)
    first = kept(home)[f"bluesky:{HANDLE}"]
    server.expire()
    assert process("sync").returncode == 0
    second = kept(home)[f"bluesky:{HANDLE}"]
    assert second["access"] != first["access"]
    assert second["refresh"] in server.refresh
    assert process("sync").returncode == 0
    assert kept(home)[f"bluesky:{HANDLE}"] == second


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "words"),
    [
        (("bluesky", "--handle", HANDLE), "s3cret", 1, "does not accept this handle and app password"),
        (
            ("bluesky", "--handle", "nobody.here.example", "--server", "SERVER"),
            PASSWORD,
            1,
            "does not accept this handle",
        ),
        (("bluesky", "--handle", "june"), PASSWORD, 1, "is not a handle"),
        (("bluesky",), PASSWORD, 2, "needs --handle H"),
        (("bluesky", "--handle", HANDLE), "", 2, "no token on standard input"),
        (("mastodon",), "s3cret", 2, "needs --server URL"),
        (("nowhere",), "s3cret", 2, "quietfeed supports mastodon, bluesky"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    run: Run, bluesky_signin: Serve, arguments: tuple[str, ...], stdin: str, status: int, words: str
) -> None:
    server = bluesky_signin()
    given = [server.url if each == "SERVER" else each for each in arguments]
    answer = run("account", "add", *given, "--token-stdin", stdin=stdin)
    assert answer.returncode == status
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert answer.stdout == ""
    assert not stdin or stdin not in answer.stderr


def test_accounts_sync_concurrently_and_are_reported_in_order(run: Run, mastodon: Serve) -> None:
    answered = Event()
    slow, fast = mastodon(posts=30), mastodon(posts=20, sets=answered)
    for server in (slow, fast):
        added = run("account", "add", "mastodon", "--server", server.url, "--token-stdin", stdin="good\n")
        assert added.returncode == 0, added.stderr
    slow.quirks.waits_for = answered
    answer = run("sync", "--json")
    # In sequence, the slow server would have run into its timeout.
    assert answered.is_set()
    told = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [each["new"] for each in told] == [30, 20]
    assert (answer.returncode, answer.stderr) == (0, "")


def test_an_unreachable_account_delays_no_other(run: Run, mastodon: Serve) -> None:
    revoked, good = mastodon(posts=30), mastodon(posts=20)
    for server in (revoked, good):
        run("account", "add", "mastodon", "--server", server.url, "--token-stdin", stdin="good\n")
    revoked.tokens.clear()
    answer = run("sync", "--json")
    assert [json.loads(line)["new"] for line in answer.stdout.splitlines()] == [0, 20]
    assert answer.returncode == 1
    assert answer.stderr.count("no longer accepts the sign-in") == 1
