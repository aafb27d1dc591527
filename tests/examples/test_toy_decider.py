"""A decider in one function: the example of CONTRIBUTING.md, "Adding a decider".

It hides posts that link to an unwanted website.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from quietfeed.filters.deciders import DECIDERS, Decider, decide, tie
from quietfeed.filters.facts import Facts
from quietfeed.filters.score import Scorer
from quietfeed.models.context import PostContext
from quietfeed.models.mark import NO_MARKS, UserMarks
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Level, Reason, Verdict
from quietfeed.models.weights import Linear, Weights
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA = Person("1", "ada@example.social", "Ada")
POST = Post("p1", ADA, "Look at this", account="a", created_at=NOW, links=("https://noise.example/1",))
FRIEND = Tie(you_follow=True, follows_you=True)
MODEL = Scorer(Weights(Linear(bias=(3.0, 0.0, 0.0, 0.0)), name="test"))

UNWANTED = "noise.example"


def unwanted_host(facts: Facts) -> Verdict | None:
    """Hide posts that link to the unwanted website."""
    if not any(f"://{UNWANTED}/" in link for link in facts.context.post.links or ()):
        return None
    # "host" is an existing kind of reason. A new kind goes into ReasonKind, its sentence into phrases/reasons.py.
    reason = Reason("host", (UNWANTED,), 10.0)
    return facts.verdict(Level.everything, "user_rule", (reason,))


def before(decider: Decider, other: Decider) -> tuple[Decider, ...]:
    """All deciders, with one inserted before another. In the program this is one line in DECIDERS."""
    at = DECIDERS.index(other)
    return (*DECIDERS[:at], decider, *DECIDERS[at:])


DECIDERS_WITH_TOY = before(unwanted_host, tie)


def test_it_hides_the_post_with_its_cause_and_reason() -> None:
    verdict = decide(PostContext(POST, FRIEND), MODEL, NO_MARKS, NOW, DECIDERS_WITH_TOY)
    assert verdict.cause == "user_rule"
    assert not verdict.shown_at(Level.noise)
    assert reason_text(verdict.reasons[0]) == "it links to noise.example"


def test_it_leaves_other_posts_to_the_next_decider() -> None:
    other = PostContext(replace(POST, links=("https://example.org/",)), FRIEND)
    assert unwanted_host(Facts(other, MODEL, NO_MARKS, NOW)) is None
    assert decide(other, MODEL, NO_MARKS, NOW, DECIDERS_WITH_TOY).cause == "tie"


def test_deciders_before_it_win() -> None:
    marked = UserMarks({POST.key: "person"})
    assert decide(PostContext(POST, FRIEND), MODEL, marked, NOW, DECIDERS_WITH_TOY).cause == "mark"
