"""Sentences of the training queue: progress, how often the filter agreed, and the effect of a mark."""

from math import ceil, floor, sqrt

from ..models.verdict import Category
from ..models.view import Change

_FEW = 5
_MANY, _WELL = 20, 80
"""After this many guesses, if at least this many of 100 were right (lower bound), more marks change little."""
_Z = 1.96
"""The normal quantile of 95 % bounds."""


def progress(marks: int, goal: int, right: int, of: int) -> str:
    """The progress of the training: "7 of 20 marks · agreed with 5 of your last 7 marks".

    The filter guessed `right` of the newest `of` marks.
    """
    done = f"{marks:,} marks"
    if marks < goal:
        done = f"{marks} of {goal} marks"
    return " · ".join(part for part in (done, agreement(right, of)) if part)


def agreement(right: int, of: int) -> str:
    """How often the filter guessed the newest marks, and how certain that is; "" without a guess.

    The bounds are Wilson's for 95 of 100 samples.
    """
    if of < 1:
        return ""
    agreed = f"agreed with {right} of your last {of} marks"
    if of == 1:
        agreed = "agreed with your last mark" if right else "did not agree with your last mark"
    if of < _FEW:
        return f"{agreed}: too few to tell"
    low, high = bounds(right, of)
    if of >= _MANY and low >= _WELL:
        return f"{agreed}: more marks would change little"
    return f"{agreed}: right on {low} to {high} of 100 such posts"


def bounds(right: int, of: int) -> tuple[int, int]:
    """The bounds in percent of the true share, if `right` of `of` (at least 1) guesses were right."""
    share, square = right / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return floor(100 * max(middle - half, 0.0)), ceil(100 * min(middle + half, 1.0))


def guess(category: Category, probability: float) -> str:
    """The filter's guess about a post before it is marked, and its probability (0 to 1)."""
    return f"guess: {category}, {probability:.0%} sure"


def guess_text(change: Change) -> str:
    """Whether the filter's guess agreed with a mark; "" for other changes."""
    if change.kind != "mark" or change.undone or change.category is None or change.guess is None:
        return ""
    if change.category == change.guess:
        return "the filter had guessed that"
    return f"the filter had guessed {change.guess}"


def ended(undo: str, leave: str) -> str:
    """The end of the queue; `undo` and `leave` are keys."""
    return f"The filter would learn little from the other loaded posts. {undo} undoes the last mark, {leave} goes back."


EMPTY = "The filter is sure of everything that is loaded. Come back after the next refresh."


def last_is_marked(category: Category, undo: str) -> str:
    """The message when the user marks the last post again, which changes nothing."""
    return f"this is the last post, already marked {category} · {undo} undoes the mark"
