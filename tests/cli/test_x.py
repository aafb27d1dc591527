"""X on the command line: the price before the first use, the sign-in, the sync within the budget, and messages."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

Serve = Callable[..., Any]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def signed_in(run: Run, x_server: Serve) -> Callable[..., Any]:
    def start(**quirks: Any) -> Any:
        server = x_server(**quirks)
        answer = run(
            *("account", "add", "x", "--client-id", "app", "--server", server.url, "--token-stdin", "--yes"),
            stdin="refresh-0\n",
        )
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.startswith("X charges the owner of the developer app for reading: $0.01 for this sign-in")
        assert "refresh-" not in answer.stdout + answer.stderr
        return server

    return start


def set_budget(home: Path, line: str) -> None:
    path = find_places(home).config_file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{line}\n", "utf-8")
    path.chmod(0o600)
    path.parent.chmod(0o700)


def test_without_a_terminal_the_price_needs_yes(run: Run, x_server: Serve) -> None:
    server = x_server()
    answer = run("account", "add", "x", "--server", server.url, "--token-stdin", stdin="good\n")
    assert answer.returncode == 2
    assert "docs.x.com/x-api/getting-started/pricing" in answer.stdout
    assert answer.stderr == "quietfeed: This costs money: confirm the price with --yes.\n"
    assert server.requests == []


def test_a_sync_reads_ties_first_and_then_only_known_people(signed_in: Serve, run: Run, home: Path) -> None:
    server = signed_in()
    answer = run("sync", "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    told = json.loads(answer.stdout)
    assert (told["account"], told["hidden"]) == ("x:june", 0)
    # Ada and Bo follow back; Max does not, and his posts are not paid for.
    read = [path for path in server.paths() if path.endswith("/tweets") and "/100/" not in path]
    assert sorted(read) == ["/2/users/1/tweets", "/2/users/2/tweets"]
    assert told["new"] == 10
    timeline = run("timeline")
    assert "ada" in timeline.stdout
    assert "Buy" not in timeline.stdout
    asked = len(server.requests)
    assert json.loads(run("sync", "--json").stdout)["new"] == 0
    assert len(server.requests) == asked
    doctor = run("doctor").stdout
    spent = 0.01 + 0.003 + 0.002 + 0.002 + (10 + 1) * 0.005
    assert f"x:june: ${spent:.3f} of $5.00 spent this month" in doctor
    assert "is left until 1 " in doctor
    assert server.charged == round(spent * 1_000_000)


def test_the_posts_of_muted_people_are_not_paid_for(signed_in: Serve, run: Run) -> None:
    server = signed_in()
    assert run("mute", "ada", "--yes").returncode == 0
    run("sync")
    assert "/2/users/1/tweets" not in server.paths()
    assert "/2/users/2/tweets" in server.paths()


def test_a_spent_budget_is_one_sentence_and_sends_nothing(signed_in: Serve, run: Run, home: Path) -> None:
    server = signed_in()
    asked = len(server.requests)
    set_budget(home, "monthly_budget = 0.02")
    answer = run("sync")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "The budget for X is used up: $0.013 of $0.02 is spent" in answer.stderr
    assert len([path for path, _, _ in server.requests[asked:] if path.startswith("/2/users")]) <= 1
    assert server.charged <= 20_000
    set_budget(home, "monthly_budget = 0")
    assert "because monthly_budget in config.toml is 0" in run("sync").stderr


def test_the_home_timeline_is_read_when_the_user_accepts_its_price(signed_in: Serve, run: Run, home: Path) -> None:
    server = signed_in()
    refused = run("account", "refresh", "x:june", "--home-timeline")
    assert refused.returncode == 2
    assert "up to $0.025" in refused.stdout
    assert "--yes" in refused.stderr
    assert run("account", "refresh", "x:june", "--home-timeline", "--yes").returncode == 0
    set_budget(home, "monthly_budget = 500")
    assert json.loads(run("sync", "--json").stdout)["new"] > 10
    home_reads = [path for path in server.paths() if path.endswith("reverse_chronological")]
    assert home_reads
    assert run("account", "refresh", "x:june", "--known-only").returncode == 0
    run("sync")
    assert [path for path in server.paths() if path.endswith("reverse_chronological")] == home_reads


def test_unsupported_commands_for_x_are_explained(signed_in: Serve, run: Run) -> None:
    server = signed_in()
    run("sync")
    written = run("account", "refresh", "x:june", "--write")
    assert written.returncode == 2
    assert "X is read-only" in written.stderr
    post = json.loads(run("timeline", "--json", "--limit", "1").stdout)
    for command in (("like", post["id"]), ("follow", "ada"), ("post", "hello")):
        answer = run(*command, "--yes") if command[0] == "post" else run(*command)
        assert answer.returncode in (1, 2), command
        assert answer.stderr.count("\n") == 1
    assert not [path for path, _, _ in server.requests if path.startswith("/1")]


def test_a_revoked_sign_in_names_the_command_that_signs_in_again(signed_in: Serve, run: Run) -> None:
    server = signed_in()
    server.access, server.refresh = set(), "other"
    answer = run("sync")
    assert answer.returncode == 1
    assert "`quietfeed account add x` signs in again" in answer.stderr


def test_an_archived_account_becomes_a_live_one_and_keeps_its_ties(run: Run, x_server: Serve, home: Path) -> None:
    server = x_server()
    archive = Archive(find_places(home).database)
    archive.add_account(Account("x", server.url, "june", "100"))
    archive.close()
    assert "imported archive" in run("account", "list").stdout
    assert "There is no account yet" in run("sync").stderr
    run("account", "add", "x", "--server", server.url, "--token-stdin", "--yes", stdin="good\n")
    listed = run("account", "list").stdout
    assert listed == f"x:june  {server.url}\n"
    # An access token alone cannot be renewed.
    server.access = set()
    assert "signs in again" in run("sync").stderr


def test_removing_the_account_revokes_the_token_and_keeps_the_spending(signed_in: Serve, run: Run, home: Path) -> None:
    server = signed_in()
    assert run("account", "remove", "x:june").returncode == 0
    assert server.access == set()
    archive = Archive(find_places(home).database)
    assert archive._db.row("select sum(amount) from spending") == (10_000,)
    archive.close()
