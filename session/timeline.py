"""The timeline: the loaded posts at the user's level, what is shown and hidden, and why."""

import json
from collections import Counter
from collections.abc import Collection, Sequence, Set
from contextlib import suppress

from msgspec.structs import replace

from ..models.config import Config
from ..models.errors import NotFound, StoreError
from ..models.person import Person
from ..models.text import clean_line
from ..models.tie import Tie
from ..models.tuning import Tuning
from ..models.verdict import Level, Verdict
from ..models.view import (
    Change,
    ChangeKind,
    Counts,
    Gap,
    HideCause,
    JudgedPost,
    PostKey,
    Side,
    TieView,
    Why,
    hide_cause,
)
from ..store.archive import Archive
from .changes import compare
from .clock import Clock
from .events import Events, Learned, VerdictsChanged
from .history import Command, History
from .loaded import LoadedPosts
from .tally import SCRIPT_STEPS, Tally
from .unread import UnreadTracker

_ROUNDED = 1e-6


class TimelineService:
    """The loaded posts, newest first, and the level. No method waits for a network."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        tally: Tally,
        history: History,
        events: Events,
        clock: Clock,
        tuning: Tuning,
        config: Config,
        unread: UnreadTracker,
    ) -> None:
        self._archive = archive
        self._unread = unread
        self._loaded = loaded
        self._tally = tally
        self._history = history
        self._clock = clock
        self._tuning = tuning
        self._level = _stored_level(archive, config)
        self._last_change: tuple[PostKey, ...] = ()
        events.subscribe(VerdictsChanged, lambda event: self._note_change(event.change))
        events.subscribe(Learned, lambda event: self._note_change(event.change))

    @property
    def last_change(self) -> tuple[PostKey, ...]:
        """The posts that the last action or the training after it hid or showed, for a list of them."""
        return self._last_change

    def _note_change(self, change: Change) -> None:
        # Switching the level does not replace the list of posts that the last mark changed.
        if change.kind != "level" and (change.hid or change.showed):
            self._last_change = (*change.hid, *change.showed)

    @property
    def posts(self) -> Sequence[JudgedPost]:
        """All loaded posts of all accounts, newest first, shown and hidden."""
        return self._loaded.posts

    @property
    def complete(self) -> bool:
        """Whether all stored posts below are loaded; older ones can then only come from the networks."""
        return self._loaded.complete

    @property
    def newest(self) -> bool:
        """Whether the newest stored post is loaded; if not, `load_newer` loads those above."""
        return self._loaded.newest

    @property
    def above(self) -> int:
        """The number of posts that arrived above the loaded ones, which are not judged yet."""
        return self._loaded.above

    @property
    def gaps(self) -> Sequence[Gap]:
        """Gaps among or below the loaded posts, newest first."""
        gaps = self._archive.posts.gaps()
        posts = self._loaded.posts if gaps else []
        bottom = top = None
        if posts and not self._loaded.complete:
            bottom = posts[-1].post.at
        if posts and not self._loaded.newest:
            top = posts[0].post.at
        return [gap for gap in gaps if (bottom is None or gap.at >= bottom) and (top is None or gap.at <= top)]

    @property
    def level(self) -> Level:
        """How quiet the timeline is."""
        return self._level

    def load(self, count: int | None = None) -> int:
        """Load the newest stored posts (first call) or older ones (further calls). Returns how many were loaded."""
        came = self._loaded.load(count or self._tuning.posts_per_load)
        self.rejudge_stale()
        return came

    def load_newer(self, count: int) -> int:
        """Load that many stored posts above the loaded ones. Needed after `start_at` and `trim` only."""
        came = self._loaded.load_newer(count)
        self.rejudge_stale()
        return came

    def load_step(self, side: Side | None, count: int) -> bool:
        """Load that many stored posts on a side; with both sides complete, rejudge as many stale ones.

        A call takes little time, so that keys come between two of them. Returns whether there was work.
        """
        if side == "newer":
            self._loaded.load_newer(count)
        elif side == "older":
            self._loaded.load(count)
        else:
            return bool(self.rejudge_stale(count))
        return True

    def rejudge_stale(self, most: int | None = None) -> int:
        """Rejudge at most that many posts whose authors' habits are better known now. Returns how many were judged."""
        return self._loaded.rejudge_stale(most)

    @property
    def has_stale(self) -> bool:
        """Whether `rejudge_stale` has work."""
        return self._loaded.has_stale

    def start_at(self, key: PostKey, count: int) -> bool:
        """Start the loaded range `count` posts above a stored post; `load` then loads it and the posts below.

        Returns False, and changes nothing, if the post is in no timeline.
        """
        return self._loaded.start_at(key, count)

    def start_at_newest(self) -> None:
        """Evict everything; `load` then loads the newest posts."""
        self._loaded.start_at_newest()

    def start_at_oldest(self, count: int) -> None:
        """Load only the oldest stored posts; `load_newer` loads those above."""
        self._loaded.start_at_oldest(count)

    def trim(self, above: int, below: int, first: PostKey, last: PostKey) -> None:
        """Evict all but some posts above one loaded post and below another."""
        self._loaded.trim(above, below, first, last)

    def around(self, key: PostKey) -> tuple[int, int] | None:
        """The number of loaded posts above and below a post; None if it is not loaded."""
        return self._loaded.around(key)

    def get(self, key: PostKey) -> JudgedPost | None:
        """A loaded post with its current verdict."""
        return self._loaded.get(key)

    def get_or_load(self, keys: Sequence[PostKey]) -> list[JudgedPost]:
        """Stored posts with their current verdicts, in the order of `keys`; others are loaded detached."""
        if missing := [key for key in keys if self._loaded.get(key) is None]:
            self._loaded.load_detached(missing)
        return [judged for key in keys if (judged := self._loaded.get(key)) is not None]

    def find_post(self, post_id: str) -> PostKey:
        """The key of the stored post with an id, and load it. Raises NotFound for none and for several."""
        key = only_key(post_id, self._archive.posts.with_id(post_id), "There is no post")
        self.look_up(key)
        return key

    def keys_of(self, given: str) -> list[PostKey]:
        """The keys of the stored posts with an id or address; several if several accounts have it."""
        return self._archive.posts.with_id(given) or self._archive.search.with_address(given)

    def look_up(self, key: PostKey) -> JudgedPost | None:
        """One stored post, which is loaded if necessary."""
        self._loaded.add_stored([key], anywhere=True)
        self.rejudge_stale()
        return self._loaded.get(key)

    def search(self, query: str, limit: int) -> tuple[list[JudgedPost], int]:
        """The newest stored posts that match a query, loaded or not, and the number of all matches.

        Any text is a query (models/query.py). The posts can be marked; they do not enter the timeline.
        """
        keys, total = self._archive.search.find(clean_line(query), limit)
        self._loaded.load_detached(keys)
        return [judged for key in keys if (judged := self._loaded.get(key)) is not None], total

    def stored(self, account: str) -> int:
        """The number of stored posts of an account."""
        return self._archive.posts.count(account)

    def counts(self, level: Level | None = None) -> Counts:
        """How many of all stored posts a level shows and hides; the default is the current level."""
        if level is None:
            level = self._level
        return self._tally.counts(level)

    def settled_counts(self) -> Counts:
        """The counts of the current level, for an interface that does not count in the background: what is due is
        judged first, for some 0.3 s at most.
        """
        self._tally.finish(SCRIPT_STEPS)
        return self.counts()

    def count_hidden(self, keys: Sequence[PostKey]) -> Counter[HideCause]:
        """Count the hidden posts among these at the current level, by cause."""
        judged = (self._loaded.get(key) for key in keys)
        return Counter(hide_cause(each.verdict) for each in judged if each and not each.verdict.shown_at(self._level))

    def shown(self) -> Set[PostKey]:
        """The loaded posts that the current level shows."""
        return self._loaded.shown(self._level)

    def compare(self, before: Set[PostKey], kind: ChangeKind, key: PostKey | None = None) -> Change:
        """The change since `shown` returned `before`. `key`, the post acted on, is not counted among the others."""
        return compare(self._loaded, self._level, before, kind, key)

    @property
    def certainty(self) -> int:
        """How sure a guess must be to hide a post, in percent."""
        return round(100 * self._loaded.judge.scorer.weights.blend.threshold)

    def at_certainty(self, percent: int) -> list[JudgedPost]:
        """The loaded posts whose verdicts another certainty may change, judged with it."""
        low, high = sorted((percent / 100, self._loaded.judge.scorer.weights.blend.threshold))
        contexts = (self._loaded.context(judged.key) for judged in self.posts if _is_between(judged.verdict, low, high))
        return self._loaded.judge.judge([context for context in contexts if context is not None], percent)

    def set_level(self, level: Level) -> Change:
        """Switch the level; it is stored for the next start."""
        before = self._level
        if level == before:
            return self._switch(level)
        command = Command("level", level.name, lambda: self._switch(level), lambda: self._switch(before))
        return self._history.run(command)

    def _switch(self, level: Level) -> Change:
        shown = self.shown()
        self._level = level
        # With a full disk the level still works, but it is not stored for the next start.
        with suppress(StoreError):
            self._archive.set_state(level=level.name)
        return replace(self.compare(shown, "level"), level=level)

    def why(self, key: PostKey) -> Why:
        """The full explanation of a verdict. Raises NotFound for a post that is not loaded."""
        judged, context = self._loaded.get(key), self._loaded.context(key)
        if judged is None or context is None:
            raise not_loaded(key)
        account = judged.post.account

        def view(person: Person, tie: Tie) -> TieView:
            own = self._loaded.judge.contexts.is_own(account, person.id)
            known = own or self._loaded.judge.ties.relationship_known(account, person.id)
            return TieView(person.handle, tie, own=own, relationship_known=known)

        booster_tie = None
        if context.booster_tie is not None and context.post.booster is not None:
            booster_tie = view(context.post.booster, context.booster_tie)
        author_tie = replace(view(judged.post.author, judged.tie), name=judged.tie_name)
        return Why(judged.verdict, self._level, author_tie, booster_tie)

    def training_queue(self, most: int = 40) -> list[PostKey]:
        """The loaded posts whose marks would improve the filter most: uncertain, unmarked and different."""
        from .training import training_queue

        return training_queue(self._loaded.posts, most)

    def place(self) -> PostKey | None:
        """The last reading position at this level."""
        stored = self._archive.get_state(f"place_{self._level.name}")
        if not isinstance(stored, str):
            return None
        with suppress(ValueError, TypeError):
            account, post_id = json.loads(stored)
            if isinstance(account, str) and isinstance(post_id, str):
                return (account, post_id)
        return None

    def save_reading(self, key: PostKey | None) -> None:
        """Store which posts were read, and the reading position at this level unless it is None. Raises StoreError."""
        if key is not None:
            self._archive.set_state(**{f"place_{self._level.name}": json.dumps(key)})
        self._unread.save()


def not_loaded(key: PostKey) -> NotFound:
    """The error for a post that is not loaded."""
    return NotFound(f"There is no post {key[1]} in the timeline.")


def only_key(post_id: str, keys: Collection[PostKey], none: str) -> PostKey:
    """The only key among `keys`. Raises NotFound for none and for several."""
    if not keys:
        raise NotFound(f"{none} {post_id}: `quietfeed timeline --all --json` lists the ids.")
    if len(keys) > 1:
        raise NotFound(f"More than one account has a post {post_id}: mark it in the timeline itself.")
    return next(iter(keys))


def _stored_level(archive: Archive, config: Config) -> Level:
    stored = archive.get_state("level")
    if isinstance(stored, str) and stored in Level.__members__:
        return Level[stored]
    return config.level


def _is_between(verdict: Verdict, low: float, high: float) -> bool:
    """Whether one of the two probabilities that hide a post, of noise and of sales or spam, is in a range."""
    scores = verdict.scores
    noise, worse = 1 - scores["person"], scores["sales"] + scores["spam"]
    return low - _ROUNDED <= noise <= high + _ROUNDED or low - _ROUNDED <= worse <= high + _ROUNDED
