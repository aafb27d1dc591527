"""Full-text search in stored posts, also by author and booster."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..models.view import PostKey
from .database import Database
from .rechecks import GONE

# Import the query parser only for a search.
if TYPE_CHECKING:
    from ..models.query import Term

_TRIGRAM = 3
_MANY = 2000


class Search:
    """Finds posts. Every term is quoted, so no text acts as an operator."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def with_address(self, url: str) -> list[PostKey]:
        """The keys of the stored posts at an address; a boost has the address of its original."""
        rows = self._db.rows(
            "select account, id from post where json_valid(data) and booster is null"
            " and ? in (json_extract(data, '$.url'), json_extract(data, '$.uri'))",
            (url,),
        )
        return [(account, post_id) for account, post_id in rows]

    def find(self, query: str, limit: int, many: int = _MANY) -> tuple[list[PostKey], int]:
        """The newest posts with all terms of the query, at most `limit`, and the total number.

        With more than `many` results SQLite walks down from the newest post instead of sorting them.
        """
        from ..models.query import terms

        wanted = terms(query)
        if not wanted:
            return [], 0
        where, values = _conditions(wanted)
        gone = (
            f"select number from post join words on words.account = post.account and words.post = post.id where {GONE}"
        )
        where = f"{where} and number not in ({gone})"
        total: int = self._db.row(f"select count(*) from words where {where}", values)[0]
        if not total:
            return [], 0
        # Few results are fetched and sorted. For many, SQLite walks down from the newest post and soon has enough (the
        # plus keeps it from looking up all results for every post).
        tables = "words cross join post"
        if total > many:
            tables, where = (
                "post cross join words",
                where.replace("number in", "+number in"),
            )
        rows = self._db.rows(
            f"select post.account, post.id from {tables} on post.account = words.account and post.id = words.post"
            f" where {where} order by post.at desc, post.account, post.id limit ?",
            (*values, limit),
        )
        return [(account, post_id) for account, post_id in rows], total


def _conditions(wanted: Sequence["Term"]) -> tuple[str, list[str]]:
    where: list[str] = []
    values: list[str] = []
    words = [_quoted(term.text) + ("" if term.whole else " *") for term in wanted if term.kind == "word"]
    pieces = [_quoted(term.text) for term in wanted if term.kind == "piece" and len(term.text) >= _TRIGRAM]
    for index, parts in (("word_index", words), ("piece_index", pieces)):
        if parts:
            where.append(f"number in (select rowid from {index} where {index} match ?)")
            values.append(" AND ".join(parts))
    for term in wanted:
        # Symbols are not in the index, and two letters are too few for trigrams: scan all stored texts.
        if term.kind == "sign" or (term.kind == "piece" and len(term.text) < _TRIGRAM):
            where.append("(words.text like ? escape '\\' or words.who like ? escape '\\')")
            values += [_like(term.text)] * 2
    return " and ".join(where), values


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _like(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
