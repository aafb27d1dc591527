"""Facets count bytes of UTF-8, and may be wrong."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietfeed.models.text import clean
from quietfeed.sources.bluesky.facets import is_did, mentioned, rich_text

ADA = "did:plc:adaaaaaaaaaaaaaaaaaaaaaa"


def facet(start: Any, end: Any, kind: str = "link", **feature: Any) -> dict[str, Any]:
    feature = feature or {"link": {"uri": "https://a.example/x"}, "tag": {"tag": "tea"}, "mention": {"did": ADA}}[kind]
    features = [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}]
    return {"index": {"byteStart": start, "byteEnd": end}, "features": features}


def said(text: str, *facets: Any) -> list[tuple[str, str, str]]:
    """The text, kind and target of each span."""
    found, spans = rich_text({"text": text, "facets": list(facets)})
    return [(found[span.start : span.end], span.kind, span.target) for span in spans]


@pytest.mark.parametrize(
    "before", ["", "plain ", "写真 ", "📷 ", "👩‍👩‍👧 ", "שלום ", "e\u0301 ", "\x1b[31m ", "\u202e", "a\r\nb "]
)
def test_offsets_are_bytes(before: str) -> None:
    start = len(before.encode())
    assert said(f"{before}a.example/x — and more", facet(start, start + 11)) == [
        ("a.example/x", "link", "https://a.example/x")
    ]


def test_links_mentions_and_hashtags() -> None:
    text = "@ada.here.example see a.example #tea"
    facets = [facet(32, 36, "tag"), facet(0, 17, "mention"), facet(22, 31)]
    assert said(text, *facets) == [
        ("@ada.here.example", "mention", "ada.here.example"),
        ("a.example", "link", "https://a.example/x"),
        ("#tea", "hashtag", "tea"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        facet(4, 200),
        facet(200, 210),
        facet(-4, 4),
        facet(4, 4),
        facet(6, 4),
        facet(1, 4),
        facet(0, 2),
        facet("0", 4),
        facet(0.0, 4.0),
        facet(True, 4),
        facet(None, None),
        facet(0, 4, uri="javascript:alert(1)"),
        facet(0, 4, uri="file:///etc/passwd"),
        facet(0, 4, uri=5),
        facet(0, 4, "mention", did="ada"),
        facet(0, 4, "tag", tag=""),
        facet(0, 4, "format", bold=True),
        {"index": None, "features": [{}]},
        {"index": {"byteStart": 0, "byteEnd": 4}, "features": None},
        {"index": {"byteStart": 0, "byteEnd": 4}, "features": [None, "x", {}]},
        {},
        None,
        7,
    ],
)
def test_a_wrong_facet_is_left_out_and_harms_no_other(wrong: Any) -> None:
    assert said("📷 a.example", wrong, facet(5, 14)) == [("a.example", "link", "https://a.example/x")]


def test_of_facets_that_overlap_the_first_holds() -> None:
    assert said("one two three", facet(4, 13), facet(0, 7, "tag"), facet(8, 13)) == [
        ("one two", "hashtag", "tea"),
        ("three", "link", "https://a.example/x"),
    ]


def test_a_feature_of_a_known_kind_counts_beside_an_unknown_one() -> None:
    mixed = facet(0, 3)
    mixed["features"].insert(0, {"$type": "com.other.facet#shiny"})
    assert said("one", mixed) == [("one", "link", "https://a.example/x")]


def test_text_that_is_missing_or_of_another_kind_is_empty() -> None:
    wrongs: tuple[Any, ...] = (None, 5, [], {})
    for wrong in wrongs:
        assert rich_text({"text": wrong, "facets": [facet(0, 3)]}) == ("", ())


def test_the_mentions_of_a_post() -> None:
    record = {
        "text": "@Ada.Here.example and you @bo",
        "facets": [
            facet(0, 17, "mention"),
            facet(26, 29, "mention", did="did:web:bo.example"),
            facet(0, 3, "mention", did="nobody"),
            facet(0, 3),
        ],
    }
    assert mentioned(record) == {ADA: "ada.here.example", "did:web:bo.example": ""}


@pytest.mark.parametrize(
    ("text", "known"), [(ADA, True), ("did:web:bo.example", True), ("ada.example", False), ("", False)]
)
def test_valid_identifiers(text: str, known: bool) -> None:
    assert is_did(text) is known


@given(
    st.text(st.characters(), max_size=40),
    st.lists(
        st.tuples(st.integers(-2, 120), st.integers(-2, 120), st.sampled_from(["link", "tag", "mention"])), max_size=8
    ),
)
def test_spans_are_inside_the_text_in_order_and_apart(text: str, places: list[tuple[int, int, str]]) -> None:
    found, spans = rich_text({"text": text, "facets": [facet(*place) for place in places]})
    assert found == clean(found)
    assert all(0 <= span.start < span.end <= len(found) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
