"""`quietfeed account add` at a terminal: several kinds of browsers, pasted codes, and no keyring."""

import os
import re
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are of Unix", allow_module_level=True)

from quietfeed.tests.terminal import Terminal

Serve = Callable[..., Any]

BROWSER = """#!{python}
import sys, urllib.request
print("THE BROWSER IS HERE", flush=True)
urllib.request.urlopen(sys.argv[-1], timeout=60).read()
"""


@pytest.fixture
def signing_in(own: dict[str, str], tmp_path: Path) -> Callable[..., Terminal]:
    """`account add mastodon` at a terminal, with a browser of this name and more environment."""

    def start(server: str, browser: str = "", **more: str) -> Terminal:
        folder = tmp_path / "bin"
        folder.mkdir()
        environment = {**own, "BROWSER": browser, "DISPLAY": "", "WAYLAND_DISPLAY": "", "SSH_TTY": "", **more}
        environment["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
        if browser:
            file = folder / browser
            file.write_text(BROWSER.format(python=sys.executable), "utf-8")
            file.chmod(0o755)
        return Terminal(
            [sys.executable, "-m", "quietfeed", "account", "add", "mastodon", "--server", server], environment
        )

    return start


@pytest.mark.parametrize(
    ("browser", "display"), [("stays-open", ":0"), ("w3m", "")], ids=["it blocks until it is done", "text browser"]
)
def test_a_browser_that_comes_back(
    signing_in: Callable[..., Terminal], mastodon: Serve, browser: str, display: str
) -> None:
    server = mastodon()
    with signing_in(server.url, browser, DISPLAY=display) as terminal:
        terminal.read_until("THE BROWSER IS HERE")
        terminal.read_until(r"Store the token in this file\? \[y/N\] ")
        terminal.type("y\n")
        terminal.read_until("Signed in as .*the token is stored in the file")
        assert terminal.ended() == 0
        assert "Traceback" not in terminal.seen


def test_without_a_browser_the_code_is_pasted_and_no_is_the_default(
    signing_in: Callable[..., Terminal], mastodon: Serve, home: Path
) -> None:
    server = mastodon()
    with signing_in(server.url, SSH_TTY="/dev/pts/0") as terminal:
        url = terminal.read_until(r"(http://127\S+/oauth/authorize\S+)")[1]
        terminal.read_until("code: ")
        page = urllib.request.urlopen(url, timeout=60).read().decode()
        code = re.search("<code>(.+?)</code>", page)
        assert code is not None
        terminal.type(f"{code[1]}\n")
        terminal.read_until(r"Store the token in this file\? \[y/N\] ")
        terminal.type("\n")
        terminal.read_until("quietfeed: Not signed in: the token can be stored neither")
        assert terminal.ended() != 0
        assert not list(home.rglob("tokens.json"))
