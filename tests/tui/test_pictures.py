"""Pictures on the screens: shown in an open post, switched off with a key, and never requested if unwanted."""

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image

from quietfeed.models.config import Config
from quietfeed.models.errors import QuietfeedError, SourceError
from quietfeed.models.post import Media
from quietfeed.session import Session
from quietfeed.session.pictures import Pictures
from quietfeed.sources.demo.pictures import draw
from quietfeed.tui.widgets.images import MOST_PIXELS, decode, fitted, way_of
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

MEDIA = (Media("image", "a seal", "https://files.example/1.png", "https://files.example/1-small.png"),)


def shown(screens: "Screens") -> int:
    return len(screens.app.screen.query("#pictures > *"))


class Requested:
    """The addresses of the requested pictures. All exist, except those with "gone" in the name."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    async def fetch(self, address: str, _server: str) -> bytes:
        self.addresses.append(address)
        if "gone" in address:
            raise SourceError("files.example returned 404 for the picture.")
        return draw(address)

    def serve(self, session: Session) -> Session:
        """Make a session request its pictures here."""
        shown = session.pictures.shown
        session.pictures = Pictures(session.places, session.signing_in, shown=shown, fetch=self.fetch)
        return session


@pytest.fixture
def requested() -> Requested:
    return Requested()


async def test_the_demo_draws_the_picture_of_an_opened_post(opened: "Open") -> None:
    async with opened() as screens:
        screens.go_to(
            lambda judged: bool(judged.post.media) and judged.verdict.shown_at(screens.session.timeline.level)
        )
        await screens.press("enter")
        assert shown(screens) == 1
        assert "▀" in screens.text()
        assert "image: " in screens.text()
        await screens.press("i")
        assert shown(screens) == 0
        assert screens.line("message") == "pictures are off; i shows them"
        await screens.press("i")
        assert shown(screens) == 1


async def test_a_person_has_an_avatar(opened: "Open") -> None:
    async with opened() as screens:
        screens.go_to(lambda judged: judged.tie_name == "close")
        await screens.press("a")
        assert shown(screens) == 1


async def test_the_first_picture_request_names_the_host_and_the_key_to_stop(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(n, media=MEDIA) for n in range(2)])
    async with opened(requested.serve(scripted.session(network, tmp_path))) as screens:
        for _ in range(2):
            await screens.press("enter", "escape")
        told = [each.message for each in screens.app._notifications if "IP address" in each.message]
        assert requested.addresses
        assert len(told) == 1
        assert "files.example" in told[0]
        assert "i turns them off" in told[0]
        assert "pictures = false" in told[0]


async def test_scrolling_requests_no_pictures(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(n, media=MEDIA) for n in range(8)])
    async with opened(requested.serve(scripted.session(network, tmp_path))) as screens:
        await screens.press("j", "j", "k", "i")
        assert requested.addresses == []
        await screens.press("enter")
        assert requested.addresses == ["https://files.example/1-small.png"]


async def test_data_saving_waits_for_the_key(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(n, media=MEDIA) for n in range(3)])
    async with opened(requested.serve(scripted.session(network, tmp_path, data_saving=True))) as screens:
        await screens.press("enter")
        assert requested.addresses == []
        await screens.press("i")
        assert len(requested.addresses) == 1
        assert shown(screens) == 1
        await screens.press("escape", "j", "enter")
        assert len(requested.addresses) == 1


async def test_pictures_of_a_hidden_post_are_only_fetched_on_request(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(1), scripted.post(2, scripted.star, "Tour dates", media=MEDIA)])
    async with opened(requested.serve(scripted.session(network, tmp_path))) as screens:
        await screens.press("h", "enter")
        assert requested.addresses == []
        await screens.press("i")
        assert len(requested.addresses) == 1


async def test_a_failed_picture_is_reported_and_the_others_are_shown(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path
) -> None:
    gone = replace(MEDIA[0], preview="https://files.example/gone.png")
    network = scripted.network([scripted.post(1, media=(gone, *MEDIA))])
    async with opened(requested.serve(scripted.session(network, tmp_path))) as screens:
        await screens.press("enter", "i", "i")
        assert "returned 404" in screens.line("message")
        assert shown(screens) == 1


async def test_without_the_extra_the_message_comes_only_on_request(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    network = scripted.network([scripted.post(1, media=MEDIA)])
    async with opened(requested.serve(scripted.session(network, tmp_path))) as screens:
        await screens.press("enter")
        assert requested.addresses == []
        assert "quietfeed[images]" not in screens.line("message")
        await screens.press("i")
        assert "pip install 'quietfeed[images]'" in screens.line("message")
        assert requested.addresses == [], "what cannot be shown is not fetched"
        assert shown(screens) == 0


def png(size: tuple[int, int]) -> bytes:
    file = BytesIO()
    Image.new("1", size).save(file, "PNG")
    return file.getvalue()


def test_a_picture_that_would_fill_the_memory_is_not_decoded() -> None:
    data = png((10_000, MOST_PIXELS // 10_000 + 1))
    assert len(data) < 100_000
    with pytest.raises(QuietfeedError, match="too large"):
        decode(data)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", draw("demo:scene/x")[:200], b"%PDF-1.4"])
def test_a_damaged_picture_is_one_sentence(data: bytes) -> None:
    with pytest.raises(QuietfeedError, match="cannot be read"):
        decode(data)


def test_a_large_picture_is_made_small_before_it_is_stored() -> None:
    assert max(decode(png((4000, 1000))).size) == 1600


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "sixel"),
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "xterm-256color"}, "blocks"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "x"}, "blocks"),
        ({}, "blocks"),
    ],
)
def test_the_terminal_is_known_by_its_environment(environment: dict[str, str], way: str) -> None:
    assert way_of(environment) == way


def test_a_picture_fits_and_keeps_its_shape() -> None:
    picture = decode(png((300, 100)))
    assert fitted(picture, 200, 10) == (60, 10)
    assert fitted(picture, 30, 10) == (30, 5)


def test_pictures_can_be_turned_off_and_are_on() -> None:
    assert Config().pictures == "auto"
    assert not Config().data_saving


async def test_pictures_are_under_their_post_and_above_the_replies(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(50, text="the post itself", media=MEDIA)])
    network.after = tuple(scripted.post(60 + n, text=f"answer {n}") for n in range(12))
    async with opened(requested.serve(scripted.session(network, tmp_path)), size=(80, 40)) as screens:
        await screens.press("enter")
        assert shown(screens) == 1
        lines = screens.text().splitlines()
        drawn = [number for number, line in enumerate(lines) if "▀" in line]
        answer = next(number for number, line in enumerate(lines) if "answer 0" in line)
        # The note about the links is the last line of the post.
        above = next(number for number, line in enumerate(lines) if "2 links" in line)
        assert drawn == list(range(above + 1, drawn[-1] + 1))
        assert drawn[-1] < answer
        # After scrolling away, they cover nothing else.
        await screens.press("G")
        assert not any("▀" in line for line in screens.text().splitlines())
        await screens.press("g", "g")
        assert any("▀" in line for line in screens.text().splitlines())


async def test_without_pictures_no_line_is_left_free(
    opened: "Open", scripted: "type[Scripted]", requested: Requested, tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(50, text="the post itself", media=MEDIA)])
    async with opened(requested.serve(scripted.session(network, tmp_path)), size=(80, 40)) as screens:
        await screens.press("enter", "i")
        assert shown(screens) == 0
        assert all(isinstance(row, PostRow) and row.picture_lines == 0 for row in screens.timeline.rows)
