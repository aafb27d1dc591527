"""The judgement as a table of the people in a timeline: the levels at which each is shown, and the cause.

The weights are fixed here, so that changes of the base model do not affect these tests.
"""

from datetime import UTC, datetime, timedelta
from math import log

import pytest
from msgspec.structs import replace

from quietfeed.filters.features import word_features
from quietfeed.filters.judge import judge, judge_all
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.mark import NO_MARKS, UserMarks
from quietfeed.models.person import Person
from quietfeed.models.post import Label, LabelEffect, Post
from quietfeed.models.tie import FOREVER, NO_TIE, Tie
from quietfeed.models.verdict import Category, Level, Verdict
from quietfeed.models.view import hide_cause
from quietfeed.models.weights import Blend, Linear, Weights
from quietfeed.phrases.posts import warning_text
from quietfeed.phrases.reasons import RELATIONSHIP_PENDING, reason_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ADA = Person("1", "ada@example.social", "Ada")
BOB = Person("2", "bob@example.social", "Bob")
FRIEND = Tie(
    you_follow=True,
    follows_you=True,
    replies_to_you=20,
    replies_from_you=20,
    direct_to_you=3,
    direct_from_you=3,
    last_contact=NOW,
)
MUTUAL = Tie(you_follow=True, follows_you=True)
UNANSWERED = Tie(you_follow=True, follows_you=False, replies_to_you=0, replies_from_you=9)


def says(person: float = 0.0, celebrity: float = 0.0, sales: float = 0.0, spam: float = 0.0) -> Weights:
    """A classifier with the same result for every post."""
    return Weights(Linear(bias=(person, celebrity, sales, spam)), name="test")


PERSONAL = says(person=3)
CELEBRITY = says(celebrity=6)
SALES = says(sales=6)
SPAM = says(spam=6)
EVERYBODY = [PERSONAL, CELEBRITY, SALES, SPAM]


def post(**changes: object) -> Post:
    made = Post("p1", ADA, "two words", account="a", created_at=NOW - timedelta(hours=1))
    return replace(made, **changes)


def by_author(**counts: int) -> UserMarks:
    return UserMarks({}, {("a", "1"): counts})  # type: ignore[dict-item]


def verdict(context: PostContext, weights: Weights, marks: UserMarks = NO_MARKS) -> Verdict:
    return judge(context, weights, marks=marks, now=NOW)


# The author, the known data, and the classifier's result: the strictest level that shows it, and the first reason.
PEOPLE: list[tuple[str, PostContext, Weights, Level, str]] = [
    (
        "the friend met once years ago who posts twice a year and answers",
        PostContext(
            post(), replace(MUTUAL, replies_to_you=2, replies_from_you=1, last_contact=datetime(2023, 6, 1, tzinfo=UTC))
        ),
        CELEBRITY,
        Level.known,
        "you follow each other; 3 replies both ways, last in June 2023",
    ),
    (
        "the friend with 200,000 followers who talks back",
        PostContext(post(author=replace(ADA, followers=200_000, following=90, verified=True)), FRIEND),
        CELEBRITY,
        Level.known,
        "you follow each other; 3 direct conversations; 40 replies both ways, last in November 2026",
    ),
    (
        "the friend who sells a bicycle once",
        PostContext(post(), FRIEND),
        SALES,
        Level.known,
        "you follow each other; 3 direct",
    ),
    (
        "the friend who boosts celebrities all day",
        PostContext(post(author=BOB, booster=ADA), UNANSWERED, FRIEND),
        CELEBRITY,
        Level.noise,
        "they never replied to you, though you wrote to them 9 times",
    ),
    (
        "the colleague who slides into daily sales posts",
        PostContext(post(), MUTUAL),
        SALES,
        Level.known,
        "you follow each other",
    ),
    (
        "the celebrity the user follows who never answered",
        PostContext(post(), UNANSWERED),
        CELEBRITY,
        Level.noise,
        "they never replied to you, though you wrote to them 9 times",
    ),
    (
        "a news bot",
        PostContext(post(), NO_TIE, habits=Habits(50, 0, 50, 0, 2.0)),
        says(celebrity=2),
        Level.noise,
        "a link in all of their last 50 posts, and no replies",
    ),
    (
        "a brand that replies to everyone with the same words",
        PostContext(post(reply_to="bob"), NO_TIE, habits=Habits(20, 20, 0, 18, 2.0)),
        says(celebrity=1),
        Level.noise,
        "they reply to everybody with the same words",
    ),
    ("a giveaway", PostContext(post()), SALES, Level.everything, "overall it reads like sales"),
    ("crypto and phishing spam", PostContext(post()), SPAM, Level.everything, "overall it reads like spam"),
    (
        "a stranger boosted in who is worth reading",
        PostContext(post(booster=BOB), NO_TIE, FRIEND),
        PERSONAL,
        Level.quiet,
        "boosted by Bob, who you know",
    ),
    (
        "a friend boosted by a stranger",
        PostContext(post(booster=BOB), FRIEND, NO_TIE),
        SALES,
        Level.known,
        "you follow each other; 3 direct",
    ),
    ("a stranger", PostContext(post()), PERSONAL, Level.quiet, "a stranger to you: no contact between you is known"),
    (
        "an acquaintance",
        PostContext(post(), Tie(you_follow=True, replies_to_you=1, replies_from_you=1)),
        PERSONAL,
        Level.known,
        "you follow them; 2 replies both ways",
    ),
    (
        "somebody the user vouched for",
        PostContext(post(), Tie(vouched=True)),
        SPAM,
        Level.known,
        "you vouched for Ada",
    ),
    (
        "somebody the user does not know after all",
        PostContext(post(), replace(FRIEND, not_known=True)),
        SALES,
        Level.everything,
        "overall it reads like sales",
    ),
    (
        "nobody: the author is not known",
        PostContext(post(author=Person("", ""))),
        PERSONAL,
        Level.quiet,
        "the author is unknown",
    ),
]


