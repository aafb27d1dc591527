"""The loopback servers ignore a request that a killed client sent in part, as real servers do."""

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest


def send_cut_off(url: str, path: str) -> bytes:
    """Send the head of a request and part of its body; returns the response."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=60) as client:
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ngrant_type=ref".encode())
        client.shutdown(socket.SHUT_WR)
        return client.recv(1)


@pytest.mark.parametrize("name", ["mastodon", "bluesky", "bluesky_signin", "x_server"])
def test_a_request_that_ends_before_its_body_is_ignored(name: str, request: pytest.FixtureRequest) -> None:
    serve: Callable[..., Any] = request.getfixturevalue(name)
    server = serve()
    assert send_cut_off(server.url, "/2/oauth2/token") == b""
    assert not server.requests


def test_a_front_passes_on_no_request_that_ends_before_its_body(
    mastodon: Callable[..., Any], in_front_of: Callable[..., Any]
) -> None:
    server = mastodon()
    with in_front_of(server.url) as before:
        assert send_cut_off(before.url, "/api/v1/statuses") == b""
    assert not server.requests
