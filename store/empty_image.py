"""A stored image of the empty database after all migrations, for sessions in memory, so that they start faster.

    python -m quietfeed.store.empty_image

creates the image again. Run it after adding a migration: a test fails otherwise, because the demo would run the missing
migrations at each start.
"""

import sqlite3
import zlib
from pathlib import Path

IMAGE = Path(__file__).with_name("empty.bin")
_HEADER = b"SQLite format 3\0"


def load_empty(db: sqlite3.Connection, image_file: Path = IMAGE) -> None:
    """Fill a connection in memory with the empty database. Does nothing without the file, or without support for it."""
    try:
        image = zlib.decompress(image_file.read_bytes())
        if image.startswith(_HEADER):
            db.deserialize(image)
    except (OSError, AttributeError, zlib.error, sqlite3.Error):
        return


def write_image() -> None:
    """Run all migrations on an empty database, and store the result."""
    from .migrate import migrate

    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    IMAGE.write_bytes(zlib.compress(db.serialize(), 9))


if __name__ == "__main__":
    write_image()
