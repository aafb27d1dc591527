"""A session with an account that may write, and its loopback server, for tests that send posts."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.action import (
    AcceptFollow,
    Action,
    ChangeList,
    Compose,
    Delete,
    Edit,
    ListMember,
    Mute,
    RejectFollow,
    Report,
    SetNote,
    Target,
    Vote,
    target_of,
)
from quietfeed.models.action_kinds import ACTION_KINDS, kind_of, make_action
from quietfeed.models.draft import Draft
from quietfeed.models.tuning import Tuning
from quietfeed.models.view import PostKey
from quietfeed.session import Session, open_session
from quietfeed.session.sync import ignore_progress
from quietfeed.sources import write_rules
from quietfeed.store.outbox import Entry
from quietfeed.tests.session.times import StoppedTime, Time

OPPOSITES = ("unlike", "unboost", "unbookmark", "unpin", "unfollow", "show_boosts", "unmute", "unblock", "unfollow_tag")
"""The kinds that undo another one: a test does the other one first."""

KINDS = tuple(kind for kind in ACTION_KINDS if kind not in OPPOSITES)


@dataclass
class Net:
    """A session with an account that may write, and its server."""

    name: str
    server: Any
    session: Session

    def texts(self) -> list[str]:
        """The texts on the server, oldest first."""
        if self.name == "mastodon":
            return list(self.server.posts.texts())
        return [each["text"] for uri, each in sorted(self.server.records.items()) if "/app.bsky.feed.post/" in uri]

    def cut_off(self) -> None:
        """The next post is created, and the connection is closed without a response."""
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

    def every_kind(self, key: PostKey) -> list[Action]:
        """One action of each kind that the network has, on a post, its author, or a post of the user's own."""
        target = target_of(self.session.actions.judged(key).post)
        person = Target(target.account, item_id=key[1], person_id=target.person_id, handle=target.handle)
        if self.name == "bluesky":
            # The person must not be followed already.
            self.server.world.follows[target.person_id] = (False, True)
        own, edited = self.own_post(key[0]), self.own_post(key[0], 501)
        made: dict[str, Action] = {
            "vote": Vote(target, f"poll-{target.post_id}", (0,)),
            "delete": Delete(own),
            "pin": make_action("pin", target if self.name == "mastodon" else own),
            "mute": Mute(person),
            "report": Report(target, "sells things"),
            "note": SetNote(person, "met at the lake"),
            "follow_tag": make_action("follow_tag", Target(key[0], item_id=key[1], tag="walking")),
            "list": ChangeList(
                Target(key[0], list_name=f"List {target.post_id[-10:]}"),
                (ListMember(target.person_id, target.handle),),
                own=True,
            ),
            "compose": Compose(
                Target(key[0], item_id=target.post_id), Draft(f"About {target.post_id[-10:]}", (key[0],))
            ),
            "edit": Edit(edited, Draft("mine, and edited", (key[0],))),
        }
        if self.name == "mastodon":
            asking = sorted(each for each in self.server.world.people if each != target.person_id)[:2]
            self.server.acts.requests += [each for each in asking if each not in self.server.acts.requests]
            made["accept_follow"] = AcceptFollow(Target(key[0], person_id=asking[0], handle="asks@example.social"))
            made["reject_follow"] = RejectFollow(Target(key[0], person_id=asking[1], handle="too@example.social"))
        able = write_rules(self.name).capabilities
        subjects = {"post": target, "person": person}
        return [
            made.get(kind) or make_action(kind, subjects[ACTION_KINDS[kind].subject])
            for kind in KINDS
            if ACTION_KINDS[kind].capability in able
        ]

    def own_post(self, account: str, number: int = 500) -> Target:
        """A post of the user's own on the server."""
        if self.name == "mastodon":
            status = self.server.world.status(number, author="1") | {"_text": "mine"}
            if all(each["id"] != status["id"] for each in self.server.posts.made):
                self.server.posts.made.append(status)
            return Target(account, status["id"])
        uri = f"at://{self.server.world.me['did']}/app.bsky.feed.post/3mzzzzzzzzzzz"
        self.server.records[uri] = {"text": "mine"}
        return Target(account, uri, cid="bafyreib2rxk3rw6putwxnsr3vhcojrwpaewtbmfyoviqyxwyjyiqevxpqm")

    def times(self, action: Action) -> int:
        """How often the server did an action."""
        kind, target, acts = kind_of(action), action.target, self.server.acts
        if isinstance(action, Compose):
            return sum(text == action.draft.text for text in self.texts())
        if isinstance(action, ChangeList):
            return self.times_listed(action)
        if isinstance(action, Vote):
            return int(action.poll_id in acts.votes)
        if isinstance(action, Report):
            return sum(target.post_id in str(each) for each in acts.reports)
        if isinstance(action, Edit):
            return sum(each.get("_text") == action.draft.text for each in self.server.posts.made)
        if isinstance(action, SetNote):
            return int(acts.notes.get(target.person_id, "") == action.text)
        subject = {"post": target.post_id, "person": target.person_id, "tag": target.tag}[kind.subject]
        if kind.name == "like":
            return int(self.server.liked.get(subject, 0))
        if kind.name == "delete" and self.name == "mastodon":
            return int(all(each["id"] != subject for each in self.server.posts.made))
        done = acts.has(kind.name, subject) if self.name == "mastodon" else acts.has(self.server, kind.name, subject)
        return max(int(done), acts.times[kind.name, subject] if done else 0)

    def holds(self, action: Action) -> bool:
        """Whether the result of an action exists."""
        kind, target = kind_of(action), action.target
        if isinstance(action, SetNote):
            return self.times(action) == 1
        if isinstance(action, ChangeList):
            return self.listed(target.list_name) == sorted(each.person_id for each in action.add)
        subject = {"post": target.post_id, "person": target.person_id, "tag": target.tag}[kind.subject]
        if self.name == "bluesky":
            return bool(self.server.acts.has(self.server, kind.name, subject))
        if kind.name == "like":
            return bool(self.server.known[subject]["favourited"])
        return bool(self.server.acts.has(kind.name, subject))

    def listed(self, name: str) -> list[str]:
        """The people in the user's list with this name; [] without one. Two such lists, or a person twice, fail."""
        if self.name == "mastodon":
            return list(self.server.lists.called(name))
        records = self.server.records.items()
        (uri,) = [uri for uri, each in records if "/app.bsky.graph.list/" in uri and each["name"] == name] or [""]
        found = sorted(
            each["subject"] for at, each in records if "/app.bsky.graph.listitem/" in at and each["list"] == uri
        )
        assert len(found) == len(set(found))
        return found

    def times_listed(self, action: ChangeList) -> int:
        """How often the server added the people of a change, if they are in the list."""
        name, people = action.target.list_name, [each.person_id for each in action.add]
        if self.listed(name) != sorted(people):
            return 0
        if self.name == "mastodon":
            return int(max(self.server.lists.times[name, each] for each in ("", *people)))
        return int(max(self.server.acts.times["app.bsky.graph.listitem", each] for each in people))

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
        await session.signing_in.flow.with_token(name, server.url, "good", writing=True)
    else:
        server = serve(posts=20)
        handle = server.world.me["handle"]
        await session.signing_in.flow.with_token(name, server.url, "abcd-efgh-ijkl-mnop", handle, writing=True)
    session.signing_in.reload()
    await session.fetching.refresh(ignore_progress)
    session.timeline.load()
    return Net(name, server, session)


@pytest.fixture
def open_net(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Awaitable[Net]]:
    """Opens a session on a network, by the name of the network. The test closes it."""
    return lambda name: _opened_net(name, request, tmp_path)


@pytest.fixture
def time() -> Time:
    """The clock of the sessions that `opening` and `session` open; a test file may override it."""
    return Time()


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory in which sessions of the test store everything."""
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
async def session(own_home: Path, time: Time | StoppedTime) -> AsyncIterator[Session]:
    """A session without an account."""
    opened = open_session(clock=time.clock)
    yield opened
    await opened.close()


@pytest.fixture
async def opening(own_home: Path, time: Time | StoppedTime) -> AsyncIterator[Callable[..., Any]]:
    """Signs in to a server with its token."""
    sessions: list[Session] = []

    async def signed_in(server: Any, token: str = "good") -> Session:
        server.tokens.add(token)
        session = open_session(clock=time.clock)
        sessions.append(session)
        await session.signing_in.flow.with_token("mastodon", server.url, token)
        session.signing_in.reload()
        return session

    yield signed_in
    for session in sessions:
        await session.close()
