"""The Session: refresh, mark, undo, why, learn; everything the screens and the command line can do to data."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..models.account import Account
from ..models.config import Config
from ..models.errors import NotFound, SourceError, StoreError, UsageError
from ..models.fields import Record
from ..models.post import Post
from ..models.view import Change, Gap, HideCause, JudgedPost, PostKey, Progress, RefreshResult, hide_cause
from ..sources import network
from ..store.archive import Archive
from ..store.places import AppPaths, find_places
from ..store.settings import read_config
from ..store.tokens import TokenStore
from .accounts import Accounts
from .linking import Joining
from .marking import today, utc_now
from .pictures import Pictures
from .transfer import What, export, import_records
from .unread import UnreadTracker

# Whatever asks a network is imported when one is asked: none is on the way to the first screen.
if TYPE_CHECKING:
    from ..models.feed import Feed
    from .feeds import FeedPage, Lists

Report = Callable[[Progress], None]
T = TypeVar("T")

_PAGES_A_FILL = 5


def open_session(home: Path | None = None) -> "Session":
    """The user's session, from QUIETFEED_HOME or the system's own places. Raises StoreError and UsageError."""
    places = find_places(home)
    config = read_config(places.config_file)
    archive = Archive(places.database)
    return Session(archive, config, Accounts(archive, TokenStore(places)), places)


def own_settings(home: Path | None = None) -> Config:
    """The user's settings alone, for sessions of which nothing is kept. Raises UsageError."""
    return read_config(find_places(home).config_file)


def open_demo(seed: int = 1, now: datetime | None = None, settings: Config | None = None) -> "Session":
    """The demo world as a session of its own, in memory: nothing is kept. Its first posts are there at once.

    Of `settings` it takes keys and theme; level and pictures are the defaults', so that there is something to see.
    """
    from ..sources.demo import Demo

    archive = Archive(None)
    demo = Demo(seed=seed, now=now)
    archive.add_account(demo.account)
    config = replace(_ui_settings(settings), first_sync_posts=1000)
    session = Session(archive, config, Accounts(archive, None, {demo.account.key: demo}), None)
    _run_sync(session.refresh(lambda _progress: None))
    return session


async def open_public(handle: str, server: str = "", settings: Config | None = None) -> "Session":
    """Somebody's public timeline as a session of its own, in memory: no sign-in, nothing kept.

    A handle with an @ inside names its Mastodon server, any other is Bluesky's. `settings` as in `open_demo`.
    Raises SourceError and UsageError.
    """
    name = "mastodon" if "@" in handle.strip().removeprefix("@") else "bluesky"
    source = await network(name).look(handle, server)
    archive = Archive(None)
    archive.add_account(source.account)
    config = replace(_ui_settings(settings), first_sync_posts=5000, pictures="off")
    return Session(archive, config, Accounts(archive, None, {source.account.key: source}), None)


def _ui_settings(settings: Config | None) -> Config:
    return Config() if settings is None else Config(theme=settings.theme, keyset=settings.keyset, keys=settings.keys)


