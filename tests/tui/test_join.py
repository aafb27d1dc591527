"""J on the screens: accepting a proposal, choosing from a list, unjoining, and the view of a joined person."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual.widgets import Input, OptionList

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.pages import InteractionPage, Page
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import TO_YOU_COUNTS, Interaction, Relationship
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

START = datetime.now(UTC) - timedelta(hours=2)
MINE = Account("bluesky", "https://pds.example", "me.example", "did:plc:me")
BO = Person("did:plc:bo", "bo.example", "Bo", "tea", "bluesky")
SKY = Person("did:plc:ada", "ada.example", "Ada elsewhere", "@ada@example.social", "bluesky", followers=9, links=())


def sky_of(scripted: "type[Scripted]") -> Any:
    """A second network: posts of Ada and Bo; Ada answered once, three months ago."""

    class Sky(scripted.network):  # type: ignore[name-defined,misc]
        async def timeline(self, cursor: str | None) -> Page:
            posts = [
                Post(f"s{number}", who, f"sky {number}", MINE.key, "bluesky", START + timedelta(minutes=number))
                for number, who in enumerate((SKY, BO, SKY))
            ]
            return Page(tuple(reversed(posts)), None)

        async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
            return [Relationship(each, True, False) for each in person_ids]

        async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
            answer = Interaction("1", SKY, "reply", "to_you", START - timedelta(days=90))
            yield InteractionPage("notifications", (answer,), "1", TO_YOU_COUNTS)

    sky = Sky([])
    sky.account = MINE
    return sky


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(find_places(tmp_path).database)


@pytest.fixture
def both(scripted: "type[Scripted]", archive: Archive, tmp_path: Path) -> Session:
    """Ada is a friend on Mastodon; her profiles link to each other. Bo is on Bluesky alone."""
    ada = replace(scripted.friend, links=("https://bsky.app/profile/ada.example",))
    posts = [replace(scripted.post(n, ada), created_at=START + timedelta(minutes=10 + n)) for n in range(3)]
    network = scripted.network(posts)
    for account in (network.account, MINE):
        archive.add_account(account)
    sources = {network.account.key: network, MINE.key: sky_of(scripted)}
    return Session(archive, Config(), Accounts(archive, None, sources), find_places(tmp_path))


def of(screens: "Screens", handle: str) -> list[str]:
    return [judged.post.id for judged in screens.posts() if judged.post.author.handle == handle]


async def test_a_yes_joins_the_proposed_person(opened: "Open", both: Session, archive: Archive) -> None:
    async with opened(both, size=(80, 24)) as screens:
        screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        await screens.press("J")
        assert screens.names[-1] == "ChoiceScreen"
        text = screens.text()
        assert "Is Ada also @ada.example on Bluesky? Their profiles link to each other." in text
        assert "yes: @ada.example is Ada" in text
        await screens.press("escape")
        assert archive.joins.all() == []
        await screens.press("J", "1")
        assert screens.line("message").startswith("ada@example.social and ada.example are one person now")
        assert screens.line("message").endswith("u undoes")
        assert {both.timeline.get(key).tie_name for key in ((MINE.key, "s0"), (MINE.key, "s2"))} == {"known"}  # type: ignore[union-attr]
        await screens.press("u")
        assert archive.joins.all() == []
        assert screens.line("message").startswith("undone: ada@example.social and ada.example are as before")


async def test_a_no_is_remembered_and_undone(opened: "Open", both: Session) -> None:
    async with opened(both) as screens:
        screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        await screens.press("J", "2")
        assert "does not propose them again" in screens.line("message")
        await screens.press("J")
        assert screens.names[-1] == "PersonPicker"
        await screens.press("escape", "u", "J")
        assert screens.names[-1] == "ChoiceScreen"


async def test_somebody_is_found_by_typing_and_joined(opened: "Open", both: Session) -> None:
    async with opened(both, size=(80, 24)) as screens:
        screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        await screens.press("J", "3")
        assert screens.names[-1] == "PersonPicker"
        people = screens.app.screen.query_one(OptionList)
        assert people.option_count == 2
        assert screens.app.screen.query_one(Input).has_focus
        await screens.press("down", "down")
        assert people.highlighted == 1
        await screens.press("up")
        assert people.highlighted == 0
        await screens.type("@nobody")
        assert people.option_count == 0
        await screens.press("enter")
        assert screens.names[-1] == "PersonPicker"
        await screens.press(*["backspace"] * 7)
        await screens.type("bo.ex")
        assert people.option_count == 1
        await screens.press("enter")
        assert screens.names == ["HomeScreen"]
        assert screens.line("message").startswith("ada@example.social and bo.example are one person now")
        assert both.links.linked_with((MINE.key, BO.id))[0].handle == "ada@example.social"


async def test_a_joined_person_is_unjoined(opened: "Open", both: Session, archive: Archive) -> None:
    async with opened(both) as screens:
        ada = screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        both.links.link((ada.post.account, "ada"), [(MINE.key, BO.id)])
        await screens.press("J")
        assert "yes: @ada.example is Ada" in screens.text()
        assert "unlink @ada@example.social: a separate person again" in screens.text()
        await screens.press("3")
        assert screens.line("message").startswith("ada@example.social and bo.example are separate people again")
        assert archive.joins.all() == []
        await screens.press("u")
        assert len(archive.joins.all()) == 1
        both.links.mark_distinct((ada.post.account, "ada"), (MINE.key, SKY.id))
        await screens.press("J")
        assert "Ada is also @bo.example on Bluesky." in screens.text()


async def test_the_person_view_shows_proposals_and_the_posts_of_all_linked_handles(
    opened: "Open", both: Session
) -> None:
    async with opened(both, size=(80, 24)) as screens:
        screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        await screens.press("a")
        title = screens.line("title")
        assert "perhaps also @ada.example on Bluesky: their profiles link to each other (J)" in title
        assert not any(line.startswith("they") for line in title.splitlines())
        assert len(screens.posts()) == 3
        await screens.press("J", "1")
        title = screens.line("title")
        assert title.splitlines()[1] == "also @ada.example on Bluesky"
        assert "on Bluesky and on Mastodon together" in title
        # Interactions on the other network are in the same line of years.
        assert any(line.startswith("they") for line in title.splitlines())
        assert [judged.post.account for judged in screens.posts()] == ["mastodon:me@example.social"] * 3 + [
            MINE.key
        ] * 2
        await screens.press("u")
        assert len(screens.posts()) == 3


async def test_on_a_low_terminal_one_line_names_both_handles(opened: "Open", both: Session) -> None:
    async with opened(both, size=(60, 12)) as screens:
        screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        await screens.press("J", "1", "a")
        assert screens.line("title").splitlines()[0] == "Ada @ada@example.social = @ada.example"


async def test_the_why_panel_leads_to_it(opened: "Open", both: Session) -> None:
    async with opened(both) as screens:
        screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        await screens.press("w", "J")
        assert screens.names == ["HomeScreen", "ChoiceScreen"]


async def test_a_hostile_name_in_the_list_is_only_a_name(opened: "Open", both: Session, archive: Archive) -> None:
    bad = Person("did:plc:bad", "bad.example", "[red]Ada[/red] [@click=quit]x[/]", "", "bluesky")
    archive.people.save(MINE.key, [bad])
    async with opened(both, size=(80, 24)) as screens:
        screens.go_to(lambda judged: judged.post.author.handle == "ada@example.social")
        await screens.press("J", "3")
        assert "[red]Ada[/red] [@click=quit]x[/]" in screens.text()


async def test_news_of_one_network_are_shown_with_the_error_of_another(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([])
    network.down = True
    archive = Archive(find_places(tmp_path).database)
    for account in (network.account, MINE):
        archive.add_account(account)
    sources = {network.account.key: network, MINE.key: sky_of(scripted)}
    session = Session(archive, Config(), Accounts(archive, None, sources), find_places(tmp_path))
    async with opened(session) as screens:
        assert screens.line("message").startswith("example.social cannot be reached: try again later. · 3 new: ")
        await screens.press("R")
        assert screens.line("message") == "example.social cannot be reached: try again later."
        assert len(screens.session.timeline.posts) == 3
