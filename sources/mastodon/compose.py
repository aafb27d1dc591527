"""Sends and edits statuses on a server with Mastodon's client API.

https://docs.joinmastodon.org/methods/statuses/#create. The Idempotency-Key makes a repeated request harmless on
Mastodon for about an hour. GoToSocial and snac ignore it, and so does Mastodon for scheduled statuses, so a request
without a response is compared with the user's own statuses before it is repeated.
"""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from ...models.account import Account
from ...models.action import SCHEDULED, ActionKey, Compose, Edit, LeftOut, Receipt
from ...models.compose import ComposeRules
from ...models.draft import Draft
from ...models.errors import PostDeleted, RequestRejected, SourceError, Unconfirmed, Unreachable
from ...models.writer import Report
from ..attachments import Attachment, read_attachment
from ..entities import Entity, count_of, flag_of, part_of, parts_of, text_of, time_of
from ..http import Http, Response
from ..uploading import CountedFile
from .compose_rules import COMPOSE_RULES
from .instance import read_default_audience, read_rules
from .paging import ask
from .parse import post_of
from .scopes import lacks_media, lacks_write
from .sent import AUDIENCES, find_sent, left_out

_MEDIA = "/api/v2/media"
_UPLOAD_CHECKS = 60


class MastodonComposer:
    """The statuses of one account. Raises SourceError and nothing else."""

    def __init__(self, account: Account, http: Http, host: str) -> None:
        self._account = account
        self._http = http
        self._host = host
        self._rules: ComposeRules | None = None
        self.report: Report = lambda _: None
        """Called after each piece of a file that is sent."""

    async def compose_rules(self) -> ComposeRules:
        """The server's rules for posts, requested once."""
        if self._rules is None:
            rules = await read_rules(self._http, COMPOSE_RULES)
            self._rules = replace(rules, default_audience=await read_default_audience(self._http))
        return self._rules

    async def post(self, action: Compose, key: ActionKey) -> Receipt:
        """Upload the attachments and create the status."""
        draft = action.draft
        form = _form(draft)
        if draft.media:
            form["media_ids[]"] = await self._upload(draft)
        response = await self._send("POST", "/api/v1/statuses", data=form, headers={"Idempotency-Key": key.record_key})
        if not isinstance(response.value, dict) or not text_of(response.value, "id"):
            raise Unconfirmed(self._http.host, "post")
        # A status that was scheduled for a time in the past is published at once.
        scheduled = draft.scheduled_at is not None and part_of(response.value, "account") is None
        return self._receipt(response.value, draft, scheduled=scheduled)

    async def edit(self, action: Edit) -> Receipt:
        """Replace the text and warning of a status. Its attachments and its poll stay."""
        draft, path = action.draft, _status(action.target.post_id)
        status = await self._one(path)
        form = _form(draft)
        form.pop("visibility", None)
        form |= _unchanged_fields(status)
        response = await self._send("PUT", path, data=form)
        if isinstance(response.value, dict):
            status = response.value
        return self._receipt(status, draft, scheduled=False)

    async def find(self, action: Compose, key: ActionKey) -> Receipt | None:
        """Look for a status that may have been sent. Raises CannotCompare if the server does not show enough."""
        found = await find_sent(self._http, self._account, action, key)
        if found is None:
            return None
        return self._receipt(found.status, action.draft, scheduled=found.scheduled)

    async def _one(self, path: str) -> Entity:
        try:
            response = await ask(self._http, path)
        except RequestRejected as error:
            if error.status in (404, 410):
                raise PostDeleted() from None
            raise
        return response.value if isinstance(response.value, dict) else {}

    async def _upload(self, draft: Draft) -> list[str]:
        rules = await self.compose_rules()
        uploaded = []
        for medium in draft.media:
            attachment = await asyncio.to_thread(partial(read_attachment, medium, rules, self._http.host))
            uploaded.append(await self._upload_one(attachment))
        return uploaded

    async def _upload_one(self, attachment: Attachment) -> str:
        """Upload a file and wait until the server has processed it.

        https://docs.joinmastodon.org/methods/media/#v2
        """
        file = CountedFile(attachment.name, attachment.data, self.report)
        parts: dict[str, Any] = {"files": {"file": (attachment.name, file, attachment.mime)}}
        if attachment.alt:
            parts["data"] = {"description": attachment.alt}
        response = await self._send("POST", _MEDIA, **parts)
        media_id = text_of(response.value, "id") if isinstance(response.value, dict) else ""
        if not media_id:
            raise SourceError(f"{self._http.host} did not accept the file {attachment.name}.")
        for _ in range(_UPLOAD_CHECKS):
            # 202 and 206 mean that the file is still being processed; it has no address until then.
            if response.status == 200 and text_of(response.value, "url"):
                return media_id
            await asyncio.sleep(self._http.pacing.processing)
            response = await ask(self._http, f"/api/v1/media/{quote(media_id, safe='')}")
        raise Unreachable(f"{self._http.host} is still processing {attachment.name}; quietfeed will try again.")

    async def _send(self, method: str, path: str, **parts: Any) -> Response:
        try:
            return await self._http.send(method, path, **parts)
        except RequestRejected as error:
            if error.insufficient and path == _MEDIA:
                raise lacks_media(self._http.host) from None
            if error.insufficient:
                raise lacks_write(self._http.host, "edit" if method == "PUT" else "compose") from None
            if error.status in (404, 410):
                raise PostDeleted() from None
            raise

    def _receipt(self, status: Entity, draft: Draft, *, scheduled: bool) -> Receipt:
        status_id = text_of(status, "id")
        if scheduled:
            return Receipt(f"{SCHEDULED}{status_id}")
        missing: tuple[LeftOut, ...] = ()
        if draft.edits is None:
            missing = left_out(status, draft)
        return Receipt(status_id, post=post_of(status, self._account.key, self._host), left_out=missing)


