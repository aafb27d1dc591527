"""Signing in from the welcome screen, against a server on loopback."""

import asyncio
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from textual.widgets import Input

from quietfeed.session import open_session
from quietfeed.session.browser import Browser

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens

Serve = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def code_of(url: str) -> str:
    """The page of the browser after the user allowed it."""
    page = urllib.request.urlopen(url, timeout=60).read().decode()
    found = re.search(r"<code>(.+?)</code>", page)
    assert found is not None
    return found.group(1)


async def until(screens: "Screens", name: str, words: str) -> None:
    while words not in screens.line(name):
        await screens.pilot.pause()


async def agree_to_the_file(screens: "Screens") -> None:
    """There is no keyring: the token is stored in the file, once the user agrees."""
    await until(screens, "question", "tokens.json")
    assert "no keyring" in screens.line("page-message")
    await screens.press("enter")


def recording(record: Callable[[str], None]) -> Browser:
    """A browser that opens nothing and records the addresses."""

    def recorded(url: str) -> bool:
        record(url)
        return True

    return Browser(can_open=lambda: True, draws_on_terminal=lambda: False, open=recorded)


def address(screens: "Screens") -> str:
    return screens.line("address").replace("\n", "")


async def test_without_a_browser_the_code_is_pasted_and_the_timeline_fills(
    opened: "Open", mastodon: Serve, tmp_path: Path
) -> None:
    server = mastodon()
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("enter")
        await screens.type(server.url)
        await screens.press("enter")
        assert "paste the code" in screens.line("question")
        assert screens.app.clipboard == address(screens)
        await screens.type("wrong")
        await screens.press("enter")
        assert screens.line("page-message")
        # What is pasted next replaces the rejected code.
        code = code_of(address(screens))
        await screens.type(code)
        assert screens.app.screen.query_one(Input).value == code
        await screens.press("enter")
        await agree_to_the_file(screens)
        await screens.settled()
        assert screens.names == ["WelcomeScreen", "HomeScreen"]
        assert len(screens.posts()) > 0
        assert [account.handle for account in screens.session.accounts] == ["june@here.example"]


async def test_the_browser_opens_and_comes_back(opened: "Open", mastodon: Serve, tmp_path: Path) -> None:
    came: list[str] = []
    server = mastodon()
    async with opened(open_session(tmp_path), browser=recording(came.append)) as screens:
        await screens.press("enter")
        await screens.pilot.press(*server.url, "enter")
        await until(screens, "question", "Allow quietfeed in the browser")
        assert "waiting" in screens.line("help")
        # The user allows it in the browser, which is redirected to the loopback port.
        await asyncio.to_thread(lambda: urllib.request.urlopen(came[0], timeout=60).read())
        await agree_to_the_file(screens)
        while screens.names[-1] != "HomeScreen":
            await screens.pilot.pause()
        await screens.settled()
        assert len(screens.posts()) > 0


async def test_while_the_browser_is_waited_for_the_code_can_be_pasted_or_all_be_left(
    opened: "Open", mastodon: Serve, tmp_path: Path
) -> None:
    async with opened(open_session(tmp_path), browser=recording(lambda _: None)) as screens:
        await screens.press("enter")
        await screens.pilot.press(*mastodon().url, "enter")
        await until(screens, "question", "Allow quietfeed in the browser")
        await screens.pilot.press("enter")
        await until(screens, "question", "paste the code")
        assert code_of(address(screens))
        await screens.press("escape")
        assert screens.names == ["WelcomeScreen"]
        assert screens.session.accounts == ()


async def test_a_server_that_does_not_answer_is_one_sentence_and_the_field_is_kept(
    opened: "Open", tmp_path: Path
) -> None:
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("enter")
        await screens.type("127.0.0.1:9")
        await screens.press("enter")
        assert screens.line("page-message")
        assert screens.app.screen.query_one(Input).value == "127.0.0.1:9"
        await screens.press("escape", "escape")
        assert screens.app.return_value == 0


async def test_an_empty_field_is_reported(opened: "Open", tmp_path: Path) -> None:
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("enter", "enter")
        assert screens.line("page-message") == "type it first, for example mastodon.social"


async def test_bluesky_is_signed_in_with_a_handle_in_the_browser(
    opened: "Open", bluesky_signin: Serve, tmp_path: Path
) -> None:
    came: list[str] = []
    bluesky_signin()
    async with opened(open_session(tmp_path), browser=recording(came.append)) as screens:
        await screens.press("2")
        assert "handle" in screens.line("question")
        await screens.pilot.press(*"june.here.example", "enter")
        await until(screens, "question", "Allow quietfeed in the browser")
        await asyncio.to_thread(lambda: urllib.request.urlopen(came[0], timeout=60).read())
        await agree_to_the_file(screens)
        while screens.names[-1] != "HomeScreen":
            await screens.pilot.pause()
        await screens.settled()
        assert [account.key for account in screens.session.accounts] == ["bluesky:june.here.example"]


