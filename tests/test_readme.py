"""The README agrees with the program."""

import re
from pathlib import Path

from quietfeed.cli.parser import build_parser
from quietfeed.tui.keys import keys_of, table

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_key_table_is_the_programs_own() -> None:
    for group, rows in table(keys_of("vim", {})):
        assert f"| **{group}** | |" in README
        for keys, text, _ in rows:
            shown = " ".join(f"`{key}`" for key in keys.split(" "))
            assert f"| {shown} | {text} |" in README


def test_there_are_two_commands_on_separate_lines() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    assert all(len(block.strip().splitlines()) == 1 for block in blocks)
    assert blocks[0].strip().endswith("quietfeed --demo")
    assert blocks[1].strip().endswith("pytest")


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_the_docs_name_every_command() -> None:
    told = (ROOT / "docs" / "cli.md").read_text("utf-8")
    actions = next(action for action in build_parser("0")._actions if action.dest == "command")
    assert actions.choices is not None
    for command in actions.choices:
        assert f"quietfeed {command}" in told, command
