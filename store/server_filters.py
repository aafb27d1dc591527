"""The filters that each account keeps on its server, stored so that they apply to kept posts too."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..models.server_filter import Keyword, ServerFilter
from .archive import Archive


def read_filters(archive: Archive, account: str) -> tuple[ServerFilter, ...] | None:
    """The filters of an account as they were last read; None where they never were."""
    stored = archive.get_state(_name(account))
    return None if not isinstance(stored, str) else tuple(map(_from_json, json.loads(stored)))


def save_filters(archive: Archive, account: str, filters: Iterable[ServerFilter]) -> None:
    """Store the filters of an account in the place of those before."""
    archive.set_state(**{_name(account): json.dumps([_to_json(each) for each in filters])})


def _name(account: str) -> str:
    return f"server_filters:{account}"


def _to_json(each: ServerFilter) -> dict[str, Any]:
    return {
        "title": each.title,
        "hides": each.hides,
        "keywords": [[word.text, word.whole_word, word.in_texts, list(word.spaceless)] for word in each.keywords],
        "post_ids": sorted(each.post_ids),
        "until": each.until.isoformat() if each.until is not None else None,
        "of_followed": each.of_followed,
        "reads_cards": each.reads_cards,
    }


def _from_json(stored: dict[str, Any]) -> ServerFilter:
    return ServerFilter(
        title=stored["title"],
        hides=stored["hides"],
        keywords=tuple(Keyword(text, whole, texts, tuple(langs)) for text, whole, texts, langs in stored["keywords"]),
        post_ids=frozenset(stored["post_ids"]),
        until=datetime.fromisoformat(stored["until"]) if stored["until"] else None,
        of_followed=stored["of_followed"],
        reads_cards=stored["reads_cards"],
    )
