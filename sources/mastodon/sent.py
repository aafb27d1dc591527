"""Finds a status that may have been sent among the user's own, and the parts that the server left out.

https://docs.joinmastodon.org/methods/accounts/#statuses, https://docs.joinmastodon.org/methods/scheduled_statuses/
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from ...models.account import Account
from ...models.action import ActionKey, Compose, LeftOut
from ...models.draft import Draft, Visibility
from ...models.errors import TRANSIENT_ERRORS, CannotCompare, SourceError
from ..entities import Entity, part_of, parts_of, raw_of, text_of, time_of
from ..http import Http
from .paging import ask, entities_in
from .parse import post_of

_SLACK = timedelta(minutes=5)
"""How far the clocks of the server and this machine may differ."""

_DOUBTFUL = timedelta(days=1)
"""An older status with the same text may be the sent one, if the clock of this machine was changed since."""

_LIMIT = 40
_AUDIENCES = ("public", "unlisted", "private", "direct")
"""The widest first, as the API names them."""


class Sent(NamedTuple):
    """A status on the server that an action created."""

    status: Entity
    scheduled: bool = False


async def find_sent(http: Http, account: Account, action: Compose, key: ActionKey) -> Sent | None:
    """Look for the status of an action among those that no other action created.

    Raises CannotCompare if the server does not show enough to decide.
    """
    draft, scheduled = action.draft, None
    if draft.scheduled_at is not None:
        scheduled = await _entities(http, "/api/v1/scheduled_statuses", {"limit": _LIMIT})
        for each in scheduled:
            if _is_scheduled(each, draft.text, draft.scheduled_at):
                return Sent(each, scheduled=True)
    since = _at(key.created_at, http.server_time()) - _SLACK
    doubtful = False
    for status in await _own(http, account, with_polls=draft.poll is not None):
        at = time_of(status, "created_at")
        if text_of(status, "id") in action.known:
            continue
        if at is None or at >= since:
            if await _is_same(http, account, status, draft):
                return Sent(status)
        elif at >= since - _DOUBTFUL:
            doubtful = doubtful or _letters(_seen(account, status)) == _letters(draft.text) != ""
    if doubtful:
        raise _may_be_there(http)
    # snac schedules statuses, and always returns an empty list of them.
    if scheduled == []:
        raise CannotCompare(f"{http.host} lists no scheduled posts, so it is unknown whether this one arrived.")
    return None


def left_out(status: Entity, draft: Draft) -> tuple[LeftOut, ...]:
    """The parts of a draft that its status lacks. Some servers ignore unknown fields."""
    return tuple(_lacking(status, draft))


def _lacking(status: Entity, draft: Draft) -> Iterator[LeftOut]:
    if draft.poll is not None and part_of(status, "poll") is None:
        yield "poll"
    if len(parts_of(status, "media_attachments")) < len(draft.media):
        yield "attachments"
    if draft.quote is not None and part_of(status, "quote") is None:
        yield "quote"
    if draft.reply_to is not None and not text_of(status, "in_reply_to_id"):
        yield "reply"
    if draft.warning.strip() and not raw_of(status, "spoiler_text").strip():
        yield "warning"
    wanted, got = AUDIENCES[draft.audience], text_of(status, "visibility")
    if got in _AUDIENCES and _AUDIENCES.index(got) < _AUDIENCES.index(wanted):
        yield "audience"


AUDIENCES: dict[Visibility, str] = {
    "public": "public",
    "unlisted": "unlisted",
    "followers": "private",
    "direct": "direct",
}
"""The names of the audiences in the API."""


async def _own(http: Http, account: Account, *, with_polls: bool) -> list[Entity]:
    """The user's own newest statuses. snac lists its polls in the home timeline only."""
    path = f"/api/v1/accounts/{quote(account.remote_id, safe='')}/statuses"
    try:
        found = await _entities(http, path, {"limit": _LIMIT, "exclude_reblogs": "true"})
    except TRANSIENT_ERRORS:
        raise
    except SourceError:
        raise CannotCompare(
            f"{http.host} does not show your own posts, so it is unknown whether this one arrived."
        ) from None
    if with_polls:
        ids = {text_of(each, "id") for each in found}
        for each in await _entities(http, "/api/v1/timelines/home", {"limit": _LIMIT}):
            author = part_of(each, "account") or {}
            if text_of(author, "id") == account.remote_id and text_of(each, "id") not in ids:
                found.append(each)
    return found


async def _entities(http: Http, path: str, params: dict[str, object]) -> list[Entity]:
    return entities_in(await ask(http, path, params), http.host)


async def written_text(http: Http, status_id: str) -> tuple[str, str]:
    """The text and the warning of one of the user's statuses as they were written. Raises SourceError.

    https://docs.joinmastodon.org/methods/statuses/#source
    """
    response = await ask(http, f"/api/v1/statuses/{quote(status_id, safe='')}/source")
    if not isinstance(response.value, dict):
        raise SourceError(f"{http.host} did not send the text of the post.")
    return raw_of(response.value, "text"), raw_of(response.value, "spoiler_text")


async def _is_same(http: Http, account: Account, status: Entity, draft: Draft) -> bool:
    """Whether a status has the text of a draft. A server may have left out its poll or attachments."""
    answered = draft.reply_to.post_id if draft.reply_to is not None else ""
    if text_of(status, "in_reply_to_id") not in (answered, "") or part_of(status, "reblog") is not None:
        return False
    media, wanted = len(parts_of(status, "media_attachments")), len(draft.media)
    if media > wanted or (media < wanted and not draft.text.strip()):
        return False
    if part_of(status, "poll") is not None and draft.poll is None:
        return False
    try:
        text, warning = await written_text(http, text_of(status, "id"))
    except TRANSIENT_ERRORS:
        raise
    except SourceError:
        return _reads_alike(http, _seen(account, status), draft)
    return _normal(text) == _normal(draft.text) and _normal(warning) in (_normal(draft.warning), "")


def _seen(account: Account, status: Entity) -> str:
    return post_of(status, account.key, urlsplit(account.server).netloc).text


def _reads_alike(http: Http, seen: str, draft: Draft) -> bool:
    """Compare with the displayed text, for a server that does not return the text as it was written."""
    letters = _letters(seen)
    if letters == _letters(draft.text):
        return True
    if letters and (letters in _letters(draft.text) or letters[:20] == _letters(draft.text)[:20]):
        raise _may_be_there(http)
    return False


def _may_be_there(http: Http) -> CannotCompare:
    return CannotCompare(
        f"A post at {http.host} may be this one: check your profile, then"
        " `quietfeed outbox retry ID` sends it, or `quietfeed outbox drop ID` removes it."
    )


def _at(at: datetime, server_now: datetime | None) -> datetime:
    """Convert a time of the local clock to the server's clock."""
    if server_now is None:
        return at
    return at + (server_now - datetime.now(UTC))


def _normal(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    """The letters and digits of a text, without the servers of its mentions."""
    # "@ada@there.example" and "ada@there.example" both become "ada".
    words = [word.removeprefix("@").partition("@")[0] for word in text.split()]
    return "".join(char for char in "".join(words).casefold() if char.isalnum())


def _is_scheduled(scheduled: Entity, text: str, at: datetime) -> bool:
    """Whether a scheduled status has this text and time."""
    its_time = time_of(scheduled, "scheduled_at")
    if its_time is None or abs(its_time - at) >= timedelta(minutes=1):
        return False
    return _normal(raw_of(part_of(scheduled, "params") or {}, "text")) == _normal(text)
