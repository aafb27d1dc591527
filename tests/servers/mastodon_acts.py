"""Actions of the loopback Mastodon server on posts, people and hashtags, except likes.

Its behaviour was measured at GoToSocial (2025-10): a repeated boost creates a second one, a follow of a locked person
is `requested`, a second vote gets 422, and a follow request that does not exist gets 404.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_STATUS = {"reblog": "reblogged", "bookmark": "bookmarked", "pin": "pinned"}
_KINDS = {"reblog": "boost", "bookmark": "bookmark", "pin": "pin"}
_SCOPES = (
    ("bookmark", "write:bookmarks"),
    ("pin", "write:accounts"),
    ("reblog", "write:statuses"),
    ("votes", "write:statuses"),
    ("follow", "write:follows"),
    ("authorize", "write:follows"),
    ("reject", "write:follows"),
    ("mute", "write:mutes"),
    ("block", "write:blocks"),
    ("note", "write:accounts"),
    ("reports", "write:reports"),
    ("translate", "read:statuses"),
)


@dataclass
class Acts:
    """The state after the user's actions."""

    state: set[tuple[str, str]] = field(default_factory=set)
    """(kind, id) of the states that are set."""
    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each was set."""
    notes: dict[str, str] = field(default_factory=dict)
    votes: dict[str, list[str]] = field(default_factory=dict)
    reports: list[Json] = field(default_factory=list)
    forms: list[Json] = field(default_factory=list)
    """The forms of actions on people, oldest first."""
    requests: list[str] = field(default_factory=list)
    """The ids of people who ask to follow the user."""
    locked: set[str] = field(default_factory=set)
    """The ids of people who accept followers themselves."""
    unseen: dict[str, Json] = field(default_factory=dict)
    """People by their handles whom the server finds on others."""
    blocks_end_follows: bool = False
    """A block ends the follow of the user, as at GoToSocial and Mastodon."""
    stale: bool = False
    """The response of an action shows the state from before it (snac)."""
    silent_polls: bool = False
    """Polls do not say whether the user voted."""

    def has(self, kind: str, subject: str) -> bool:
        """Whether a state is set."""
        return (kind, subject) in self.state

    def scope(self, path: str) -> str:
        """The scope that a path of an action needs; "" if it is none."""
        last = path.rpartition("/")[2].removeprefix("un")
        return next((scope for name, scope in _SCOPES if name == last), "")

    def answer(self, handler: Any, path: str) -> bool:
        """Answer a request about an action; returns whether it was one."""
        parts = path.removeprefix("/api/").split("/")
        if parts[1:2] == ["statuses"] and len(parts) == 4 and handler.command == "POST":
            return self._on_status(handler, parts[2], parts[3])
        if parts[1:2] == ["polls"]:
            self._poll(handler, parts[2], voting=len(parts) == 4)
        elif parts[1:2] == ["accounts"] and len(parts) == 4 and handler.command == "POST":
            self._on_person(handler, parts[2], parts[3])
        elif parts[1:2] == ["follow_requests"]:
            self._follow_requests(handler, parts)
        elif parts[1:2] == ["reports"]:
            self.reports.append(dict(handler.form))
            self._send(handler, {"id": str(len(self.reports)), "action_taken": False})
        elif parts[1:2] == ["tags"]:
            self._tag(handler, parts)
        elif path in ("/api/v1/accounts/lookup", "/api/v2/search"):
            self._search(handler, looks=path.endswith("lookup"))
        else:
            return False
        return True

    def relationship(self, known: Json) -> Json:
        """A relationship with what the user's actions changed."""
        person = known["id"]
        changed: Json = {"note": self.notes.get(person, "")}
        for kind, name in (("follow", "following"), ("mute", "muting"), ("block", "blocking")):
            if self.times[kind, person] or self.times[f"un{kind}", person]:
                changed[name] = self.has(kind, person)
        changed["requested"] = self.has("request", person)
        if self.has("accept_follow", person):
            changed["followed_by"] = True
        following = changed.get("following", known.get("following"))
        # Their boosts may be hidden from the start.
        hidden = bool(known.get("following")) and not known.get("showing_reblogs")
        changed["showing_reblogs"] = bool(following) and not hidden and not self.has("hide_boosts", person)
        return known | changed

    def set(self, kind: str, subject: str, value: bool) -> None:
        """Change the state, and count the change."""
        if value is not self.has(kind, subject):
            (self.state.add if value else self.state.discard)((kind, subject))
            self.times[kind if value else f"un{kind}", subject] += 1

    def _on_status(self, handler: Any, status_id: str, verb: str) -> bool:
        bare = verb.removeprefix("un")
        if verb == "translate":
            handler._json({"content": "<p>translated</p>", "detected_source_language": "de", "provider": "here"})
            return True
        if bare not in _STATUS:
            return False
        server = handler.server
        server.known |= {each["id"]: each for each in server.world.home}
        status = server.known.get(status_id)
        if status is None or status_id in server.deleted:
            handler._json({"error": "Record not found"}, 404)
            return True
        before = dict(status)
        if verb == "reblog" and self.has("boost", status_id):
            self.times["boost", status_id] += 1
        self.set(_KINDS[bare], status_id, bare == verb)
        status[_STATUS[bare]] = bare == verb
        shown = before if self.stale else status
        boost = {"id": f"boost-{status_id}", "account": server.world.me, "reblog": shown, "reblogged": True}
        self._send(handler, boost if verb == "reblog" and not self.stale else shown)
        return True

    def _poll(self, handler: Any, poll: str, *, voting: bool) -> None:
        if voting and poll in self.votes:
            handler._json({"error": "Validation failed: You have already voted on this poll"}, 422)
            return
        if voting:
            self.votes[poll] = handler.fields.get("choices[]", [])
            self.set("vote", poll, value=True)
        found = {"id": poll, "voted": poll in self.votes, "own_votes": self.votes.get(poll, [])}
        if self.silent_polls:
            found.pop("voted")
        (self._send if voting else type(handler)._json)(handler, found)

    def _on_person(self, handler: Any, person: str, verb: str) -> None:
        self.forms.append(dict(handler.form))
        known = handler.server.world.relationship(person)
        before = self.relationship(known)
        if verb in ("follow", "unfollow"):
            self._follow(handler, person, verb, already=bool(before["following"]))
        elif verb == "note":
            self.notes[person] = handler.form.get("comment", "")
            self.times["note", person] += 1
        else:
            self.set(verb.removeprefix("un"), person, not verb.startswith("un"))
            if verb == "block" and self.blocks_end_follows:
                self.set("follow", person, value=False)
        self._send(handler, before if self.stale else self.relationship(known))

    def _follow(self, handler: Any, person: str, verb: str, *, already: bool) -> None:
        if already:
            self.state.add(("follow", person))
        if verb == "unfollow":
            self.set("follow", person, value=False)
            self.set("request", person, value=False)
        elif person in self.locked:
            self.set("request", person, value=True)
        else:
            self.set("follow", person, value=True)
            self.set("hide_boosts", person, value=handler.form.get("reblogs") == "false")

    def _follow_requests(self, handler: Any, parts: list[str]) -> None:
        people = handler.server.world.people
        if len(parts) == 2:
            handler._json([people[each] for each in self.requests])
        elif parts[2] not in self.requests:
            handler._json({"error": "Record not found"}, 404)
        else:
            self.requests.remove(parts[2])
            self.set(f"{'accept' if parts[3] == 'authorize' else 'reject'}_follow", parts[2], value=True)
            self._send(handler, self.relationship(handler.server.world.relationship(parts[2])))

    def _tag(self, handler: Any, parts: list[str]) -> None:
        tag = parts[2]
        if len(parts) == 4:
            self.set("follow_tag", tag, parts[3] == "follow")
        found = {"name": tag, "following": self.has("follow_tag", tag)}
        (self._send if len(parts) == 4 else type(handler)._json)(handler, found)

    def _search(self, handler: Any, *, looks: bool) -> None:
        wanted = (handler.query.get("acct") or handler.query.get("q") or [""])[0].removeprefix("@")
        known = {each["acct"]: each for each in handler.server.world.people.values()}
        found = known.get(wanted) if looks else self.unseen.get(wanted)
        if not looks:
            handler._json({"accounts": [found] if found else [], "statuses": [], "hashtags": []})
        elif found is None:
            handler._json({"error": "Record not found"}, 404)
        else:
            handler._json(found)

    def _send(self, handler: Any, value: Json) -> None:
        """Send the response of an action, unless the connection is to be closed before."""
        quirks = handler.server.quirks
        if quirks.cut_off > 0:
            quirks.cut_off -= 1
            handler.close_connection = True
            return
        handler._json(value)
