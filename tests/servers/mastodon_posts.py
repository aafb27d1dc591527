"""Posts of the loopback Mastodon server: create, edit, delete, schedule, upload; and their quirks.

https://docs.joinmastodon.org/methods/statuses/ and media/. `PostQuirks` are set on `server.post_quirks`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs

Json = dict[str, Any]


@dataclass
class PostQuirks:
    """Deviations from the documentation. Numbers count the responses that are still to deviate."""

    idempotent: bool = True
    """Whether a repeated Idempotency-Key returns the first status; GoToSocial and snac ignore it."""
    edit_renames: bool = False
    """An edited status gets another id, as at snac."""
    has_source: bool = True
    """Whether the text of a status can be read as it was written."""
    limit: int = 500
    refuse: int = 0
    """The HTTP status that rejects every new status; 0: none."""
    cut_off: int = 0
    """The number of statuses that are created before the connection is closed without a response."""
    processing: int = 0
    """The number of requests after an upload that find the file still processing."""
    lists_scheduled: bool = True
    """Whether the scheduled statuses can be listed; snac returns an empty list."""
    hides_own: bool = False
    """The list of the user's own statuses is 404."""
    hides_polls: bool = False
    """The list of the user's own statuses has no polls, as at snac; the home timeline has them."""
    ignores: tuple[str, ...] = ()
    """Fields of a new status that the server leaves empty while answering 200."""
    publishes_late: bool = False
    """The time of a scheduled status has passed, so it is published at once."""
    default_visibility: str = ""
    """The visibility that the user chose for new statuses; empty: the preferences are 404."""
    instance: Json = field(default_factory=dict)
    """The instance information; empty: 404."""


