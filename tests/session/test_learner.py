"""The Learner: what is learned in a process of its own is the same as here; it ends when it should."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.filters.starter import starter
from quietfeed.models.case import Case
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category
from quietfeed.session import learner as module
from quietfeed.session.learner import Learner, LearningFailed
from quietfeed.session.lesson import Lesson

NOW = datetime(2026, 5, 4, tzinfo=UTC)
TEXTS: list[tuple[str, Category]] = [("use code A1 for 20% off", "sales"), ("the heron came back", "person")] * 6


def marks(count: int) -> list[Mark]:
    return [
        Mark(Case(Post(str(n), Person("", ""), f"{text} {n}")), category, NOW + timedelta(seconds=n))
        for n, (text, category) in enumerate(TEXTS[:count])
    ]


def here(of: list[Mark]) -> Lesson:
    lesson = Lesson("", of)
    lesson.run()
    return lesson


@pytest.fixture
def learner() -> Iterator[Learner]:
    learner = Learner()
    yield learner
    learner.close()


def apart(learner: Learner, of: list[Mark]) -> Lesson:
    lesson = Lesson("", of)
    learner.learn(lesson)
    return lesson


def process(learner: Learner) -> "subprocess.Popen[bytes]":
    assert learner._process is not None
    return learner._process


def test_what_is_learned_apart_is_what_is_learned_here(learner: Learner) -> None:
    twelve = marks(12)
    assert apart(learner, twelve[:10]).data == here(twelve[:10]).data
    first = process(learner)
    # More marks, one taken back, and in the order in which they are said now.
    rest = [*twelve[1:], twelve[0]]
    assert apart(learner, rest).data == here(rest).data
    assert process(learner) is first
    assert len(learner._told) == 12


def test_no_marks_need_no_process(learner: Learner) -> None:
    lesson = apart(learner, [])
    assert lesson.weights is starter()
    assert learner._process is None


def test_a_process_that_died_is_begun_again_and_told_everything(learner: Learner) -> None:
    twelve = marks(12)
    apart(learner, twelve)
    process(learner).kill()
    process(learner).wait()
    assert apart(learner, twelve).data == here(twelve).data


def test_a_process_that_dies_at_work_is_told_in_one_sentence(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RUN", "import sys; sys.stdin.buffer.readline()")
    with pytest.raises(LearningFailed, match=r"^What was marked is kept, but .*: the next mark tries again\.$"):
        apart(learner, marks(4))
    monkeypatch.undo()
    assert apart(learner, marks(4)).weights is not None


def test_what_goes_wrong_in_the_process_is_told(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "import sys; sys.modules['sklearn'] = None; from quietfeed.session.apart import answer; answer()"
    monkeypatch.setattr(module, "_RUN", broken)
    with pytest.raises(LearningFailed, match=r"sklearn"):
        apart(learner, marks(4))


def test_it_ends_when_nothing_was_learned_for_a_while(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.01)
    lesson = Lesson("", marks(2))
    learner.learn(lesson)
    assert learner._end is not None
    learner._end.join()
    assert learner._process is None
    assert lesson.weights is not None


def test_closing_ends_a_lesson_under_way(learner: Learner) -> None:
    apart(learner, marks(2))
    running = process(learner)
    learner.close()
    assert running.poll() is not None
    assert learner._process is None
