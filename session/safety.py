"""The weekly safety check: the hidden posts that the filter is least certain of, and an estimate from the answers."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from ..models.verdict import Cause
from ..models.view import Change, JudgedPost, PostKey
from ..store.archive import Archive
from .clock import Clock
from .estimate import LEAST_CHANCE, Answers, estimate
from .history import Command, History
from .mark_index import MarkIndex
from .timeline import TimelineService, not_loaded

if TYPE_CHECKING:
    from ..models.review import Estimate

SAMPLE = 12
"""How many posts one check contains."""
_WEEK = timedelta(days=7)
_PER_AUTHOR = 2
_PAST = 12
"""How many earlier checks count for the estimate: about a quarter of a year."""
_MOST_SEEN = 40 * SAMPLE
_STATE = "safety_check"
_GUESSED: frozenset[Cause] = frozenset(("rule", "classifier"))

Answer = Literal["right", "wrong"]


class Asked(msgspec.Struct, frozen=True):
    """A post of a check, and the probability that it is a person's when the check began."""

    account: str
    post: str
    chance: float

    @property
    def key(self) -> PostKey:
        """The post's key."""
        return (self.account, self.post)


class Check(msgspec.Struct, frozen=True):
    """A check that began at a time. `right` are the posts that the user confirmed as rightly hidden.

    A guess hid `hidden` posts then; the sum of their probabilities to be a person's was `chance`.
    """

    at: datetime
    posts: tuple[Asked, ...]
    hidden: int
    chance: float
    right: tuple[PostKey, ...] = ()


class _State(msgspec.Struct, frozen=True):
    """The stored state. `began` is the first time that a check could have been offered."""

    began: datetime
    offered: datetime | None = None
    check: Check | None = None
    past: tuple[Answers, ...] = ()
    seen: tuple[PostKey, ...] = ()


class SafetyService:
    """Offers a check once a week, stores the answers, and estimates the share of wrongly hidden posts.

    It contains only posts that a guess hides. Posts that the user or a server hid need no check.
    """

    def __init__(
        self, archive: Archive, index: MarkIndex, timeline: TimelineService, history: History, clock: Clock
    ) -> None:
        self._archive = archive
        self._index = index
        self._timeline = timeline
        self._history = history
        self._clock = clock

    def offer(self) -> int:
        """The number of posts to check if a check is due, else 0. It is offered once a week. Raises StoreError."""
        state, now = self._load(), self._clock.now()
        if state is None:
            self._save(_State(now))
            return 0
        since = state.offered or state.began
        if state.check is not None:
            since = max(since, state.check.at)
        # The clock may have been set back.
        if timedelta() <= now - since < _WEEK:
            return 0
        count = len(self._sample(state))
        if count < SAMPLE:
            return 0
        self._save(replace(state, offered=now))
        return count

    def posts(self) -> list[PostKey]:
        """The posts to check: those of the running check, or of a new one if all are answered or a week has passed.

        They are loaded. Raises StoreError.
        """
        state, now = self._load() or _State(self._clock.now()), self._clock.now()
        check = state.check
        if check is None or now - check.at >= _WEEK or all(self.answer(each.key) for each in check.posts):
            check = self._begin(state, now)
        return [judged.key for judged in self._timeline.get_or_load([each.key for each in check.posts])]

    def answer(self, key: PostKey) -> Answer | None:
        """The answer about a post of the running check. A mark is an answer too."""
        mark = self._index.snapshot.posts.get(key)
        if mark is not None:
            return "wrong" if mark == "person" else "right"
        state = self._load()
        if state is not None and state.check is not None and key in state.check.right:
            return "right"
        return None

    def keep_hidden(self, key: PostKey) -> Change:
        """Answer that a post is rightly hidden. It can be undone. Raises NotFound and StoreError."""
        state = self._load()
        if state is None or state.check is None or key not in {each.key for each in state.check.posts}:
            raise not_loaded(key)
        return self._history.run(
            Command("checked", key[1], lambda: self._put(key, right=True), lambda: self._put(key, right=False))
        )

    def estimate(self) -> "Estimate | None":
        """The share of people's posts among the posts that a guess hides; None before the first answer."""
        state = self._load()
        if state is None:
            return None
        checks = state.past
        if state.check is not None:
            checks = (*checks, self._answers(state.check))
        return estimate(checks)

    def _put(self, key: PostKey, *, right: bool) -> Change:
        state = self._load()
        if state is not None and state.check is not None:
            others = tuple(each for each in state.check.right if each != key)
            self._save(replace(state, check=replace(state.check, right=(*others, key) if right else others)))
        return Change("checked", key)

    def _begin(self, state: _State, now: datetime) -> Check:
        sample = self._sample(state)
        hidden = [_chance(judged) for judged in self._timeline.posts if self._is_guess(judged)]
        posts = tuple(Asked(*judged.key, _chance(judged)) for judged in sample)
        check = Check(now, posts, len(hidden), sum(hidden))
        past, seen = state.past, state.seen
        if state.check is not None:
            answers = self._answers(state.check)
            past = (*past, answers)[-_PAST:] if answers.asked else past
            seen = (*seen, *(each.key for each in state.check.posts))[-_MOST_SEEN:]
        self._save(replace(state, check=check, past=past, seen=seen))
        return check

    def _answers(self, check: Check) -> Answers:
        answered = [(each.chance, answer) for each in check.posts if (answer := self.answer(each.key)) is not None]
        wrong = sum(answer == "wrong" for _, answer in answered)
        expected = sum(chance for chance, _ in answered)
        return Answers(check.at, len(answered), wrong, expected, check.hidden, check.chance)

    def _sample(self, state: _State) -> Sequence[JudgedPost]:
        """The least certain hidden posts that were in no check yet, at most two by one author."""
        seen = set(state.seen)
        if state.check is not None:
            seen.update(each.key for each in state.check.posts)
        guesses = [judged for judged in self._timeline.posts if self._is_guess(judged) and judged.key not in seen]
        chosen: list[JudgedPost] = []
        authors: Counter[str] = Counter()
        for judged in sorted(guesses, key=lambda judged: -_chance(judged)):
            author = judged.post.author.handle
            if authors[author] < _PER_AUTHOR:
                authors[author] += 1
                chosen.append(judged)
            if len(chosen) == SAMPLE:
                break
        return chosen

    def _is_guess(self, judged: JudgedPost) -> bool:
        verdict = judged.verdict
        return judged.mark is None and verdict.cause in _GUESSED and not verdict.shown_at(self._timeline.level)

    def _load(self) -> _State | None:
        stored = self._archive.get_state(_STATE)
        if stored is None:
            return None
        try:
            return msgspec.json.decode(stored, type=_State)
        except msgspec.DecodeError:
            # Damaged: start again.
            return None

    def _save(self, state: _State) -> None:
        self._archive.set_state(**{_STATE: msgspec.json.encode(state).decode()})


def _chance(judged: JudgedPost) -> float:
    return max(judged.verdict.scores["person"], LEAST_CHANCE)
