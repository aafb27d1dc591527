"""The linear mode through a pipe: input, output, and that no screen is loaded for it."""

import asyncio
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from quietfeed.cli import plain_links
from quietfeed.cli.plain import Plain
from quietfeed.cli.plain_keys import parse, words_of
from quietfeed.cli.plain_words import when
from quietfeed.models.config import Config
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.phrases.action_table import ACTIONS, SCREEN_ACTIONS, Action
from quietfeed.phrases.plain_keys import plain_help
from quietfeed.session import Session
from quietfeed.session.browser import Browser
from quietfeed.tui.keys import shown

Run = Callable[..., subprocess.CompletedProcess[str]]
Say = Callable[..., list[str]]


@pytest.fixture
def say(run: Run) -> Say:
    """Runs the linear mode over the demo world with these lines; returns its output."""

    def _say(*lines: str, demo: bool = True, status: int = 0) -> list[str]:
        answer = run("--plain", *(["--demo"] if demo else []), stdin="".join(f"{line}\n" for line in lines))
        assert answer.returncode == status, answer.stderr
        assert "Traceback" not in answer.stderr
        return (answer.stdout + answer.stderr).splitlines()

    return _say


def test_it_reads_one_post_and_waits(say: Say) -> None:
    said = say()
    assert said[0].startswith("quietfeed at level quiet: ")
    assert said[2].startswith("1 of ")
    assert not any(line.startswith("2 of ") for line in said)


def test_nothing_moves_and_nothing_is_coloured(say: Say) -> None:
    said = "\n".join(say("j", "w", "S", "?", "h", "a"))
    assert all(letter.isprintable() or letter == "\n" or letter == "\u200d" for letter in said)
    assert not set("│┌╭█▓▒░●◐○") & set(said)


def test_a_mark_is_reported_trained_and_undone(say: Say) -> None:
    said = say("h", "s", "u", "u")
    assert sum(line.startswith("Marked sales") for line in said) >= 1
    assert any(line.startswith("Undone: mark removed") for line in said)
    assert said[-1] == "Nothing to undo."


def test_a_post_that_cannot_be_undone_is_explained_in_one_sentence(say: Say) -> None:
    said = say("C", "Good morning", ".", "u")
    assert said[-1].startswith("The post was already sent: "), said[-3:]
    assert "Nothing to undo." not in said


def test_enter_alone_reads_on_and_counts_go_further(say: Say) -> None:
    places = [line.split(" ")[0] for line in say("", "j", "5j", "k", "g") if " of " in line[:12] and line[0].isdigit()]
    assert places == ["1", "2", "3", "8", "7", "1"]


def test_levels_change_what_is_read(say: Say) -> None:
    said = say("1", "4")
    levels = [line for line in said if line.startswith("Level ")]
    assert levels[0].startswith("Level everything: ")
    assert levels[0].endswith(" 0 hidden.")
    assert levels[1].startswith("Level known: ")


def test_hidden_posts_show_their_reason_and_the_same_key_goes_back(say: Say) -> None:
    said = say("h", "w", "h")
    assert any(line.startswith("Hidden as ") for line in said)
    assert any(line.startswith("Reason 1: ") for line in said)
    assert "Back in the timeline." in said


def test_printed_posts_are_read_and_n_goes_to_the_next_unread(say: Say) -> None:
    said = say("j", "g", "n")
    heads = [line.partition(". ")[0] for line in said if " of " in line[:12] and line[0].isdigit()]
    assert heads[0].endswith(", unread")
    assert [head.split(" ")[0] for head in heads] == ["1", "2", "1", "3"]
    assert not heads[2].endswith(", unread")


def test_a_key_goes_to_uncertain_posts(say: Say) -> None:
    said = say("1", "U", "U", "G", "U")
    places = [int(line.split()[0].replace(",", "")) for line in said if " of " in line and line[:1].isdigit()]
    assert places == sorted(places)
    assert len(set(places)) >= 4
    assert said[-1] == "No more posts that the filter is not sure about."


def test_a_mute_ends_after_its_time(say: Say) -> None:
    said = say("m", "m day", "u")
    assert any(line.startswith("For how long? ") for line in said)
    assert any("muted" in line.lower() for line in said)
    assert any(line.startswith("Undone: ") for line in said)


def test_a_warning_is_passed_by_enter(say: Say) -> None:
    said = say("1", "g", *["j"] * 400)
    warned = next(number for number, line in enumerate(said) if line.endswith("Enter opens it."))
    place = next(line.partition(" of ")[0] for line in reversed(said[:warned]) if " of 5" in line[:9])
    opened = say("1", "g", f"{int(place) - 1}j", "")
    before = opened.index(said[warned])
    assert said[warned].removesuffix(" Enter opens it.") in opened[before + 1 :]
    assert opened[-1] != said[warned]


def test_words_work_and_an_unknown_one_is_reported(say: Say) -> None:
    said = say("why", "nonsense", "quit", "j")
    assert any(line.startswith("Scores: ") for line in said)
    assert said[-1] == "There is no key 'nonsense': ? and Enter lists all keys."


