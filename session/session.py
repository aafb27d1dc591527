"""The Session: refresh, mark, undo, why, learn; everything the screens and the command line can do to data."""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ..filters.starter import starter
from ..filters.ties import evidence
from ..models.account import Account
from ..models.config import Config
from ..models.errors import NotFound, RecordError, SourceError, UsageError
from ..models.mark import Mark, PersonMark, PersonWord
from ..models.post import Post
from ..models.record import Record
from ..models.verdict import Category, Level
from ..models.view import Arrival, Counts, Effect, Gap, HiddenAs, Judged, PostKey, Progress, Why, hidden_as
from ..models.weights import Weights, weights_from_bytes, weights_to_bytes
from ..store.archive import Archive
from ..store.places import Places, find_places
from ..store.settings import read_config
from ..store.tokens import TokenStore
from .accounts import Accounts
from .effects import compare, mark_sentence, others, why
from .lesson import Lesson
from .said import Words
from .sync import fill_gap, sync_account
from .timeline import Timeline
from .training import training_queue
from .transfer import What, export, take_back

Report = Callable[[Progress], None]
T = TypeVar("T")

_PAGES_A_FILL = 5
_POSTS_A_LOAD = 200
_POSTS_OF_A_VOUCH = 5


def open_session(home: Path | None = None) -> "Session":
    """The user's session, from QUIETFEED_HOME or the system's own places. Raises StoreError and UsageError."""
    places = find_places(home)
    config = read_config(places.config_file)
    archive = Archive(places.database)
    return Session(archive, config, Accounts(archive, TokenStore(places)), places)


def open_demo(seed: int = 1, now: datetime | None = None) -> "Session":
    """The demo world as a session of its own, in memory: nothing is kept. Its first posts are there at once."""
    from ..sources.demo import Demo

    archive = Archive(None)
    demo = Demo(seed=seed, now=now)
    archive.add_account(demo.account)
    session = Session(archive, Config(), Accounts(archive, None, {demo.account.key: demo}), None)
    _at_once(session.refresh(lambda _progress: None))
    return session


