"""The training loop: trains shortly after each mark, and applies the result in small steps.

User interfaces only listen. `start` runs the loop in an event loop; `start_without_loop` is for interfaces that read
lines; `train_pending` trains at once, for scripts.
"""

import asyncio
from collections.abc import Callable, Collection, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import cached_property
from typing import Protocol

from ..filters.base_model import base_model
from ..filters.score import Scorer
from ..models.errors import QuietfeedError
from ..models.tuning import Tuning
from ..models.view import Change, PostKey
from ..store.archive import Archive
from .changes import judge_in_steps
from .clock import Clock
from .events import Events, Learned, TrainingFailed, VerdictsChanged
from .external import ExternalChanges
from .links import PersonLinks
from .loaded import LoadedPosts
from .logfile import report_unexpected
from .mark_index import MarkIndex
from .timeline import TimelineService
from .training_job import TrainingJob

Steps = Generator[Change | None, None, None]


class Timer(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Cancel the call."""


class TrainsJobs(Protocol):
    """Trains a job and returns its weights. `learn` runs in a thread."""

    def learn(self, job: TrainingJob) -> None:
        """Train a job. Raises QuietfeedError."""

    def close(self) -> None:
        """Stop a running training."""


Scheduler = Callable[[float, Callable[[], None]], Timer]
"""Calls a function after a number of seconds, in the thread of the event loop."""


class LearningService:
    """Trains the personal model from the marks, in a separate process, and judges the loaded posts with it."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        index: MarkIndex,
        links: PersonLinks,
        timeline: TimelineService,
        external: ExternalChanges,
        events: Events,
        tuning: Tuning,
        clock: Clock,
        trained_from: str,
        trainer: TrainsJobs | None = None,
    ) -> None:
        self._archive = archive
        self._loaded = loaded
        self._index = index
        self._links = links
        self._timeline = timeline
        self._external = external
        self._events = events
        self._tuning = tuning
        self._clock = clock
        self._trained_from = trained_from
        self._trainer = trainer
        # A separate scorer, because examples are chosen in the thread of the training.
        self._example_scorer = Scorer(base_model())
        self._visible: Callable[[], Collection[PostKey]] = tuple
        self._schedule: Scheduler | None = None
        self._due: Timer | None = None
        self._running: asyncio.Task[None] | None = None
        self._background: tuple[TrainingJob, Future[None]] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def pending(self) -> bool:
        """Whether marks have changed since the current model was trained."""
        return self._trained_from != self._archive.marks.state()

    @property
    def busy(self) -> bool:
        """Whether a job is due or running in the loop."""
        return self._due is not None or self._running is not None

    def start(self, visible: Callable[[], Collection[PostKey]], schedule: Scheduler | None = None) -> None:
        """Run the loop in the running event loop: training begins shortly after the last mark.

        `visible` returns the posts on the screen, which are judged first. `schedule` replaces the timer of the event
        loop.
        """
        self.stop()
        self._visible = visible
        self._schedule = schedule or asyncio.get_running_loop().call_later
        self._unsubscribe = self._events.subscribe(VerdictsChanged, lambda _: self._debounce())
        self._debounce()

    def stop(self) -> None:
        """End the loop and cancel a running job; its marks stay pending."""
        self._unsubscribe()
        self._schedule = None
        if self._due is not None:
            self._due.cancel()
        if self._running is not None:
            self._running.cancel()
        self._due = self._running = None

    def start_over(self) -> None:
        """Train again even without new marks, because the current model was trained with forgotten posts."""
        self._trained_from = ""

    def _debounce(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._schedule is not None and self.pending:
            self._due = self._schedule(self._tuning.learn_after, self._begin)

    def _begin(self) -> None:
        self._due = None
        if self._running is None:
            self._running = asyncio.ensure_future(self._train())
            self._running.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if self._running is task:
            self._running = None

    async def _train(self) -> None:
        """Train until no marks are pending. A mark during a training makes its job stale."""
        try:
            while self.pending:
                job = self.make_job()
                # The first read of thousands of marks would block the screen.
                await asyncio.to_thread(job.read_marks)
                job.read_examples()
                await asyncio.to_thread(self.trainer.learn, job)
                await self._apply_slowly(job)
        except (QuietfeedError, ImportError) as error:
            self._events.publish(TrainingFailed(str(error)))
        except Exception as error:
            # Nothing awaits this task, so an exception would be lost.
            self._events.publish(TrainingFailed(report_unexpected(error, "training")))

    async def _apply_slowly(self, job: TrainingJob) -> None:
        first = self._visible()
        change = None
        # Close the generator at once if the loop stops, because it restores the model.
        with closing(self.apply_incrementally(job, first)) as steps:
            for change in steps:
                if change is not None and first:
                    self._events.publish(Learned(change, done=False))
                    first = ()
                # Let the event loop handle keys first.
                await asyncio.sleep(self._tuning.rejudge_pause)
        if change is not None:
            self._events.publish(Learned(change))

    def start_without_loop(self) -> None:
        """For an interface without an event loop: every change starts a training; `advance` applies the result."""
        self.stop()
        self._unsubscribe = self._events.subscribe(VerdictsChanged, lambda _: self._begin_in_thread())
        self._begin_in_thread()

    def _begin_in_thread(self) -> None:
        if self._background is None and self.pending:
            job = self.make_job()
            job.read_examples()
            self._background = (job, self._thread.submit(self.trainer.learn, job))

    def advance(self, *, wait: bool) -> None:
        """Apply a finished training. With `wait`, return when nothing is pending."""
        while self._background is not None:
            job, future = self._background
            if not wait and not future.done():
                return
            self._background = None
            try:
                future.result()
                change = self.apply(job)
            except (QuietfeedError, ImportError) as error:
                self._events.publish(TrainingFailed(str(error)))
                return
            if change is not None:
                self._events.publish(Learned(change))
            self._begin_in_thread()

    def train_pending(self) -> None:
        """Train and apply pending marks in this process, for scripts. Imports scikit-learn."""
        if self.pending:
            job = self.make_job()
            job.run()
            change = self.apply(job)
            if change is not None:
                self._events.publish(Learned(change))

    @property
    def trainer(self) -> TrainsJobs:
        """The trainer. Its process starts with the first job."""
        if self._trainer is None:
            # Import subprocess support only after the first screen.
            from .trainer import Trainer

            self._trainer = Trainer(idle=self._tuning.trainer_idle)
        return self._trainer

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1)

    def make_job(self) -> TrainingJob:
        """Create a job from the current marks."""
        from .examples import examples_from

        # Read the state first: a later mark then makes the job stale, and the next job includes it.
        state = self._archive.marks.state()
        self._external.reload()
        marks = sorted(self._index.marks, key=lambda mark: mark.at)
        return TrainingJob(
            state, marks, examples_from(self._archive, self._links, self._clock.today(), self._example_scorer)
        )

    def apply(self, job: TrainingJob) -> Change | None:
        """Judge the loaded posts with the trained model. Returns None, and changes nothing, if the job is stale."""
        return [None, *self.apply_incrementally(job)][-1]

    def apply_incrementally(self, job: TrainingJob, first: Collection[PostKey] = ()) -> Steps:
        """Apply a job a few posts at a time.

        The first step judges `first` alone and yields the change it caused; the last yields the whole change. A stale
        job yields nothing.
        """
        if job.weights is None or job.state != self._archive.marks.state():
            return
        before = self._loaded.judge.scorer
        self._loaded.judge.use(job.weights)
        finished = False
        try:
            yield from judge_in_steps(self._loaded, self._timeline.level, first)
            self._trained_from = job.state
            finished = True
            job.save(self._archive)
        finally:
            if not finished:
                # If it stops half-way, new posts must be judged with the same model as the remaining ones.
                self._loaded.judge.scorer = before

    def close(self) -> None:
        """Stop the loop and the trainer process."""
        self.stop()
        try:
            if self._trainer is not None:
                self._trainer.close()
        finally:
            if "_thread" in vars(self):
                self._thread.shutdown(wait=False, cancel_futures=True)
