"""Videos: the video service processes a file and stores it on the account's server, which then has its blob.

https://docs.bsky.app/docs/tutorials/video. A service token of the account's server allows each request. The job is
named after the record of the post, so a repeated upload finds the job of the first one.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ...models.errors import NotPossible, PermissionMissing, RateLimited, SourceError, Unreachable
from ...models.writer import Report
from ..attachments import Attachment
from ..entities import Entity, flag_of, part_of, text_of
from ..http import Http
from ..servers import checked_server, is_loopback
from ..uploading import CountedBody
from .client import Client

_CHECKS = 600
_LIFETIME = timedelta(minutes=30)
_ENDINGS = {"video/mp4": "mp4", "video/mpeg": "mpeg", "video/webm": "webm", "video/quicktime": "mov"}
TYPES = tuple(_ENDINGS)
"""The types that the service accepts."""

UPLOAD, LIMITS = "com.atproto.repo.uploadBlob", "app.bsky.video.getUploadLimits"
"""The methods that the service tokens allow: the service stores the blob itself, on the account's server."""


def video_service(pds: str) -> str:
    """The URL of the video service; "" if the account's server has none. QUIETFEED_VIDEO overrides it."""
    own = os.environ.get("QUIETFEED_VIDEO", "")
    if own:
        return checked_server(own)
    if is_loopback(urlsplit(pds).hostname or ""):
        # The service cannot store a video on a server of this machine.
        return ""
    return "https://video.bsky.app"


async def upload_video(client: Client, did: str, job: str, file: Attachment, report: Report) -> Entity:
    """Upload a video, wait until it is processed, and return its blob. Raises SourceError."""
    service = video_service(client.server)
    if not service:
        raise NotPossible(f"{urlsplit(client.server).netloc} has no video service: the post was not sent.")
    async with Http(service) as http:
        await _check_limits(client, http, file)
        token = await _token(client, _did_web(client.server), UPLOAD)
        params = {"did": did, "name": f"{job}.{_ENDINGS[file.mime]}"}
        headers = {"Content-Type": file.mime, "Content-Length": str(len(file.data)), **_bearer(token)}
        body = CountedBody(file.name, file.data, report)
        response = await http.request(
            "POST", "/xrpc/app.bsky.video.uploadVideo", params=params, headers=headers, content=body
        )
        status = _job_of(response.value)
        # 409: this video was uploaded before, and the response names its job.
        if response.status >= 400 and not text_of(status, "jobId"):
            raise _refused(http.host, response.value)
        return await _processed(http, status, file)


async def _check_limits(client: Client, http: Http, file: Attachment) -> None:
    token = await _token(client, _did_web(http.server), LIMITS)
    response = await http.request("GET", f"/xrpc/{LIMITS}", headers=_bearer(token))
    if response.status in (404, 501):
        raise NotPossible(f"{http.host} has no video service: the post was not sent.")
    if response.status >= 400:
        raise _refused(http.host, response.value)
    limits: Entity = response.value if isinstance(response.value, dict) else {}
    if flag_of(limits, "canUpload") is False:
        raise _refused(http.host, limits)
    left = limits.get("remainingDailyBytes")
    if isinstance(left, int) and len(file.data) > left:
        raise NotPossible(f"{http.host} accepts only {left / 1_000_000:.0f} MB of videos from you today.")


async def _processed(http: Http, status: Entity, file: Attachment) -> Entity:
    for _ in range(_CHECKS):
        blob = part_of(status, "blob")
        if blob is not None:
            return blob
        if text_of(status, "state") == "JOB_STATE_FAILED":
            raise _refused(http.host, status)
        await asyncio.sleep(http.pacing.processing)
        response = await http.get("/xrpc/app.bsky.video.getJobStatus", {"jobId": text_of(status, "jobId")})
        status = _job_of(response.value)
    raise Unreachable(f"{http.host} is still processing {file.name}; quietfeed will try again.")


async def _token(client: Client, audience: str, method: str) -> str:
    expires = datetime.now(UTC) + _LIFETIME
    params = {"aud": audience, "lxm": method, "exp": str(int(expires.timestamp()))}
    try:
        answer = await client.get("com.atproto.server.getServiceAuth", params)
    except PermissionMissing as error:
        raise PermissionMissing(error.host, f"rpc:{method}", "attach videos", "write") from None
    token = text_of(answer, "token")
    if not token:
        raise SourceError("The server returned no token for the video service.")
    return token


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _did_web(server: str) -> str:
    return "did:web:" + urlsplit(server).netloc.replace(":", "%3A")


def _job_of(value: Any) -> Entity:
    """The status of a job. The upload returns it bare, contrary to its lexicon."""
    if not isinstance(value, dict):
        return {}
    return part_of(value, "jobStatus") or value


def _refused(host: str, value: Any) -> SourceError:
    found: Entity = value if isinstance(value, dict) else {}
    if text_of(found, "error") == "RateLimitExceeded":
        return RateLimited(host, datetime.now(UTC) + timedelta(minutes=10))
    why = text_of(found, "message") or text_of(found, "error") or "no reason given"
    return NotPossible(f"{host} did not accept the video: {why.rstrip('.')}.")