def _at_once(answer: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, with or without a loop around: the demo world answers from memory."""
    try:
        answer.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise RuntimeError("the demo world waited for something")


class Session:
    """One run of quietfeed. All methods answer at once, except the `async` ones and `Lesson.run`.

    Methods that write raise StoreError; those that ask a network raise SourceError, or tell the trouble in the
    Arrival they answer with.
    """

    def __init__(self, archive: Archive, config: Config, accounts: Accounts, places: Places | None) -> None:
        self.config = config
        self.archive = archive
        self.places = places
        self.signing_in = accounts
        self.level = _kept_level(archive, config)
        self._words = Words(archive.marks.all())
        self._undo: list[Callable[[], Effect]] = []
        weights, self._learned = _kept_weights(archive)
        self._timeline = Timeline(archive, weights, self._words.said)
        self._timeline.belong(accounts.all())

    @property
    def demo(self) -> bool:
        """Whether this is the demo world, of which nothing is kept."""
        return self.places is None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The signed-in accounts; empty on the first run."""
        return self.signing_in.all()

    @property
    def timeline(self) -> Sequence[Judged]:
        """All loaded posts of all accounts, newest first, shown and hidden."""
        return self._timeline.posts

    @property
    def revision(self) -> int:
        """Changes whenever `timeline` does; during a refresh posts come page by page."""
        return self._timeline.revision

    @property
    def complete(self) -> bool:
        """Whether every kept post is loaded; older ones can then only come from the networks."""
        return self._timeline.complete

    @property
    def gaps(self) -> Sequence[Gap]:
        """Holes among or below the loaded posts, newest first."""
        posts = self._timeline.posts
        bottom = posts[-1].post.at if posts and not self._timeline.complete else None
        return [gap for gap in self.archive.posts.gaps() if bottom is None or gap.at >= bottom]

    def load(self, count: int = _POSTS_A_LOAD) -> int:
        """Load the newest kept posts (first call) or that many older ones (further calls); how many came."""
        return self._timeline.load(count, _now())

    def look_up(self, key: PostKey) -> Judged | None:
        """One kept post, loaded if it was not."""
        self._timeline.arrive([key], _now(), anywhere=True)
        return self._timeline.get(key)

    def judged(self, key: PostKey) -> Judged | None:
        """One loaded post as it is judged now."""
        return self._timeline.get(key)

    def counts(self, level: Level | None = None) -> Counts:
        """How many loaded posts are shown and hidden at a level (default: the current one)."""
        return self._timeline.counts(level or self.level)

    def set_level(self, level: Level) -> Effect:
        """Switch how quiet the timeline is; kept for the next start."""
        before = self.level
        if level != before:
            self._undo.append(lambda: self._switch(before))
        return self._switch(level)

    def _switch(self, level: Level) -> Effect:
        shown = self._timeline.shown(self.level)
        self.level = level
        self.archive.set_facts(level=level.name)
        return compare(self._timeline, level, shown, None, f"level {level.name}")

    async def refresh(self, report: Report, accounts: Sequence[Account] | None = None) -> Arrival:
        """Ask every account (or these) for news, keep it, judge it. Trouble with one does not stop the others."""
        if not self._timeline.revision:
            self.load()
        new: list[PostKey] = []
        troubles: list[str] = []
        for account in self.accounts if accounts is None else accounts:
            try:
                source = await self.signing_in.source(account)
                troubles += await sync_account(
                    source,
                    self.archive,
                    now=_now(),
                    first_posts=self.config.first_sync_posts,
                    report=report,
                    kept=lambda keys: new.extend(self._timeline.arrive(keys, _now())),
                )
            except (SourceError, UsageError) as error:
                troubles.append(str(error))
        self._timeline.reread_ties(_now())
        return self._arrival(new, troubles)

    async def more(self, want: int, report: Report) -> Arrival:
        """Older posts, kept ones first, then from the networks, until `want` more are shown (bounded, and said)."""
        before = {judged.key for judged in self.timeline}
        goal = self.counts().shown + want
        while self.counts().shown < goal and self.load():
            pass
        troubles: list[str] = []
        asked = 0
        while self.counts().shown < goal and asked < _PAGES_A_FILL and not troubles:
            tails = [gap for gap in self.gaps if gap.older_at is None]
            if not self._timeline.complete or not tails:
                break
            for gap in tails:
                troubles += (await self._fill(gap, 1, report))[1]
                asked += 1
        new = [judged.key for judged in self.timeline if judged.key not in before]
        return self._arrival(new, troubles)

    async def fill(self, gap: Gap, report: Report) -> Arrival:
        """Fetch what a gap left out (bounded: what remains stays a gap)."""
        new, troubles = await self._fill(gap, _PAGES_A_FILL, report)
        return self._arrival(new, troubles)

    async def _fill(self, gap: Gap, pages: int, report: Report) -> tuple[list[PostKey], list[str]]:
        new: list[PostKey] = []
        troubles: list[str] = []
        for account in self.accounts:
            if account.key != gap.account:
                continue
            try:
                source = await self.signing_in.source(account)
                await fill_gap(
                    source,
                    self.archive,
                    gap,
                    now=_now(),
                    pages=pages,
                    report=report,
                    kept=lambda keys: new.extend(self._timeline.arrive(keys, _now())),
                )
            except (SourceError, UsageError) as error:
                troubles.append(str(error))
        return new, troubles

    def _arrival(self, new: list[PostKey], troubles: list[str]) -> Arrival:
        shown = self._timeline.shown(self.level)
        count = sum(key in shown for key in new)
        return Arrival(tuple(new), count, len(new) - count, tuple(dict.fromkeys(troubles)))

    def mark(self, key: PostKey, category: Category) -> Effect:
        """The user's word on a post: on the disk before this returns, and judged again at once.

        The same mark again takes it back. Raises StoreError when it could not be kept (nothing has changed then), and
        NotFound for a post that is not loaded.
        """
        case = self._timeline.case(key)
        if case is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        earlier = self._words.said.posts.get(key)
        if earlier == category:
            return self.unmark(key)
        before = self._mark_of(key)
        effect = self._mark(Mark(case, category, _now()))
        self._undo.append(lambda: self._put_back(key, before))
        return effect

    def unmark(self, key: PostKey) -> Effect:
        """Take the mark on a post back."""
        before = self._mark_of(key)
        effect = self._put_back(key, None)
        if before is not None:
            self._undo.append(lambda: self._put_back(key, before))
        return effect

    def _mark_of(self, key: PostKey) -> Mark | None:
        if key not in self._words.said.posts:
            return None
        return next((mark for mark in self.archive.marks.all() if mark.case.post.key == key), None)

    def _put_back(self, key: PostKey, before: Mark | None) -> Effect:
        if before is not None:
            return self._mark(before)
        shown = self._timeline.shown(self.level)
        self.archive.marks.remove(key)
        self._words.remove(key)
        self._judge_author_again(key)
        return self._effect(shown, key, "the mark is taken back")

    def _mark(self, mark: Mark) -> Effect:
        key = mark.case.post.key
        shown = self._timeline.shown(self.level)
        self.archive.marks.add(mark)
        self._words.add(mark)
        self._judge_author_again(key)
        judged = self._timeline.get(key)
        sentence = f"marked {mark.category}"
        if judged is not None:
            sentence = mark_sentence(mark.category, judged.verdict, self.level)
        return self._effect(shown, key, sentence)

    def _judge_author_again(self, key: PostKey) -> None:
        case = self._timeline.case(key)
        if case is None:
            return
        author = case.post.author.id
        self._timeline.judge_again(self._timeline.by_author((key[0], author)) if author else [key], _now())

    def _effect(self, shown: set[PostKey], key: PostKey | None, sentence: str) -> Effect:
        effect = compare(self._timeline, self.level, shown, key, sentence)
        also = others(effect)
        if not also:
            return effect
        return Effect(f"{sentence} · {also}", key, effect.hid, effect.showed, effect.accounts)

    def vouch(self, key: PostKey) -> Effect:
        """Always show the author of this post (of the original, where it was boosted); again takes it back."""
        return self._say_of_author(key, "vouched")

    def not_known(self, key: PostKey) -> Effect:
        """Never count the author of this post as known; again takes it back."""
        return self._say_of_author(key, "not_known")

    def _say_of_author(self, key: PostKey, word: PersonWord) -> Effect:
        case = self._timeline.case(key)
        if case is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        author = case.post.author
        tie = self._timeline.tie(key[0], author.id)
        before: PersonWord | None = "vouched" if tie.vouched else "not_known" if tie.not_known else None
        handle = author.handle
        effect = self.say(key[0], author.id, handle, None if before == word else word, key)
        self._undo.append(lambda: self.say(key[0], author.id, handle, before, key))
        return effect

    def say(
        self, account: str, person_id: str, handle: str, word: PersonWord | None, key: PostKey | None = None
    ) -> Effect:
        """Keep the user's word on a person (None takes it back), and judge everything of theirs again."""
        shown = self._timeline.shown(self.level)
        self.archive.ties.unsay(account, person_id, handle)
        if word is not None:
            self.archive.ties.say(PersonMark(account, person_id, handle, word, _now()))
        self._timeline.reread_ties(_now())
        sentence = {
            "vouched": f"{handle} is always shown from now on",
            "not_known": f"{handle} no longer counts as somebody you know",
            None: f"{handle} is judged like everybody else again",
        }[word]
        return self._effect(shown, key, sentence)

    def undo(self) -> Effect | None:
        """Take back the last mark, vouch or level switch of this session; None when nothing is left to undo."""
        if not self._undo:
            return None
        effect = self._undo[-1]()
        self._undo.pop()
        return Effect(f"undone: {effect.sentence}", effect.key, effect.hid, effect.showed, effect.accounts)

    def lesson(self) -> Lesson:
        """What is to be learned from the marks as they are now. Call its `run()` off the UI's loop, then `take()`."""
        marks = sorted([*self.archive.marks.all(), *self._vouched_posts()], key=lambda mark: mark.at)
        state = self.archive.marks.state()
        return Lesson(state, starter(), marks, self._words.copy(), self._timeline.cases(), _now())

    def _vouched_posts(self) -> list[Mark]:
        """The newest posts of people the user vouched for, as evidence of what a person's posts are like."""
        marks = []
        for word in self.archive.ties.words():
            if word.word == "vouched" and word.person_id:
                posts = self.archive.posts.by_author(word.account, word.person_id, _POSTS_OF_A_VOUCH)
                cases = (self._timeline.make_case(post) for _, post in posts if post.key not in self._words.said.posts)
                marks += [Mark(case, "person", word.at) for case in cases]
        return marks

    def take(self, lesson: Lesson) -> Effect | None:
        """Judge with what was learned: "hid 14 more like this, from 6 accounts". None when the lesson is stale."""
        if lesson.weights is None or lesson.state != self.archive.marks.state():
            return None
        shown = self._timeline.shown(self.level)
        self._timeline.weights = lesson.weights
        self._timeline.put_verdicts(lesson.verdicts, _now())
        self.archive.set_facts(learned=weights_to_bytes(lesson.weights), learned_from=lesson.state)
        self._learned = lesson.state
        effect = compare(self._timeline, self.level, shown, None, "")
        return Effect(others(effect) or "learned", None, effect.hid, effect.showed, effect.accounts)

    def catch_up(self) -> None:
        """Learn what was marked and not learned yet, here and now: for scripts, which have no loop to keep free."""
        if self.unlearned:
            lesson = self.lesson()
            lesson.run()
            self.take(lesson)

    @property
    def unlearned(self) -> bool:
        """Whether marks were made since the last lesson that was taken."""
        return self._learned != self.archive.marks.state()

    def why(self, key: PostKey) -> Why:
        """Why a post is shown or hidden, for shown posts too. Raises NotFound for a post that is not loaded."""
        judged = self._timeline.get(key)
        if judged is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        now = _now()
        case = self._timeline.case(key)
        booster_tie = ""
        if case is not None and case.booster_tie is not None and case.post.booster is not None:
            booster_tie = f"{case.post.booster.handle}: {evidence(case.booster_tie, now)}"
        return why(judged.verdict, self.level, f"{judged.post.author.handle}: {evidence(judged.tie, now)}", booster_tie)

    async def thread(self, key: PostKey) -> tuple[list[Judged], list[Judged]]:
        """What stands before and after a post in its conversation, judged. Raises SourceError."""
        judged = self._timeline.get(key)
        account = next((account for account in self.accounts if account.key == key[0]), None)
        if judged is None or account is None:
            return [], []
        source = await self.signing_in.source(account)
        thread = await source.thread(judged.post)
        return self._conversation(thread.before), self._conversation(thread.after)

    def _conversation(self, posts: tuple[Post, ...]) -> list[Judged]:
        return self._timeline.judge_all(list(posts), _now())

    def place(self) -> PostKey | None:
        """Where the user was reading, at this level, when quietfeed was last left."""
        kept = self.archive.fact(f"place_{self.level.name}")
        if not isinstance(kept, str):
            return None
        account, post_id = json.loads(kept)
        return (account, post_id)

    def keep_place(self, key: PostKey | None) -> None:
        """Remember where the user is reading, at this level."""
        if key is not None:
            self.archive.set_facts(**{f"place_{self.level.name}": json.dumps(key)})

    def count_hidden(self, keys: Sequence[PostKey]) -> Counter[HiddenAs]:
        """As what the hidden ones among these posts are hidden, at the current level."""
        judged = (self._timeline.get(key) for key in keys)
        return Counter(hidden_as(each.verdict) for each in judged if each and not each.verdict.shown_at(self.level))

    def export(self, what: What) -> Iterator[Record]:
        """All marks, ties or posts that are kept, as records."""
        return export(self.archive, what)

    def take_back(self, records: Sequence[tuple[int, Record]]) -> tuple[dict[str, int], list[tuple[int, str]]]:
        """Import what was exported, each record with its line number; how many, and what could not be read."""
        return take_back(self.archive, records, _now())

    def accounts_changed(self) -> None:
        """An account came or went: whose posts are the user's own is looked up again."""
        self._timeline.belong(self.accounts)

    @property
    def marks(self) -> int:
        """How many posts are marked."""
        return len(self._words.said.posts)

    def training_queue(self, most: int = 40) -> list[PostKey]:
        """The loaded posts whose mark would teach most: uncertain, not marked yet, and different from each other."""
        return training_queue(self._timeline.posts, most)

    def kept_theme(self) -> str:
        """The theme that was chosen last, "" where none was."""
        kept = self.archive.fact("theme")
        return kept if isinstance(kept, str) else ""

    def keep_theme(self, name: str) -> None:
        """Remember the theme for the next start."""
        self.archive.set_facts(theme=name)

    async def close(self) -> None:
        """Close sources and store."""
        await self.signing_in.close()
        self.archive.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _kept_level(archive: Archive, config: Config) -> Level:
    kept = archive.fact("level")
    return Level[kept] if isinstance(kept, str) and kept in Level.__members__ else config.level


def _kept_weights(archive: Archive) -> tuple[Weights, str]:
    """What was learned last, with the state of the marks it was learned from; else the starter, from no marks."""
    kept, state = archive.fact("learned"), archive.fact("learned_from")
    if isinstance(kept, bytes) and isinstance(state, str):
        try:
            return weights_from_bytes(kept), state
        except RecordError:
            # Written by a quietfeed with other features: the marks are all there and are learned again.
            pass
    return starter(), NO_MARKS


NO_MARKS = "0.0.0.0.0.0"
