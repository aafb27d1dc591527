"""Accounts that look like somebody the user knows are pointed out, and nothing else changes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.imitation import KnownNames
from quietfeed.filters.judge import judge
from quietfeed.models.account import Account
from quietfeed.models.context import PostContext
from quietfeed.models.mark import UserMarks
from quietfeed.models.person import Person
from quietfeed.models.post import Label, Post
from quietfeed.models.tie import FOREVER, Interaction, Relationship, Tie
from quietfeed.models.verdict import CATEGORIES, Category
from quietfeed.phrases.reasons import reason_text
from quietfeed.session.imitations import Imitations
from quietfeed.store.archive import Archive

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ADA = Person("1", "ada@there.example", "Ada Lovelace")
BO = Person("2", "bojan.example", "Bo")
WILL = Person("3", "william@x.example", "Will")
EVE = Person("9", "ada@evil.example", "Ada Lovelace")
KNOWN = KnownNames([ADA, BO, WILL])


@pytest.mark.parametrize(
    ("handle", "name", "known"),
    [
        ("ada@evil.example", "Ada Lovelace", ADA),
        ("\u0430da@there.example", "x", ADA),
        ("x@evil.example", "Ada @ada@there.example", ADA),
        ("x@evil.example", "\u0410d\u0430 L\u043evelace", ADA),
        ("x@evil.example", "Ada\u200b Love\u00adlace ✓", ADA),
        ("ada@there.example.evil.example", "x", ADA),
        ("bojann.evil.example", "Bo", BO),
        ("bojan.example.evil.example", "x", BO),
        ("wi11iam@x.example", "Somebody", WILL),
        ("vvilliam@x.example", "W", WILL),
        ("b0jan.example", "x", BO),
        (
            "x@evil.example",
            "𝐀𝐝𝐚 𝐋𝐨𝐯𝐞𝐥𝐚𝐜𝐞",
            ADA,
        ),
        ("ada@evil.example", "Ada Lovelace (official)", ADA),
        ("ada@th\u0435re.example", "x", ADA),
        ("ada@xn--thre-w4d.example", "x", ADA),
    ],
)
def test_an_imitation_is_found(handle: str, name: str, known: Person) -> None:
    assert KNOWN.imitated_by(Person("9", handle, name)) == known


@pytest.mark.parametrize(
    ("handle", "name"),
    [
        ("ada@evil.example", "Ada Smith"),
        ("bo@e.example", "Bo"),
        ("will@x.example", "Will"),
        ("williams@y.example", "Serena"),
        ("alan@there.example", "Alan"),
        ("", ""),
    ],
)
def test_a_common_name_is_no_imitation(handle: str, name: str) -> None:
    assert KNOWN.imitated_by(Person("9", handle, name)) is None


def test_the_known_people_themselves_and_their_other_accounts_are_no_imitation() -> None:
    assert KNOWN.imitated_by(ADA) is None
    known = KnownNames([Person("1", "ada@there.example", "Ada Lovelace", bio="also ada@here.example")])
    assert known.imitated_by(Person("9", "ada@here.example", "Ada Lovelace", bio="also ada@there.example")) is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_can_be_compared(handle: str, name: str) -> None:
    found = KnownNames([ADA, Person("4", handle, name)]).imitated_by(Person("9", name, handle))
    assert found is None or found.id in ("1", "4")


@pytest.mark.parametrize(
    "text", ["The heron came back to the pond", "Use code SNOW20, free shipping, shop now 50% off"]
)
def test_an_imitation_is_pointed_out_and_scored_like_any_other(text: str) -> None:
    author = Person("9", "ada@evil.example", "Ada Lovelace")
    plain = judge(PostContext(Post("p", author, text)), base_model(), now=NOW)
    warned = judge(PostContext(Post("p", author, text), imitates=ADA), base_model(), now=NOW)
    assert (warned.strictest_level, warned.scores, warned.cause) == (plain.strictest_level, plain.scores, plain.cause)
    told = [reason_text(reason) for reason in warned.reasons]
    assert "looks like Ada Lovelace (@ada@there.example), who you know, but is a different account" in told


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_mark_does_not_remove_the_warning(category: Category) -> None:
    context = PostContext(Post("p", EVE, "tea"), imitates=ADA)
    marks = UserMarks(posts={context.post.key: category})
    assert [reason.kind for reason in judge(context, base_model(), marks=marks, now=NOW).reasons] == [
        "post_mark",
        "imitates",
    ]


@pytest.mark.parametrize(
    "context",
    [
        PostContext(Post("p", EVE, "tea"), Tie(muted=FOREVER)),
        PostContext(Post("p", EVE, "tea", server_filters=("tea",), server_hides=True), Tie()),
        PostContext(Post("p", EVE, "tea", labels=(Label("rude", "l", effect="hide"),)), Tie()),
    ],
)
def test_a_mute_a_filter_or_a_label_does_not_remove_the_warning(context: PostContext) -> None:
    verdict = judge(replace(context, imitates=ADA), base_model(), now=NOW)
    assert verdict.cause in ("mute", "server_filter", "label")
    assert "imitates" in [reason.kind for reason in verdict.reasons]


def test_follows_are_read_from_the_store() -> None:
    archive = Archive(None)
    account = Account("mastodon", "https://here.example", "june@here.example", "1")
    archive.add_account(account)
    archive.posts.save(account.key, [Post("1", ADA, "Hello", account=account.key)], NOW)
    imitations = Imitations(archive)
    fake = Person("9", "ada@evil.example", "Ada Lovelace")
    assert imitations.imitated_by(account.key, fake) is None
    archive.ties.save_relationships(account.key, [Relationship("1", True, True)], NOW)
    imitations.reload()
    assert imitations.imitated_by(account.key, fake) == archive.people.get((account.key, "1"))


def test_people_that_the_user_replied_to_are_protected_too() -> None:
    archive = Archive(None)
    account = Account("mastodon", "https://here.example", "june@here.example", "1")
    archive.add_account(account)
    archive.posts.save(account.key, [Post("1", ADA, "Hello", account=account.key)], NOW)
    answers = [Interaction(str(number), ADA, "reply", "from_you", NOW) for number in range(2)]
    fake = Person("9", "ada@evil.example", "Ada Lovelace")
    imitations = Imitations(archive)
    for answer, imitated in zip(answers, (None, archive.people.get((account.key, "1"))), strict=True):
        archive.ties.save_interactions(account.key, [answer], "statuses", None)
        imitations.reload()
        assert imitations.imitated_by(account.key, fake) == imitated
