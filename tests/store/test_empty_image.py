"""The stored empty database equals the result of the migrations, and nothing depends on it."""

import sqlite3
import zlib
from pathlib import Path

import pytest

from quietfeed.store import empty_image, schema
from quietfeed.store.archive import Archive
from quietfeed.store.migrate import migrate


def _schema(db: sqlite3.Connection) -> set[tuple[str, ...]]:
    return set(db.execute("select type, name, tbl_name, sql from sqlite_schema"))


def _migrated(names: set[str]) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db, {name: run for name, run in schema.MIGRATIONS.items() if name in names})
    return db


def test_the_image_is_what_its_migrations_make() -> None:
    image = sqlite3.connect(":memory:", isolation_level=None)
    empty_image.load_empty(image)
    names = {row[0] for row in image.execute("select name from migration")}
    assert names == schema.MIGRATIONS.keys(), "make it anew: python -m quietfeed.store.empty_image"
    made = _migrated(names)
    assert _schema(image) == _schema(made)
    tables = [row[0] for row in made.execute("select name from sqlite_schema where type = 'table'")]
    for table in tables:
        if not table.startswith(("word_index", "piece_index")):
            assert (
                image.execute(f"select * from {table}").fetchall() == made.execute(f"select * from {table}").fetchall()
            )


def test_missing_migrations_run_on_the_image() -> None:
    archive = Archive(None)
    names = {row[0] for row in archive._db.rows("select name from migration")}
    assert names == schema.MIGRATIONS.keys()
    archive.close()


@pytest.mark.parametrize("content", [None, b"", b"no image", zlib.compress(b"no database" * 500)])
def test_without_a_usable_image_the_migrations_run(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "empty.bin"
    if content is not None:
        path.write_bytes(content)
    db = sqlite3.connect(":memory:", isolation_level=None)
    empty_image.load_empty(db, path)
    assert _schema(db) == set()
    migrate(db)
    assert {row[0] for row in db.execute("select name from migration")} == schema.MIGRATIONS.keys()
