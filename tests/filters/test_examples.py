"""Marks on noise only must not hide people, and posts of known people are examples within limits."""

from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.filters.base_model import base_model
from quietfeed.filters.duplicates import mark_weights
from quietfeed.filters.examples import PER_PERSON, choose_examples
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.ties import name
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import NO_TIE
from quietfeed.models.verdict import Category, Level
from quietfeed.sources.demo.simulate import simulate, ties
from quietfeed.tests.filters.talk import TALK

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
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


SCAMS = (
    SCAM,
    "Doubled my savings in three days with {0}. Message {0} on whatsapp and thank me later",
    "Honestly {0} changed my life, from 300 to 4,100 dollars in one week, no risk at all",
    "Guys I did not believe it either but {0} pays out every day, join with my link https://{0}.example",
    "Claim your free crypto airdrop before midnight, connect your wallet at https://{0}.example",
    "My mentor {0} helps ten people to earn 900 a day from home, write to him now",
)


@pytest.mark.parametrize("template", SCAMS)
@pytest.mark.parametrize("marked", [0, 3])
def test_an_account_that_was_taken_over_teaches_nothing(template: str, marked: int) -> None:
    mine = [post(text, number) for number, text in enumerate(TALK)]
    taken = [post(template.format(f"trader{number}"), 50 + number, days=2) for number in range(8)]
    marks = [spam(template.format(f"guide{number}"), number) for number in range(marked)]
    texts = {context.post.text for context in choose_examples([*mine, *taken], marks, base_model(), NOW)}
    learned = texts - set(TALK)
    # Plain words that no model or mark rates as noise are one example at most: copies count once.
    assert len(learned) <= (0 if marked or "://" in template else 1)


@pytest.mark.parametrize("template", [SCAMS[1], SCAMS[2], SCAMS[5]])
def test_a_scam_behind_different_sentences_of_a_person_without_a_past_teaches_nothing(template: str) -> None:
    drip = [post(f"{text}. {template.format(f'trader{n}')}", n, days=30 - 3 * n) for n, text in enumerate(TALK)]
    texts = [context.post.text for context in choose_examples(drip, [], base_model(), NOW)]
    assert texts == []
    # A person who repeats no sentence still teaches as before.
    mine = [post(text, number) for number, text in enumerate(TALK)]
    assert len(choose_examples(mine, [], base_model(), NOW)) == PER_PERSON


# Written after the fix. The base model alone rates each as a person's.
UNSEEN = (
    "Mein Nachbar verdient mit {0} jeden Tag vierhundert Euro von zu Hause, schreib ihm einfach",
    "My brother in law quit his job because of {0}, he explains it to anybody who asks",
    "The dean of my school fixed his grades thanks to {0}, ask him about yours before summer",
)


@pytest.mark.parametrize("template", UNSEEN)
def test_what_two_other_people_write_too_is_no_example(template: str) -> None:
    mine = [post(text, number) for number, text in enumerate(TALK)]
    mine += [post(text, 60 + number, "eve") for number, text in enumerate(("the sea is flat today", "soup for lunch"))]
    once = post(template.format("trader1"), 50, "eve")
    copies = [post(template.format(f"broker{n}"), 500 + n, f"s{n}") for n in range(2)]

    def texts(others: list[Post]) -> list[str]:
        chosen = choose_examples([*mine, once], [], base_model(), NOW, others)
        return [context.post.text for context in chosen]

    assert once.text in texts([])
    assert once.text in texts(copies[:1])
    assert once.text not in texts(copies)
    assert len(texts(copies)) == PER_PERSON + 2
    # One author with many copies is no campaign, and removes nobody's examples.
    same = [post(copy.text, 600 + n, "s1") for n, copy in enumerate(copies)]
    assert once.text in texts(same)


@pytest.mark.parametrize("template", SCAMS)
def test_strangers_scams_are_judged_as_without_the_account_that_was_taken_over(template: str) -> None:
    mine = [post(text, number) for number, text in enumerate(TALK)]
    taken = [post(template.format(f"trader{number}"), 50 + number, days=2) for number in range(8)]
    marks = [spam(f"Big prize number {n}, answer with your card number to get it", n) for n in range(12)]
    scams = [spam(template.format(f"broker{n}"), 500 + n).context for n in range(15)]

    def shown(posts: list[Post]) -> int:
        weights = learn(base_model(), marks, choose_examples(posts, marks, base_model(), NOW))
        return sum(judge(scam, weights, now=NOW).shown_at(Level.quiet) for scam in scams)

    assert shown([*mine, *taken]) <= shown(mine) + 2


