"""Fixtures for tests of the command line: quietfeed in a separate process, and the same command in this process."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import _RedirectStream, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import pytest

from quietfeed.__main__ import main
from quietfeed.models.config import Config
from quietfeed.models.tuning import Tuning
from quietfeed.session import Openers, Session, open_demo, open_session


class redirect_stdin(_RedirectStream[TextIO]):
    """Replaces standard input with a stream."""

    _stream = "stdin"


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data directory of the tested quietfeed."""
    return tmp_path / "home"


@pytest.fixture
def own(home: Path) -> dict[str, str]:
    """The environment of a quietfeed with its own home and without a keyring."""
    keyring = "keyring.backends.fail.Keyring"
    return {"QUIETFEED_HOME": str(home), "PYTHON_KEYRING_BACKEND": keyring, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture
def process(own: dict[str, str]) -> Run:
    """Runs quietfeed as scripts do, as a whole process: `process("judge", "-", stdin="...")`."""

    def _process(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "quietfeed", *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
            env={**os.environ, **own},
        )

    return _process


@pytest.fixture
def tuning() -> Tuning:
    """The tuning of commands in this process. A test module that needs another one overrides this."""
    return Tuning()


@pytest.fixture
def run(
    own: dict[str, str], monkeypatch: pytest.MonkeyPatch, demo_world: Callable[..., Session], tuning: Tuning
) -> Run:
    """Runs a command in this process: starting a process takes longer than most commands.

    The demo world is a copy. State that one command leaves in memory for the next is only found with `process`, as in
    the end-to-end test of test_cli.py and for the renewed token in test_account.py.
    """

    def demo(settings: Config | None = None, *, first_page: bool = False) -> Session:
        if settings in (None, Config()):
            return demo_world()
        return open_demo(settings=settings, first_page=first_page)

    openers = Openers(partial(open_session, tuning=tuning), demo)
    for name, value in own.items():
        monkeypatch.setenv(name, value)

    def _run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        typed = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
        with redirect_stdin(typed), redirect_stdout(out), redirect_stderr(err):
            try:
                status = main(arguments, openers)
            except SystemExit as wrong_usage:
                status = int(wrong_usage.code or 0)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        return subprocess.CompletedProcess(arguments, status, *texts)

    return _run


@pytest.fixture
def server(mastodon: Callable[..., Any], run: Run) -> Any:
    """A loopback server on which the user of `run` is signed in and may write; its posts are stored."""
    server = mastodon(posts=12, scopes=("read", "write"))
    added = run("account", "add", "mastodon", "--server", server.url, "--token-stdin", "--write", stdin="good\n")
    assert added.returncode == 0, added.stderr
    assert run("sync").returncode == 0
    return server
