"""Usage messages of the command line: examples, errors, handles in any form, and advice that can be run."""

import ast
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from quietfeed.cli.parser import build_parser
from quietfeed.cli.usage import EXAMPLES

Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {name.split(" ")[0] for name in EXAMPLES if name}


def printed_commands() -> list[str]:
    """Every command that a sentence of the program recommends, as it is printed; values are filled in."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).parts
        if any(part.startswith(".") or part in ("tests", "bench", "build") for part in parts):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        # A docstring may name a command without its arguments; a sentence on the screen may not.
        docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if node in docstrings:
                continue
            text = ""
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            found.update(re.findall(r"`(quietfeed[^`]*)`", text))
            # Without "quietfeed" it would not run as it is printed.
            found.update(
                each for each in re.findall(r"`([^`]*)`", text) if each.split(" ")[0] in COMMANDS and " " in each
            )
    return sorted(each.replace(" ID", " 1") for each in found)


def parses(command: str) -> bool:
    if not command.startswith("quietfeed"):
        return False
    words = shlex.split(command.partition(" < ")[0].partition(" > ")[0])[1:]
    try:
        build_parser("0").parse_args(words)
    except SystemExit as left:
        return left.code in (0, None)
    return True


@pytest.mark.parametrize("command", printed_commands())
def test_a_recommended_command_is_one(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parses(command), capsys.readouterr().err


@pytest.mark.parametrize("example", sorted({each for group in EXAMPLES.values() for each in group}))
def test_an_example_is_a_command(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parses(example), capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["timelin"], "did you mean timeline?"),
        (["timeline", "--limt", "3"], "did you mean --limit?"),
        (["account", "ad"], "did you mean add?"),
        (["post", "hello", "--yes"], "--yes is not valid here. `quietfeed post --help` shows the usage."),
        (["sync", "everything"], "everything is not valid here. `quietfeed sync --help` shows the usage."),
        (["account", "refresh", "me", "--wrte"], "did you mean --write?). `quietfeed account refresh --help`"),
        (["mark", "1", "sale"], "did you mean sales?"),
        (["timeline", "--limit", "many"], "'many' is not a number of posts"),
        (["nonsense\x1b[31m"], "There is no command"),
        (["timeline", "--level"], "expected one argument"),
        (["timeline", "--level", "nois"], "--level does not take 'nois' (did you mean noise?)."),
        (["retweet", "109348"], "There is no command 'retweet' (did you mean boost?)."),
        (["toot"], "(did you mean post?)"),
        (["login"], "(did you mean account add?)"),
        (["export"], "export needs one of marks, ties, posts, all."),
        (["account"], "account needs one of add, list, refresh, remove."),
        (["export", "xml"], "'xml' is not valid here: choose from marks, ties, posts, all."),
    ],
)
def test_wrong_usage_is_one_sentence_with_what_may_be_meant(run: Run, arguments: list[str], words: str) -> None:
    answer = run(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "\x1b" not in answer.stderr


def test_the_version_has_a_short_option(run: Run) -> None:
    assert run("-V").stdout == run("--version").stdout


def test_the_demo_option_may_follow_the_command(run: Run) -> None:
    before, behind = run("--demo", "timeline", "--limit", "3"), run("timeline", "--demo", "--limit", "3")
    assert before.returncode == behind.returncode == 0
    assert before.stdout == behind.stdout


def test_without_an_account_the_message_names_the_next_step(run: Run) -> None:
    timeline, accounts = run("timeline"), run("account", "list")
    assert (timeline.returncode, accounts.returncode) == (1, 0)
    for answer in (timeline, accounts):
        assert answer.stdout == ""
        assert "`quietfeed account add mastodon`" in answer.stderr


@pytest.mark.parametrize(
    "given",
    [
        "ada@there.example",
        "@ada@there.example.",
        "\u202a@ada@there.example\u202c",
        "ada\u200b@there.example\u200e",
        "acct:ada@there.example",
        "https://there.example/@ada",
        "https://There.Example/@ada/1234567",
        "https://elsewhere.example/@ada@there.example",
        "there.example/users/ada",
        "<ada@there.example>",
        "\uff20ada@there.example",
    ],
)
def test_a_pasted_handle_is_understood(run: Run, given: str) -> None:
    answer = run("vouch", given)
    assert answer.returncode == 0
    assert answer.stdout.startswith("ada@there.example is always shown from now on")
    assert "no account has seen that name yet" in answer.stdout
    assert "is judged" in run("unvouch", "ada@there.example").stdout or run("export", "marks").stdout == ""


@pytest.mark.parametrize(
    ("given", "handle"),
    [
        ("https://bsky.app/profile/Ada.Bsky.Social", "ada.bsky.social"),
        ("bsky.app/profile/ada.bsky.social/post/3k", "ada.bsky.social"),
        ("at://ada.bsky.social", "ada.bsky.social"),
        ("@ada.bsky.social\u200b", "ada.bsky.social"),
        ("did:plc:" + "june" * 6, "did:plc:" + "june" * 6),
    ],
)
def test_handles_of_the_other_network_too(run: Run, given: str, handle: str) -> None:
    assert run("mute", given).stdout.startswith(f"{handle} is muted")


def test_a_name_that_nobody_has_is_a_likely_typing_mistake(run: Run) -> None:
    for command in ("vouch", "mute"):
        answer = run(command, "typo")
        assert (answer.returncode, answer.stdout) == (1, "")
        assert "check the spelling" in answer.stderr
        assert run(command, "typo", "--yes").returncode == 0


def test_escapes_in_arguments_are_neither_kept_nor_printed(run: Run) -> None:
    answer = run("vouch", "a\x1b[31m@there.example", "--yes")
    assert "\x1b" not in answer.stdout + answer.stderr + run("export", "marks").stdout


@pytest.mark.parametrize("given", ["june", "", "@", "two words", "https://bsky.app/"])
def test_a_preview_of_an_invalid_handle_is_an_error_with_examples(run: Run, given: str) -> None:
    answer = run("try", given)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "is not a handle, such as" in answer.stderr
