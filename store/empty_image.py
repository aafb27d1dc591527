"""An empty database as it is after the migrations, for sessions in memory: running them would take part of each start.

    python -m quietfeed.store.empty_image

makes the file anew, after each new migration: a test demands it, because the demo would run the missing ones at each
start.
"""

import sqlite3
import zlib
from pathlib import Path

IMAGE = Path(__file__).with_name("empty.bin")
_HEADER = b"SQLite format 3\0"


def load_empty(db: sqlite3.Connection, image_file: Path = IMAGE) -> None:
    """Fill a connection in memory with the empty database. Without the file or support for it, it stays as it is."""
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
