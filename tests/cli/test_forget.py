"""`quietfeed forget`: what it asks, what it prints, and its exit status."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
ADA = "ada@there.example"


@pytest.fixture
def taught(run: Run) -> Run:
    records = (
        {"id": "1", "text": "a post by ada", "account": "a", "mark": "spam", "author": {"id": "9", "handle": ADA}},
        {"handle": ADA, "word": "vouched"},
    )
    assert run("import", "-", stdin="\n".join(map(json.dumps, records))).returncode == 0
    return run


def test_without_a_terminal_it_needs_yes_and_prints_what_was_deleted(taught: Run, home: Path) -> None:
    asked = taught("forget", ADA)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "--yes" in asked.stderr
    done = taught("forget", ADA, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"Forgot {ADA}: 1 mark, 1 vouch, mute or join."
    assert taught("export", "marks").stdout == ""
    assert not [path for path in home.rglob("*") if path.is_file() and ADA.encode() in path.read_bytes()]
    again = taught("forget", ADA, "--yes")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"quietfeed: Nothing about {ADA} is stored here.\n"


@pytest.mark.parametrize("arguments", [(), (ADA, "--all")])
def test_forget_rejects_an_ambiguous_name(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run("forget", *arguments, "--yes")
    assert answer.returncode == 2
    assert "--all alone" in answer.stderr


def test_everything_is_deleted_and_the_next_command_starts_empty(taught: Run, home: Path) -> None:
    done = taught("forget", "--all", "--yes")
    assert done.stdout.splitlines()[0] == "Everything is deleted; your settings stay."
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert taught("export", "marks").stdout == ""
