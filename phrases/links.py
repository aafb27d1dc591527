"""Texts about links: where they lead, and which tricks they use."""

from ..models.link import Link, Trick
from ..models.text import clean_line

_MAX_LENGTH = 60


def host_words(link: Link) -> str:
    """The host, followed by its ASCII form if that differs."""
    host = _short(link.host)
    if link.host == link.ascii_host:
        return host
    return f"{host} ({_short(link.ascii_host)})"


def link_words(link: Link) -> str:
    """A link in a list: a warning if it could mislead, its host, and the whole address."""
    closely = ""
    if link.tricks:
        closely = "look closely: "
    return f"{closely}{host_words(link) or '(no host)'} · {clean_line(link.url)}"


def trick_sentences(link: Link) -> list[str]:
    """One sentence for each trick of a link; empty for an ordinary one."""
    return [_sentence(trick, link) for trick in link.tricks]


def refused_words(link: Link) -> str:
    """Why an address is not opened."""
    if "scheme" in link.tricks:
        return f"only http, https and mailto addresses are opened, not {_short(link.url)}"
    return f"{_short(link.url)} has no host, so it is not opened"


def pictures_sentence(host: str, key: str) -> str:
    """That the server of a picture sees the user's address, and how to turn pictures off."""
    return (
        f"Pictures are fetched from other servers, which see your IP address: this one from {host}."
        f" {key} turns them off until you quit, `pictures = false` in config.toml for good."
    )


def _sentence(trick: Trick, link: Link) -> str:
    host = host_words(link)
    sentences: dict[Trick, str] = {
        "userinfo": f'It leads to {host}: "{_short(link.userinfo)}" before the @ is only a user name.',
        "lookalike": f"{host} has letters that look like others: it may imitate a host that you know.",
        "other_host": f"The text of the link names {_short(link.named_host)}, but it leads to {host}.",
        "number": f"{host} is an IP address instead of a name.",
        "scheme": "Only http, https and mailto addresses are opened.",
        "no_host": "The address has no host.",
    }
    return sentences[trick]


def _short(text: str) -> str:
    text = clean_line(text)
    if len(text) <= _MAX_LENGTH:
        return text
    return f"{text[:_MAX_LENGTH]}…"
