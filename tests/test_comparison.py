"""docs/comparison.md, row by row: quietfeed has every feature of the other clients, or the page has a reason."""

from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parent.parent / "docs" / "comparison.md"
OTHERS = ("mastui", "tooi", "toot", "Phanpy")


def tables() -> list[tuple[list[str], list[list[str]]]]:
    """The heads and the rows of the tables of the page."""
    if not PAGE.exists():
        pytest.skip("the documents are not installed")
    found: list[tuple[list[str], list[list[str]]]] = []
    inside = False
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif not inside:
            found.append((cells, []))
            inside = True
        elif not set(line) <= set("|-"):
            found[-1][1].append(cells)
    return found


def test_no_row_says_yes_for_another_client_and_no_for_quietfeed() -> None:
    compared = [table for table in tables() if table[0][-1] == "quietfeed"]
    assert len(compared) == 2
    for head, rows in compared:
        assert set(OTHERS) <= set(head)
        assert len(rows) > 10
        for row in rows:
            assert len(row) == len(head), row
            cells = dict(zip(head, row, strict=True))
            has = [name for name in OTHERS if cells[name] not in ("-", "?")]
            assert not has or cells["quietfeed"] not in ("-", "?", "no", ""), row


def test_missing_features_have_a_reason() -> None:
    (rows,) = [rows for head, rows in tables() if head[-1] == "why not"]
    assert rows
    for what, who, why in rows:
        assert what
        assert who
        assert len(why) > 7, what
