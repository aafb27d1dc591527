"""Continuing in the linear mode: the next readable post is found below any number of hidden posts."""

import asyncio
import io
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from quietfeed.cli.plain import Plain
from quietfeed.cli.plain_keys import words_of
from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Relationship
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = Account("mastodon", "https://here.example", "me@here.example", "1")
FRIEND = Person("7", "ada@here.example", "Ada", network="mastodon")
SELLER = Person("8", "shop@here.example", "Shop", network="mastodon")
SELLS = "Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer, link in bio: https://shop.example"

Reading = Callable[[str], Plain]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def reading() -> Iterator[Reading]:
    """The linear mode over kept posts, newest first: "f" is a friend's, "s" is hidden."""
    with asyncio.Runner() as runner:

        def read(kinds: str) -> Plain:
            archive = Archive(None)
            archive.add_account(ME)
            posts = [
                Post(
                    f"{number:05}",
                    FRIEND if kind == "f" else SELLER,
                    f"number {number}" if kind == "f" else SELLS,
                    ME.key,
                    "mastodon",
                    NOW - timedelta(minutes=number),
                )
                for number, kind in enumerate(kinds)
            ]
            archive.posts.save(ME.key, posts, NOW)
            answers = [Relationship(FRIEND.id, True, True), Relationship(SELLER.id, False, False)]
            archive.ties.save_relationships(ME.key, answers, NOW)
            session = Session(archive, Config(), Accounts(archive, None), None)
            session.timeline.load()
            plain = Plain(session, runner, io.StringIO(), interactive=False)
            plain.reader.feed.update()
            return plain

        yield read


def heard(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_the_next_post_is_found_below_any_number_of_hidden_ones(
    reading: Reading, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = reading("f" + "s" * 650 + "f")
    assert len(plain.session.timeline.posts) == 200
    plain.reader.do_down(1, "")
    said = heard(capsys)
    assert said[0] == "650 hidden between: 650 sales."
    assert said[1].startswith("2 of 2")
    plain.reader.do_down(1, "")
    assert heard(capsys) == ["That was the last post."]


def test_a_start_above_hidden_posts_alone_begins_with_the_first_that_can_be_read(
    reading: Reading, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = reading("s" * 450 + "f")
    plain._begin()
    assert heard(capsys)[-1].endswith("number 450")


def test_hidden_posts_are_read_to_the_last_that_is_kept(reading: Reading, capsys: pytest.CaptureFixture[str]) -> None:
    plain = reading("f" * 150 + "s" * 60 + "f" * 400 + "s")
    plain.commands["hidden"](1, "")
    assert heard(capsys)[0].startswith("Reading the hidden posts: 50 posts")
    plain.reader.do_down(49, "")
    plain.reader.do_down(1, "")
    assert any(line.startswith("51 of 60") for line in heard(capsys))
    plain.reader.do_down(9, "")
    plain.reader.do_down(1, "")
    assert any(line.startswith("61 of 61") for line in heard(capsys))
    plain.reader.do_down(1, "")
    assert heard(capsys) == ["That was the last post."]


def test_a_list_of_found_posts_ends_where_it_ends(reading: Reading, capsys: pytest.CaptureFixture[str]) -> None:
    plain = reading("f" * 400)
    plain.commands["find"](1, "399")
    heard(capsys)
    plain.reader.do_down(1, "")
    assert heard(capsys) == ["That was the last post."]
    assert len(plain.session.timeline.posts) == 200


def test_hidden_posts_are_counted_when_all_are_hidden(reading: Reading, capsys: pytest.CaptureFixture[str]) -> None:
    reading("sss").reader.read()
    assert heard(capsys) == ["All loaded posts are hidden: h and Enter reads them, 1 and Enter shows them."]
    reading("").reader.read()
    assert heard(capsys) == ["No posts yet: R and Enter fetches new posts."]


def test_marking_at_the_end_undoes_no_mark(reading: Reading, capsys: pytest.CaptureFixture[str]) -> None:
    plain = reading("ff")
    for _ in range(4):
        plain.commands["mark_sales"](1, "")
    assert plain.session.marks.count == 2
    assert "This is the last post, already marked sales · u undoes the mark." in heard(capsys)


def test_reading_succeeds_where_nothing_can_be_written(run: Run, home: Path) -> None:
    path = find_places(home).database
    with closing(Archive(path)) as archive:
        archive.add_account(replace(ME, server="http://127.0.0.1:1"))
        archive.posts.save(ME.key, [Post("1", FRIEND, "the heron is back", ME.key, "mastodon", NOW)], NOW)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        answer = run("--plain", stdin="j\ns\nq\n")
    assert answer.returncode == 0, answer.stderr
    assert "| the heron is back" in answer.stdout
    assert "Another quietfeed has locked the database" in answer.stdout


def test_a_conversation_opens_at_the_post_that_was_opened(run: Run) -> None:
    lines = run("--plain", "--demo", stdin="open\nopen\nj\n" * 15).stdout.splitlines()
    opened = [number for number, line in enumerate(lines) if line.startswith("Reading the conversation")]
    with_before = [number for number in opened if "before this one" in lines[number]]
    assert with_before
    for number in opened:
        place, _, post = lines[number + 1].partition(". ")
        before = re.search(r"(\d+) of them before", lines[number])
        assert place.split(" ")[0] == str(int(before[1]) + 1 if before else 1)
        back = next(at for at in range(number, len(lines)) if lines[at].startswith("Back in the timeline"))
        assert post.split(",")[:2] == lines[back + 1].partition(". ")[2].split(",")[:2]


@pytest.mark.parametrize(
    "line", ["x marks the spot", "v is a letter", "m", "+1", "+1 agreed", "- buy milk", "l", "like this", "b4",
             "s", "d", "2 b or not", "boost your sales", "u there?", "pin it", "servermute all", "C3", "block party"]
)  # fmt: skip
def test_a_pasted_line_does_not_act_as_its_first_word(
    reading: Reading, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    plain = reading("f")
    words = words_of({})
    if line in words:
        # A key alone is a command.
        line += " of course"
    level = plain.session.timeline.level
    plain._dispatch(line, words)
    said = capsys.readouterr().out
    assert said.startswith(("Nothing was done: ", "There is no key ", "For how long?")), said
    assert not plain.session.history.commands
    assert (plain.session.outbox.entries(), plain.reader.leaving, plain.session.timeline.level) == ([], False, level)
