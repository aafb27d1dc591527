"""Finds the start tags of an HTML page, in time linear in its length.

It does not build a tree, because tree parsers, and html.parser, take quadratic time for deeply nested tags and for many
"<".
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape

_TAG = re.compile(r"<([a-z][a-z0-9-]{0,30})(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s=<>"'/]{1,100})(?:\s{0,9}=\s{0,9}("[^"]*"|'[^']*'|[^\s>]*))?""")
_MOST_ATTRIBUTES = 100
_MOST_TAGS = 50_000
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea")}
"""The ends of elements whose contents are text."""
_LONGEST_TITLE = 1_000


def start_tags(html: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The start tags of a page in their order, as (name, attributes), both in lower case. Comments are left out.

    A title has its text as the attribute "". Damaged tags are left out, and so is everything after very many tags.
    """
    at = 0
    for _ in range(_MOST_TAGS):
        found = _TAG.search(html, at)
        if found is None:
            return
        comment = html.find("<!--", at, found.start())
        if comment >= 0:
            at = _after(html, "-->", comment + 4)
            continue
        name = found.group(1).casefold()
        at, attributes = _attributes(html, found.end())
        if name == "title":
            end = html.find("</", at, at + _LONGEST_TITLE)
            attributes[""] = unescape(html[at : end if end >= 0 else at + _LONGEST_TITLE])
        elif name in _RAW:
            end_tag = _RAW[name].search(html, at)
            at = end_tag.end() if end_tag else len(html)
        yield name, attributes


def _attributes(html: str, at: int) -> tuple[int, dict[str, str]]:
    """The attributes from a place on, and where the tag ends. The first of two with the same name counts."""
    values: dict[str, str] = {}
    for _ in range(_MOST_ATTRIBUTES):
        found = _ATTRIBUTE.match(html, at)
        if found is None:
            break
        at = found.end()
        value = found.group(2) or ""
        if value[:1] in ('"', "'") and value[-1:] == value[:1]:
            value = value[1:-1]
        values.setdefault(found.group(1).casefold(), unescape(value))
    return _after(html, ">", at), values


def _after(html: str, end: str, at: int) -> int:
    """The place after the next `end`; the end of the page if there is none."""
    found = html.find(end, at)
    return len(html) if found < 0 else found + len(end)
