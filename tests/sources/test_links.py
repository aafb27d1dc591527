"""The Link header in the forms that servers send."""

import pytest

from quietfeed.sources.links import links_in

NEXT = "https://here.example/api/v1/timelines/home?max_id=7"


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f'<{NEXT}>; rel="Next"',
        f"<{NEXT}>; rel=next",
        f"<{NEXT}>;rel=NEXT",
        f'<{NEXT}> ; REL = "next"',
        f'<{NEXT}>; title="one, <two>; rel=prev"; rel="next"',
        f'<{NEXT}>; rel="next prev"',
        f'<https://here.example/?min_id=9>; rel="prev", <{NEXT}>; rel="next"',
        f"<https://here.example/?min_id=9>; rel=prev,<{NEXT}>;rel=next",
        f'<{NEXT}>; rel="next", <https://here.example/other>; rel="next"',
        f'<{NEXT}>; rel="next"; rel="prev"',
        f"<{NEXT}>; title*=UTF-8''x%2Cy; rel=next",
    ],
)
def test_the_next_page_is_found(header: str) -> None:
    assert links_in(header)["next"] == NEXT


@pytest.mark.parametrize("header", ["", "next", f"<{NEXT}>", f'<{NEXT}; rel="next"', f'{NEXT}; rel="next"', ", ,;;<<"])
def test_no_next_page_is_no_next_page(header: str) -> None:
    assert "next" not in links_in(header)


def test_a_long_header_is_read_in_linear_time() -> None:
    assert links_in('<a>; x="' * 200_000) == {}
    assert links_in("<" * 200_000) == {}
    assert links_in("<a>;" + " ;" * 200_000) == {}
