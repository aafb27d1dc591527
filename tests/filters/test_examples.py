"""Marks on noise only must not hide people, and what known people post teaches within bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.filters.base_model import base_model
from quietfeed.filters.duplicates import mark_weights
from quietfeed.filters.examples import PER_PERSON, choose_examples
from quietfeed.filters.judge import judge_all
from quietfeed.filters.learn import learn
from quietfeed.filters.ties import name
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import NO_TIE
from quietfeed.models.verdict import Category, Level
from quietfeed.sources.demo.simulate import simulate, ties

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TALK = (
    "the kettle is on and the cat wants in",
    "missed the last bus again, walking home",
    "my sister called from the hospital, all is well",
    "we tried the new bakery, their rye is lovely",
    "somebody left an umbrella on our porch",
    "reading the same page for an hour now",
    "the dog found a hedgehog in the garden",
    "my knee hurts after yesterday's hill",
    "grandma turned ninety and danced all night",
    "rain on the tent, but the coffee is hot",
)
SCAM = "I just turned 500 into 12,400 with expert trader {0}, ask {0} how on https://{0}.example"


def post(text: str, number: int, author: str = "ada", days: float = 9.0) -> Post:
    person = Person(author, f"{author}@here.example")
    return Post(f"{author}{number}", person, text, "a", created_at=NOW - timedelta(days=days, minutes=number))


def spam(text: str, number: int, author: str = "") -> Mark:
    who = Person(author or f"s{number}", f"s{number}@far.example")
    return Mark(PostContext(Post(f"m{number}", who, text, "a")), "spam", NOW)


@pytest.fixture(scope="module")
def world() -> list[tuple[PostContext, Category]]:
    made = simulate(7, 60, NOW)
    known = ties(made)
    return [(PostContext(each, known.get(each.author.id, NO_TIE)), made.truth[each.id]) for each in made.posts]


def _known(context: PostContext) -> bool:
    return name(context.tie, NOW) in ("known", "close")


@pytest.mark.parametrize("count", [10, 25, 50])
def test_marks_on_noise_only_hide_no_strangers_personal_posts(
    world: list[tuple[PostContext, Category]], count: int
) -> None:
    noise = [(context, truth) for context, truth in world if truth != "person" and not _known(context)]
    marks = [Mark(context, truth, NOW) for context, truth in noise[:: len(noise) // count][:count]]
    marked = {mark.key for mark in marks}
    friends = [context.post for context, _ in world if _known(context)]
    weights = learn(base_model(), marks, choose_examples(friends, marks, base_model(), NOW))
    rest = [(context, truth) for context, truth in world if context.post.key not in marked]
    verdicts = judge_all([context for context, _ in rest], weights, now=NOW)
    hidden = [not verdict.shown_at(Level.quiet) for verdict in verdicts]

    def share(*, person: bool) -> float:
        ours = [
            gone
            for gone, (context, truth) in zip(hidden, rest, strict=True)
            if (truth == "person") == person and not _known(context)
        ]
        return sum(ours) / len(ours)

    # Two posts in this small world; bench/worlds.py holds 2 of 100 over many..
    assert share(person=True) <= 0.045
    assert share(person=False) >= 0.8


def test_without_posts_of_known_people_noise_only_marks_are_not_trusted(
    world: list[tuple[PostContext, Category]],
) -> None:
    noise = [Mark(context, truth, NOW) for context, truth in world if truth != "person"][:50]
    weights = learn(base_model(), noise)
    assert weights.blend.personal == 0
    assert weights.blend.shift <= 0


def test_examples_are_text_only_settled_and_few_of_each_person() -> None:
    posts = [post(text, number) for number, text in enumerate(TALK)]
    fresh = post("the moon is huge tonight", 99, days=0.1)
    found = choose_examples([*posts, fresh], [], base_model(), NOW)
    assert len(found) == PER_PERSON
    assert fresh.text not in {context.post.text for context in found}
    assert all(context.post.author == Person("", "") and context.tie == NO_TIE for context in found)
    assert found == choose_examples([fresh, *posts[::-1]], [], base_model(), NOW)


def test_an_account_that_was_taken_over_teaches_nothing() -> None:
    mine = [post(text, number) for number, text in enumerate(TALK[:4])]
    taken = [post(SCAM.format(f"trader{number}"), 50 + number, days=2) for number in range(8)]
    texts = {context.post.text for context in choose_examples([*mine, *taken], [], base_model(), NOW)}
    assert texts == set(TALK[:4])


def test_no_text_like_marked_noise_is_an_example() -> None:
    copy = "the heron festival opens on sunday, bring your whole family"
    other = "our heron festival opens on sunday, bring all of your family"
    marks = [spam(copy, 1)]
    posts = [post(copy, 1), post(other, 2, "bo"), post(TALK[0], 3)]
    assert [context.post.text for context in choose_examples(posts, marks, base_model(), NOW)] == [TALK[0]]


def test_a_post_with_a_new_link_or_script_is_unlike_its_author() -> None:
    mine = [post(text, number) for number, text in enumerate(TALK[:5])]
    odd = [
        post("look what my cat did https://new.example/cat", 60, days=2),
        post("наша кошка спит в раковине", 61, days=2),
    ]
    texts = [context.post.text for context in choose_examples([*mine, *odd], [], base_model(), NOW)]
    assert sorted(texts) == sorted(TALK[:5])


def test_near_copies_weigh_as_few_whoever_wrote_them() -> None:
    one = [spam(f"Huge opening tonight, tickets for row {n} are still there", n) for n in range(200)]
    assert sum(mark_weights(one)) < 8
    assert sum(mark_weights([spam(f"{TALK[n % 10]} {n} and so on", n, "eve") for n in range(200)])) < 8
    different = [spam(text, n) for n, text in enumerate(TALK)]
    assert mark_weights(different) == [1.0] * len(TALK)
