"""Parses the Link header (RFC 8288) leniently: any case, quoted commas, several headers, missing quotes."""

import re

_TARGET = re.compile(r"[^<]*<([^>]*)>")
_PARAMETER = re.compile(r"""\s*;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?""")
_LONGEST = 16_000


def links_in(header: str) -> dict[str, str]:
    """Map each relation (lower case) to its first address. The caller joins several Link headers with commas."""
    header = header[:_LONGEST]
    found: dict[str, str] = {}
    position = 0
    while (target := _TARGET.match(header, position)) is not None:
        position = target.end()
        relations: list[str] = []
        while (parameter := _PARAMETER.match(header, position)) is not None:
            position = parameter.end()
            name, quoted, bare = parameter.groups()
            if name.casefold() == "rel" and not relations:
                relations = (quoted if quoted is not None else bare or "").casefold().split()
        for relation in relations:
            found.setdefault(relation, target[1].strip())
    return found
