"""`quietfeed import` as scripts use it, and the same commands in --plain."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from quietfeed.models.account import Account
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

Run = Callable[..., subprocess.CompletedProcess[str]]
FILES = Path(__file__).parent.parent / "files"


def said(answer: subprocess.CompletedProcess[str]) -> str:
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_a_file_is_previewed_imported_listed_and_undone(run: Run) -> None:
    archive = str(FILES / "x-2022.zip")
    assert said(run("import", archive, "--dry-run")).splitlines()[1] == (
        "it would add or change 1 account, 2 people, 3 ties and 1 mute"
    )
    assert run("import", "--list").stderr == "quietfeed: nothing was imported yet.\n"
    assert "`quietfeed import --undo 1` undoes it." in said(run("import", archive))
    again = json.loads(said(run("import", archive, "--json")))
    assert (again["kind"], again["import"], again["changes"]) == ("archive", None, {})
    (listed,) = said(run("import", "--list", "--json")).splitlines()
    assert json.loads(listed)["changes"] == {"account": 1, "person": 2, "file_tie": 3, "mute": 1}
    assert said(run("import", "--undo", "1")).startswith("undid import 1 (x-2022.zip, X archive): 1 mute")
    answer = run("import", "--undo", "1")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)


def test_an_archived_account_is_listed_and_removed_but_never_signed_in(run: Run) -> None:
    said(run("import", str(FILES / "x-2022.zip")))
    assert said(run("account", "list")) == "x:me  imported archive"
    assert "X is read-only in quietfeed" in run("account", "refresh", "x:me", "--write").stderr
    assert "There is no account yet" in run("sync").stderr
    said(run("account", "remove", "x:me"))
    assert said(run("account", "list")) == ""
    assert said(run("export", "ties")) == ""


def test_wrong_usage_and_unknown_files_are_one_sentence(run: Run, tmp_path: Path) -> None:
    unknown = tmp_path / "picture.png"
    unknown.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    for arguments in ([], ["a.zip", "--list"], [str(unknown)], [str(tmp_path / "missing.zip")], [str(tmp_path)]):
        answer = run("import", *arguments)
        assert answer.returncode in (1, 2)
        assert answer.stderr.startswith("quietfeed: ")
        assert answer.stderr.count("\n") == 1
        assert answer.stdout == ""


def test_plain_lines_preview_import_and_undo(run: Run, home: Path) -> None:
    archive = Archive(find_places(home).database)
    archive.add_account(Account("mastodon", "http://127.0.0.1:9", "me@here.example", "1"))
    archive.close()
    contacts = FILES / "contacts-3.vcf"
    lines = f"import {contacts}\nimport yes {contacts}\nproposals\nu\nimport\nq\n"
    text = said(run("--plain", stdin=lines))
    assert "address book: 1 contact." in text
    assert "It would add or change 2 ties and 2 handles of contacts." in text
    assert "Added or changed 2 ties and 2 handles of contacts; u undoes that." in text
    assert "No proposals." in text
    assert "undone: the import of contacts-3.vcf" in text.casefold()
    assert "Type the path of a file after the word" in text