@pytest.mark.parametrize(
    ("context", "weights", "until", "first"), [row[1:] for row in PEOPLE], ids=[row[0] for row in PEOPLE]
)
def test_the_strictest_level_and_reason_of_each_tie(
    context: PostContext, weights: Weights, until: Level, first: str
) -> None:
    found = verdict(context, weights)
    assert (found.strictest_level, reason_text(found.reasons[0])[: len(first)]) == (until, first)


@pytest.mark.parametrize(
    ("weights", "until"),
    [(SPAM, Level.everything), (SALES, Level.everything), (CELEBRITY, Level.noise), (PERSONAL, Level.quiet)],
    ids=["spam", "sales", "celebrity", "person"],
)
def test_a_level_hides_its_categories(weights: Weights, until: Level) -> None:
    assert verdict(PostContext(post()), weights).strictest_level == until


@pytest.mark.parametrize(("probability", "until"), [(0.89, Level.quiet), (0.91, Level.everything)])
def test_a_guess_hides_only_when_nearly_certain(probability: float, until: Level) -> None:
    found = verdict(PostContext(post()), says(log(1 - probability), log(1e-9), log(probability), log(1e-9)))
    assert (found.strictest_level, found.category) == (until, "sales")


def test_noise_that_may_be_sales_or_spam_is_noise_all_the_same() -> None:
    assert verdict(PostContext(post()), says(sales=5, spam=5)).strictest_level == Level.everything


def test_noise_that_may_be_a_celebrity_or_sales_is_hidden_where_both_are() -> None:
    assert verdict(PostContext(post()), says(celebrity=5, sales=5.5)).strictest_level == Level.noise


def test_uncertain_posts_are_shown_with_the_reason() -> None:
    found = verdict(PostContext(post()), says(sales=1.5))
    assert (found.strictest_level, found.category, found.cause) == (Level.quiet, "sales", "unsure")
    assert reason_text(found.reasons[0]) == "not sure yet (sales, 60%): 20 more marks would help"


def test_after_the_first_marks_unsure_promises_nothing() -> None:
    found = verdict(PostContext(post()), replace(says(sales=1.5), marks=20))
    assert reason_text(found.reasons[0]) == "not certain enough to hide it (sales, 60%)"


