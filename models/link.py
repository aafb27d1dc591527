"""The target of an address, and the ways in which it could mislead a reader."""

import re
import unicodedata
from functools import cached_property
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from .lookalikes import LOOKALIKES
from .post import Post
from .text import thin_marks

Trick = Literal["userinfo", "lookalike", "other_host", "number", "no_host", "scheme"]
"""`userinfo`: a name stands before the host. `lookalike`: the host has letters that look like others. `other_host`: the
text of the link names another host. `number`: the host is an IP address. `no_host`: there is no host.
`scheme`: the scheme is not http, https or mailto."""

_SCHEMES = ("http", "https", "mailto")
# Browsers skip these characters inside an address and read a backslash as a slash.
_SKIPPED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_HOST_IN_TEXT = re.compile(
    r"(?<![\w.@/-])(?:[a-z][a-z0-9+.-]*://)?(?:[^\s/@]{1,80}@)?((?:[^\W_][\w-]{0,62}\.){1,8}[^\W\d_]{2,24})(?![\w@])",
    re.I,
)
_FILE_ENDINGS = frozenset(
    ("css", "csv", "gz", "html", "js", "json", "jpg", "md", "pdf", "png", "py", "rb", "sh", "svg", "toml", "ts", "txt")
)
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|mc_eid|mc_cid|igshid|igsh|_hsenc|_hsmi"
    r"|mkt_tok|oly_anon_id|oly_enc_id|vero_id|wickedid|s_cid|ref_src|ref_url|__twitter_impression)",
    re.I,
)
_SCRIPTS_TOGETHER = frozenset(("CJK", "HIRAGANA", "KATAKANA", "LATIN", "IDEOGRAPHIC"))
_BARE = "\u0131\u0138\u0140"
"""Latin letters that are easily mistaken for i, k and l."""
_MAX_TEXT = 2_000
_LONGEST_HOST = 1_000
"""Characters. A name has at most 253 (RFC 1035)."""


class Link(msgspec.Struct, frozen=True, dict=True):
    """An address and its link text ("" if it has none). `dict=True` allows cached properties."""

    url: str
    text: str = ""

    @cached_property
    def _parts(self) -> SplitResult | None:
        url = _SKIPPED.sub("", self.url)
        if _has_pile(url):
            return None
        scheme, colon, rest = url.partition(":")
        if scheme.lower() in ("http", "https"):
            path, sign, query = rest.replace("\\", "/", 6).partition("?")
            url = f"{scheme}{colon}//{path.lstrip('/')}{sign}{query}"
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            return None
        return parts

    @property
    def scheme(self) -> str:
        """The scheme in lower case; "" if the address cannot be parsed."""
        if self._parts:
            return self._parts.scheme.lower()
        return ""

    @cached_property
    def host(self) -> str:
        """The host in Unicode, or the domain of a mail address; "" if there is none."""
        if self._parts is None:
            return ""
        if self.scheme == "mailto":
            return unquote(self._parts.path).rpartition("@")[2].lower()
        host = unquote(self._parts.hostname or "")
        if len(host) > _LONGEST_HOST or _has_pile(host):
            return ""
        host = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".")
        return ".".join(_decoded(label) for label in host.lower().split("."))

    @property
    def ascii_host(self) -> str:
        """The host in ASCII: labels with other letters are encoded as Punycode (`xn--...`)."""
        return ".".join(_encoded(label) for label in self.host.split("."))

    @property
    def userinfo(self) -> str:
        """The part before the host and an @; it does not affect where the address leads."""
        if self._parts is None or self.scheme == "mailto":
            return ""
        return unquote(self._parts.netloc.rpartition("@")[0])

    @cached_property
    def named_host(self) -> str:
        """A host in the link text that differs from the real one; "" if there is none."""
        # Some dots and letters only look like those of a host.
        text = unicodedata.normalize("NFKC", thin_marks(self.text[:_MAX_TEXT]))
        for found in _HOST_IN_TEXT.finditer(text):
            host = found[1].lower()
            written = "://" in found[0] or host.startswith("www.")
            if not written and host.rpartition(".")[2] in _FILE_ENDINGS:
                continue
            if not _same_owner(host, self.host) and not _same_owner(host, self.ascii_host):
                return host
        return ""

    @cached_property
    def tricks(self) -> tuple[Trick, ...]:
        """Everything that could mislead a reader, the worst first."""
        if self.scheme not in _SCHEMES:
            return ("scheme",)
        if not self.host:
            return ("no_host",)
        checks: tuple[tuple[Trick, bool], ...] = (
            ("userinfo", bool(self.userinfo)),
            ("lookalike", any(_misleads(label) for label in self.host.split("."))),
            ("other_host", bool(self.named_host)),
            ("number", _is_number(self.host)),
        )
        return tuple(trick for trick, found in checks if found)

    @property
    def opens(self) -> bool:
        """Whether a browser may open it."""
        return not {"scheme", "no_host"} & set(self.tricks)

    @property
    def shows_host(self) -> bool:
        """Whether the link text contains the host."""
        return bool(self.host) and self.host.removeprefix("www.") in self.text.lower()


def without_tracking(url: str) -> str:
    """An http(s) address without tracking parameters; other addresses are returned unchanged."""
    base, mark, rest = url.partition("?")
    query, sign, fragment = rest.partition("#")
    if not mark or "#" in base or not base.lower().startswith(("http://", "https://")):
        return url
    kept = [each for each in query.split("&") if not _TRACKING.fullmatch(each.partition("=")[0])]
    if len(kept) == query.count("&") + 1:
        return url
    sign_of_query = "?" if kept else ""
    return base + sign_of_query + "&".join(kept) + sign + fragment


def link_at(post: Post, url: str) -> Link:
    """A link of a post with its link text; the title of the card if the text has no such link."""
    for span in post.spans:
        if span.kind == "link" and span.target == url:
            return Link(url, post.text[span.start : span.end])
    if post.card and post.card.url == url:
        return Link(url, post.card.title)
    return Link(url)


def _has_pile(text: str) -> bool:
    """Whether a text has more combining marks in a row than any host. Normalising them takes quadratic time."""
    return thin_marks(text) != text


def _same_owner(named: str, host: str) -> bool:
    """Whether the host is the named one or one of its subdomains."""
    named, host = named.removeprefix("www."), host.removeprefix("www.")
    return host == named or host.endswith(f".{named}")


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _encoded(label: str) -> str:
    if label.isascii():
        return label
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _misleads(label: str) -> bool:
    """Whether a label looks like another: it mixes scripts, or all its letters look like Latin ones."""
    if label.isascii():
        return label.startswith("xn--")
    letters = [letter for letter in label if not letter.isascii() or letter.isalpha()]
    if any(not letter.isalnum() and unicodedata.category(letter) not in ("Mn", "Mc", "Pd") for letter in letters):
        return True
    scripts = {_script(letter) for letter in letters}
    if len(scripts) > 1 and not scripts <= _SCRIPTS_TOGETHER:
        return True
    if scripts == {"LATIN"}:
        # Readers know the accented letters of European languages.
        return any(not "\u00df" <= each <= "\u017e" or each in _BARE for each in letters if not each.isascii())
    return label.translate(LOOKALIKES).isascii()


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]


def _is_number(host: str) -> bool:
    """Whether a host is an IP address in any notation."""
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return bool(re.fullmatch(r"(?:0x[0-9a-f]*|\d+)", host.rpartition(".")[2]))
