"""A loopback server of blogs: pages, feeds in every format, and the faults of real servers.

The feeds are made up; their quirks are those of real ones. Feeds under /many/ all exist, for load.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any

from loopback import running

NEWEST = datetime(2026, 11, 23, 9, tzinfo=UTC)
Headers = dict[str, str]
XML = "application/rss+xml; charset=utf-8"


@dataclass
class Item:
    """One entry of a made-up blog."""

    number: int
    title: str = ""
    html: str = "<p>Rain on the <a href='/roof'>roof</a>, tea on the stove.</p>"
    at: datetime | None = None
    author: str = ""


def items(count: int, title: str = "Garden notes") -> list[Item]:
    """Entries, newest first, a day apart."""
    return [Item(n, f"{title} {n}", at=NEWEST - timedelta(days=count - n)) for n in range(count, 0, -1)]


def rss(entries: list[Item], base: str = "", *, title: str = "Ada's garden", page: str = "", more: str = "") -> str:
    """RSS 2.0 with what WordPress adds."""
    body = "".join(
        f"<item><title>{escape(each.title)}</title><link>{base}/{each.number}</link>"
        f'<guid isPermaLink="false">tag:{each.number}</guid>'
        + (f"<pubDate>{format_datetime(each.at)}</pubDate>" if each.at else "")
        + (f"<dc:creator>{escape(each.author)}</dc:creator>" if each.author else "")
        + f"<description>{escape(each.html[:40])}</description>"
        f"<content:encoded><![CDATA[{each.html}]]></content:encoded></item>"
        for each in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>{escape(title)}</title><link>{page or base + '/'}</link>"
        f"<description>Notes</description>{more}"
        f"{body}</channel></rss>"
    )


def atom(entries: list[Item], base: str = "") -> str:
    """Atom 1.0 with relative links and xml:base."""
    body = "".join(
        f'<entry><id>urn:{each.number}</id><title type="html">{escape(escape(each.title))}</title>'
        f'<link href="{each.number}"/><published>{(each.at or NEWEST).isoformat()}</published>'
        f"<updated>{((each.at or NEWEST) + timedelta(hours=2)).isoformat()}</updated>"
        f'<content type="html">{escape(each.html)}</content></entry>'
        for each in entries
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}/" xml:lang="de"><title>Bos Blog</title>'
        f'<link rel="self" href="{base}/atom.xml"/><link href="{base}/"/><author><name>Bo</name>'
        f"<uri>{base}/about</uri></author><id>urn:bo</id>{body}</feed>"
    )


def json_feed(entries: list[Item], base: str = "") -> dict[str, Any]:
    """JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Cy",
        "home_page_url": f"{base}/",
        "language": "en",
        "authors": [{"name": "Cy", "url": f"{base}/about"}],
        "items": [
            {
                "id": each.number,
                "url": f"{base}/{each.number}",
                "content_html": each.html,
                "date_published": (each.at or NEWEST).isoformat(),
                "tags": ["tea"],
                "attachments": [{"url": f"{base}/a.mp3", "mime_type": "audio/mpeg", "title": "a reading"}],
            }
            for each in entries
        ],
    }


def opml(addresses: list[str]) -> str:
    outlines = "".join(f'<outline text="Blog {n}" xmlUrl="{url}"/>' for n, url in enumerate(addresses))
    return f'<opml version="2.0"><body><outline text="Friends">{outlines}</outline></body></opml>'


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY file SYSTEM "file:///etc/passwd">]>'
    "<rss version='2.0'><channel><title>Bomb</title><item><guid>1</guid><title>T</title>"
    "<description>&c; &file; plain</description></item></channel></rss>"
)


@dataclass
class Blogs:
    """The server. `entries` are the posts of /rss.xml; `asked` are the requests as (path, headers)."""

    entries: list[Item]
    url: str = ""
    asked: list[tuple[str, Headers]] = field(default_factory=list)
    answers: dict[str, tuple[int, Headers, bytes]] = field(default_factory=dict)
    """Answers to other paths."""
    etag: bool = True

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def put(self, path: str, body: str | bytes, kind: str = XML, status: int = 200, **headers: str) -> str:
        """Serve a body at a path; its address."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": kind, **named}, data)
        return self.url + path

    def page(self, path: str, head: str, body: str = "") -> str:
        return self.put(path, f"<html><head><title>Ada</title>{head}</head><body>{body}", "text/html")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    blogs: Blogs

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        blogs = self.blogs
        blogs.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        if self.path in blogs.answers:
            self._send(*blogs.answers[self.path])
        elif self.path == "/rss.xml":
            self._conditional(rss(blogs.entries, blogs.url))
        elif self.path == "/atom.xml":
            self._conditional(atom(blogs.entries, blogs.url))
        elif self.path == "/feed.json":
            self._send(200, {"Content-Type": "application/feed+json"}, json.dumps(json_feed(blogs.entries)).encode())
        elif self.path.startswith("/many/"):
            number = int(self.path.rpartition("/")[2])
            self._conditional(rss(blogs.entries, f"{blogs.url}/site{number}", title=f"Blog {number}"))
        elif self.path.startswith("/moved/"):
            left = int(self.path.rpartition("/")[2])
            self._send(301, {"Location": f"/moved/{left - 1}" if left else "/rss.xml"}, b"")
        elif self.path == "/round":
            self._send(302, {"Location": "/round"}, b"")
        elif self.path == "/bomb.gz":
            self._send(200, {"Content-Type": XML, "Content-Encoding": "gzip"}, gzip.compress(b" " * 40_000_000))
        elif self.path == "/slow":
            self._slow()
        else:
            self._send(404, {"Content-Type": "text/html"}, b"<html>nothing")

    def _conditional(self, text: str) -> None:
        etag = f'"{hash(text)}"'
        if self.blogs.etag and self.headers.get("if-none-match") == etag:
            self._send(304, {"ETag": etag}, b"")
            return
        self._send(200, {"Content-Type": XML, **({"ETag": etag} if self.blogs.etag else {})}, text.encode())

    def _slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", XML)
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(200):
                self.wfile.write(b" ")
                sleep(0.05)
        except OSError:
            return

    def _send(self, status: int, headers: Headers, body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            try:
                self.wfile.write(body)
            except OSError:
                return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def serving(posts: int = 20) -> Iterator[Blogs]:
    """Serve on a free port of this machine."""
    blogs = Blogs(items(posts))
    handler = type("Handler", (_Handler,), {"blogs": blogs})
    server = _Server(("127.0.0.1", 0), handler)
    blogs.url = f"http://127.0.0.1:{server.server_port}"
    with running(server):
        yield blogs
