"""Signing in through the browser at the real account server; the tests send the forms of its sign-in and consent pages.

The requests of the pages' scripts were taken from the server's source: a device cookie and a token against forged
requests from the page, then /sign-in, /consent, and the address that leads back to quietfeed.
"""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.servers
API = "/@atproto/oauth-provider/~api"
KEY = "bluesky:june.test"


class Terminal:
    """quietfeed at its own terminal, as over SSH: the address is copied, and pasted back."""

    def __init__(self, home: Path, places: dict[str, str], *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        own = {"QUIETFEED_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        environment = {**os.environ, **own, **places, "SSH_TTY": "/dev/pts/0"}
        command = [sys.executable, "-m", "quietfeed", *arguments]
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.seen = ""

    def read_until(self, pattern: str) -> re.Match[str]:
        """The match in all output so far; waits for up to a minute."""
        end = time.monotonic() + 60
        while (found := re.search(pattern, self.seen)) is None:
            assert time.monotonic() < end, self.seen
            ready, _, _ = select.select([self._ours], [], [], 1)
            try:
                self.seen += os.read(self._ours, 65536).decode() if ready else ""
            except OSError:
                break
        assert found is not None, self.seen
        return found

    def type(self, text: str) -> None:
        os.write(self._ours, f"{text}\n".encode())

    def close(self) -> int:
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            os.close(self._ours)


def allowed(url: str, username: str, password: str) -> str:
    """Where the browser lands after its user signed in and allowed it: the address with the code."""
    server = re.match(r"https?://[^/]+", url)
    assert server is not None
    issuer, cookies = server[0], dict[str, str]()

    def ask(method: str, path: str, **parts: Any) -> httpx.Response:
        # The cookies are marked as secure, which browsers allow on loopback and httpx does not.
        headers = {"User-Agent": "Mozilla/5.0", "Cookie": "; ".join(f"{key}={cookies[key]}" for key in cookies)}
        answer = httpx.request(method, issuer + path, headers=headers | parts.pop("headers"), timeout=60, **parts)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            cookies[name] = value
        return answer

    navigate = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    page = ask("GET", url.removeprefix(issuer), headers={**navigate, "Sec-Fetch-Site": "none"})
    assert page.status_code == 200, page.text[:500]

    def send(path: str, body: Any, **more: str) -> Any:
        headers = {"Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Site": "same-origin", "Origin": issuer, "Referer": url}
        headers |= {"X-CSRF-Token": cookies["csrf-token"], **more}
        answer = ask("POST", API + path, headers=headers, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    signed_in = send("/sign-in", {"locale": "en", "username": username, "password": password, "remember": False})
    bearer = f"Bearer {signed_in['ephemeralToken']}"
    consent = send("/consent", {"did": signed_in["account"]["did"]}, Authorization=bearer)
    back = ask(
        "GET",
        consent["url"].removeprefix(issuer),
        headers={**navigate, "Sec-Fetch-Site": "same-origin", "Referer": url},
    )
    assert back.status_code in (302, 303), back.text[:500]
    return str(back.headers["location"])


def test_signing_in_in_the_browser(world: Any, run: Any, tmp_path: Path) -> None:
    password = sys.modules["atproto_world"].PASSWORD
    places = world.network.places()
    terminal = Terminal(tmp_path, places, "account", "add", "bluesky", "--handle", "june.test")
    url = terminal.read_until(r"(http://localhost:\d+/oauth/authorize\?\S+)\s")[1]
    terminal.read_until("The address: ")
    terminal.type(allowed(url, "june.test", password))
    terminal.read_until("Store the token in this file")
    terminal.type("y")
    assert terminal.read_until("Signed in as june.test")
    assert terminal.close() == 0
    kept = json.loads(next(tmp_path.rglob("tokens.json")).read_text("utf-8"))[KEY]
    # Only reading was requested, and the server stored that.
    assert "transition" not in kept["client_id"]
    assert (kept["kind"], kept["did"], kept["pds"]) == ("oauth", world.dids["june"], world.network.pds)
    (said,) = [json.loads(line) for line in run("sync", "--json", places=places).stdout.splitlines()]
    assert said["troubles"] == []
    assert said["kept"] > 160
    # The permissions also cover feeds, lists and labels, which use further methods.
    for name, count in (("garden", len(world.feed_posts)), ("walkers", 20)):
        read = run("timeline", "--from", world.feeds[name], "--json", "--all", "--limit", "20", places=places)
        assert (read.returncode, read.stderr) == (0, "")
        assert len(read.stdout.splitlines()) == min(count, 20)
    names = [json.loads(line)["name"] for line in run("feeds", "--json", places=places).stdout.splitlines()]
    assert names == ["Gardening 🌱", "Walkers", "gone", "Close ones"]
    assert '"name": "Nonsense"' in run("timeline", "--json", "--all", places=places).stdout
    _renewed(run, places, tmp_path)
    other = tmp_path.with_name("another")
    shutil.copytree(tmp_path, other)
    assert run("account", "remove", "june.test", places=places).returncode == 0
    ended = run("sync", places={**places, "QUIETFEED_HOME": str(other)})
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "`quietfeed account add bluesky` signs in again" in ended.stderr


def _renewed(run: Any, places: dict[str, str], home: Path) -> None:
    """A token that expires within a minute is renewed with the sign-in's own key, and the sign-in stays valid."""
    file = next(home.rglob("tokens.json"))
    kept = json.loads(file.read_text("utf-8"))
    before = kept[KEY]["refresh"]
    kept[KEY]["expires"] = str(int(time.time()) + 5)
    file.write_text(json.dumps(kept), "utf-8")
    answer = run("sync", "--json", places=places)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert json.loads(file.read_text("utf-8"))[KEY]["refresh"] != before
    assert run("sync", places=places).returncode == 0


def test_a_sign_in_that_may_like_likes(world: Any, run: Any, tmp_path: Path) -> None:
    password = sys.modules["atproto_world"].PASSWORD
    places = world.network.places()
    terminal = Terminal(tmp_path, places, "account", "add", "bluesky", "--handle", "june.test", "--write")
    url = terminal.read_until(r"(http://localhost:\d+/oauth/authorize\?\S+)\s")[1]
    terminal.read_until("The address: ")
    terminal.type(allowed(url, "june.test", password))
    terminal.read_until("Store the token in this file")
    terminal.type("y")
    assert terminal.read_until("Signed in as june.test")
    assert terminal.close() == 0
    kept = json.loads(next(tmp_path.rglob("tokens.json")).read_text("utf-8"))[KEY]
    # Writing, with a scope for each kind of record, and nothing wider.
    assert "transition" not in kept["client_id"]
    assert "repo:app.bsky.feed.like" in kept["client_id"]
    assert "writing allowed" in run("account", "list", places=places).stdout
    run("sync", places=places)
    post = world.posts["ada 3"]["uri"]
    for command in ("like", "unlike"):
        answer = run(command, post, "--json", places=places)
        assert answer.returncode == 0, answer.stderr
        assert json.loads(answer.stdout)["state"] == "done"
