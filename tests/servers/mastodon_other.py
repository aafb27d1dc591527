"""Starts, fills and stops an independent server of Mastodon's API: PyPI's `mastodon_mock`.

It is no production server (no federation, everything in memory), but an independent implementation of Mastodon's
documentation, written for another client (Mastodon.py). `mastodon_mock` must not be in quietfeed's own environment:

    python3 -m venv FOLDER && FOLDER/bin/pip install mastodon_mock
    QUIETFEED_TEST_MASTODON_MOCK=FOLDER/bin/mastodon_mock pytest -m servers -n 0 -rs tests/real/test_mastodon.py
"""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

VARIABLE = "QUIETFEED_TEST_MASTODON_MOCK"
TOKEN, TOKEN_2 = "ada_token", "grace_token"
_POSTS = 90
_READY = 30.0


@contextmanager
def running(program: str) -> Iterator[tuple[str, str]]:
    """The address and a token of a new server whose user has a long home timeline, a list and a hashtag."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "serve", "--in-memory", "--demo", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url)
        _fill(url)
        yield url, TOKEN
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + _READY
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(f"{url}/api/v1/instance", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("mastodon_mock did not start")


def _fill(url: str) -> None:
    """Ada follows Grace, who writes many posts, has a list with her, and follows a hashtag."""

    def ask(who: str, method: str, path: str, **data: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {who}_token"}
        answer = httpx.request(method, f"{url}/api/v1/{path}", headers=headers, data=data, timeout=30)
        found: dict[str, str] = answer.raise_for_status().json()
        return found

    for number in range(_POSTS):
        ask("grace", "POST", "statuses", status=f"Part {number} of a long story about compilers 🦊 https://example.org")
    grace = ask("grace", "GET", "accounts/verify_credentials")["id"]
    made = ask("ada", "POST", "lists", title="Compiler people")["id"]
    ask("ada", "POST", f"lists/{made}/accounts", **{"account_ids[]": grace})
    ask("ada", "POST", "tags/computing/follow")
