"""Copies of one post on several networks: which posts are copies, and which are not."""

from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.filters.crossposts import find_crossposts
from quietfeed.models.person import Person
from quietfeed.models.post import Card, Post, Span

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG = "The roof is tight again, and the garden survived the night of frost that everybody had been afraid of so much."


def post(number: int, where: str, text: str, minutes: float = 0.0, **parts: object) -> Post:
    author = Person(f"ada-{where}", f"ada@{where}", network=where)
    url = f"https://{where}.example/{number}"
    at = AT + timedelta(minutes=minutes)
    return Post(f"{where}{number}", author, text, where, where, at, url, f"{url}/uri", **parts)  # type: ignore[arg-type]


def article(number: int = 1, minutes: float = 0.0) -> Post:
    return post(number, "blog", "Frost\n\nThe roof is tight again.", minutes, spans=(Span(0, 5, "heading"),))


def grouped(*posts: Post) -> list[set[str]]:
    same = find_crossposts({"ada": posts})
    groups: dict[object, set[str]] = {}
    for each in posts:
        if each.identity in same:
            groups.setdefault(same[each.identity], set()).add(each.id)
    return list(groups.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG),
        (f"{LONG} https://masto.example/1", f"{LONG} #garden".replace("#garden", "").strip()),
        ("Tea with @bo@here.example at #noon today", "Tea with @bo at noon today"),
        (LONG, LONG[:80] + "…"),
    ],
    ids=["the same", "with a link", "handles and tags", "cut off"],
)
def test_the_same_text_on_two_networks_is_one_post(one: str, other: str) -> None:
    assert grouped(post(1, "masto", one), post(1, "sky", other, 20)) == [{"masto1", "sky1"}]


@pytest.mark.parametrize(
    ("posts", "why"),
    [
        ((post(1, "masto", LONG), post(1, "sky", "The roof leaks, and the garden froze.", 2)), "other words"),
        ((post(1, "masto", LONG), post(1, "sky", LONG, 60 * 24 * 3)), "days later"),
        ((post(1, "masto", "Good morning"), post(1, "sky", "good morning!", 60)), "a greeting an hour later"),
        ((post(1, "masto", LONG), post(2, "masto", LONG, 5)), "the same handle"),
        ((post(1, "masto", "https://a.example"), post(1, "sky", "https://b.example", 1)), "no words"),
        ((post(1, "masto", "Thank you so much", reply_to="bo"), post(1, "sky", "Thank you so much", 5, reply_to="cy")),
         "answers to others with the same words"),
        ((article(), post(1, "masto", "see https://blog.example/1", 9, reply_to="bo", links=("https://blog.example/1",))),
         "an answer that links to it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_different_posts_stay_separate(posts: tuple[Post, ...], why: str) -> None:
    assert why
    assert grouped(*posts) == []


def test_greetings_of_the_same_minutes_are_one() -> None:
    assert grouped(post(1, "masto", "Good morning"), post(1, "sky", "good morning!", 3)) == [{"masto1", "sky1"}]


def test_an_article_and_its_announcements_are_one_and_a_repeated_one_stays() -> None:
    link = {"links": ("https://blog.example/1?utm_source=x",)}
    said = post(1, "masto", "New on my blog, about frost: https://blog.example/1", 20, **link)
    again = post(2, "masto", "In case you missed it: https://blog.example/1", 60 * 30, **link)
    carded = post(1, "sky", "I wrote about the roof", 25, card=Card("https://blog.example/1/", "Frost"))
    assert grouped(article(), said, again, carded) == [{"blog1", "masto1", "sky1"}]
    assert grouped(article(), post(1, "masto", "old news", 60 * 24 * 20, **link)) == []


def test_copies_named_by_the_author_or_a_bridge_may_differ_in_words() -> None:
    named = post(1, "blog", "Titled\n\ntext", same_as=("https://masto.example/1",), spans=(Span(0, 6, "heading"),))
    assert grouped(named, post(1, "masto", "other words", 5)) == [{"blog1", "masto1"}]
    assert grouped(post(1, "masto", "other words", -5), named) == [{"blog1", "masto1"}]


def test_each_copy_has_one_group_and_grouping_does_not_depend_on_the_order() -> None:
    posts = [post(n, where, f"{LONG} {n}", 60 * n) for n in range(6) for where in ("masto", "sky", "blog")]
    groups = grouped(*posts)
    assert sorted(map(len, groups)) == [3] * 6
    assert {frozenset(each) for each in grouped(*reversed(posts))} == {frozenset(each) for each in groups}


def test_a_thread_of_ones_own_is_still_one_post() -> None:
    mine = (post(1, "masto", LONG, reply_to="ada@masto"), post(1, "sky", LONG, 5, reply_to="ada@sky"))
    assert grouped(*mine) == [{"masto1", "sky1"}]
