"""Fixtures for tests of the screens: apps over the demo world or a small scripted network, and reading a screen."""

import asyncio
import itertools
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.events import Key
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message import Message
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.widgets import Static

from quietfeed.filters.judge import judge_all
from quietfeed.models.account import Account
from quietfeed.models.capability import READS, Capability
from quietfeed.models.config import Config
from quietfeed.models.errors import SourceError, Unreachable
from quietfeed.models.feed import Feed
from quietfeed.models.pages import InteractionPage, Page, Recheck, Restrictions, Thread
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.server_filter import ServerFilter
from quietfeed.models.tie import Relationship
from quietfeed.models.tuning import Tuning
from quietfeed.models.view import JudgedPost, PostKey
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.browser import Browser
from quietfeed.session.learning import Scheduler
from quietfeed.session.post_judge import JudgeAll
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places
from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.widgets.beside import Beside
from quietfeed.tui.widgets.rows import PostRow
from quietfeed.tui.widgets.timeline import Timeline

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = Account("mastodon", "https://example.social", "me@example.social", "me")
FRIEND = Person("ada", "ada@example.social", "Ada", followers=120, following=90, network="mastodon")
STAR = Person("star", "star@example.social", "The Star", followers=4_000_000, following=3, network="mastodon")


def post(number: int, author: Person = FRIEND, text: str = "", **more: object) -> Post:
    """A post of the scripted network; larger numbers are newer."""
    at = NOW + timedelta(minutes=number)
    text = text or f"post number {number}"
    return Post(f"{number:06}", author, text, ME.key, "mastodon", at, f"https://example.social/{number}", **more)  # type: ignore[arg-type]


class Network:
    """A Source that answers from `posts`, newest first, `page` at a time; `down` makes it unreachable."""

    def __init__(self, posts: Sequence[Post], page: int = 40) -> None:
        self.account = ME
        self.posts = list(posts)
        self.page = page
        self.down = False
        self.knows_people = True
        """Whether relationships can be requested."""
        self.on_request: Callable[[], object] = lambda: None
        """Called when a page of the timeline is requested."""
        self.lists: dict[str, list[Post]] = {}
        self.before: tuple[Post, ...] = ()
        self.deleted: set[str] = set()
        self.after: tuple[Post, ...] = ()

    def _check(self) -> None:
        if self.down:
            raise Unreachable("example.social cannot be reached: try again later.")

    @property
    def capabilities(self) -> frozenset[Capability]:
        return READS - {"count_cache", "lookup", "personal", "translate", "list_members", "known_followers"}

    async def timeline(self, cursor: str | None) -> Page:
        self.on_request()
        self._check()
        newest = sorted(self.posts, key=lambda each: each.id, reverse=True)
        start = int(cursor or 0)
        end = start + self.page
        return Page(tuple(newest[start:end]), str(end) if end < len(newest) else None)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        if self.down or not self.knows_people:
            raise Unreachable("example.social cannot be reached: try again later.")
        return [Relationship(each, True, each == FRIEND.id) for each in person_ids]

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        del since
        self._check()
        pages: tuple[InteractionPage, ...] = ()
        for page in pages:
            yield page

    async def restrictions(self, pages: int) -> Restrictions:
        del pages
        return Restrictions()

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        return None

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        del person_ids
        return []

    async def thread(self, post: Post) -> Thread:
        del post
        self._check()
        return Thread(self.before, self.after)

    async def feeds(self) -> list[Feed]:
        self._check()
        return [Feed(ME.key, name, "list", name.title()) for name in self.lists]

    def feed_at(self, address: str) -> Feed | None:
        del address
        return None

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        self._check()
        if feed_id not in self.lists:
            raise SourceError("This list was deleted. Nothing else is affected.")
        start, posts = int(cursor or 0), self.lists[feed_id]
        end = start + self.page
        return Page(tuple(posts[start:end]), str(end) if end < len(posts) else None)

    async def recheck(self, posts: Sequence[Post], present: Post) -> Recheck:
        self._check()
        return Recheck(deleted=tuple(post.id for post in posts if post.id in self.deleted))

    async def close(self) -> None:
        pass