async def test_over_ssh_the_address_the_browser_could_not_open_is_pasted(
    opened: "Open", bluesky_signin: Serve, tmp_path: Path
) -> None:
    bluesky_signin()
    async with opened(open_session(tmp_path)) as screens:
        await screens.press("2")
        screens.app.screen.query_one(Input).value = "@june.here.example"
        await screens.press("enter")
        assert "copy the address of that page" in screens.line("question")
        async with httpx.AsyncClient() as browser:
            landed = (await browser.get(address(screens))).headers["Location"]
        screens.app.screen.query_one(Input).value = landed.partition("?")[0]
        await screens.press("enter")
        assert "contains no code" in screens.line("page-message")
        screens.app.screen.query_one(Input).value = landed
        await screens.press("enter")
        await agree_to_the_file(screens)
        await screens.settled()
        assert screens.names == ["WelcomeScreen", "HomeScreen"]


async def paste_the_code(screens: "Screens") -> None:
    """Starts at the question for the server; no browser is opened."""
    await screens.press("enter")
    screens.app.screen.query_one(Input).value = code_of(address(screens))
    await screens.press("enter")
    await screens.settled()


async def sign_in_first(screens: "Screens", url: str) -> None:
    await screens.press("enter")
    await screens.type(url)
    await paste_the_code(screens)
    await agree_to_the_file(screens)
    await screens.settled()


async def open_from_the_palette(screens: "Screens") -> None:
    await screens.press("ctrl+p")
    await screens.type("sign in")
    await screens.press("enter")
    await screens.settled()
    if screens.names[-1] == "CommandPalette":
        await screens.press("enter")


@pytest.mark.parametrize(("key", "screen"), [("enter", "DetailScreen"), ("f", "HomeScreen")])
async def test_a_revoked_token_is_reported_on_every_screen_with_the_key_to_sign_in_again(
    key: str, screen: str, opened: "Open", mastodon: Serve, tmp_path: Path
) -> None:
    server = mastodon()
    async with opened(open_session(tmp_path)) as screens:
        await sign_in_first(screens, server.url)
        (account,) = screens.session.accounts
        server.tokens.clear()
        await screens.press(key)
        await screens.settled()
        assert screens.names[-1] == screen
        told = screens.line("message")
        assert "no longer accepts the sign-in" in told
        assert "ctrl+p" in told
        assert "quietfeed" not in told
        await open_from_the_palette(screens)
        assert f"again as {account.name}" in screens.text()
        await screens.press("enter")
        await paste_the_code(screens)
        assert screens.names[-1] == screen
        assert server.tokens


async def test_a_revoked_token_is_reported_with_the_key_to_sign_in_again(
    opened: "Open", mastodon: Serve, tmp_path: Path
) -> None:
    server = mastodon()
    async with opened(open_session(tmp_path)) as screens:
        await sign_in_first(screens, server.url)
        posts = screens.posts()
        (account,) = screens.session.accounts
        await screens.press("s")
        marked = screens.session.marks.count
        server.tokens.clear()
        await screens.press("R")
        told = screens.line("message")
        assert "no longer accepts the sign-in" in told
        assert "ctrl+p" in told
        assert "quietfeed" not in told
        await open_from_the_palette(screens)
        assert f"again as {account.name}" in screens.text()
        await screens.press("enter")
        # The server of the account is known.
        await until(screens, "question", "paste the code")
        assert f"Sign in again as {account.name}" in screens.text()
        await paste_the_code(screens)
        assert screens.names[-1] == "HomeScreen"
        assert [each.key for each in screens.session.accounts] == [account.key]
        assert screens.session.marks.count == marked == 1
        assert not screens.session.fetching.refusals
        assert "no longer" not in screens.line("message")
        assert posts


async def test_a_second_account_is_added_from_the_palette(opened: "Open", mastodon: Serve, tmp_path: Path) -> None:
    first, second = mastodon(), mastodon()
    async with opened(open_session(tmp_path)) as screens:
        await sign_in_first(screens, first.url)
        await open_from_the_palette(screens)
        await screens.press("enter")
        await screens.type(second.url)
        await paste_the_code(screens)
        await agree_to_the_file(screens)
        await screens.settled()
        assert screens.names[-1] == "HomeScreen"
        assert {account.server for account in screens.session.accounts} == {first.url, second.url}
        assert len({judged.key[0] for judged in screens.session.timeline.posts}) == 2
