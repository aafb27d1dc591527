"""What the tests against real servers share: the network of the AT Protocol, and quietfeed as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "servers"))
atproto = import_module("atproto")
Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test here ten minutes: real servers are slow on a busy machine."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.timeout(600))


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
    """Runs quietfeed with a home of its own (`home`); `places` is added to its environment."""

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
