"""The demo world: a Source like any other, with people worth knowing and noise worth hiding."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.models.post import Post
from quietfeed.models.source import Source
from quietfeed.models.text import clean, clean_line
from quietfeed.models.tie import Interaction
from quietfeed.models.verdict import CATEGORIES
from quietfeed.sources.demo import Demo, World, world

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo_world() -> World:
    return world(1, NOW)


def everything(demo_world: World) -> list[Post]:
    return [*demo_world.posts, *demo_world.late]


def by(demo_world: World, author: str) -> list[Post]:
    return [post for post in demo_world.posts if post.author.id == author and post.booster is None]


def passed(demo_world: World, person: str, direction: str) -> list[Interaction]:
    return [each for each in demo_world.interactions if each.person.id == person and each.direction == direction]


async def walk(source: Source) -> list[Post]:
    page = await source.timeline(None)
    posts = list(page.posts)
    while page.cursor is not None:
        page = await source.timeline(page.cursor)
        posts += page.posts
    return posts


def test_the_same_seed_and_moment_give_the_same_world(demo_world: World) -> None:
    assert world(1, NOW) == demo_world


def test_another_seed_writes_the_same_words_at_other_times(demo_world: World) -> None:
    other = world(2, NOW)
    assert sorted(post.text for post in other.posts) == sorted(post.text for post in demo_world.posts)
    assert [post.created_at for post in other.posts] != [post.created_at for post in demo_world.posts]


def test_the_world_moves_with_the_moment_it_is_seen_at(demo_world: World) -> None:
    later = world(1, NOW + timedelta(days=10))
    assert later.posts[0].created_at == (demo_world.posts[0].created_at or NOW) + timedelta(days=10)


def test_about_sixty_people_and_five_hundred_posts(demo_world: World) -> None:
    assert 58 <= len(demo_world.people) <= 70
    assert 500 <= len(demo_world.posts) <= 620


@pytest.mark.parametrize("seed", range(1, 9))
def test_posts_are_newest_first_and_none_is_from_the_future_or_too_old(seed: int) -> None:
    posts = world(seed, NOW).posts
    times = [post.at for post in posts if post.at]
    assert times == sorted(times, reverse=True)
    assert timedelta(minutes=4) < NOW - times[0] < timedelta(minutes=45)
    assert timedelta(days=14) < NOW - times[-1] <= timedelta(days=21)


@pytest.mark.parametrize("seed", range(1, 9))
def test_an_answer_and_a_boost_come_after_what_they_are_about(seed: int) -> None:
    posts = everything(world(seed, NOW))
    written = {post.id: post.created_at for post in posts}
    for post in posts:
        if post.reply_to_id in written and post.booster is None:
            assert (post.created_at or NOW) > (written[post.reply_to_id] or NOW), post.text
        if post.booster is not None:
            assert (post.boosted_at or NOW) > (post.created_at or NOW), post.text


def test_ids_are_unique_and_every_post_is_the_account_s_own(demo_world: World) -> None:
    posts = everything(demo_world)
    assert len({post.key for post in posts}) == len(posts)
    assert {post.account for post in posts} == {Demo(now=NOW).account.key}


def test_all_times_are_aware_and_utc(demo_world: World) -> None:
    times = [time for post in everything(demo_world) for time in (post.created_at, post.boosted_at) if time]
    times += [each.at for each in demo_world.interactions]
    assert {time.utcoffset() for time in times} == {timedelta(0)}


def test_spans_lie_in_the_text_and_match_their_targets(demo_world: World) -> None:
    kinds: Counter[str] = Counter()
    for post in everything(demo_world):
        for span in post.spans:
            told = post.text[span.start : span.end]
            kinds[span.kind] += 1
            if span.kind == "link":
                assert told == span.target
                assert told in (post.links or ())
            elif span.kind == "mention":
                assert span.target.startswith(told.removeprefix("@") + "@")
            elif span.kind == "hashtag":
                assert told == f"#{span.target}"
            elif span.kind == "code":
                assert told == f"`{told.strip('`')}`"
            else:
                assert told == f":{told.strip(':')}:"
    assert set(kinds) == {"link", "mention", "hashtag", "code", "emoji"}


def test_nothing_in_it_is_hostile(demo_world: World) -> None:
    for post in everything(demo_world):
        assert post.text == clean(post.text)
        assert post.author.name == clean_line(post.author.name or "")
        for medium in post.media or ():
            assert medium.alt == clean_line(medium.alt)


def test_every_address_is_an_example(demo_world: World) -> None:
    assert all(person.handle.endswith(".example") for person in demo_world.people)
    hosts = {link.split("/")[2] for post in everything(demo_world) for link in post.links or ()}
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_at_least_eight_languages_and_two_of_them_from_right_to_left(demo_world: World) -> None:
    spoken = Counter(post.lang for post in demo_world.posts)
    assert {"en", "de", "fr", "es", "pt", "it", "pl", "ja", "tr", "ar", "he"} <= set(spoken)
    assert spoken["en"] < sum(spoken.values()) * 0.75


def test_posts_of_every_shape(demo_world: World) -> None:
    posts = demo_world.posts
    alts = [medium.alt for post in posts for medium in post.media or ()]
    assert "" in alts
    assert any(alts)
    assert any(medium.kind == "video" for post in posts for medium in post.media or ())
    for shape in ("poll", "card", "quote", "warning", "reply_to", "booster"):
        assert sum(bool(getattr(post, shape)) for post in posts) >= 1, shape
    assert any("\u200d" in post.text for post in posts), "a joined emoji"
    assert any("\u0336" in post.text for post in posts), "combining marks"
    assert max(len(post.text) for post in posts) > 180
    assert min(len(post.text) for post in posts if post.text) < 15


def test_every_post_has_its_truth(demo_world: World) -> None:
    assert {post.id for post in everything(demo_world)} <= set(demo_world.truth)
    counts = Counter(demo_world.truth[post.id] for post in demo_world.posts)
    assert set(counts) == set(CATEGORIES)
    assert counts["person"] > len(demo_world.posts) / 2


def test_the_friend_met_once_still_answers_over_years(demo_world: World) -> None:
    answers = [each.at for each in passed(demo_world, "finn", "to_you") if each.kind == "reply"]
    assert len(answers) >= 3
    assert max(answers) - min(answers) > timedelta(days=365)
    assert len(by(demo_world, "finn")) <= 3


def test_the_friend_with_two_hundred_thousand_followers_talks_back(demo_world: World) -> None:
    sam = next(person for person in demo_world.people if person.id == "sam")
    assert sam.followers == 205_000
    assert len(passed(demo_world, "sam", "to_you")) > 50
    assert {demo_world.truth[post.id] for post in by(demo_world, "sam")} == {"person"}


def test_the_friend_who_sells_a_bicycle_sells_once(demo_world: World) -> None:
    selling = [post for post in by(demo_world, "tobi") if "Verkaufe" in post.text]
    assert len(selling) == 1
    assert demo_world.truth[selling[0].id] == "person"


def test_the_friend_who_boosts_celebrities_all_day(demo_world: World) -> None:
    boosts = [post for post in demo_world.posts if post.booster and post.booster.id == "emeka"]
    assert sum(demo_world.truth[post.id] == "celebrity" for post in boosts) >= 8
    assert {demo_world.truth[post.id] for post in by(demo_world, "emeka")} == {"person"}


def test_the_colleague_slides_into_daily_sales(demo_world: World) -> None:
    truths = [demo_world.truth[post.id] for post in reversed(by(demo_world, "dana"))]
    assert truths[:2] == ["person", "person"]
    assert set(truths[2:]) == {"sales"}
    assert len(truths) >= 10


def test_the_celebrity_never_answered(demo_world: World) -> None:
    assert passed(demo_world, "marcus", "to_you") == []
    assert len(passed(demo_world, "marcus", "from_you")) >= 30


def test_the_brand_asks_everybody_for_a_message(demo_world: World) -> None:
    answers = [post for post in by(demo_world, "brightly") if post.reply_to is not None]
    assert len(answers) >= 10
    assert sum("DM" in post.text for post in answers) == len(answers)


@pytest.mark.parametrize(
    ("author", "truth"),
    [
        ("wire", "celebrity"),
        ("wetterbot", "celebrity"),
        ("trendline", "celebrity"),
        ("glowshop", "sales"),
        ("freebies", "spam"),
        ("moonfund", "spam"),
        ("parcelhelp", "spam"),
    ],
)
def test_the_noise_is_all_there(demo_world: World, author: str, truth: str) -> None:
    assert {demo_world.truth[post.id] for post in by(demo_world, author)} == {truth}


def test_the_stranger_worth_reading_is_seen_only_where_friends_pass_her_on(demo_world: World) -> None:
    hers = [post for post in demo_world.posts if post.author.id == "vera"]
    assert len(hers) >= 4
    assert all(post.booster is not None for post in hers)
    assert not [each for each in demo_world.interactions if each.person.id == "vera"]


async def test_the_cursors_walk_through_all_posts_once(demo_world: World) -> None:
    assert await walk(Demo(now=NOW)) == list(demo_world.posts)


async def test_an_unknown_cursor_is_the_end() -> None:
    page = await Demo(now=NOW).timeline("nowhere")
    assert (page.posts, page.cursor) == ((), None)


async def test_refreshing_brings_news_a_few_at_a_time_and_then_none(demo_world: World) -> None:
    source = Demo(now=NOW)
    seen = {post.id for post in (await source.timeline(None)).posts}
    brought = []
    for _ in range(8):
        page = await source.timeline(None)
        times = [post.at for post in page.posts if post.at]
        assert times == sorted(times, reverse=True)
        new = [post for post in page.posts if post.id not in seen]
        seen.update(post.id for post in new)
        brought.append(len(new))
    assert brought == [3, 3, 3, 3, 3, 0, 0, 0]
    assert len(demo_world.late) == 15


async def test_a_thread_surrounds_a_post(demo_world: World) -> None:
    source = Demo(now=NOW)
    answer = next(post for post in by(demo_world, "kwame") if "second man" in post.text)
    thread = await source.thread(answer)
    assert [post.author.id for post in thread.before] == ["thandi", "oskar", "thandi"]
    opened = await source.thread(thread.before[0])
    assert answer in opened.after
    assert opened.before == ()


async def test_a_boosted_post_has_the_conversation_of_the_original(demo_world: World) -> None:
    boost = next(post for post in demo_world.posts if post.booster and "bathtub" in post.text)
    thread = await Demo(now=NOW).thread(boost)
    assert [post.author.id for post in thread.after] == ["mira"]


async def test_an_answer_to_a_post_seen_only_as_a_boost_finds_it(demo_world: World) -> None:
    answer = next(post for post in by(demo_world, "mira") if "joke is safe" in post.text)
    before = (await Demo(now=NOW).thread(answer)).before
    assert [(post.author.id, post.booster) for post in before] == [("vera", None)]


async def test_relationships_and_people_match_the_request() -> None:
    source = Demo(now=NOW)
    known = await source.relationships(["mira", "marcus", "nobody"])
    assert [(each.person_id, each.you_follow, each.follows_you) for each in known] == [
        ("mira", True, True),
        ("marcus", True, False),
        ("nobody", None, None),
    ]
    assert [person.id for person in await source.people(["vera", "nobody"])] == ["vera"]


async def test_interactions_come_once_in_two_streams(demo_world: World) -> None:
    source = Demo(now=NOW)
    pages = [page async for page in source.interactions({})]
    assert [page.stream for page in pages] == ["notifications", "statuses"]
    assert sum(len(page.interactions) for page in pages) == len(demo_world.interactions)
    since = {page.stream: page.since or "" for page in pages}
    assert [page async for page in source.interactions(since)] == []
    assert len({each.id for page in pages for each in page.interactions}) == len(demo_world.interactions)


async def test_a_post_has_its_truth() -> None:
    source = Demo(now=NOW)
    page = await source.timeline(None)
    assert source.truth(page.posts[0]) in CATEGORIES


def test_the_account_of_the_demo() -> None:
    account = Demo(now=NOW).account
    assert (account.network, account.server, account.handle, account.remote_id) == (
        "demo",
        "",
        "you@demo.example",
        "you",
    )


def test_the_texts_are_small() -> None:
    folder = Path(__file__).parents[2] / "sources" / "demo"
    assert sum(path.stat().st_size for path in folder.glob("*.txt")) < 300_000


def test_the_picture_of_the_seal_is_one() -> None:
    from quietfeed.sources.demo.pictures import draw

    assert draw("demo:scene/A grey seal on a slipway") == draw("demo:scene/a seal")
    assert draw("demo:scene/a cat") != draw("demo:scene/a dog")
