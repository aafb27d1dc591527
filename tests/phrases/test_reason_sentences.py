"""Every kind of reason has a sentence, and judging makes no sentences."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from quietfeed.models.post import Label
from quietfeed.models.tie import FOREVER, Tie
from quietfeed.models.verdict import Reason, ReasonKind
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LABEL = Label("Rude", "House Rules", "hide", chosen=True)

SENTENCES: list[tuple[ReasonKind, tuple[Any, ...], str]] = [
    ("own", ("author",), "you wrote this"),
    ("own", ("booster",), "you boosted this"),
    ("post_mark", ("person",), "you marked this post as person"),
    ("author_marks", ("sales", 1), "you marked one of their posts as sales"),
    ("author_marks", ("sales", 3), "you marked 3 of their posts as sales"),
    ("muted", (FOREVER, NOW), "muted by you until you unmute them"),
    ("booster_muted", ("Bob", FOREVER, NOW), "boosted by Bob, muted by you until you unmute them"),
    (
        "muted_until_over",
        (),
        "muted by you until this account, which may have been taken over, posts as usual again",
    ),
    ("server_filter", ("politics",), 'your server\'s filter "politics" hides it'),
    ("server_filter", (), "your server's filter hides it"),
    ("server_warning", ("politics",), 'your server\'s filter "politics" only warns about it'),
    ("vouch", ("Ada",), "you vouched for Ada"),
    ("subscribed", ("Ada's garden",), "you subscribed to Ada's garden"),
    ("label_hides", (LABEL,), 'labelled "Rude" by House Rules, which you chose to hide'),
    ("label_covers", (LABEL,), 'labelled "Rude" by House Rules: only a warning, because you know them'),
    ("label_pending", (LABEL,), 'labelled "Rude" by House Rules: only a warning until that is known'),
    ("restricted", ("block", "Rude people", ""), 'you block them on your server through the list "Rude people"'),
    ("counts_pending", (), "not sure yet: their number of followers is not known"),
    ("tie", (Tie(you_follow=True, follows_you=True),), "you follow each other"),
    ("stranger", (Tie(),), "a stranger to you: no contact between you is known"),
    ("nobody", (), "the author is unknown"),
    ("pending", (), "not sure yet: your relationship is not known"),
    ("unsure", ("sales", 0.6, 1), "not sure yet (sales, 60%): 1 more mark would help"),
    ("unsure", ("sales", 0.6, 0), "not certain enough to hide it (sales, 60%)"),
    ("overall", ("celebrity",), "overall it reads like a broadcast"),
    ("never_answered", (2,), "they never replied to you, though you wrote to them twice"),
    ("never_answered_likes", (1,), "they never replied to you, though you liked their posts once"),
    ("rhythm", (12.4,), "about 12 posts a day, almost no replies"),
    ("no_replies", (20,), "none of their last 20 posts is a reply"),
    ("link_feed", (20, 20), "a link in all of their last 20 posts, and no replies"),
    ("same_answers", (), "they reply to everybody with the same words"),
    ("answers_alike", (7, 8), "7 of their last 8 posts are replies, in words that fit any post"),
    ("mass_answers", (18, 20, 90_000), "18 of their last 20 posts are replies, and they have 90,000 followers"),
    ("same_form", (7, 8), "7 of 8 of their posts fill in the same form, as machines do"),
    ("repeated", (8, 20), "8 of their last 20 posts repeat one another"),
    ("posts_alike", ("spam",), "their posts together read like spam"),
    ("boosted", ("Bob",), "boosted by Bob, who you know"),
    ("followed_by", (1, "Bob"), "followed by Bob, who you follow"),
    ("followed_by", (2, "Bob"), "followed by Bob and one other you follow"),
    ("followed_by", (7, "Bob"), "followed by Bob and 6 others you follow"),
    ("wording", ("sales", "use code"), 'reads like sales: "use code"'),
    ("host", ("shop.example",), "it links to shop.example"),
    ("shape", ("price",), "it mentions a price"),
    ("bio", ("celebrity",), "their bio reads like a broadcast"),
    ("habit", ("answers",), "they reply to people"),
    ("account", (1_200_000, 83, None, None), "1.2 M followers, follows 83"),
    ("account", (None, None, 3, None), "3 posts"),
    ("account", (None, None, None, None), "the account's counts"),
    (
        "imitates",
        ("Ada", "ada@b.example"),
        "looks like Ada (@ada@b.example), who you know, but is a different account",
    ),
    (
        "unlike_burst",
        (4, 2, "win.example"),
        "unlike their other posts: 4 in 2 minutes with a link to win.example; the account may have been taken over",
    ),
    (
        "unlike_words",
        ("sales",),
        "unlike their other posts, it reads like sales; the account may have been taken over",
    ),
]


@pytest.mark.parametrize(("kind", "values", "sentence"), SENTENCES, ids=[f"{row[0]}-{row[2]}" for row in SENTENCES])
def test_a_reason_in_words(kind: ReasonKind, values: tuple[Any, ...], sentence: str) -> None:
    assert reason_text(Reason(kind, values)) == sentence


def test_every_kind_of_reason_has_a_row_here() -> None:
    assert {row[0] for row in SENTENCES} | {"style", "bio_words"} == set(get_args(ReasonKind))
