"""The counts include the whole stored timeline, at every scroll position and after a restart."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.filters.habits import KEPT
from quietfeed.models.config import Config
from quietfeed.models.verdict import Level
from quietfeed.models.view import Counts
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock
from quietfeed.session.tally import Tally
from quietfeed.store.archive import Archive

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OpenAgain = Callable[[], Session]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "quietfeed.db"


@pytest.fixture
def open_kept(demo_world: Callable[..., Session], path: Path) -> OpenAgain:
    """Opens sessions one after the other over one file with the demo's posts; nothing is loaded."""
    archive = Archive(None)
    demo_world(now=NOW, archive=archive)
    file = Archive(path)
    archive._db._db.backup(file._db._db)
    file.close()

    def opened() -> Session:
        kept = Archive(path)
        return Session(kept, Config(), Accounts(kept, None, {}), None, clock=Clock(lambda: NOW))

    return opened


def judged_whole(session: Session) -> dict[Level, Counts]:
    """The counts with everything loaded, after the tally has settled the habits."""
    session.tally.finish()
    while session.timeline.load(100):
        pass
    session.timeline.rejudge_stale()
    return {level: session.timeline.counts(level) for level in Level}


def all_counts(session: Session) -> dict[Level, Counts]:
    return {level: session.timeline.counts(level) for level in Level}


