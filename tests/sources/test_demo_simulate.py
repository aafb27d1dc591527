"""The simulated worlds: deterministic, of realistic shape, and readable by the command line."""

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.codec.records import judged_from_record
from quietfeed.models.verdict import CATEGORIES
from quietfeed.sources.demo.cast import ROLES
from quietfeed.sources.demo.disguise import disguised
from quietfeed.sources.demo.grammar import grammar
from quietfeed.sources.demo.simulate import main, simulate, ties
from quietfeed.sources.demo.world import World, world

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSONAL = ("daily", "talk", "hobby", "money")


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [simulate(seed, now=NOW) for seed in range(1, 13)]


def test_the_same_seed_gives_the_same_world(worlds: list[World]) -> None:
    assert simulate(1, now=NOW) == worlds[0]
    assert simulate(2, now=NOW) != worlds[0]


def test_a_world_has_the_requested_number_of_people(worlds: list[World]) -> None:
    assert {len(each.people) for each in worlds} == {50}
    assert len(simulate(1, users=20, now=NOW).people) == 20


def test_posts_are_newest_first_with_unique_ids_inside_three_weeks(worlds: list[World]) -> None:
    for each in worlds:
        times = [post.at for post in each.posts if post.at]
        assert times == sorted(times, reverse=True)
        assert times[0] <= NOW
        assert NOW - times[-1] <= timedelta(days=21)
        assert len({post.id for post in each.posts}) == len(each.posts)


def test_every_category_is_in_every_world_and_every_post_has_its_truth(worlds: list[World]) -> None:
    for each in worlds:
        assert set(each.truth) == {post.id for post in each.posts}
        assert set(each.truth.values()) == set(CATEGORIES)


def test_an_answer_comes_after_its_question(worlds: list[World]) -> None:
    for each in worlds:
        written = {post.id: post.created_at or NOW for post in each.posts}
        for post in each.posts:
            if post.reply_to_id in written:
                assert (post.created_at or NOW) > written[post.reply_to_id]


def test_spans_say_what_they_point_at(worlds: list[World]) -> None:
    for each in worlds:
        for post in each.posts:
            for span in post.spans:
                told = post.text[span.start : span.end]
                assert told.lstrip("#@") == span.target.partition("@")[0]


@pytest.mark.parametrize("category", CATEGORIES)
def test_thousands_of_texts_are_possible_in_every_category(category: str) -> None:
    sets = PERSONAL if category == "person" else [name for name, role in ROLES.items() if role.truth == category]
    rng = random.Random(5)
    choices = [(name, language) for name in sets for language in grammar().languages(name)]
    texts = {grammar().text(*rng.choice(choices), rng) for _ in range(4000)}
    assert len(texts) > 2500


def test_no_slot_is_left_open() -> None:
    rng = random.Random(5)
    for name, language in grammar().sets:
        if (name, language) != ("any", "any"):
            for _ in range(60):
                text = grammar().text(name, language, rng)
                assert "{" not in text, text
                assert text == text.strip() != ""


def test_the_texts_are_not_the_demo_s(worlds: list[World]) -> None:
    demo = {post.text for post in world(1, NOW).posts if len(post.text) > 25}
    assert not demo & {post.text for each in worlds for post in each.posts}


def test_a_share_of_the_authors_has_no_counts(worlds: list[World]) -> None:
    unknown = [person.followers is None for each in worlds for person in each.people]
    assert 0.08 < sum(unknown) / len(unknown) < 0.25


def test_some_friends_have_the_numbers_of_a_celebrity_and_some_bots_are_small(worlds: list[World]) -> None:
    personal = {
        post.author.id: post.author for each in worlds for post in each.posts if each.truth[post.id] == "person"
    }
    assert any((person.followers or 0) > 20_000 for person in personal.values())
    bots = [person for each in worlds for person in each.people if person.bot and person.followers is not None]
    assert any((person.followers or 0) < 3_000 for person in bots)


def test_friends_talk_of_prices_and_links_too(worlds: list[World]) -> None:
    personal = [post for each in worlds for post in each.posts if each.truth[post.id] == "person"]
    assert sum("€" in post.text or "£" in post.text or "$" in post.text for post in personal) >= 10
    assert sum(bool(post.links) for post in personal) >= 10


def test_broadcasters_never_answered_the_user(worlds: list[World]) -> None:
    for each in worlds:
        known = ties(each)
        for post in each.posts:
            if each.truth[post.id] == "celebrity":
                assert not known[post.author.id].replies_to_you
                assert not known[post.author.id].follows_you


def test_ties_count_what_passed_and_what_never_happened_is_zero(worlds: list[World]) -> None:
    each = worlds[0]
    known = ties(each)
    assert set(known) == {person.id for person in each.people}
    counted = Counter((one.person.id, one.kind) for one in each.interactions if one.direction == "to_you")
    for person, tie in known.items():
        assert tie.replies_to_you == counted[person, "reply"]
        times = [one.at for one in each.interactions if one.person.id == person]
        assert tie.last_contact == max(times, default=None)


def test_boosts_are_by_friends_of_strangers_and_celebrities(worlds: list[World]) -> None:
    for each in worlds:
        known = ties(each)
        boosts = [post for post in each.posts if post.booster is not None]
        assert any(each.truth[post.id] == "celebrity" for post in boosts)
        assert all(known[post.booster.id].you_follow is not False for post in boosts if post.booster)


def test_tricks_change_the_letters_but_not_the_address() -> None:
    text = "Claim your prize now, winner: https://prize.example/win"
    changed = {disguised(text, random.Random(seed)) for seed in range(30)}
    assert len(changed) > 5
    assert all("https://prize.example/win" in each for each in changed)
    assert any("\u200d" in each for each in changed)
    assert any(each.isascii() and each != text for each in changed)


def test_the_command_prints_records_that_judge_reads(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--seed", "7", "--now", "2026-03-01T12:00:00Z"])
    lines = capsys.readouterr().out.splitlines()
    made = simulate(7, now=NOW)
    assert len(lines) == len(made.posts)
    post, tie, mark = judged_from_record(json.loads(lines[-1]))
    assert post == made.posts[0]
    assert tie == ties(made)[post.author.id]
    assert mark == made.truth[post.id]