def store_in(home: Path, posts: Sequence[Post] = ()) -> Archive:
    """A store in a folder with the account of the scripted network, and these posts in its timeline."""
    archive = Archive(find_places(home).database)
    archive.add_account(ME)
    archive.posts.save(ME.key, posts, NOW + timedelta(days=1))
    return archive


def session_over(
    network: Network,
    home: Path,
    archive: Archive | None = None,
    *,
    tuning: Tuning,
    judge_all: JudgeAll = judge_all,
    **config: object,
) -> Session:
    """A session that is no demo, with one account whose source is the scripted network."""
    archive = archive or store_in(home)
    accounts = Accounts(archive, None, {ME.key: network})
    settings = Config(**config)  # type: ignore[arg-type]
    return Session(archive, settings, accounts, find_places(home), tuning=tuning, judge_all=judge_all)


class Screens:
    """A running app with helpers to drive and read it. Nothing here sleeps: it waits until the app is idle."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot

    @property
    def app(self) -> QuietfeedApp:
        assert isinstance(self.pilot.app, QuietfeedApp)
        return self.pilot.app

    @property
    def session(self) -> Session:
        return self.app.session

    @property
    def names(self) -> list[str]:
        """The screens that lie over each other, lowest first."""
        return [type(screen).__name__ for screen in self.app.screen_stack]

    @property
    def timeline(self) -> Timeline:
        return self.app.screen.query_one(Timeline)

    async def settled(self) -> None:
        """Wait until there is no message, no worker and nothing to paint, without reading a clock."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        while self.app.screen_stack:
            while ready:
                await asyncio.sleep(0)
            await self.app.animator.wait_until_complete()
            # Paint now what the screen would paint within the next sixtieth of a second.
            self.app.screen._on_timer_update()
            if ready:
                continue
            running = [worker._task for worker in self.app.workers if worker.is_running and worker._task is not None]
            # A key waits until the screens have handled the one before it.
            if self.app._input._task is not None:
                running.append(self.app._input._task)
            sends = "outbox" in vars(self.app.session) and self.app.session.outbox.loop.busy
            if not running and not sends:
                return
            if not running:
                await asyncio.sleep(0.005)
                continue
            # They wait for a thread, a server, or a moment.
            await asyncio.wait(running, timeout=0.005, return_when=asyncio.FIRST_COMPLETED)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.send(key)
            await self.settled()

    def send(self, key: str) -> None:
        """Put a key into the queue of the app, as a terminal does, without waiting for what it does."""
        if len(key) == 1 and not key.isalnum():
            key = _character_to_key(key)
        name = REPLACED_KEYS.get(key, key)
        try:
            character: str | None = unicodedata.lookup(_get_unicode_name_from_key(name))
        except KeyError:
            character = key if len(key) == 1 else None
        event = Key(key, character)
        event.set_sender(self.app)
        assert self.app._driver is not None
        self.app._driver.send_message(event)

    async def type(self, text: str) -> None:
        for key in text:
            self.send(key)
        await self.settled()

    async def learned(self) -> None:
        """Wait until the marks that were made are learned."""
        while self.session.learning.pending or self.session.learning.busy:
            await asyncio.sleep(0.005)
            await self.settled()

    def text(self) -> str:
        """The lines of the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line).rstrip() for line in strips)

    def line(self, name: str) -> str:
        """The text of a line around the timeline: "status", "message", "title", "keys", ..."""
        return str(self.app.screen.query_one(f"#{name}", Static).render())

    async def pane(self) -> str:
        """The text of the second pane once it has followed the cursor; "" where there is none."""
        beside = self.app.screen.query_one(Beside)
        while beside._timer is not None:
            await asyncio.sleep(0.005)
        await self.settled()
        if not beside.query("#pane") or not beside.query_one("#pane").display:
            return ""
        pane = beside.query_one("#pane")
        return "\n".join(pane.render_line(y).text.rstrip() for y in range(pane.size.height))

    def posts(self) -> list[JudgedPost]:
        return [row.judged for row in self.timeline.rows if isinstance(row, PostRow)]

    def entries(self) -> int:
        """The number of posts in the rows: several boosts of one post are one row."""
        return sum(1 + len(row.copies) for row in self.timeline.rows if isinstance(row, PostRow))

    def selected(self) -> PostKey | None:
        row = self.timeline.selected
        return None if row is None else row.key

    def go_to(self, wanted: Callable[[JudgedPost], bool]) -> JudgedPost:
        """Put the cursor on the first post that fits."""
        for number, row in enumerate(self.timeline.rows):
            if isinstance(row, PostRow) and wanted(row.judged):
                self.timeline.select_number(number)
                return row.judged
        raise AssertionError("no such post in the rows")


Open = Callable[..., AbstractAsyncContextManager[Screens]]


@pytest.fixture(scope="session", autouse=True)
def _stylesheets_are_parsed_once() -> Iterator[None]:
    """Apps share parsed style sheets with the same rules and variables, as the screens of one app do."""
    parse = Stylesheet._parse_rules
    known: dict[tuple[object, ...], list[RuleSet]] = {}

    def parse_once(sheet: Stylesheet, css: str, *where: Any, **more: Any) -> list[RuleSet]:
        key = (css, where, *more.items(), *sheet._variables.items())
        if key not in known:
            known[key] = parse(sheet, css, *where, **more)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _notifications_do_not_expire() -> Iterator[None]:
    """A busy machine may take longer than a notification lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Notification, "has_expired", False)
        yield


