"""Fixtures for all tests: the loopback servers, the demo world, and the path of the recorded responses."""

import copy
import gc
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from msgspec.structs import replace

from quietfeed.models.config import Config
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.loaded import LoadedPosts
from quietfeed.session.opening import run_without_loop
from quietfeed.sources.demo import Demo
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

HERE = Path(__file__).parent

# The duration of an example depends more on the machine than on the code. Each run has the same examples: a run that
# finds a rare one by chance would fail for a change that has nothing to do with it.
settings.register_profile(
    "quietfeed",
    deadline=None,
    derandomize=not os.environ.get("QUIETFEED_NEW_EXAMPLES"),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.load_profile("quietfeed")


def _load(name: str, path: Path) -> ModuleType:
    # Tests are no package: a helper module is loaded by its path.
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_load("loopback", HERE / "servers" / "loopback.py")
_load("bluesky_acts", HERE / "servers" / "bluesky_acts.py")
_load("bluesky_video", HERE / "servers" / "bluesky_video.py")
_load("mastodon_acts", HERE / "servers" / "mastodon_acts.py")
_load("bluesky_world", HERE / "servers" / "bluesky_world.py")
_load("bluesky_feeds", HERE / "servers" / "bluesky_feeds.py")
servers_bluesky = _load("servers_bluesky", HERE / "servers" / "bluesky.py")
servers_bluesky_oauth = _load("servers_bluesky_oauth", HERE / "servers" / "bluesky_oauth.py")
_load("mastodon_world", HERE / "servers" / "mastodon_world.py")
_load("mastodon_lists", HERE / "servers" / "mastodon_lists.py")
_load("mastodon_posts", HERE / "servers" / "mastodon_posts.py")
servers_relatives = _load("mastodon_relatives", HERE / "servers" / "mastodon_relatives.py")
servers_mastodon = _load("servers_mastodon", HERE / "servers" / "mastodon.py")


servers_blogs = _load("servers_blogs", HERE / "servers" / "blogs.py")
servers_x = _load("servers_x", HERE / "servers" / "x.py")


@pytest.fixture
def blogs() -> Iterator[Callable[..., Any]]:
    """Starts servers of blogs: `server = blogs(posts=20)`; see servers/blogs.py for what they serve."""
    with ExitStack() as running:
        yield lambda **parts: running.enter_context(servers_blogs.serving(**parts))


@pytest.fixture
def x_server() -> Iterator[Callable[..., Any]]:
    """Starts servers of X: `server = x_server(posts=8, words="post")`; see servers/x.py for quirks."""
    with ExitStack() as running:
        yield lambda **parts: running.enter_context(servers_x.serving(**parts))


@pytest.fixture
def in_front_of() -> Callable[..., Any]:
    """Starts a front before a server: `with in_front_of(server.url) as front`; see servers/front.py."""
    front: Callable[..., Any] = _load("servers_front", HERE / "servers" / "front.py").in_front_of
    return front


@pytest.fixture
def mastodon() -> Iterator[Callable[..., Any]]:
    """Starts loopback servers: `server = mastodon(posts=100, duplicates=True)`; see servers/mastodon.py for quirks."""
    with ExitStack() as running:
        yield lambda *args, **parts: running.enter_context(servers_mastodon.serving(*args, **parts))


@pytest.fixture
def bluesky() -> Iterator[Callable[..., Any]]:
    """The same for the AT Protocol: `server = bluesky(posts=100, expired=1)`; see servers/bluesky.py for quirks."""
    with ExitStack() as running:
        yield lambda *args, **parts: running.enter_context(servers_bluesky.serving(*args, **parts))


@pytest.fixture
def bluesky_signin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Starts networks to sign in to; the first looks up handles and DIDs. See servers/bluesky_oauth.py."""
    with ExitStack() as running:

        def start(**parts: Any) -> Any:
            server = running.enter_context(servers_bluesky_oauth.serving(**parts))
            for name in ("QUIETFEED_APPVIEW", "QUIETFEED_PLC"):
                monkeypatch.setenv(name, os.environ.get(name, server.url))
            return server

        yield start


@pytest.fixture
async def closes_sources() -> AsyncIterator[None]:
    """Closes the sources that a test opened with tests/signed_in.py."""
    from quietfeed.tests.signed_in import close_sources

    yield
    await close_sources()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory of recorded responses and data next to the checkout; a test that needs it is skipped without it."""
    path = Path(os.environ.get("QUIETFEED_SHARED") or HERE.parent.parent / "shared")
    if not (path / "wire" / "index.json").exists():
        pytest.skip("the recorded answers (../shared, or QUIETFEED_SHARED) are not on this machine")
    return path


def pytest_configure() -> None:
    """Choose the keyring that accepts nothing, and store temporary files in memory if there is room.

    A process chooses its keyring once. Without this, the first test in it could choose the user's own, or the backend
    of another test, which a child process does not have. On a disk, stores wait for it on every mark.
    """
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_finish() -> None:
    """Exclude imported modules and collected tests from garbage collection, which would scan them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _copy_loaded(original: LoadedPosts, session: LoadedPosts) -> None:
    """Copy the loaded posts of a session over an equal store, so that they are not judged again."""
    session._order, session._detached = original._order.copy(), original._detached.copy()
    session._top, session._above, session._bottom = original._top, original._above, original._bottom
    session.complete = original.complete
    session._loaded = {key: replace(loaded) for key, loaded in original._loaded.items()}
    session._by_author = copy.deepcopy(original._by_author)
    ties, before_ties = session.judge.ties, original.judge.ties
    ties._ties, ties._pending = dict(before_ties._ties), set(before_ties._pending)
    before, habits = original.judge.habits, session.judge.habits
    habits._counted, habits._requested = dict(before._counted), set(before._requested)
    for author, book in before._book._books.items():
        habits._book._books[author] = copied = copy.copy(book)
        copied._unread, copied._posts = book._unread.copy(), book._posts.copy()
        copied._ids, copied._same = book._ids.copy(), book._same.copy()


@pytest.fixture
def stored() -> Iterator[Callable[..., Archive]]:
    """`stored()` opens the store under QUIETFEED_HOME, `stored(home)` another one, as another process does.

    Tests read there what a session has written to the disk.
    """
    opened: list[Archive] = []

    def opening(home: Path | None = None) -> Archive:
        opened.append(Archive(find_places(home).database))
        return opened[-1]

    yield opening
    for archive in opened:
        archive.close()


class Original:
    """The demo world, opened once: judging it takes longer than most tests of it. Tests must not change it."""

    def __init__(self, now: datetime | None, counted: bool, **parts: Any) -> None:
        self._demo = Demo(now=now)
        self._archive = Archive(None)
        self._archive.add_account(self._demo.account)
        self._session = self._over(self._archive, self._demo, **parts)
        run_without_loop(self._session.fetching.refresh(lambda _: None))
        if counted:
            self._session.tally.finish()

    def copy(self, archive: Archive | None = None, **parts: Any) -> Session:
        """A copy of the session with a separate store. `parts`: further arguments of Session, such as its clock."""
        archive = archive or Archive(None)
        self._archive._db._db.backup(archive._db._db)
        session = self._over(archive, copy.copy(self._demo), **parts)
        _copy_loaded(self._session._loaded, session._loaded)
        session.unread.reload()
        return session

    def _over(self, archive: Archive, demo: Demo, **parts: Any) -> Session:
        accounts = Accounts(archive, None, {demo.account.key: demo})
        config = parts.pop("config", Config(first_sync_posts=1000))
        return Session(archive, config, accounts, None, **parts)


@pytest.fixture(scope="session")
def demo_world() -> Callable[..., Session]:
    """`session = demo_world(now=NOW)`: as `open_demo`, but faster: the world of each moment is opened once and copied.

    A test that also reads the store passes an empty one: `demo_world(now=NOW, archive=Archive(None))`.
    `judge_all` replaces the function that judges. `counted`: every stored post is already counted by level, which an
    open screen does in the background.
    """
    originals: dict[tuple[datetime | None, Callable[..., Any] | None, bool], Original] = {}

    def opened(now: datetime | None = None, counted: bool = False, **parts: Any) -> Session:
        which = now, parts.get("judge_all"), counted
        if which not in originals:
            used = {name: parts[name] for name in ("clock", "judge_all") if name in parts}
            originals[which] = Original(now, counted, **used)
        return originals[which].copy(**parts)

    return opened
