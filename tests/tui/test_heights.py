"""Positions of rows when only some were measured: exact near the requested ones, and in order everywhere."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from quietfeed.tui.widgets.heights import Heights

ROWS = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=60)


@given(ROWS, st.lists(st.tuples(st.integers(0, 59), st.integers(0, 80)), min_size=1, max_size=6))
def test_heights_are_exact_near_measured_rows_and_estimated_elsewhere(
    rows: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    """Each row has an estimate and a true height; measuring asks for true ones only once."""
    heights = Heights([(estimate, False) for estimate, _ in rows])
    asked_for: list[int] = []

    def height(number: int) -> int:
        asked_for.append(number)
        return rows[number][1]

    for number, lines in asked:
        number = min(number, len(rows) - 1)
        before = list(heights.tops)
        moved = heights.measure(number, lines, height)
        assert moved == (heights.tops != before)
        for step in (-1, 1):
            here, left = number if step < 0 else number + 1, lines
            while 0 <= here < len(rows) and left >= 0:
                assert heights.exact(here) == rows[here][1]
                left -= rows[here][1]
                here += step
    exact = [heights.exact(number) for number in range(len(rows))]
    expected = [guess if known is None else known for known, (guess, _) in zip(exact, rows, strict=True)]
    assert heights.tops == list(accumulate(expected, initial=0))
    assert sorted(asked_for) == [number for number, known in enumerate(exact) if known is not None]
