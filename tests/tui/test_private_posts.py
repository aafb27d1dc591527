"""Private posts are labelled everywhere, and one key covers their text."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from quietfeed.cli.plain_words import read_post
from quietfeed.models.person import Person
from quietfeed.models.post import Media, Post, PostCounts, Quote
from quietfeed.models.verdict import Level, Verdict
from quietfeed.models.view import JudgedPost
from quietfeed.phrases.posts import audience, details
from quietfeed.tui.widgets.paint import paint
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from .conftest import Open, Scripted

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "the key is under the mat"
VERDICT = Verdict(Level.known, "person", {"person": 1.0, "celebrity": 0.0, "sales": 0.0, "spam": 0.0}, (), "tie")
POST = Post(
    "1",
    Person("7", "ada@here.example", "Ada"),
    SECRET,
    created_at=NOW,
    media=(Media("image", SECRET),),
    quote=Quote("b@here.example", SECRET),
)


def lines(post: Post, *, width: int = 60, cover: bool = False, **more: Any) -> str:
    row = PostRow(JudgedPost(post, VERDICT), **more)
    return "\n".join("".join(text for text, _, _ in line) for line in paint(row, width, NOW, cover=cover))


@pytest.mark.parametrize(
    ("visibility", "label"),
    [
        ("direct", "direct message"),
        ("private", "followers only"),
        ("mutuals_only", "mutual followers only"),
        ("a_new_kind", "a new kind"),
        ("public", ""),
        ("unlisted", ""),
        ("", ""),
    ],
)
def test_every_view_of_a_post_shows_its_audience(visibility: str, label: str) -> None:
    post = replace(POST, visibility=visibility)
    assert (audience(post), post.is_private) == (label, bool(label))
    spoken = "\n".join(read_post(JudgedPost(post, VERDICT), "1", NOW, opened=True))
    for shown in (lines(post), lines(post, open=True), spoken):
        assert label in shown
        assert label or "followers" not in shown
        assert SECRET in shown


@pytest.mark.parametrize("width", [16, 24, 40, 80, 200])
def test_the_label_fits_beside_a_long_name(width: int) -> None:
    post = replace(POST, visibility="private", author=Person("7", "ada@a-long-name.example", "Ada " * 30))
    head = next(line for line in lines(post, width=width).splitlines() if "Ada" in line)
    assert len(head) < width or width < 20
    assert "followers" in head


@pytest.mark.parametrize("more", [{}, {"open": True}, {"fading": True}, {"folded": (("a", "2"),)}])
@pytest.mark.parametrize("warning", ["", SECRET])
def test_a_covered_post_shows_nothing_of_its_text(more: dict[str, Any], warning: str) -> None:
    post = replace(POST, visibility="direct", warning=warning)
    covered = lines(post, cover=True, **more)
    assert "mat" not in covered
    assert "private post" in covered
    assert "Ada" in covered
    spoken = "\n".join(read_post(JudgedPost(post, VERDICT), "1", NOW, opened=True, cover=True))
    assert "mat" not in spoken
    assert "Private post, covered." in spoken


def test_a_public_post_is_never_covered() -> None:
    post = replace(POST, visibility="public")
    assert lines(post, cover=True) == lines(post)


def test_an_opened_post_shows_time_audience_language_and_counts() -> None:
    post = replace(POST, visibility="unlisted", lang="en", counts=PostCounts(1, 0, 1200))
    at = NOW.astimezone()
    assert details(post) == f"{at:%a %d %b %Y %H:%M} · unlisted · language en · 1 reply · 0 boosts · 1,200 likes"
    assert details(post) in lines(post, width=100, open=True)
    assert "1,200" not in lines(post, width=100)


async def test_one_key_covers_private_posts_on_every_screen_and_at_the_next_start(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    posts = [replace(scripted.post(number), text=SECRET, visibility="direct") for number in range(3)]
    session = scripted.session(scripted.network(posts), tmp_path)
    async with opened(session) as screens:
        await screens.settled()
        assert SECRET in screens.text()
        await screens.press("P")
        assert SECRET not in screens.text()
        assert "private posts are covered" in screens.text()
        await screens.press("enter")
        assert SECRET not in screens.text()
        await screens.press("w")
        assert "covered" in screens.text()
        await screens.press("escape", "P")
        assert SECRET in screens.text()
        await screens.press("P")
    assert session.preferences.covers_private()
