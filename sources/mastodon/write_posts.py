"""Actions on statuses: https://docs.joinmastodon.org/methods/statuses/.

Liking or bookmarking twice is no error, so these can be repeated. The response is the status with its new state. Some
servers return the status from before the action, so it is requested again.
"""

from functools import partial

from ...models.action import Action, ActionKey, Receipt
from ..entities import Entity, flag_of
from ..http import Http
from ..http_errors import RequestRejected
from .paging import ask
from .requests import Request, at, gone, unconfirmed


async def _perform(verb: str, field: str, wanted: bool, http: Http, action: Action, key: ActionKey) -> Receipt:
    try:
        answer = await http.post(f"{_status(action)}/{verb}", {})
    except RequestRejected as error:
        if error.insufficient:
            raise
        raise gone(error) from None
    if _is(answer.value, field, wanted):
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


async def status_of(http: Http, action: Action) -> Entity:
    """The status that is acted on, as the server has it now. Raises PostDeleted."""
    try:
        answer = await ask(http, _status(action))
    except RequestRejected as error:
        raise gone(error) from None
    if isinstance(answer.value, dict):
        return answer.value
    return {}


def _status(action: Action) -> str:
    return f"/api/v1/statuses/{at(action.target.post_id)}"


def _is(status: object, field: str, wanted: bool) -> bool:
    return isinstance(status, dict) and flag_of(status, field) is wanted


def _switch(verb: str, field: str, wanted: bool) -> Request:
    return Request(partial(_perform, verb, field, wanted), partial(_find, field, wanted))


REQUESTS = {
    "like": _switch("favourite", "favourited", True),
    "unlike": _switch("unfavourite", "favourited", False),
}
