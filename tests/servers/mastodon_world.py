"""The small world of the loopback Mastodon server: people, their posts, and interactions with the user."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

_NAMES = ("june", "ada", "bo", "cleo", "dara", "emil", "fay", "gus", "hana", "ivo", "jun", "kim")
_TEXTS = (
    "<p>The heron is back at the canal.</p>",
    "<p>Has anybody repaired a <em>bottom bracket</em> at home?</p><p>Mine clicks.</p>",
    "<p>שלום, היום ירד גשם &amp; שמש</p>",
    '<p>Notes from the walk: <a href="https://walks.example/notes/2026/november/17/the-long-way-round">'
    '<span class="invisible">https://</span><span class="ellipsis">walks.example/notes/2026/novem</span>'
    '<span class="invisible">ber/17/the-long-way-round</span></a></p>',
    "Bread, second try.<br>Less salt.<br><br>Better.",
)


class World:
    """A handful of people and their posts, the same each time. Person "1" is the user; ids are strings."""

    def __init__(self, posts: int = 100, newest: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)) -> None:
        self.base = "http://127.0.0.1"
        self.newest = newest
        self.people = {str(n + 1): self._person(n) for n in range(len(_NAMES))}
        self.me = self.people["1"]
        self.follows = {"2": (True, True), "3": (True, False), "4": (False, True)}
        self.relations: dict[str, Json] = {}
        """Further fields of the relationships with people, such as {"5": {"blocking": True}}."""
        self.known_followers: dict[str, tuple[str, ...]] = {}
        """The people the user follows and who follow somebody."""
        self.domain_blocks: list[str] = []
        self.filters: list[Json] = []
        self.home = [self.status(n) for n in range(posts)]
        if posts > 4:
            # snac gives a boost the id of the original in upper case: ids are never compared without case.
            self.home[2] |= {"id": "01abc2"}
            self.home[1] |= {"id": "01ABC2", "reblog": self.home[2], "content": ""}
        self.notifications = [
            self._notification("n4", "mention", "2", {"in_reply_to_account_id": "1"}),
            self._notification("n3", "mention", "3", {"in_reply_to_account_id": None}),
            self._notification("n2", "favourite", "2", {}),
            self._notification("n1", "reblog", "4", {}),
            self._notification("n0", "follow", "5", None),
        ]
        mentioned = [{"id": "2", "acct": "ada@there.example", "url": "https://there.example/@ada", "username": "ada"}]
        answer = {"in_reply_to_id": "01abc2", "in_reply_to_account_id": "2", "mentions": mentioned}
        self.statuses = [
            self.status(900, author="1") | {"id": "own2"} | answer,
            self.status(901, author="1") | {"id": "own1", "reblog": self.status(8, author="6")},
        ]
        self.favourites = [self.status(902, author="3") | {"id": "liked1"}]
        self.lists: list[Json] = [{"id": "7", "title": "Close ones"}, {"id": "8", "title": ""}]
        self.timelines: dict[str, list[Json]] = {
            "list/7": [self.status(n + 500, author="2") | {"id": f"listed{n}"} for n in range(50)],
            "list/8": [],
            "tag/gardening": [self.status(700, author="9") | {"id": "tagged"}],
        }
        self.conversations: list[Json] = [
            {
                "id": "c1",
                "accounts": [self.people["2"]],
                "unread": False,
                "last_status": self.status(903, author="1") | {"id": "dm1", "visibility": "direct"},
            }
        ]

    def familiar_followers(self, person: str) -> Json:
        """An entity as https://docs.joinmastodon.org/entities/FamiliarFollowers/ describes it."""
        return {"id": person, "accounts": [self.people[each] for each in self.known_followers.get(person, ())]}

    def relationship(self, person: str) -> Json:
        """A relationship as https://docs.joinmastodon.org/entities/Relationship/ describes it."""
        following, followed_by = self.follows.get(person, (False, False))
        _, _, host = self.people.get(person, {"acct": ""})["acct"].partition("@")
        return {
            "id": person,
            "following": following,
            "followed_by": followed_by,
            "showing_reblogs": following,
            "blocking": False,
            "blocked_by": False,
            "muting": False,
            "muting_notifications": False,
            "domain_blocking": host in self.domain_blocks,
            **self.relations.get(person, {}),
        }

    def related(self, kind: str) -> list[Json]:
        """The accounts that are blocked or muted."""
        return [self.people[each] for each, said in self.relations.items() if said.get(kind)]

    def keyword_filter(self, title: str, *words: str, action: str = "hide", **parts: Any) -> Json:
        """A filter of the second version for the home timeline."""
        keywords = [{"id": word, "keyword": word, "whole_word": True} for word in words]
        plain = {"id": title, "title": title, "context": ["home"], "filter_action": action, "statuses": []}
        return plain | {"expires_at": None, "keywords": keywords} | parts

    def _person(self, n: int) -> Json:
        local = n % 3 == 0
        name, host = _NAMES[n], "" if local else "there.example"
        return {
            "id": str(n + 1),
            "username": name,
            "acct": name if local else f"{name}@{host}",
            "display_name": name.title(),
            "note": f"<p>{name.title()} writes here.</p>",
            "url": f"https://{host or 'here.example'}/@{name}",
            "uri": f"https://{host or 'here.example'}/users/{name}",
            "avatar": "",
            "bot": False,
            "followers_count": 20 + n,
            "following_count": 30 + n,
            "statuses_count": 100 + n,
            "created_at": "2020-01-02T00:00:00.000Z",
            "emojis": [],
            "fields": [],
        }

    def status(self, n: int, author: str = "", text: str = "") -> Json:
        """The n-th status from the top; each is a quarter of an hour older than the one above."""
        person = self.people[author or str(2 + n % (len(_NAMES) - 1))]
        written = self.newest - timedelta(minutes=15 * n)
        return {
            "id": f"01K{9_999_999 - n:07d}",
            "created_at": written.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "account": person,
            "content": text or _TEXTS[n % len(_TEXTS)],
            "uri": f"{person['uri']}/statuses/{n}",
            "url": f"{person['url']}/{n}",
            "visibility": "public",
            "language": "en",
            "spoiler_text": "",
            "sensitive": False,
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "reblog": None,
            "mentions": [],
            "tags": [],
            "emojis": [],
            "media_attachments": [],
            "poll": None,
            "card": None,
            "filtered": [],
            "application": {"name": "Web"},
            "replies_count": 0,
        }

    def _notification(self, notification_id: str, kind: str, person: str, status: Json | None) -> Json:
        found: Json = {"id": notification_id, "type": kind, "account": self.people[person]}
        found["created_at"] = (self.newest - timedelta(hours=9 - int(notification_id[1:]))).isoformat()
        return found if status is None else found | {"status": self.status(800, author=person) | status}


def statuses_in(value: Any) -> Iterator[Json]:
    """Every outermost status of a recorded response."""
    if isinstance(value, list):
        for each in value:
            yield from statuses_in(each)
    elif isinstance(value, dict):
        if isinstance(value.get("account"), dict) and "content" in value and "visibility" in value:
            yield value
        else:
            for each in value.values():
                yield from statuses_in(each)
