"""Publishing known people as a list: quietfeed changes only its own entries, and each once."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.action import ChangeList, ListMember, Target
from quietfeed.models.errors import NotPossible
from quietfeed.models.joined import Handle
from quietfeed.models.published import ListPlan
from quietfeed.models.tie import FOREVER
from quietfeed.session import OutboxEntry
from quietfeed.session.transfer import import_records
from quietfeed.store.archive import Archive

Opens = Callable[[str], Awaitable[Any]]
NETWORKS = pytest.mark.parametrize("name", ["mastodon", "bluesky"])
LIST = "quietfeed"


async def planned(net: Any, minimum: str = "known") -> ListPlan:
    publishing = net.session.publishing
    plan: ListPlan = await publishing.plan(publishing.account(None), LIST, minimum)
    return plan


async def publish(net: Any, plan: ListPlan) -> OutboxEntry:
    await net.session.publishing.publish(plan)
    entry: OutboxEntry | None = net.session.outbox.newest(plan.action)
    assert entry is not None
    return await net.session.outbox.deliver(entry.id, 0)  # type: ignore[no-any-return]


def ids(people: tuple[ListMember, ...]) -> list[str]:
    return sorted(each.person_id for each in people)


def vouch(net: Any, count: int) -> list[Handle]:
    """Make strangers known; on Mastodon the user follows them. Returns them."""
    account = net.session.accounts[0]
    known = {each.handle.person_id for each in net.session.people.known(account.key, 0.4)}
    people = [each.post.author for each in net.session.timeline.posts if each.post.author.id not in known]
    chosen = list({each.id: each for each in people if each.id != account.remote_id}.values())[:count]
    handles = [Handle(account.key, each.id, each.handle) for each in chosen]
    for handle in handles:
        net.server.world.follows[handle.person_id] = (True, False)
        net.session.people.set_mark(handle, "vouched")
    return handles


@NETWORKS
async def test_a_list_is_created_updated_and_undone(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    first, second = vouch(net, 2)
    net.session.people.set_mark(second, None)
    plan = await planned(net)
    assert plan.is_new
    assert plan.public is (name == "bluesky")
    assert first.person_id in ids(plan.action.add)
    assert net.session.accounts[0].remote_id not in ids(plan.action.add)
    assert (await publish(net, plan)).state == "done"
    assert net.listed(LIST) == ids(plan.action.add)
    again = await planned(net)
    assert not again.changes
    assert again.kept == len(plan.action.add)
    # One person is added, one is removed.
    net.session.people.set_mark(second, "vouched")
    net.session.people.set_mark(first, "not_known")
    change = await planned(net)
    assert (ids(change.action.add), ids(change.action.remove)) == ([second.person_id], [first.person_id])
    assert (await publish(net, change)).state == "done"
    assert second.person_id in net.listed(LIST)
    assert first.person_id not in net.listed(LIST)
    # A second start still has the last change.
    back = net.session.publishing.undo_plan(net.session.accounts[0], LIST)
    assert (ids(back.action.add), ids(back.action.remove)) == ([first.person_id], [second.person_id])
    assert (await publish(net, back)).state == "done"
    assert net.listed(LIST) == ids(plan.action.add)
    with pytest.raises(NotPossible, match="nothing to undo"):
        net.session.publishing.undo_plan(net.session.accounts[0], LIST)
    await net.session.close()


@NETWORKS
async def test_undo_deletes_the_list_only_if_quietfeed_made_it_and_nobody_else_is_in_it(
    name: str, open_net: Opens
) -> None:
    net = await open_net(name)
    vouch(net, 1)
    await publish(net, await planned(net))
    assert await net.session.history.undo_any() is not None
    await net.session.outbox.send_due()
    assert lists(net) == []
    # In a list of the user's own, the people and the list stay.
    stranger = vouch(net, 2)[1]
    by_hand(net, stranger.person_id)
    net.session.people.set_mark(stranger, None)
    plan = await planned(net)
    assert (plan.is_new, plan.action.own, plan.by_hand) == (False, False, 1)
    await publish(net, plan)
    assert stranger.person_id in net.listed(LIST)
    await publish(net, net.session.publishing.undo_plan(net.session.accounts[0], LIST))
    assert net.listed(LIST) == [stranger.person_id]
    await net.session.close()


@NETWORKS
async def test_a_plan_sends_what_an_earlier_run_left_first(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    vouch(net, 1)
    first = await planned(net)
    await net.session.publishing.publish(first)
    again = await planned(net)
    assert net.listed(LIST) == ids(first.action.add)
    assert not again.changes
    await net.session.close()


def lists(net: Any) -> list[str]:
    """The names of the lists that were made."""
    if net.name == "mastodon":
        return list(net.server.lists.made.values())
    return [each["name"] for uri, each in net.server.records.items() if "/app.bsky.graph.list/" in uri]


def by_hand(net: Any, person: str) -> None:
    """A list with a person, made by another client."""
    if net.name == "mastodon":
        net.server.lists.make(LIST, person)
        return
    base = f"at://{net.server.world.me['did']}/app.bsky.graph"
    net.server.records[f"{base}.list/3lll"] = {"name": LIST, "purpose": "app.bsky.graph.defs#curatelist"}
    net.server.records[f"{base}.list/3mod"] = {"name": LIST + "s", "purpose": "app.bsky.graph.defs#modlist"}
    net.server.records[f"{base}.listitem/3lll"] = {"subject": person, "list": f"{base}.list/3lll"}


@NETWORKS
async def test_hidden_and_removed_people_stay_out(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    gone, muted, blocked, stays = vouch(net, 4)
    await publish(net, await planned(net))
    net.session.people.set_mute(muted, FOREVER)
    if name == "mastodon":
        net.server.acts.set("block", blocked.person_id, value=True)
        (number,) = net.server.lists.made
        net.server.lists.members[number].remove(gone.person_id)
    else:
        net.server.world.relations.setdefault(blocked.person_id, {})["blockedBy"] = True
        item = next(uri for uri, each in net.server.records.items() if each.get("subject") == gone.person_id)
        del net.server.records[item]
    plan = await planned(net)
    reasons = dict(plan.left_out)
    assert reasons["removed"] == (gone.handle,)
    assert set(reasons["hidden"]) == {muted.handle, blocked.handle}
    assert ids(plan.action.remove) == sorted([muted.person_id, blocked.person_id])
    assert plan.action.add == ()
    await publish(net, plan)
    assert stays.person_id in net.listed(LIST)
    assert not {gone.person_id, muted.person_id, blocked.person_id} & set(net.listed(LIST))
    await net.session.close()


async def test_a_list_that_takes_only_followed_people_leaves_out_the_others(open_net: Opens) -> None:
    net = await open_net("mastodon")
    followed, other, late = vouch(net, 3)
    net.server.world.follows[other.person_id] = (False, True)
    plan = await planned(net)
    assert plan.left_out == (("not_followed", (other.handle,)),)
    # Only people who are unfollowed between the plan and the request are left out.
    net.server.world.follows[late.person_id] = (False, True)
    entry = await publish(net, plan)
    assert entry.state == "done"
    assert followed.person_id in net.listed(LIST)
    assert net.listed(LIST) == sorted(set(ids(plan.action.add)) - {late.person_id})
    back = net.session.publishing.undo_plan(net.session.accounts[0], LIST)
    assert late.person_id not in ids(back.action.remove)
    await net.session.close()


async def test_a_public_list_leaves_out_people_who_hide_from_signed_out_readers(open_net: Opens) -> None:
    net = await open_net("bluesky")
    shown, asked, labelled = vouch(net, 3)
    view = net.server.world.people[asked.person_id]
    view["labels"] = [{"src": asked.person_id, "val": "!no-unauthenticated"}]
    # Only the person's own label counts.
    net.server.world.people[labelled.person_id]["labels"] = [{"src": "did:plc:other", "val": "!no-unauthenticated"}]
    plan = await planned(net)
    assert plan.left_out == (("asked", (asked.handle,)),)
    assert {shown.person_id, labelled.person_id} <= set(ids(plan.action.add))
    await net.session.close()


@NETWORKS
async def test_a_change_that_was_sent_in_part_is_completed_and_nothing_is_sent_twice(
    name: str, open_net: Opens
) -> None:
    net = await open_net(name)
    account = net.session.accounts[0].key
    people = sorted(each for each in net.server.world.people if each != net.session.accounts[0].remote_id)
    for each in people:
        net.server.world.follows[each] = (True, True)
    batch = 40 if name == "mastodon" else 10
    # The list has one person more than a batch, so that the batches differ.
    if name == "mastodon":
        people += [f"more{number}" for number in range(batch + 1 - len(people))]
        net.server.world.people |= {each: {"id": each, "acct": each} for each in people if each.startswith("more")}
        net.server.world.follows |= dict.fromkeys(people, (True, True))
    people = people[: batch + 1]
    action = ChangeList(Target(account, list_name=LIST), tuple(ListMember(each, each) for each in people), own=True)
    await net.session.actions.do(action)
    if name == "mastodon":
        net.server.lists.fails_after = 2
    else:
        net.server.quirks.writes_left = 1
    entry = await net.session.outbox.deliver(net.session.outbox.newest(action).id, 0)
    # It was sent in part, so it cannot be dropped as if nothing had happened.
    assert entry.state == "unclear"
    assert len(net.listed(LIST)) == min(batch, len(people) - 1)
    with pytest.raises(NotPossible, match="An earlier change"):
        await planned(net)
    if name == "mastodon":
        net.server.lists.fails_after = -1
    else:
        net.server.quirks.writes_left = -1
    make_due(net)
    entry = await net.session.outbox.deliver(entry.id, 0)
    assert entry.state == "done"
    assert net.listed(LIST) == sorted(people)
    assert net.times(action) == 1
    await net.session.close()


@NETWORKS
async def test_a_lost_answer_after_each_request_sends_nothing_twice(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    account = net.session.accounts[0]
    people = [each for each in net.server.world.people if each != account.remote_id][:11]
    net.server.world.follows |= dict.fromkeys(people, (True, True))
    target = Target(account.key, list_name=LIST)
    action = ChangeList(target, tuple(ListMember(each, each) for each in people), own=True)
    await net.session.actions.do(action)
    number = net.session.outbox.newest(action).id
    for written in range(1, 5):
        net.server.quirks.cut_off = 1
        make_due(net)
        entry = await net.session.outbox.deliver(number, 0)
        if entry.state == "done":
            break
        assert (entry.state, net.server.quirks.cut_off) == ("unclear", 0), written
    assert (entry.state, net.server.quirks.cut_off) == ("done", 1)
    assert net.listed(LIST) == sorted(people)
    assert net.times(action) == 1
    await net.session.close()


def make_due(net: Any) -> None:
    archive = Archive(net.session.places.database)
    archive._db.run("update outbox set next_at = 0")
    archive.close()


@NETWORKS
async def test_a_list_moves_to_another_machine_and_forgets_a_person(name: str, open_net: Opens, tmp_path: Path) -> None:
    net = await open_net(name)
    first, second = vouch(net, 2)
    await publish(net, await planned(net))
    (kept,) = Archive(net.session.places.database).published.all()
    records = list(enumerate(net.session.transfer.export("all"), 1))
    other = Archive(tmp_path / "other.db")
    counts, errors = import_records(other, records, net.session.clock.now())
    import_records(other, records, net.session.clock.now())
    (moved,) = other.published.all()
    assert (counts["lists"], errors) == (1, [])
    assert (moved.name, moved.list_id, moved.own, moved.members) == (kept.name, kept.list_id, True, kept.members)
    assert moved.added == ()
    other.close()
    await net.session.forgetting.forget_people([first])
    home = net.session.places
    await net.session.close()
    archive = Archive(home.database)
    (left,) = archive.published.all()
    assert first.person_id not in ids(left.members)
    assert second.person_id in ids(left.members)
    archive.close()


async def test_a_server_without_lists_is_an_error_and_the_demo_has_none(open_net: Opens) -> None:
    net = await open_net("mastodon")
    net.server.quirks.lacking = ("/api/v1/lists",)
    with pytest.raises(Exception, match=r"has no lists\."):
        await planned(net)
    await net.session.close()
