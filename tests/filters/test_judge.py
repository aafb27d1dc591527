"""The judgement, as a table of the people a timeline holds: at which levels each is shown, and what decided it.

The weights are made here by hand, so that nothing the starter learns moves these facts.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log

import pytest

from quietfeed.filters.features import word_features
from quietfeed.filters.judge import NOT_ASKED, judge, judge_all
from quietfeed.models.case import Case, Habits
from quietfeed.models.mark import NOTHING_SAID, Said
from quietfeed.models.person import Person
from quietfeed.models.post import Label, LabelEffect, Post
from quietfeed.models.tie import FOREVER, NO_TIE, Tie
from quietfeed.models.verdict import Category, Level, Verdict
from quietfeed.models.view import hidden_as
from quietfeed.models.weights import Linear, Stack, Weights

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ADA = Person("1", "ada@example.social", "Ada")
BOB = Person("2", "bob@example.social", "Bob")
FRIEND = Tie(you_follow=True, follows_you=True, replies_to_you=20, replies_from_you=20, direct=3, last_contact=NOW)
MUTUAL = Tie(you_follow=True, follows_you=True)
UNANSWERED = Tie(you_follow=True, follows_you=False, replies_to_you=0, replies_from_you=9)


def says(person: float = 0.0, celebrity: float = 0.0, sales: float = 0.0, spam: float = 0.0) -> Weights:
    """A classifier that says the same of every post."""
    return Weights(Linear(bias=(person, celebrity, sales, spam)), name="test")


PERSONAL = says(person=3)
CELEBRITY = says(celebrity=6)
SALES = says(sales=6)
SPAM = says(spam=6)
EVERYBODY = [PERSONAL, CELEBRITY, SALES, SPAM]


def post(**changes: object) -> Post:
    made = Post("p1", ADA, "two words", account="a", created_at=NOW - timedelta(hours=1))
    return replace(made, **changes)  # type: ignore[arg-type]


def by_author(**counts: int) -> Said:
    return Said({}, {("a", "1"): counts})  # type: ignore[dict-item]


def verdict(case: Case, weights: Weights, said: Said = NOTHING_SAID) -> Verdict:
    return judge(case, weights, said=said, now=NOW)


# Who it is, what is known, what the classifier says: the quietest level that shows it, and what is told first.
PEOPLE: list[tuple[str, Case, Weights, Level, str]] = [
    (
        "the friend met once years ago who posts twice a year and answers",
        Case(
            post(), replace(MUTUAL, replies_to_you=2, replies_from_you=1, last_contact=datetime(2023, 6, 1, tzinfo=UTC))
        ),
        CELEBRITY,
        Level.known,
        "you follow each other; 3 replies both ways, last in June 2023",
    ),
    (
        "the friend with 200,000 followers who talks back",
        Case(post(author=replace(ADA, followers=200_000, following=90, verified=True)), FRIEND),
        CELEBRITY,
        Level.known,
        "you follow each other; 3 direct conversations; 40 replies both ways, last in November 2026",
    ),
    (
        "the friend who sells a bicycle once",
        Case(post(), FRIEND),
        SALES,
        Level.known,
        "you follow each other; 3 direct",
    ),
    (
        "the friend who boosts celebrities all day",
        Case(post(author=BOB, booster=ADA), UNANSWERED, FRIEND),
        CELEBRITY,
        Level.noise,
        "they never answered you, though you wrote to them 9 times",
    ),
    (
        "the colleague who slides into daily sales posts",
        Case(post(), MUTUAL),
        SALES,
        Level.known,
        "you follow each other",
    ),
    (
        "the celebrity the user follows who never answered",
        Case(post(), UNANSWERED),
        CELEBRITY,
        Level.noise,
        "they never answered you, though you wrote to them 9 times",
    ),
    (
        "a news bot",
        Case(post(), NO_TIE, habits=Habits(50, 0, 50, 0, 2.0)),
        says(celebrity=2),
        Level.noise,
        "a link in each of their last 50 posts, and no answer",
    ),
    (
        "a brand that replies to everyone with the same words",
        Case(post(reply_to="bob"), NO_TIE, habits=Habits(20, 20, 0, 18, 2.0)),
        says(celebrity=1),
        Level.noise,
        "they answer everybody with the same words",
    ),
    ("a giveaway", Case(post()), SALES, Level.everything, "all in all it reads like sales"),
    ("crypto and phishing spam", Case(post()), SPAM, Level.everything, "all in all it reads like spam"),
    (
        "a stranger boosted in who is worth reading",
        Case(post(booster=BOB), NO_TIE, FRIEND),
        PERSONAL,
        Level.quiet,
        "a stranger to you: nothing is known between you",
    ),
    (
        "a friend boosted by a stranger",
        Case(post(booster=BOB), FRIEND, NO_TIE),
        SALES,
        Level.known,
        "you follow each other; 3 direct",
    ),
    ("a stranger", Case(post()), PERSONAL, Level.quiet, "a stranger to you: nothing is known between you"),
    (
        "an acquaintance",
        Case(post(), Tie(you_follow=True, replies_to_you=1, replies_from_you=1)),
        PERSONAL,
        Level.known,
        "you follow them; 2 replies both ways",
    ),
    (
        "somebody the user vouched for",
        Case(post(), Tie(vouched=True)),
        SPAM,
        Level.known,
        "you vouched for Ada",
    ),
    (
        "somebody the user does not know after all",
        Case(post(), replace(FRIEND, not_known=True)),
        SALES,
        Level.everything,
        "all in all it reads like sales",
    ),
    (
        "nobody: the author is not known",
        Case(post(author=Person("", ""))),
        PERSONAL,
        Level.quiet,
        "it is not known who",
    ),
]


@pytest.mark.parametrize(
    ("case", "weights", "until", "first"), [row[1:] for row in PEOPLE], ids=[row[0] for row in PEOPLE]
)
def test_who_is_shown_until_which_level_and_why(case: Case, weights: Weights, until: Level, first: str) -> None:
    found = verdict(case, weights)
    assert (found.until, found.reasons[0].text[: len(first)]) == (until, first)


@pytest.mark.parametrize(
    ("weights", "until"),
    [(SPAM, Level.everything), (SALES, Level.everything), (CELEBRITY, Level.noise), (PERSONAL, Level.quiet)],
    ids=["spam", "sales", "celebrity", "person"],
)
def test_a_level_hides_its_categories(weights: Weights, until: Level) -> None:
    assert verdict(Case(post()), weights).until == until


@pytest.mark.parametrize(("probability", "until"), [(0.89, Level.quiet), (0.91, Level.everything)])
def test_a_guess_hides_only_when_nearly_certain(probability: float, until: Level) -> None:
    found = verdict(Case(post()), says(log(1 - probability), log(1e-9), log(probability), log(1e-9)))
    assert (found.until, found.category) == (until, "sales")


def test_noise_that_may_be_sales_or_spam_is_noise_all_the_same() -> None:
    assert verdict(Case(post()), says(sales=5, spam=5)).until == Level.everything


def test_noise_that_may_be_a_celebrity_or_sales_is_hidden_where_both_are() -> None:
    assert verdict(Case(post()), says(celebrity=5, sales=5.5)).until == Level.noise


def test_what_is_not_sure_is_shown_and_says_so() -> None:
    found = verdict(Case(post()), says(sales=1.5))
    assert (found.until, found.category, found.reasons[0].kind) == (Level.quiet, "sales", "unsure")
    assert found.reasons[0].text == "not sure yet (sales, 60%): 20 more marks teach it"


def test_after_the_first_marks_not_sure_is_told_without_a_promise() -> None:
    found = verdict(Case(post()), replace(says(sales=1.5), marks=20))
    assert found.reasons[0].text == "not sure (sales, 60%): too little to hide it"


# While the server has not said whether they follow each other.
NOT_ANSWERED: list[tuple[str, Case, Weights, Said, Level, str]] = [
    ("who sells may be a friend", Case(post()), SALES, NOTHING_SAID, Level.known, NOT_ASKED),
    ("and who broadcasts", Case(post()), CELEBRITY, NOTHING_SAID, Level.known, NOT_ASKED),
    ("and who is nobody yet", Case(post()), PERSONAL, NOTHING_SAID, Level.known, NOT_ASKED),
    ("and whoever boosts them", Case(post(booster=BOB), NO_TIE, NO_TIE), SPAM, NOTHING_SAID, Level.known, NOT_ASKED),
    ("a friend who answers is one already", Case(post(), FRIEND), SALES, NOTHING_SAID, Level.known, "you follow each"),
    ("two marks are no word yet", Case(post()), SALES, by_author(sales=2), Level.known, NOT_ASKED),
    ("three are one, for posts that sell", Case(post()), SALES, by_author(sales=3), Level.everything, "you marked 3"),
    ("and not for the others", Case(post()), says(person=4), by_author(sales=3), Level.known, NOT_ASKED),
    (
        "who may be close needs five",
        Case(post(), Tie(replies_to_you=5, replies_from_you=5)),
        SALES,
        by_author(sales=4),
        Level.known,
        NOT_ASKED,
    ),
    ("the user's own no", Case(post(), Tie(not_known=True)), SALES, NOTHING_SAID, Level.everything, "all in all"),
    ("a mute", Case(post(), Tie(muted=NOW + timedelta(days=1))), PERSONAL, NOTHING_SAID, Level.everything, "muted by"),
    ("a mark", Case(post()), PERSONAL, Said({("a", "p1"): "spam"}), Level.everything, "you marked this post as spam"),
    (
        "the server's filter",
        Case(post(server_filters=("politics",), server_hides=True)),
        PERSONAL,
        NOTHING_SAID,
        Level.everything,
        "your server's filter",
    ),
]


@pytest.mark.parametrize(
    ("case", "weights", "said", "until", "first"),
    [row[1:] for row in NOT_ANSWERED],
    ids=[row[0] for row in NOT_ANSWERED],
)
def test_what_the_server_has_not_said_hides_nobody(
    case: Case, weights: Weights, said: Said, until: Level, first: str
) -> None:
    found = verdict(replace(case, asked=False), weights, said)
    assert (found.until, found.reasons[0].text[: len(first)]) == (until, first)


def test_what_reads_like_noise_says_so_beside_not_having_been_asked() -> None:
    found = verdict(Case(post(), asked=False), SALES)
    assert [reason.text for reason in found.reasons] == [NOT_ASKED, "all in all it reads like sales"]
    assert found.category == "sales"
    assert [reason.text for reason in verdict(Case(post(), asked=False), PERSONAL).reasons] == [NOT_ASKED]


@pytest.mark.parametrize(
    ("mark", "until"),
    [("person", Level.known), ("celebrity", Level.noise), ("sales", Level.everything), ("spam", Level.everything)],
)
@pytest.mark.parametrize("tie", [NO_TIE, FRIEND, Tie(vouched=True)], ids=["stranger", "friend", "vouched"])
def test_a_mark_decides_its_own_post_whoever_wrote_it(mark: Category, until: Level, tie: Tie) -> None:
    for weights in EVERYBODY:
        found = verdict(Case(post(), tie), weights, Said({("a", "p1"): mark}))
        assert (found.until, found.category, found.reasons[0].kind) == (until, mark, "mark")


def test_a_mark_on_a_boost_holds_for_the_post_and_its_other_boosts_until_they_are_marked() -> None:
    said = Said({("a", "b7"): "sales"}, boosted={("a", "p1"): "sales"})
    boosts = [post(id=name, original_id="p1", booster=BOB) for name in ("b7", "b8")]
    for each in (post(id="p1"), *boosts):
        assert verdict(Case(each, FRIEND), PERSONAL, said).until == Level.everything
    assert verdict(Case(post(id="p2"), FRIEND), PERSONAL, said).until == Level.known
    own = replace(said, posts={**said.posts, ("a", "p1"): "person"})
    assert verdict(Case(post(id="p1")), PERSONAL, own).until == Level.known
    assert verdict(Case(boosts[1]), PERSONAL, own).until == Level.known


def test_a_mark_holds_for_the_boost_of_the_same_post() -> None:
    boost = post(id="b7", original_id="p1", booster=BOB)
    assert verdict(Case(boost, FRIEND, FRIEND), PERSONAL, Said({("a", "p1"): "sales"})).until == Level.everything


def test_a_mark_on_another_account_is_another_post() -> None:
    assert verdict(Case(post()), PERSONAL, Said({("b", "p1"): "spam"})).until == Level.quiet


# Marks on other posts of the same author.
AUTHORS: list[tuple[str, Tie, Weights, Said, Level]] = [
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
    ("tie", "weights", "said", "until"), [row[1:] for row in AUTHORS], ids=[row[0] for row in AUTHORS]
)
def test_marks_on_the_author(tie: Tie, weights: Weights, said: Said, until: Level) -> None:
    assert verdict(Case(post(), tie), weights, said).until == until


def test_marks_on_the_author_are_told() -> None:
    found = verdict(Case(post()), says(person=2), by_author(sales=3))
    assert found.reasons[0].text == "you marked 3 of their posts as sales"
    assert found.reasons[0].kind == "mark"


def test_marks_on_nobody_are_nobodys() -> None:
    said = Said({}, {("a", ""): {"spam": 9}})
    assert verdict(Case(post(author=Person("", ""))), PERSONAL, said).until == Level.quiet


@pytest.mark.parametrize("tie", [NO_TIE, FRIEND, Tie(vouched=True)], ids=["stranger", "friend", "vouched"])
def test_the_servers_filter_hides_even_a_friend(tie: Tie) -> None:
    found = verdict(Case(post(server_filters=("politics",), server_hides=True), tie), PERSONAL)
    assert found.until == Level.everything
    assert (found.reasons[0].text, found.reasons[0].kind) == ('your server\'s filter "politics" hides it', "server")


def test_the_users_mark_outweighs_the_servers_filter() -> None:
    case = Case(post(server_filters=("politics",), server_hides=True))
    assert verdict(case, PERSONAL, Said({("a", "p1"): "person"})).until == Level.known


def test_a_server_filter_that_warns_is_only_told() -> None:
    found = verdict(Case(post(server_filters=("politics",)), FRIEND), PERSONAL)
    assert found.until == Level.known
    assert found.reasons[1].text == 'your server\'s filter "politics" only warns of it'


HIDING = Label("Rude", "House Rules", "hide", chosen=True)


@pytest.mark.parametrize("tie", [FRIEND, MUTUAL, Tie(vouched=True)], ids=["close", "known", "vouched"])
def test_a_label_never_hides_somebody_known_it_only_covers(tie: Tie) -> None:
    found = verdict(Case(post(labels=(HIDING,)), tie), SPAM)
    assert found.until == Level.known
    told = [reason.text for reason in found.reasons if reason.kind == "label"]
    assert told == ['labelled "Rude" by House Rules: only warned of, because you know them']
    assert post(labels=(HIDING,)).cover == 'labelled "Rude" by House Rules'


def test_a_label_only_covers_whoever_may_be_a_friend_until_the_server_has_said() -> None:
    labelled = post(labels=(HIDING,))
    found = verdict(Case(labelled, asked=False), SPAM)
    assert found.until == Level.known
    assert [reason.text for reason in found.reasons] == [
        "not sure yet: your server has not said what is between you",
        'labelled "Rude" by House Rules: only warned of until then',
    ]
    assert labelled.cover == 'labelled "Rude" by House Rules'


@pytest.mark.parametrize(
    ("tie", "said"),
    [
        (Tie(not_known=True), NOTHING_SAID),
        (Tie(muted=FOREVER), NOTHING_SAID),
        (NO_TIE, by_author(spam=5)),
        (NO_TIE, Said({("a", "p1"): "spam"})),
    ],
    ids=["not known", "muted", "lifted by marks", "marked"],
)
def test_a_label_hides_as_ever_where_the_users_word_leaves_no_friend_to_lose(tie: Tie, said: Said) -> None:
    labelled = Case(post(labels=(HIDING,)), tie, asked=False)
    assert verdict(labelled, PERSONAL, said).until == Level.everything


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        (HIDING, 'labelled "Rude" by House Rules, and you chose to hide that'),
        (
            replace(HIDING, chosen=False),
            'labelled "Rude" by House Rules, and that is hidden unless you choose otherwise',
        ),
        (replace(HIDING, by=""), 'labelled "Rude" by its author, and you chose to hide that'),
    ],
)
@pytest.mark.parametrize("tie", [NO_TIE, UNANSWERED, Tie(vouched=True, not_known=True)])
def test_a_label_that_hides_hides_strangers_and_says_so(tie: Tie, label: Label, reason: str) -> None:
    found = verdict(Case(post(labels=(label,)), tie), PERSONAL)
    assert found.until == Level.everything
    assert [(each.text, each.kind) for each in found.reasons] == [(reason, "label")]
    assert hidden_as(found) == "filtered"
    brought_back = verdict(Case(post(labels=(label,)), tie), PERSONAL, Said({("a", "p1"): "person"}))
    assert brought_back.until == Level.known


def test_the_users_own_marks_on_a_friend_let_a_label_hide_them() -> None:
    case = Case(post(labels=(HIDING,)), MUTUAL)
    assert verdict(case, PERSONAL, by_author(spam=3)).until == Level.everything


@pytest.mark.parametrize("does", ["note", "warn"])
def test_other_labels_hide_nobody(does: LabelEffect) -> None:
    label = Label("Rude", "House Rules", does)
    assert verdict(Case(post(labels=(label,))), PERSONAL).until == Level.quiet
    assert post(labels=(label,)).cover == ("" if does == "note" else 'labelled "Rude" by House Rules')


def test_a_friend_with_the_numbers_of_a_celebrity_is_a_person() -> None:
    assert verdict(Case(post(), FRIEND), CELEBRITY).category == "person"
    assert verdict(Case(post(), MUTUAL), CELEBRITY).category == "person"


def test_a_friends_post_that_sells_may_be_called_sales_and_is_shown() -> None:
    found = verdict(Case(post(), MUTUAL), says(sales=9))
    assert (found.category, found.until) == ("sales", Level.known)


def test_the_words_that_decided_are_told() -> None:
    words = Linear(dict.fromkeys(word_features("giveaway"), (0.0, 0.0, 9.0, 0.0)), bias=(2.0, 0.0, 0.0, 0.0))
    found = verdict(Case(post(text="a giveaway")), Weights(words, name="test"))
    assert found.until == Level.everything
    assert found.reasons[0].text == 'reads like sales: "giveaway"'


def test_a_friends_boost_is_told_by_name() -> None:
    found = verdict(Case(post(booster=BOB), NO_TIE, FRIEND), PERSONAL)
    assert found.reasons[1].text == "boosted by Bob, whom you know"


def test_many_at_once_are_judged_as_one_by_one() -> None:
    cases = [row[1] for row in PEOPLE]
    assert judge_all(cases, SALES, now=NOW) == [judge(case, SALES, now=NOW) for case in cases]


def test_hiding_asks_for_more_than_an_even_guess() -> None:
    assert Stack().line == 0.9


def test_a_guess_hides_above_the_line_alone() -> None:
    case = Case(post(), NO_TIE)
    guess = 1 - judge(case, SALES, now=NOW).scores["person"]

    def with_line(line: float) -> Weights:
        return replace(SALES, stack=replace(SALES.stack, line=line))

    assert judge(case, with_line(guess - 0.001), now=NOW).until < Level.quiet
    assert judge(case, with_line(guess + 0.001), now=NOW).until >= Level.quiet
