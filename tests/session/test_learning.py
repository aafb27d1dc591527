"""The training loop: one job for a burst of marks, no mark is lost meanwhile, failures are reported. No test sleeps."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from quietfeed.models.errors import StoreError
from quietfeed.models.tuning import Tuning
from quietfeed.session import Session
from quietfeed.session.events import Learned, TrainingFailed
from quietfeed.session.training_job import TrainingJob

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
WAIT = 7.0


class Timers:
    """A scheduler whose time passes when a test says so."""

    def __init__(self) -> None:
        self.due: list[Timers.One] = []

    class One:
        def __init__(self, delay: float, call: Callable[[], None]) -> None:
            self.delay, self.call, self.cancelled = delay, call, False

        def cancel(self) -> None:
            self.cancelled = True

    def __call__(self, delay: float, call: Callable[[], None]) -> "Timers.One":
        self.due.append(self.One(delay, call))
        return self.due[-1]

    def waiting(self) -> list["Timers.One"]:
        return [each for each in self.due if not each.cancelled]

    def pass_(self) -> None:
        """Everything that waits is due now."""
        waiting, self.due = self.waiting(), []
        for each in waiting:
            each.call()


class Training:
    """Trains in this process."""

    def __init__(self) -> None:
        self.jobs = 0
        self.error: StoreError | None = None

    def learn(self, job: TrainingJob) -> None:
        self.jobs += 1
        if self.error is not None:
            raise self.error
        job.set_weights(b"")

    def close(self) -> None:
        pass


class World:
    """The demo world with the loop started, and what it published."""

    def __init__(self, session: Session, training: Training) -> None:
        self.session = session
        self.training = training
        self.timers = Timers()
        self.learned: list[Learned] = []
        self.failed: list[str] = []
        self.visible = [judged.key for judged in session.timeline.posts[40:45]]
        session.events.subscribe(Learned, self.learned.append)
        session.events.subscribe(TrainingFailed, lambda event: self.failed.append(event.message))
        session.learning.start(lambda: self.visible, self.timers)

    async def settled(self) -> None:
        """Wait until no job runs."""
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks)

    def mark(self, number: int) -> None:
        self.session.marks.set(self.session.timeline.posts[number].key, "spam")


@pytest.fixture
async def world(demo_world: Callable[..., Session]) -> World:
    training = Training()
    tuning = Tuning(learn_after=WAIT, rejudge_pause=0.0)
    return World(demo_world(now=NOW, tuning=tuning, trainer=training), training)


async def test_a_burst_of_marks_is_one_job_after_the_last_of_them(world: World) -> None:
    for number in range(4):
        world.mark(number)
        assert [each.delay for each in world.timers.waiting()] == [WAIT]
    assert world.training.jobs == 0
    world.timers.pass_()
    await world.settled()
    assert world.training.jobs == 1
    assert not world.session.learning.pending
    assert [event.done for event in world.learned] == [False, True]


async def test_nothing_is_trained_for_what_teaches_nothing(world: World) -> None:
    key = world.session.timeline.posts[0].key
    world.session.timeline.set_level(max(type(world.session.timeline.level)))
    world.session.people.mute(key, datetime(9999, 1, 1, tzinfo=UTC))
    assert world.timers.waiting() == []
    world.mark(0)
    world.session.history.undo()
    assert world.timers.waiting() == []


async def test_a_mark_that_comes_while_a_job_runs_is_trained_with_the_next(world: World) -> None:
    world.mark(0)
    world.timers.pass_()
    await asyncio.sleep(0)
    world.mark(1)
    world.timers.pass_()
    await world.settled()
    assert world.training.jobs == 2
    assert not world.session.learning.pending


async def test_a_failed_training_is_reported_and_retried_by_the_next_mark(world: World) -> None:
    world.training.error = StoreError("The disk is full.")
    world.mark(0)
    world.timers.pass_()
    await world.settled()
    assert (world.failed, world.session.learning.pending) == (["The disk is full."], True)
    world.training.error = None
    world.mark(1)
    world.timers.pass_()
    await world.settled()
    assert not world.session.learning.pending


async def test_marks_of_the_last_run_are_trained_at_start_and_none_after_stop(world: World) -> None:
    world.session.learning.stop()
    world.mark(0)
    assert world.timers.waiting() == []
    world.session.learning.start(lambda: world.visible, world.timers)
    assert [each.delay for each in world.timers.waiting()] == [WAIT]
    world.session.learning.stop()
    assert world.timers.waiting() == []


async def test_a_job_that_is_given_up_half_way_leaves_its_marks_pending(world: World) -> None:
    world.mark(0)
    learning = world.session.learning
    job = learning.make_job()
    job.set_weights(b"")
    steps = learning.apply_incrementally(job, world.visible)
    next(steps)
    steps.close()
    assert learning.pending
    learning.train_pending()
    assert not learning.pending


def test_an_interface_without_a_loop_applies_between_two_lines(demo_world: Callable[..., Session]) -> None:
    training = Training()
    session = demo_world(now=NOW, trainer=training)
    learned: list[Learned] = []
    session.events.subscribe(Learned, learned.append)
    session.learning.start_without_loop()
    session.learning.advance(wait=True)
    session.marks.set(session.timeline.posts[0].key, "spam")
    session.marks.set(session.timeline.posts[1].key, "spam")
    session.learning.advance(wait=True)
    assert (len(learned), training.jobs, session.learning.pending) == (1, 2, False)
