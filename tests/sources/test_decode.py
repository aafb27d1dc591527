"""JSON within limits: large responses decode like small ones, and hostile ones are rejected before decoding."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietfeed.sources.decode import NotJson, Windows, decode_in_steps, decode_json

BIG: list[Any] = [
    [{"id": str(n), "account": {"id": "1", "fields": []}, "content": "x" * 200, "poll": None} for n in range(2000)],
    {"feed": [{"post": {"uri": f"at://{n}", "text": "ü, [,]" * 20}} for n in range(4000)], "cursor": "c", "empty": []},
    {"a": {}, "b": "x" * 400_000, "c": [1.5, -2, True, None, "\ud800"]},
    ["x" * 400_000],
]


@pytest.mark.parametrize("value", BIG)
async def test_a_big_answer_is_decoded_as_a_small_one(value: Any) -> None:
    for body in (json.dumps(value), json.dumps(value, indent=2), f" \n{json.dumps(value)}\n"):
        assert len(body) > 300_000
        assert await decode_json(body.encode()) == value


@pytest.mark.parametrize("body", [b"", b" \n", b"[]", b"{}", b"1", b'"x"', b"\xef\xbb\xbf[1]"])
async def test_small_answers(body: bytes) -> None:
    expected = json.loads(body) if body.strip() else None
    assert await decode_json(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html>",
        b"[" * 100_000,
        b"[" * 400_000,
        b'{"a":' * 100_000,
        b'{"a":' * 400_000,
        b"[" + b"[]," * 6_000_000 + b"1]",
        b"[1,2" + b" " * 400_000,
        b"[1 2]" + b" " * 400_000,
        b'{"a" 1}' + b" " * 400_000,
        b"{1: 2}" + b" " * 400_000,
        b"[1,]" + b" " * 400_000,
        b"[1] x" + b" " * 400_000,
        b"\xff\xfe\xff" * 200_000,
    ],
    ids=range(13),
)
async def test_invalid_and_oversized_json_is_rejected(body: bytes) -> None:
    with pytest.raises(NotJson):
        await decode_json(body)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**20) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=4), inner, max_size=6),
    max_leaves=40,
)


damage = st.tuples(st.integers(0, 10_000), st.sampled_from(["", *'[]{},:"1 \\']), st.integers(0, 1))


@settings(max_examples=60)
@given(values, st.sampled_from([None, 1]), st.integers(8, 80), st.none() | damage)
def test_steps_of_any_size_decode_what_one_call_decodes(
    value: Any, indent: int | None, window: int, damaged: tuple[int, str, int] | None
) -> None:
    """Texts that are cut off or have a wrong character are accepted or rejected as by the standard library."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if damaged is not None:
        at = damaged[0] % (len(text) + 1)
        text = text[:at] + damaged[1] + text[at + damaged[2] :]
    try:
        found = decode_in_steps(text.encode("utf-8", "surrogatepass"), Windows(8, window))
    except NotJson:
        found = NotJson
    try:
        expected = json.loads(text)
    except ValueError:
        expected = NotJson
    assert found == expected
