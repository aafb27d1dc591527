"""Videos of the loopback AT Protocol server: service tokens, and a video service on the same address.

The upload returns the status of its job bare, and a repeated one 409 with the job of the first, as the public service.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
_PREFIX = "app.bsky.video."


@dataclass
class Videos:
    """The uploaded videos, and how the service behaves."""

    jobs: dict[str, bytes] = field(default_factory=dict)
    """The uploaded files by the names that the client gave them."""
    tokens: list[tuple[str, str]] = field(default_factory=list)
    """The audience and method of each service token."""
    checks: int = 1
    """How many status requests find a job still processing."""
    fails: str = ""
    """Why processing fails."""
    refuses: str = ""
    """Why the user cannot upload today."""
    asked: int = 0

    def answer(self, handler: Any, nsid: str, body: bytes) -> bool:
        """Answer a request about videos; returns whether it was one."""
        if nsid == "com.atproto.server.getServiceAuth":
            if not handler._signed_in():
                return True
            self.tokens.append((handler.query["aud"][0], handler.query["lxm"][0]))
            handler._json({"token": f"service-{handler.query['lxm'][0]}"})
        elif not nsid.startswith(_PREFIX):
            return False
        elif nsid.endswith("getJobStatus"):
            self.asked += 1
            handler._json({"jobStatus": self._status(handler.query["jobId"][0])})
        elif nsid.endswith("getUploadLimits"):
            self._limits(handler)
        else:
            self._upload(handler, body)
        return True

    def _limits(self, handler: Any) -> None:
        if handler.bearer != "service-app.bsky.video.getUploadLimits":
            handler._error("InvalidToken", "not for this method", 401)
        elif self.refuses:
            handler._json({"canUpload": False, "message": self.refuses})
        else:
            handler._json({"canUpload": True, "remainingDailyVideos": 5, "remainingDailyBytes": 9_000_000})

    def _upload(self, handler: Any, body: bytes) -> None:
        name = handler.query["name"][0]
        if handler.bearer != "service-com.atproto.repo.uploadBlob":
            handler._error("InvalidToken", "not for this method", 401)
        elif name in self.jobs:
            handler._json({"jobId": name, "error": "already_exists", "state": "JOB_STATE_COMPLETED"}, 409)
        else:
            self.jobs[name] = body
            handler._json({"jobId": name, "state": "JOB_STATE_CREATED", "did": handler.query["did"][0]})

    def _status(self, job: str) -> Json:
        if self.fails:
            return {"jobId": job, "state": "JOB_STATE_FAILED", "error": "no_video", "message": self.fails}
        if self.asked <= self.checks:
            return {"jobId": job, "state": "JOB_STATE_ENCODING", "progress": 40}
        blob = {"$type": "blob", "ref": {"$link": "bafkvideo"}, "mimeType": "video/mp4", "size": len(self.jobs[job])}
        return {"jobId": job, "state": "JOB_STATE_COMPLETED", "blob": blob}
