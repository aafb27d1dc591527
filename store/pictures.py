"""A disk cache of pictures that evicts the least recently used ones."""

import os
from contextlib import suppress
from pathlib import Path

from ..models.errors import StoreError
from .places import make_private

MAX_BYTES = 60_000_000
"""Maximum size of the cache in bytes."""


def clear_pictures(folder: Path) -> None:
    """Delete all cached pictures. Raises StoreError."""
    for path in folder.glob("*"):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"The cached picture {path} cannot be deleted ({error.strerror}).") from error


class PictureCache:
    """Cached pictures by URL. Errors are ignored, because a picture can be fetched again."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def get(self, address: str) -> bytes | None:
        """The picture if it is cached; updates its last use."""
        path = self._path(address)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)
        return data

    def save(self, address: str, data: bytes) -> None:
        """Cache a picture, and evict the least recently used ones if the cache is full."""
        path = self._path(address)
        part = path.with_suffix(".part")
        try:
            make_private(self._folder)
            part.write_bytes(data)
            part.replace(path)
            self._trim()
        except (OSError, StoreError):
            return

    def _trim(self) -> None:
        cached = [(entry.stat(), entry.path) for entry in os.scandir(self._folder) if entry.is_file()]
        total = sum(stat.st_size for stat, _ in cached)
        for stat, path in sorted(cached, key=lambda each: each[0].st_mtime_ns):
            if total <= self._max_bytes:
                return
            os.unlink(path)
            total -= stat.st_size

    def _path(self, address: str) -> Path:
        from hashlib import sha256

        return self._folder / sha256(address.encode()).hexdigest()