def test_counts_do_not_change_by_scrolling_and_restarts(open_kept: OpenAgain, path: Path) -> None:
    session = open_kept()
    session.timeline.load(16)
    assert session.tally.pending
    assert not session.timeline.counts().exact
    session.tally.finish()
    first = all_counts(session)
    assert all(counts.exact for counts in first.values())
    kept = Archive(path).posts.count()
    assert {counts.shown + counts.hidden_total for counts in first.values()} == {kept}
    for _ in range(6):
        session.timeline.load(50)
        assert all_counts(session) == first
    middle = session.timeline.posts[len(session.timeline.posts) // 2].key
    session.timeline.trim(20, 20, middle, middle)
    assert all_counts(session) == first
    session.timeline.start_at_oldest(8)
    assert all_counts(session) == first
    again = open_kept()
    again.timeline.load(16)
    assert not again.tally.pending
    assert all_counts(again) == first
    assert judged_whole(open_kept()) == first


def test_counts_agree_with_the_store_read_by_sql(open_kept: OpenAgain, path: Path) -> None:
    session = open_kept()
    session.timeline.load(16)
    session.tally.finish()
    rows: list[Any] = Archive(path)._db.rows(
        "select author, sum(number), (select count(*) from post where post.author = tally_count.author and aside = 0)"
        " from tally_count group by author"
    )
    assert rows
    assert all(counted == kept for _, counted, kept in rows)
    authors = Archive(path)._db.row("select count(distinct author) from post where aside = 0")[0]
    assert len(rows) == authors


def test_unread_posts_above_agree_with_the_store_read_by_sql_wherever_one_scrolls(
    open_kept: OpenAgain, path: Path
) -> None:
    session = open_kept()
    keys = [(row[0], row[1]) for row in Archive(path)._db.rows("select account, id from post where aside = 0")]
    session.unread.mark_unread(keys)
    session.unread.save()
    session.timeline.start_at_oldest(8)
    first = session.timeline.posts[2].key
    settle(session)
    newer = Archive(path)._db.rows(
        "select account, id from post where aside = 0 and unread = 1 and at > (select at from post where id = ?)",
        (first[1],),
    )
    verdicts = [verdict for _, verdict in open_kept().tally.judge(newer)]
    shown = {level: sum(verdict.shown_at(level) for verdict in verdicts) for level in Level}
    assert 0 < shown[Level.quiet] < shown[Level.everything] == len(newer)
    for _ in range(3):
        assert {level: session.above.count(level, first) for level in Level} == shown
        session.timeline.load_newer(60)
        settle(session)
    session.timeline.trim(5, 5, first, first)
    assert session.above.count(Level.quiet, first) == shown[Level.quiet]
    # The number is the same after a return to the newest posts, and follows a post that was read or unread meanwhile.
    session.timeline.start_at_newest()
    session.timeline.load(8)
    session.unread.read(newer[:1])
    session.timeline.start_at_oldest(8)
    settle(session)
    assert session.above.count(Level.everything, first) == shown[Level.everything] - 1
    session.unread.mark_unread(newer[:1])
    assert session.above.count(Level.everything, first) == shown[Level.everything]
    # A read post, and one that a mark hides, are no longer counted.
    seen, marked = [key for key, verdict in zip(newer, verdicts, strict=True) if verdict.shown_at(Level.quiet)][:2]
    session.unread.read([seen])
    assert session.above.count(Level.quiet, first) == shown[Level.quiet] - 1
    session.timeline.look_up(marked)
    session.marks.set(marked, "spam")
    settle(session)
    now = dict(open_kept().tally.judge([key for key in newer if key != seen]))
    assert not now[marked].shown_at(Level.quiet)
    assert session.above.count(Level.quiet, first) == sum(each.shown_at(Level.quiet) for each in now.values())


def test_of_many_unread_posts_only_the_tracked_ones_are_read(open_kept: OpenAgain, path: Path) -> None:
    """Regression: counting years of unread posts blocked every key for a second."""
    session = open_kept()
    keys = [(row[0], row[1]) for row in Archive(path)._db.rows("select account, id from post where aside = 0")]
    session.unread.mark_unread(keys)
    session.unread.save()
    session.unread.most = 20
    session.timeline.start_at_oldest(8)
    first = session.timeline.posts[0].key
    reads: list[int] = []
    places = session._archive.posts.unread_places

    def counted(most: int) -> Any:
        found = places(most)
        reads.append(len(found))
        return found

    session._archive.posts.unread_places = counted  # type: ignore[method-assign]
    session.unread.reload()
    assert session.above.count(Level.everything, first) == 20
    for key in [judged.key for judged in session.timeline.posts]:
        session.unread.read([key])
        assert session.above.count(Level.everything, first) == 20
    session.timeline.load_newer(8)
    assert session.above.count(Level.everything, first) == 20
    assert reads == [20]


def settle(session: Session) -> None:
    while session.tally.step() or session.above.step():
        pass
    session.timeline.rejudge_stale()


def test_a_mark_or_a_mute_touches_posts_that_are_not_loaded(open_kept: OpenAgain, path: Path) -> None:
    session = open_kept()
    session.timeline.load(16)
    session.tally.finish()
    before = session.timeline.counts(Level.quiet)
    post = next(each for each in session.timeline.posts if each.verdict.shown_at(Level.quiet))
    session.people.mute(post.key, datetime(2026, 6, 4, tzinfo=UTC))
    assert session.tally.pending
    session.tally.finish()
    muted = session.timeline.counts(Level.quiet)
    author = (post.post.account, post.post.author.id)
    theirs = len(Archive(path).tally.keys(author))
    assert theirs > sum(each.post.author.id == author[1] for each in session.timeline.posts)
    assert muted.hidden["muted"] - before.hidden.get("muted", 0) >= theirs
    session.history.undo()
    session.tally.finish()
    assert session.timeline.counts(Level.quiet) == before


def test_changes_by_another_process_are_counted_at_the_next_start(open_kept: OpenAgain) -> None:
    session = open_kept()
    session.timeline.load(16)
    session.tally.finish()
    other = open_kept()
    other.timeline.load(16)
    other.marks.set(other.timeline.posts[0].key, "spam")
    again = open_kept()
    again.timeline.load(16)
    assert again.tally.pending
    again.tally.finish()
    assert all_counts(again) == judged_whole(open_kept())


def test_a_loaded_post_is_judged_as_it_is_counted(open_kept: OpenAgain) -> None:
    session = open_kept()
    session.timeline.load(40)
    session.tally.finish()
    session.timeline.rejudge_stale()
    loaded = {each.key: each.verdict for each in session.timeline.posts}
    fresh = open_kept()
    assert dict(fresh.tally.judge(list(loaded))) == loaded


def test_a_script_settles_the_counts_that_the_screens_come_to(open_kept: OpenAgain) -> None:
    script = open_kept()
    script.timeline.load(8)
    asyncio.run(script.tally.settle())
    told = all_counts(script)
    screens = open_kept()
    screens.timeline.load(16)
    assert all_counts(screens) == told
    assert all(counts.exact for counts in told.values())


def test_several_hundred_posts_above_the_window_are_counted_as_they_are_judged(
    open_kept: OpenAgain, path: Path
) -> None:
    session = open_kept()
    session.timeline.load(8)
    keys = [(row[0], row[1]) for row in Archive(path)._db.rows("select account, id from post where aside = 0")]
    elsewhere = [key for key in keys if session.timeline.get(key) is None]
    assert len(elsewhere) > 300
    shown = sum(verdict.shown_at(Level.quiet) for _, verdict in session.tally.judge(keys))
    assert 0 < shown < len(keys)
    session.tally.finish()
    assert session.timeline.counts(Level.quiet).shown == shown


class Reading:
    """An archive that records how many posts are read at once."""

    def __init__(self, archive: Archive) -> None:
        self.tally, self.people, self.posts = archive.tally, archive.people, self
        self.sizes: list[int] = []
        self._stored = archive.posts

    def get(self, wanted: Any) -> Any:
        self.sizes.append(len(wanted))
        return self._stored.get(wanted)


def test_posts_that_are_not_loaded_are_read_a_few_at_a_time(open_kept: OpenAgain, path: Path) -> None:
    """One query for all posts of a large refresh would block the screen for a sixth of a second."""
    session = open_kept()
    keys = [(row[0], row[1]) for row in Archive(path)._db.rows("select account, id from post where aside = 0")]
    reading: Any = Reading(session._archive)
    tally = Tally(reading, session._loaded, session._contexts, session._links, session.clock)
    assert len(list(tally.judge(keys))) == len(keys)
    assert max(reading.sizes) <= 2 * KEPT


def test_counts_follow_marks_levels_undo_and_eviction(open_kept: OpenAgain) -> None:
    session = open_kept()
    session.timeline.load(30)
    session.tally.finish()
    before = all_counts(session)
    for level in Level:
        session.timeline.set_level(level)
        assert session.timeline.counts() == before[level]
    shown = next(each for each in session.timeline.posts if each.verdict.shown_at(Level.quiet))
    session.marks.set(shown.key, "spam")
    session.tally.finish()
    marked = all_counts(session)
    assert marked == judged_whole(open_kept())
    session.history.undo()
    session.tally.finish()
    assert all_counts(session) == before


def test_a_new_day_touches_only_people_in_touch_with_the_user(open_kept: OpenAgain, path: Path) -> None:
    session = open_kept()
    session.timeline.load(16)
    session.tally.finish()
    before = all_counts(session)
    # The counts are stored; another archive reads the same.
    archive = Archive(path)
    authors: int = archive._db.row("select count(*) from tally")[0]
    session.tally._clock = Clock(lambda: NOW + timedelta(days=1))
    due = archive.tally.due_authors(session.tally._stamps(), 1000)
    assert 0 < len(due) < authors
    contacts = {row[0] for row in archive._db.rows("select distinct person from interaction")}
    assert contacts & {each.person[1] for each in due}
    session.tally.finish()
    assert not session.tally.pending
    assert all_counts(session) == before


def test_a_command_waits_for_a_bounded_part_of_the_counting(open_kept: OpenAgain) -> None:
    session = open_kept()
    session.timeline.load(16)
    session.tally.finish(most=30)
    assert session.tally.pending
    assert not session.timeline.counts().exact
    asyncio.run(session.tally.settle(most=1))
    assert session.tally.pending
    session.tally.finish()
    assert session.timeline.counts().exact
