"""Actions on people. Follows and blocks are records, mutes are private, and reports go to the moderation service.

https://docs.bsky.app/docs/api/app-bsky-graph-mute-actor, https://docs.bsky.app/docs/api/com-atproto-moderation-create-report
"""

from functools import partial

from ...models.action import Action, ActionKey, Mute, Receipt, Report
from ...models.errors import CannotCompare, NotPossible
from ..entities import Entity, flag_of, part_of, parts_of
from .requests import Repo, Request, call
from .write_records import Shown, adds, removes
from .write_scopes import CALLS, COLLECTIONS


async def viewer_of(repo: Repo, action: Action) -> Entity:
    """The viewer state of a person's profile. Raises RequestRejected if the account is gone."""
    response = await repo.client.get("app.bsky.actor.getProfiles", [("actors", action.target.person_id)])
    for profile in parts_of(response, "profiles"):
        return part_of(profile, "viewer") or {}
    raise NotPossible("This account no longer exists, or you may no longer see it.", 404)


async def _mute(repo: Repo, action: Mute, key: ActionKey) -> Receipt:
    del key
    if action.seconds:
        raise NotPossible("Bluesky mutes do not expire: leave out the time, or mute only in quietfeed.")
    await _call(repo, "mute", {"actor": action.target.person_id})
    return Receipt()


async def _muted(wanted: bool, repo: Repo, action: Action, key: ActionKey) -> Receipt | None:
    del key
    viewer = await viewer_of(repo, action)
    if flag_of(viewer, "muted") is wanted:
        return Receipt()
    return None


async def _unmute(repo: Repo, action: Action, key: ActionKey) -> Receipt:
    del key
    await _call(repo, "unmute", {"actor": action.target.person_id})
    return Receipt()


async def _boosts(shown: bool, repo: Repo, action: Action, key: ActionKey) -> Receipt:
    """Hide or show reposts. The call replaces the whole scope of a mute, so the quote scope is sent again."""
    del key
    viewer, actor = await viewer_of(repo, action), action.target.person_id
    quotes = flag_of(viewer, "mutedOnlyQuoteposts") is True
    whole = flag_of(viewer, "muted") is True and not quotes and flag_of(viewer, "mutedOnlyReposts") is not True
    if whole:
        raise NotPossible("You have muted all posts of this person: unmute them on the server first.")
    if shown and not quotes:
        await _call(repo, "unmute", {"actor": actor})
    elif shown:
        await _call(repo, "mute", {"actor": actor, "onlyQuoteposts": True})
    else:
        await _call(repo, "mute", {"actor": actor, "onlyReposts": True, **({"onlyQuoteposts": True} if quotes else {})})
    return Receipt()


async def _boosts_found(shown: bool, repo: Repo, action: Action, key: ActionKey) -> Receipt | None:
    del key
    hidden = flag_of(await viewer_of(repo, action), "mutedOnlyReposts") is True
    if hidden is not shown:
        return Receipt()
    return None


async def _report(repo: Repo, action: Report, key: ActionKey) -> Receipt:
    del key
    target = action.target
    subject: Entity = {"$type": "com.atproto.admin.defs#repoRef", "did": target.person_id}
    if target.post_id:
        subject = {"$type": "com.atproto.repo.strongRef", "uri": target.post_id, "cid": target.cid}
    body = {"reasonType": "com.atproto.moderation.defs#reasonOther", "reason": action.reason, "subject": subject}
    made = await _call(repo, "report", body)
    return Receipt(str(made.get("id") or ""))


async def _reported(repo: Repo, action: Report, key: ActionKey) -> Receipt | None:
    del repo, action, key
    raise CannotCompare("The moderation service does not show reports.")


async def _call(repo: Repo, name: str, body: Entity) -> Entity:
    nsid = CALLS[name]
    return await call(repo, nsid, body, nsid)


async def _look(repo: Repo, action: Action) -> Shown:
    return Shown(await viewer_of(repo, action), action.target.person_id)


REQUESTS = {
    "follow": adds(COLLECTIONS["follow"], "following", _look),
    "unfollow": removes(COLLECTIONS["follow"], "following", _look),
    "block": adds(COLLECTIONS["block"], "blocking", _look),
    "unblock": removes(COLLECTIONS["block"], "blocking", _look),
    "mute": Request(_mute, partial(_muted, True)),
    "unmute": Request(_unmute, partial(_muted, False)),
    "hide_boosts": Request(partial(_boosts, False), partial(_boosts_found, False)),
    "show_boosts": Request(partial(_boosts, True), partial(_boosts_found, True)),
    "report": Request(_report, _reported),
}
