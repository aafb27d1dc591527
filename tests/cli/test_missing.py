"""How the command line reports posts that cannot be fetched, were edited or were deleted."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Relationship
from quietfeed.models.view import Gap, GapKind
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

Run = Callable[..., subprocess.CompletedProcess[str]]
Serve = Callable[..., Any]
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
ME = Account("mastodon", "http://127.0.0.1:9", "me@here.example", "1")
ADA = Person("7", "ada@here.example", "Ada", network="mastodon")


def post(number: int, **parts: Any) -> Post:
    return Post(str(number), ADA, f"post {number}", ME.key, "mastodon", NOW - timedelta(minutes=number), **parts)


def store(home: Path, posts: list[Post], kind: GapKind | None = None) -> Archive:
    """Posts of a friend; with a gap of that kind right above the second."""
    archive = Archive(find_places(home).database)
    archive.add_account(ME)
    archive.ties.save_relationships(ME.key, [Relationship("7", True, True)], NOW)
    archive.posts.save(ME.key, posts[1:], NOW)
    times = [each.at for each in posts if each.at is not None]
    below = None if kind is None else Gap(0, ME.key, "/next", times[0], times[1], kind)
    archive.posts.save_page(ME.key, posts[:1], NOW, below=below, filled=None)
    return archive


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("forgotten", "the server no longer has the posts that belong here; they cannot be fetched"),
        ("unreachable", "the server does not return older posts; they cannot be fetched"),
    ],
)
def test_an_unfillable_gap_is_reported_and_not_offered(run: Run, home: Path, kind: GapKind, words: str) -> None:
    store(home, [post(1), post(2)], kind).close()
    answer = run("--plain", stdin="g\nj\nfill\n")
    assert answer.returncode == 0, answer.stderr
    assert f"Posts are missing between these two: {words}." in answer.stdout
    assert "fill and Enter fetches them" not in answer.stdout
    assert answer.stdout.rstrip().endswith(f"{words[0].upper()}{words[1:]}.")


def test_a_gap_that_can_be_filled_is_offered(run: Run, home: Path) -> None:
    store(home, [post(1), post(2)], "open").close()
    answer = run("--plain", stdin="g\nj\n")
    assert "Posts between these two were not fetched: fill and Enter fetches them." in answer.stdout


def test_sync_reports_once_what_cannot_be_fetched(run: Run, mastodon: Serve) -> None:
    server = mastodon(posts=300)
    everything = server.world.home
    server.world.home = everything[260:]
    run("account", "add", "mastodon", "--server", server.url, "--token-stdin", stdin="good\n")
    assert run("sync").returncode == 0
    server.world.home, server.quirks.remembers = everything, 100
    answer = run("sync", "--json")
    (told,) = [json.loads(line) for line in answer.stdout.splitlines()]
    assert told["new"] == 100
    (trouble,) = told["troubles"]
    assert trouble.startswith(f"{server.host} no longer has the posts between ")
    assert trouble in answer.stderr
    again = run("sync")
    assert (again.returncode, again.stderr) == (0, "")


@pytest.fixture
def changed(home: Path) -> None:
    """An edited post, a deleted one with a mark, and a deleted one whose mark was taken away."""
    posts = [post(1, edited_at=NOW), post(2, deleted_at=NOW), post(3, deleted_at=NOW), post(4)]
    archive = store(home, posts)
    archive.marks.add(Mark(PostContext(posts[1]), "person", NOW))
    archive.close()


@pytest.mark.usefixtures("changed")
def test_the_plain_lines_show_what_became_of_a_post(run: Run) -> None:
    said = run("--plain", stdin="g\nj\n").stdout
    first, second = (next(line for line in said.splitlines() if line.startswith(f"{n} of ")) for n in (1, 2))
    assert ", edited." in first
    assert ", deleted by its author, marked person." in second


@pytest.mark.usefixtures("changed")
def test_the_timeline_shows_copies_in_lines_and_in_records(run: Run) -> None:
    posts = run("timeline", "--all").stdout.split("@ada")[1:]
    assert ["(edited)" in lines for lines in posts] == [True, False, False, False]
    assert ["(deleted by its author)" in lines for lines in posts] == [False, True, True, False]
    records = [json.loads(line) for line in run("timeline", "--all", "--json").stdout.splitlines()]
    at = NOW.isoformat().replace("+00:00", "Z")
    assert [record.get("edited_at") for record in records] == [at, None, None, None]
    assert [record.get("deleted_at") for record in records] == [None, at, at, None]


@pytest.mark.usefixtures("changed")
def test_deleted_unmarked_posts_are_neither_found_nor_exported(run: Run) -> None:
    found = [json.loads(line)["id"] for line in run("search", "--json", "post").stdout.splitlines()]
    out = run("export", "posts").stdout
    assert found == [json.loads(line)["id"] for line in out.splitlines()] == ["1", "2", "4"]