# The relationship is still unknown.
NOT_ANSWERED: list[tuple[str, PostContext, Weights, UserMarks, Level, str]] = [
    ("who sells may be a friend", PostContext(post()), SALES, NO_MARKS, Level.known, RELATIONSHIP_PENDING),
    ("and who broadcasts", PostContext(post()), CELEBRITY, NO_MARKS, Level.known, RELATIONSHIP_PENDING),
    ("and who is nobody yet", PostContext(post()), PERSONAL, NO_MARKS, Level.known, RELATIONSHIP_PENDING),
    (
        "and whoever boosts them",
        PostContext(post(booster=BOB), NO_TIE, NO_TIE),
        SPAM,
        NO_MARKS,
        Level.known,
        RELATIONSHIP_PENDING,
    ),
    (
        "a friend who answers is one already",
        PostContext(post(), FRIEND),
        SALES,
        NO_MARKS,
        Level.known,
        "you follow each",
    ),
    ("two marks are no word yet", PostContext(post()), SALES, by_author(sales=2), Level.known, RELATIONSHIP_PENDING),
    (
        "three are one, for posts that sell",
        PostContext(post()),
        SALES,
        by_author(sales=3),
        Level.everything,
        "you marked 3",
    ),
    (
        "and not for the others",
        PostContext(post()),
        says(person=4),
        by_author(sales=3),
        Level.known,
        RELATIONSHIP_PENDING,
    ),
    (
        "who may be close needs five",
        PostContext(post(), Tie(replies_to_you=5, replies_from_you=5)),
        SALES,
        by_author(sales=4),
        Level.known,
        RELATIONSHIP_PENDING,
    ),
    ("the user's own no", PostContext(post(), Tie(not_known=True)), SALES, NO_MARKS, Level.everything, "overall"),
    (
        "a mute",
        PostContext(post(), Tie(muted=NOW + timedelta(days=1))),
        PERSONAL,
        NO_MARKS,
        Level.everything,
        "muted by",
    ),
    (
        "a mark",
        PostContext(post()),
        PERSONAL,
        UserMarks({("a", "p1"): "spam"}),
        Level.everything,
        "you marked this post as spam",
    ),
    (
        "the server's filter",
        PostContext(post(server_filters=("politics",), server_hides=True)),
        PERSONAL,
        NO_MARKS,
        Level.everything,
        "your server's filter",
    ),
]


@pytest.mark.parametrize(
    ("context", "weights", "marks", "until", "first"),
    [row[1:] for row in NOT_ANSWERED],
    ids=[row[0] for row in NOT_ANSWERED],
)
def test_an_unknown_relationship_hides_nobody(
    context: PostContext, weights: Weights, marks: UserMarks, until: Level, first: str
) -> None:
    found = verdict(replace(context, relationship_known=False), weights, marks)
    assert (found.strictest_level, reason_text(found.reasons[0])[: len(first)]) == (until, first)


def test_a_pending_post_that_reads_like_noise_has_that_reason() -> None:
    found = verdict(PostContext(post(), relationship_known=False), SALES)
    assert [reason_text(reason) for reason in found.reasons] == [RELATIONSHIP_PENDING, "overall it reads like sales"]
    assert found.category == "sales"
    assert [
        reason_text(reason) for reason in verdict(PostContext(post(), relationship_known=False), PERSONAL).reasons
    ] == [RELATIONSHIP_PENDING]


@pytest.mark.parametrize(
    ("mark", "until"),
    [("person", Level.known), ("celebrity", Level.noise), ("sales", Level.everything), ("spam", Level.everything)],
)
@pytest.mark.parametrize("tie", [NO_TIE, FRIEND, Tie(vouched=True)], ids=["stranger", "friend", "vouched"])
def test_a_mark_decides_its_own_post_of_any_author(mark: Category, until: Level, tie: Tie) -> None:
    for weights in EVERYBODY:
        found = verdict(PostContext(post(), tie), weights, UserMarks({("a", "p1"): mark}))
        assert (found.strictest_level, found.category, found.cause) == (until, mark, "mark")


def test_a_mark_on_a_boost_holds_for_the_post_and_its_other_boosts_until_they_are_marked() -> None:
    marks = UserMarks({("a", "b7"): "sales"}, boosted={("a", "p1"): "sales"})
    boosts = [post(id=name, original_id="p1", booster=BOB) for name in ("b7", "b8")]
    for each in (post(id="p1"), *boosts):
        assert verdict(PostContext(each, FRIEND), PERSONAL, marks).strictest_level == Level.everything
    assert verdict(PostContext(post(id="p2"), FRIEND), PERSONAL, marks).strictest_level == Level.known
    own = replace(marks, posts={**marks.posts, ("a", "p1"): "person"})
    assert verdict(PostContext(post(id="p1")), PERSONAL, own).strictest_level == Level.known
    assert verdict(PostContext(boosts[1]), PERSONAL, own).strictest_level == Level.known


def test_a_mark_holds_for_the_boost_of_the_same_post() -> None:
    boost = post(id="b7", original_id="p1", booster=BOB)
    assert (
        verdict(PostContext(boost, FRIEND, FRIEND), PERSONAL, UserMarks({("a", "p1"): "sales"})).strictest_level
        == Level.everything
    )


def test_a_mark_on_another_account_is_another_post() -> None:
    assert verdict(PostContext(post()), PERSONAL, UserMarks({("b", "p1"): "spam"})).strictest_level == Level.quiet


