"""Fetching pictures: which are requested, which are not, and that requests contain no private data."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from quietfeed.models.errors import SourceError
from quietfeed.sources.demo.pictures import draw
from quietfeed.sources.pictures import MAX_BYTES, fetch_picture
from quietfeed.store.pictures import PictureCache

PICTURE = draw("demo:scene/test")


class _Pictures(BaseHTTPRequestHandler):
    asked: list[dict[str, str]]

    def do_GET(self) -> None:
        self.asked.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/picture")
            self.send_header("Set-Cookie", "watched=1")
            self.end_headers()
            return
        if self.path in ("/round", "/away"):
            self.send_response(301)
            self.send_header("Location", "/round" if self.path == "/round" else "http://127.0.0.2:1/picture")
            self.end_headers()
            return
        if self.path == "/gone":
            self.send_response(404)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml" if self.path == "/svg" else "image/png; charset=binary")
        self.end_headers()
        self.wfile.write(b"\0" * (MAX_BYTES + 1) if self.path == "/huge" else PICTURE)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextmanager
def serving() -> Iterator[tuple[str, list[dict[str, str]]]]:
    handler = type("Handler", (_Pictures,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


async def test_a_picture_comes_whole_and_nothing_is_given_away() -> None:
    with serving() as (server, asked):
        assert await fetch_picture(f"{server}/moved", server) == PICTURE
    assert [each["path"] for each in asked] == ["/moved", "/picture"]
    for each in asked:
        assert not {"authorization", "cookie", "referer"} & each.keys()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/svg", "cannot be shown as a picture"),
        ("/huge", "larger than 8 MB"),
        ("/gone", "returned 404"),
        ("/round", "redirects too often"),
        ("/away", "not a public server"),
    ],
)
async def test_an_invalid_picture_is_reported_in_one_sentence(path: str, words: str) -> None:
    with serving() as (server, _):
        with pytest.raises(SourceError) as raised:
            await fetch_picture(f"{server}{path}", server)
        assert words in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://192.168.1.1/a.png",
        "https://169.254.169.254/latest",
        "https://router.local/a.png",
        "https://localhost/a.png",
        "https://intranet/a.png",
        "https://me:secret@files.example/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "",
        "https://[broken/a.png",
    ],
)
async def test_pictures_are_never_requested_from_private_addresses(address: str) -> None:
    with pytest.raises(SourceError):
        await fetch_picture(address, "https://example.social")


async def test_loopback_is_only_asked_where_it_is_the_users_own_server() -> None:
    with serving() as (server, asked):
        with pytest.raises(SourceError):
            await fetch_picture(f"{server}/picture", "https://example.social")
        assert asked == []


def test_the_cache_keeps_within_its_bound_and_forgets_the_longest_unused(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "pictures", max_bytes=250)
    for number in range(3):
        cache.save(f"https://files.example/{number}", bytes([number]) * 100)
    kept = [number for number in range(3) if cache.get(f"https://files.example/{number}") is not None]
    assert kept == [1, 2]
    assert cache.get("https://files.example/2") == b"\2" * 100
    assert len(list((tmp_path / "pictures").iterdir())) == 2


def test_a_cache_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")
    cache = PictureCache(tmp_path / "pictures")
    cache.save("https://files.example/1", b"1")
    assert cache.get("https://files.example/1") is None
