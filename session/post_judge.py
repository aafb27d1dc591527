"""Judges posts with the current model, the user's marks, and the ties and habits of their people."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from ..filters.base_model import base_model
from ..filters.judge import judge_all
from ..filters.score import Scorer
from ..filters.ties import name
from ..models.context import PostContext
from ..models.mark import UserMarks
from ..models.post import Post
from ..models.verdict import Verdict
from ..models.view import JudgedPost
from ..models.weights import Weights, with_threshold
from ..store.archive import Archive
from .action_states import ActionStates
from .clock import Clock
from .contexts import AuthorHabits, ContextMaker
from .links import PersonLinks
from .tie_cache import TieCache, author_of

JudgeAll = Callable[..., list[Verdict]]
"""The signature of `judge_all` in filters/judge.py."""


class PostJudge:
    """Builds the contexts of posts and judges them."""

    def __init__(
        self,
        archive: Archive,
        scorer: Scorer,
        marks: UserMarks,
        links: PersonLinks,
        contexts: ContextMaker,
        clock: Clock,
        states: ActionStates,
        judge_all: JudgeAll = judge_all,
        hide_above: int = 0,
    ) -> None:
        self._hide_above = hide_above
        self.scorer = scorer
        """The current model. It is replaced as a whole, so its caches belong to the posts judged here."""
        if hide_above:
            self.use(scorer.weights)
        self.marks = marks
        self.states = states
        self.contexts = contexts
        self.ties = TieCache(links)
        self.habits = AuthorHabits(archive, Scorer(base_model(), scorer))
        self._clock = clock
        self._judge_all = judge_all

    def use(self, weights: Weights) -> None:
        """Judge with other weights from now on. The user's own threshold replaces the trained one."""
        if self._hide_above:
            weights = with_threshold(weights, self._hide_above)
        self.scorer = Scorer(weights, self.scorer)

    def context(self, post: Post) -> PostContext:
        """The context of a post, from the ties and habits that were read before."""
        return self.contexts.make(post, self.ties, self.habits.of(author_of(post)))

    def read_contexts(self, posts: Sequence[Post]) -> list[PostContext]:
        """Read the ties to the people of posts, and build the contexts."""
        self.ties.read(posts)
        return [self.context(post) for post in posts]

    def judge(self, contexts: Iterable[PostContext], percent: int = 0) -> list[JudgedPost]:
        """Judge posts with current data, in the order given; with `percent`, as if that were the threshold."""
        contexts = list(contexts)
        today = self._clock.today()
        scorer = self.scorer
        if percent:
            scorer = Scorer(with_threshold(scorer.weights, percent), scorer)
        verdicts = self._judge_all(contexts, scorer, marks=self.marks, now=today)
        return [self._judged(context, verdict, today) for context, verdict in zip(contexts, verdicts, strict=True)]

    def judge_posts(self, posts: Sequence[Post]) -> list[JudgedPost]:
        """Judge posts outside of the timeline, such as a conversation."""
        return self.judge(self.read_contexts(posts))

    def _judged(self, context: PostContext, verdict: Verdict, today: datetime) -> JudgedPost:
        post = context.post
        mark, actions = self.marks.posts.get(post.key), self.states.of_post(post)
        return JudgedPost(post, verdict, context.tie, name(context.tie, today), mark, actions)
