"""Counts of the whole stored timeline: judges every author's posts in the background and stores the numbers.

Posts are judged with the author's habits over all stored posts, so that no verdict depends on what is loaded.
Only authors affected by a change are judged again, also in the next run; a new model or a new day affects everybody.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from zlib import crc32

from .. import __version__
from ..codec.weights import weights_to_bytes
from ..filters.base_model import base_model
from ..filters.habits import KEPT, habits
from ..filters.judge import judge_all
from ..models.context import Habits
from ..models.errors import StoreError
from ..models.joined import PersonKey
from ..models.post import Post
from ..models.verdict import Level, Verdict
from ..models.view import Counts, HideCause, PostKey, hide_cause
from ..models.weights import Weights
from ..store.archive import Archive
from ..store.tally import Due, Judged
from .clock import Clock
from .contexts import ContextMaker
from .links import PersonLinks
from .loaded import LoadedPosts
from .tie_cache import TieCache, people_of

BATCH = 16
"""The number of posts per step, and of authors per query: a step takes less than a frame."""


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
        self._weights: tuple[Weights, int] | None = None

    @property
    def pending(self) -> bool:
        """Whether posts must be judged before the counts are exact."""
        return self._archive.tally.is_due(self._stamp())

    def step(self) -> bool:
        """Judge a few posts. Returns whether there was work. Raises StoreError."""
        if self._work is None:
            self._work = self._run()
        if next(self._work, True) is None:
            return True
        self._work = None
        return False

    def finish(self) -> None:
        """Judge everything that is due, for commands. On a read-only disk the counts stay estimates."""
        with suppress(StoreError):
            while self.step():
                pass
        self._loaded.rejudge_stale()

    async def settle(self) -> None:
        """The same, without blocking the event loop."""
        with suppress(StoreError):
            while self.step():
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
        """The verdicts on stored posts, loaded or not."""
        missing: dict[PersonKey, list[Post]] = {}
        for key in keys:
            judged = self._loaded.get(key)
            if judged is not None:
                yield key, judged.verdict
        for _, post in self._archive.posts.get([key for key in keys if self._loaded.get(key) is None]):
            missing.setdefault((post.account, post.author.id), []).append(post)
        for author, posts in missing.items():
            seen = self._habits(self._archive.tally.keys(author))
            yield from zip((post.key for post in posts), self._judge(posts, seen), strict=True)

    def _run(self) -> Iterator[None]:
        table = self._archive.tally
        while True:
            for due in table.due_people(BATCH):
                table.expand(due, self._links.keys(due.person))
                yield
            stamp = self._stamp()
            authors = table.due_authors(stamp, BATCH)
            if not authors:
                return
            for due in authors:
                yield from self._count(due, stamp)

    def _count(self, due: Due, stamp: str) -> Iterator[None]:
        keys = self._archive.tally.keys(due.person)
        seen = self._habits(keys)
        counts: Counter[Judged] = Counter()
        remaining = iter(keys)
        while batch := list(islice(remaining, BATCH)):
            posts = [post for _, post in self._archive.posts.get(batch)]
            for verdict in self._judge(posts, seen):
                counts[int(verdict.strictest_level), hide_cause(verdict)] += 1
            yield
        if stamp == self._stamp():
            self._archive.tally.save(due, stamp, __version__, seen, counts)
            self._totals = None
            self._loaded.set_habits(due.person, seen)

    def _habits(self, keys: Sequence[PostKey]) -> Habits | None:
        """The habits over the newest stored posts of an author."""
        found = sorted(self._archive.posts.get(keys[: 2 * KEPT]), key=lambda each: -each[0][0])
        return habits((post for _, post in found), base_model())

    def _judge(self, posts: Sequence[Post], seen: Habits | None) -> list[Verdict]:
        # A separate cache, because the ties to all people need not stay in memory.
        ties = TieCache(self._links)
        ties.read(posts)
        contexts = [self._contexts.make(post, ties, seen) for post in posts]
        self._archive.people.forget(person for post in posts for person in people_of(post))
        return judge_all(contexts, self._loaded.weights, marks=self._loaded.marks, now=self._clock.today())

    def _stamp(self) -> str:
        """Identifies everything that verdicts depend on."""
        weights = self._loaded.weights
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
        return f"{__version__} {self._weights[1]:x} {accounts:x} {self._clock.today():%Y-%m-%d}"
