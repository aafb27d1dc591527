"""Importing a file on the screens: a preview, a confirmation, the import, and u undoes it."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widgets import Input

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted

FILES = Path(__file__).parent.parent / "files"


async def test_a_file_is_previewed_imported_and_undone(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    post = scripted.post(1)
    author = replace(post.author, links=("https://twitter.com/ada",))
    session = scripted.session(scripted.network([replace(post, author=author)]), tmp_path)
    async with opened(session) as screens:
        await screens.settled()
        await screens.app.run_action("app.do('import')")
        await screens.settled()
        assert screens.names[-1] == "ImportScreen"
        screen = screens.app.screen
        screen.query_one(Input).value = f"'{FILES / 'x-2022.zip'}'"
        await screens.press("enter")
        await screens.app.workers.wait_for_complete()
        await screens.settled()
        text = str(screen.query_one("#found").render())
        assert "X archive of me" in text
        assert "it would add or change 1 account, 2 people" in text
        assert not session.importing.all()
        await screens.press("enter")
        await screens.settled()
        assert "added or changed 1 account, 2 people" in screens.line("message")
        assert "1 proposed to join" in screens.line("message")

        await screens.app.run_action("app.do('proposals')")
        await screens.settled()
        assert screens.names[-1] == "ProposalsScreen"
        await screens.press("y")
        assert len(session.links.all()) == 1
        await screens.press("u", "n")
        assert not session.links.all()
        assert not session.links.all_proposed()
        await screens.press("u", "escape", "u")
        await screens.settled()
        assert session.importing.all()[0].undone
