"""Forgetting the author of a post from the palette: it asks, and the posts are gone from the screen and the files."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted


async def test_it_asks_and_then_the_author_is_gone(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    session = scripted.session(scripted.network([scripted.post(1), scripted.post(2)]), tmp_path)
    async with opened(session) as screens:
        await screens.settled()
        assert len(session.timeline.posts) == 2
        handle = session.timeline.posts[0].post.author.handle
        await screens.app.run_action("app.do('forget')")
        await screens.settled()
        assert screens.names[-1] == "ChoiceScreen"
        await screens.press("1")
        assert len(session.timeline.posts) == 2
        await screens.app.run_action("app.do('forget')")
        await screens.settled()
        await screens.press("2")
        await screens.app.workers.wait_for_complete()
        await screens.settled()
        assert [each for each in session.timeline.posts if each.post.author.handle == handle] == []
        assert screens.line("message").startswith(f"Forgot {handle}: ")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path.name for path in files if handle.encode() in path.read_bytes()]
