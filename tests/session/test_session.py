"""The session on the demo world: marks apply immediately, are undone exactly, and are trained in the background."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from quietfeed.filters.author_marks import MARKS_TO_OVERRIDE_TIE
from quietfeed.models.errors import NotFound, StoreError
from quietfeed.models.tie import FOREVER
from quietfeed.models.verdict import Category, Level
from quietfeed.models.view import JudgedPost, Progress
from quietfeed.phrases.reasons import reason_text
from quietfeed.phrases.verdicts import headline
from quietfeed.session import Session, open_demo
from quietfeed.session.accounts import Accounts
from quietfeed.sources.demo import Demo
from quietfeed.store.archive import Archive
from quietfeed.store.chosen_posts import StoredPost

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def archive() -> Archive:
    return Archive(None)


@pytest.fixture
def session(demo_world: Callable[..., Session], archive: Archive) -> Session:
    return demo_world(now=NOW, archive=archive)


def by(session: Session, author: str) -> list[JudgedPost]:
    return [
        judged for judged in session.timeline.posts if judged.post.author.id == author and judged.post.booster is None
    ]


def shown(session: Session, level: Level = Level.quiet) -> set[tuple[str, str]]:
    return {judged.key for judged in session.timeline.posts if judged.verdict.shown_at(level)}


def ignore(progress: Progress) -> None:
    """Nobody watches."""


def test_copies_of_the_demo_equal_it_and_are_independent(demo_world: Callable[..., Session]) -> None:
    session, opened = demo_world(now=NOW), open_demo(now=NOW)
    everything = list(opened.timeline.posts)
    assert list(session.timeline.posts) == everything
    assert list(session.transfer.export("posts")) == list(opened.transfer.export("posts"))
    assert session.timeline.counts() == opened.timeline.counts()
    session.marks.set(everything[0].key, "spam")
    session.people.vouch(everything[1].key)
    assert (session.marks.count, session.marks.all() != []) == (1, True)
    other = demo_world(now=NOW)
    assert list(other.timeline.posts) == everything
    assert (other.marks.count, other.marks.all()) == (0, [])


def test_the_demo_is_there_at_once_newest_first(session: Session) -> None:
    times = [judged.post.at for judged in session.timeline.posts if judged.post.at]
    assert len(times) == len(session.timeline.posts) >= 300
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("level", list(Level))
def test_no_friend_is_hidden_at_any_level(session: Session, level: Level) -> None:
    lost = [
        judged
        for judged in session.timeline.posts
        if judged.tie_name in ("close", "known") and judged.verdict.strictest_level < level
    ]
    assert lost == []


@pytest.mark.parametrize("author", ["finn", "sam", "tobi", "ravi", "theo", "agnes"])
def test_the_hard_friends_stay(session: Session, author: str) -> None:
    posts = by(session, author)
    assert posts
    assert all(judged.verdict.shown_at(Level.known) for judged in posts)


@pytest.mark.parametrize("author", ["marcus", "lumen", "wire", "wetterbot"])
def test_broadcasters_are_hidden_with_a_reason(session: Session, author: str) -> None:
    hidden = [judged for judged in by(session, author) if not judged.verdict.shown_at(Level.quiet)]
    assert len(hidden) >= 0.8 * len(by(session, author))
    assert all(judged.verdict.reasons and reason_text(judged.verdict.reasons[0]) for judged in hidden)


def test_a_celebrity_passed_on_by_a_friend_is_still_the_celebrity(session: Session) -> None:
    boosts = [
        j
        for j in session.timeline.posts
        if j.post.booster and j.post.booster.id == "emeka" and j.post.author.id == "marcus"
    ]
    assert boosts
    assert not any(judged.verdict.shown_at(Level.quiet) for judged in boosts)


def test_counts_match_what_is_shown_and_hidden(session: Session) -> None:
    counts = session.timeline.counts(Level.quiet)
    assert counts.shown == len(shown(session))
    assert counts.shown + counts.hidden_total == len(session.timeline.posts)
    assert session.timeline.counts(Level.everything).hidden_total == 0


def test_a_mark_decides_its_post_at_once_and_undo_reverts_it_exactly(session: Session) -> None:
    key = by(session, "mira")[0].key
    before = [(judged.key, judged.verdict) for judged in session.timeline.posts]
    effect = session.marks.set(key, "spam")
    judged = session.timeline.get(key)
    assert judged is not None
    assert (judged.mark, judged.verdict.category, judged.verdict.shown_at(Level.noise)) == ("spam", "spam", False)
    assert effect.key == key
    assert (effect.kind, effect.category, effect.level) == ("mark", "spam", None)
    undone = session.history.undo()
    assert undone is not None
    assert (undone.kind, undone.undone) == ("unmark", True)
    assert [(each.key, each.verdict) for each in session.timeline.posts] == before
    assert session.history.undo() is None


def test_one_mark_shows_a_hidden_post(session: Session) -> None:
    key = next(judged.key for judged in by(session, "marcus") if not judged.verdict.shown_at(Level.quiet))
    session.marks.set(key, "person")
    assert key in shown(session, Level.known)


def test_the_same_mark_again_removes_it(session: Session) -> None:
    key = by(session, "dana")[0].key
    session.marks.set(key, "sales")
    session.marks.set(key, "sales")
    judged = session.timeline.get(key)
    assert judged is not None
    assert judged.mark is None
    session.history.undo()
    judged = session.timeline.get(key)
    assert judged is not None
    assert judged.mark == "sales"


def test_undo_goes_back_through_the_whole_session(session: Session) -> None:
    keys = [judged.key for judged in by(session, "dana")[:4]]
    before = [(judged.key, judged.verdict, judged.mark) for judged in session.timeline.posts]
    for key in keys:
        session.marks.set(key, "sales")
    session.people.vouch(keys[0])
    session.timeline.set_level(Level.known)
    for _ in range(6):
        assert session.history.undo() is not None
    assert session.history.undo() is None
    assert session.timeline.level == Level.quiet
    assert [(judged.key, judged.verdict, judged.mark) for judged in session.timeline.posts] == before


def test_three_marks_decide_an_author(session: Session) -> None:
    posts = [judged for judged in by(session, "dana") if judged.post.text]
    for judged in posts[:3]:
        session.marks.set(judged.key, "sales")
    rest = [session.timeline.get(judged.key) for judged in posts[3:]]
    assert rest
    assert all(judged is not None and judged.verdict.category == "sales" for judged in rest)


@pytest.mark.parametrize("category", ["sales", "celebrity"])
def test_a_mark_on_a_known_persons_post_shows_how_many_more_are_needed(session: Session, category: Category) -> None:
    seller = next(judged for judged in session.timeline.posts if judged.tie_name in ("known", "close"))
    needed = MARKS_TO_OVERRIDE_TIE[seller.tie_name]
    posts = [judged for judged in by(session, seller.post.author.id) if judged.post.text]
    assert len(posts) > needed
    said = [session.marks.set(judged.key, category) for judged in posts[:needed]]
    assert [change.marks_missing for change in said] == list(range(needed - 1, -1, -1))
    undone = session.history.undo()
    assert undone is not None
    assert session.marks.set(posts[needed].key, "person").marks_missing == 0
    # One post as a person's is outweighed by three as noise.
    assert session.marks.set(posts[needed - 1].key, category).marks_missing == max(0, 3 - needed)


def test_a_mark_asks_for_no_further_marks_that_change_nothing(session: Session) -> None:
    stranger = next(judged for judged in session.timeline.posts if judged.tie_name == "stranger")
    assert session.marks.set(stranger.key, "sales").marks_missing == 0
    friend = next(judged for judged in session.timeline.posts if judged.tie_name == "close")
    session.people.vouch(friend.key)
    change = session.marks.set(friend.key, "sales")
    assert change.marks_missing == 0


def test_a_vouch_shows_everything_of_somebody_at_every_level(session: Session) -> None:
    session.people.vouch(by(session, "marcus")[0].key)
    assert all(judged.verdict.shown_at(Level.known) for judged in by(session, "marcus"))
    session.people.vouch(by(session, "marcus")[0].key)
    assert not all(judged.verdict.shown_at(Level.known) for judged in by(session, "marcus"))


def test_a_job_is_trained_separately_and_applied_if_fresh(session: Session) -> None:
    key = by(session, "trendline")[0].key
    session.marks.set(key, "celebrity")
    assert session.learning.pending
    job = session.learning.make_job()
    job.run()
    assert session.learning.apply(job) is not None
    assert not session.learning.pending


def test_posts_on_the_screen_are_judged_first_and_the_others_in_steps(session: Session, archive: Archive) -> None:
    # Enough marks as person that hidden posts are shown, none of them among the first.
    for judged in [each for each in session.timeline.posts if not each.verdict.shown_at(session.timeline.level)][-30:]:
        session.marks.set(judged.key, "person")
    before = {judged.key: judged for judged in session.timeline.posts}
    job = session.learning.make_job()
    job.run()
    on_screen = {judged.key for judged in session.timeline.posts[40:52]}
    steps = session.learning.apply_incrementally(job, on_screen)
    next(steps)
    assert {judged.key for judged in session.timeline.posts if before[judged.key] is not judged} == on_screen
    assert session.learning.pending  # until all of it is judged
    gone = session.timeline.posts[-1].key
    newest, oldest = session.timeline.posts[0].key, session.timeline.posts[-2].key
    session.timeline.trim(0, 0, newest, oldest)
    *between, effect = steps
    assert len(between) > 10
    assert not any(between)
    assert effect is not None
    assert gone not in effect.hid
    left = {judged.key: judged for judged in session.timeline.posts}
    assert not [key for key, judged in left.items() if before[key] is judged]
    assert not session.learning.pending
    seen = {key: each.verdict.shown_at(session.timeline.level) for key, each in before.items() if key in left}
    assert set(effect.hid) == {
        k for k, was in seen.items() if was and not left[k].verdict.shown_at(session.timeline.level)
    }
    assert set(effect.showed) == {
        k for k, was in seen.items() if not was and left[k].verdict.shown_at(session.timeline.level)
    }
    assert effect.hid or effect.showed


def test_stale_posts_are_judged_in_steps(session: Session, archive: Archive) -> None:
    anew = Session(archive, session.config, Accounts(archive, None), None)
    while not anew.timeline.complete:
        anew.timeline.load_step("older", 40)
    early = [judged.verdict for judged in anew.timeline.posts]
    steps = []
    while count := anew.timeline.rejudge_stale(25):
        steps.append(count)
    assert len(steps) > 2
    assert set(steps[:-1]) == {25}
    late = [judged.verdict for judged in anew.timeline.posts]
    at_once = Session(archive, session.config, Accounts(archive, None), None)
    at_once.timeline.load(len(late))
    assert late == [judged.verdict for judged in at_once.timeline.posts]
    assert sum(before != after for before, after in zip(early, late, strict=True)) > 10


def test_a_stale_job_is_dropped(session: Session) -> None:
    session.marks.set(by(session, "trendline")[0].key, "celebrity")
    job = session.learning.make_job()
    session.marks.set(by(session, "trendline")[1].key, "celebrity")
    job.run()
    assert session.learning.apply(job) is None
    assert session.learning.pending


def test_learning_loses_no_friend(session: Session) -> None:
    loud = ("glowshop", "moonfund", "wire", "trendline")
    for judged in [each for each in session.timeline.posts if each.post.author.id in loud][:20]:
        session.marks.set(judged.key, "sales")
    job = session.learning.make_job()
    job.run()
    session.learning.apply(job)
    lost = [
        j for j in session.timeline.posts if j.tie_name in ("close", "known") and not j.verdict.shown_at(Level.known)
    ]
    assert lost == []


def test_an_undone_mark_leaves_no_trace_in_what_is_learned(session: Session) -> None:
    keys = [judged.key for judged in session.timeline.posts[:6]]
    for key in keys[:5]:
        session.marks.set(key, "sales")
    first = session.learning.make_job()
    first.run()
    session.marks.set(keys[5], "spam")
    session.history.undo()
    again = session.learning.make_job()
    again.run()
    assert first.weights == again.weights


def test_why_agrees_with_the_verdict(session: Session) -> None:
    judged = next(j for j in session.timeline.posts if not j.verdict.shown_at(Level.quiet))
    why = session.timeline.why(judged.key)
    assert headline(why.verdict, why.level).startswith("Hidden at level quiet")
    assert why.verdict == judged.verdict
    assert why.verdict.shown_at(Level.everything)


async def test_a_refresh_brings_the_late_posts_a_few_at_a_time(session: Session) -> None:
    arrivals = [await session.fetching.refresh(ignore) for _ in range(7)]
    counts = [len(arrival.new) for arrival in arrivals]
    late = len(Demo(now=NOW).world.late)
    assert counts[0] == 3
    assert sum(counts) == late
    assert counts[-1] == 0


async def test_a_thread_is_judged_too(session: Session) -> None:
    key = next(judged.key for judged in by(session, "mira") if "passed review" in judged.post.text)
    before, after = await session.reading.thread(key)
    assert before[0].post.text.startswith("The soup has been declared")
    assert any("approved with comments" in judged.post.text for judged in after)


def test_a_missing_post_is_reported(session: Session) -> None:
    with pytest.raises(NotFound, match="no post nothing"):
        session.marks.set(("demo:you@demo.example", "nothing"), "spam")


def test_the_training_queue_is_unsure_varied_and_unmarked(session: Session) -> None:
    queue = session.timeline.training_queue(12)
    judged = [session.timeline.get(key) for key in queue]
    authors = [each.post.author.id for each in judged if each]
    assert len(queue) == len(set(queue)) > 0
    assert max(authors.count(author) for author in authors) <= 2
    assert all(each is not None and each.mark is None for each in judged)


def test_an_old_export_replaces_nothing_newer(session: Session) -> None:
    key, other = by(session, "dana")[0].key, by(session, "marcus")[0].key
    session.marks.set(key, "sales")
    session.people.not_known(other)
    session.people.mute(other, datetime.now(UTC) + timedelta(days=1))
    old: list[dict[str, Any]] = list(session.transfer.export("marks"))
    for _ in range(2):
        session.history.undo()
    session.marks.set(key, "person")
    session.people.vouch(other)
    session.people.mute(other, FOREVER)
    new = list(session.transfer.export("marks"))
    assert new != old
    assert session.transfer.import_records(list(enumerate(old, 1)))[1] == []
    assert list(session.transfer.export("marks")) == new
    assert session.transfer.import_records([*enumerate(new, 1), *enumerate(new, 1)])[1] == []
    assert list(session.transfer.export("marks")) == new


def test_levels_can_be_switched_on_a_read_only_disk(session: Session) -> None:
    session._archive._db.rows("pragma query_only = on")
    with pytest.raises(StoreError):
        session._archive.set_state(level="1")
    assert session.timeline.set_level(Level.everything).showed
    assert session.timeline.counts().hidden_total == 0
    session.history.undo()
    assert session.timeline.counts().hidden_total > 0


@pytest.mark.parametrize("habits", ["x", 5, [1], [1, 2, 3, 4, 5], [1, 2, 3, 4, "x", None], [1, 2, 3, 4, 5.0, [1]], {},
                                    [1, 2, 3, 4, float("nan"), None], [1, 2, 3, 4, 5.0, [0, 0, 0, None]]])  # fmt: skip
def test_a_mark_with_habits_that_are_none_is_one_sentence(session: Session, habits: object) -> None:
    record = {"id": "1", "text": "hi", "mark": "spam", "habits": habits}
    counts, errors = session.transfer.import_records([(1, record)])
    assert counts["marks"] == 0
    assert errors == [(1, '"tie", "reposter_tie" or "habits" is not what an export writes')]
    good = {**record, "habits": [9, 1, 2, 3, 4.5, [0.0, 1.0, 2.0, 3.0]]}
    assert (
        session.transfer.import_records([(1, good), (2, {**good, "id": "2", "habits": [9, 1, 2, 3, 4, None]})])[1] == []
    )


def test_a_job_reads_its_examples_where_it_is_made_and_may_run_in_any_thread(session: Session) -> None:
    for judged in by(session, "marcus")[:3]:
        session.marks.set(judged.key, "sales")
    job = session.learning.make_job()
    assert job.examples(job.marks)
    thread = Thread(target=job.run)
    thread.start()
    thread.join()
    assert job.data
    assert session.learning.apply(job) is not None


@pytest.mark.parametrize("data", ["", "{", "[]", '{"id": 1}', "null", '{"id": "1", "text": "hi", "links": 7}'])
def test_a_damaged_post_is_no_example(data: str) -> None:
    assert StoredPost("a", "9", "ada@there.example", data).load() is None


def test_the_posts_that_the_last_change_hid_are_listed_until_another_change_moves_some(session: Session) -> None:
    visible = [each.post for each in session.timeline.posts if each.verdict.shown_at(Level.quiet)]
    authors = [post.author_key for post in visible]
    post = next(post for post in visible if authors.count(post.author_key) > 1)
    muted = session.people.mute(post.key, FOREVER)
    assert muted.hid
    changed = (*muted.hid, *muted.showed)
    session.timeline.set_level(Level.everything)
    assert session.timeline.last_change == changed
    undone = session.history.undo()
    assert undone is not None
    assert session.timeline.last_change == changed


def test_a_script_that_sets_a_mark_twice_does_not_remove_it(session: Session) -> None:
    account, post_id = session.timeline.posts[0].key
    assert session.marks.set_stored(post_id, "spam") is not None
    assert session.marks.set_stored(post_id, "spam") is None
    assert session.timeline.get_or_load([(account, post_id)])[0].mark == "spam"
