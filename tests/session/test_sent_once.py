"""A post is not sent twice with a wrong clock, a slow server, or a server that ignores parts of the request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.action import Action, ActionKey, Compose, Receipt, Report, Target, target_of
from quietfeed.models.config import Config
from quietfeed.models.draft import Draft, DraftMedia, DraftPoll
from quietfeed.models.errors import (
    ConnectionFailed,
    PermissionMissing,
    RateLimited,
    RequestRejected,
    TimedOut,
    Unreachable,
)
from quietfeed.models.tid import make_tid
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.attempts import attempt
from quietfeed.session.clock import Clock, system_time
from quietfeed.session.concurrency import repeated
from quietfeed.session.events import ActionChanged
from quietfeed.sources import write_rules
from quietfeed.store.archive import Archive
from quietfeed.store.outbox import LEASE, Entry

Opens = Callable[[str], Awaitable[Any]]
POST = Compose(Target("a", item_id="draft:1"), Draft("Hello", ("a",)))
POLL = DraftPoll(("Lake", "Hill"))


@pytest.fixture
async def toots(open_net: Opens) -> AsyncIterator[Any]:
    opened = await open_net("mastodon")
    opened.server.posts.quirks.idempotent = False
    yield opened
    await opened.session.close()


def set_clock(net: Any, ahead: timedelta) -> None:
    net.session.outbox._clock = net.session.composing._clock = Clock(lambda: system_time() + ahead)


async def retry(net: Any, entry: Entry) -> Entry:
    """Send an entry now, regardless of its retry time."""
    archive = Archive(net.session.places.database)
    archive._db.run("update outbox set next_at = 0 where id = ?", (entry.id,))
    archive.close()
    sent: Entry = await net.session.outbox.deliver(entry.id, 0)
    return sent


class Answers:
    """A writer that returns scripted results in order, and records its calls."""

    def __init__(self, *answers: Receipt | Exception | None) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        del action, key
        self.asked.append("perform")
        answer = self._next()
        assert answer is not None
        return answer

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        del action, key
        self.asked.append("find")
        return self._next()

    def _next(self) -> Receipt | None:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Failing:
    """A source whose writer ends each request with an error."""

    def __init__(self, account: Account, error: Exception) -> None:
        self.account = account
        self.capabilities = write_rules(account.network).capabilities
        self.writer = Answers(error)

    async def close(self) -> None:
        """Nothing is open."""


def failing(net: Any, error: Exception) -> Session:
    """A session over the same store whose next request ends with an error."""
    archive, (account,) = Archive(net.session.places.database), net.session.accounts
    source: Any = Failing(account, error)
    session = Session(archive, Config(), Accounts(archive, None, {account.key: source}), None)
    session.timeline.load()
    return session


REJECTED = RequestRejected("here.example", 422)
LIMITED = RateLimited("here.example", system_time())


@pytest.mark.parametrize(
    ("before", "answers", "state", "asked"),
    [
        ("pending", [Receipt("1")], "done", ["perform"]),
        ("pending", [REJECTED], "failed", ["perform"]),
        ("pending", [TimedOut("here.example")], "unclear", ["perform"]),
        ("pending", [LIMITED], "pending", ["perform"]),
        ("unclear", [Receipt("1")], "done", ["find"]),
        ("unclear", [Unreachable()], "unclear", ["find"]),
        # The server rejects the comparison, not the post.
        ("unclear", [RequestRejected("here.example", 403)], "unclear", ["find"]),
        ("unclear", [PermissionMissing("here.example", "read", "read", "sign_in")], "unclear", ["find"]),
        # An earlier request may still arrive: the result stays unclear.
        ("unclear", [None, LIMITED], "unclear", ["find", "perform"]),
        # It arrived between the comparison and the retry, which was rejected as a duplicate.
        ("unclear", [None, REJECTED, Receipt("1")], "done", ["find", "perform", "find"]),
        ("unclear", [None, REJECTED, None], "failed", ["find", "perform", "find"]),
        ("unclear", [None, REJECTED, Unreachable()], "unclear", ["find", "perform", "find"]),
        # Nothing was sent.
        ("pending", [ConnectionFailed("here.example", "refused")], "pending", ["perform"]),
        ("pending", [ConnectionFailed("here.example", "other")], "unclear", ["perform"]),
    ],
)
async def test_an_attempt_to_send_a_post_ends_as_the_server_answers(
    before: Any, answers: list[Any], state: str, asked: list[str]
) -> None:
    writer = Answers(*answers)

    async def opening() -> Any:
        return writer

    now = system_time()
    ended = await attempt(opening, POST, ActionKey(make_tid(now, 1), now), before)
    assert (ended.state, writer.asked) == (state, asked)
    assert (ended.receipt is None) is (state != "done")


@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_a_report_without_a_connection_is_sent_later_without_a_question(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    target = target_of(net.session.actions.judged(net.someone()).post)
    await net.session.actions.do(Report(target, "sells things"))
    offline = failing(net, ConnectionFailed("here.example", "refused"))
    entry = await offline.outbox.deliver(net.session.outbox.entries()[0].id, 0)
    await offline.close()
    assert (entry.state, net.session.outbox.needs_confirmation(entry)) == ("pending", False)
    assert (await retry(net, entry)).state == "done"
    assert len(net.server.acts.reports) == 1
    await net.session.close()


async def test_a_post_from_before_the_clock_was_set_back_waits_for_a_confirmation(toots: Any) -> None:
    set_clock(toots, timedelta(days=1))
    (entry,) = await toots.queue(replace(toots.session.composing.new(), text="Tomorrow"), at_once=False)
    set_clock(toots, timedelta())
    await toots.session.outbox.send_due()
    assert toots.texts() == []
    assert [each.id for each in toots.session.outbox.waiting()] == [entry.id]
    toots.session.outbox.confirm(entry.id)
    assert (await toots.session.outbox.deliver(entry.id, 5)).state == "done"
    assert toots.texts() == ["Tomorrow"]


async def test_a_held_post_needs_no_confirmation_while_it_is_held(toots: Any) -> None:
    toots.session.composing._config = replace(toots.session.config, compose_delay=3600.0)
    (entry,) = await toots.queue(replace(toots.session.composing.new(), text="Later"), at_once=False)
    assert not toots.session.outbox.needs_confirmation(entry)
    assert toots.session.outbox.next_due() == entry.hold_until


async def test_an_unclear_post_from_a_wrong_clock_needs_a_confirmation(toots: Any) -> None:
    # The clock was half an hour fast when the post was queued, so the status seems older than the post.
    set_clock(toots, timedelta(minutes=30))
    toots.cut_off()
    (entry,) = await toots.queue(replace(toots.session.composing.new(), text="Which time is it?"))
    assert (await toots.session.outbox.deliver(entry.id, 0)).state == "unclear"
    set_clock(toots, timedelta(minutes=1))
    entry = await retry(toots, entry)
    assert (entry.state, toots.session.outbox.needs_confirmation(entry)) == ("unclear", True)
    assert toots.texts() == ["Which time is it?"]


async def test_the_same_text_every_day_is_no_doubt_if_the_outbox_sent_it(toots: Any) -> None:
    (first,) = await toots.deliver(replace(toots.session.composing.new(), text="Good morning"))
    toots.server.posts.made[0]["created_at"] = (system_time() - timedelta(hours=20)).isoformat()
    toots.server.quirks.write_fault = 503
    (entry,) = await toots.queue(replace(toots.session.composing.new(), text="Good morning"))
    assert (await toots.session.outbox.deliver(entry.id, 0)).state == "unclear"
    toots.server.quirks.write_fault = 0
    entry = await retry(toots, entry)
    assert (first.state, entry.state) == ("done", "done")
    assert len(toots.texts()) == 2


@pytest.mark.parametrize(
    ("ignored", "change", "words"),
    [
        ("poll", {"poll": POLL}, "the server left out the poll"),
        ("spoiler_text", {"warning": "food"}, "the server left out the content warning"),
        ("visibility", {"visibility": "followers"}, "more people can read it than you chose: delete it if that"),
        ("media_attachments", {"media": "file"}, "the server left out attachments"),
    ],
)
async def test_what_a_server_leaves_out_is_reported_and_not_sent_again(
    ignored: str, change: dict[str, Any], words: str, toots: Any, tmp_path: Path
) -> None:
    if "media" in change:
        (tmp_path / "a.gif").write_bytes(b"GIF89a\x01\x00\x01\x00")
        change = {"media": (DraftMedia(str(tmp_path / "a.gif"), "a dot"),)}
    heard: list[ActionChanged] = []
    toots.session.events.subscribe(ActionChanged, heard.append)
    toots.server.posts.quirks.ignores = (ignored,)
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Whole?", **change))
    assert (entry.state, entry.reason.startswith(words)) == ("done", True), entry
    assert heard[-1].message.startswith(f"sent: your post · {words}")
    toots.cut_off()
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Once?", **change))
    assert (entry.state, entry.reason.startswith(words)) == ("done", True), entry
    assert toots.texts().count("Once?") == 1


async def test_a_poll_that_only_the_home_timeline_has_is_found(toots: Any) -> None:
    toots.server.posts.quirks.hides_polls = True
    toots.cut_off()
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Where to?", poll=POLL))
    assert (entry.state, entry.reason, toots.texts()) == ("done", "", ["Where to?"])


async def test_after_a_timeout_a_post_is_compared_when_the_server_had_time(toots: Any) -> None:
    (entry,) = await toots.queue(replace(toots.session.composing.new(), text="Slowly"))
    slow = failing(toots, TimedOut("here.example"))
    entry = await slow.outbox.deliver(entry.id, 0)
    await slow.close()
    assert entry.state == "unclear"
    assert entry.next_at - system_time() > timedelta(seconds=55)


async def test_a_post_whose_person_is_forgotten_while_it_is_sent_ends_in_silence(toots: Any) -> None:
    source = await toots.session.signing_in.source(toots.session.accounts[0])
    perform = source.writer.perform
    (entry,) = await toots.queue(replace(toots.session.composing.new(), text="Gone"))

    async def forgotten(action: Action, key: ActionKey) -> Receipt:
        archive = Archive(toots.session.places.database)
        archive._db.run("delete from outbox where id = ?", (entry.id,))
        archive.close()
        receipt: Receipt = await perform(action, key)
        return receipt

    source.writer.perform = forgotten
    assert await toots.session.outbox.send_due() is None
    source.writer.perform = perform
    assert (toots.session.outbox.stored(entry.id), toots.texts()) == (None, ["Gone"])


async def test_a_claim_is_renewed_while_its_process_sends(toots: Any) -> None:
    (entry,) = await toots.queue(replace(toots.session.composing.new(), text="A long film"))
    store, now = toots.session.outbox._store, system_time()
    assert store.claim(entry.id, now) is not None
    other = Archive(toots.session.places.database)
    store.renew(entry.id, now + LEASE)
    assert other.outbox.claim(entry.id, now + LEASE + timedelta(seconds=1)) is None
    assert other.outbox.claim(entry.id, now + 3 * LEASE) is not None
    # The claim is lost: nothing is renewed any more.
    store.renew(entry.id, now + 9 * LEASE)
    assert store.claim(entry.id, now + 5 * LEASE) is not None
    other.close()


async def test_a_step_is_repeated_until_its_body_ends() -> None:
    steps: list[int] = []
    async with repeated(lambda: steps.append(1), timedelta()):
        for _ in range(5):
            await asyncio.sleep(0)
    count = len(steps)
    assert count > 1
    await asyncio.sleep(0)
    assert len(steps) == count


async def test_an_edit_on_bluesky_keeps_who_may_reply_and_the_labels(open_net: Opens) -> None:
    net = await open_net("bluesky")
    draft = replace(net.session.composing.new(), text="Frist", threadgate="mentioned", quote_policy="nobody")
    (entry,) = await net.deliver(draft)
    assert entry.receipt is not None
    record = net.server.records[entry.receipt.record_id]
    labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]}
    record |= {"labels": labels, "tags": ["lake"]}
    before = {uri.split("/")[3]: each for uri, each in net.server.records.items() if "gate/" in uri}
    edited = replace(await net.session.composing.edit((entry.account, entry.receipt.record_id)), text="First")
    (entry,) = await net.deliver(edited)
    assert (entry.state, net.texts()) == ("done", ["First"])
    assert entry.receipt is not None
    after = {uri.split("/")[3]: (uri, each) for uri, each in net.server.records.items() if "gate/" in uri}
    assert sorted(after) == sorted(before) == ["app.bsky.feed.postgate", "app.bsky.feed.threadgate"]
    for collection, (uri, gate) in after.items():
        assert gate == before[collection] | {"post": entry.receipt.record_id}
        assert uri.split("/")[-1] == entry.receipt.record_id.split("/")[-1]
    new = net.server.records[entry.receipt.record_id]
    assert (new["labels"], new["tags"]) == (labels, ["lake"])
    await net.session.close()


async def test_an_edit_on_bluesky_of_a_post_that_is_gone_sends_nothing(open_net: Opens) -> None:
    net = await open_net("bluesky")
    (entry,) = await net.deliver(replace(net.session.composing.new(), text="Frist"))
    assert entry.receipt is not None
    draft = await net.session.composing.edit((entry.account, entry.receipt.record_id))
    net.server.records.pop(entry.receipt.record_id)
    (edited,) = await net.deliver(replace(draft, text="First"))
    assert (edited.state, net.texts()) == ("failed", [])
    assert "deleted" in edited.reason
    (stored,) = net.session.composing.drafts()
    assert stored.draft.text == "First"
    await net.session.close()


async def test_a_removed_account_leaves_what_it_did_not_send_as_drafts(toots: Any) -> None:
    toots.server.quirks.write_fault = 503
    composing = toots.session.composing
    (unclear,) = await toots.deliver(replace(composing.new(), text="Sent or not?"))
    (held,) = await toots.queue(replace(composing.new(), text="Held"), at_once=False)
    text = "One. " * 90 + "\n\n" + "Two. " * 90
    thread = await toots.queue(replace(composing.new(), text=text, thread=True), at_once=False)
    assert (unclear.state, held.state, len(thread)) == ("unclear", "pending", 2)
    await toots.session.signing_in.remove(toots.session.accounts[0])
    assert toots.session.outbox.entries() == []
    drafts = {each.draft.text.split()[0]: each for each in composing.drafts()}
    assert {name: each.queued for name, each in drafts.items()} == {"Sent": False, "Held": False, "One.": False}
    assert "before it was known whether this was sent" in drafts["Sent"].reason
    assert "was removed before this was sent" in drafts["Held"].reason
    assert drafts["One."].draft.text.split() == text.split()
    composing.delete(drafts["Held"].id)


async def test_forgetting_an_account_leaves_no_draft_that_waits_for_nothing(toots: Any) -> None:
    composing, account = toots.session.composing, toots.session.accounts[0]
    both = replace(composing.new(), text="For both", accounts=(account.key, "bluesky:other"))
    number = composing.save(both)
    archive = Archive(toots.session.places.database)
    archive.drafts.queue(number)
    archive.forget_account(account.key)
    (stored,) = archive.drafts.all()
    assert (stored.id, stored.queued) == (number, False)
    archive.close()
