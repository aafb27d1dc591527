"""Opening links: ordinary ones open, misleading ones are shown and need a confirmation."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietfeed.models.post import Span
from quietfeed.models.verdict import Level
from quietfeed.session.browser import Browser

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted

TRAP = "https://mybank.example@evil.example/?utm_source=x&id=7"


@pytest.fixture
def came() -> list[str]:
    """The addresses that were opened in the browser."""
    return []


@pytest.fixture
def default_browser(came: list[str]) -> Browser:
    """A browser that records the opened addresses."""

    def recorded(url: str) -> bool:
        came.append(url)
        return True

    return Browser(can_open=lambda: True, draws_on_terminal=lambda: False, open=recorded)


async def test_a_link_that_could_mislead_needs_a_confirmation(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, came: list[str]
) -> None:
    post = scripted.post(1, text="log in at mybank.example", links=(TRAP,), spans=(Span(10, 24, "link", TRAP),))
    session = scripted.session(scripted.network([post]), tmp_path, level=Level.everything, strip_tracking=True)
    async with opened(session) as screens:
        screens.go_to(lambda each: bool(each.post.links))
        await screens.press("o")
        assert "look closely: evil.example" in screens.text()
        await screens.press("1")
        text = screens.text()
        assert "Open evil.example?" in text
        assert "is only a user name" in text
        assert "but it leads to evil.example" in text.replace("\n", " ")
        # Enter alone opens nothing.
        await screens.press("enter")
        assert (came, screens.names) == ([], ["HomeScreen"])
        await screens.press("o", "1", "2")
        assert came == ["https://mybank.example@evil.example/?id=7"]


async def test_the_address_of_a_post_opens_at_once(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, came: list[str]
) -> None:
    session = scripted.session(scripted.network([scripted.post(1)]), tmp_path, level=Level.everything)
    async with opened(session) as screens:
        screens.go_to(lambda each: True)
        await screens.press("o")
        assert came == ["https://example.social/1"]
        assert "opening example.social" in screens.line("message")
