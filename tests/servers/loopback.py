"""Helpers of all loopback servers: reading the body of a request, and running until a test ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


def read_body(handler: BaseHTTPRequestHandler) -> bytes | None:
    """The body of a request; None if the client was killed while sending: then, like a real server, do nothing."""
    length = int(handler.headers.get("Content-Length") or 0)
    body = handler.rfile.read(length)
    if len(body) < length:
        handler.close_connection = True
        return None
    return body


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[None]:
    """Run a server in a thread; stopped and closed at the end."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def run_until_interrupted(server: ThreadingHTTPServer) -> None:
    """Run a server by hand, until Ctrl+C."""
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