def test_an_address_is_only_printed_without_a_terminal(say: Say) -> None:
    assert any(line.startswith(("The address is https://", "Link 1: https://")) for line in say("o"))


def test_without_an_account_it_explains_how_to_add_one(say: Say) -> None:
    assert "quietfeed account add" in say(demo=False, status=1)[-1]


def test_the_keys_are_those_of_the_screens() -> None:
    of_screens = {action.id: shown(action.vim.split(",")[0]) for action in SCREEN_ACTIONS}
    words = words_of({})
    for key, name in words.items():
        if len(key) == 1 and name in of_screens and name != "read":
            assert of_screens[name] == key, name
    told = {line.split(": ")[0] for line in plain_help()}
    assert {"j", "k", "p", "c", "s", "x", "v", "d", "u", "w", "h", "o", "a", "t", "S", "?", "q"} <= told


def test_own_keys_of_the_config_hold_here_too() -> None:
    words = words_of({"mark_sales": "$,ctrl+s"})
    assert parse("$", words) == ("mark_sales", 1, "")
    assert parse("s", words)[0] == ""


def test_typed_lines_are_parsed() -> None:
    words = words_of({})
    assert parse("", words) == ("next", 1, "")
    assert parse("5j", words) == ("down", 5, "")
    assert parse("3", words) == ("level_3", 1, "")
    assert parse("o2", words) == ("open_link", 1, "2")
    assert parse("/ the garden", words) == ("find", 1, "the garden")
    assert parse("²j", words)[0] == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (86_400 * 3, "3 days ago")],
)
def test_times_are_printed_in_words(seconds: int, words: str) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert when(now - timedelta(seconds=seconds), now) == words


def test_no_screen_is_loaded_for_it() -> None:
    code = (
        "import sys, io; sys.stdin = io.StringIO('j\\nq\\n'); from quietfeed.__main__ import main;"
        " main(['--plain', '--demo']); loaded = {'textual', 'rich', 'httpx', 'sklearn'} & set(sys.modules);"
        " sys.exit(', '.join(loaded) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr


def test_every_action_of_the_table_has_its_function_and_no_other_has_one(demo_world: Callable[[], Session]) -> None:
    with asyncio.Runner() as runner:
        commands = Plain(demo_world(), runner, io.StringIO(), interactive=False).commands
    assert commands.keys() == {"next", *(action.id for action in ACTIONS if action.plain)}


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.plain], ids=lambda action: action.id)
def test_every_key_and_word_does_something(
    action: Action,
    demo_world: Callable[[], Session],
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = words_of({})
    assert words[action.plain] == words[action.id] == action.id
    with asyncio.Runner() as runner:
        session = demo_world()
        session.timeline.load()
        plain = Plain(session, runner, io.StringIO(), interactive=False)
        plain.reader.feed.update()
        plain._dispatch(action.plain, words)
        runner.run(session.close())
    assert plain.reader.leaving or capsys.readouterr().out.strip()


def test_a_reply_is_typed_line_by_line_and_sent(say: Say) -> None:
    said = say("r", "Yes,", "gladly", ".", "r", "half", "?", "C", ".")
    assert any(line.startswith("Replying to ") for line in said)
    assert "Sent: your post." in said
    assert any(line.startswith("The draft is saved: ") for line in said)
    assert "Nothing was written." in said


def test_a_like_is_reported_and_undone(say: Say) -> None:
    said = say("l", "again", "u", "again")
    liked = next(number for number, line in enumerate(said) if line.startswith("Liked: post of "))
    assert ", liked" in said[liked + 1]
    taken = next(number for number, line in enumerate(said) if line.startswith("Like undone: "))
    assert liked < taken
    assert ", liked" not in said[-1]


def test_a_link_that_could_mislead_opens_only_after_a_yes() -> None:
    came: list[str] = []
    said: list[str] = []

    def record(url: str) -> bool:
        came.append(url)
        return True

    browser = Browser(can_open=lambda: True, draws_on_terminal=lambda: False, open=record)
    url = "https://mybank.example@evil.example"
    post = Post("1", Person("2", "a@b.example"), "no host in here", links=(url,))

    class Reading:
        session = SimpleNamespace(config=Config())

        def here(self) -> object:
            return SimpleNamespace(post=post)

        def print_lines(self, *lines: str) -> None:
            said.extend(lines)

    reader = cast("Any", Reading())
    plain_links.open_or_list(reader, "", opens=True, browser=browser)
    plain_links.open_or_list(reader, "1", opens=True, browser=browser)
    assert came == []
    assert 'It leads to evil.example: "mybank.example" before the @ is only a user name.' in said
    assert said[-1] == "o1 yes and Enter opens evil.example."
    assert parse("o1 yes", words_of({})) == ("open_link", 1, "1 yes")
    plain_links.open_or_list(reader, "1 yes", opens=True, browser=browser)
    assert came == [url]