@pytest.fixture
def learning() -> None:
    """Marks are learned immediately. Elsewhere they are not, so that tests see the effect of a mark alone."""


@pytest.fixture
def default_browser() -> Browser:
    """The browser of apps: none. A test that needs one overrides this, or passes its own to `opened`."""
    return Browser(can_open=lambda: False, draws_on_terminal=lambda: False)


class _Never:
    def cancel(self) -> None:
        pass


@pytest.fixture
def schedule(request: pytest.FixtureRequest) -> Scheduler:
    """When training begins: see `learning`."""
    if "learning" in request.fixturenames:
        return lambda _seconds, call: asyncio.get_running_loop().call_later(0.001, call)
    return lambda _seconds, _call: _Never()


@pytest.fixture
def tuning() -> Tuning:
    """The tuning of every session here; test modules can override it.

    An action that was not done is not sent again during a test: on a busy machine the result could come at any moment.
    """
    return Tuning(step_pause=0.0, count_after=0.0, first_retry=3600.0)


@pytest.fixture
def small_window() -> Tuning:
    """A window that a few dozen posts overflow."""
    return Tuning(step_pause=0.0, count_after=0.0, load_batch=10, prefetch=20, keep_margin=25, first_retry=3600.0)


@pytest.fixture
def opened(demo_world: Callable[..., Session], tuning: Tuning, schedule: Scheduler, default_browser: Browser) -> Open:
    """`async with opened(session) as screens`: the app over a session (default: the demo world), settled."""

    @asynccontextmanager
    async def opening(
        session: Session | None = None,
        size: tuple[int, int] = (100, 32),
        browser: Browser = default_browser,
        message_hook: Callable[[Message], None] | None = None,
    ) -> AsyncIterator[Screens]:
        # Keys are a second apart, so that no level key begins a count.
        seconds = itertools.count().__next__
        session = session or demo_world(counted=True, tuning=tuning)
        app = QuietfeedApp(session, seconds=seconds, schedule=schedule, browser=browser)
        async with app.run_test(size=size, message_hook=message_hook) as pilot:
            screens = Screens(pilot)
            await screens.settled()
            yield screens
        assert not app.return_code, "closing failed; the log says why"

    return opening


@pytest.fixture
def driven() -> Callable[[Pilot[int]], Screens]:
    """The helpers for an app that is already open."""
    return Screens


class Scripted:
    """Everything for a signed-in session: posts, people, a network, and a session over it in a folder."""

    friend = FRIEND
    me = ME
    star = STAR
    post = staticmethod(post)
    network = Network
    store = staticmethod(store_in)
    session: ClassVar[Callable[..., Session]]


@pytest.fixture
def scripted(tuning: Tuning) -> type[Scripted]:
    class Tuned(Scripted):
        session = partial(session_over, tuning=tuning)

    return Tuned
