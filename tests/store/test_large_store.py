"""A large store stays quick: queries read indexes instead of tables, and the number of posts is kept by triggers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Relationship
from quietfeed.store.archive import Archive

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ME = Account("mastodon", "https://one.example", "me@one.example", "me")


@pytest.fixture
def archive() -> Archive:
    archive = Archive(None)
    archive.add_account(ME)
    return archive


def _post(number: int, author: str = "ada", booster: str = "", followers: int | None = 5) -> Post:
    person = Person(author, f"{author}@one.example", followers=followers)
    more: dict[str, Any] = {}
    if booster:
        more = {"booster": Person(booster, f"{booster}@one.example"), "original_id": f"o{number}"}
    return Post(f"{number:04}", person, "words", ME.key, "mastodon", NOW - timedelta(minutes=number), **more)


def _plans(archive: Archive, call: Callable[[], object]) -> str:
    """SQLite's query plans of the statements of a call."""
    statements: list[str] = []
    db = archive._db._db
    db.set_trace_callback(statements.append)
    call()
    db.set_trace_callback(None)
    selects = [each for each in statements if each.lstrip().lower().startswith(("select", "insert into tally_due"))]
    assert selects
    return "\n".join(row[3] for each in selects for row in db.execute(f"explain query plan {each}"))


def test_queries_that_each_key_or_sync_makes_scan_no_table_of_posts(archive: Archive) -> None:
    archive.posts.save(ME.key, [_post(1), _post(2, "bob", "ada")], NOW)
    calls: list[Callable[[], object]] = [
        archive.posts.count,
        lambda: archive.posts.count(ME.key),
        lambda: archive.posts.unread_places(10),
        lambda: archive.people.profiles_to_refresh(ME.key, 10, NOW),
        lambda: archive.ties.never_requested(ME.key, 10),
        lambda: archive.ties.pending_relationships(ME.key, ["ada", "bob"]),
        lambda: archive.posts.page(10),
        lambda: archive.posts.page_above(10),
        lambda: archive.posts.newest(ME.key),
        lambda: archive.rechecks.remove(ME.key, ["0009"], NOW),
    ]
    for call in calls:
        plan = _plans(archive, call)
        for line in plan.splitlines():
            assert not line.startswith("SCAN post") or "COVERING INDEX post_unread" in line, plan
            assert not line.startswith("SEARCH post USING INDEX post_author (account=?)"), plan
            assert not line.endswith("sqlite_autoindex_post_1 (account=?)"), plan
            assert line != "SEARCH interaction USING PRIMARY KEY (account=?)", plan


def test_the_number_of_posts_follows_every_way_in_and_out(archive: Archive) -> None:
    def counted() -> int:
        real: int = archive._db.row("select count(*) from post where aside = 0")[0]
        assert archive.posts.count() == archive.posts.count(ME.key) == real
        return real

    assert counted() == 0
    archive.posts.save(ME.key, [_post(1), _post(2)], NOW)
    archive.posts.save(ME.key, [_post(2), _post(3)], NOW)
    assert counted() == 3
    archive.posts.save_detached(ME.key, [_post(3), _post(4)], NOW)
    assert counted() == 3
    archive.posts.save(ME.key, [_post(4)], NOW)
    assert counted() == 4
    archive._db.run("insert or ignore into post select * from post")
    archive.rechecks.remove(ME.key, ["0001"], NOW)
    assert counted() == 3
    archive.remove_account(ME.key)
    assert archive.posts.count() == 0


def test_profiles_are_refreshed_by_their_newest_posts_and_only_without_counts(archive: Archive) -> None:
    archive.posts.save(
        ME.key, [_post(3, "old", followers=None), _post(1, "new", followers=None), _post(2, "known")], NOW
    )
    assert archive.people.profiles_to_refresh(ME.key, 10, NOW) == ["new", "old"]
    archive.people.save_profiles(ME.key, ["new"], [], NOW)
    assert archive.people.profiles_to_refresh(ME.key, 10, NOW) == ["old"]


def test_authors_and_boosters_without_an_answer_are_requested(archive: Archive) -> None:
    archive.posts.save(ME.key, [_post(1), _post(2, "bob", "cleo"), _post(3, "dan")], NOW)
    archive.people.save(ME.key, [Person("unseen", "unseen@one.example")])
    archive.ties.save_relationships(ME.key, [Relationship("dan", True, True)], NOW)
    assert archive.ties.never_requested(ME.key, 10) == ["ada", "bob", "cleo"]


def test_the_unread_posts_among_some(archive: Archive) -> None:
    archive.posts.save(ME.key, [_post(1), _post(2)], NOW)
    keys = [(ME.key, "0001"), (ME.key, "0002"), (ME.key, "none")]
    archive.posts.set_unread({keys[1]: False})
    assert archive.posts.unread_among(keys) == keys[:1]
