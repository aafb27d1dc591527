"""What the user says of posts and people: judged again at once, kept before it is shown, and undone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from ..models.config import Config
from ..models.errors import NotFound, StoreError
from ..models.joined import Handle
from ..models.mark import Mark, PersonMark, PersonWord
from ..models.person import Person
from ..models.tie import Tie
from ..models.verdict import Category, Level
from ..models.view import Change, Counts, JudgedPost, PostKey, Why
from ..phrases.ties import THIS_IS_YOU, evidence
from ..store.archive import Archive
from .effects import compare, mark_sentence, others, why
from .joins import Joins
from .mark_index import MarkIndex
from .timeline import Timeline
from .training import training_queue
from .training_job import kept_weights

_POSTS_A_LOAD = 200


class Marking:
    """The loaded timeline under the user's hand: levels, marks, words on people and undo.

    Everything here answers at once and needs no network; what writes raises StoreError, and has then changed nothing.
    """

    def __init__(self, archive: Archive, config: Config) -> None:
        self.archive = archive
        self.level = _kept_level(archive, config)
        self._joins = Joins(archive)
        self._words = MarkIndex(archive.marks.heads(), self._joins.groups)
        self._version = archive.version()
        self._undo: list[Callable[[], Change]] = []
        self.last_mark: Category | None = None
        """What was marked last on any screen, to be repeated."""
        self.last_change: tuple[PostKey, ...] = ()
        """The posts that the last action with an effect hid or brought back, to be shown."""
        weights, self._learned = kept_weights(archive)
        self._timeline = Timeline(archive, weights, self._words.snapshot, self._joins)

    @property
    def timeline(self) -> Sequence[JudgedPost]:
        """All loaded posts of all accounts, newest first, shown and hidden."""
        return self._timeline.posts

    @property
    def revision(self) -> int:
        """Changes whenever `timeline` does; during a refresh posts come page by page."""
        return self._timeline.revision

    @property
    def complete(self) -> bool:
        """Whether every kept post below is loaded; older ones can then only come from the networks."""
        return self._timeline.complete

    @property
    def newest(self) -> bool:
        """Whether the newest kept post is loaded; where not, `load_newer` brings those above."""
        return self._timeline.newest

    @property
    def above(self) -> int:
        """How many posts came that wait above what is loaded: to be counted, not yet judged."""
        return self._timeline.above

    def load(self, count: int = _POSTS_A_LOAD, *, settle: bool = True) -> int:
        """Load the newest kept posts (first call) or that many older ones (further calls); how many came.

        Without `settle`, what they tell of their authors' earlier posts waits for that call.
        """
        came = self._timeline.load(count, today())
        if settle:
            self.rejudge_stale()
        return came

    def load_newer(self, count: int, *, settle: bool = True) -> int:
        """Load that many kept posts above the loaded ones, as `load` does. Needed after `start_at` and `trim` alone."""
        came = self._timeline.load_newer(count, today())
        if settle:
            self.rejudge_stale()
        return came

    def rejudge_stale(self, most: int | None = None) -> int:
        """Judge again, by what later posts told of their authors, so many of the loaded posts; how many there were."""
        return self._timeline.rejudge_stale(today(), most)

    @property
    def has_stale(self) -> bool:
        """Whether there is something to `rejudge_stale`."""
        return self._timeline.has_stale

    def start_at(self, key: PostKey, count: int) -> bool:
        """Load anew, from that many posts above a kept post: `load` then brings itself and what is below it.

        False, and nothing is changed, for a post that does not stand in a timeline.
        """
        return self._timeline.start_at(key, count, today())

    def start_at_newest(self) -> None:
        """Let go of what is loaded: `load` then brings the newest posts."""
        self._timeline.start_at_newest()

    def start_at_oldest(self, count: int) -> None:
        """Load the oldest kept posts alone; `load_newer` brings those above."""
        self._timeline.start_at_oldest(count, today())

    def trim(self, above: int, below: int, first: PostKey, last: PostKey) -> None:
        """Let go of all but so many posts above one loaded post, and so many below another."""
        self._timeline.trim(above, below, first, last)

    def around(self, key: PostKey) -> tuple[int, int] | None:
        """How many loaded posts stand above one and how many below; None for a post that is not loaded."""
        return self._timeline.around(key)

    def look_up(self, key: PostKey) -> JudgedPost | None:
        """One kept post, loaded if it was not."""
        self._timeline.add_new([key], today(), anywhere=True)
        self.rejudge_stale()
        return self._timeline.get(key)

    def find(self, query: str, limit: int) -> tuple[list[JudgedPost], int]:
        """The newest kept posts that hold all words of a query, loaded or not, and how many there are altogether.

        Any text is a query (models/query.py). What is found can be marked; it does not enter the timeline by that.
        """
        keys, total = self.archive.search.find(query, limit)
        self._timeline.load_detached(keys, today())
        return [judged for key in keys if (judged := self._timeline.get(key)) is not None], total

    def judged(self, key: PostKey) -> JudgedPost | None:
        """One loaded post as it is judged now."""
        return self._timeline.get(key)

    def counts(self, level: Level | None = None) -> Counts:
        """How many loaded posts are shown and hidden at a level (default: the current one)."""
        return self._timeline.counts(level or self.level)

    def set_level(self, level: Level) -> Change:
        """Switch how quiet the timeline is; kept for the next start."""
        before = self.level
        if level != before:
            self._undo.append(lambda: self._switch(before))
        return self._switch(level)

    def _switch(self, level: Level) -> Change:
        shown = self._timeline.shown(self.level)
        self.level = level
        self._timeline.revision += 1
        # What is hidden is seen on a full disk too: only the next start does not know of it.
        with suppress(StoreError):
            self.archive.set_state(level=level.name)
        return compare(self._timeline, level, shown, None, f"level {level.name}")

    def mark(self, key: PostKey, category: Category) -> Change:
        """The user's word on a post: on the disk before this returns, and judged again at once.

        The same mark again takes it back. Raises StoreError when it could not be kept (nothing has changed then), and
        NotFound for a post that is not loaded.
        """
        context = self._timeline.context(key)
        if context is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        earlier = self._words.snapshot.posts.get(key)
        if earlier == category:
            return self.unmark(key)
        before = self._mark_of(key)
        effect = self._mark(Mark(context, category, utc_now(), self._guess(key)))
        self._undo.append(lambda: self._put_back(key, before))
        return effect

    def mark_all(self, keys: Sequence[PostKey], category: Category) -> Change:
        """One word on several posts, all of it kept or nothing, and one undo takes all of it back.

        Raises StoreError as `mark` does; posts that are not loaded are passed over.
        """
        contexts = {key: context for key in keys if (context := self._timeline.context(key)) is not None}
        before = {key: self._mark_of(key) for key in contexts}
        at = utc_now()
        count = f"{len(contexts)} post{'s' if len(contexts) != 1 else ''}"
        marks = [Mark(context, category, at, self._guess(key)) for key, context in contexts.items()]
        effect = self._exchange(dict(zip(contexts, marks, strict=True)), f"marked {count} {category}")
        self._undo.append(lambda: self._exchange(before, f"the marks on {count} are as they were"))
        return effect

    def _exchange(self, marks: Mapping[PostKey, Mark | None], sentence: str) -> Change:
        """Put these marks in the place of what the posts are marked as; None takes a mark away."""
        shown = self._timeline.shown(self.level)
        self.archive.marks.replace(marks)
        for key, mark in marks.items():
            self._words.remove(key)
            if mark is not None:
                self._words.add(mark)
        self._judge_authors_again(marks)
        effect = compare(self._timeline, self.level, shown, None, sentence)
        more = [tuple(key for key in keys if key not in marks) for keys in (effect.hid, effect.showed)]
        also = others(replace(effect, hid=more[0], showed=more[1]))
        return replace(effect, sentence=f"{sentence} · {also}" if also else sentence, key=next(iter(marks), None))

    def unmark(self, key: PostKey) -> Change:
        """Take the mark on a post back."""
        before = self._mark_of(key)
        effect = self._put_back(key, None)
        if before is not None:
            self._undo.append(lambda: self._put_back(key, before))
        return effect

    def _guess(self, key: PostKey) -> Category | None:
        """What a post is taken for before it is marked; where it was marked already, what it was taken for then."""
        before = self._mark_of(key)
        judged = self._timeline.get(key)
        return before.guess if before else judged.verdict.category if judged else None

    def _mark_of(self, key: PostKey) -> Mark | None:
        return self._words.mark(key)

    def _put_back(self, key: PostKey, before: Mark | None) -> Change:
        if before is not None:
            return self._mark(before)
        shown = self._timeline.shown(self.level)
        self.archive.marks.remove(key)
        self._words.remove(key)
        self._judge_authors_again([key])
        return self._effect(shown, key, "the mark is taken back")

    def _mark(self, mark: Mark) -> Change:
        key = mark.context.post.key
        shown = self._timeline.shown(self.level)
        self.archive.marks.add(mark)
        self._words.add(mark)
        self._judge_authors_again([key])
        judged = self._timeline.get(key)
        sentence = f"marked {mark.category}"
        if judged is not None:
            sentence = mark_sentence(mark.category, judged.verdict, self.level)
        return self._effect(shown, key, sentence)

    def _judge_authors_again(self, keys: Iterable[PostKey]) -> None:
        again: dict[PostKey, None] = {}
        for key in keys:
            context = self._timeline.context(key)
            if context is not None:
                again[key] = None
            # A mark may be taken back when its post is no longer loaded: other posts of its author are.
            authors = [context.post.author] if context else [post.author for _, post in self.archive.posts.get([key])]
            for person in (each for author in authors if author.id for each in self._joins.keys((key[0], author.id))):
                again |= dict.fromkeys(self._timeline.by_author(person))
        self._timeline.judge_again(again, today())

    def _effect(self, shown: set[PostKey], key: PostKey | None, sentence: str) -> Change:
        effect = compare(self._timeline, self.level, shown, key, sentence)
        also = others(effect)
        if not also:
            return effect
        return Change(f"{sentence} · {also}", key, effect.hid, effect.showed, effect.accounts)

    def vouch(self, key: PostKey) -> Change:
        """Always show the author of this post (of the original, where it was boosted); again takes it back."""
        return self._say_of_author(key, "vouched")

    def not_known(self, key: PostKey) -> Change:
        """Never count the author of this post as known; again takes it back."""
        return self._say_of_author(key, "not_known")

    def _say_of_author(self, key: PostKey, word: PersonWord) -> Change:
        context = self._timeline.context(key)
        if context is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        author = context.post.author
        tie = self._timeline.tie(key[0], author.id)
        before: PersonWord | None = "vouched" if tie.vouched else "not_known" if tie.not_known else None
        handles = self._joins.handles(key[0], author.id, author.handle)
        words = self._joins.words(handles)
        effect = self.set_person_mark(key[0], author.id, author.handle, None if before == word else word, key)
        self._undo.append(lambda: self._say(handles, author.handle, words, before, key))
        return effect

    def set_person_mark(
        self, account: str, person_id: str, handle: str, word: PersonWord | None, key: PostKey | None = None
    ) -> Change:
        """Keep the user's word on a person (None takes it back), and judge everything of theirs again.

        A word on one handle of a joined person is a word on the person: the one before it goes from all of them.
        """
        words = [] if word is None else [PersonMark(account, person_id, handle, word, utc_now())]
        return self._say(self._joins.handles(account, person_id, handle), handle, words, word, key)

    def _say(
        self,
        handles: Sequence[Handle],
        name: str,
        words: Sequence[PersonMark],
        word: PersonWord | None,
        key: PostKey | None,
    ) -> Change:
        shown = self._timeline.shown(self.level)
        self.archive.ties.replace(handles, words)
        self._timeline.reread_ties(today())
        sentence = {
            "vouched": f"{name} is always shown from now on",
            "not_known": f"{name} no longer counts as somebody you know",
            None: f"{name} is judged like everybody else again",
        }[word]
        return self._effect(shown, key, sentence)

    def undo(self) -> Change | None:
        """Take back the last mark, vouch or level switch of this session; None when nothing is left to undo."""
        if not self._undo:
            return None
        effect = self._undo[-1]()
        self._undo.pop()
        return Change(f"undone: {effect.sentence}", effect.key, effect.hid, effect.showed, effect.accounts)

    def why(self, key: PostKey) -> Why:
        """Why a post is shown or hidden, for shown posts too. Raises NotFound for a post that is not loaded."""
        judged = self._timeline.get(key)
        if judged is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        context = self._timeline.context(key)
        account = judged.post.account

        def between(person: Person, tie: Tie) -> str:
            if self._timeline.is_own(account, person.id):
                return f"{person.handle}: {THIS_IS_YOU}"
            known = self._timeline.relationship_known(account, person.id)
            return f"{person.handle}: {evidence(tie, relationship_known=known)}"

        booster_tie = ""
        if context is not None and context.booster_tie is not None and context.post.booster is not None:
            booster_tie = between(context.post.booster, context.booster_tie)
        return why(judged.verdict, self.level, between(judged.post.author, judged.tie), booster_tie)

    @property
    def marks(self) -> int:
        """How many posts are marked."""
        return len(self._words.snapshot.posts)

    def marked(self) -> Sequence[Mark]:
        """The user's marks on posts, oldest first."""
        return sorted((mark.load() for mark in self._words.marks), key=lambda mark: mark.at)

    def contacts(self, account: str, person_id: str) -> list[tuple[datetime, bool]]:
        """What passed between the user and somebody: when, and whether it was towards the user; oldest first.

        With a joined person, what passed with all of their handles.
        """
        people = self._joins.keys((account, person_id))
        return sorted(each for person in people for each in self.archive.ties.contacts(*person))

    def training_queue(self, most: int = 40) -> list[PostKey]:
        """The loaded posts whose mark would teach most: uncertain, not marked yet, and different from each other."""
        return training_queue(self._timeline.posts, most)


def utc_now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


def today() -> datetime:
    """The day it is: ties fade over years, and a verdict must not change from one second to the next."""
    return utc_now().replace(hour=0, minute=0, second=0, microsecond=0)


def _kept_level(archive: Archive, config: Config) -> Level:
    kept = archive.get_state("level")
    return Level[kept] if isinstance(kept, str) and kept in Level.__members__ else config.level
