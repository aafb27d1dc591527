"""OPML, the list of subscriptions that feed readers exchange: http://opml.org/spec2.opml."""

from collections.abc import Iterable
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import quoteattr

from ..models.errors import RecordError
from ..models.subscription import FoundFeed, Subscription
from ..models.text import clean_line

MAX_BYTES = 10_000_000
_MOST = 5_000
_DEEPEST = 30


class _Reader:
    """Collects the outlines of feeds. Document types are rejected, because their entities can expand without end."""

    def __init__(self) -> None:
        self.found: dict[str, FoundFeed] = {}
        self._folders: list[str] = []
        self._seen_root = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.lower()
        if not self._seen_root:
            self._seen_root = True
            if name != "opml":
                raise RecordError("This is not an OPML file: its first element is not opml.")
        if name != "outline":
            return
        if len(self._folders) > _DEEPEST or len(self.found) > _MOST:
            raise RecordError("This OPML file has too many entries, or is nested too deeply.")
        values = {key.lower(): clean_line(value) for key, value in attributes.items()}
        title = values.get("title") or values.get("text") or ""
        address = values.get("xmlurl", "")
        # An address with a password is never requested, so it is not stored and listed either.
        if address.startswith(("https://", "http://")) and "@" not in address.split("/")[2]:
            folder = next((each for each in reversed(self._folders) if each), "")
            self.found.setdefault(address, FoundFeed(address, title, values.get("htmlurl", ""), folder))
            self._folders.append("")
        else:
            self._folders.append(title)

    def end(self, name: str) -> None:
        if name.lower() == "outline":
            self._folders.pop()

    def reject(self, *_parts: Any) -> int:
        raise RecordError("This OPML file declares entities of its own; quietfeed does not read such files.")


def read_opml(data: bytes) -> list[FoundFeed]:
    """The feeds of an OPML file, each once, with the innermost folder of each. Raises RecordError."""
    if len(data) > MAX_BYTES:
        raise RecordError(f"This OPML file is larger than {MAX_BYTES // 1_000_000} MB.")
    reader = _Reader()
    parser = ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = reader.reject
    parser.ExternalEntityRefHandler = reader.reject
    try:
        parser.Parse(data.lstrip(), True)
    except (ExpatError, LookupError, ValueError) as error:
        raise RecordError(f"This OPML file cannot be read ({error}).") from None
    return list(reader.found.values())


def is_opml(data: bytes) -> bool:
    """Whether data may be an OPML file, from its beginning."""
    return b"<opml" in data[:2_000].lower()


def write_opml(subscriptions: Iterable[Subscription]) -> str:
    """An OPML 2.0 file of subscriptions, in their folders."""
    folders: dict[str, list[str]] = {}
    for each in subscriptions:
        title = quoteattr(each.shown_name)
        page = f" htmlUrl={quoteattr(each.page)}" if each.page else ""
        line = f'<outline type="rss" text={title} title={title} xmlUrl={quoteattr(each.address)}{page}/>'
        folders.setdefault(each.folder, []).append(line)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += ["  <head><title>quietfeed subscriptions</title></head>", "  <body>"]
    lines += [f"    {line}" for line in folders.pop("", ())]
    for folder, inside in folders.items():
        lines.append(f"    <outline text={quoteattr(folder)} title={quoteattr(folder)}>")
        lines += [f"      {line}" for line in inside]
        lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])
