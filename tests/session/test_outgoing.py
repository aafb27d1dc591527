"""Only requests that docs/requests.md lists leave the machine: every request of whole sessions is recorded."""

import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.errors import QuietfeedError
from quietfeed.models.tie import FOREVER
from quietfeed.models.tuning import Tuning
from quietfeed.models.verdict import CATEGORIES, Level
from quietfeed.session import Session, open_session
from quietfeed.session.sync import ignore_progress
from quietfeed.tests.session.conftest import Net
from quietfeed.tests.session.outgoing import TABLE, Recorder, Sent, Server, allowed, problems, recording
from quietfeed.tests.soak import count

Serve = Callable[..., Any]
NAMED = ("/lookup", "/search", "resolveHandle", "createSession")
"""Requests with a name that the user entered."""
SECRET = "a draft that is never sent"
WORDS = (SECRET, "celebrity", "vouch", "not_known", "acquaintance")
"""Texts that no request may contain: a draft, and words of marks and ties."""
BY_ITSELF, READING, ACTS = ("sync", "sign-in"), ("sync", "sign-in", "reading"), ("sync", "sign-in", "reading", "you")


class World:
    """A session of every network over its loopback servers, and its requests."""

    def __init__(self, session: Session, recorder: Recorder, fedi: Any, sky: Any, blog: Any) -> None:
        self.session, self.recorder, self.sky = session, recorder, sky
        self.nets = [Net("mastodon", fedi, session), Net("bluesky", sky, session)]
        self._fedi, self._blog = fedi, blog

    def servers(self) -> list[Server]:
        """The servers with the tokens that they issued so far."""
        given = self.sky.access | self.sky.refresh | self.sky.spent
        blog = replace(allowed("blogs")[0], pattern=r"/[\w.-]*", fields=frozenset(), when="sync, you")
        return [
            Server(self._fedi.url, tuple(allowed("mastodon")), frozenset(("good",))),
            Server(self.sky.url, tuple(allowed("bluesky")), frozenset(given)),
            Server(self._blog.url, (blog,)),
        ]

    def check(self, occasions: tuple[str, ...]) -> list[Sent]:
        """Compare the requests since the last call with the table, and search them for private texts."""
        sent, servers = self.recorder.take(), self.servers()
        assert sorted({each for one in sent for each in problems(one, servers, occasions)}) == []
        ports = {int(each.origin.rpartition(":")[2]) for each in servers}
        assert {port for _, port in self.recorder.connected} <= ports
        own = {account.remote_id for account in self.session.accounts}
        posts = [each.post for each in self.session.timeline.posts if each.post.author.id not in own]
        handles = {each.author.handle for each in posts} - {""}
        texts = {each.text for each in posts if len(each.text) > 12}
        for one in sent:
            assert [word for word in (*WORDS, *texts) if word in one.text] == [], one.text
            if not any(name in one.path for name in NAMED):
                assert [handle for handle in handles if handle in one.text] == [], one.text
        return sent

    async def sync(self) -> None:
        assert (await self.session.fetching.refresh(ignore_progress)).errors == ()
        self.session.timeline.load()

    def keys(self, net: Net) -> list[tuple[str, str]]:
        """Posts of others on a network."""
        posts = [each.post for each in self.session.timeline.posts]
        own = {account.remote_id for account in self.session.accounts}
        return [
            each.key for each in posts if each.network == net.name and not each.booster and each.author.id not in own
        ]

    def local_acts(self, key: tuple[str, str]) -> Iterator[object]:
        """Local actions of the user."""
        session = self.session
        for category in CATEGORIES:
            yield session.marks.set(key, category)
        yield session.people.vouch(key)
        yield session.people.not_known(key)
        yield session.people.mute(key, FOREVER)
        yield session.people.mute(key, None)
        one, other = (session.timeline.get_or_load([self.keys(net)[0]])[0].post.author_key for net in self.nets)
        yield session.links.link(one, [other])
        yield session.links.unlink(one)
        yield session.timeline.why(key)
        yield session.timeline.search("rain", 5)
        yield session.timeline.set_level(Level.known)
        yield session.timeline.set_level(Level.everything)
        yield session.safety.posts()
        yield session.contradictions.find()
        yield session.links.all_proposed()
        yield list(session.transfer.export("all"))
        yield session.composing.save(replace(session.composing.new(), text=SECRET))
        yield session.history.undo()

    async def server_acts(self, net: Net, key: tuple[str, str]) -> None:
        """One action of each kind, the reverse of the like, and a post."""
        session = self.session
        for action in net.every_kind(key):
            try:
                await session.actions.do(action)
            except QuietfeedError:
                # Already done in a long session.
                continue
        draft = replace(session.composing.new(session.composing.account(key[0])), text="Good morning, all of you")
        for entry in await session.composing.send(session.composing.save(draft), at_once=True):
            await session.outbox.deliver(entry.id, 10)
        await session.actions.toggle("like", key)
        await session.outbox.send_due()

    async def read(self, net: Net, key: tuple[str, str]) -> None:
        with suppress(QuietfeedError):
            # The servers do not return all of their posts by id.
            await self.session.reading.thread(key)
        for feed in (await self.session.reading.feeds()).feeds:
            if feed.account == key[0]:
                await self.session.reading.feed_page(feed, None)


