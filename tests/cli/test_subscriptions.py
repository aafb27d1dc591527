"""The commands for blogs, as a script runs them, against a loopback server."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.__main__ import main

Serve = Callable[..., Any]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIETFEED_HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def test_subscribe_list_sync_and_unsubscribe(blogs: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    server = blogs(posts=2)
    roll = server.put("/roll.opml", sys.modules["servers_blogs"].opml(["https://bo.example/feed"]), "text/xml")
    head = f"<link rel='alternate' type='application/rss+xml' href='/rss.xml'><link rel='blogroll' href='{roll}'>"
    server.page("/", head)
    assert main(["subscribe", f"{server.url}/"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("subscribed to Ada's garden\n")
    assert "it recommends 1 blog" in said.err
    assert main(["sync"]) == 0
    assert capsys.readouterr().out == "blogs:subscriptions: 2 new, 2 shown, 0 hidden; 2 stored\n"
    assert main(["subscriptions", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["title"], record["address"]) == ("Ada's garden", f"{server.url}/rss.xml")
    assert main(["account", "list"]) == 0
    assert capsys.readouterr().out == "blogs:subscriptions  1 subscription\n"
    assert main(["unsubscribe", server.url]) == 0
    assert capsys.readouterr().out.startswith("unsubscribed from Ada's garden: 2 posts removed\n")
    assert main(["subscriptions"]) == 0
    assert capsys.readouterr().out == ""


def test_only_the_beginning_of_an_article_is_read_out_until_it_is_opened(blogs: Serve, run: Run) -> None:
    server = blogs(posts=1)
    server.entries[0].html = "".join(f"<p>paragraph {number}</p>" for number in range(20))
    assert run("subscribe", f"{server.url}/rss.xml").returncode == 0
    assert run("sync").returncode == 0
    timeline = run("timeline")
    assert timeline.returncode == 0
    printed = timeline.stdout
    assert "paragraph 0" in printed
    assert "more lines (--json has all of it)" in printed
    assert "paragraph 19" not in printed
    plain = run("--plain", stdin="open\nO\nO1 off\nu\nq\n")
    assert plain.returncode == 0
    read = plain.stdout
    before, _, after = read.partition("17 more lines: open and Enter reads them.")
    assert "paragraph 19" not in before
    assert "paragraph 19" in after
    assert "Unsubscribed from Ada's garden: 1 post removed; u undoes." in after


def test_a_list_of_another_reader_comes_in_and_goes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(sys.modules["servers_blogs"].opml(["https://bo.example/feed", "https://cy.example/feed"]))
    for command, words in (("subscribe", "Blog 0 and Blog 1"), ("import", "2 feeds\nnothing changed")):
        assert main([command, str(file)]) == 0
        assert words in capsys.readouterr().out
    assert main(["subscriptions", "--opml"]) == 0
    written = capsys.readouterr().out
    assert written.count("<outline") == 3
    assert 'xmlUrl="https://cy.example/feed"' in written


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("bomb.opml", '<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline text="&a;"/></body></opml>'),
        ("deep.opml", "<opml>" + "<outline>" * 50),
        ("broken.opml", "<opml><outline xmlUrl="),
        ("empty.opml", "<opml/>"),
    ],
)
def test_a_bad_list_is_one_sentence(name: str, body: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / name
    file.write_text(body)
    assert main(["subscribe", str(file)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "OPML" in said or "contains no feed" in said


def test_a_list_on_the_web_is_shown_before_all_of_it_is_taken(blogs: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    server = blogs(posts=1)
    address = server.put("/l", sys.modules["servers_blogs"].opml(["https://bo.example/feed"]), "text/xml")
    assert main(["subscribe", address]) == 1
    assert "--all subscribes to all of them" in capsys.readouterr().err
    assert main(["subscribe", address, "--all"]) == 0
    assert "subscribed to Blog 0" in capsys.readouterr().out


def test_the_doctor_counts_the_feeds_that_fail(blogs: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    server = blogs(posts=1)
    assert main(["subscribe", f"{server.url}/rss.xml"]) == 0
    server.put("/rss.xml", "", status=500)
    assert main(["sync"]) == 1
    assert main(["doctor"]) == 1
    assert "1 subscription, 1 failed when last requested (Ada's garden)" in capsys.readouterr().out
    assert main(["account", "add", "blogs"]) == 2
    assert "quietfeed subscribe URL" in capsys.readouterr().err
