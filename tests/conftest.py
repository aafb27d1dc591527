"""What tests of every room share: the loopback servers, and where the recorded answers are."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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