@pytest.fixture
async def world(
    mastodon: Serve, bluesky: Serve, blogs: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    fedi, sky, blog = mastodon(posts=20, scopes=("read", "write")), bluesky(posts=20), blogs(posts=5)
    with recording(monkeypatch) as recorder:
        session = open_session(tmp_path, tuning=Tuning(first_retry=0.01))
        await session.signing_in.flow.with_token("mastodon", fedi.url, "good", writing=True)
        handle = sky.world.me["handle"]
        await session.signing_in.flow.with_token("bluesky", sky.url, "abcd-efgh-ijkl-mnop", handle, writing=True)
        session.signing_in.reload()
        yield World(session, recorder, fedi, sky, blog)
        await session.close()


async def test_only_what_the_table_lists_leaves_the_machine(world: World) -> None:
    session = world.session
    assert world.check(("sign-in",))
    await world.sync()
    await world.sync()
    assert world.check(BY_ITSELF)
    for net in world.nets:
        assert list(world.local_acts(world.keys(net)[0]))
    assert world.check(()) == [], "marks, ties, searches and drafts stay on the machine"
    for net in world.nets:
        await world.read(net, world.keys(net)[0])
    assert world.check(READING)
    found = await session.subscriptions.find(f"{world.servers()[2].origin}/rss.xml")
    session.subscriptions.subscribe(found.feeds[:1])
    await world.sync()
    for net in world.nets:
        await world.server_acts(net, world.keys(net)[3])
    sent = world.check(ACTS)
    assert {each.origin for each in sent} == {each.origin for each in world.servers()}
    assert {each.state for each in session.outbox.entries()} <= {"done", "failed"}


async def test_the_documented_requests_are_sent_to_x(
    x_server: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    server = x_server()
    listed = Server(server.url, tuple(allowed("x")), frozenset(("good",)))
    with recording(monkeypatch) as recorder:
        session = open_session(tmp_path)
        await session.signing_in.flow.with_token("x", server.url, "good")
        session.signing_in.reload()
        await session.fetching.refresh(ignore_progress)
        session.timeline.load()
        for judged in session.timeline.posts[:2]:
            session.marks.set(judged.key, "spam")
            await session.reading.thread(judged.key)
        await session.close()
    assert recorder.sent
    assert [problem for each in recorder.sent for problem in problems(each, [listed], BY_ITSELF)] == []


def test_what_the_table_does_not_list_is_noticed() -> None:
    server = Server("https://a.example", tuple(allowed("mastodon")), frozenset(("good",)))
    home = Sent(
        "GET", "https://a.example", "/api/v1/timelines/home", {"authorization": "Bearer good"}, (("limit", "40"),)
    )
    assert problems(home, [server], BY_ITSELF) == []
    for changed in (
        replace(home, origin="https://b.example"),
        replace(home, path="/api/v1/markers"),
        replace(home, method="POST"),
        replace(home, fields=(("marks", "spam"),)),
        replace(home, headers={"authorization": "Bearer other"}),
        replace(home, headers={"referer": "https://a.example"}),
        replace(home, path="/api/v1/statuses", method="POST", fields=(("status", "hello"),)),
    ):
        assert len(problems(changed, [server], BY_ITSELF)) == 1, changed


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(4))
async def test_outgoing_requests_of_long_sessions(world: World, seed: int) -> None:
    """Syncs, reading, marks and actions in any order, as many as QUIETFEED_SESSIONS says."""
    dice = random.Random(seed)
    world.check(("sign-in",))
    await world.sync()
    world.check(BY_ITSELF)
    for _ in range(count("SESSIONS", 200)):
        net = dice.choice(world.nets)
        key = dice.choice(world.keys(net))
        kind = dice.randrange(4)
        if kind == 0:
            await world.sync()
            world.check(BY_ITSELF)
        elif kind == 1:
            list(world.local_acts(key))
            assert world.check(()) == []
        elif kind == 2:
            await world.read(net, key)
            world.check(READING)
        else:
            await world.server_acts(net, key)
            world.check(ACTS)


def test_the_table_names_the_requests_that_no_recorded_session_sends() -> None:
    table = TABLE.read_text("utf-8")
    sources = TABLE.parents[1] / "sources"
    code = {
        name: "".join(file.read_text("utf-8") for file in (sources / name).glob("*.py")) for name in ("bluesky", "x")
    }
    methods = re.findall(
        r'"(?:/xrpc/)?((?:app|chat|com)\.[\w.]+\.(?:get|list|upload|resolve)[A-Z]\w+)"', code["bluesky"]
    )
    # The account's server calls this one on the feed's server; quietfeed does not.
    missing = {name for name in methods if f"/xrpc/{name}`" not in table} - {"app.bsky.feed.getFeedSkeleton"}
    missing |= {path for path in re.findall(r'"(/2/[\w/]+)"', code["x"]) if f" {path}`" not in table}
    assert missing == set()
