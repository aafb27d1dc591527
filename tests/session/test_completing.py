"""Completion of names, hashtags and custom emoji: known ones come first, and the list has a limit."""

from collections.abc import Iterable

from quietfeed.models.person import Person
from quietfeed.models.post import Post, Span
from quietfeed.models.verdict import Level, Verdict
from quietfeed.models.view import JudgedPost
from quietfeed.session.completing import Completer

ACCOUNT = "mastodon:me@example.social"
SHOWN = Verdict(Level.known, "person", {}, (), "own")


def judged(number: int, text: str, tags: tuple[str, ...] = (), spans: tuple[Span, ...] = ()) -> JudgedPost:
    author = Person(f"p{number}", f"person{number}@example.social", "")
    return JudgedPost(Post(str(number), author, text, ACCOUNT, tags=tags, spans=spans), SHOWN)


def completer(posts: Iterable[JudgedPost]) -> Completer:
    return Completer([], list(posts), ACCOUNT)


def test_a_custom_emoji_is_completed_from_its_second_letter() -> None:
    posts = [judged(1, "hi :blobcat:", spans=(Span(3, 12, "emoji", "https://example.social/blobcat.png"),))]
    assert completer(posts).complete("so :b") == ("", [])
    assert completer(posts).complete("so :bl") == (":bl", [":blobcat: "])
    # The second colon of an emoji begins no word.
    assert completer(posts).complete("so :blobcat:") == ("", [])


def test_the_most_used_hashtags_come_first() -> None:
    posts = [judged(1, "", ("garden",)), judged(2, "", ("gardening",)), judged(3, "", ("gardening",))]
    assert completer(posts).complete("#Gar") == ("#Gar", ["#gardening ", "#garden "])


def test_a_long_list_of_names_is_cut() -> None:
    names = completer(judged(number, "") for number in range(200)).complete("@per")[1]
    assert len(names) == 6
    assert set(names) <= {f"@person{number}@example.social " for number in range(200)}
