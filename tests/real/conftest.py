"""Fixtures for tests against real servers: the AT Protocol network, and quietfeed in a separate process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "servers"))
atproto = import_module("atproto")
Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Set the timeout of every test here to half an hour: real servers are slow on a busy machine."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.timeout(1800))


@pytest.fixture(scope="session")
def world() -> Iterator[Any]:
    """A real network with its twenty people; see servers/atproto.py for how it is started and what it needs."""
    try:
        with atproto.running(atproto.find(os.environ.get(atproto.VARIABLE))) as network:
            yield import_module("atproto_world").seed(network)
    except atproto.NotHere as missing:
        pytest.skip(f"no AT Protocol network: {missing}")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs quietfeed with its own home (`home`); `places` is added to its environment."""

    def _run(*arguments: str, stdin: str = "", places: dict[str, str] | None = None) -> Any:
        own = {"QUIETFEED_HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        return subprocess.run(
            [sys.executable, "-m", "quietfeed", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
            env={**os.environ, **own, **(places or {})},
        )

    return _run


@pytest.fixture
def mastodon_api() -> Iterator[Any]:
    """A server of Mastodon's API with two people who may write; see servers/day_servers.py."""
    url, *tokens = (os.environ.get(f"QUIETFEED_TEST_MASTODON_{name}") for name in ("URL", "TOKEN", "TOKEN_2"))
    if not url or not all(tokens):
        pytest.skip("QUIETFEED_TEST_MASTODON_URL, _TOKEN and _TOKEN_2 name no two people of a server")
    # snac resets connections that were idle.
    once = httpx.Limits(max_keepalive_connections=0)
    june, ada = (
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {each}"}, timeout=60, limits=once)
        for each in tokens
    )
    with june, ada:
        yield import_module("day_servers").MastodonApi(june, ada)


@pytest.fixture(params=["mastodon", "bluesky"])
def pair(request: pytest.FixtureRequest, run: Run) -> Iterator[Any]:
    """Two people who follow each other; the first is signed in. See servers/pairs.py.

    On Mastodon's API: QUIETFEED_TEST_MASTODON_URL, QUIETFEED_TEST_MASTODON_TOKEN and QUIETFEED_TEST_MASTODON_TOKEN_2,
    both tokens with the right to write; or QUIETFEED_TEST_MASTODON_MOCK, a program that is such a server. What the two
    do is undone. The AT Protocol network is started as for test_bluesky.py.
    """
    pairs = import_module("pairs")
    with ExitStack() as stack:
        if request.param == "mastodon":
            url, tokens = _two_people(stack)
            found = pairs.MastodonPair(url, tokens, run)
        else:
            found = pairs.BlueskyPair(request.getfixturevalue("world"), run)
        found.start()
        yield found
        found.close()


def _two_people(stack: ExitStack) -> tuple[str, tuple[str, str]]:
    """The address of a server of Mastodon's API, and the tokens of two of its people."""
    url, first, second = (os.environ.get(f"QUIETFEED_TEST_MASTODON_{name}") for name in ("URL", "TOKEN", "TOKEN_2"))
    if url and first and second:
        return url.rstrip("/"), (first, second)
    other = import_module("mastodon_other")
    if program := os.environ.get(other.VARIABLE):
        url, first = stack.enter_context(other.running(program))
        return url, (first, other.TOKEN_2)
    pytest.skip(
        "QUIETFEED_TEST_MASTODON_URL, _TOKEN and _TOKEN_2 name no two people of a server,"
        f" and {other.VARIABLE} no program that is one"
    )


@pytest.fixture
def driven() -> Callable[[Any], Any]:
    """The helpers of the screen tests that drive and read an app."""
    spec = spec_from_file_location("tui_words", Path(__file__).resolve().parent.parent / "tui" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["tui_words"] = module
    spec.loader.exec_module(module)
    words: Callable[[Any], Any] = module.Screens
    return words
