"""Switching writing on: an account signs in again with more permissions and loses no data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from quietfeed.session import Session, open_session
from quietfeed.session.sync import ignore_progress


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return open_session(tmp_path)


async def sign_in(session: Session, server: Any, *, writing: bool) -> str:
    """Send the browser's requests; returns the requested scopes."""
    url = await session.signing_in.flow.begin("mastodon", server.url, loopback=False, writing=writing)
    async with httpx.AsyncClient() as client:
        page = await client.get(url)
    code = page.text.partition("<code>")[2].partition("</code>")[0]
    from quietfeed.session import TokenFileNeeded

    try:
        await session.signing_in.flow.finish(code)
    except TokenFileNeeded:
        await session.signing_in.flow.use_file()
    scope: str = parse_qs(urlsplit(url).query)["scope"][0]
    return scope


async def test_writing_requests_more_permissions_and_keeps_everything(
    session: Session, mastodon: Callable[..., Any]
) -> None:
    server = mastodon(posts=12)
    assert await sign_in(session, server, writing=False) == "read"
    (account,) = session.accounts
    assert not account.writing
    session.signing_in.reload()
    await session.fetching.refresh(ignore_progress)
    session.timeline.load()
    posts = [judged.key for judged in session.timeline.posts]
    session.marks.set(posts[3], "sales")
    assert not await session.signing_in.allow_writing(account)
    before = set(server.tokens)
    asked = await sign_in(session, server, writing=True)
    assert {"read", "write:favourites"} < {*asked.split()}
    (again,) = session.accounts
    assert (again.key, again.writing, again.scopes) == (account.key, True, tuple(asked.split()))
    assert [judged.key for judged in session.timeline.posts] == posts
    assert session.timeline.posts[3].mark == "sales"
    # The token from before is revoked, the new one works.
    assert len(before - server.tokens) == 1
    assert await session.signing_in.allow_writing(again)
    await session.actions.on_post("like", posts[0])
    await session.outbox.send_due()
    assert [entry.state for entry in session.outbox.entries()] == ["done"]
    # Signing in again keeps the user's choices.
    assert await sign_in(session, server, writing=False) == asked
    session.signing_in.set_writing(session.accounts[0], False)
    assert await sign_in(session, server, writing=False) == "read"
    await session.close()


async def test_a_second_account_of_a_server_may_not_write_because_the_first_may(
    session: Session, mastodon: Callable[..., Any]
) -> None:
    server = mastodon(posts=3)
    await sign_in(session, server, writing=True)
    server.world.me = server.world.people["5"]
    await sign_in(session, server, writing=False)
    assert [(account.remote_id, account.writing) for account in session.accounts] == [("1", True), ("5", False)]
    await session.close()


async def test_a_read_only_token_is_rejected_with_advice(session: Session, mastodon: Callable[..., Any]) -> None:
    server = mastodon(posts=6)
    await sign_in(session, server, writing=False)
    session.signing_in.set_writing(session.accounts[0], True)
    session.signing_in.reload()
    await session.fetching.refresh(ignore_progress)
    session.timeline.load()
    await session.actions.on_post("like", session.timeline.posts[0].key)
    await session.outbox.send_due()
    (entry,) = session.outbox.entries()
    assert entry.state == "failed"
    assert "write:favourites" in entry.reason
    await session.close()
