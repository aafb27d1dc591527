"""People, warnings, progress and certainty in words."""

from datetime import UTC, datetime
from typing import get_args

from quietfeed.models.person import Person
from quietfeed.models.post import Label, Post
from quietfeed.models.tie import Tie
from quietfeed.models.view import Progress, ProgressKind, TieView
from quietfeed.phrases.people import contact_rows, contact_sentences, first_contact, numbers, shares
from quietfeed.phrases.posts import label_text, warning_text
from quietfeed.phrases.progress import PROGRESS, progress_text
from quietfeed.phrases.report import certainty_text
from quietfeed.phrases.ties import tie_line, tie_text
from quietfeed.session.report import _CERTAINTIES

MARCH = datetime(2023, 3, 15, tzinfo=UTC)
TIE = Tie(replies_to_you=3, likes_to_you=1, boosts_from_you=2, last_to_you=MARCH, first_contact=MARCH)


def test_what_passed_between_two_people() -> None:
    assert contact_rows(TIE) == [("they", "replied 3×, liked 1×, last in March 2023"), ("you", "boosted 2×")]
    assert contact_sentences(TIE) == ["They replied 3 times, liked once, last in March 2023.", "You boosted twice."]
    assert first_contact(TIE) == "first contact in March 2023"
    assert (contact_rows(Tie()), contact_sentences(Tie()), first_contact(Tie())) == ([], [], "")


def test_a_tie_after_the_handle() -> None:
    assert tie_line(TieView("ada@here.example", Tie(you_follow=True))) == "ada@here.example: you follow them"
    assert tie_text(TieView("me@here.example", Tie(), own=True)) == "this is you"


def test_numbers_of_an_account_and_of_hidden_posts() -> None:
    person = Person("1", "ada@here.example", "mastodon", "Ada", followers=1204, following=83, bot=True)
    assert numbers(person) == ["1,204 followers", "follows 83", "a bot"]
    one = Person("1", "ada@here.example", "mastodon", "Ada", followers=1, following=0, posts=1)
    assert numbers(one) == ["1 follower", "follows 0", "1 post"]
    assert shares({"stranger": 2, "sales": 1}) == "1 sales, 2 strangers"


def test_warnings_and_labels() -> None:
    label = Label("Rude", "House Rules")
    assert label_text(label) == 'labelled "Rude" by House Rules'
    assert label_text(Label("Rude", quoted=True)) == 'quotes a post labelled "Rude" by its author'
    ada = Person("1", "ada@here.example", "mastodon", "Ada")
    post = Post("2", ada, "hi", "me", warning="spoilers", labels=(label, Label("Fine", "House Rules", "inform")))
    assert warning_text(post) == 'spoilers, labelled "Rude" by House Rules'
    assert post.covered
    plain = Post("2", ada, "hi", "me")
    assert (warning_text(plain), plain.covered) == ("", False)


def test_progress_has_words_for_every_kind() -> None:
    assert set(PROGRESS) == set(get_args(ProgressKind))
    assert progress_text(Progress("", "posts", 80, 400)) == "fetching posts 80/400"
    assert progress_text(Progress("", "contacts", 12)) == "reading who replies to you 12"
    assert progress_text(Progress("", "refresh")) == "fetching new posts …"


def test_every_range_of_certainty_has_words() -> None:
    assert [certainty_text(least) for least in _CERTAINTIES] == ["above 99%", "90 to 99%", "70 to 90%", "below 70%"]
