"""Posts from a draft to the server: sent once, held, undone, rejected, and shown immediately."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from quietfeed.models.draft import Draft, DraftMedia, DraftPoll
from quietfeed.models.errors import NotPossible
from quietfeed.models.post import PostCounts
from quietfeed.models.view import PostKey
from quietfeed.phrases.actions import action_notes, done_sentence
from quietfeed.session import open_session
from quietfeed.session.clock import Clock
from quietfeed.session.sync import ignore_progress
from quietfeed.sources.addresses import PublicTransport
from quietfeed.sources.fetch import fetch_public

Opens = Callable[[str], Awaitable[Any]]


@pytest.fixture(params=["mastodon", "bluesky"])
async def net(request: pytest.FixtureRequest, open_net: Opens) -> AsyncIterator[Any]:
    opened = await open_net(request.param)
    yield opened
    await opened.session.close()


@pytest.fixture
async def toots(open_net: Opens) -> AsyncIterator[Any]:
    opened = await open_net("mastodon")
    yield opened
    await opened.session.close()


async def test_a_post_is_sent_once_and_is_on_the_timeline_at_once(net: Any) -> None:
    draft = replace(net.session.composing.new(), text="Hello 🌻", language="en")
    (entry,) = await net.deliver(draft)
    assert (entry.state, net.texts()) == ("done", ["Hello 🌻"])
    top = net.session.timeline.posts[0].post
    assert (top.text, top.id) == ("Hello 🌻", entry.receipt.record_id if entry.receipt else "")
    assert net.session.composing.drafts() == []
    # The next sync does not duplicate it, and does not treat it as the place where the last sync ended.
    await net.session.fetching.refresh(ignore_progress)
    assert [each.post.text for each in net.session.timeline.posts].count("Hello 🌻") == 1


async def test_a_post_whose_answer_was_lost_is_found_and_not_sent_again(net: Any) -> None:
    if net.name == "mastodon":
        net.server.posts.quirks.idempotent = False
    net.cut_off()
    (entry,) = await net.deliver(replace(net.session.composing.new(), text="Only once"))
    assert (entry.state, net.texts()) == ("done", ["Only once"])


async def test_pasted_control_characters_are_not_sent(net: Any) -> None:
    await net.deliver(replace(net.session.composing.new(), text="One\r\ntwo\x1b[31m\x07"))
    assert net.texts() == ["One\ntwo[31m"]


async def test_the_same_text_twice_is_two_posts(net: Any) -> None:
    if net.name == "mastodon":
        net.server.posts.quirks.idempotent = False
    await net.deliver(replace(net.session.composing.new(), text="Again"))
    net.cut_off()
    (entry,) = await net.deliver(replace(net.session.composing.new(), text="Again"))
    assert (entry.state, net.texts()) == ("done", ["Again", "Again"])


async def test_a_held_post_is_taken_back_and_its_draft_is_kept(net: Any) -> None:
    entries = await net.queue(replace(net.session.composing.new(), text="Too early"), at_once=False)
    assert entries[0].hold_until is not None
    await net.session.outbox.send_due()
    assert net.texts() == []
    assert [each.id for each in net.session.outbox.held()] == [entries[0].id]
    assert net.session.composing.drafts()[0].queued
    await net.session.history.undo_any()
    assert net.session.outbox.entries() == []
    (kept,) = net.session.composing.drafts()
    assert (kept.draft.text, kept.queued) == ("Too early", False)


async def test_a_sent_post_cannot_be_undone_and_the_change_before_it_can(net: Any) -> None:
    net.session.people.vouch(net.session.timeline.posts[0].key)
    await net.deliver(replace(net.session.composing.new(), text="Too late"))
    with pytest.raises(NotPossible, match="The post was already sent: delete it with `delete`"):
        await net.session.history.undo_any()
    change = await net.session.history.undo_any()
    assert (change.kind, change.undone, net.texts()) == ("person", True, ["Too late"])


async def test_a_post_that_did_not_reach_the_server_is_taken_back(net: Any) -> None:
    await net.queue(replace(net.session.composing.new(), text="Not yet"))
    [entry] = net.session.outbox.entries()
    claimed = net.session.outbox._store.claim(entry.id, net.session.clock.now())
    with pytest.raises(NotPossible, match="The post is being sent: wait"):
        await net.session.history.undo_any()
    net.session.outbox._store.put_back(claimed, "pending", net.session.clock.now(), "not reached")
    await net.session.history.undo_any()
    assert (net.session.outbox.entries(), net.texts()) == ([], [])
    assert [each.draft.text for each in net.session.composing.drafts()] == ["Not yet"]


async def test_a_rejected_post_comes_back_as_a_draft_with_the_reason(net: Any) -> None:
    net.refuse(403)
    (entry,) = await net.deliver(replace(net.session.composing.new(), text="Not welcome"))
    assert entry.state == "failed"
    (kept,) = net.session.composing.drafts()
    assert kept.draft.text == "Not welcome"
    assert "403" in kept.reason
    assert net.session.history.commands == ()
    with pytest.raises(NotPossible, match=f"post --draft {kept.id}"):
        net.session.outbox.confirm(entry.id)
    net.refuse(0) if net.name == "mastodon" else net.server.quirks.refused.clear()
    (sent,) = await net.session.composing.send(kept.id, at_once=True)
    assert (await net.session.outbox.deliver(sent.id, 10)).state == "done"
    assert net.session.composing.drafts() == []


async def test_a_reply_ties_at_once_and_a_sync_does_not_count_it_twice(net: Any) -> None:
    key = net.someone()
    author = net.session.timeline.get_or_load([key])[0].post.author
    before = net.session.people.tie_to((key[0], author.id)).tie.replies_from_you or 0
    draft = net.session.composing.reply(key)
    await net.queue(replace(draft, text=f"{draft.text}yes"))
    assert net.session.people.tie_to((key[0], author.id)).tie.replies_from_you == before + 1
    await net.session.outbox.send_due()
    await net.session.fetching.refresh(ignore_progress)
    assert net.session.people.tie_to((key[0], author.id)).tie.replies_from_you == before + 1
    sent = net.session.timeline.posts[0].post
    assert sent.reply_to_id == key[1]


async def test_a_thread_is_sent_in_order_and_each_part_answers_the_one_before(net: Any) -> None:
    text = " ".join(f"Sentence number {n} of this long text stands here." for n in range(30))
    entries = await net.deliver(replace(net.session.composing.new(), text=text, thread=True))
    assert len(entries) > 1
    assert {each.state for each in entries} == {"done"}
    assert " ".join(net.texts()) == text
    ids = [each.receipt.record_id for each in entries if each.receipt]
    stored = [each.post for each in net.session.timeline.get_or_load([(entries[0].account, each) for each in ids])]
    assert [each.reply_to_id for each in sorted(stored, key=lambda each: ids.index(each.id))] == [None, *ids[:-1]]


async def test_the_rest_of_a_rejected_thread_comes_back(net: Any) -> None:
    text = " ".join(f"Sentence number {n} of this long text stands here." for n in range(30))
    entries = await net.queue(replace(net.session.composing.new(), text=text, thread=True))
    assert (await net.session.outbox.deliver(entries[0].id, 10)).state == "done"
    net.refuse(403)
    assert (await net.session.outbox.deliver(entries[1].id, 10)).state == "failed"
    (kept,) = net.session.composing.drafts()
    assert kept.draft.reply_to is not None
    assert kept.draft.reply_to.post_id == getattr(net.session.outbox.entry(entries[0].id).receipt, "record_id", "")
    assert " ".join([*net.texts(), *kept.draft.text.split("\n\n")]) == text
    assert [each.id for each in net.session.outbox.entries()] == [entries[1].id, entries[0].id]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, "There is nothing to send"),
        ({"text": "x" * 501}, "too long"),
        ({"text": "x", "media": (DraftMedia("/nowhere/a.png"),)}, "cannot be read"),
    ],
)
async def test_problems_are_reported_before_sending(change: dict[str, Any], words: str, net: Any) -> None:
    with pytest.raises(NotPossible, match=words):
        await net.queue(replace(net.session.composing.new(), **change))
    assert net.session.outbox.entries() == []
    assert len(net.session.composing.drafts()) == 1


async def test_each_network_states_what_it_lacks(net: Any) -> None:
    draft = replace(net.session.composing.new(), text="x")
    foreign = {"threadgate": "nobody"} if net.name == "mastodon" else {"visibility": "followers", "warning": "w"}
    problems = net.session.composing.problems(replace(draft, **foreign))
    assert len(problems) == len(foreign)
    if net.name == "bluesky":
        assert "only public posts" in problems[0]
        assert net.session.composing.problems(replace(draft, poll=DraftPoll(("a", "b"))))


async def test_a_server_that_shows_no_own_posts_is_never_sent_a_post_twice(toots: Any) -> None:
    toots.server.posts.quirks.hides_own = True
    toots.server.posts.quirks.idempotent = False
    toots.cut_off()
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Unclear"))
    assert entry.state == "unclear"
    assert toots.session.outbox.needs_confirmation(entry)
    assert toots.texts() == ["Unclear"]


async def test_a_text_that_cannot_be_read_back_is_compared_as_it_is_seen(toots: Any) -> None:
    toots.server.posts.quirks.has_source = False
    toots.server.posts.quirks.idempotent = False
    toots.cut_off()
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Seen & *compared* @ada@there.example"))
    assert (entry.state, len(toots.texts())) == ("done", 1)


async def test_an_edit_keeps_the_attachments(toots: Any, tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(b"GIF89a\x01\x00\x01\x00")
    toots.server.posts.quirks.processing = 1
    media = (DraftMedia(str(tmp_path / "a.gif"), "a dot"),)
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Frist", media=media))
    assert entry.receipt is not None
    draft = await toots.session.composing.edit((entry.account, entry.receipt.record_id))
    assert draft.text == "Frist"
    (status,) = toots.server.posts.made
    status["sensitive"] = True
    (edited,) = await toots.deliver(replace(draft, text="First"))
    assert (edited.state, toots.texts()) == ("done", ["First"])
    assert status["media_attachments"] == [{"id": "m0", "type": "image"}]
    assert status["sensitive"] is True, "the picture stays covered"
    assert toots.session.timeline.posts[0].post.text == "First"


async def test_an_edit_keeps_the_counts_of_a_poll_hidden(toots: Any) -> None:
    poll = DraftPoll(("yes", "no"))
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Frist", poll=poll))
    (status,) = toots.server.posts.made
    for hidden, expected in ((False, None), (True, ["true"])):
        status["poll"]["options"] = [{"title": each, "votes_count": None if hidden else 0} for each in poll.options]
        draft = await toots.session.composing.edit((entry.account, entry.receipt.record_id))
        await toots.deliver(replace(draft, text=f"First {hidden}"))
        assert status["_form"]["poll[options][]"] == ["yes", "no"]
        assert status["_form"].get("poll[hide_totals]") == expected


async def test_a_post_has_the_audience_that_the_user_chose_on_the_server(toots: Any) -> None:
    composing, server = toots.session.composing, toots.server
    server.posts.quirks.default_visibility = "private"
    # The setting is not known yet, so the server applies it.
    draft = replace(composing.new(), text="First")
    await toots.deliver(draft)
    assert (server.posts.made[-1]["visibility"], "visibility" in server.posts.made[-1]["_form"]) == ("private", False)
    server.quirks.unwell = ("/api/v1/preferences",)
    assert (await composing.prepare(draft)).audience == "public"
    server.quirks.unwell = ()
    assert (await composing.prepare(draft)).audience == composing.new().audience == "followers"
    await toots.deliver(replace(composing.new(), text="Second"))
    assert server.posts.made[-1]["_form"]["visibility"] == ["private"]
    await toots.deliver(replace(composing.new(), text="Third", visibility="public"))
    assert server.posts.made[-1]["visibility"] == "public"
    # A reply is wider neither than the post nor than the setting.
    keys = {each.post.visibility: each.post.key for each in toots.session.timeline.posts}
    assert composing.reply(keys["public"]).audience == composing.reply(keys["private"]).audience == "followers"
    assert composing.with_accounts(Draft("x"), composing.new().accounts).audience == "followers"
    assert composing.with_accounts(Draft("x", visibility="public"), composing.new().accounts).audience == "public"


async def test_a_scheduled_post_is_found_among_the_scheduled_ones(toots: Any) -> None:
    toots.cut_off()
    later = toots.session.clock.now() + timedelta(hours=2)
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Later", scheduled_at=later))
    assert (entry.state, len(toots.server.posts.scheduled)) == ("done", 1)
    assert entry.receipt is not None
    assert entry.receipt.record_id == "scheduled:0"


async def test_a_scheduled_post_that_the_server_does_not_list_is_not_sent_again(toots: Any) -> None:
    toots.server.posts.quirks.lists_scheduled = False
    toots.cut_off()
    later = toots.session.clock.now() + timedelta(hours=2)
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Later", scheduled_at=later))
    assert (entry.state, len(toots.server.posts.scheduled)) == ("unclear", 1)
    assert toots.session.outbox.needs_confirmation(entry)


@pytest.mark.parametrize("lists", [True, False])
async def test_a_scheduled_post_is_taken_back_and_is_a_draft_again(lists: bool, toots: Any) -> None:
    toots.server.posts.quirks.lists_scheduled = lists
    later = toots.session.clock.now() + timedelta(hours=2)
    (entry,) = await toots.deliver(replace(toots.session.composing.new(), text="Later", scheduled_at=later))
    assert (entry.state, len(toots.server.posts.scheduled)) == ("done", 1)
    assert done_sentence("compose", "your post", entry.receipt) == "scheduled: your post; its server sends it later"
    change = await toots.session.history.undo_any()
    assert (change.kind, change.undone) == ("post_withdrawn", True)
    await toots.session.outbox.send_due()
    assert toots.server.posts.scheduled == []
    (stored,) = toots.session.composing.drafts()
    assert (stored.draft.text, stored.draft.scheduled_at, stored.queued) == ("Later", later, False)
    assert toots.session.outbox.entries()[0].state == "done"
    assert await toots.session.history.undo_any() is None


async def test_a_post_that_was_scheduled_too_late_is_published_and_u_sends_no_second_one(toots: Any) -> None:
    session, server = toots.session, toots.server
    later = session.clock.now() + timedelta(hours=2)
    server.posts.quirks.publishes_late = True
    (entry,) = await toots.deliver(replace(session.composing.new(), text="Late", scheduled_at=later))
    assert (entry.state, entry.receipt.record_id, toots.texts()) == ("done", "new0", ["Late"])
    assert session.timeline.posts[0].post.text == "Late"
    with pytest.raises(NotPossible, match="already sent"):
        await session.history.undo_any()
    assert session.composing.drafts() == []
    # The server published this one at its time.
    server.posts.quirks.publishes_late = False
    await toots.deliver(replace(session.composing.new(), text="Later", scheduled_at=later))
    session.composing._clock = Clock(lambda: later)
    with pytest.raises(NotPossible, match="already sent"):
        await session.history.undo_any()
    assert session.composing.drafts() == []


async def test_a_published_scheduled_post_is_not_reported_as_deleted(toots: Any) -> None:
    later = toots.session.clock.now() + timedelta(hours=2)
    await toots.deliver(replace(toots.session.composing.new(), text="Later", scheduled_at=later))
    toots.server.posts.scheduled.clear()
    await toots.session.history.undo_any()
    await toots.session.outbox.send_due()
    entry = toots.session.outbox.entries()[0]
    assert (entry.state, entry.reason) == ("failed", "This post is not scheduled any more: it was sent or deleted.")


async def test_the_lost_answer_of_a_deletion_of_a_scheduled_post_is_compared(toots: Any) -> None:
    later = toots.session.clock.now() + timedelta(hours=2)
    await toots.deliver(replace(toots.session.composing.new(), text="Later", scheduled_at=later))
    toots.cut_off()
    await toots.session.history.undo_any()
    entry = await toots.session.outbox.deliver(toots.session.outbox.entries()[0].id, 10)
    assert (entry.state, toots.server.posts.scheduled) == ("done", [])


async def test_the_limits_of_the_server_are_used(toots: Any) -> None:
    account = toots.session.accounts[0]
    statuses = {"max_characters": 800, "characters_reserved_per_url": 10, "max_media_attachments": 6}
    toots.server.posts.quirks.instance = {"configuration": {"statuses": statuses}, "api_versions": {"mastodon": 7}}
    rules = await toots.session.composing.rules.refresh(account)
    assert (rules.characters, rules.url_characters, rules.media) == (800, 10, 6)
    assert "quote" in rules.features


async def test_the_first_post_is_measured_by_the_limits_of_the_server(toots: Any) -> None:
    statuses = {"max_characters": 800}
    toots.server.posts.quirks.instance = {"configuration": {"statuses": statuses}}
    draft = replace(toots.session.composing.new(), text="word " * 140)
    assert toots.session.composing.problems(draft) != []
    assert len(await toots.session.composing.post(draft)) == 1


async def test_a_bluesky_edit_is_one_write_that_replaces_the_post(open_net: Opens) -> None:
    net = await open_net("bluesky")
    (entry,) = await net.deliver(replace(net.session.composing.new(), text="Frist"))
    assert entry.receipt is not None
    draft = await net.session.composing.edit((entry.account, entry.receipt.record_id))
    assert net.session.composing.replaces(draft)
    (edited,) = await net.deliver(replace(draft, text="First", threadgate="mentioned", quote_policy="nobody"))
    assert (edited.state, net.texts()) == ("done", ["First"])
    texts = [each.post.text for each in net.session.timeline.posts]
    assert ("First" in texts, "Frist" in texts) == (True, False)
    kinds = sorted(uri.split("/")[3] for uri in net.server.records)
    assert kinds == ["app.bsky.feed.post", "app.bsky.feed.postgate", "app.bsky.feed.threadgate"]
    await net.session.close()


@pytest.mark.parametrize(
    ("policy", "leave"),
    [
        ({"always": ["author", "me"], "with_approval": []}, "yes"),
        ({"always": ["author"], "with_approval": ["public", "me"]}, "asks"),
        ({"automatic_approval": ["author", "followers"], "manual_approval": []}, "no"),
    ],
)
async def test_an_interaction_policy_of_gotosocial_is_respected(policy: Any, leave: str, open_net: Opens) -> None:
    net = await open_net("mastodon")
    key = net.someone()
    for status in net.server.world.home:
        status["interaction_policy"] = {"can_reply": policy}
    await net.session.fetching.refresh(ignore_progress)
    net.session.outbox._loaded.reload([key])
    assert net.session.timeline.get_or_load([key])[0].post.viewer.reply == leave
    if leave == "no":
        with pytest.raises(NotPossible, match="does not let you reply to this post"):
            net.session.composing.reply(key)
    else:
        warnings = net.session.composing.warnings(net.session.composing.reply(key))
        assert [each for each in warnings if "must approve" in each] == warnings
        assert bool(warnings) is (leave == "asks")
        await _shown_as_pending(net, key, pending=leave == "asks")
    await net.session.close()


async def _shown_as_pending(net: Any, key: PostKey, *, pending: bool) -> None:
    """A sent reply that needs approval says so until somebody reacts to it."""
    draft = net.session.composing.reply(key)
    (entry,) = await net.deliver(replace(draft, text=f"{draft.text}I agree"))
    assert (entry.state, entry.receipt is not None) == ("done", True), entry
    own = (entry.account, entry.receipt.record_id)
    notes = action_notes(net.session.timeline.get_or_load([own])[0].actions)
    handle = draft.reply_to.handle
    assert notes == ([f"{handle} must approve your reply before others can see it."] if pending else [])
    again = open_session(net.session.places.home)
    assert action_notes(again.timeline.get_or_load([own])[0].actions) == notes
    await again.close()
    states, post = net.session.outbox._states, net.session.timeline.get_or_load([own])[0].post
    assert action_notes(states.of_post(replace(post, counts=PostCounts(likes=1)))) == []


@pytest.mark.parametrize(("word", "leave"), [("automatic", "yes"), ("manual", "asks"), ("denied", "no"), ("new", "")])
async def test_the_quote_approval_of_mastodon_is_respected(word: str, leave: str, toots: Any) -> None:
    key = toots.someone()
    for status in toots.server.world.home:
        status["quote_approval"] = {"automatic": [], "manual": [], "current_user": word}
    await toots.session.fetching.refresh(ignore_progress)
    toots.session.outbox._loaded.reload([key])
    toots.server.posts.quirks.instance = {"api_versions": {"mastodon": 7}}
    assert toots.session.timeline.get_or_load([key])[0].post.viewer.quote == leave
    if leave == "no":
        with pytest.raises(NotPossible, match="does not let you quote this post"):
            await toots.session.composing.quote(key)
    else:
        warnings = toots.session.composing.warnings(await toots.session.composing.quote(key))
        assert bool(warnings) is (leave == "asks")


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_link_on_bluesky_gets_a_preview_unless_it_is_switched_off(
    wanted: bool, open_net: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def page(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.path))
        body = b"<title>Tomatoes</title><meta name=description content='How to grow'>"
        return httpx.Response(200, headers={"content-type": "text/html"}, stream=httpx.ByteStream(body))

    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.215.14"]

    defaults = fetch_public.__kwdefaults__
    assert defaults is not None
    inner = httpx.MockTransport(page)
    monkeypatch.setitem(defaults, "transport", lambda url: PublicTransport(url, inner=inner, resolver=resolver))
    net = await open_net("bluesky")
    draft = replace(net.session.composing.new(), text="Look https://garden.example/tomatoes", card=wanted)
    (entry,) = await net.deliver(draft)
    assert entry.state == "done"
    (record,) = [each for uri, each in net.server.records.items() if "/app.bsky.feed.post/" in uri]
    external = {"uri": "https://garden.example/tomatoes", "title": "Tomatoes", "description": "How to grow"}
    assert record.get("embed", {}).get("external") == (external if wanted else None)
    assert asked == (["/tomatoes"] if wanted else [])
    await net.session.close()


async def test_an_edit_that_gives_the_post_another_id_leaves_one_post(toots: Any) -> None:
    """snac, measured: the id of a post begins with the time of its last change."""
    toots.server.posts.quirks.edit_renames = True
    account = toots.session.accounts[0].key
    (entry,) = await toots.deliver(Draft("Frist", (account,)))
    draft = await toots.session.composing.edit((account, entry.receipt.record_id))
    (edited,) = await toots.deliver(replace(draft, text="First"))
    assert (edited.state, edited.receipt.record_id) == ("done", f"{entry.receipt.record_id}e")
    texts = [each.post.text for each in toots.session.timeline.posts]
    assert [each for each in texts if each in ("Frist", "First")] == ["First"]


async def test_a_part_of_a_thread_is_not_due_before_the_part_that_it_answers(net: Any) -> None:
    text = " ".join(f"Sentence number {n} of this long text stands here." for n in range(30))
    first, second, *_ = await net.queue(replace(net.session.composing.new(), text=text, thread=True))
    outbox, now = net.session.outbox, net.session.clock.now()
    claimed = outbox._store.claim(first.id, now)
    outbox._store.put_back(claimed, "pending", now + timedelta(minutes=5), "no connection")
    assert outbox.entry(second.id).next_at <= now
    assert outbox.next_due() == outbox.entry(first.id).next_at
    assert net.texts() == []