def test_a_link_to_a_host_that_the_author_used_before_is_no_free_pass() -> None:
    mine = [post(f"{text} https://photos.example/{number}", number) for number, text in enumerate(TALK)]
    taken = [
        post(SCAM.replace("https://{0}.example", "https://photos.example/{0}").format(n), 50 + n, days=2)
        for n in range(8)
    ]
    marks = [spam(SCAM.format(f"guide{n}"), n) for n in range(3)]
    texts = [context.post.text for context in choose_examples([*mine, *taken], marks, base_model(), NOW)]
    assert texts
    assert not any("just turned" in text for text in texts)


def test_no_text_like_marked_noise_is_an_example() -> None:
    copy = "the heron festival opens on sunday, bring your whole family"
    other = "our heron festival opens on sunday, bring all of your family"
    marks = [spam(copy, 1)]
    posts = [post(copy, 1), *(post(TALK[n], 3 + n) for n in range(3))]
    posts += [post(other, 2, "bo"), *(post(TALK[n], 3 + n, "bo") for n in range(3, 6))]
    assert {context.post.text for context in choose_examples(posts, marks, base_model(), NOW)} == {*TALK[:6]}


def test_a_person_with_fewer_than_three_posts_gives_no_example() -> None:
    posts = [post(text, number) for number, text in enumerate(TALK[:3])]
    assert choose_examples(posts[:2], [], base_model(), NOW) == []
    assert len(choose_examples(posts, [], base_model(), NOW)) == 3


def test_a_post_with_a_new_link_or_script_is_unlike_its_author() -> None:
    mine = [post(text, number) for number, text in enumerate(TALK[:5])]
    odd = [
        post("look what my cat did https://new.example/cat", 60, days=2),
        post("наша кошка спит в раковине", 61, days=2),
    ]
    texts = [context.post.text for context in choose_examples([*mine, *odd], [], base_model(), NOW)]
    assert sorted(texts) == sorted(TALK[:5])


@pytest.mark.parametrize("count", [30, 200, 1000])
@pytest.mark.parametrize("authors", [1, 500])
def test_near_copies_weigh_as_three_marks_at_most(count: int, authors: int) -> None:
    copies = [
        spam(f"Huge opening tonight, tickets for row {n} are still there", n, f"s{n % authors}") for n in range(count)
    ]
    assert 1 <= sum(mark_weights(copies)) <= 3.0001


def test_many_marks_on_one_author_weigh_as_few_and_different_texts_in_full() -> None:
    assert sum(mark_weights([spam(f"{TALK[n % 10]} {n} and so on", n, "eve") for n in range(200)])) < 8
    different = [spam(text, n) for n, text in enumerate(TALK)]
    assert mark_weights(different) == [1.0] * len(TALK)


COMPLAINTS = (
    "My train is forty minutes late again and nobody tells us why",
    "ugh, the new update broke my alarm and I missed my shift",
    "Out of coffee now, and the new kettle broke",
    "Our street has no water again, now on day two",
    "My new phone is out of battery by noon, what a waste of money",
)


@pytest.mark.parametrize("authors", [1, 200])
def test_two_hundred_marks_on_one_text_hide_no_complaint_of_a_stranger(authors: int) -> None:
    campaign = 'Out now! My new single "Golden Hour {}" is on every platform. Link in bio'
    stars = [Person(f"s{n}", f"s{n}@far.example", followers=900_000, following=10) for n in range(authors)]
    marks = [
        Mark(PostContext(Post(f"m{n}", stars[n % authors], campaign.format(n), "a")), "celebrity", NOW)
        for n in range(200)
    ]
    friends = [post(text, number, f"f{number}") for number, text in enumerate(TALK)]
    weights = learn(base_model(), marks, choose_examples(friends, marks, base_model(), NOW))
    cold = [1 - judge(spam(text, 1).context, base_model(), now=NOW).scores["person"] for text in COMPLAINTS]
    after = [1 - judge(spam(text, 1).context, weights, now=NOW).scores["person"] for text in COMPLAINTS]
    assert max(after) < 0.83
    assert max(now - before for now, before in zip(after, cold, strict=True)) < 0.2
