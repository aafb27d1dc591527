"""The completion scripts, run in a real shell where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

from quietfeed.__main__ import main
from quietfeed.cli.parser import build_parser

COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
_shtab_quietfeed
printf '%s\\n' "${COMPREPLY[@]}"
"""


def commands() -> set[str]:
    parser = build_parser("1")
    return {name for action in parser._actions if action.dest == "command" for name in action.choices or ()}


@pytest.fixture
def bash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "quietfeed.bash"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    return script


def completed(script: Path, *words: str) -> set[str]:
    done = subprocess.run(
        ["bash", "-c", COMPLETE, "bash", script, *words], cwd=script.parent, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_bash_completes_commands_choices_options_and_files(bash: Path) -> None:
    (bash.parent / "archive.zip").touch()
    assert commands() <= completed(bash, "quietfeed", "")
    assert completed(bash, "quietfeed", "unbook") == {"unbookmark"}
    assert completed(bash, "quietfeed", "account", "add", "m") == {"mastodon"}
    assert completed(bash, "quietfeed", "mark", "1", "sa") == {"sales"}
    assert "--dry-run" in completed(bash, "quietfeed", "post", "--")
    assert completed(bash, "quietfeed", "import", "arch") == {"archive.zip"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_know_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in commands())
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_another_shell_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["completion", "ksh"])
    assert left.value.code == 2
    assert "is not valid here" in capsys.readouterr().err
