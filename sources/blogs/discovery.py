"""Finds the feeds of a page: links in its head, Link headers, rules for known sites, and usual paths.

https://www.rssboard.org/rss-autodiscovery, https://opml.org/blogroll.opml (rel="blogroll").
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

import msgspec

from ...codec.opml import is_opml, read_opml
from ...models.errors import RecordError
from ...models.subscription import FoundFeed, FoundFeeds
from ...models.text import clean_handle, clean_line
from ..addresses import may_be_public
from ..entities import joined_address, web_address
from ..links import links_in
from ..start_tags import start_tags
from .fetching import RequestFailed, Response
from .handles import host_of, origin_of
from .parse import looks_like_feed, parse_feed
from .parsed import NotAFeed, ParsedFeed
from .presets import paths_to_try, preset_for

_READ = 2_000_000
"""How many bytes of a page are read for its links."""
_MOST_FEEDS = 20
_MOST_LINKS = 40
_BLOGROLLS_READ = 2
_RECOMMENDATIONS = "/.well-known/recommendations.opml"
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_JSON = "application/json"

Ask = Callable[[str], Awaitable[Response]]


class PageLinks(msgspec.Struct, frozen=True):
    """The links of a page: its feeds as (address, title), its blogrolls, and the profiles of its author."""

    title: str = ""
    feeds: tuple[tuple[str, str], ...] = ()
    blogrolls: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    generator: str = ""


def read_page(response: Response) -> PageLinks:
    """The links of a page's head and Link headers, and rel="me" anywhere in it."""
    base = response.address
    feeds: dict[str, str] = {}
    blogrolls: dict[str, None] = {}
    profiles: dict[str, None] = {}
    generator = ""
    title = ""
    for tag, values in start_tags(response.body[:_READ].decode("utf-8", "replace")):
        if tag == "title":
            title = title or clean_line(values[""])
        elif tag == "base" and "href" in values and base == response.address:
            base = _joined(base, values["href"]) or base
        elif tag == "meta" and values.get("name", "").casefold() == "generator":
            generator = generator or clean_line(values.get("content", ""))[:80]
        elif tag in ("link", "a") and "rel" in values and "href" in values:
            address = _joined(base, values["href"])
            rel = values["rel"].casefold().split()
            if "me" in rel and address and len(profiles) < _MOST_LINKS:
                profiles[address] = None
            elif "blogroll" in rel and address:
                blogrolls[address] = None
            elif tag == "link" and "alternate" in rel and _is_feed_type(values.get("type", ""), values["href"]):
                feeds.setdefault(address, clean_line(values.get("title", "")))
    headers = links_in(response.headers.get("link", ""))
    for relation, found in (("blogroll", blogrolls), ("me", profiles)):
        if address := _joined(response.address, headers.get(relation, "")):
            found[address] = None
    if not feeds and (address := _joined(response.address, headers.get("alternate", ""))):
        feeds[address] = ""
    feeds.pop("", None)
    ordered = sorted(feeds.items(), key=lambda each: _is_of_comments(*each))
    return PageLinks(title, tuple(ordered[:_MOST_FEEDS]), tuple(blogrolls), tuple(profiles), generator)


def _is_feed_type(kind: str, href: str) -> bool:
    kind = kind.partition(";")[0].strip().casefold()
    # WordPress names its API with the same relation as application/json.
    return kind in _FEED_TYPES or (kind == _JSON and "wp-json" not in href and "feed" in href)


def _is_of_comments(address: str, title: str) -> bool:
    return "comment" in address.casefold() or "comment" in title.casefold()


def _joined(base: str, address: str) -> str:
    return web_address(joined_address(base, address))


def as_address(typed: str) -> str:
    """The address that the user means: a missing scheme is https, or http on their own machine. "" for no address."""
    text = typed.strip()
    for start in ("feed:https:", "feed:http:"):
        if text.startswith(start):
            text = text.removeprefix("feed:")
    if text.startswith("feed://"):
        text = f"https://{text.removeprefix('feed://')}"
    if "://" not in text:
        text = clean_handle(text)
        host = host_of(f"//{text}")
        scheme = "https" if may_be_public(host) else "http"
        text = f"{scheme}://{text}" if "." in host or host == "localhost" else ""
    address = web_address(text)
    return "" if "@" in urlsplit(address).netloc else address