def _run_sync(answer: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, with or without a loop around: the demo world answers from memory."""
    try:
        answer.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise RuntimeError("the demo world waited for something")


async def _gather(answers: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Await all of them at once, so that a server that does not answer keeps nobody else waiting."""
    if len(answers) == 1:
        # Without a loop around, as the demo world is asked.
        return [await answers[0]]
    tasks = [asyncio.ensure_future(answer) for answer in answers]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


class Session(Joining):
    """One run of quietfeed: what all from `Marking` to `Joining` do to what is loaded, and networks and files.

    All methods answer at once, except the `async` ones and `TrainingJob.run`. Those that ask a network raise
    SourceError, or tell the trouble in the RefreshResult they answer with.
    """

    def __init__(self, archive: Archive, config: Config, accounts: Accounts, places: AppPaths | None) -> None:
        super().__init__(archive, config)
        self.config = config
        self.places = places
        self.signing_in = accounts
        self.pictures = Pictures(places, shown=config.pictures != "off" and not config.data_saving)
        self.reading = UnreadTracker(archive)
        self.accounts_changed()

    @property
    def demo(self) -> bool:
        """Whether this is the demo world."""
        return all(account.network == "demo" for account in self.accounts) and not self.kept

    @property
    def kept(self) -> bool:
        """Whether anything stays on the disk: nothing does of the demo world, and of a look at a public handle."""
        return self.places is not None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The signed-in accounts; empty on the first run."""
        return self.signing_in.all()

    @property
    def gaps(self) -> Sequence[Gap]:
        """Holes among or below the loaded posts, newest first."""
        gaps = self.archive.posts.gaps()
        posts = self._timeline.posts if gaps else []
        bottom = posts[-1].post.at if posts and not self._timeline.complete else None
        top = posts[0].post.at if posts and not self._timeline.newest else None
        return [gap for gap in gaps if (bottom is None or gap.at >= bottom) and (top is None or gap.at <= top)]

    async def refresh(self, report: Report, accounts: Sequence[Account] | None = None) -> RefreshResult:
        """Ask every account (or these) for news, keep it, judge it. Trouble with one does not stop the others."""
        from .sync import sync_account

        if not self._timeline.revision:
            self.load()
        new: list[PostKey] = []

        async def ask(account: Account) -> list[str]:
            try:
                source = await self.signing_in.source(account)
                return await sync_account(
                    source,
                    self.archive,
                    now=utc_now(),
                    first_posts=self.config.first_sync_posts,
                    report=report,
                    kept=lambda keys: new.extend(self._arrived(keys)),
                )
            except (SourceError, UsageError) as error:
                return [str(error)]

        asked = await _gather([ask(account) for account in (self.accounts if accounts is None else accounts)])
        troubles = [trouble for each in asked for trouble in each]
        self.refresh_external_changes()
        # What another process fetched stands among what is loaded, and is no news to this one's.
        if missed := self._timeline.external_new():
            new += self._arrived(missed)
        self._timeline.reload_filters(today())
        self._timeline.reread_ties(today())
        return self._arrival(new, troubles)

    async def more(self, want: int, report: Report) -> RefreshResult:
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

    async def fill(self, gap: Gap, report: Report) -> RefreshResult:
        """Fetch what a gap left out (bounded: what remains stays a gap)."""
        new, troubles = await self._fill(gap, _PAGES_A_FILL, report)
        return self._arrival(new, troubles)

    async def _fill(self, gap: Gap, pages: int, report: Report) -> tuple[list[PostKey], list[str]]:
        from .sync import fill_gap

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
                    now=utc_now(),
                    pages=pages,
                    report=report,
                    kept=lambda keys: new.extend(self._arrived(keys)),
                )
            except (SourceError, UsageError) as error:
                troubles.append(str(error))
        return new, troubles

    def _arrived(self, keys: Sequence[PostKey]) -> list[PostKey]:
        self.reading.reload()
        return self._timeline.add_new(keys, today())

    def read_all(self, keys: Sequence[PostKey]) -> Change:
        """These posts are read; undo makes those that were not unread again."""
        fresh = self.reading.read(keys)
        self.reading.keep()

        def take_back() -> Change:
            self.reading.mark_unread(fresh)
            self.reading.keep()
            return Change(f"{len(fresh)} unread again")

        if fresh:
            self._undo.append(take_back)
        count = "one post is" if len(fresh) == 1 else f"{len(fresh)} posts are"
        return Change(f"{count} read" if fresh else "everything here was read before")

    def _arrival(self, new: list[PostKey], troubles: list[str]) -> RefreshResult:
        self.rejudge_stale()
        shown = self._timeline.shown(self.level)
        count = sum(key in shown for key in new)
        return RefreshResult(tuple(new), count, len(new) - count, tuple(dict.fromkeys(troubles)))

    async def thread(self, key: PostKey) -> tuple[list[JudgedPost], list[JudgedPost]]:
        """What stands before and after a post in its conversation, judged, and kept aside as posts of feeds are: so it
        can be marked, and says why. Raises SourceError.
        """
        from .relationships import RelationshipReader

        judged = self._timeline.get(key)
        account = next((account for account in self.accounts if account.key == key[0]), None)
        if judged is None or account is None:
            return [], []
        source = await self.signing_in.source(account)
        thread = await source.thread(judged.post)
        posts = (*thread.before, *thread.after)
        with suppress(SourceError):
            # Who was never met before may be a friend all the same.
            reader = RelationshipReader(source, self.archive, utc_now())
            await reader.read_posts(posts, thread.relationships)
        self._timeline.reread_ties(today(), posts)
        return self._conversation(account, thread.before), self._conversation(account, thread.after)

    async def feeds(self) -> "Lists":
        """The custom feeds and lists of all accounts. Trouble with one does not stop the others."""
        from .feeds import Lists

        feeds: list[Feed] = []
        troubles: list[str] = []
        for account in self.accounts:
            try:
                feeds += await (await self.signing_in.source(account)).feeds()
            except (SourceError, UsageError) as error:
                troubles.append(str(error))
        return Lists(tuple(feeds), tuple(dict.fromkeys(troubles)))

    async def feed_page(self, feed: "Feed", cursor: str | None) -> "FeedPage":
        """A page of a feed, kept aside and judged; None asks for its top. Raises SourceError and NotFound."""
        from .feeds import read_page

        account = next((each for each in self.accounts if each.key == feed.account), None)
        if account is None:
            raise NotFound(f"There is no account {feed.account} any more.")
        source = await self.signing_in.source(account)
        page = await read_page(source, self.archive, feed, cursor, now=utc_now())
        posts = [judged.post for judged in self.get_or_load(page.keys)]
        # Of whom a post was loaded before, the tie was looked up before: it may be known only since now.
        self._timeline.reread_ties(today(), posts)
        return page

    def get_or_load(self, keys: Sequence[PostKey]) -> list[JudgedPost]:
        """These kept posts as they are judged now, in their order, also where they were let go of meanwhile."""
        if missing := [key for key in keys if self._timeline.get(key) is None]:
            self._timeline.load_detached(missing, today())
        return [judged for key in keys if (judged := self._timeline.get(key)) is not None]

    async def feed_named(self, name: str) -> "Feed":
        """A feed by its id, or by its name where only one has it. Raises NotFound, or the trouble with an account."""
        from .feeds import find_feed

        return find_feed(name, await self.feeds(), self.accounts)

    async def picture(self, account: str, address: str) -> bytes:
        """A picture of a post or a person, from the cache or its server. Raises SourceError."""
        return await self.pictures.get(address, next((each for each in self.accounts if each.key == account), None))

    def _conversation(self, account: Account, posts: Sequence[Post]) -> list[JudgedPost]:
        kept = self.archive.posts.known(account.key, [post.id for post in posts])
        try:
            self.archive.posts.save_detached(account.key, [post for post in posts if post.id not in kept], utc_now())
        except StoreError:
            # On a full disk it can be read all the same.
            return self._timeline.judge_all(list(posts), today())
        return self.get_or_load([(account.key, post.id) for post in posts])

    def place(self) -> PostKey | None:
        """Where the user was reading, at this level, when quietfeed was last left."""
        kept = self.archive.get_state(f"place_{self.level.name}")
        if not isinstance(kept, str):
            return None
        account, post_id = json.loads(kept)
        return (account, post_id)

    def keep_place(self, key: PostKey | None) -> None:
        """Remember where the user is reading, at this level."""
        if key is not None:
            self.archive.set_state(**{f"place_{self.level.name}": json.dumps(key)})

    def count_hidden(self, keys: Sequence[PostKey]) -> Counter[HideCause]:
        """As what the hidden ones among these posts are hidden, at the current level."""
        judged = (self._timeline.get(key) for key in keys)
        return Counter(hide_cause(each.verdict) for each in judged if each and not each.verdict.shown_at(self.level))

    def export(self, what: What) -> Iterator[Record]:
        """All marks, ties or posts that are kept, as records."""
        return export(self.archive, what)

    def import_records(self, records: Sequence[tuple[int, Record]]) -> tuple[dict[str, int], list[tuple[int, str]]]:
        """Import what was exported, each record with its line number; how many, and what could not be read."""
        return import_records(self.archive, records, utc_now())

    def accounts_changed(self) -> None:
        """An account came or went: whose posts are the user's own, and who is joined, is looked up again."""
        self._timeline.set_own_accounts(self.accounts)
        self.joins_changed()

    def kept_theme(self) -> str:
        """The theme that was chosen last, "" where none was."""
        kept = self.archive.get_state("theme")
        return kept if isinstance(kept, str) else ""

    def keep_theme(self, name: str) -> None:
        """Remember the theme for the next start."""
        self.archive.set_state(theme=name)

    async def close(self) -> None:
        """Close sources and store, and end what learns."""
        if "trainer" in vars(self):
            self.trainer.close()
        await self.signing_in.close()
        self.archive.close()
