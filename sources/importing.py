"""Recognises an exported file by its content, and reads it.

The module `importing` of a network's package parses its formats. `codec/` parses formats of no network, such as vCard
and OPML. Every parser is pure, linear in the size of the file, and
bounded.
"""

import os
import zipfile
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import msgspec

from ..codec.opml import is_opml, read_opml
from ..codec.vcard import is_vcard, read_vcards
from ..models.errors import NotFound, RecordError, UsageError
from ..models.imported import ImportedFile, ImportKind
from .registry import IMPORTING

_HEAD = 65_536
_MAX_MEMBERS = 500_000
_MAX_TEXT = 100_000_000

LIST_KINDS: tuple[ImportKind, ...] = ("follows", "lists", "mutes", "blocks")
"""Lists of handles that have the same format. A file without a header is recognised by its name or the option --as."""


class Sample(msgspec.Struct, frozen=True):
    """The parts of a file that identify its kind: name, first bytes, and the member names of a ZIP file."""

    name: str
    head: bytes
    members: tuple[str, ...] = ()
    wanted: ImportKind | None = None
    """The kind that the user specified."""


class Importer(Protocol):
    """The module `importing` of a network."""

    def recognise(self, sample: Sample) -> ImportKind | None:
        """The kind of a file of this network; None for any other file."""

    def read(self, file: BinaryIO, kind: ImportKind, name: str) -> ImportedFile:
        """Read a file of a recognised kind. Raises RecordError."""


def read_file(path: Path, wanted: ImportKind | None = None) -> ImportedFile:
    """Recognise and read a file. A file with quietfeed's own records is recognised but not read.

    Raises NotFound for a file that cannot be opened, RecordError for one that is broken, and UsageError for one that
    is of no known kind.
    """
    try:
        with path.open("rb") as file:
            if not path.is_file():
                raise NotFound(f"{path} is not a file.")
            return _read(file, path.name, wanted)
    except OSError as error:
        raise NotFound(f"{path} cannot be read ({error.strerror or error}).") from None


def _read(file: BinaryIO, name: str, wanted: ImportKind | None) -> ImportedFile:
    sample = _sample(file, name, wanted)
    size = os.fstat(file.fileno()).st_size
    if is_vcard(sample.head):
        return read_vcards(_all(file, size))
    if is_opml(sample.head):
        feeds = tuple(read_opml(_all(file, size)))
        return ImportedFile("feeds", feeds=feeds, counts=(("feed", len(feeds)),))
    if sample.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return ImportedFile("records")
    for each in IMPORTING:
        importer = cast(Importer, import_module(f"{each.package}.importing", __package__))
        kind = importer.recognise(sample)
        if kind is not None:
            file.seek(0)
            return importer.read(file, kind, name)
    if not sample.head.strip():
        raise RecordError(f"{name} is empty.")
    if sample.members:
        raise UsageError(f"{name} is a ZIP file, but not an archive that quietfeed supports.")
    raise UsageError(
        f"quietfeed does not support this kind of file: {name}. If it is a list of handles, specify which: --as"
        f" {' or '.join(LIST_KINDS)}."
    )


def _sample(file: BinaryIO, name: str, wanted: ImportKind | None) -> Sample:
    head = file.read(_HEAD)
    members: tuple[str, ...] = ()
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        try:
            members = tuple(zipfile.ZipFile(file).namelist()[:_MAX_MEMBERS])
        except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OSError) as error:
            raise RecordError(f"{name} is a broken ZIP file ({error}): download it again.") from None
    return Sample(name, head, members, wanted)


def _all(file: BinaryIO, size: int) -> bytes:
    if size > _MAX_TEXT:
        raise RecordError(f"This file is larger than {_MAX_TEXT // 1_000_000} MB.")
    file.seek(0)
    return file.read(_MAX_TEXT)
