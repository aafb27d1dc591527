"""The reasons of every hidden post of labelled sets and of the demo world are concrete."""

import gzip
import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from quietfeed.filters.base_model import base_model
from quietfeed.filters.judge import judge_all
from quietfeed.filters.learn import learn
from quietfeed.filters.reasons import about_sales
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Reason, Verdict
from quietfeed.session import Session

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SUMMARIES = ("style", "bio", "overall", "posts_alike")
PER_SET = 20
HABITS = (
    None,
    Habits(12, 2, 10, 0, 3.0, (1.0, 0.2, 0.1, 0.3)),
    Habits(20, 0, 20, 11, 1.0, (0.1, 1.2, 0.1, 0.3)),
    Habits(20, 1, 12, 2, 2.0, (0.1, 0.3, 1.4, 0.9)),
)


def _records(path: Path, count: int) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, islice(file, count))


def _contexts(data: Path) -> list[PostContext]:
    """Posts of every set by authors with counts, bios and habits as they come."""
    chance = random.Random(14)
    found = []
    for path in sorted(data.glob("*.jsonl.gz")):
        for number, record in enumerate(_records(path, PER_SET)):
            if not record.get("text"):
                continue
            author = Person(
                str(number),
                f"u{number}@there.example",
                bio=record.get("bio"),  # type: ignore[arg-type]
                followers=chance.choice((None, 40, 2_000, 90_000)),
                following=chance.choice((None, 30, 600)),
            )
            post = Post(f"{path.name}{number}", author, str(record["text"]))
            found.append(PostContext(post, Tie(follows_you=False), habits=chance.choice(HABITS)))
    return found


def _check(verdicts: Sequence[Verdict]) -> int:
    """Check the reasons of the posts that a guess hides, and count them."""
    hidden = [verdict for verdict in verdicts if verdict.cause in ("classifier", "rule")]
    for verdict in hidden:
        first, *others = verdict.reasons
        assert sum(reason.kind in SUMMARIES for reason in verdict.reasons) <= 1, verdict
        if any(_agrees(reason, verdict) for reason in others):
            assert first.kind not in SUMMARIES, verdict
        if verdict.category == "celebrity":
            assert not about_sales(first), verdict
        account = max((reason.weight for reason in verdict.reasons if reason.kind == "account"), default=0.0)
        quoted = (reason.weight for reason in verdict.reasons if reason.kind in ("wording", "host"))
        assert min(quoted, default=1e6) >= 0.1 * account, verdict
    return len(hidden)


def _agrees(reason: Reason, verdict: Verdict) -> bool:
    """Whether a reason quotes words that speak for the category of the verdict, without being about sales."""
    return reason.kind == "wording" and reason.values[0] == verdict.category and not about_sales(reason)


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[PostContext]:
    if not (shared / "data").is_dir():
        pytest.skip("the labelled sets are not on this machine")
    return _contexts(shared / "data")


def test_reasons_of_labelled_posts_are_concrete(cases: list[PostContext]) -> None:
    assert _check(judge_all(cases, base_model(), now=NOW)) > 20


def test_reasons_after_marks_are_concrete(cases: list[PostContext]) -> None:
    marks = [Mark(case, "sales" if "facebook" in case.post.id else "person", NOW) for case in cases[: 2 * PER_SET : 4]]
    assert _check(judge_all(cases, learn(base_model(), marks), now=NOW)) > 20


def test_reasons_in_the_demo_are_concrete(demo_world: Callable[..., Session]) -> None:
    assert _check([judged.verdict for judged in demo_world().timeline.posts]) > 20