async def find_feeds(typed: str, ask: Ask) -> FoundFeeds:
    """The feeds at an address that the user typed. `ask` makes the requests. Raises RequestFailed."""
    address = as_address(typed)
    if not address and "@" in urlsplit(web_address(typed)).netloc:
        raise RequestFailed("Addresses with a user name or a password are not read: leave out the part before the @.")
    if not address:
        raise RequestFailed(f"{clean_line(typed)[:80]!r} is not the address of a blog, such as https://blog.example.")
    trusted = origin_of(address)
    if preset := preset_for(address):
        with suppress(RequestFailed, NotAFeed):
            return await _of_feed(await ask(preset), trusted, ask, page=address)
    response = await ask(address)
    if is_opml(response.body):
        return _of_list(response)
    if looks_like_feed(response.body):
        return await _of_feed(response, trusted, ask)
    return await _of_page(response, trusted, ask)


async def _of_feed(response: Response, trusted: str, ask: Ask, page: str = "") -> FoundFeeds:
    feed = _parsed(response)
    found = FoundFeed(response.address, feed.title, feed.page or page, "", _trusted(response.address, trusted))
    return FoundFeeds((found,), await recommended(feed.blogrolls, ask))


async def _of_page(response: Response, trusted: str, ask: Ask) -> FoundFeeds:
    links = read_page(response)
    found = [
        FoundFeed(address, title or links.title, response.address, "", _trusted(address, trusted))
        for address, title in links.feeds
    ]
    blogrolls = links.blogrolls
    for number, each in enumerate(found):
        # A link may be dead, so the first feed that responds is the best one.
        with suppress(RequestFailed, NotAFeed):
            feed = _parsed(await ask(each.address))
            best = FoundFeed(each.address, feed.title or each.title, each.page, "", each.trusted)
            others = [*found[:number], *found[number + 1 :]]
            return FoundFeeds((best, *others), await recommended((*blogrolls, *feed.blogrolls), ask, response.address))
    for path in paths_to_try(urlsplit(response.address).path, links.generator):
        address = urljoin(response.address, path)
        with suppress(RequestFailed, NotAFeed):
            answer = await ask(address)
            feed = _parsed(answer)
            best = FoundFeed(
                answer.address, feed.title or links.title, response.address, "", _trusted(answer.address, trusted)
            )
            return FoundFeeds((best,), await recommended((*blogrolls, *feed.blogrolls), ask, response.address))
    return FoundFeeds((), await recommended(blogrolls, ask, response.address))


def _parsed(response: Response) -> ParsedFeed:
    return parse_feed(response.body, response.address, response.headers.get("content-type", ""))


def _of_list(response: Response) -> FoundFeeds:
    try:
        return FoundFeeds((), tuple(read_opml(response.body)), is_list=True)
    except RecordError as error:
        raise RequestFailed(str(error)) from None


async def recommended(blogrolls: tuple[str, ...], ask: Ask, page: str = "") -> tuple[FoundFeed, ...]:
    """The feeds of a site's blogrolls, or else of the one at the well-known address."""
    addresses = list(dict.fromkeys(blogrolls))[:_BLOGROLLS_READ]
    if not addresses and page:
        addresses = [urljoin(page, _RECOMMENDATIONS)]
    found: dict[str, FoundFeed] = {}
    for address in addresses:
        with suppress(RequestFailed, RecordError):
            response = await ask(address)
            if is_opml(response.body):
                found |= {each.address: each for each in read_opml(response.body)}
    return tuple(found.values())


def _trusted(address: str, trusted: str) -> str:
    """The typed origin, for an address on it. No other address may be on the user's own machine."""
    return trusted if origin_of(address) == trusted else ""


def profiles_in(links: PageLinks, feed_address: str, *, same_site: bool) -> tuple[str, ...]:
    """The profiles of a site's author, from its page.

    A feed may claim any page as its own, so the page counts only on the same host, or if it names the feed.
    """
    if not same_site and feed_address not in {address for address, _ in links.feeds}:
        return ()
    return links.profiles