# Marks on other posts of the same author.
AUTHORS: list[tuple[str, Tie, Weights, UserMarks, Level]] = [
    ("a stranger marked three times is hidden", NO_TIE, says(person=2), by_author(sales=3), Level.everything),
    ("also when the three are of two kinds", NO_TIE, says(person=2), by_author(sales=2, spam=1), Level.everything),
    ("one mark does not hide a stranger", NO_TIE, says(person=2), by_author(sales=1), Level.quiet),
    ("marks for and against leave it open", NO_TIE, says(person=2), by_author(sales=3, person=2), Level.quiet),
    ("two marks lose nobody who is known", MUTUAL, SALES, by_author(sales=2), Level.known),
    ("three make a known person's sales posts hidden", MUTUAL, SALES, by_author(sales=3), Level.everything),
    ("but not their personal ones", MUTUAL, says(person=4), by_author(sales=3), Level.known),
    ("a mark as person keeps a known person", MUTUAL, SALES, by_author(sales=5, person=2), Level.known),
    ("four marks lose nobody who is close", FRIEND, SALES, by_author(sales=4), Level.known),
    ("five are the user's word, for posts that sell", FRIEND, SALES, by_author(sales=5), Level.everything),
    ("a vouch outlasts any number of marks", Tie(vouched=True), SPAM, by_author(spam=50), Level.known),
    ("three as person show a stranger among the known", NO_TIE, says(person=1), by_author(person=3), Level.known),
    ("two do not", NO_TIE, says(person=1), by_author(person=2), Level.quiet),
]


@pytest.mark.parametrize(
    ("tie", "weights", "marks", "until"), [row[1:] for row in AUTHORS], ids=[row[0] for row in AUTHORS]
)
def test_marks_on_the_author(tie: Tie, weights: Weights, marks: UserMarks, until: Level) -> None:
    assert verdict(PostContext(post(), tie), weights, marks).strictest_level == until


def test_the_reason_names_marks_on_the_author() -> None:
    found = verdict(PostContext(post()), says(person=2), by_author(sales=3))
    assert reason_text(found.reasons[0]) == "you marked 3 of their posts as sales"
    assert found.reasons[0].kind == "author_marks"


def test_marks_on_nobody_are_nobodys() -> None:
    marks = UserMarks({}, {("a", ""): {"spam": 9}})
    assert verdict(PostContext(post(author=Person("", ""))), PERSONAL, marks).strictest_level == Level.quiet


@pytest.mark.parametrize("tie", [NO_TIE, FRIEND, Tie(vouched=True)], ids=["stranger", "friend", "vouched"])
def test_the_servers_filter_hides_even_a_friend(tie: Tie) -> None:
    found = verdict(PostContext(post(server_filters=("politics",), server_hides=True), tie), PERSONAL)
    assert found.strictest_level == Level.everything
    assert (reason_text(found.reasons[0]), found.cause) == (
        'your server\'s filter "politics" hides it',
        "server_filter",
    )


def test_the_users_mark_outweighs_the_servers_filter() -> None:
    context = PostContext(post(server_filters=("politics",), server_hides=True))
    assert verdict(context, PERSONAL, UserMarks({("a", "p1"): "person"})).strictest_level == Level.known


def test_a_server_filter_that_warns_hides_nothing() -> None:
    found = verdict(PostContext(post(server_filters=("politics",)), FRIEND), PERSONAL)
    assert found.strictest_level == Level.known
    assert reason_text(found.reasons[1]) == 'your server\'s filter "politics" only warns about it'


HIDING = Label("Rude", "House Rules", "hide", chosen=True)


@pytest.mark.parametrize("tie", [FRIEND, MUTUAL, Tie(vouched=True)], ids=["close", "known", "vouched"])
def test_a_label_never_hides_somebody_known_it_only_covers(tie: Tie) -> None:
    found = verdict(PostContext(post(labels=(HIDING,)), tie), SPAM)
    assert found.strictest_level == Level.known
    told = [reason_text(reason) for reason in found.reasons if reason.kind == "label_covers"]
    assert told == ['labelled "Rude" by House Rules: only a warning, because you know them']
    assert warning_text(post(labels=(HIDING,))) == 'labelled "Rude" by House Rules'


def test_a_label_only_covers_a_post_with_an_unknown_relationship() -> None:
    labelled = post(labels=(HIDING,))
    found = verdict(PostContext(labelled, relationship_known=False), SPAM)
    assert found.strictest_level == Level.known
    assert [reason_text(reason) for reason in found.reasons] == [
        "not sure yet: your relationship is not known",
        'labelled "Rude" by House Rules: only a warning until that is known',
    ]
    assert warning_text(labelled) == 'labelled "Rude" by House Rules'


