"""Help and small terminals: words wrap in their column, sentences end in an ellipsis, an address is not split."""

from typing import TYPE_CHECKING

import pytest
from textual.widgets._toast import ToastRack

from quietfeed.phrases.action_table import SCREEN_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from quietfeed.tests.tui.conftest import Open


@pytest.mark.parametrize("width", [40, 60, 80, 120])
async def test_no_line_of_the_help_wraps_into_the_column_of_the_keys(opened: "Open", width: int) -> None:
    async with opened(size=(width, 24)) as screens:
        await screens.press("question_mark")
        text = screens.line("panel-text")
        table = text.split("  In the hidden tray")[0].splitlines()
        assert max(map(len, table)) <= min(width, 88) - 7
        words = " ".join(" ".join(table).split())
        for action in SCREEN_ACTIONS:
            assert action.text in words


async def test_help_adapts_to_another_width(opened: "Open") -> None:
    async with opened(size=(120, 40)) as screens:
        await screens.press("question_mark")
        await screens.pilot.resize_terminal(40, 24)
        await screens.settled()
        table = screens.line("panel-text").split("  In the hidden tray")[0].splitlines()
        assert max(map(len, table)) <= 33


async def test_a_search_of_the_help_knows_other_words_and_the_actions_without_a_key(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("question_mark", "slash")
        await screens.type("retweet")
        found = " ".join(screens.line("panel-text").split())
        assert found == "Acting b boost the post for your followers (again: undo it)"
        await screens.press("escape", "slash")
        await screens.type("block the author")
        found = screens.line("panel-text")
        assert "Without a key: ctrl+p finds them" in found
        assert "block the author, after a question" in found


async def test_the_help_names_the_file_of_the_settings(opened: "Open", scripted: "type[Any]", tmp_path: "Path") -> None:
    session = scripted.session(scripted.network([]), tmp_path)
    async with opened(session) as screens:
        await screens.press("question_mark")
        assert str(session.places.config_file) in screens.line("panel-text")


LONG = "a sentence that is much longer than forty columns can be, and says only at its end what can be done"


async def test_a_long_message_is_shown_completely_and_then_removed(opened: "Open") -> None:
    async with opened(size=(40, 16)) as screens:
        for sentence in (LONG, "short"):
            screens.app.screen.show_message(sentence)  # type: ignore[attr-defined]
            await screens.settled()
            assert sentence in " ".join(screens.text().split())
            assert screens.app.screen.query_one("#message").size.height == (3 if sentence is LONG else 1)
            assert "shown" in screens.text()


async def test_a_notice_covers_neither_the_message_nor_the_counts(opened: "Open") -> None:
    async with opened(size=(80, 24)) as screens:
        await screens.press("s")
        screen = screens.app.screen
        below = sum(screen.query_one(name).size.height for name in ("#message", "#status", "#keys"))
        # Textual shows no notices in tests: this is where it would show them.
        rack = ToastRack()
        await screen.mount(rack)
        assert rack.styles.margin.bottom == below == 4


@pytest.mark.parametrize(("height", "sentence"), [(10, LONG), (16, LONG * 3)])
async def test_a_sentence_that_does_not_fit_ends_with_an_ellipsis(opened: "Open", height: int, sentence: str) -> None:
    async with opened(size=(40, height)) as screens:
        screens.app.screen.show_message(sentence)  # type: ignore[attr-defined]
        await screens.settled()
        lines = screens.text().splitlines()
        told = [line for line in lines if line.endswith("…")]
        assert told
        assert max(map(len, told)) <= 40


async def test_the_address_is_on_one_line_and_copied_completely(
    opened: "Open", mastodon: "Callable[..., Any]", tmp_path: "Path", monkeypatch: pytest.MonkeyPatch
) -> None:
    from quietfeed.session import open_session

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    server = mastodon()
    async with opened(open_session(tmp_path), size=(80, 24)) as screens:
        await screens.press("enter")
        await screens.type(server.url)
        await screens.press("enter")
        whole = screens.line("address")
        assert len(whole) > 80
        (line,) = [line for line in screens.text().splitlines() if "oauth/authorize" in line]
        assert line.endswith("…")
        screens.app._clipboard = ""
        await screens.press("ctrl+y")
        assert screens.app.clipboard == whole
        assert screens.line("page-message").startswith("copied")
        # Tests have no real terminal, so the whole address is shown on several lines.
        await screens.press("ctrl+o")
        shown = "".join(line.strip() for line in screens.text().splitlines())
        assert whole in shown


@pytest.mark.parametrize("keys", [[], ["enter"]])
async def test_the_first_screens_show_their_questions_on_a_very_small_terminal(
    opened: "Open", tmp_path: "Path", keys: list[str]
) -> None:
    from quietfeed.session import open_session

    async with opened(open_session(tmp_path), size=(40, 12)) as screens:
        await screens.press(*keys)
        asked = ("mastodon.social", "Which server") if keys else ("1  Sign in", "2  Sign in", "5  Leave")
        # Whether a list fits is only known after layout and painting.
        for _ in range(10):
            if not all(words in screens.text() for words in asked):
                await screens.settled()
        for words in asked:
            assert words in screens.text()
