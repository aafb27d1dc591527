"""The user of the loopback servers: the account, its secret, and sources that are closed after the test.

A test file that opens sources here has `pytestmark = pytest.mark.usefixtures("closes_sources")`.
"""

from typing import Any

from quietfeed.models.account import Account
from quietfeed.models.post import Post
from quietfeed.models.source import Source
from quietfeed.sources import network
from quietfeed.sources.bluesky.source import Bluesky
from quietfeed.sources.mastodon.source import Mastodon
from quietfeed.store.archive import Archive

_opened: list[Source] = []


def account_on(name: str, server: Any) -> Account:
    """The user's account on a loopback server of a network."""
    if name == "mastodon":
        return Account("mastodon", server.url, f"june@{server.host}", "1")
    me = server.world.me
    return Account("bluesky", server.url, me["handle"], me["did"])


def secret_on(name: str, server: Any) -> dict[str, str]:
    """The secret that a sign-in there would result in."""
    if name == "mastodon":
        return {"token": "good"}
    return {"access": server.session()["accessJwt"]}


def mastodon_source(server: Any, archive: Archive | None = None, *, token: str = "good") -> Mastodon:
    """A source of the user's account; with an archive, the account is in it."""
    source = _open("mastodon", server, archive, {"token": token})
    assert isinstance(source, Mastodon)
    return source


def bluesky_source(server: Any, archive: Archive | None = None, *, token: str | None = None) -> Bluesky:
    """A source of the user's account; with an archive, the account is in it."""
    secret = secret_on("bluesky", server) if token is None else {"access": token}
    source = _open("bluesky", server, archive, secret)
    assert isinstance(source, Bluesky)
    return source


def _open(name: str, server: Any, archive: Archive | None, secret: dict[str, str]) -> Source:
    account = account_on(name, server)
    if archive is not None:
        account = archive.add_account(account)
    return closed_later(network(name).open_source(account, secret))


def closed_later(source: Source) -> Source:
    """Close a source after the test."""
    _opened.append(source)
    return source


async def close_sources() -> None:
    """Close the sources of a test."""
    while _opened:
        await _opened.pop().close()


async def whole_timeline(source: Source) -> list[list[Post]]:
    """All pages of a timeline."""
    pages, cursor = [], None
    for _ in range(20):
        page = await source.timeline(cursor)
        pages.append(list(page.posts))
        cursor = page.cursor
        if cursor is None:
            return pages
    raise AssertionError("the timeline has no end")
