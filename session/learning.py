"""Learning from what the user said, beside what other processes on the same file said meanwhile."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..models.mark import Mark
from ..models.view import Change, PostKey
from .effects import judge_by_steps, others
from .marking import Marking, today
from .training_job import TrainingJob

# Subprocesses are not on the way to the first screen.
if TYPE_CHECKING:
    from .trainer import Trainer

_POSTS_OF_A_VOUCH = 5


class Learning(Marking):
    """What `Marking` does, and lessons. What writes raises StoreError, and has then changed nothing."""

    @cached_property
    def trainer(self) -> "Trainer":
        """Where lessons are learned, beside the screens."""
        from .trainer import Trainer

        return Trainer()

    def training_job(self) -> TrainingJob:
        """What is to be learned from the marks as they are now. Have the `trainer` learn it, then `apply` it."""
        # Asked for first: what is said meanwhile makes the lesson stale, and is learned with the next.
        state = self.archive.marks.state()
        self.refresh_external_changes()
        return TrainingJob(state, sorted([*self._words.marks, *self._vouched_posts()], key=lambda mark: mark.at))

    def refresh_external_changes(self) -> bool:
        """Take up what another process said meanwhile (`quietfeed mark` beside the screens); whether there was one."""
        version = self.archive.version()
        if version == self._version:
            return False
        self._version = version
        self._joins.reload()
        self._words.join(self._joins.groups)
        self._judge_authors_again(self._words.renew(self.archive.marks.heads()))
        self._timeline.reread_ties(today())
        return True

    def _vouched_posts(self) -> list[Mark]:
        """The newest posts of people the user vouched for, as evidence of what a person's posts are like."""
        marks = []
        for word in self.archive.ties.words():
            if word.word == "vouched" and word.person_id:
                for handle in self._joins.keys((word.account, word.person_id)):
                    posts = (post for _, post in self.archive.posts.by_author(*handle, _POSTS_OF_A_VOUCH))
                    contexts = (
                        self._timeline.make_context(post, today())
                        for post in posts
                        if post.key not in self._words.snapshot.posts
                    )
                    marks += [Mark(context, "person", word.at) for context in contexts]
        return marks

    def apply(self, job: TrainingJob) -> Change | None:
        """Judge with what was learned: "hid 14 more like this, from 6 accounts". None when the lesson is stale."""
        return [None, *self.apply_incrementally(job)][-1]

    def apply_incrementally(self, job: TrainingJob, first: Collection[PostKey] = ()) -> Iterator[Change | None]:
        """The same, a few posts at a time, so that keys are answered in between.

        The first step judges these posts alone and is what that changed, the last is all that changed. There is none
        where the lesson is stale.
        """
        if job.weights is None or job.state != self.archive.marks.state():
            return
        self._timeline.weights = job.weights
        for effect in judge_by_steps(self._timeline, self.level, first, today()):
            yield effect and replace(effect, sentence=others(effect) or "learned")
        job.keep(self.archive)
        self._learned = job.state

    def train_pending(self) -> None:
        """Learn what was marked and not learned yet, here and now: for scripts, which have no loop to keep free."""
        if self.unlearned:
            job = self.training_job()
            job.run()
            self.apply(job)

    @property
    def unlearned(self) -> bool:
        """Whether marks were made since the last lesson that was taken."""
        return self._learned != self.archive.marks.state()
