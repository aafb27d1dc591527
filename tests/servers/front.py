"""A reverse proxy before a real server, which forwards everything and can be set to fail.

It adds the client's address (X-Forwarded-For), because servers limit requests by it. In responses it replaces the
server's address with its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from loopback import read_body, running

_PASSED_ON = ("authorization", "content-type", "atproto-proxy", "user-agent", "accept", "dpop")
_HANDED_BACK = ("content-type", "retry-after", "www-authenticate", "dpop-nonce")


class Front(ThreadingHTTPServer):
    """The proxy: `asker` is the client's address that it sends; `statuses` are the statuses of the responses."""

    daemon_threads = True

    def __init__(self, behind: str, asker: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind, self.asker = behind, asker
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.statuses: list[int] = []
        self.client = httpx.Client(timeout=60)
        self.troubles: dict[str, str] = {}
        """"gone": from the first request whose path contains this, none is answered. "limited": the same with 429."""
        self.spared = 0
        """The number of those requests that are still answered."""

    def fails(self, path: str, part: str) -> bool:
        """Whether requests now fail."""
        if part and part in path:
            self.spared -= 1
        return bool(part) and self.spared < 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the second part of a response would wait 40 ms
    server: Front

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        front = self.server
        body = read_body(self)
        if body is None:
            return
        if front.fails(self.path, front.troubles.get("gone", "")):
            self.close_connection = True
            return
        if front.fails(self.path, front.troubles.get("limited", "")):
            self._send(429, b'{"error": "Throttled"}', {"content-type": "application/json"})
            return
        headers = {name: self.headers[name] for name in _PASSED_ON if self.headers.get(name)}
        headers["X-Forwarded-For"] = front.asker
        answer = front.client.request(self.command, front.behind + self.path, headers=headers, content=body)
        front.statuses.append(answer.status_code)
        handed = {
            name: value.replace(front.behind, front.url)
            for name, value in answer.headers.items()
            if name in (*_HANDED_BACK, "link") or "ratelimit-" in name
        }
        self._send(answer.status_code, answer.content.replace(front.behind.encode(), front.url.encode()), handed)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def in_front_of(behind: str, asker: str = "203.0.113.7") -> Iterator[Front]:
    """A running front; stopped at the end."""
    front = Front(behind, asker)
    with running(front), front.client:
        yield front
