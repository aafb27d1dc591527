"""Uploads that report their progress."""

from collections.abc import AsyncIterator
from io import BytesIO

from ..models.writer import Report, Upload

_PIECE = 65_536


class CountedFile:
    """A file for a multipart form. httpx reads it in pieces, and each piece is reported."""

    def __init__(self, name: str, data: bytes, report: Report) -> None:
        self._name = name
        self._total = len(data)
        self._file = BytesIO(data)
        self._report = report

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._report(Upload(self._name, self._file.tell(), self._total))
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class CountedBody:
    """The body of a request in pieces, which can be sent again. Each piece is reported when the next one is sent."""

    def __init__(self, name: str, data: bytes, report: Report) -> None:
        self._name = name
        self._data = data
        self._report = report

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = len(self._data)
        for start in range(0, total, _PIECE):
            yield self._data[start : start + _PIECE]
            self._report(Upload(self._name, min(start + _PIECE, total), total))
