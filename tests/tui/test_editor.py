"""The user's editor: errors are reported in one sentence."""

from pathlib import Path

import pytest

from quietfeed.models.errors import UsageError
from quietfeed.tests.saying import says
from quietfeed.tui.screens import editor


def script(tmp_path: Path, line: str) -> str:
    """The path of an editor that runs one line of shell; `$1` is the file."""
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("command", ["/nowhere/editor", "'unbalanced"])
def test_an_editor_that_cannot_be_started_is_named(command: str) -> None:
    with pytest.raises(UsageError, check=says("cannot be started: set \\$EDITOR")):
        editor._edited(command, "text")


def test_a_text_in_another_encoding_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, check=says("did not save it as UTF-8")):
        editor._edited(script(tmp_path, 'printf "\\377\\376" > "$1"'), "text")


def test_a_file_that_the_editor_removed_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, check=says("temporary file failed")):
        editor._edited(script(tmp_path, 'rm "$1"'), "text")


def test_without_changes_the_text_stays(tmp_path: Path) -> None:
    assert editor._edited(script(tmp_path, "true"), "two\n\nparagraphs 🌲") == "two\n\nparagraphs 🌲"
