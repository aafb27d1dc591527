"""A look at a public handle from the welcome screen: input, timeline, leaving, and that nothing is stored."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from quietfeed.session import open_session

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open


@pytest.fixture
def server(bluesky: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A loopback server in place of Bluesky's public one."""
    server = bluesky(posts=40)

    monkeypatch.setenv("QUIETFEED_APPVIEW", server.url)
    return server


async def test_the_welcome_screen_opens_what_a_public_handle_sees_and_escape_comes_back(
    opened: "Open", tmp_path: Path, server: Any
) -> None:
    handle = server.world.me["handle"]
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("4")
        assert screens.names == ["WelcomeScreen", "PreviewScreen"]
        await screens.type(handle)
        await screens.press("enter")
        assert screens.names == ["WelcomeScreen", "HomeScreen"]
        assert screens.posts()
        assert handle in screens.line("hint")
        assert "invented" not in screens.text()
        await screens.press("s", "u", "h", "escape", "escape")
        assert screens.names == ["WelcomeScreen"]
        assert screens.session.accounts == ()
        await screens.press("4")
        assert screens.names == ["WelcomeScreen", "PreviewScreen"]


async def test_an_unknown_handle_is_reported_and_another_can_be_entered(
    opened: "Open", tmp_path: Path, server: Any
) -> None:
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("4", "enter")
        assert "handle" in screens.line("page-message")
        await screens.type("nobody.here.example")
        await screens.press("enter")
        assert screens.names == ["WelcomeScreen", "PreviewScreen"]
        assert screens.line("page-message")
        assert "asking" not in screens.line("page-message")
        field = screens.app.screen.query_one(Input)
        assert field.has_focus
        field.value = server.world.me["handle"]
        await screens.press("enter")
        assert screens.names == ["WelcomeScreen", "HomeScreen"]


async def test_escape_leaves_the_question(opened: "Open", tmp_path: Path, server: Any) -> None:
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("4", "q", "escape")
        assert screens.names == ["WelcomeScreen"]
        assert not server.requests
