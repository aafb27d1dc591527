"""The program's environment: broken files and folders, closed streams, signals. Each results in one sentence at
most.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from quietfeed.models.secrets import remember_secrets, without_secrets

Run = Callable[..., subprocess.CompletedProcess[str]]


def one_sentence(answer: subprocess.CompletedProcess[str], status: int, words: str) -> None:
    assert answer.returncode == status
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "Traceback" not in answer.stderr


def test_a_config_that_is_no_utf8_is_named_with_its_line(run: Run, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_bytes(b'level = "quiet"\ntheme = "\xff"\n')
    one_sentence(run("timeline"), 2, "is not UTF-8 (line 2)")


def test_a_file_where_the_config_folder_should_be(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "config").write_text("")
    one_sentence(run("timeline"), 2, "cannot be read")


@pytest.mark.parametrize("content", ["7", "[]", '"x"', "{", '{"bluesky:june": 7}'])
def test_a_token_file_of_another_shape(run: Run, home: Path, content: str) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "tokens.json").write_text(content)
    answer = run("account", "add", "mastodon", "--server", "127.0.0.1:9", "--token-stdin", stdin="sesame-open\n")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "sesame" not in answer.stderr


def test_a_log_that_cannot_be_written_changes_nothing(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "log").write_text("a file where the folder should be")

    def fail(*_: object) -> int:
        raise ZeroDivisionError("a secret message")

    monkeypatch.setitem(sys.modules["quietfeed.cli.commands"]._COMMANDS, "search", fail)
    answer = run("search", "x")
    one_sentence(answer, 1, "the command failed unexpectedly (ZeroDivisionError)")
    assert "secret message" not in answer.stderr


def test_an_unexpected_error_is_logged_without_its_message(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("a secret message")

    monkeypatch.setitem(sys.modules["quietfeed.cli.commands"]._COMMANDS, "search", fail)
    answer = run("search", "x")
    log = home / "log" / "quietfeed.log"
    one_sentence(answer, 1, str(log))
    assert "ZeroDivisionError" in log.read_text("utf-8")
    assert "secret message" not in log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_doctor_reports_damaged_tokens_file_modes_and_missing_parts(run: Run, home: Path) -> None:
    run("doctor")
    (home / "data" / "tokens.json").write_text("7")
    (home / "data" / "tokens.json").chmod(0o644)
    (home / "data" / "quietfeed.db.journal.jsonl").unlink()
    answer = run("doctor")
    assert answer.returncode == 1
    told = answer.stdout.splitlines()
    assert f"BAD    tokens: The token file {home / 'data' / 'tokens.json'} is damaged" in answer.stdout
    assert any(
        line.startswith("BAD    folders: others can read") and "tokens.json (mode 0644)" in line for line in told
    )
    assert any(line.startswith("ok     backups: none yet") for line in told)
    assert "ok     rows: none is damaged" in told
    assert any("journal: " in line for line in told)


def test_doctor_checks_settings_as_the_screens_do(run: Run, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text('[keys]\nquit = "ctrl+banana"\n')
    answer = run("doctor")
    assert answer.returncode == 1
    assert "BAD    config: [keys] quit: there is no key 'ctrl+banana'" in answer.stdout
    assert str(home / "log" / "quietfeed.log") in answer.stdout


def test_a_token_that_the_server_echoes_is_not_printed() -> None:
    remember_secrets({"access": "planted-secret/1", "did": "did:plc:june"})
    assert without_secrets("said planted-secret/1 to did:plc:june") == "said [secret] to did:plc:june"
    assert without_secrets("?token=planted-secret%2F1") == "?token=[secret]"


@pytest.mark.parametrize("redirection", [">&-", "<&-", "2>&-", "> /dev/full"])
def test_streams_that_are_closed_or_full(own: dict[str, str], redirection: str) -> None:
    command = f'"{sys.executable}" -m quietfeed search nothing {redirection}'
    answer = subprocess.run(
        ["sh", "-c", command], env={**os.environ, **own}, capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in answer.stdout + answer.stderr
    assert answer.returncode in (0, 1)


def test_bytes_that_are_no_utf8_do_not_stop_the_linear_mode(own: dict[str, str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "quietfeed", "--plain", "--demo"],
        input=b"\xff\xfe\n/\xff\nq\n",
        env={**os.environ, **own},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (answer.returncode, answer.stderr) == (0, b"")
