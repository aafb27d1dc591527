"""A paid network on the screens: the price before the sign-in and the home timeline, and a spent budget."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from quietfeed.session import open_session

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens

Serve = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


async def from_the_palette(screens: "Screens", words: str) -> None:
    await screens.press("ctrl+p")
    await screens.type(words)
    await screens.press("enter")
    await screens.settled()
    if screens.names[-1] == "CommandPalette":
        await screens.press("enter")


async def test_the_price_is_shown_before_the_sign_in_and_before_the_home_timeline(
    opened: "Open", x_server: Serve, tmp_path: Path
) -> None:
    server = x_server()
    session = open_session(tmp_path)
    await session.signing_in.flow.with_token("x", server.url, "good")
    session.signing_in.reload()
    async with opened(session) as screens:
        assert len(screens.posts()) == 10
        await screens.press("enter")
        assert "X charges for replies" in screens.line("message")
        await screens.press("escape")

        await from_the_palette(screens, "sign in")
        await screens.press("3")
        assert screens.line("question").startswith("X charges the owner of the developer app for reading: $0.01")
        assert not screens.app.screen.query_one(Input).display
        asked = len(server.requests)
        await screens.press("enter")
        assert "client ID" in screens.line("question")
        await screens.type(f"app@{server.url}")
        await screens.press("enter")
        assert "paste it here" in screens.line("question")
        assert len(server.requests) == asked
        screens.app.screen.query_one(Input).value = server.allow(screens.line("address").replace("\n", ""))
        await screens.press("enter")
        while screens.names[-1] != "HomeScreen":
            await screens.pilot.pause()
        await screens.settled()
        assert screens.names[-1] == "HomeScreen"
        assert [account.name for account in screens.session.accounts] == ["x:june"]

        await from_the_palette(screens, "home timeline")
        assert "up to $0.025" in screens.text()
        assert "read only the posts of people you know (now)" in screens.text()
        await screens.press("escape")
        spending = screens.session.signing_in.spending
        assert not spending.reads_home("x:june")
        await from_the_palette(screens, "home timeline")
        await screens.press("1")
        assert spending.reads_home("x:june")
