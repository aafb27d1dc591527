"""Publishing known people as a list: the palette compares, asks with the names, and sends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quietfeed.models.action import Action, ActionKey, ChangeList, Receipt
from quietfeed.models.pages import ServerList

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted


@dataclass
class Lists:
    """A writer and reader of one list."""

    members: set[str] = field(default_factory=set)
    sent: list[ChangeList] = field(default_factory=list)

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        assert isinstance(action, ChangeList)
        self.sent.append(action)
        self.members |= {each.person_id for each in action.add}
        self.members -= {each.person_id for each in action.remove}
        return Receipt("7" if self.members else "")

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        raise AssertionError("nothing was unclear")

    async def find_list(self, name: str, list_id: str) -> ServerList | None:
        return ServerList("7", name, frozenset(self.members)) if self.members else None

    async def unlisted(self, person_ids: Sequence[str]) -> frozenset[str]:
        return frozenset()


async def test_the_palette_asks_with_the_names_and_u_undoes_it(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    lists = Lists()

    class Network(scripted.network):  # type: ignore[name-defined, misc]
        capabilities = frozenset({"ties", "list_members"})
        find_list, unlisted, writer = lists.find_list, lists.unlisted, lists

    network: Any = Network([scripted.post(1)])
    session = scripted.session(network, tmp_path)
    session.signing_in.set_writing(session.accounts[0], True)
    async with opened(session) as screens:
        person = screens.timeline.rows[0].judged.post.author  # type: ignore[union-attr]
        await screens.press("v")
        await screens.app.run_action("app.do('publish_list')")
        await screens.settled()
        assert screens.names[-1] == "ChoiceScreen"
        text = screens.text()
        assert "Only you can see this list." in text
        assert f"Added: 1 ({person.handle})." in text
        # Nothing is sent before the confirmation, and the first choice changes nothing.
        await screens.press("1")
        assert lists.sent == []
        await screens.app.run_action("app.do('publish_list')")
        await screens.settled()
        await screens.press("2")
        await screens.settled()
        assert lists.members == {person.id}
        assert screens.line("message").startswith('changed: list "quietfeed"')
        await screens.app.run_action("app.do('publish_list')")
        await screens.settled()
        assert screens.line("message").startswith('the list "quietfeed" is already up to date')
        await screens.press("u")
        await screens.settled()
        assert lists.members == set()
        assert [each.undoes for each in lists.sent] == [False, True]
