"""The bounded fetch: the size of a body, its decompressed size, and the duration are limited."""

import asyncio
import gc
import gzip
import time
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from quietfeed.sources.fetch import BodyTooLarge, Validators, fetch

LIMIT = 100_000
TEXT = b'{"a": [1, 2, 3]}' * 50


async def fetched(body: bytes, coding: str = "", *, piece: int = 1000, limit: int = LIMIT) -> bytes:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), piece):
            yield body[start : start + piece]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": coding} if coding else {}, content=pieces())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        return (await fetch(client, "GET", "http://127.0.0.1/", max_bytes=limit, timeout=60)).body


def named(value: object) -> str:
    return value if isinstance(value, str) else "body"


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("piece", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 20),
    ],
    ids=named,
)
async def test_every_coding_is_undone(coding: str, body: bytes, piece: int) -> None:
    assert await fetched(body, coding, piece=piece) == TEXT


async def longest_pause(body: bytes, coding: str) -> tuple[float, bytes | str]:
    """The longest time that the event loop was blocked, in seconds of processor time."""
    longest, ended = 0.0, False

    async def watch() -> None:
        nonlocal longest
        while not ended:
            before = time.process_time()
            await asyncio.sleep(0)
            longest = max(longest, time.process_time() - before)

    # A collection would count as a pause.
    gc.disable()
    watching = asyncio.create_task(watch())
    try:
        result: bytes | str = await fetched(body, coding, piece=65_536, limit=20_000_000)
    except (BodyTooLarge, httpx.DecodingError) as error:
        result = type(error).__name__
    finally:
        ended = True
        await watching
        gc.enable()
    return longest, result


TINY = gzip.compress(b"") * 100_000


def empty_blocks(count: int) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.flush(zlib.Z_FULL_FLUSH) for _ in range(count)) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body", "expected"),
    [
        # A million empty members in 4 kB: zlib copies the rest after each of them.
        ("gzip, gzip", gzip.compress(TINY), "DecodingError"),
        ("gzip", TINY, "DecodingError"),
        ("gzip, gzip", gzip.compress(empty_blocks(100_000)), b""),
        # Padding after the end is not collected.
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT) + b"\0" * 8_000_000), TEXT),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x" * 50_000_000)), "BodyTooLarge"),
    ],
    ids=named,
)
async def test_no_compressed_body_stops_the_event_loop(coding: str, body: bytes, expected: bytes | str) -> None:
    pause, result = await longest_pause(body, coding)
    assert result == expected
    assert pause < 0.1


@pytest.mark.parametrize("size", [262_143, 262_144, 262_145, 700_000])
async def test_a_body_as_long_as_a_step_is_whole(size: int) -> None:
    assert len(await fetched(gzip.compress(b"x" * size), "gzip", piece=100_000, limit=1_000_000)) == size


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", b"x" * (LIMIT + 1)),
        ("gzip", gzip.compress(b"x" * (LIMIT + 1))),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x" * 100_000_000))),
        # The first layer is too large, although what is inside of it is small.
        ("gzip, gzip", gzip.compress(gzip.compress(b"y") + b"\0" * (LIMIT + 1))),
        ("deflate, deflate", zlib.compress(zlib.compress(b"x" * 50_000_000))),
    ],
    ids=named,
)
async def test_a_body_that_is_or_becomes_too_large_is_not_read(coding: str, body: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        await fetched(body, coding)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"no gzip at all"),
        ("deflate", b"\xff\xff\xff\xff"),
        ("br", TEXT),
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(TEXT)))),
    ],
    ids=named,
)
async def test_an_undecodable_body_is_an_http_error(coding: str, body: bytes) -> None:
    with pytest.raises(httpx.DecodingError):
        await fetched(body, coding)


def test_a_conditional_request_sends_what_the_server_gave() -> None:
    assert Validators().headers() == {}
    assert Validators('"a"', "yesterday").headers() == {"If-None-Match": '"a"', "If-Modified-Since": "yesterday"}
