"""Pruning removes the oldest posts in small steps, except those that the user needs."""

import sqlite3
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.action import ActionKey, Like, Target
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post, ViewerState
from quietfeed.models.tie import TO_YOU_COUNTS, Interaction, Relationship
from quietfeed.models.view import Gap, PostKey
from quietfeed.store.archive import Archive
from quietfeed.store.pruning import STEP

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
ME = Account("mastodon", "https://one.example", "me@one.example", "me")
ADA = Person("ada", "ada@one.example", "Ada")


@pytest.fixture
def archive() -> Archive:
    archive = Archive(None)
    archive.add_account(ME)
    return archive


def _post(number: int, author: Person = ADA, **more: Any) -> Post:
    """A post that is so many days old."""
    return Post(f"{number:05}", author, "words", ME.key, "mastodon", NOW - timedelta(days=number), **more)


def _keep(archive: Archive, posts: list[Post]) -> None:
    """Store posts that no server has sent for years."""
    archive.posts.save(ME.key, posts, NOW)
    archive._db.run("update post set checked = 0")


def _prune(
    archive: Archive, age: timedelta | None = YEAR, most: int | None = None, loaded: Collection[PostKey] = ()
) -> list[str]:
    gone: list[str] = []
    while (step := archive.pruning.step(NOW, age=age, most=most, loaded=loaded)) is not None:
        assert len(step) <= STEP
        gone += [post_id for _, post_id in step]
    return gone


def _left(archive: Archive) -> set[str]:
    return {post.id for _, post in archive.posts.page(10_000)}


def test_posts_beyond_an_age_go_in_small_steps_with_their_entries_in_the_search(archive: Archive) -> None:
    _keep(archive, [_post(number) for number in range(300, 420)])
    assert len(_prune(archive)) == 54
    assert _left(archive) == {f"{number:05}" for number in range(300, 366)}
    assert archive.posts.count() == 66 == archive.search.find("words", 500)[1]
    assert _prune(archive) == []


def test_the_oldest_of_too_many_posts_go(archive: Archive) -> None:
    _keep(archive, [_post(number) for number in range(1, 60)])
    assert sorted(_prune(archive, age=None, most=25)) == [f"{number:05}" for number in range(26, 60)]
    assert archive.posts.count() == 25
    assert _prune(archive, age=None, most=None) == []


def test_pruning_keeps_posts_that_the_user_needs(archive: Archive) -> None:
    mine = Person("me", ME.handle)
    states = {502: ViewerState(bookmarked=True), 503: ViewerState(liked=True), 504: ViewerState(pinned=True)}
    posts = [_post(number) for number in (500, 501, 505, 506, 507, 508)]
    posts += [_post(number, viewer=state) for number, state in states.items()]
    posts += [_post(510, mine), _post(511, booster=mine, original_id="x"), _post(512)]
    _keep(archive, posts)
    archive.marks.add(Mark(PostContext(_post(501)), "spam", NOW))
    liked = Like(Target(ME.key, "00505", item_id="00505"))
    archive.outbox.add(liked, ActionKey("key", NOW), NOW)
    archive._db.run("insert into draft (record, at) values (?, 0)", ('{"reply_to":"00506"}',))
    archive.set_state(place_quiet=f'["{ME.key}", "00507"]')
    untimed = Post("untimed", ADA, "words", ME.key, "mastodon")
    _keep(archive, [untimed])
    assert sorted(_prune(archive, loaded={(ME.key, "00508")})) == ["00500", "00512"]
    assert sorted(_prune(archive, most=1, loaded={(ME.key, "00508")})) == []
    assert {"00501", "00505", "00506", "00507", "00508", "untimed"} <= _left(archive)


def test_ties_marks_on_people_and_people_stay(archive: Archive) -> None:
    _keep(archive, [_post(500)])
    archive.ties.save_relationships(ME.key, [Relationship("ada", True, True)], NOW)
    archive.ties.save_interactions(
        ME.key, [Interaction("1", ADA, "reply", "to_you", NOW - 2 * YEAR)], "notifications", "all", TO_YOU_COUNTS
    )
    before = archive.ties.of(ME.key, {"ada": ADA.handle})
    assert _prune(archive) == ["00500"]
    assert archive.ties.of(ME.key, {"ada": ADA.handle}) == before
    assert archive.people.get((ME.key, "ada")) == ADA


def test_a_post_that_a_server_sent_lately_stays(archive: Archive) -> None:
    archive.posts.save(ME.key, [_post(500)], NOW - timedelta(days=2))
    assert _prune(archive) == []


def test_gaps_among_removed_posts_end_and_those_above_stay(archive: Archive) -> None:
    for day in (100, 600):
        gap = Gap(0, ME.key, f"{day}", NOW - timedelta(days=day), None)
        archive.posts.save_page(ME.key, [_post(day)], NOW, below=gap, filled=None)
    _keep(archive, [_post(500)])
    _prune(archive)
    assert [gap.cursor for gap in archive.posts.gaps()] == ["100"]


def test_a_new_file_shrinks_in_steps(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "quietfeed.db")
    archive.add_account(ME)
    assert archive._db.row("pragma auto_vacuum")[0] == 2
    _keep(archive, [_post(400 + number, url="x" * 2000) for number in range(200)])
    pages: int = archive._db.row("pragma page_count")[0]
    _prune(archive)
    assert archive._db.row("pragma page_count")[0] < pages / 2
    archive.close()


def test_an_older_file_is_pruned_too(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    sqlite3.connect(path).execute("create table other (a)").connection.close()
    sqlite3.connect(path).execute("drop table other").connection.close()
    archive = Archive(path)
    archive.add_account(ME)
    assert archive._db.row("pragma auto_vacuum")[0] == 0
    _keep(archive, [_post(500), _post(1)])
    assert _prune(archive) == ["00500"]
    archive.close()
