"""The reasons of posts that read like noise are looked up when they are first read, and are then the same."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.judge import judge, judge_all
from quietfeed.filters.score import Scorer
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category, Reason, is_unlike
from quietfeed.session.mark_index import MarkIndex

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SHOP = Person("7", "shop@example.social", followers=300, following=200, posts=90)
TEXTS = (
    "Flash sale, 35% off the whole collection, use code SAVE20, shop now https://shop.example",
    "URGENT! You have won a prize. To claim it call now",
    "Order now, free shipping, link in bio",
)


def _context(number: int, text: str) -> PostContext:
    return PostContext(Post(str(number), SHOP, text, account="a"))


def _pending(number: int, text: str) -> PostContext:
    return replace(_context(number, text), relationship_known=False, counts_known=False)


def _mark(number: int, category: Category) -> Mark:
    return Mark(_context(number, "a lamp"), category, NOW)


def test_judging_explains_nothing_before_reasons_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    explained: list[str] = []
    explain = Scorer.explain

    def counted(self: Scorer, context: PostContext, *others: object) -> list[Reason]:
        explained.append(context.post.id)
        return explain(self, context, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Scorer, "explain", counted)
    verdicts = judge_all(map(_context, range(3), TEXTS), Scorer(base_model()), now=NOW)
    assert {verdict.cause for verdict in verdicts} == {"classifier"}
    assert not any(map(is_unlike, verdicts))
    assert explained == []
    assert [len(verdicts[1].reasons), len(verdicts[1].reasons)] == [len(verdicts[1].reasons)] * 2
    assert explained == ["1"]
    # Nor while the server has not answered: then the numbers and the tie are unknown.
    explained.clear()
    verdicts = judge_all([_pending(number, text) for number, text in enumerate(TEXTS)], Scorer(base_model()), now=NOW)
    assert {verdict.cause for verdict in verdicts} == {"unsure"}
    assert explained == []


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("of", [_context, _pending])
def test_later_reasons_are_those_of_the_judgement(of: Callable[[int, str], PostContext], text: str) -> None:
    at_once = judge(of(1, text), base_model(), now=NOW)
    later = judge(of(1, text), Scorer(base_model()), now=NOW)
    assert isinstance(at_once.reasons, tuple)
    assert at_once.reasons == tuple(later.reasons)
    assert at_once == later


def test_marks_set_after_the_judgement_change_no_reason() -> None:
    index = MarkIndex([_mark(number, "sales") for number in range(3)])
    verdict = judge(_context(9, TEXTS[0]), Scorer(base_model()), marks=index.snapshot, now=NOW)
    index.add(_mark(5, "sales"))
    counts = [reason.values for reason in verdict.reasons if reason.kind == "author_marks"]
    assert counts == [("sales", 3)]
