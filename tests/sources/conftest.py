"""Writers of all networks over loopback servers."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.action import ActionKey, Target, target_of
from quietfeed.models.action_kinds import ACTION_KINDS
from quietfeed.models.source import Source
from quietfeed.models.writer import Writer, writer_of
from quietfeed.sources import NETWORKS, network, write_rules
from quietfeed.tests.signed_in import account_on, secret_on

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Net:
    """A writer, its server, and a post with its author."""

    name: str
    server: Any
    source: Source
    target: Target
    keys: int = 0

    @property
    def writer(self) -> Writer:
        writer = writer_of(self.source)
        assert writer is not None
        return writer

    def key(self) -> ActionKey:
        self.keys += 1
        return ActionKey(f"3mzzzzzzzzz2{'abcdefghijklmnop'[self.keys]}", AT)

    def subject(self, kind: str) -> str:
        subject = ACTION_KINDS[kind].subject
        return {"post": self.target.post_id, "person": self.target.person_id, "tag": self.target.tag}[subject]

    def has(self, kind: str) -> bool:
        acts = self.server.acts
        if self.name == "mastodon":
            return bool(acts.has(kind, self.subject(kind)))
        return bool(acts.has(self.server, kind, self.subject(kind)))

    def lacks(self, kind: str) -> bool:
        return ACTION_KINDS[kind].capability not in write_rules(self.name).capabilities

    @property
    def liked(self) -> bool:
        if self.name == "mastodon":
            return self.target.post_id in self.server.likes
        return any(each["subject"]["uri"] == self.target.post_id for each in self.server.records.values())

    @property
    def times_liked(self) -> int:
        count: int = self.server.liked.get(self.target.post_id, 0)
        return count

    def refuse(self, status: int) -> None:
        names = {401: "AuthMissing", 403: "Forbidden", 404: "NotFound", 422: "InvalidRequest", 503: "Unavailable"}
        if self.name == "mastodon":
            self.server.quirks.refused |= {"favourite": status, "unfavourite": status}
        else:
            refusal = (names[status], status)
            methods = ("com.atproto.repo.createRecord", "com.atproto.repo.deleteRecord")
            self.server.quirks.refused |= dict.fromkeys(methods, refusal)


@pytest.fixture(params=[each.name for each in NETWORKS])
async def net(request: pytest.FixtureRequest) -> AsyncIterator[Net]:
    serve: Callable[..., Any] = request.getfixturevalue(request.param)
    if request.param == "mastodon":
        server = serve(posts=20, scopes=("read", "write"))
    else:
        server = serve(posts=20)
    account, secret = account_on(request.param, server), secret_on(request.param, server)
    source = network(request.param).open_source(account, secret)
    posts = (await source.timeline(None)).posts
    target = target_of(posts[6])
    # The timeline is of people the user follows.
    server.world.follows[target.person_id] = (True, True)
    yield Net(request.param, server, source, replace(target, tag="walking"))
    await source.close()


@pytest.fixture
async def masto(mastodon: Callable[..., Any]) -> AsyncIterator[Net]:
    server = mastodon(posts=20, scopes=("read", "write"))
    account = Account("mastodon", server.url, f"june@{server.host}", "1")
    source = network("mastodon").open_source(account, {"token": "good"})
    yield Net("mastodon", server, source, target_of((await source.timeline(None)).posts[6]))
    await source.close()
