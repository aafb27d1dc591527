"""Wrapping and painting work for any text: nothing is lost, too wide, or interpreted as markup."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from quietfeed.models.person import Person
from quietfeed.models.post import Card, Label, Media, Poll, PollOption, Post, Quote, Span
from quietfeed.models.text import clean
from quietfeed.models.verdict import Level, Reason, Verdict
from quietfeed.models.view import Gap, JudgedPost
from quietfeed.phrases.posts import ago
from quietfeed.tui.widgets.paint import paint
from quietfeed.tui.widgets.rows import GapRow, HiddenRow, PostRow, Row, build_rows
from quietfeed.tui.widgets.wrap import clip, clusters, wrap

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LETTERS = "a bé ñ漢字かなカ한국어שלוםمرحبا👨👩👧\u200d\u200c\ufe0f🏽🇩🇪🇫\u0301\u0300 \n\t[]{}\\/<>&@#:;.-_…—\u3000\u00a0"
NASTY = st.text(st.sampled_from(LETTERS), max_size=160)


def judged(post: Post, until: Level = Level.known) -> JudgedPost:
    scores = {"person": 0.1, "celebrity": 0.0, "sales": 0.9, "spam": 0.0}
    return JudgedPost(post, Verdict(until, "sales", scores, (Reason("reads like sales", 1.0, "text"),), "classifier"))  # type: ignore[arg-type]


def a_post(text: str, **parts: object) -> Post:
    base = {"id": "1", "author": Person("7", "ada@here.example", "Ada"), "text": text, "created_at": NOW}
    return Post(**{**base, **parts})  # type: ignore[arg-type]


@given(NASTY, st.integers(4, 90))
@settings(max_examples=400)
def test_no_line_is_wider_than_the_limit_and_no_letter_is_lost(text: str, width: int) -> None:
    text = clean(text)
    lines = [text[start:end] for start, end in wrap(text, width)]
    widest = max((cell_len(text[begin:end]) for begin, end in clusters(text)), default=0)
    assert all(cell_len(line) <= max(width, widest) for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(NASTY, st.integers(4, 60))
@settings(max_examples=200)
def test_no_cluster_is_cut_by_a_line(text: str, width: int) -> None:
    text = clean(text)
    edges = {begin for begin, _ in clusters(text)} | {len(text)}
    for start, end in wrap(text, width):
        if text[start:end].strip():
            assert start in edges or text[start - 1 : start].isspace() or start == 0
            assert end in edges or text[end : end + 1].isspace() or end == len(text)


@given(NASTY, st.integers(1, 40))
@settings(max_examples=200)
def test_clipping_keeps_to_the_width(text: str, width: int) -> None:
    text = clean(text).replace("\n", " ")
    assert cell_len(clip(text, width)) <= width


@given(NASTY, NASTY, st.sampled_from([24, 40, 80, 200]), st.booleans())
@settings(max_examples=300)
def test_any_post_can_be_painted_in_its_width(text: str, name: str, width: int, whole: bool) -> None:
    text, name = clean(text), clean(name).replace("\n", " ")
    spans = (Span(0, max(len(text) // 2, 1), "link", "https://x.example"), Span(0, len(text), "quote")) if text else ()
    post = a_post(
        text,
        author=Person("7", name or "a", name),
        spans=spans,
        warning=name,
        reply_to=name,
        booster=Person("8", "b", name),
        boosted_at=NOW,
        media=(Media("image", text), Media("unknown")),
        poll=Poll((PollOption(name, 3), PollOption("", None)), voters=3),
        card=Card("https://x.example", name, text),
        quote=Quote(name, text),
        server_filters=(name,),
        labels=(Label(name, name, "inform"), Label(name, name, "warn")),
    )
    for row in (PostRow(judged(post), open=whole), PostRow(judged(post), fading=True, note=name)):
        lines = paint(row, width, NOW)
        assert lines[-1] == []
        for line in lines:
            assert sum(cell_len(piece) for piece, _, _ in line) <= width


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=5), "now"),
        (timedelta(minutes=7), "7m"),
        (timedelta(hours=5), "5h"),
        (timedelta(days=3), "3d"),
        (timedelta(seconds=-90), "now"),
    ],
)
def test_relative_times_are_short(before: timedelta, said: str) -> None:
    assert ago(NOW - before, NOW) == said


@pytest.mark.parametrize("name", ["Ada", "A" * 200, "Ada @bo@there.example " * 9, "漢" * 90])
@pytest.mark.parametrize("handle", ["ada@here.example", "a" * 60 + "@here.example"])
def test_a_long_name_hides_neither_the_handle_nor_the_mark(name: str, handle: str) -> None:
    post = a_post("hello", author=Person("7", handle, name))
    for width in (40, 80, 120):
        for mark in (None, "celebrity"):
            row = PostRow(replace(judged(post), mark=mark))
            head = "".join(piece for piece, _, _ in paint(row, width, NOW)[0])
            assert cell_len(head) <= width
            assert handle[:4] in head.removeprefix(f"○  {name}")
            assert ("[celebrity]" in head) == (mark is not None)
            assert head.endswith("now")


def test_markup_is_shown_as_it_was_written() -> None:
    lines = paint(PostRow(judged(a_post("[bold]not bold[/bold] [@click=app.quit]x[/]"))), 80, NOW)
    assert any("[bold]not bold[/bold] [@click=app.quit]x[/]" in "".join(text for text, _, _ in line) for line in lines)


def test_hidden_posts_become_one_quiet_line_in_their_place() -> None:
    posts = [
        judged(a_post("one", id="1")),
        judged(a_post("two", id="2"), Level.everything),
        judged(a_post("three", id="3"), Level.everything),
        judged(a_post("four", id="4")),
    ]
    rows = build_rows(posts, [], Level.quiet)
    assert [type(row) for row in rows] == [PostRow, HiddenRow, PostRow]
    assert isinstance(rows[1], HiddenRow)
    assert rows[1].text == "2 hidden: 2 sales"
    assert rows[1].keys == (("", "2"), ("", "3"))


def test_a_post_that_was_being_read_fades_and_stays() -> None:
    rows = build_rows([judged(a_post("one"), Level.everything)], [], Level.quiet, staying={("", "1")})
    assert isinstance(rows[0], PostRow)
    assert rows[0].fading
    assert rows[0].note


def test_a_gap_is_between_the_posts_above_and_below() -> None:
    above, below = a_post("new", id="1"), a_post("old", id="2", created_at=NOW - timedelta(days=9))
    gap = Gap(3, "", "cursor", NOW - timedelta(days=1), NOW - timedelta(days=9))
    tail = Gap(4, "", "cursor", NOW - timedelta(days=9), None)
    rows = build_rows([judged(above), judged(below)], [gap, tail], Level.quiet)
    assert [type(row) for row in rows] == [PostRow, GapRow, PostRow, GapRow]


def test_a_label_covers_the_post_until_it_is_opened_and_a_note_is_a_line_below() -> None:
    labels = (Label("Rude", "House Rules", "warn"), Label("Loud", "Fair Labels", "inform"))
    post = judged(a_post("these are the words", labels=labels))
    closed = ["".join(text for text, _, _ in line).strip() for line in paint(PostRow(post), 80, NOW)]
    assert '⚠ labelled "Rude" by House Rules · enter opens' in closed
    assert 'labelled "Loud" by Fair Labels' in closed
    assert "these are the words" not in closed
    opened = ["".join(text for text, _, _ in line).strip() for line in paint(PostRow(post, open=True), 80, NOW)]
    assert "these are the words" in opened


def boost(number: int, name: str, **more: object) -> JudgedPost:
    at = NOW - timedelta(hours=number)
    post = a_post("one text", id=f"b{number}", original_id="1", booster=Person(name, name, name), boosted_at=at, **more)
    return judged(post)


def row_of(rows: list[Row], number: int = 0) -> PostRow:
    row = rows[number]
    assert isinstance(row, PostRow)
    return row


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["Ada"], "↻ Ada boosted"),
        (["Ada", "Ben"], "↻ boosted by Ada and Ben"),
        (["Ada", "Ben", "Carla"], "↻ boosted by Ada, Ben and 1 other"),
        (["Ada", "Ben", "Carla", "Ada", "Dan", "Eve", "Flo"], "↻ boosted by Ada, Ben and 4 others"),
    ],
)
def test_a_post_that_several_people_boosted_is_one_row(names: list[str], line: str) -> None:
    posts = [boost(number, name) for number, name in enumerate(names)]
    posts.append(judged(a_post("one text", id="1", created_at=NOW - timedelta(days=1))))
    rows = build_rows(posts, [], Level.quiet)
    assert len(rows) == 1
    assert row_of(rows).key == ("", "b0")
    assert [copy.key for copy in row_of(rows).copies] == [post.key for post in posts[1:]]
    assert "".join(text for text, _, _ in paint(rows[0], 80, NOW)[0]).strip() == line


def test_an_entry_on_the_screen_stays_where_it_is() -> None:
    posts = [boost(0, "Ada"), judged(a_post("other", id="2")), boost(3, "Ben")]
    rows = build_rows(posts, [], Level.quiet, keep={("", "b3")})
    assert [row.key for row in rows] == [("", "2"), ("", "b3")]


def test_a_hidden_boost_is_no_part_of_the_row() -> None:
    hidden = replace(
        boost(1, "Mallory"), verdict=replace(boost(1, "Mallory").verdict, strictest_level=Level.everything)
    )
    rows = build_rows([boost(0, "Ada"), hidden], [], Level.quiet)
    assert [type(row) for row in rows] == [PostRow, HiddenRow]
    assert row_of(rows).copies == ()


def test_one_post_that_two_accounts_see_is_one_row() -> None:
    posts = [judged(a_post("one", id=number, account=number, uri="https://here.example/1")) for number in "12"]
    assert [row.key for row in build_rows(posts, [], Level.quiet)] == [("1", "1")]


def unlike(number: int, author: str = "Ada") -> JudgedPost:
    post = a_post(f"free coins {number}", id=str(number), author=Person(author, author, author))
    one = judged(post)
    reason = Reason("unlike_burst", (3, 2, "win.example"), 10.0)
    return replace(one, verdict=replace(one.verdict, reasons=(reason, *one.verdict.reasons), cause="tie"))


def test_posts_unlike_their_author_s_others_are_one_shown_line_with_their_count() -> None:
    posts = [unlike(1), judged(a_post("a heron", id="9")), unlike(2), unlike(3), unlike(4, "Ben")]
    rows = build_rows(posts, [], Level.known)
    assert [row.key for row in rows] == [("", "1"), ("", "9"), ("", "4")]
    assert row_of(rows).folded == (("", "2"), ("", "3"))
    line = "".join(text for text, _, _ in paint(rows[0], 80, NOW)[0])
    assert "Ada" in line
    assert "3 posts unlike their others" in line
    assert not row_of(rows, 2).folded
    # A post on the screen keeps its place, and an unfolded one shows them all.
    assert build_rows(posts, [], Level.known, keep={("", "2")})[1].key == ("", "2")
    assert len(build_rows(posts, [], Level.known, unfolded={("", "2")})) == 5


def test_an_own_post_has_no_sign_of_a_stranger() -> None:
    verdict = replace(judged(a_post("Hello")).verdict, cause="own")
    lines = paint(PostRow(JudgedPost(a_post("Hello"), verdict)), 60, NOW)
    assert lines[0][0] == ("●  ", "tie-close", "")
    boosted = a_post("Hello", booster=Person("1", "june@here.example"))
    assert ("○  ", "tie-stranger", "") in paint(PostRow(JudgedPost(boosted, verdict)), 60, NOW)[1]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason("imitates", ("Ada", "ada@there.example"), 10.0), "⚠ looks like Ada (@ada@there.example)"),
        (Reason("unlike_burst", (4, 9, "win.example"), 10.0), "the account may have been taken over"),
    ],
)
def test_a_post_to_be_careful_with_says_so_in_its_row(reason: Reason, words: str) -> None:
    plain = judged(a_post("what a nice day"))
    careful = replace(plain, verdict=replace(plain.verdict, reasons=(reason,)))
    drawn = " ".join("".join(piece[0] for piece in line).strip() for line in paint(PostRow(careful), 60, NOW))
    assert words in drawn
    assert "⚠" not in str(paint(PostRow(plain), 60, NOW))
