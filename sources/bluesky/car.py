"""Reads the records of a repository export: CAR v1 (https://ipld.io/specs/transport/car/carv1/) with DAG-CBOR blocks.

The Merkle search tree of https://atproto.com/specs/repository names the records. Every length is checked against the
rest of the file, the nesting is at most 32 levels, and each block is visited once.
"""

import mmap
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from ...models.errors import RecordError

_DEEPEST = 32
_MOST_BLOCKS = 5_000_000
_MAX_FILE = 4_000_000_000
_MAX_BLOCK = 4_000_000
_MAX_KEY = 1_024
_BROKEN = "This repository export is broken"

Buffer = bytes | mmap.mmap


class Cid(bytes):
    """A link to a block."""


class Repository:
    """The records of an export. Raises RecordError for one that is broken."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._data: Buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, OSError):
            raise RecordError(f"{_BROKEN}: it is empty.") from None
        if len(self._data) > _MAX_FILE:
            raise RecordError(f"This repository export is larger than {_MAX_FILE // 1_000_000_000} GB.")
        self._blocks: dict[bytes, tuple[int, int]] = {}
        root = self._index()
        commit = self._block(root)
        if not isinstance(commit, dict) or not isinstance(commit.get("data"), Cid):
            raise RecordError(f"{_BROKEN}: its first block is not a commit.")
        did = commit.get("did")
        self.did = did if isinstance(did, str) and did.startswith("did:") else ""
        self._tree: Cid = commit["data"]

    def _index(self) -> Cid:
        """Record where each block is; returns the link to the commit."""
        length, place = _varint(self._data, 0)
        header = _decode(self._data, place, _end(place, length, len(self._data)))
        roots = header.get("roots") if isinstance(header, dict) else None
        if not isinstance(roots, list) or not roots or not isinstance(roots[0], Cid):
            raise RecordError(f"{_BROKEN}: it has no root.")
        place += length
        while place < len(self._data):
            length, place = _varint(self._data, place)
            end = _end(place, length, len(self._data))
            body = _after_cid(self._data, place, end)
            self._blocks[bytes(self._data[place:body])] = (body, end)
            if len(self._blocks) > _MOST_BLOCKS:
                raise RecordError(f"This repository export has more than {_MOST_BLOCKS:,} blocks.")
            place = end
        return roots[0]

    def _block(self, cid: bytes) -> Any:
        place, end = self._blocks.get(bytes(cid), (0, 0))
        if end == 0 or end - place > _MAX_BLOCK:
            return None
        return _decode(self._data, place, end)

    def records(self) -> Iterator[tuple[str, Any]]:
        """Each record with its key, "collection/record key". The value of a missing or unreadable block is None."""
        seen: set[bytes] = set()
        pending: list[bytes] = [self._tree]
        while pending:
            cid = pending.pop()
            if cid in seen:
                continue
            seen.add(cid)
            node = self._block(cid)
            if not isinstance(node, dict):
                raise RecordError(f"{_BROKEN}: a part of its index is missing.")
            if isinstance(node.get("l"), Cid):
                pending.append(node["l"])
            key = b""
            entries = node.get("e")
            for entry in entries if isinstance(entries, list) else ():
                if not isinstance(entry, dict):
                    continue
                shared, rest = entry.get("p"), entry.get("k")
                if not isinstance(shared, int) or not isinstance(rest, bytes) or not 0 <= shared <= len(key):
                    raise RecordError(f"{_BROKEN}: its index has an impossible key.")
                key = key[:shared] + rest
                if len(key) > _MAX_KEY:
                    raise RecordError(f"{_BROKEN}: its index has an impossible key.")
                if isinstance(entry.get("v"), Cid):
                    yield key.decode("ascii", "replace"), self._record(entry["v"])
                if isinstance(entry.get("t"), Cid):
                    pending.append(entry["t"])

    def _record(self, cid: bytes) -> Any:
        try:
            return self._block(cid)
        except RecordError:
            return None


def looks_like_car(head: bytes) -> bool:
    """Whether a file is a CAR, from its beginning: a length, and a map with "roots" and "version"."""
    return b"eroots" in head[:64] and b"gversion" in head[:128]


def _end(place: int, length: int, most: int) -> int:
    if length <= 0 or place + length > most:
        raise RecordError(f"{_BROKEN}: a block is longer than the file.")
    return place + length


def _varint(data: Buffer, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 63, 7):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise RecordError(f"{_BROKEN}: a length cannot be read.")


def _after_cid(data: Buffer, place: int, end: int) -> int:
    """The place behind a CID: version, codec, hash function, and the digest with its length."""
    version, place = _varint(data, place)
    if version != 1:
        raise RecordError(f"{_BROKEN}: it has a link of an unknown version.")
    _, place = _varint(data, place)
    _, place = _varint(data, place)
    length, place = _varint(data, place)
    return _end(place, length, end)


def _decode(data: Buffer, place: int, end: int) -> Any:
    value, _ = _item(data[place:end], 0, 0)
    return value


def _item(data: bytes, place: int, depth: int) -> tuple[Any, int]:
    """One DAG-CBOR item and the place behind it: https://ipld.io/specs/codecs/dag-cbor/spec/."""
    if depth > _DEEPEST:
        raise RecordError(f"{_BROKEN}: a record is nested too deeply.")
    if place >= len(data):
        raise RecordError(f"{_BROKEN}: a record ends too early.")
    major, info = data[place] >> 5, data[place] & 0x1F
    place += 1
    if major == 7:
        return _simple(data, place, info)
    value, place = _argument(data, place, info)
    match major:
        case 0:
            return value, place
        case 1:
            return -1 - value, place
        case 2 | 3:
            if value > len(data) - place:
                raise RecordError(f"{_BROKEN}: a record ends too early.")
            part = data[place : place + value]
            return (part if major == 2 else part.decode("utf-8", "replace")), place + value
        case 4 | 5:
            # Each item takes at least a byte.
            if value > len(data) - place:
                raise RecordError(f"{_BROKEN}: a record ends too early.")
            if major == 4:
                return _list(data, place, depth, value)
            return _map(data, place, depth, value)
    linked, place = _item(data, place, depth + 1)
    if value != 42 or not isinstance(linked, bytes) or linked[:1] != b"\0":
        raise RecordError(f"{_BROKEN}: it has a tag that no repository has.")
    return Cid(linked[1:]), place


def _list(data: bytes, place: int, depth: int, count: int) -> tuple[list[Any], int]:
    items = []
    for _ in range(count):
        item, place = _item(data, place, depth + 1)
        items.append(item)
    return items, place


def _map(data: bytes, place: int, depth: int, count: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    for _ in range(count):
        key, place = _item(data, place, depth + 1)
        value, place = _item(data, place, depth + 1)
        if isinstance(key, str):
            found[key] = value
    return found, place


def _argument(data: bytes, place: int, info: int) -> tuple[int, int]:
    if info < 24:
        return info, place
    if info > 27:
        raise RecordError(f"{_BROKEN}: a record has an item without a length.")
    size = 1 << (info - 24)
    if place + size > len(data):
        raise RecordError(f"{_BROKEN}: a record ends too early.")
    return int.from_bytes(data[place : place + size]), place + size


def _simple(data: bytes, place: int, info: int) -> tuple[Any, int]:
    if info in (20, 21):
        return info == 21, place
    if info == 22:
        return None, place
    if info == 27 and place + 8 <= len(data):
        return struct.unpack(">d", data[place : place + 8])[0], place + 8
    raise RecordError(f"{_BROKEN}: a record has an unknown value.")
