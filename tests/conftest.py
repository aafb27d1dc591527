"""What tests of every room share: the loopback servers, the demo world, and where the recorded answers are."""

import copy
import gc
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from quietfeed.filters.score import Scorer
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.view import JudgedPost
from quietfeed.models.weights import Weights
from quietfeed.session import Session, open_demo
from quietfeed.sources import http
from quietfeed.sources.demo.world import World

HERE = Path(__file__).parent


def _load(name: str, path: Path) -> ModuleType:
    # Tests are no package: a helper module is loaded by its path.
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_load("bluesky_world", HERE / "servers" / "bluesky_world.py")
_load("bluesky_feeds", HERE / "servers" / "bluesky_feeds.py")
servers_bluesky = _load("servers_bluesky", HERE / "servers" / "bluesky.py")
servers_bluesky_oauth = _load("servers_bluesky_oauth", HERE / "servers" / "bluesky_oauth.py")
_load("mastodon_world", HERE / "servers" / "mastodon_world.py")
servers_mastodon = _load("servers_mastodon", HERE / "servers" / "mastodon.py")


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


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory of recorded answers and data beside the checkout; a test that needs it is skipped without it."""
    path = Path(os.environ.get("QUIETFEED_SHARED") or HERE.parent.parent / "shared")
    if not (path / "wire" / "index.json").exists():
        pytest.skip("the recorded answers (../shared, or QUIETFEED_SHARED) are not on this machine")
    return path


def pytest_collection_finish() -> None:
    """What was imported and collected is no garbage: it is not looked through again while the tests run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _servers_are_asked_without_a_pause() -> Iterator[None]:
    """The loopback servers take any number of questions at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "MIN_REQUEST_INTERVAL", 0.0)
        yield


SHARED = (PostContext, Habits, JudgedPost, Person, Post, Scorer, Tie, Weights, World)
"""What never changes, and the scorer, which only remembers words."""


class Original:
    """A session that no test touches, to make copies of: judging the demo world takes longer than most tests of it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db: sqlite3.Connection = session.archive._db._db
        self._shared = {id(part): part for part in _shared_parts(session)}

    def copy(self) -> Session:
        """An equal session over a store of its own, in memory; what never changes is in both."""
        db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.backup(db)
        return copy.deepcopy(self._session, {**self._shared, id(self._db): db})


def _shared_parts(whole: object) -> list[object]:
    """All that a session is made of and never changes."""
    found: list[object] = []
    seen: set[int] = set()
    ahead = [whole]
    while ahead:
        part = ahead.pop()
        if id(part) in seen or isinstance(part, type | ModuleType | FunctionType):
            continue
        seen.add(id(part))
        if isinstance(part, SHARED):
            found.append(part)
        else:
            ahead += gc.get_referents(part)
    return found


@pytest.fixture(scope="session")
def demo_world() -> Callable[..., Session]:
    """`session = demo_world(now=NOW)`: what `open_demo` opens, for less: each moment's world is opened once and copied.

    `judged_by` names the judgement, where a test has put another in its place.
    """
    originals: dict[tuple[datetime | None, str], Original] = {}

    def opened(now: datetime | None = None, judged_by: str = "") -> Session:
        if (now, judged_by) not in originals:
            originals[now, judged_by] = Original(open_demo(now=now))
        return originals[now, judged_by].copy()

    return opened
