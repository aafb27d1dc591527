"""Blogs on the screens: asking for an address, the list, an article, and the linear mode."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.widgets import Input, OptionList, Static

from quietfeed.models.post import Post, Span
from quietfeed.models.verdict import Level, Verdict
from quietfeed.models.view import JudgedPost
from quietfeed.tui.widgets.paint import paint
from quietfeed.tui.widgets.post_body import ARTICLE_FOLD, fold_of
from quietfeed.tui.widgets.rows import PostRow

NOW = datetime(2026, 11, 24, tzinfo=UTC)

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted


async def test_a_blog_is_added_listed_removed_and_restored(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, blogs: Callable[..., Any]
) -> None:
    server = blogs(posts=3)
    async with opened(scripted.session(scripted.network([scripted.post(1)]), tmp_path)) as screens:
        await screens.press("I")
        screens.app.screen.query_one(Input).value = f"{server.url}/rss.xml"
        await screens.press("enter")
        await screens.app.workers.wait_for_complete()
        await screens.settled()
        assert screens.app.screen.query_one(OptionList).option_count == 1
        await screens.press("enter")
        await screens.app.workers.wait_for_complete()
        await screens.settled()
        assert screens.line("message") == "3 posts fetched"
        assert len(screens.session.timeline.posts) == 4
        await screens.press("O")
        title = screens.app.screen.query_one(".title", Static)
        assert str(title.render()) == "1 subscription"
        await screens.press("x")
        assert str(title.render()) == "0 subscriptions"
        assert len(screens.session.timeline.posts) == 1
        await screens.press("u")
        assert len(screens.session.timeline.posts) == 4
        await screens.press("enter")
        assert screens.names[-1] == "PostsScreen"


def test_an_article_shows_its_title_and_first_lines_until_it_is_opened(scripted: "type[Scripted]") -> None:
    text = "A title\n\n" + "\n\n".join(f"paragraph {number}" for number in range(20))
    post: Post = scripted.post(1, text=text, spans=(Span(0, 7, "heading"),))
    assert fold_of(post) == ARTICLE_FOLD
    verdict = Verdict(Level.known, "person", {"person": 1.0}, (), "subscribed")
    judged = JudgedPost(post, verdict)
    lines = paint(PostRow(judged), 80, NOW)
    assert ("A title", "heading", "") in lines[1]
    assert any("more lines · enter" in piece[0] for line in lines for piece in line)
    whole = paint(PostRow(judged, open=True), 80, NOW)
    assert any("paragraph 19" in piece[0] for line in whole for piece in line)
