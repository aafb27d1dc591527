"""Counts of the whole stored timeline: judges every author's posts in the background and stores the numbers.

Posts are judged with the author's habits over all stored posts, so that no verdict depends on what is loaded.
Only authors affected by a change are judged again, also in the next run. A new model affects everybody. A new day
affects authors with whom, or with whose boosters, the user ever had contact: their ties fade.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count, islice
from zlib import crc32

from msgspec.structs import replace

from .. import __version__
from ..codec.weights import weights_to_bytes
from ..filters.base_model import base_model
from ..filters.habits import KEPT, habits
from ..filters.judge import judge_all
from ..filters.score import Scorer
from ..models.context import Habits, PostContext
from ..models.errors import StoreError
from ..models.joined import PersonKey
from ..models.post import Post
from ..models.verdict import Level, Verdict
from ..models.view import Counts, HideCause, PostKey, hide_cause
from ..models.weights import Weights
from ..store.archive import Archive
from ..store.tally import Due, Judged, Stamps
from .clock import Clock
from .contexts import ContextMaker
from .links import PersonLinks
from .loaded import LoadedPosts
from .tie_cache import TieCache, people_of

BATCH = 16
"""The number of posts per step, and of people per query: a step takes less than a frame."""
_REPORTED_EACH = 50
"""Steps between two reports of progress."""
SCRIPT_STEPS = 40
"""The maximum number of steps that a command waits for, some 0.3 s. After that, its counts are estimates."""

Rest = Callable[[], Awaitable[bool]]
"""Waits until the user is idle. Returns False if the interface closed."""


class Tally:
    """Counts what each level shows and hides. `step` does a little work; call it in idle time."""

    def __init__(
        self, archive: Archive, loaded: LoadedPosts, contexts: ContextMaker, links: PersonLinks, clock: Clock
    ) -> None:
        self._archive = archive
        self._loaded = loaded
        self._contexts = contexts
        self._links = links
        self._clock = clock
        self._work: Iterator[None] | None = None
        self._totals: Counter[Judged] | None = None
        self._reader = Scorer(base_model(), loaded.judge.scorer)
        self._weights: tuple[Weights, int] | None = None
        self.levels: dict[PostKey, Level] = {}
        """The strictest levels that show some posts which are not loaded, from their last verdicts."""

        self.noted = 0
        """Increases with each change of `levels`."""

    @property
    def pending(self) -> bool:
        """Whether posts must be judged before the counts are exact."""
        return self._archive.tally.is_due(self._stamps())

    def note(self, key: PostKey, verdict: Verdict) -> None:
        """Remember the strictest level that shows a post which is not loaded."""
        self.levels[key] = verdict.strictest_level
        self.noted += 1

    def step(self) -> bool:
        """Judge a few posts. Returns whether there was work. Raises StoreError."""
        if self._work is None:
            self._work = self._run()
        if next(self._work, True) is None:
            return True
        self._work = None
        return False

    def finish(self, most: int | None = None) -> None:
        """Judge everything that is due in at most `most` steps, for commands. Changed authors come first.

        If the steps were not enough, or the disk is read-only, the counts stay estimates.
        """
        with suppress(StoreError):
            for _ in range(most) if most is not None else count():
                if not self.step():
                    break
        self._loaded.rejudge_stale()

    async def run(self, rest: Rest, progress: Callable[[], None]) -> None:
        """Judge everything that is due. `progress` is called from time to time. Raises StoreError.

        `rest` is awaited before each step; the first False ends the run.
        """
        for number in count(1):
            if not await rest() or not self.step():
                return
            if number % _REPORTED_EACH == 0:
                progress()

    async def settle(self, most: int | None = None) -> None:
        """The same, without blocking the event loop."""
        with suppress(StoreError):
            for _ in range(most) if most is not None else count():
                if not self.step():
                    break
                await asyncio.sleep(0)
        self._loaded.rejudge_stale()

    def counts(self, level: Level) -> Counts:
        """How many stored posts a level shows and hides; estimated while `pending`."""
        loaded = self._loaded
        if loaded.newest and loaded.complete and len(loaded):
            # All posts are loaded, and every change rejudges them at once.
            return loaded.counts(level)
        if self._totals is None:
            self._totals = self._archive.tally.totals()
        exact = not self.pending
        judged = self._totals
        known = judged.total()
        stored = known
        if not exact:
            stored = self._archive.posts.count()
            if 2 * known < stored:
                judged, known = loaded.judged_as(), len(loaded)
        scale = 1.0
        if known:
            scale = stored / known
        shown = sum(number for (strictest, _), number in judged.items() if strictest >= level)
        hidden: Counter[HideCause] = Counter()
        for (strictest, cause), number in judged.items():
            if strictest < level:
                hidden[cause] += number
        scaled = {cause: round(hidden[cause] * scale) for cause in sorted(hidden)}
        return Counts(round(shown * scale), scaled, exact=exact)

    def judge(self, keys: Sequence[PostKey]) -> Iterator[tuple[PostKey, Verdict]]:
        """The verdicts on stored posts, loaded or not. Reads and judges a few posts at a time."""
        missing = []
        for key in keys:
            judged = self._loaded.get(key)
            if judged is not None:
                yield key, judged.verdict
            else:
                missing.append(key)
        habits_of: dict[PersonKey, Habits | None] = {}
        for start in range(0, len(missing), BATCH):
            posts: dict[PersonKey, list[Post]] = {}
            for _, post in self._archive.posts.get(missing[start : start + BATCH]):
                posts.setdefault(post.author_key, []).append(post)
            for author, theirs in posts.items():
                if author not in habits_of:
                    habits_of[author] = self._habits(self._archive.tally.keys(author))
                contexts = self._in_context(theirs, habits_of[author])
                yield from zip((post.key for post in theirs), self._judge(contexts), strict=True)

    def _run(self) -> Iterator[None]:
        table = self._archive.tally
        while True:
            people = table.due_people(BATCH)
            for due in people:
                table.expand(due, self._links.keys(due.person))
            if people:
                yield
                continue
            stamps = self._stamps()
            authors = table.due_authors(stamps, BATCH)
            if not authors:
                return
            for due in authors:
                yield from self._count(due, stamps)

    def _count(self, due: Due, stamps: Stamps) -> Iterator[None]:
        keys = self._archive.tally.keys(due.person)
        seen = self._habits(keys)
        yield
        counts: Counter[Judged] = Counter()
        by_day = False
        remaining = iter(keys)
        while batch := list(islice(remaining, BATCH)):
            posts = [post for _, post in self._archive.posts.get(batch)]
            contexts = self._in_context(posts, seen)
            by_day = by_day or any(map(_changes_by_day, contexts))
            for context, verdict in zip(contexts, self._judge(contexts), strict=True):
                if context.post.key in self.levels:
                    self.note(context.post.key, verdict)
                counts[int(verdict.strictest_level), hide_cause(verdict)] += 1
            yield
        if stamps == self._stamps():
            self._archive.tally.save(due, stamps[by_day], __version__, self._as_stored(seen), counts)
            self._totals = None
            self._loaded.set_habits(due.person, seen)

    def _habits(self, keys: Sequence[PostKey]) -> Habits | None:
        """The habits over the newest stored posts of an author."""
        found = sorted(self._archive.posts.get(keys[: 2 * KEPT]), key=lambda each: -each[0][0])
        return habits((post for _, post in found), self._reader)

    def _as_stored(self, seen: Habits | None) -> Habits | None:
        """The habits as they are stored: with the personal model's score of the texts instead of the texts."""
        if seen is None:
            return None
        return replace(seen, voice=self._loaded.judge.scorer.voice(seen.texts))

    def _in_context(self, posts: Sequence[Post], seen: Habits | None) -> list[PostContext]:
        # A separate cache, because the ties to all people need not stay in memory.
        ties = TieCache(self._links)
        ties.read(posts)
        contexts = [self._contexts.make(post, ties, seen) for post in posts]
        self._archive.people.forget(person for post in posts for person in people_of(post))
        return contexts

    def _judge(self, contexts: Sequence[PostContext]) -> list[Verdict]:
        return judge_all(contexts, self._loaded.judge.scorer, marks=self._loaded.judge.marks, now=self._clock.today())

    def _stamps(self) -> Stamps:
        """Identify everything that verdicts depend on: without the day, and with it."""
        weights = self._loaded.judge.scorer.weights
        if self._weights is None or self._weights[0] is not weights:
            checksum = 0
            if weights is not base_model():
                checksum = crc32(weights_to_bytes(weights))
            self._weights = weights, checksum
        accounts = crc32(
            repr(
                (
                    sorted(self._contexts.own.items()),
                    self._contexts.filters.fingerprint(),
                    self._contexts.subscriptions_fingerprint(),
                )
            ).encode()
        )
        stamp = f"{__version__} {self._weights[1]:x} {accounts:x}"
        return stamp, f"{stamp} {self._clock.today():%Y-%m-%d}"


def _changes_by_day(context: PostContext) -> bool:
    """Whether time alone can change the verdict: contact fades, and mutes and filters on the server end."""
    ties = [tie for tie in (context.tie, context.booster_tie) if tie is not None]
    in_touch = any(tie.last_contact or tie.last_to_you or tie.last_from_you or tie.muted for tie in ties)
    return in_touch or bool(context.post.server_filters)
