"""The loaded posts in order, with their verdicts and the ties of their people."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from ..models.context import Habits, PostContext
from ..models.joined import PersonKey
from ..models.post import Post
from ..models.verdict import Level
from ..models.view import HIDE_CAUSES, Counts, HideCause, JudgedPost, PostKey, hide_cause
from ..store.archive import Archive
from ..store.changes import PlacedPost, SortKey
from .by_author import PostsByAuthor
from .clock import Clock
from .events import Events, TimelineChanged
from .post_judge import PostJudge
from .tie_cache import author_of, people_of


class _Loaded(msgspec.Struct):
    place: SortKey
    context: PostContext
    judged: JudgedPost


class LoadedPosts:
    """Posts in memory, newest first, each with its verdict. Nothing here is stored.

    The loaded posts are one range of the stored timeline, without holes. It grows at both ends; `trim` evicts posts far
    from the reader.
    """

    def __init__(self, archive: Archive, judge: PostJudge, clock: Clock, events: Events) -> None:
        self.judge = judge
        self._archive = archive
        self._clock = clock
        self._events = events
        self._loaded: dict[PostKey, _Loaded] = {}
        self._order: list[tuple[int, str, str]] = []
        self._detached: set[PostKey] = set()
        self._by_author = PostsByAuthor()
        self._top: SortKey | None = None
        self._above = 0
        self._bottom: SortKey | None = None
        self.complete = False
        """Whether all stored posts below are loaded."""
        self.revision = 0
        """Increases whenever posts are added, removed or changed; verdicts do not count."""
        self.begun = False
        """Whether anything was loaded so far."""

    def _changed(self) -> None:
        self.begun = True
        self._events.publish(TimelineChanged())

    @property
    def posts(self) -> list[JudgedPost]:
        """All loaded posts, newest first."""
        return [self._loaded[account, post_id].judged for _, account, post_id in self._order]

    def posts_above(self, key: PostKey) -> list[JudgedPost]:
        """The loaded posts above a loaded one, newest first; none above another."""
        around = self.around(key)
        if around is None:
            return []
        return [self._loaded[account, post_id].judged for _, account, post_id in self._order[: around[0]]]

    def __len__(self) -> int:
        return len(self._order)

    @property
    def newest(self) -> bool:
        """Whether the newest stored posts are loaded."""
        return self._top is None

    @property
    def top(self) -> SortKey | None:
        """The place above which stored posts are not loaded; None if the newest ones are."""
        return self._top

    @property
    def above(self) -> int:
        """The number of new posts above the loaded ones."""
        if self._top is None:
            return 0
        return self._above

    def get(self, key: PostKey) -> JudgedPost | None:
        """A loaded post."""
        loaded = self._loaded.get(key)
        if loaded is None:
            return None
        return loaded.judged

    def context(self, key: PostKey) -> PostContext | None:
        """The context that judging uses for a loaded post."""
        loaded = self._loaded.get(key)
        if loaded is None:
            return None
        return loaded.context

    def keys(self) -> list[PostKey]:
        """All loaded posts, newest first, then the detached ones."""
        return [*((account, post_id) for _, account, post_id in self._order), *self._detached]

    def load(self, count: int) -> int:
        """Load that many older stored posts. Returns how many were loaded. Call `rejudge_stale` now or later."""
        page = self._archive.posts.page(count, self._bottom)
        self.complete = len(page) < count
        self._changed()
        if page:
            self._bottom = page[-1][0]
            self._add(page)
        return len(page)

    def load_newer(self, count: int) -> int:
        """Like `load`, for stored posts above the loaded ones."""
        if self._top is None:
            return 0
        page = self._archive.posts.page_above(count, self._top)
        self._top = page[0][0] if len(page) == count else None
        self._changed()
        self._add(page)
        return len(page)

    def start_at(self, key: PostKey, count: int) -> bool:
        """Start the loaded range `count` posts above a stored post; `load` then loads it and the posts below.

        Returns False, and changes nothing, if the post is in no timeline.
        """
        place = self._archive.posts.place(key)
        if place is not None:
            self._start(self._archive.posts.page_above(count, place), count)
        return place is not None

    def start_at_newest(self) -> None:
        """Evict everything; `load` then starts at the newest posts."""
        self.evict(list(self._loaded))
        self._top = self._bottom = None
        self.complete = False

    def start_at_oldest(self, count: int) -> None:
        """Load only the oldest stored posts."""
        self._start(self._archive.posts.page_above(count), count)
        self.complete = True

    def _start(self, page: list[tuple[SortKey, Post]], count: int) -> None:
        above = self.above
        self.start_at_newest()
        if page:
            self._top = page[0][0] if len(page) == count else None
            self._bottom = page[-1][0]
            self._above = above
        self._add(page)
        self.rejudge_stale()

    def trim(self, above: int, below: int, first: PostKey, last: PostKey) -> None:
        """Evict all but some posts above one loaded post and below another."""
        start = max(self._number(first) - above, 0)
        end = min(self._number(last) + below + 1, len(self._order))
        newer, stay, older = self._order[:start], self._order[start:end], self._order[end:]
        self.evict([(account, post_id) for _, account, post_id in newer + older])
        if newer:
            self._above = self.above
            self._top = (-stay[0][0], *stay[0][1:])
        if older:
            self._bottom, self.complete = (-stay[-1][0], *stay[-1][1:]), False

    def around(self, key: PostKey) -> tuple[int, int] | None:
        """The number of loaded posts above and below a post; None if it is not loaded."""
        if key not in self._loaded or key in self._detached:
            return None
        here = self._number(key)
        return here, len(self._order) - here - 1

    def _number(self, key: PostKey) -> int:
        return bisect_left(self._order, _order(self._loaded[key].place))

    def evict(self, keys: Iterable[PostKey]) -> None:
        """Remove posts from memory; ties and habits of their people stay cached."""
        gone = set(keys)
        self.revision += 1
        self._by_author.discard({author_of(self._loaded[key].context.post) for key in gone}, gone)
        for key in gone:
            del self._loaded[key]
        self._order = [each for each in self._order if each[1:] not in gone]
        self._detached -= gone
        self._changed()

    def add_stored(self, keys: Iterable[PostKey], *, anywhere: bool = False) -> list[PostKey]:
        """Read posts and add them as `add_new` does."""
        missing = [key for key in keys if key not in self._loaded or key in self._detached]
        return self.add_new(self._archive.posts.get(missing), anywhere=anywhere)

    def add_new(self, posts: Iterable[PlacedPost], *, anywhere: bool = False) -> list[PostKey]:
        """Add posts that were just stored. Those below the loaded range wait until the user scrolls to them.

        With `anywhere` they are added in any case, for a script that needs one post.
        """
        found = [each for each in posts if each[1].key not in self._loaded or each[1].key in self._detached]
        if not anywhere and self._top is not None:
            near = [each for each in found if _order(each[0]) >= _order(self._top)]
            self._above += len(found) - len(near)
            found = near
        if not anywhere and self._bottom is not None and not self.complete:
            lowest = _order(self._bottom)
            found = [each for each in found if _order(each[0]) <= lowest]
        elif not anywhere and found:
            places = [place for place, _ in found]
            if self._bottom is not None:
                places.append(self._bottom)
            self._bottom = max(places, key=_order)
        if found:
            self._changed()
        self._add(found)
        return [post.key for _, post in found]

    def external_new(self) -> list[PostKey]:
        """Posts that another process stored within the loaded range."""
        if self._bottom is None and not self.complete:
            return []
        bottom = None if self.complete else self._bottom
        return [
            place[1:]
            for place in self._archive.posts.places(self._top, bottom)
            if (place[1:] not in self._loaded or place[1:] in self._detached)
            and (self._top is None or _order(place) >= _order(self._top))
            and (bottom is None or _order(place) <= _order(bottom))
        ]

    def load_detached(self, keys: Iterable[PostKey]) -> None:
        """Load stored posts without adding them to the timeline, so that search results can be marked."""
        found = self._archive.posts.get([key for key in keys if key not in self._loaded])
        self._detached.update(post.key for _, post in found)
        self._add(found, detached=True)
        self.rejudge_stale()

    def reload_filters(self) -> None:
        """Apply the current filters of the server to posts of accounts whose filters changed or expired."""
        accounts = self.judge.contexts.reload(self._clock.now())
        self.reload([key for key in self._loaded if key[0] in accounts])

    def reload(self, keys: Iterable[PostKey]) -> None:
        """Read loaded posts from the archive again and judge them."""
        posts = [post for _, post in self._archive.posts.get([key for key in keys if key in self._loaded])]
        self.revision += bool(posts)
        for post in posts:
            self._loaded[post.key].context = self.judge.context(post)
        self.judge_again([post.key for post in posts])

    def reread_ties(self, of: Sequence[Post] | None = None) -> list[PostKey]:
        """Read the ties of all loaded people again, or those of the people of these posts.

        Rejudges the posts with a changed tie, and returns their keys.
        """
        posts = [loaded.context.post for loaded in self._loaded.values()]
        changed = self.judge.ties.reread(posts, of)
        again = [key for key, loaded in self._loaded.items() if not changed.isdisjoint(people_of(loaded.context.post))]
        self._make_contexts(again)
        return again

    def judge_again(self, keys: Iterable[PostKey]) -> None:
        """Rejudge these posts with current data."""
        again = [self._loaded[key] for key in keys]
        if not again:
            return
        for loaded, judged in zip(again, self.judge.judge(loaded.context for loaded in again), strict=True):
            loaded.judged = judged
        self._changed()

    def rejudge_stale(self, most: int | None = None) -> int:
        """Rejudge the posts of authors with new posts, because more is known about their habits.

        Judges at most that many posts, and the others in the next call. Returns how many were judged.
        """
        keys = self._by_author.take_stale(most)
        if keys:
            self._make_contexts(keys)
        return len(keys)

    def mark_all_stale(self) -> None:
        """Make `rejudge_stale` judge every loaded post again, with the current habits of its author."""
        self._by_author.mark_all_stale()

    @property
    def has_stale(self) -> bool:
        """Whether `rejudge_stale` has work."""
        return self._by_author.has_stale

    def by_author(self, person: PersonKey) -> list[PostKey]:
        """The loaded posts by an author, including boosted ones."""
        return self._by_author.of(person)

    def shown(self, level: Level) -> set[PostKey]:
        """The keys of the posts that a level shows."""
        return {
            key
            for key, loaded in self._loaded.items()
            if loaded.judged.verdict.shown_at(level) and key not in self._detached
        }

    def counts(self, level: Level) -> Counts:
        """How many posts a level shows, and how many it hides by cause."""
        judged = self.judged_as()
        hidden: Counter[HideCause] = Counter()
        for (strictest, cause), number in judged.items():
            if strictest < level:
                hidden[cause] += number
        return Counts(judged.total() - hidden.total(), {cause: hidden[cause] for cause in HIDE_CAUSES if hidden[cause]})

    def judged_as(self) -> Counter[tuple[int, HideCause]]:
        """The number of posts by the strictest level that shows them and by cause."""
        verdicts = (loaded.judged.verdict for key, loaded in self._loaded.items() if key not in self._detached)
        return Counter((int(verdict.strictest_level), hide_cause(verdict)) for verdict in verdicts)

    def set_habits(self, author: PersonKey, habits: Habits | None) -> None:
        """Set an author's habits over all stored posts. If they changed, `rejudge_stale` is due."""
        if self.judge.habits.set(author, habits):
            self._by_author.mark_stale(author)

    def _add(self, page: list[tuple[SortKey, Post]], *, detached: bool = False) -> None:
        if not page:
            return
        self.revision += 1
        authors = {author_of(post) for _, post in page}
        self.judge.habits.read(authors)
        known = {author for author in authors if author in self._by_author}
        for _, post in page:
            if post.key not in self._loaded:
                self._by_author.add(author_of(post), post.key)
                if post.booster is None:
                    self.judge.habits.add(post)
        contexts = self.judge.read_contexts([post for _, post in page])
        for (place, _), context, judged in zip(page, contexts, self.judge.judge(contexts), strict=True):
            if not detached and (judged.key not in self._loaded or judged.key in self._detached):
                insort(self._order, _order(place))
                self._detached.discard(judged.key)
            self._loaded[judged.key] = _Loaded(place, context, judged)
        self._by_author.note_growth(known)

    def _make_contexts(self, keys: Iterable[PostKey]) -> None:
        keys = list(keys)
        for key in keys:
            loaded = self._loaded[key]
            loaded.context = self.judge.context(loaded.context.post)
        self.judge_again(keys)


def _order(place: SortKey) -> tuple[int, str, str]:
    return (-place[0], place[1], place[2])