@pytest.mark.parametrize(
    ("tie", "marks"),
    [
        (Tie(not_known=True), NO_MARKS),
        (Tie(muted=FOREVER), NO_MARKS),
        (NO_TIE, by_author(spam=5)),
        (NO_TIE, UserMarks({("a", "p1"): "spam"})),
    ],
    ids=["not known", "muted", "lifted by marks", "marked"],
)
def test_a_label_hides_as_ever_where_the_users_word_leaves_no_friend_to_lose(tie: Tie, marks: UserMarks) -> None:
    labelled = PostContext(post(labels=(HIDING,)), tie, relationship_known=False)
    assert verdict(labelled, PERSONAL, marks).strictest_level == Level.everything


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        (HIDING, 'labelled "Rude" by House Rules, which you chose to hide'),
        (
            replace(HIDING, chosen=False),
            'labelled "Rude" by House Rules, which is hidden by default',
        ),
        (replace(HIDING, by=""), 'labelled "Rude" by its author, which you chose to hide'),
    ],
)
@pytest.mark.parametrize("tie", [NO_TIE, UNANSWERED, Tie(vouched=True, not_known=True)])
def test_a_hiding_label_hides_strangers_and_is_the_reason(tie: Tie, label: Label, reason: str) -> None:
    found = verdict(PostContext(post(labels=(label,)), tie), PERSONAL)
    assert found.strictest_level == Level.everything
    assert [reason_text(each) for each in found.reasons] == [reason]
    assert hide_cause(found) == "filtered"
    brought_back = verdict(PostContext(post(labels=(label,)), tie), PERSONAL, UserMarks({("a", "p1"): "person"}))
    assert brought_back.strictest_level == Level.known


def test_the_users_own_marks_on_a_friend_let_a_label_hide_them() -> None:
    context = PostContext(post(labels=(HIDING,)), MUTUAL)
    assert verdict(context, PERSONAL, by_author(spam=3)).strictest_level == Level.everything


@pytest.mark.parametrize("effect", ["inform", "warn"])
def test_other_labels_hide_nobody(effect: LabelEffect) -> None:
    label = Label("Rude", "House Rules", effect)
    assert verdict(PostContext(post(labels=(label,))), PERSONAL).strictest_level == Level.quiet
    assert warning_text(post(labels=(label,))) == ("" if effect == "inform" else 'labelled "Rude" by House Rules')


def test_a_friend_with_the_numbers_of_a_celebrity_is_a_person() -> None:
    assert verdict(PostContext(post(), FRIEND), CELEBRITY).category == "person"
    assert verdict(PostContext(post(), MUTUAL), CELEBRITY).category == "person"


def test_a_friends_post_that_sells_may_be_called_sales_and_is_shown() -> None:
    found = verdict(PostContext(post(), MUTUAL), says(sales=9))
    assert (found.category, found.strictest_level) == ("sales", Level.known)


def test_the_reason_names_the_deciding_words() -> None:
    words = Linear(dict.fromkeys(word_features("giveaway"), (0.0, 0.0, 9.0, 0.0)), bias=(2.0, 0.0, 0.0, 0.0))
    found = verdict(PostContext(post(text="a giveaway")), Weights(words, name="test"))
    assert found.strictest_level == Level.everything
    assert reason_text(found.reasons[0]) == 'reads like sales: "giveaway"'


def test_the_reason_names_the_friend_who_boosted() -> None:
    found = verdict(PostContext(post(booster=BOB), NO_TIE, FRIEND), PERSONAL)
    assert reason_text(found.reasons[0]) == "boosted by Bob, who you know"


def test_many_at_once_are_judged_as_one_by_one() -> None:
    contexts = [row[1] for row in PEOPLE]
    assert judge_all(contexts, SALES, now=NOW) == [judge(context, SALES, now=NOW) for context in contexts]


def test_hiding_needs_more_than_an_even_guess() -> None:
    assert Blend().threshold == 0.9


def test_a_guess_hides_above_the_line_alone() -> None:
    context = PostContext(post(), NO_TIE)
    guess = 1 - judge(context, SALES, now=NOW).scores["person"]

    def with_line(line: float) -> Weights:
        return replace(SALES, blend=replace(SALES.blend, threshold=line))

    assert judge(context, with_line(guess - 0.001), now=NOW).strictest_level < Level.quiet
    assert judge(context, with_line(guess + 0.001), now=NOW).strictest_level >= Level.quiet
