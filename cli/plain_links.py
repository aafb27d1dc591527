"""Links in --plain: listed with their hosts and opened by number; misleading ones need a confirmation."""

from ..models.link import Link, link_at, without_tracking
from ..models.post import PLAYED, Post, links_of
from ..phrases.changes import as_sentence
from ..phrases.links import host_words, link_words, refused_words, trick_sentences
from ..session.browser import SYSTEM_BROWSER, Browser, play
from .plain_reader import Reader


def open_or_list(reader: Reader, rest: str, *, opens: bool, browser: Browser = SYSTEM_BROWSER) -> None:
    """Open the link of the current post; if it has several, list them with their numbers.

    `rest` is the text after the key: "", a number, or a number and "yes". `opens`: the browser can open pages.
    """
    judged = reader.here()
    if judged is None:
        return
    links = [link_at(judged.post, url) for url in links_of(judged.post)]
    number, _, agreed = rest.partition(" ")
    if not links:
        reader.print_lines("This post contains no link.")
    elif number.isdecimal() and 0 < int(number) <= len(links):
        link = links[int(number) - 1]
        sure = agreed.strip() == "yes" or not link.tricks
        _open(reader, link, int(number), browser, opens=opens, agreed=sure)
    elif len(links) == 1 and not rest:
        # The address of the post itself is on the server that it was read from.
        seen = links[0].url == judged.post.url or links[0].shows_host
        _open(reader, links[0], 1, browser, opens=opens, agreed=seen and not links[0].tricks)
    else:
        reader.print_lines(f"{len(links)} links; o1 and Enter opens the first.")
        reader.print_lines(*(f"Link {number}: {link_words(link)}" for number, link in enumerate(links, 1)))


def open_medium(reader: Reader, post: Post, rest: str, *, opens: bool, browser: Browser = SYSTEM_BROWSER) -> None:
    """Open a picture, video or sound; if the post has several, list them. `rest` is a number or ""."""
    media = [each for each in post.media or () if each.url]
    viewer = reader.session.config.viewer
    if not media:
        reader.print_lines("This post has no picture, video or sound.")
    elif (rest.isdecimal() and 0 < int(rest) <= len(media)) or (len(media) == 1 and not rest):
        medium = media[int(rest or 1) - 1]
        link = Link(medium.url)
        if medium.kind not in PLAYED or not viewer or link.scheme not in ("http", "https"):
            _open(reader, link, 1, browser, opens=opens, agreed=True)
        elif play(viewer, medium.url):
            reader.print_lines(f"Playing from {host_words(link)}: {medium.url}")
        else:
            reader.print_lines(f"{viewer!r} cannot be started: see `viewer` in config.toml.")
    else:
        reader.print_lines(f"{len(media)} pictures, videos or sounds; media 1 and Enter opens the first.")
        kinds = ((number, each.kind, each.alt or "without a description") for number, each in enumerate(media, 1))
        reader.print_lines(*(f"{number}: {kind}, {alt}" for number, kind, alt in kinds))


def _open(reader: Reader, link: Link, number: int, browser: Browser, *, opens: bool, agreed: bool) -> None:
    url = link.url
    if reader.session.config.strip_tracking:
        url = without_tracking(url)
    if not link.opens:
        reader.print_lines(as_sentence(refused_words(link)))
    elif not agreed:
        reader.print_lines(*trick_sentences(link), f"The address is {url}")
        if opens:
            reader.print_lines(f"o{number} yes and Enter opens {host_words(link)}.")
    elif opens and browser.open(url):
        reader.print_lines(f"Opened {host_words(link)}: {url}")
    else:
        reader.print_lines(f"The address is {url}")
