"""Actions on statuses: https://docs.joinmastodon.org/methods/statuses/ and .../polls/.

Liking or bookmarking twice is not an error, so these can be repeated. The response is the status in its new state. Some
servers return the status from before the action, so it is requested again. GoToSocial creates a second boost when a
boost is repeated, so quietfeed checks for an existing boost first.
"""

from functools import partial

from ...models.action import SCHEDULED, Action, ActionKey, Delete, Receipt, Vote
from ...models.errors import CannotCompare, NotPossible
from ..entities import Entity, flag_of, part_of, text_of
from ..http import Http
from ..http_errors import RequestRejected
from .paging import ask
from .requests import Request, at, gone, unconfirmed

_GONE = (404, 410)


async def _perform(verb: str, field: str, wanted: bool, http: Http, action: Action, key: ActionKey) -> Receipt:
    try:
        response = await http.post(f"{_status(action)}/{verb}", {})
    except RequestRejected as error:
        if error.insufficient:
            raise
        raise gone(error) from None
    if _is(response.value, field, wanted):
        return Receipt()
    found = await _find(field, wanted, http, action, key)
    if found is None:
        raise unconfirmed(http)
    return found


async def _find(field: str, wanted: bool, http: Http, action: Action, key: ActionKey) -> Receipt | None:
    """Check whether the status is in the state that the action produces."""
    del key
    status = await status_of(http, action)
    if _is(status, field, wanted):
        return Receipt()
    return None


async def _boost(http: Http, action: Action, key: ActionKey) -> Receipt:
    """Boost a status. The response is a status by the user that contains the boosted one."""
    found = await _find("reblogged", True, http, action, key)
    if found is not None:
        return found
    try:
        response = await http.post(f"{_status(action)}/reblog", {})
    except RequestRejected as error:
        if error.insufficient:
            raise
        raise gone(error) from None
    boost = response.value if isinstance(response.value, dict) else {}
    if part_of(boost, "reblog") is not None:
        return Receipt(text_of(boost, "id"))
    found = await _find("reblogged", True, http, action, key)
    if found is None:
        raise unconfirmed(http)
    return found


async def _vote(http: Http, action: Vote, key: ActionKey) -> Receipt:
    del key
    try:
        choices = [str(each) for each in action.choices]
        await http.send("POST", f"/api/v1/polls/{at(action.poll_id)}/votes", data={"choices[]": choices})
    except RequestRejected as error:
        if error.insufficient:
            raise
        raise gone(error) from None
    return Receipt()


async def _voted(http: Http, action: Vote, key: ActionKey) -> Receipt | None:
    del key
    try:
        response = await ask(http, f"/api/v1/polls/{at(action.poll_id)}")
    except RequestRejected as error:
        raise gone(error) from None
    voted = flag_of(response.value, "voted") if isinstance(response.value, dict) else None
    if voted is None:
        raise CannotCompare("The server does not show whether you voted.")
    if voted:
        return Receipt()
    return None


async def _delete(http: Http, action: Delete, key: ActionKey) -> Receipt:
    """Delete a status. One that is missing was deleted already."""
    del key
    if action.target.post_id.startswith(SCHEDULED):
        return await _unschedule(http, action)
    try:
        await http.send("DELETE", _status(action))
    except RequestRejected as error:
        if error.status not in _GONE:
            raise
    return Receipt()


async def _unschedule(http: Http, action: Delete) -> Receipt:
    """Delete a scheduled status. One that is missing may have been published, so that is an error."""
    number = action.target.post_id.removeprefix(SCHEDULED)
    paths = [_scheduled(action)]
    if not number.isdecimal():
        # snac deletes it like any other status. On Mastodon the number could be that of another status.
        paths.append(f"/api/v1/statuses/{at(number)}")
    for path in paths:
        try:
            await http.send("DELETE", path)
        except RequestRejected as error:
            if error.status not in _GONE:
                raise
        else:
            return Receipt()
    raise NotPossible("This post is not scheduled any more: it was sent or deleted.", 404)


async def _deleted(http: Http, action: Delete, key: ActionKey) -> Receipt | None:
    del key
    scheduled = action.target.post_id.startswith(SCHEDULED)
    if scheduled and not action.target.post_id.removeprefix(SCHEDULED).isdecimal():
        # snac shows no scheduled posts.
        return None
    try:
        await ask(http, _scheduled(action) if scheduled else _status(action))
    except RequestRejected as error:
        if error.status in (404, 410):
            return Receipt()
        raise
    return None


async def status_of(http: Http, action: Action) -> Entity:
    """The current state of the action's target. Raises PostDeleted."""
    try:
        response = await ask(http, _status(action))
    except RequestRejected as error:
        raise gone(error) from None
    if isinstance(response.value, dict):
        return response.value
    return {}


def _scheduled(action: Action) -> str:
    return f"/api/v1/scheduled_statuses/{at(action.target.post_id.removeprefix(SCHEDULED))}"


def _status(action: Action) -> str:
    return f"/api/v1/statuses/{at(action.target.post_id)}"


def _is(status: object, field: str, wanted: bool) -> bool:
    return isinstance(status, dict) and flag_of(status, field) is wanted


def _switch(verb: str, field: str, wanted: bool) -> Request:
    return Request(partial(_perform, verb, field, wanted), partial(_find, field, wanted))


REQUESTS = {
    "like": _switch("favourite", "favourited", True),
    "unlike": _switch("unfavourite", "favourited", False),
    "boost": Request(_boost, partial(_find, "reblogged", True)),
    "unboost": _switch("unreblog", "reblogged", False),
    "bookmark": _switch("bookmark", "bookmarked", True),
    "unbookmark": _switch("unbookmark", "bookmarked", False),
    "pin": _switch("pin", "pinned", True),
    "unpin": _switch("unpin", "pinned", False),
    "vote": Request(_vote, _voted),
    "delete": Request(_delete, _deleted),
}
