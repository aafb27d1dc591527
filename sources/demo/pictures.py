"""Draws the pictures of the demo world on demand: landscapes, a seal, and avatars made of squares."""

import zlib
from hashlib import sha256
from math import sin
from struct import pack

SCHEME = "demo:"
_WIDE, _HIGH = 144, 90
_FACE = 5


def draw(address: str) -> bytes:
    """Draw a PNG for an address such as "demo:scene/ab" or "demo:face/ada". It is always the same for an address."""
    seed = sha256(address.encode()).digest()
    if address.startswith(f"{SCHEME}face/"):
        return _png(_face(seed))
    if "seal" in address:
        return _png(_seal())
    return _png(_scene(seed))


_SEAL: tuple[tuple[float, float, float, float, bytes], ...] = (
    (92, 62, 46, 17, b"\x6d\x73\x7a"),
    (130, 70, 12, 5, b"\x5c\x62\x69"),
    (72, 77, 15, 5, b"\x5c\x62\x69"),
    (56, 42, 22, 21, b"\x80\x86\x8d"),
    (56, 51, 12, 9, b"\xa3\xa8\xad"),
    (47, 38, 3.5, 4, b"\x14\x14\x18"),
    (65, 38, 3.5, 4, b"\x14\x14\x18"),
    (48, 37, 1, 1, b"\xff\xff\xff"),
    (66, 37, 1, 1, b"\xff\xff\xff"),
    (56, 47, 3.5, 2.5, b"\x20\x20\x24"),
)
"""A seal made of ellipses: centre, half the width and height, colour. Later ones cover earlier ones."""


def _seal() -> list[bytes]:
    """A grey seal on a slipway in front of the sea."""
    lines = []
    for y in range(_HIGH):
        line = bytearray()
        for x in range(_WIDE):
            if y > 52 + x * 0.12:
                ground = b"\xb8\xa9\x8f"
            else:
                ground = b"\x4f\x7f\x96"
            under = b"\xc9\xdc\xe6" if y < 24 else ground
            over = [
                ink for left, top, wide, high, ink in _SEAL if ((x - left) / wide) ** 2 + ((y - top) / high) ** 2 <= 1
            ]
            line += [under, *over][-1]
        lines.append(bytes(line))
    return lines


def _scene(seed: bytes) -> list[bytes]:
    """Three rows of hills under a sky with a sun, each row darker than the one behind it."""
    sky = (150 + seed[0] % 90, 150 + seed[1] % 70, 170 + seed[2] % 80)
    land = (40 + seed[3] % 90, 60 + seed[4] % 90, 50 + seed[5] % 80)
    sun_x, sun_y, sun = 20 + seed[6] % 100, 10 + seed[7] % 25, 6 + seed[8] % 6
    crests = [_crest(seed, row) for row in range(3)]
    lines = []
    for y in range(_HIGH):
        line = bytearray()
        for x in range(_WIDE):
            over = [row for row in range(3) if y >= crests[row][x]]
            if over:
                shade = 1.25 - 0.35 * over[-1]
                line += bytes(min(int(part * shade), 255) for part in land)
            elif (x - sun_x) ** 2 + (y - sun_y) ** 2 <= sun**2:
                line += b"\xff\xe9\xb0"
            else:
                glow = 0.78 + 0.32 * y / _HIGH
                line += bytes(min(int(part * glow), 255) for part in sky)
        lines.append(bytes(line))
    return lines


def _crest(seed: bytes, row: int) -> list[float]:
    """The height of a row of hills at each x: a long wave and a short one."""
    base = _HIGH * (0.42 + 0.19 * row)
    long, short = 9 + seed[9 + row] % 17, 5 + seed[15 + row] % 9
    return [base + 7 * sin(x / long + seed[12 + row]) + 4 * sin(x / short + seed[18 + row]) for x in range(_WIDE)]


def _face(seed: bytes) -> list[bytes]:
    """A pattern of squares with mirror symmetry."""
    ink = bytes(70 + part % 150 for part in seed[:3])
    paper = bytes(225 + part % 25 for part in seed[3:6])
    lines = []
    for row in range(_FACE):
        cells = [seed[6 + row * 3 + min(column, _FACE - 1 - column)] % 2 for column in range(_FACE)]
        line = paper * 4 + b"".join((ink if cell else paper) * 10 for cell in cells) + paper * 4
        lines += [line] * 10
    edge = [paper * 58] * 4
    return [*edge, *lines, *edge]


def _png(lines: list[bytes]) -> bytes:
    """Encode rows of RGB bytes as a PNG file (https://www.w3.org/TR/png-3/)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", len(lines[0]) // 3, len(lines), 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + line for line in lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
