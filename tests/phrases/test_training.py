"""The training queue in words."""

import pytest

from quietfeed.models.view import Change
from quietfeed.phrases.training import agreement, bounds, guess_text, progress


def test_progress_names_the_goal_until_it_is_reached() -> None:
    assert progress(0, 20, 0, 0) == "0 of 20 marks"
    assert progress(7, 20, 5, 7).startswith("7 of 20 marks · agreed with 5 of your last 7 marks")
    assert (
        progress(20, 20, 17, 20)
        == "20 marks · agreed with 17 of your last 20 marks: right on 63 to 95 of 100 such posts"
    )


def test_so_much_agreement_ends_the_training() -> None:
    assert agreement(20, 20) == "agreed with 20 of your last 20 marks: more marks would change little"
    assert "right on 76 to 100" in agreement(19, 20)


def test_few_marks_give_no_estimate_yet() -> None:
    assert agreement(0, 0) == ""
    assert agreement(0, 1) == "did not agree with your last mark: too few to tell"
    assert agreement(3, 4) == "agreed with 3 of your last 4 marks: too few to tell"


@pytest.mark.parametrize(("right", "of"), [(0, 1), (1, 1), (0, 20), (20, 20), (10, 20), (1, 10_000)])
def test_the_bounds_hold_the_share_that_was_seen(right: int, of: int) -> None:
    low, high = bounds(right, of)
    assert 0 <= low <= 100 * right / of <= high <= 100
    assert low < high


def test_a_mark_reports_whether_the_guess_was_right() -> None:
    assert guess_text(Change("mark", category="sales", guess="sales")) == "the filter had guessed that"
    assert guess_text(Change("mark", category="person", guess="sales")) == "the filter had guessed sales"
    assert guess_text(Change("unmark")) == ""
