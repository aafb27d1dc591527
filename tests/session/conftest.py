"""A session with an account that may write, and its loopback server, for tests that send posts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.draft import Draft
from quietfeed.models.tuning import Tuning
from quietfeed.session import Session, open_session
from quietfeed.session.sync import ignore_progress
from quietfeed.store.outbox import Entry


@dataclass
class Net:
    """A session with an account that may write, and its server."""

    name: str
    server: Any
    session: Session

    def texts(self) -> list[str]:
        """The texts that the server has, oldest first."""
        if self.name == "mastodon":
            return list(self.server.posts.texts())
        return [each["text"] for uri, each in sorted(self.server.records.items()) if "/app.bsky.feed.post/" in uri]

    def cut_off(self) -> None:
        """The next post is created, and the connection ends without an answer."""
        if self.name == "mastodon":
            self.server.posts.quirks.cut_off = 1
        else:
            self.server.quirks.cut_off = 1

    def refuse(self, status: int) -> None:
        if self.name == "mastodon":
            self.server.posts.quirks.refuse = status
        else:
            self.server.quirks.refused["com.atproto.repo.createRecord"] = ("InvalidRequest", status)

    async def queue(self, draft: Draft, *, at_once: bool = True) -> list[Entry]:
        composing = self.session.composing
        return await composing.send(composing.save(draft), at_once=at_once)

    async def deliver(self, draft: Draft) -> list[Entry]:
        entries = await self.queue(draft)
        return [await self.session.outbox.deliver(each.id, 10) for each in entries]

    def someone(self) -> tuple[str, str]:
        """A post of somebody else."""
        found = [each for each in self.session.timeline.posts if each.post.booster is None and not each.post.covered]
        return found[3].key


async def _opened_net(name: str, request: pytest.FixtureRequest, home: Path) -> Net:
    request.getfixturevalue("monkeypatch").setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    serve: Callable[..., Any] = request.getfixturevalue(name)
    session = open_session(home, tuning=Tuning(first_retry=0.01))
    if name == "mastodon":
        server = serve(posts=20, scopes=("read", "write"))
        await session.signing_in.with_token(name, server.url, "good", writing=True)
    else:
        server = serve(posts=20)
        handle = server.world.me["handle"]
        await session.signing_in.with_token(name, server.url, "abcd-efgh-ijkl-mnop", handle, writing=True)
    session.accounts_changed()
    await session.fetching.refresh(ignore_progress)
    session.timeline.load()
    return Net(name, server, session)


@pytest.fixture
def open_net(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Awaitable[Net]]:
    """Opens a session on a network, by the name of the network. The test closes it."""
    return lambda name: _opened_net(name, request, tmp_path)
