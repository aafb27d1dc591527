"""Facets of drafts, and the texts read back from them."""

from hypothesis import given
from hypothesis import strategies as st

from quietfeed.sources.bluesky.facets import rich_text
from quietfeed.sources.bluesky.richtext import facets_of, first_link, handles_in

DIDS = {"ada.test": "did:plc:ada"}


def test_facets_are_placed_by_bytes() -> None:
    text = "🌻 @Ada.test and @nobody.test: ünter https://a.example/x. #Straße"
    facets = facets_of(text, DIDS)
    data = text.encode()
    found = [
        (data[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode(), each["features"][0]) for each in facets
    ]
    assert found == [
        ("@Ada.test", {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:ada"}),
        ("https://a.example/x", {"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/x"}),
        ("#Straße", {"$type": "app.bsky.richtext.facet#tag", "tag": "Straße"}),
    ]
    assert handles_in(text) == ["ada.test", "nobody.test"]
    assert first_link(text) == "https://a.example/x"
    assert first_link("none") == ""


@given(st.text(alphabet=st.sampled_from("a.@# 🌻é\nhttps://x"), max_size=80))
def test_written_facets_are_read_back_at_the_same_positions(text: str) -> None:
    facets = facets_of(text, DIDS)
    read, spans = rich_text({"text": text, "facets": facets})
    if read == text:
        assert len(spans) == len(facets)
        assert all(read[span.start : span.end].endswith(span.target) for span in spans if span.kind != "mention")
