"""The parser accepts every command in the documentation, which names every cause of a verdict."""

import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from quietfeed.cli.parser import build_parser
from quietfeed.models.verdict import Cause

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/cli.md", "docs/config.md", "docs/ties.md", "docs/judgement.md", "docs/blogs.md")
_INLINE = re.compile(r"`(quietfeed(?: [^`]*)?)`")
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^(?:\$ )?(quietfeed .*)$", re.MULTILINE)
_VALUES = {
    "NETWORK": "mastodon", "HANDLE": "ada@here.example", "A": "ada@here.example", "B": "bob@here.example",
    "ACCOUNT": "ada@here.example", "POST_ID": "1", "POST": "1", "ID": "1", "CATEGORY": "sales", "FEED": "Gardening",
    "WORDS": "garden", "FILE": "file", "URL": "https://here.example", "TIME": "1d", "N": "5", "L": "quiet",
    "H": "a.example", "SHELL": "bash", "NAME": "friends", "TIE": "close",
}  # fmt: skip


def shown(page: str) -> list[str]:
    """The commands of a page, each choice and optional part spelled out."""
    text = (ROOT / page).read_text("utf-8").replace("\\|", "|")
    found = _INLINE.findall(_BLOCK.sub("", text))
    found += [line.partition("  ")[0] for block in _BLOCK.findall(text) for line in _LINE.findall(block)]
    found = [each for each in found if "COMMAND" not in each]
    return sorted({line for each in found for line in spelled_out(each)})


def spelled_out(command: str) -> list[str]:
    command = re.sub(r" [<>] .*$| \.\.\.$| #.*$", "", command)
    bare = re.sub(r" \[[^\]]*\]", "", command)
    options = re.findall(r"\[([^\]]*)\]", command)
    several = [
        f"{bare} {choice.strip()}" for option in options for choice in option.split("|") if choice.strip() != "-"
    ]
    lines = []
    for line in [bare, *several]:
        chosen = re.search(r"(\S+)\|(\S+)", line)
        words = chosen[0].split("|") if chosen else [""]
        lines += [line.replace(chosen[0], word) if chosen else line for word in words]
    return lines


@pytest.mark.parametrize("page", PAGES)
def test_the_parser_takes_every_command_of_the_documentation(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused = []
    for line in shown(page):
        arguments = [_VALUES.get(word, word) for word in shlex.split(line)[1:]]
        try:
            build_parser("1").parse_args(arguments)
        except SystemExit as wrong:
            said = capsys.readouterr().err
            # A command may be mentioned by its name alone.
            if wrong.code and not (len(arguments) == 1 and "are required" in said):
                refused.append((line, said))
    assert refused == []


def test_the_documentation_names_every_cause_of_a_verdict() -> None:
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert [cause for cause in get_args(Cause) if f"`{cause}`" not in text] == []
