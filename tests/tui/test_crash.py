"""A crash of the screens prints one sentence, without traceback, local variables or error message."""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.app import ComposeResult
from textual.dom import NoScreen
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Static

from quietfeed.tui.guard import catches_errors

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted

SECRET = "planted-token-0123456789"


def fail() -> None:
    local = SECRET
    raise RuntimeError(f"failed with {local}")


async def test_a_crash_prints_one_sentence_without_local_variables(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(scripted.session(scripted.network([scripted.post(1)]), tmp_path)) as screens:
        app = screens.app
        try:
            fail()
        except RuntimeError:
            app._fatal_error()
        printed = [str(each) for each in app._exit_renderables]
    assert len(printed) == 1
    assert printed[0].startswith("quietfeed failed unexpectedly (RuntimeError): the details are in ")
    written = [path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert not [each for each in (*printed, *written) if SECRET in each]


async def test_an_error_while_closing_is_printed_in_one_sentence(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = scripted.network([scripted.post(1)])

    async def close() -> None:
        fail()

    network.close = close  # type: ignore[method-assign]
    with pytest.raises(AssertionError, match="closing failed"):
        async with opened(scripted.session(network, tmp_path)):
            pass
    printed = capsys.readouterr().err
    assert "closing failed unexpectedly (RuntimeError)" in " ".join(printed.split())
    assert SECRET not in printed


async def test_a_screen_that_was_about_to_open_when_the_program_closed_is_no_error(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(scripted.session(scripted.network([scripted.post(1)]), tmp_path)) as screens:
        log = logging.getLogger("quietfeed")
        log.addHandler(caplog.handler)
        screen = screens.app.screen
        screens.app.exit(0)
        while screens.app.is_running:
            await asyncio.sleep(0)
        screens.app.report_error(screen, NoScreen("node has no screen"), "opening")
        assert caplog.messages == []
        screens.app.report_error(screen, RuntimeError(SECRET), "opening")
        log.removeHandler(caplog.handler)
        assert caplog.messages[:1] == ["opening failed unexpectedly"]


async def test_a_key_after_the_screens_closed_does_nothing(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(scripted.session(scripted.network([scripted.post(1)]), tmp_path)) as screens:
        app = screens.app
    await app.on_event(Key("j", "j"))
    assert not app.return_code


@catches_errors
class Broken(Screen[None]):
    """A screen that cannot be composed."""

    def compose(self) -> ComposeResult:
        yield Static("the first half")
        fail()

    def on_mount(self) -> None:
        self.query_one("#the-other-half")


async def test_a_screen_that_cannot_be_composed_closes_with_one_sentence(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(scripted.session(scripted.network([scripted.post(1)]), tmp_path)) as screens:
        before = screens.names
        screens.app.push_screen(Broken())
        await screens.settled()
        assert screens.names == before
        (sentence,) = [each.message for each in screens.app._notifications]
        assert sentence.startswith("opening failed unexpectedly (RuntimeError): the details are in ")
        await screens.press("question_mark")
        assert screens.names[-1] == "HelpScreen"


@catches_errors
class BrokenWidget(Static):
    """A widget whose handlers fail."""

    def on_click(self) -> None:
        fail()

    def on_resize(self) -> None:
        fail()


@pytest.mark.parametrize("event", ["on_click", "on_resize"])
async def test_an_error_in_a_widget_is_one_sentence(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, event: str
) -> None:
    async with opened(scripted.session(scripted.network([scripted.post(1)]), tmp_path)) as screens:
        await screens.app.screen.mount(BrokenWidget("broken"))
        await screens.settled()
        screens.app.screen.query_one("#message", Static).update("")
        if event == "on_click":
            await screens.pilot.click(BrokenWidget)
        else:
            await screens.pilot.resize_terminal(70, 30)
        await screens.settled()
        assert "failed unexpectedly (RuntimeError)" in screens.line("message")
        assert screens.app.is_running
