"""What an author's posts say together, with the account: organisations, machines, accounts that praise everything."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.bios import organisation
from quietfeed.filters.features import features
from quietfeed.filters.habits import HabitBook, form
from quietfeed.filters.judge import judge_all
from quietfeed.filters.linear import ModelOutput, TextOutput
from quietfeed.filters.rules import Evidence
from quietfeed.filters.score import Scored
from quietfeed.filters.together import with_account, with_others, with_voice
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Level, Reason, Verdict

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NO_CONTACT = Tie(you_follow=False, follows_you=False, replies_to_you=0, replies_from_you=0)
NOBODY = (0.0, 0.0, 0.0, 0.0)


def judged(author: Person, *texts: str, tie: Tie = NO_CONTACT, answers: bool = False) -> list[Verdict]:
    """The verdicts on all posts of one author."""
    posts = [
        Post(
            str(number),
            author,
            text,
            created_at=NOW - timedelta(hours=7 * number),
            links=(),
            reply_to=f"p{number}@x.example" if answers else None,
            reply_to_person=f"p{number}" if answers else None,
        )
        for number, text in enumerate(texts)
    ]
    book = HabitBook(base_model())
    for post in posts:
        book.add(post)
    return judge_all([PostContext(post, tie, None, book.of(post.author_key)) for post in posts], base_model(), now=NOW)


def hidden(verdicts: list[Verdict]) -> int:
    """How many posts level quiet hides."""
    return sum(not verdict.shown_at(Level.quiet) for verdict in verdicts)


FRIENDLY = (
    "the allotment is drowning again, send frogs",
    "had soup. good soup",
    "can't believe how late the tomatoes are this year",
    "thinking about my gran today, she would have laughed at this weather",
    "bus was late, again, I walked home in the rain and it was lovely",
    "new trousers. they have POCKETS",
    "my cat has opinions about the vacuum",
    "ok who moved the good scissors",
)


@pytest.mark.parametrize(
    ("followers", "following", "expected"), [(1_000_000, 80, 8), (200_000, 300, 8), (300, 200, 0), (5_000, 5_000, 0)]
)
def test_a_celebrity_who_writes_like_a_friend_stays_hidden(followers: int, following: int, expected: int) -> None:
    author = Person("s", "star@x.example", "The Star", followers=followers, following=following, posts=9_000)
    assert hidden(judged(author, *FRIENDLY, tie=replace(NO_CONTACT, you_follow=True))) == expected


@pytest.mark.parametrize(
    ("name", "bio", "expected"),
    [
        ("Oakham Library", "", 1.0),
        ("Oakham Library", "Your town library. We are open Tuesday to Saturday.", 1.75),
        ("Stadtbücherei", "", 0.0),
        ("大学図書館", "", 1.0),
        ("Rosa", "I teach at a school and sing in the choir", 0.0),
        ("Rosa", "school, choir, two cats", 0.0),
        ("Rosa's club", "my own views", 0.5),
        ("", "A museum run by volunteers. Our hours are 10 to 4.", 1.0),
    ],
)
def test_names_and_bios_of_organisations_are_recognised(name: str, bio: str, expected: float) -> None:
    assert organisation(name, bio) == expected


def test_a_small_organisation_is_hidden_by_its_posts_together() -> None:
    texts = (
        "Crafts for children on Friday at 3, no booking needed",
        "The hall is closed on Monday",
        "Thank you to our volunteers for a lovely fair",
        "New members are welcome on Thursday evenings",
        "We raised £270 for the new stage",
        "Tickets for the spring concert are on sale at the door",
    )
    club = Person(
        "1", "hall@x.example", "Moor Lane Community Centre", "Run by volunteers", followers=320, following=140
    )
    alone = [judged(club, text)[0] for text in texts]
    assert hidden(alone) < hidden(judged(club, *texts)) == len(texts)
    friend = replace(NO_CONTACT, you_follow=True, follows_you=True)
    assert hidden(judged(club, *texts, tie=friend)) == 0


def test_one_post_with_a_price_does_not_hide_a_person() -> None:
    texts = (
        "$11.50 tacos on 5th, $14 with cheese",
        "my sister taught the parrot to swear and I am so proud",
        "can't sleep. again. the moon is too loud",
        "i lost my keys in my own hand today",
        "the neighbours are fighting about a hedge and i am learning so much",
        "ok who left the soup on, it was me",
        "cried at the bus stop, an old lady gave me a mint",
    )
    somebody = Person("1", "jo@x.example", "jo", followers=240, following=260)
    assert hidden(judged(somebody, texts[0])) == 1
    assert hidden(judged(somebody, *texts)) == 0


ALIKE: Evidence = ("sales", Reason("posts_alike", ("sales",), 3.5))
SELLER = Habits(8, 0, 0, 0, 20.0, (0.0, 0.0, 1.0, 0.0))
SOMEBODY = Habits(8, 0, 0, 0, 20.0, (2.5, 0.0, 0.0, 0.0))


def words(person: float, sales: float) -> Scored:
    """A score of words alone."""
    text = TextOutput((person, 0.0, sales, 0.0), 1.0)
    found = features(PostContext(Post("1", Person("1", "ann@x.example"), "hi")))
    return Scored(NOBODY, found, ModelOutput(NOBODY, text, 1.0, NOBODY), NOBODY)


def test_a_plain_post_is_read_with_the_authors_others() -> None:
    plain, sells = words(3.0, 0.0), words(0.0, 3.0)
    [(category, reason)] = with_others([ALIKE], SELLER, plain)
    assert category == "sales"
    assert reason.weight > 4.5
    assert with_others([ALIKE], SELLER, sells) == [ALIKE]
    # Posts that are no evidence of noise do not change the verdict on a plain one.
    assert with_others([], SELLER, plain) == []


def test_an_unusual_post_of_a_person_is_read_with_their_others_up_to_a_limit() -> None:
    person: Evidence = ("person", Reason("posts_alike", ("person",), 0.3))
    [(_, mild)] = with_others([person], SOMEBODY, words(1.5, 0.0))
    [(_, strong)] = with_others([person], SOMEBODY, words(0.0, 9.0))
    assert 0.3 < mild.weight < strong.weight == 1.5


def test_somebody_who_follows_many_is_a_person_by_their_words() -> None:
    habits = replace(SOMEBODY, words=(4.0, 0.0, 0.0, 0.0))
    reader, star = (-3.0, -1.0, 0.5, 2.0), (-3.0, 4.0, 0.0, 0.0)
    assert [category for category, _ in with_account([], habits, reader)] == ["person"]
    assert with_account([], habits, star) == []


@pytest.mark.parametrize(("posts", "expected"), [(20, 2.0), (9_000, 1.0), (None, 1.0)])
def test_many_follows_with_few_posts_count_twice(posts: int | None, expected: float) -> None:
    person = Person("1", "ann@x.example", followers=40, following=1_200, posts=posts)
    assert features(PostContext(Post("1", person, "hi"))).named["account:follows_for_follows"] == expected


@pytest.mark.parametrize(
    ("followers", "following", "posts", "expected"),
    [
        (300, 280, 9_000, 1.0),
        (300, 280, 400, 0.0),
        (300, 280, None, 0.0),
        (300, 1, 9_000, 0.0),
        (200_000, 200_000, 9_000_000, 0.0),
    ],
)
def test_people_write_much_for_few_readers(followers: int, following: int, posts: int | None, expected: float) -> None:
    person = Person("1", "ann@x.example", followers=followers, following=following, posts=posts)
    talks = features(PostContext(Post("1", person, "hi"))).named.get("account:talks", 0.0)
    assert talks == pytest.approx(expected, abs=0.01)


def test_posts_that_fill_in_a_form_are_a_machines() -> None:
    station = Person("1", "bee@x.example", "Bee of the day", followers=700, following=2, posts=900)
    texts = [f"{name} (Bombus {kind}), drawn {year}" for name, kind, year in BEES]
    verdicts = judged(station, *texts)
    assert hidden(verdicts) == len(texts)
    assert all(any(reason.kind == "same_form" for reason in verdict.reasons) for verdict in verdicts)


BEES = [
    ("Garden bumblebee", "hortorum", 1904),
    ("Red-tailed bumblebee", "lapidarius", 1899),
    ("Common carder bee", "pascuorum", 1910),
    ("Early bumblebee", "pratorum", 1921),
    ("Shrill carder bee", "sylvarum", 1887),
    ("Heath bumblebee", "jonellus", 1893),
]


@pytest.mark.parametrize(
    "text", ["rain again", "Mile 412. A heron.", "so, that happened!", "look https://a.example/1/2", ""]
)
def test_plain_prose_has_no_form(text: str) -> None:
    assert form(text) == ""


def test_an_account_that_praises_everything_is_hidden() -> None:
    texts = (
        "Great point! Patience truly is the foundation of success.",
        "Such an insightful post! Small habits lead to lasting change.",
        "Couldn't agree more! Collaboration makes all the difference.",
        "What a beautiful reminder! Gratitude is essential in today's world.",
        "Absolutely! Innovation thrives on curiosity.",
        "Love this perspective! Every challenge is an opportunity to grow.",
    )
    bot = Person("1", "amy@x.example", "Amy Lane", "Lifelong learner", followers=410, following=900)
    verdicts = judged(bot, *texts, answers=True)
    assert hidden(verdicts) == len(texts)
    assert all(any(reason.kind == "answers_alike" for reason in verdict.reasons) for verdict in verdicts)


def test_a_person_who_only_answers_is_shown() -> None:
    texts = (
        "haha no, that was my brother's tent",
        "I'd take the early one, the late bus never comes",
        "same here, my knee still clicks",
        "oh no, poor cat! is she eating?",
        "great point, I always forget the salt",
        "it was the blue one, look again",
    )
    assert hidden(judged(Person("1", "al@x.example", "Al", followers=90, following=120), *texts, answers=True)) == 0


def test_a_seller_who_follows_back_thousands_is_no_acquaintance_by_that() -> None:
    texts = (
        "Grow your shop with my free guide",
        "DM me START for the template",
        "Only two places left in my course",
        "Which headline would you click? A or B",
        "I help founders get clients",
    )
    seller = Person("1", "grow@x.example", "Grow", "Marketing", followers=9_000, following=9_100, posts=4_000)
    mutual = replace(NO_CONTACT, you_follow=True, follows_you=True, they_follow=9_100)
    assert hidden(judged(seller, *texts, tie=mutual)) >= 4
    answered = replace(mutual, replies_to_you=3, replies_from_you=3)
    assert hidden(judged(seller, *texts, tie=answered)) == 0


def test_what_posts_say_together_is_bounded() -> None:
    for logit in (-50.0, 50.0):
        habits = Habits(8, words=(0.0, logit, 0.0, 0.0))
        for found in (with_account([], habits, NOBODY), with_voice([], (0.0, logit, logit, logit))):
            assert all(reason.weight <= (1.5 if category == "person" else 4.0) for category, reason in found)
    assert with_account([], Habits(8), NOBODY) == []


def test_posts_that_a_machine_repeats_do_not_speak_for_a_person() -> None:
    found: list[Evidence] = [("spam", Reason("repeated", (6, 8), 1.0))]
    assert with_account(found, Habits(8, words=(5.0, 0.0, 0.0, 0.0)), NOBODY) == found
