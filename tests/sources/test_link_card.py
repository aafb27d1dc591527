"""The preview of a link on Bluesky: from its page, through the address policy, into the record."""

from collections.abc import Callable
from io import BytesIO
from time import process_time
from typing import Any

import httpx
import pytest
from PIL import Image

from quietfeed.sources import fetch
from quietfeed.sources.addresses import PublicTransport
from quietfeed.sources.bluesky.card import preview_of
from quietfeed.sources.bluesky.compose_rules import COMPOSE_RULES
from quietfeed.sources.start_tags import start_tags

PAGE = b"""<html><head><title>Plain</title>
<meta property="og:title" content="Tomatoes &amp; basil\x1b[31m">
<meta name="description" content="How to grow them">
<meta property="og:image" content="/a.png"></head></html>"""
PUBLIC = "93.184.215.14"


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 4)).save(file, "PNG")
    return file.getvalue()


async def test_a_page_for_a_link_preview_stops_nothing() -> None:
    """Half a megabyte took 12 seconds with html.parser, and nested tags took as long with a tree parser."""
    for piece in ("<", "<title>", "<div>", "<a ", "<a a='", '<a a="', "<!--", "<!-", "<meta name=a ", "<script", "&"):
        page = "<title>" + piece * (500_000 // len(piece))
        before = process_time()
        assert sum(1 for _ in start_tags(page)) <= 50_000
        assert process_time() - before < 2, piece


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<META Name='A' content=\"x > y\">", [("meta", {"name": "A", "content": "x > y"})]),
        ("<a href=/x rel=me>", [("a", {"href": "/x", "rel": "me"})]),
        ("<a href='1' href='2'/>", [("a", {"href": "1"})]),
        ("<title>Tea &amp; milk</title>", [("title", {"": "Tea & milk"})]),
        ("<!-- <a href=1> --><a href=2>", [("a", {"href": "2"})]),
        ("<script>'<a href=1>'</script><b>", [("b", {})]),
        ("a < b <c", []),
    ],
)
def test_the_start_tags_of_a_page(html: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    assert [each for each in start_tags(html) if each[0] != "script"] == expected


class Web(httpx.AsyncBaseTransport):
    """Pages by path, for every host; records the requests."""

    def __init__(self, pages: dict[str, tuple[int, str, bytes]]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.url.host, request.url.path))
        status, kind, body = self.pages.get(request.url.path, (404, "text/html", b""))
        headers = {"location": kind} if status == 302 else {"content-type": kind}
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Web]:
    """Serves pages through the address policy; `inside` are the hosts that resolve to the user's own network."""

    def serve(pages: dict[str, tuple[int, str, bytes]], inside: tuple[str, ...] = ()) -> Web:
        inner = Web(pages)

        async def resolver(host: str, port: int) -> list[str]:
            return ["192.168.1.1"] if host in inside else [PUBLIC]

        def transport(url: str) -> PublicTransport:
            return PublicTransport(url, inner=inner, resolver=resolver)

        defaults = fetch.fetch_public.__kwdefaults__
        assert defaults is not None
        monkeypatch.setitem(defaults, "transport", transport)
        return inner

    return serve


async def test_the_preview_has_what_the_page_declares(web: Callable[..., Web]) -> None:
    asked = web({"/": (200, "text/html; charset=utf-8", PAGE), "/a.png": (200, "image/png", picture())})
    found = await preview_of("https://garden.example/", COMPOSE_RULES)
    assert found is not None
    assert (found.title, found.description) == ("Tomatoes & basil[31m", "How to grow them")
    assert found.picture is not None
    assert (found.picture.mime, found.picture.width, found.picture.height) == ("image/png", 8, 4)
    assert asked.asked == [(PUBLIC, "/"), (PUBLIC, "/a.png")]


@pytest.mark.parametrize(
    "pages",
    [
        {},
        {"/": (200, "application/pdf", b"%PDF")},
        {"/": (200, "text/html", b"<p>no title</p>")},
        {"/": (200, "text/html", b"x" * 1_000_001)},
        {"/": (302, "https://router.lan.example/", b"")},
    ],
)
async def test_a_page_without_a_usable_title_has_no_preview(pages: Any, web: Callable[..., Web]) -> None:
    asked = web(pages, inside=("router.lan.example",))
    assert await preview_of("https://garden.example/", COMPOSE_RULES) is None
    assert len(asked.asked) == 1


async def test_a_page_on_a_private_network_is_not_requested(web: Callable[..., Web]) -> None:
    asked = web({"/": (200, "text/html", PAGE)}, inside=("router.example",))
    for url in ("https://router.example/", "https://127.0.0.1/", "https://nas.local/"):
        assert await preview_of(url, COMPOSE_RULES) is None
    assert asked.asked == []


async def test_without_a_picture_the_preview_stays(web: Callable[..., Web]) -> None:
    web({"/": (200, "text/html", PAGE), "/a.png": (200, "text/html", b"not found")})
    found = await preview_of("https://garden.example/", COMPOSE_RULES)
    assert found is not None
    assert (found.title, found.picture) == ("Tomatoes & basil[31m", None)
