"""The index of the user's marks for judging: every mark is added and removed without a trace."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import CATEGORIES, Category
from quietfeed.session.mark_index import MarkIndex

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA, BO = Person("7", "ada@here.example"), Person("8", "bo@here.example")
# A post, three boosts of it, and a post and a boost of somebody else.
POSTS = [
    Post("p", ADA, "hi", "a"),
    *(Post(f"b{number}", ADA, "hi", "a", booster=BO, original_id="p") for number in range(3)),
    Post("q", BO, "yo", "a"),
    Post("c", BO, "yo", "a", booster=ADA, original_id="q"),
]


def marked(number: int, category: Category, minutes: int) -> Mark:
    return Mark(PostContext(POSTS[number]), category, NOW + timedelta(minutes=minutes))


def test_of_several_marked_boosts_the_newest_mark_holds_for_their_post() -> None:
    words = MarkIndex([marked(1, "spam", 1), marked(2, "person", 3), marked(3, "sales", 2)])
    assert words.snapshot.boosted == {("a", "p"): "person"}
    words.remove(("a", "b1"))
    assert words.snapshot.boosted == {("a", "p"): "sales"}
    for key in ("b0", "b2"):
        words.remove(("a", key))
    assert words.snapshot.boosted == {}


ACTS = st.lists(st.tuples(st.integers(0, len(POSTS) - 1), st.none() | st.sampled_from(CATEGORIES)), max_size=14)


@settings(max_examples=100)
@given(ACTS)
def test_the_index_equals_one_built_from_the_remaining_marks(
    acts: list[tuple[int, Category | None]],
) -> None:
    words, left = MarkIndex(()), dict[int, Mark]()
    for minutes, (number, category) in enumerate(acts):
        left.pop(number, None)
        if category is None:
            words.remove(POSTS[number].key)
        else:
            left[number] = marked(number, category, minutes)
            words.add(left[number])
    assert words.snapshot == MarkIndex(left.values()).snapshot
    renewed = MarkIndex([marked(0, "spam", 99), marked(3, "sales", 99)])
    renewed.replace_all(left.values())
    assert renewed.snapshot == words.snapshot
