"""The server-side filters of each account, stored so that they also apply to stored posts."""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from ..models.server_filter import Keyword, ServerFilter
from .archive import Archive


def read_filters(archive: Archive, account: str) -> tuple[ServerFilter, ...] | None:
    """The stored filters of an account; None if they were never read or are damaged."""
    stored = archive.get_state(_name(account))
    if isinstance(stored, str):
        with suppress(ValueError, TypeError, KeyError, AttributeError):
            return tuple(map(_from_json, json.loads(stored)))
    return None


def save_filters(archive: Archive, account: str, filters: Iterable[ServerFilter]) -> None:
    """Replace the stored filters of an account."""
    archive.set_state(**{_name(account): json.dumps([_to_json(each) for each in filters])})


def _name(account: str) -> str:
    return f"server_filters:{account}"


def _to_json(each: ServerFilter) -> dict[str, Any]:
    until = None
    if each.until is not None:
        until = each.until.isoformat()
    return {
        "title": each.title,
        "hides": each.hides,
        "keywords": [[word.text, word.whole_word, word.in_texts, list(word.spaceless)] for word in each.keywords],
        "post_ids": sorted(each.post_ids),
        "until": until,
        "of_followed": each.of_followed,
        "reads_cards": each.reads_cards,
    }


def _from_json(stored: dict[str, Any]) -> ServerFilter:
    until = None
    if stored["until"]:
        until = datetime.fromisoformat(stored["until"])
    return ServerFilter(
        title=_string(stored["title"]),
        hides=bool(stored["hides"]),
        keywords=tuple(_keyword(*values) for values in stored["keywords"]),
        post_ids=frozenset(stored["post_ids"]),
        until=until,
        of_followed=bool(stored["of_followed"]),
        reads_cards=bool(stored["reads_cards"]),
    )


def _keyword(text: object, whole: object, in_texts: object, spaceless: list[object]) -> Keyword:
    return Keyword(_string(text), bool(whole), bool(in_texts), tuple(map(_string, spaceless)))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
