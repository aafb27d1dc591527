"""The ZIP archive of X: which files it has, in all layouts since 2018, and safe reading of them.

The layouts: https://github.com/timhutton/twitter-archive-parser and the README.txt in the archives. Nothing is
extracted to the disk, and no name in the archive is ever used as a path.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import msgspec

from ...models.errors import RecordError
from .scan import objects

FileKind = Literal["tweets", "follower", "following", "block", "mute", "like", "headers", "account"]

T = TypeVar("T")
_KINDS: dict[str, FileKind] = {
    "tweet": "tweets",
    "tweets": "tweets",
    "follower": "follower",
    "following": "following",
    "block": "block",
    "mute": "mute",
    "like": "like",
    "directmessageheader": "headers",
    "directmessageheaders": "headers",
    "account": "account",
}
"""By the name of a data type or of a file, without hyphens. Texts of messages have no entry: they are never read."""

_PART = re.compile(r"(?:.*/)?([a-z-]+?)(?:-part\d+)?\.js", re.IGNORECASE)
_MAX_FILES = 500_000
_MAX_TOTAL = 4_000_000_000
_MAX_MANIFEST = 16_000_000
_BOMB_SIZE = 100_000_000
_BOMB_RATIO = 150
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


class _UserInfo(msgspec.Struct, frozen=True, rename="camel"):
    account_id: str = ""
    user_name: str = ""


class _DataFile(msgspec.Struct, frozen=True, rename="camel"):
    file_name: str = ""


class _DataType(msgspec.Struct, frozen=True):
    files: list[_DataFile] = []


class _Manifest(msgspec.Struct, frozen=True, rename="camel"):
    user_info: _UserInfo = _UserInfo()
    data_types: dict[str, _DataType] = {}


def looks_like_archive(names: Iterable[str]) -> bool:
    """Whether the names of a ZIP file's members are those of an archive of X."""
    known = {kind for name in names if (kind := _kind_of(name))}
    return "account" in known and ("tweets" in known or "following" in known or "follower" in known)


def _kind_of(name: str) -> FileKind | None:
    found = _PART.fullmatch(name)
    return _KINDS.get(found[1].replace("-", "").casefold()) if found else None


class Archive:
    """An open archive. Raises RecordError for one that is broken, encrypted or too large."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise RecordError(f"This ZIP file is broken ({error}).") from None
        self._members = {each.filename: each for each in self._zip.infolist()[:_MAX_FILES]}
        self._left = _MAX_TOTAL
        self.skipped = 0
        self.account_id = self.user_name = ""
        self._files = self._listed() or self._found()

    def _listed(self) -> dict[FileKind, list[str]]:
        """The files that manifest.js lists; empty without a manifest, as in the archives of 2018."""
        name = min((each for each in self._members if Path(each).name == "manifest.js"), key=len, default="")
        if not name:
            return {}
        root = name.removesuffix("manifest.js").removesuffix("data/")
        with self._open(name) as file:
            text = self._read(file, _MAX_MANIFEST)
        try:
            manifest = msgspec.json.decode(text.partition(b"=")[2].strip().rstrip(b";"), type=_Manifest)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return {}
        self.account_id, self.user_name = manifest.user_info.account_id, manifest.user_info.user_name
        found: dict[FileKind, list[str]] = {}
        for data_type, listed in manifest.data_types.items():
            kind = _KINDS.get(data_type.casefold())
            if kind is not None:
                names = (root + each.file_name for each in listed.files)
                found.setdefault(kind, []).extend(each for each in names if each in self._members)
        return {kind: names for kind, names in found.items() if names}

    def _found(self) -> dict[FileKind, list[str]]:
        found: dict[FileKind, list[str]] = {}
        for name in self._members:
            kind = _kind_of(name)
            if kind is not None:
                found.setdefault(kind, []).append(name)
        return found

    def has(self, kind: FileKind) -> bool:
        """Whether there is a file of a kind."""
        return kind in self._files

    def records(self, kind: FileKind, form: type[T]) -> Iterator[T]:
        """The records of all files of a kind, one at a time. Unreadable ones are counted in `skipped`."""
        decoder = msgspec.json.Decoder(form, strict=False)
        for name in dict.fromkeys(self._files.get(kind, ())):
            try:
                with self._open(name) as file:
                    for record in objects(lambda size, file=file: self._read(file, size)):  # type: ignore[misc]
                        try:
                            yield decoder.decode(record)
                        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
                            self.skipped += 1
            except RecordError as error:
                raise RecordError(f"{Path(name).name} of this archive cannot be read: {error}.") from None

    def _open(self, name: str) -> BinaryIO:
        member = self._members[name]
        if member.flag_bits & 1:
            raise RecordError("This ZIP file is encrypted: unpack it with its password, and zip the files again.")
        if member.file_size > _BOMB_SIZE and member.file_size > _BOMB_RATIO * max(member.compress_size, 1):
            raise RecordError(f"This ZIP file is not an archive of X: {Path(name).name} unpacks to an absurd size.")
        try:
            return self._zip.open(member)  # type: ignore[return-value]
        except _BROKEN as error:
            raise RecordError(f"This ZIP file is broken ({error}).") from None

    def _read(self, file: BinaryIO, size: int) -> bytes:
        try:
            data = file.read(size)
        except _BROKEN as error:
            raise RecordError(f"This ZIP file is broken ({error}).") from None
        self._left -= len(data)
        if self._left < 0:
            raise RecordError(f"it unpacks to more than {_MAX_TOTAL // 1_000_000_000} GB")
        return data
