"""Lists of the loopback Mastodon server: https://docs.joinmastodon.org/methods/lists/.

Its behaviour was measured at GoToSocial (2025-10) and is documented for Mastodon: a person whom the user does not
follow gets 404; one who is already in the list gets 422, and nobody of the request is added; a list that is created
twice exists twice; the body of a DELETE is not read; an unfollow removes a person from every list.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Lists:
    """The lists that the user made."""

    made: dict[str, str] = field(default_factory=dict)
    """The titles by id."""
    members: dict[str, list[str]] = field(default_factory=dict)
    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each person was added to a list, by its title; the person "" is the list."""
    fails_after: int = -1
    """After so many writes, every further one is 429; -1: never."""

    def called(self, title: str) -> list[str]:
        """The people in the list with this title; [] without one. Two such lists fail."""
        (found,) = [each for each, name in self.made.items() if name == title] or [""]
        return sorted(self.members.get(found, []))

    def make(self, title: str, *people: str) -> str:
        """A list made by another client."""
        number = str(len(self.made) + 100)
        self.made[number], self.members[number] = title, list(people)
        return number

    def answer(self, handler: Any, path: str) -> bool:
        """Answer a request about lists; returns whether it was one."""
        parts = path.removeprefix("/api/v1/").split("/")
        if parts[0] != "lists":
            return False
        if handler.command != "GET" and self.fails_after >= 0:
            if self.fails_after == 0:
                handler._json({"error": "Too many requests"}, 429, {"Retry-After": "0"})
                return True
            self.fails_after -= 1
        if len(parts) == 1 and handler.command == "GET":
            made = [{"id": each, "title": title} for each, title in self.made.items()]
            handler._json([*handler.server.world.lists, *made])
        elif len(parts) == 1:
            title = handler.form["title"]
            self.times[title, ""] += 1
            number = self.make(title)
            self._send(handler, {"id": number, "title": title})
        elif parts[1] not in self.made:
            handler._json({"error": "Record not found"}, 404)
        elif len(parts) == 2:
            self.made.pop(parts[1])
            self.members.pop(parts[1])
            self._send(handler, {})
        else:
            self._people(handler, path, parts[1])
        return True

    def _people(self, handler: Any, path: str, number: str) -> None:
        server, members = handler.server, self.members[number]
        members[:] = [each for each in members if _follows(server, each)]
        if handler.command == "GET":
            handler._paged(path, [server.world.people[each] for each in members])
        elif handler.command == "DELETE":
            gone = handler.query.get("account_ids[]", [])
            members[:] = [each for each in members if each not in gone]
            self._send(handler, {})
        else:
            people = handler.fields.get("account_ids[]", [])
            if any(each in members for each in people):
                handler._json({"error": "Validation failed: Account has already been taken"}, 422)
            elif not all(_follows(server, each) for each in people):
                handler._json({"error": "Record not found"}, 404)
            else:
                members += people
                self.times.update((self.made[number], each) for each in people)
                self._send(handler, {})

    def _send(self, handler: Any, value: Json) -> None:
        handler.server.acts._send(handler, value)


def _follows(server: Any, person: str) -> bool:
    return bool(server.acts.relationship(server.world.relationship(person))["following"])
