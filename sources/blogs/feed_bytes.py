"""Prepares the XML of feeds: encodings that feedparser guesses wrong, document types, and what is well-formed."""

import re

_PROLOG = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:rss|feed|rdf|channel|opml)[\s>/]", re.IGNORECASE)
"""The beginning of a feed; "opml" is no feed."""


def is_well_formed(body: bytes) -> bool:
    """Whether a body is XML without errors."""
    from xml.parsers.expat import ExpatError, ParserCreate

    try:
        ParserCreate().Parse(body, True)
    except ExpatError:
        return False
    return True


def is_wide(body: bytes) -> bool:
    """Whether a body is UTF-16 or UTF-32, in which patterns of bytes match nothing."""
    return b"\0" in body[:4] or body[:2] in (b"\xff\xfe", b"\xfe\xff")


def as_utf8(body: bytes) -> bytes:
    """A body that is UTF-16 or UTF-32 as UTF-8. Characters that cannot be decoded are replaced."""
    if body.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0\0\0<", b"<\0\0\0")):
        encoding = "utf-32"
    elif body.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    text = body.decode(encoding, "replace")
    return re.sub(r"""encoding=["'][\w-]+["']""", 'encoding="utf-8"', text[:200]).encode() + text[200:].encode()


def without_doctype(body: bytes) -> bytes:
    """Remove a document type. No feed needs one, and its entities can expand without limit."""
    at = 3 if body.startswith(b"\xef\xbb\xbf") else 0
    while found := _PROLOG.match(body, at):
        at = found.end()
    rest = body[at:].lstrip()
    if rest[:9].lower() != b"<!doctype":
        return body
    root = ROOT.search(rest)
    return body[:at] + (rest[root.start() :] if root else b"")
