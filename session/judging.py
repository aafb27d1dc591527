"""Judges records without a store, line by line, for `quietfeed judge`."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from ..codec.records import category_from_record, post_from_record
from ..codec.ties import tie_from_record
from ..filters.base_model import EMPTY, base_model
from ..filters.examples import choose_examples, choose_strangers
from ..filters.habits import HabitBook
from ..filters.judge import judge
from ..filters.score import Scorer
from ..filters.ties import name, with_selectivity
from ..filters.training_cache import TrainingCache
from ..models.context import PostContext
from ..models.errors import RecordError
from ..models.mark import Mark
from ..models.person import Person
from ..models.post import Post
from ..models.tie import NO_TIE, Tie
from ..models.verdict import Category, Verdict
from ..sources import entry
from .examples import NEWEST_POSTS, is_known
from .mark_index import MarkIndex

_GROWTH = 1.25
"""Train again when the number of examples has grown by this factor since the last training."""


class Line(msgspec.Struct, frozen=True):
    """One record to judge: its line in the input (from 1), the post, its ties and its mark."""

    number: int
    post: Post
    tie: Tie
    booster_tie: Tie | None
    mark: Category | None


class InputError(msgspec.Struct, frozen=True):
    """An unreadable part of the input, with the reason."""

    number: int
    message: str


def read_records(lines: Iterable[str], ties: Mapping[str, Tie]) -> Iterator[Line | InputError]:
    """Parse post records, one JSON object per line. Empty lines are skipped."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            record = _json(text)
            post = post_from_record(record)
            own = record.get("tie")
            if own is not None and not isinstance(own, dict):
                raise RecordError('"tie" should be an object')
            if own is not None:
                tie = with_selectivity(tie_from_record(own), post.author.following)
            else:
                tie = _tie(post.author, ties)
            if post.booster is None:
                booster_tie = None
            else:
                booster_tie = _tie(post.booster, ties)
            yield Line(number, post, tie, booster_tie, category_from_record(record))
        except RecordError as error:
            yield InputError(number, str(error))


def read_network(name: str, text: str, ties: Mapping[str, Tie]) -> Iterator[Line | InputError]:
    """Parse a network's JSON: one value, or one value per line. Raises UsageError for an unknown network."""
    read = entry(name).read_input
    try:
        values: list[tuple[int, Any]] = [(1, _json(text))]
    except RecordError as whole:
        values = []
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        for number, line in lines:
            try:
                values.append((number, _json(line)))
            except RecordError as error:
                yield InputError(number, str(whole if len(lines) == 1 else error))
    for number, value in values:
        posts, errors = read(value)
        for post in posts:
            if post.booster is None:
                booster_tie = None
            else:
                booster_tie = _tie(post.booster, ties)
            yield Line(number, post, _tie(post.author, ties), booster_tie, None)
        for sentence in errors:
            yield InputError(number, sentence)


def read_ties(lines: Iterable[str]) -> tuple[dict[str, Tie], list[InputError]]:
    """Parse tie records. Returns ties by handle, and input errors."""
    ties: dict[str, Tie] = {}
    errors: list[InputError] = []
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            record = _json(text)
            if not isinstance(record, dict) or not isinstance(record.get("handle"), str):
                raise RecordError('a tie record is a JSON object with a "handle"')
            ties[_handle(record["handle"])] = tie_from_record(record)
        except RecordError as error:
            errors.append(InputError(number, str(error)))
    return ties, errors


class OfflineClassifier:
    """Judges posts in sequence like a session, and can train in between. Stores nothing."""

    def __init__(self, *, use_base_model: bool, now: datetime) -> None:
        self._base_model = base_model() if use_base_model else EMPTY
        self._scorer = Scorer(self._base_model)
        self._cache = TrainingCache()
        self._now = now
        self._marks: list[Mark] = []
        self._context: PostContext | None = None
        self._index = MarkIndex(())
        self._known_posts: deque[Post] = deque(maxlen=NEWEST_POSTS)
        self._strangers: deque[PostContext] = deque(maxlen=NEWEST_POSTS)
        self._habits = HabitBook(self._scorer)
        self._stale = False
        self._seen = 0
        self._seen_in_training = 0

    def add_example(self, line: Line) -> None:
        """Use a post as a training example if the user knows its author, and compare it with the marks if the user only
        follows them.
        """
        if line.tie.you_follow and name(line.tie, self._now) == "stranger":
            self._strangers.append(PostContext(line.post, line.tie))
        if is_known(line.tie, self._now):
            # A file may repeat ids and omit author ids, so every line is a separate post.
            post = replace(line.post, id=f"{line.post.id} #{line.number}")
            self._known_posts.append(post)
            self._seen += 1
            # Training after each example would take longer than judging.
            self._stale |= bool(self._marks) and self._seen > _GROWTH * self._seen_in_training

    def judge(self, line: Line) -> Verdict:
        """Judge a post with everything learned so far."""
        if self._stale:
            from ..filters.learn import learn

            base_scorer = Scorer(self._base_model, self._scorer)
            examples = choose_examples(self._known_posts, self._marks, base_scorer, self._now)
            strangers = choose_strangers(self._strangers, self._marks, self._now)
            weights = learn(self._base_model, self._marks, examples, self._cache, strangers)
            self._scorer = Scorer(weights, self._scorer)
            self._stale = False
            self._seen_in_training = self._seen
        self._context = self._make_context(line)
        return judge(self._context, self._scorer, marks=self._index.snapshot, now=self._now)

    def learn(self, line: Line) -> None:
        """Learn the mark of a post, like its key does. A post without a mark may become an example."""
        if line.mark is None:
            self.add_example(line)
            return
        # Reuse the context of the last judgement, so that the post does not count twice among its author's habits.
        if self._context is not None and self._context.post is line.post:
            context = self._context
        else:
            context = self._make_context(line)
        # A file may repeat ids, so every line is a separate post.
        post = replace(context.post, id=f"{context.post.id} #{line.number}")
        mark = Mark(replace(context, post=post), line.mark, self._now)
        self._marks.append(mark)
        self._index.add(mark)
        self._stale = True

    def _make_context(self, line: Line) -> PostContext:
        post = line.post
        habits = None
        if post.author.id:
            self._habits.add(post)
            habits = self._habits.of(post.author_key)
        return PostContext(post, line.tie, line.booster_tie, habits)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise RecordError(f"not JSON ({error})") from None
    except RecursionError:
        raise RecordError("nested too deeply") from None


def _tie(person: Person, ties: Mapping[str, Tie]) -> Tie:
    return with_selectivity(ties.get(_handle(person.handle), NO_TIE), person.following)


def _handle(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()