class Posts:
    """The statuses that the user made."""

    def __init__(self) -> None:
        self.quirks = PostQuirks()
        self.made: list[Json] = []
        """Every created status, newest last; a duplicate is there twice."""
        self.keys: dict[str, Json] = {}
        self.scheduled: list[Json] = []
        self.media: dict[str, int] = {}

    def texts(self) -> list[str]:
        """The texts as they were written, oldest first, without deleted ones."""
        return [each["_text"] for each in self.made]

    def answer(self, handler: Any, path: str) -> bool:
        """Answer a request about the user's own posts; returns whether it was one."""
        name = path.removeprefix("/api/")
        if handler.command == "GET":
            return self._read(handler, name)
        if name == "v1/statuses" and handler.command == "POST":
            self._create(handler)
        elif name == "v2/media":
            self._upload(handler)
        elif name.startswith("v1/statuses/") and handler.command == "PUT":
            self._edit(handler, name.split("/")[2])
        elif name.startswith("v1/scheduled_statuses/") and handler.command == "DELETE":
            self._unschedule(handler, name.split("/")[2], listed=self.quirks.lists_scheduled)
        elif name.startswith("v1/statuses/hex") and handler.command == "DELETE":
            self._unschedule(handler, name.split("/")[2], listed=True)
        elif name.startswith("v1/statuses/") and handler.command == "DELETE":
            self._delete(handler, name.split("/")[2])
        else:
            return False
        return True

    def _read(self, handler: Any, name: str) -> bool:
        own = {each["id"]: each for each in self.made}
        parts = name.split("/")
        if name in ("v1/instance", "v2/instance") and self.quirks.instance:
            handler._json(self.quirks.instance)
        elif name == "v1/preferences" and self.quirks.default_visibility:
            handler._json({"posting:default:visibility": self.quirks.default_visibility})
        elif name == "v1/scheduled_statuses":
            handler._json(self.scheduled if self.quirks.lists_scheduled else [])
        elif parts[:2] == ["v1", "scheduled_statuses"]:
            found = [each for each in self.scheduled if each["id"] == parts[2] and self.quirks.lists_scheduled]
            handler._json(found[0] if found else {"error": "Record not found"}, 200 if found else 404)
        elif parts[:2] == ["v1", "media"]:
            self._show_media(handler, parts[2])
        elif parts[:2] == ["v1", "statuses"] and len(parts) > 2 and parts[2] in own:
            status = own[parts[2]]
            if parts[-1] != "source":
                handler._json(status)
            elif self.quirks.has_source:
                handler._json({"id": status["id"], "text": status["_text"], "spoiler_text": status["spoiler_text"]})
            else:
                handler._json({"error": "Record not found"}, 404)
        else:
            return False
        return True

    def _create(self, handler: Any) -> None:
        form, quirks = parse_qs(handler.raw.decode()), self.quirks
        text = form.get("status", [""])[0]
        if quirks.refuse:
            handler._json({"error": "Not allowed here"}, quirks.refuse)
            return
        if len(text) > quirks.limit:
            handler._json({"error": f"Validation failed: Text character limit of {quirks.limit} exceeded"}, 422)
            return
        key = handler.headers.get("Idempotency-Key", "")
        if quirks.idempotent and key in self.keys and "scheduled_at" not in form:
            handler._json(self.keys[key])
            return
        if "scheduled_at" in form and not quirks.publishes_late:
            made = self._scheduled(form, text)
        else:
            made = self._status(handler, form, text)
        self.keys[key] = made
        if quirks.cut_off > 0:
            quirks.cut_off -= 1
            handler.close_connection = True
            return
        handler._json(made)

    def _scheduled(self, form: dict[str, list[str]], text: str) -> Json:
        # snac has ids of hexadecimal digits, Mastodon has numbers.
        prefix = "" if self.quirks.lists_scheduled else "hex"
        made = {
            "id": f"{prefix}{len(self.scheduled)}",
            "scheduled_at": form["scheduled_at"][0],
            "params": {"text": text},
        }
        self.scheduled.append(made)
        return made

    def _unschedule(self, handler: Any, number: str, *, listed: bool) -> None:
        found = [each for each in self.scheduled if each["id"] == number and listed]
        if not found:
            handler._json({"error": "Record not found"}, 404)
            return
        self.scheduled.remove(found[0])
        if self.quirks.cut_off > 0:
            self.quirks.cut_off -= 1
            handler.close_connection = True
            return
        handler._json({})

    def _status(self, handler: Any, form: dict[str, list[str]], text: str) -> Json:
        world = handler.server.world
        answered = form.get("in_reply_to_id", [None])[0]
        parent = next((each for each in [*world.home, *self.made] if each["id"] == answered), None)
        poll = None
        if "poll[options][]" in form:
            options = [{"title": each, "votes_count": 0} for each in form["poll[options][]"]]
            poll = {"id": "p", "options": options, "multiple": False, "expired": False}
        status: Json = world.status(0, author="1", text=f"<p>{escape(text)}</p>") | {
            "id": f"new{len(self.made)}",
            "content": f"<p>{escape(text)}</p>",
            "created_at": datetime.now(UTC).isoformat(),
            "url": f"https://here.example/@june/new{len(self.made)}",
            "visibility": form.get("visibility", [self.quirks.default_visibility or "public"])[0],
            "spoiler_text": form.get("spoiler_text", [""])[0],
            "language": form.get("language", [None])[0],
            "in_reply_to_id": answered,
            "in_reply_to_account_id": parent["account"]["id"] if parent else None,
            "media_attachments": [{"id": each, "type": "image"} for each in form.get("media_ids[]", [])],
            "poll": poll,
            "_text": text,
            "_form": form,
        }
        empty: Json = {"poll": None, "media_attachments": [], "spoiler_text": "", "visibility": "public"}
        status |= {name: empty.get(name) for name in self.quirks.ignores}
        self.made.append(status)
        if not self.quirks.hides_own and not (self.quirks.hides_polls and poll):
            world.statuses.insert(0, status)
        world.home.insert(0, status)
        return status

    def _upload(self, handler: Any) -> None:
        media_id = f"m{len(self.media)}"
        self.media[media_id] = self.quirks.processing
        done = not self.quirks.processing
        handler._json(_media(media_id, done=done), 200 if done else 202)

    def _show_media(self, handler: Any, media_id: str) -> None:
        self.media[media_id] -= 1
        done = self.media[media_id] <= 0
        handler._json(_media(media_id, done=done), 200 if done else 206)

    def _edit(self, handler: Any, status_id: str) -> None:
        form = parse_qs(handler.raw.decode())
        status = next((each for each in self.made if each["id"] == status_id), None)
        if status is None:
            handler._json({"error": "Record not found"}, 404)
            return
        text = form["status"][0]
        kept = [{"id": each, "type": "image"} for each in form.get("media_ids[]", [])]
        status |= {"_text": text, "content": f"<p>{escape(text)}</p>", "edited_at": datetime.now(UTC).isoformat()}
        warning = form.get("spoiler_text", [""])[0]
        status |= {"spoiler_text": warning, "media_attachments": kept, "_form": form}
        # https://github.com/mastodon/mastodon/blob/main/app/services/update_status_service.rb
        status["sensitive"] = form.get("sensitive") == ["true"] or bool(warning)
        if self.quirks.edit_renames:
            status["id"] += "e"
        handler._json(status)

    def _delete(self, handler: Any, status_id: str) -> None:
        status = next((each for each in self.made if each["id"] == status_id), None)
        if status is None:
            handler._json({"error": "Record not found"}, 404)
            return
        self.made.remove(status)
        for place in (handler.server.world.home, handler.server.world.statuses):
            if status in place:
                place.remove(status)
        handler._json(status)


def _media(media_id: str, *, done: bool) -> Json:
    return {"id": media_id, "type": "image", "url": f"https://here.example/{media_id}" if done else None}