def _form(draft: Draft) -> dict[str, Any]:
    form: dict[str, Any] = {"status": draft.text}
    # Without it, the server applies the audience that the user chose there for new posts, which may not be known yet.
    if draft.visibility is not None or draft.reply_to is not None:
        form["visibility"] = AUDIENCES[draft.audience]
    if draft.warning:
        form |= {"spoiler_text": draft.warning, "sensitive": "true"}
    if draft.language:
        form["language"] = draft.language
    if draft.reply_to is not None:
        form["in_reply_to_id"] = draft.reply_to.post_id
    if draft.quote is not None:
        form["quoted_status_id"] = draft.quote.post_id
    if draft.quote_policy:
        form["quote_approval_policy"] = draft.quote_policy
    if draft.scheduled_at is not None:
        form["scheduled_at"] = draft.scheduled_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if draft.poll is not None:
        form |= {
            "poll[options][]": list(draft.poll.options),
            "poll[expires_in]": str(draft.poll.seconds),
            "poll[multiple]": "true" if draft.poll.multiple else "false",
        }
    return form


def _unchanged_fields(status: Entity) -> dict[str, Any]:
    """The attachments with their cover, and the poll of an edited status. The server removes what is not sent again."""
    fields: dict[str, Any] = {}
    media = [text_of(each, "id") for each in parts_of(status, "media_attachments")]
    if media:
        fields["media_ids[]"] = media
    if media and flag_of(status, "sensitive"):
        fields["sensitive"] = "true"
    poll = part_of(status, "poll")
    if poll is not None:
        ends = time_of(poll, "expires_at")
        left = 86_400.0
        if ends is not None:
            left = (ends - datetime.now(UTC)).total_seconds()
        options = parts_of(poll, "options")
        if any(count_of(each, "votes_count") is None for each in options):
            # The author hid the counts until the poll ends.
            fields["poll[hide_totals]"] = "true"
        fields |= {
            "poll[options][]": [text_of(each, "title") for each in options],
            "poll[expires_in]": str(max(300, round(left))),
            "poll[multiple]": "true" if poll.get("multiple") is True else "false",
        }
    return fields


def _status(status_id: str) -> str:
    return f"/api/v1/statuses/{quote(status_id, safe='')}"
