"""Actions on people and hashtags: https://docs.joinmastodon.org/methods/accounts/, follow_requests, reports and tags.

The response of an action on a person is the relationship in its new state. All of these can be repeated, except a
report, which no server shows to its author.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from msgspec.structs import replace

from ...models.action import (
    Action,
    ActionKey,
    FollowTag,
    Mute,
    Receipt,
    Report,
    SetNote,
    UnfollowTag,
)
from ...models.errors import CannotCompare, NotPossible, PermissionMissing, PostDeleted, RequestRejected
from ...models.tie import Relationship
from ..entities import Entity, flag_of, text_of
from ..http import Http
from .paging import ask
from .requests import Request, at, unconfirmed

Check = Callable[[Any, Entity], bool]
"""Whether a relationship is in the state that an action produces."""

Form = Callable[[Any], dict[str, Any]]


def _nothing(action: Action) -> dict[str, Any]:
    del action
    return {}


async def _perform(verb: str, form: Form, check: Check, http: Http, action: Action, key: ActionKey) -> Receipt:
    # The response is the same whether or not this was so before. A mute may change how long an older one lasts.
    if not isinstance(action, Mute):
        before = await _done_before(_find(check, http, action, key))
        if before is not None:
            return before
    return await _request(verb, form, check, http, action, key)


async def _request(verb: str, form: Form, check: Check, http: Http, action: Action, key: ActionKey) -> Receipt:
    response = await http.send("POST", f"/api/v1/accounts/{at(action.target.person_id)}/{verb}", data=form(action))
    relationship = response.value if isinstance(response.value, dict) else {}
    if check(action, relationship):
        return _receipt(action, relationship)
    found = await _find(check, http, action, key)
    if found is None:
        raise unconfirmed(http)
    return found


async def _done_before(found: Awaitable[Receipt | None]) -> Receipt | None:
    """The receipt of an action that would change nothing; None if it would, or if the server does not show it."""
    try:
        receipt = await found
    except (PermissionMissing, PostDeleted, RequestRejected):
        return None
    return replace(receipt, unchanged=True) if receipt is not None else None


async def _find(check: Check, http: Http, action: Action, key: ActionKey) -> Receipt | None:
    del key
    relationship = await relationship_with(http, action.target.person_id)
    if check(action, relationship):
        return _receipt(action, relationship)
    return None


async def relationship_with(http: Http, person_id: str) -> Entity:
    """The current relationship with a person (id); {} if the server does not return it. Raises SourceError."""
    response = await ask(http, "/api/v1/accounts/relationships", [("id[]", person_id)])
    found = response.value if isinstance(response.value, list) else []
    return next((each for each in found if isinstance(each, dict) and text_of(each, "id") == person_id), {})


def _receipt(action: Action, relationship: Entity) -> Receipt:
    following = flag_of(relationship, "following")
    requested = flag_of(relationship, "requested") is True and following is not True
    follows = Relationship(action.target.person_id, following, flag_of(relationship, "followed_by"))
    return Receipt(requested=requested, follows=replace(follows, requested=requested))


async def _boosts(shown: bool, http: Http, action: Action, key: ActionKey) -> Receipt:
    """Hide or show boosts. This is an option of a follow, so sending it for anyone else would follow them."""
    relationship = await relationship_with(http, action.target.person_id)
    if flag_of(relationship, "following") is not True:
        raise NotPossible("You do not follow this person, so none of their boosts are in your timeline.")
    check = _shows_boosts if shown else _hides_boosts
    if check(action, relationship):
        return replace(_receipt(action, relationship), unchanged=True)
    form = {"reblogs": "true" if shown else "false"}
    return await _request("follow", lambda _: form, check, http, action, key)


async def _answer_request(verb: str, http: Http, action: Action, key: ActionKey) -> Receipt:
    del key
    response = await http.post(f"/api/v1/follow_requests/{at(action.target.person_id)}/{verb}", {})
    return _receipt(action, response.value if isinstance(response.value, dict) else {})


async def _find_answered(http: Http, action: Action, key: ActionKey) -> Receipt | None:
    """A request that is no longer in the list has been answered."""
    del key
    response = await ask(http, "/api/v1/follow_requests", [("limit", "80")])
    waiting = response.value if isinstance(response.value, list) else []
    if any(isinstance(each, dict) and text_of(each, "id") == action.target.person_id for each in waiting):
        return None
    return Receipt()


async def _report(http: Http, action: Report, key: ActionKey) -> Receipt:
    del key
    form: dict[str, Any] = {"account_id": action.target.person_id, "comment": action.reason, "category": "other"}
    if action.target.post_id:
        form["status_ids[]"] = [action.target.post_id]
    response = await http.send("POST", "/api/v1/reports", data=form)
    return Receipt(text_of(response.value, "id") if isinstance(response.value, dict) else "")


async def _find_report(http: Http, action: Report, key: ActionKey) -> Receipt | None:
    del action, key
    raise CannotCompare(f"{http.host} does not show reports.")


async def _tag(verb: str, http: Http, action: FollowTag | UnfollowTag, key: ActionKey) -> Receipt:
    before = await _done_before(_tag_found(verb, http, action, key))
    if before is not None:
        return before
    response = await http.post(f"/api/v1/tags/{at(action.target.tag)}/{verb}", {})
    if _follows(response.value) is (verb == "follow"):
        return Receipt()
    found = await _tag_found(verb, http, action, key)
    if found is None:
        raise unconfirmed(http)
    return found


async def _tag_found(verb: str, http: Http, action: FollowTag | UnfollowTag, key: ActionKey) -> Receipt | None:
    del key
    response = await ask(http, f"/api/v1/tags/{at(action.target.tag)}")
    if _follows(response.value) is (verb == "follow"):
        return Receipt()
    return None


def _follows(tag: object) -> bool | None:
    if isinstance(tag, dict):
        return flag_of(tag, "following")
    return None


def _follow_asked(_: Action, relationship: Entity) -> bool:
    return flag_of(relationship, "following") is True or flag_of(relationship, "requested") is True


def _follow_ended(_: Action, relationship: Entity) -> bool:
    return flag_of(relationship, "following") is False and flag_of(relationship, "requested") is not True


def _shows_boosts(_: Action, relationship: Entity) -> bool:
    return flag_of(relationship, "showing_reblogs") is True


def _hides_boosts(_: Action, relationship: Entity) -> bool:
    return flag_of(relationship, "following") is True and flag_of(relationship, "showing_reblogs") is False


def _flag(field: str, wanted: bool) -> Check:
    return lambda _, relationship: flag_of(relationship, field) is wanted


def _has_note(action: SetNote, relationship: Entity) -> bool:
    return text_of(relationship, "note").strip() == action.text.strip()


def _mute_form(action: Mute) -> dict[str, Any]:
    return {"duration": str(action.seconds), "notifications": "true"}


def _note_form(action: SetNote) -> dict[str, Any]:
    return {"comment": action.text}


def _person(verb: str, check: Check, form: Form = _nothing) -> Request:
    return Request(partial(_perform, verb, form, check), partial(_find, check))


REQUESTS = {
    "follow": _person("follow", _follow_asked),
    "unfollow": _person("unfollow", _follow_ended),
    "hide_boosts": Request(partial(_boosts, False), partial(_find, _hides_boosts)),
    "show_boosts": Request(partial(_boosts, True), partial(_find, _shows_boosts)),
    "mute": _person("mute", _flag("muting", True), _mute_form),
    "unmute": _person("unmute", _flag("muting", False)),
    "block": _person("block", _flag("blocking", True)),
    "unblock": _person("unblock", _flag("blocking", False)),
    "note": _person("note", _has_note, _note_form),
    "accept_follow": Request(partial(_answer_request, "authorize"), _find_answered),
    "reject_follow": Request(partial(_answer_request, "reject"), _find_answered),
    "report": Request(_report, _find_report),
    "follow_tag": Request(partial(_tag, "follow"), partial(_tag_found, "follow")),
    "unfollow_tag": Request(partial(_tag, "unfollow"), partial(_tag_found, "unfollow")),
}
