"""A person with a blog, a Mastodon account and an archived Twitter account is one person with one tie."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quietfeed.models.subscription import FoundFeed
from quietfeed.models.tie import Tie
from quietfeed.models.view import JudgedPost
from quietfeed.phrases.ties import tie_text
from quietfeed.session import Session, open_session
from quietfeed.session.clock import Clock
from quietfeed.session.sync import ignore_progress

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open

FILES = Path(__file__).parent.parent / "files"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mastodon: Callable[..., Any], blogs: Callable[..., Any]
) -> AsyncIterator[Session]:
    """Ada follows and answers on Mastodon, commented on the user's blog, and had contact with the user on Twitter."""
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    server, own, ada = mastodon(posts=6), blogs(posts=0), blogs(posts=1)
    ada.entries[0].title = "The long way round"
    profile = server.world.people["2"]
    profile["fields"] = [{"name": "X", "value": '<a href="https://twitter.com/Ada">Ada</a>', "verified_at": None}]
    announcing = server.world.status(0, author="2", text=f'<p>New: <a href="{ada.url}/1">the way</a></p>')
    server.world.home = [announcing | {"created_at": "2026-11-23T11:00:00Z"}, *server.world.home[1:]]
    ada.entries[0].at = NOW.replace(hour=10)
    own.put("/feed", '<rss version="2.0"><channel><title>Mine</title></channel></rss>')
    said = {"id": 1, "author_name": "Ada", "author_url": f"{ada.url}/", "content": {"rendered": "yes"}}
    said |= {"date_gmt": "2026-11-20T09:00:00", "type": "comment", "parent": 0}
    own.put("/wp-json/wp/v2/comments?order=desc&per_page=100", json.dumps([said]), "application/json")
    opened = open_session(clock=Clock(lambda: NOW))
    await opened.signing_in.flow.with_token("mastodon", server.url, "good")
    opened.signing_in.reload()
    opened.subscriptions.subscribe([FoundFeed(f"{ada.url}/rss.xml", trusted=ada.url)])
    opened.subscriptions.subscribe([FoundFeed(f"{own.url}/feed", trusted=own.url)], mine=True)
    opened.signing_in.reload()
    file = opened.importing.read(FILES / "x-2022.zip")
    opened.importing.run(file, "x-2022.zip", ())
    opened.signing_in.reload()
    await opened.fetching.refresh(ignore_progress)
    yield opened
    await opened.close()


def of_ada(session: Session, network: str) -> JudgedPost:
    posts = (each for each in session.timeline.posts if each.post.network == network)
    return next(each for each in posts if each.post.author.name in ("Ada", "Ada's garden") and not each.post.booster)


def join(session: Session) -> tuple[Tie, Tie, Tie]:
    """Join the three handles. Returns the tie to each before that."""
    post, article = of_ada(session, "mastodon"), of_ada(session, "blogs")
    [proposal] = session.links.proposals(post.post.author_key)
    assert (proposal.reason, proposal.other.handle.casefold()) == ("profile", "ada")
    keys = (post.post.author_key, article.post.author_key, proposal.other.key)
    first, second, third = (session.people.tie_to(key).tie for key in keys)
    session.links.link(keys[0], keys[1:])
    return first, second, third


async def test_the_tie_counts_all_three_and_undo_separates_them(session: Session) -> None:
    on_mastodon, on_blog, on_x = join(session)
    for network in ("mastodon", "blogs"):
        tie = of_ada(session, network).tie
        assert set(tie.places) == {"on Mastodon", "on their blog", "on X"}
        counts = [each.replies_to_you or 0 for each in (on_mastodon, on_blog, on_x)]
        assert counts[:2] == [1, 1]
        assert tie.replies_to_you == sum(counts)
        assert tie.replies_from_you == sum(each.replies_from_you or 0 for each in (on_mastodon, on_blog, on_x)) > 1
        assert tie.direct_to_you == on_x.direct_to_you
        assert tie.subscribed
        assert tie.first_contact == on_x.first_contact
        assert of_ada(session, network).tie_name == "close"
    session.history.undo()
    assert of_ada(session, "blogs").tie.places == ()


async def test_one_row_opens_with_its_copy_and_the_person_has_all_of_it(session: Session, opened: "Open") -> None:
    join(session)
    async with opened(session, size=(120, 40)) as screens:
        row = screens.go_to(lambda judged: judged.post.author.name in ("Ada", "Ada's garden"))
        assert "also on their blog" in screens.text() or "also on Mastodon" in screens.text()
        assert [each.post.key for each in screens.posts()].count(of_ada(session, "blogs").key) <= 1
        await screens.press("enter")
        await screens.app.workers.wait_for_complete()
        await screens.settled()
        text = screens.text()
        assert "the same post, also on" in text
        assert "The long way round" in text
        assert "New:" in text
        await screens.press("escape", "a")
        title = screens.line("title")
        view = session.people.tie_to(row.post.author_key)
        assert "on their blog and on Mastodon and on X together" in tie_text(view)
        assert "also" in title
        assert "on X" in title
