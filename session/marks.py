"""The user's marks on posts: stored before they show, judged at once, undone exactly."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from ..filters.author_marks import marks_on_author, marks_until_override
from ..models.mark import Mark
from ..models.verdict import Category
from ..models.view import Change, ChangeKind, JudgedPost, PostKey
from ..store.archive import Archive
from ..store.marks import load_readable
from .clock import Clock
from .crossposts import CrossPosts
from .history import Command, History
from .links import PersonLinks
from .loaded import LoadedPosts
from .mark_effect import NO_EFFECT, effect_on_author
from .mark_index import MarkIndex
from .timeline import TimelineService, not_loaded, only_key

Marks = Mapping[PostKey, Mark | None]
"""The marks of posts; None is no mark."""

LEAST_CONTRADICTORY = 3
"""So many marks on one author's posts contradict each other if they go both ways. Two marks may well differ."""

_NEAR_COPIES_AMONG = 500
"""So many of the newest posts are searched for near-copies of a post that a command marks as noise."""


class MarkService:
    """Sets and removes marks. If a method raises StoreError, nothing has changed."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        index: MarkIndex,
        links: PersonLinks,
        crossposts: CrossPosts,
        timeline: TimelineService,
        history: History,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._loaded = loaded
        self._index = index
        self._links = links
        self._crossposts = crossposts
        self._timeline = timeline
        self._history = history
        self._clock = clock
        self._last: Category | None = None

    @property
    def last(self) -> Category | None:
        """The category that was set last in this session, for the repeat key."""
        return self._last

    @property
    def count(self) -> int:
        """The number of marked posts."""
        return len(self._index.snapshot.posts)

    def all(self) -> Sequence[Mark]:
        """The marks on posts, oldest first."""
        return sorted(load_readable(self._index.marks), key=lambda mark: mark.at)

    def find(self, post_id: str) -> PostKey:
        """The key of the marked post with an id, loaded or not. Raises NotFound for none and for several."""
        return only_key(post_id, self._archive.marks.with_id(post_id), "There is no mark on a post")

    def set(self, key: PostKey, category: Category) -> Change:
        """Mark a post and its copies on other networks: stored before this returns, and rejudged at once.

        The same mark again removes it.

        Raises StoreError if it could not be stored, and NotFound for a post that is not loaded.
        """
        context = self._loaded.context(key)
        if context is None:
            raise not_loaded(key)
        before = self._index.mark(key)
        self._last = category
        if before is not None and before.category == category:
            return self.remove(key)
        mark = Mark(context, category, self._clock.now(), self._guess(key, before))
        copies = self._copies(mark)
        same = self._same_posts(key, category, mark.at)
        old = {each: self._index.mark(each) for each in same}
        return self._history.run(
            Command(
                "mark",
                key[1],
                lambda: self._put(key, mark, copies, same),
                lambda: self._put(key, before, dict.fromkeys(copies), old),
            )
        )

    def set_stored(self, post_id: str, category: Category) -> Change | None:
        """Mark a stored post and its copies; None if it has this mark already, since a script may mark it twice.

        Raises StoreError, and NotFound for no post and for several with this id.
        """
        if category != "person":
            # Near-copies are found among the loaded posts.
            self._timeline.load(_NEAR_COPIES_AMONG)
        key = self._timeline.find_post(post_id)
        before = self._index.mark(key)
        if before is not None and before.category == category:
            return None
        return self.set(key, category)

    def _same_posts(self, key: PostKey, category: Category, at: datetime) -> Marks:
        """The marks on the copies of a post on other networks. With the same time, they count as one mark."""
        contexts = {each: self._loaded.context(each) for each in self._crossposts.others(key)}
        return {
            each: Mark(context, category, at, self._guess(each, self._index.mark(each)))
            for each, context in contexts.items()
            if context is not None
        }

    def _copies(self, mark: Mark) -> Marks:
        """The marks on near-copies of a post that is marked as noise, without guesses."""
        if mark.category == "person":
            return {}
        from .copies import find_copies

        keys = find_copies(self._loaded.posts, mark.context.post)
        contexts = {key: context for key in keys if (context := self._loaded.context(key)) is not None}
        return {
            key: Mark(context, mark.category, mark.at)
            for key, context in contexts.items()
            # An author whose relationship is unknown may be a friend, and the user chose a subscribed feed.
            if context.relationship_known and not context.subscribed and context.own is None
        }

    def set_all(self, keys: Sequence[PostKey], category: Category) -> Change:
        """Mark several posts, all or none; one undo restores them. Posts that are not loaded are skipped."""
        keys = list(dict.fromkeys(each for key in keys for each in (key, *self._crossposts.others(key))))
        contexts = {key: context for key in keys if (context := self._loaded.context(key)) is not None}
        before = {key: self._index.mark(key) for key in contexts}
        at = self._clock.now()
        marks = {key: Mark(context, category, at, self._guess(key, before[key])) for key, context in contexts.items()}
        self._last = category
        return self._history.run(
            Command(
                "marks",
                f"{len(contexts)} posts",
                lambda: self._put_all(marks, category, "marks"),
                lambda: self._put_all(before, None, "marks_restored"),
            )
        )

    def replace_all(self, keys: Sequence[PostKey], category: Category | None) -> Change:
        """Give marked posts another category, loaded or not, or remove their marks; one undo restores them."""
        before: dict[PostKey, Mark | None] = {key: mark for key in keys if (mark := self._index.mark(key)) is not None}
        at = self._clock.now()
        marks: dict[PostKey, Mark | None] = {}
        for key, mark in before.items():
            marks[key] = None
            if category is not None and mark is not None:
                # The guess belongs to the first mark, so this mark has none.
                marks[key] = replace(mark, category=category, at=at, guess=None)
        kind: ChangeKind = "marks"
        if category is None:
            kind = "marks_removed"
        return self._history.run(
            Command(
                kind,
                f"{len(marks)} posts",
                lambda: self._put_all(marks, category, kind),
                lambda: self._put_all(before, None, "marks_restored"),
            )
        )

    def remove(self, key: PostKey) -> Change:
        """Remove the mark on a post, loaded or not."""
        before = self._index.mark(key)
        if before is None:
            return self._put(key, None)
        old = {each: mark for each in self._crossposts.others(key) if (mark := self._index.mark(each)) is not None}
        gone: Marks = dict.fromkeys(old)
        return self._history.run(
            Command(
                "unmark", key[1], lambda: self._put(key, None, same=gone), lambda: self._put(key, before, same=old)
            ),
        )

    def reload(self) -> None:
        """Reload the marks after another process changed them."""
        self.rejudge(self._index.replace_all(self._archive.marks.heads()))

    def rejudge(self, keys: Iterable[PostKey]) -> None:
        """Rejudge posts whose marks changed, and all posts of their authors."""
        again: dict[PostKey, None] = {}
        for key in keys:
            context = self._loaded.context(key)
            if context is not None:
                again[key] = None
            # A mark may be removed when its post is no longer loaded, but other posts of its author are.
            if context:
                authors = [context.post.author]
            else:
                authors = [post.author for _, post in self._archive.posts.get([key])]
            for person in (each for author in authors if author.id for each in self._links.keys((key[0], author.id))):
                again |= dict.fromkeys(self._loaded.by_author(person))
        self._loaded.judge_again(again)

    def _guess(self, key: PostKey, before: Mark | None) -> Category | None:
        """The category of a post before it was first marked."""
        if before is not None:
            return before.guess
        judged = self._loaded.get(key)
        if judged is None:
            return None
        return judged.verdict.category

    def _put(self, key: PostKey, mark: Mark | None, copies: Marks | None = None, same: Marks | None = None) -> Change:
        """Set or remove the mark on a post, and those on its near-copies and on `same`, its copies elsewhere."""
        shown = self._timeline.shown()
        self._store({key: mark, **(copies or {}), **(same or {})})
        judged = self._loaded.get(key)
        if mark is None:
            return replace(self._timeline.compare(shown, "unmark", key), marked=tuple(same or {}))
        change = replace(self._timeline.compare(shown, "mark", key), category=mark.category, guess=mark.guess)
        if judged is None:
            return change
        level = None
        if judged.verdict.shown_at(self._timeline.level):
            level = self._timeline.level
        missing = self._marks_missing(judged, mark.category)
        effect = NO_EFFECT
        # A mark as person changes nothing for a known person, whose posts are always shown.
        needless = mark.category == "person" and judged.tie_name in ("close", "known")
        if not missing and not needless and judged.post.author.id:
            handles = self._links.keys(judged.post.author_key)
            today = self._clock.today()
            effect = effect_on_author(self._loaded, handles, key, mark.category, self._timeline.level, today)
        return replace(
            change,
            count=1,
            level=level,
            was_hidden=key not in shown,
            contradicts=self._contradicts(judged, mark.category),
            marks_missing=missing,
            copies=len(copies or {}),
            marked=(*(copies or {}), *(same or {})),
            decided=effect.decided,
            marks_more=effect.marks_more,
            left=effect.left,
            names=(judged.post.author.handle,),
        )

    def _contradicts(self, judged: JudgedPost, category: Category) -> bool:
        """Whether a mark is the first by which the marks on an author contradict each other."""
        after = dict(marks_on_author(judged.post, self._index.snapshot))
        before = {**after, category: after.get(category, 1) - 1}
        return _are_contradictory(after) and not _are_contradictory(before)

    def _marks_missing(self, judged: JudgedPost, category: Category) -> int:
        """How many more marks as noise are needed before the classifier may hide other posts of a known author."""
        # Marks do not override a vouch.
        if category == "person" or judged.tie.vouched:
            return 0
        return marks_until_override(judged.tie_name, marks_on_author(judged.post, self._index.snapshot))

    def _put_all(self, marks: Marks, category: Category | None, kind: ChangeKind) -> Change:
        """Set, remove or restore several marks. `category` is the new category, if they have one in common."""
        shown = self._timeline.shown()
        self._store(marks)
        change = self._timeline.compare(shown, kind)
        keys = tuple(marks)
        return replace(change, key=next(iter(keys), None), category=category, count=len(keys), marked=keys)

    def _store(self, marks: Marks) -> None:
        """Store marks in one transaction (None removes one), and rejudge what they change."""
        self._archive.marks.replace(marks)
        for key, mark in marks.items():
            self._index.remove(key)
            if mark is not None:
                self._index.add(mark)
        self.rejudge(marks)


def _are_contradictory(marks: Mapping[Category, int]) -> bool:
    """Whether so many marks on one author's posts go both ways that `ContradictionService` asks about them."""
    persons, every = marks.get("person", 0), sum(marks.values())
    return every >= LEAST_CONTRADICTORY and 0 < persons < every
