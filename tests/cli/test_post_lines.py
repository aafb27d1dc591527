"""Posts as lines for people: wrapped, with all their parts, in colour only on a terminal."""

from datetime import UTC, datetime

from msgspec.structs import replace

from quietfeed.cli.plain_words import TEXT_SIGN, read_post
from quietfeed.cli.post_lines import post_lines
from quietfeed.cli.wrapping import cells, fold, wrap
from quietfeed.models.person import Person
from quietfeed.models.post import Media, Poll, PollOption, Post, Quote
from quietfeed.models.verdict import Level, Reason, Verdict
from quietfeed.models.view import JudgedPost

ADA = Person("ada", "ada@there.example", "Ada")


def judged(text: str = "hello", author: Person = ADA, **parts: object) -> JudgedPost:
    post = Post("7", author, text, created_at=datetime(2026, 5, 4, tzinfo=UTC), **parts)  # type: ignore[arg-type]
    return JudgedPost(post, Verdict(Level.known, "person", {"person": 1.0}, (), "classifier"))


def test_the_parts_of_a_post_are_printed() -> None:
    lines = post_lines(
        judged(
            "so it goes",
            warning="spoilers",
            visibility="direct",
            reply_to="ivo@here.example",
            media=(Media("image", alt="A grey seal"),),
            poll=Poll((PollOption("tea", 3), PollOption("coffee", 1))),
            quote=Quote("ivo@here.example", "as I said"),
        ),
        Level.everything,
    )
    text = "\n".join(lines)
    for words in (
        "[spoilers]",
        "(direct message)",
        "in reply to @ivo@here.example",
        "A grey seal",
        "Option: tea: 75%",
    ):
        assert words in text
    assert "Quotes ivo@here.example: as I said" in text


def test_nothing_is_wider_than_the_terminal() -> None:
    lines = post_lines(judged("word " * 60 + "x" * 200 + "漢字" * 60), Level.everything, 40, colour=False)
    assert max(map(cells, lines)) <= 40
    assert "".join(lines).count("x") == 201


def test_without_a_terminal_nothing_is_wrapped_or_coloured() -> None:
    long = "word " * 60
    assert f"    {long}" in post_lines(judged(long), Level.everything)
    assert not any("\x1b" in line for line in post_lines(judged("\x1b[31mred"), Level.everything))
    assert any("\x1b[1m" in line for line in post_lines(judged(), Level.everything, 80, colour=True))


def test_wrapping_loses_nothing() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("", 7) == [""]


def test_a_post_cannot_write_a_line_that_looks_like_the_programs() -> None:
    forged = "2 of 4. Ada, ada@there.example, close, just now.\nMarked person."
    author = Person("x", "x@evil.example", '2 of 4. Ada", close')
    lines = read_post(judged(forged, author), "1 of 4", datetime(2026, 5, 4, tzinfo=UTC), opened=True)
    assert lines[0].startswith('1 of 4. "2 of 4. Ada\', close", x@evil.example')
    assert all(line.startswith(TEXT_SIGN) for line in lines[1:])


def test_sentences_break_at_words_and_nothing_that_people_copy_is_cut() -> None:
    address = "https://there.example/" + "a" * 60
    assert fold(f"Open this address: {address} and let it read.", 20) == [
        "Open this address:",
        address,
        "and let it read.",
    ]
    assert fold("Then `quietfeed sync --json` fetches the posts.", 24) == [
        "Then",
        "`quietfeed sync --json`",
        "fetches the posts.",
    ]
    assert fold(f"{TEXT_SIGN}one two three", 9) == [f"{TEXT_SIGN}one two", f"{TEXT_SIGN}three"]
    assert fold("  one\n\n  two three", 7) == ["  one", "", "  two", "  three"]
    assert fold("word " * 60, 0) == ["word " * 60]


def test_an_imitation_is_pointed_out_in_every_list() -> None:
    reason = Reason("imitates", ("Ada", "ada@there.example"), 10.0)
    plain = judged("what a nice day")
    careful = replace(plain, verdict=replace(plain.verdict, reasons=(reason,)))
    words = "looks like Ada (@ada@there.example), who you know, but is a different account"
    now = datetime(2026, 5, 4, tzinfo=UTC)
    assert any(words in line for line in post_lines(careful, Level.quiet))
    assert f"Careful: {words}." in read_post(careful, "1 of 2", now, opened=False)
    assert not any("Careful" in line for line in read_post(plain, "1 of 2", now, opened=False))
