"""How other servers with Mastodon's client API differ from it, as quirks of the loopback server.

Each relative is written from its documentation or its published source, named in `read_in`; nothing is copied. Results
measured at running servers (GoToSocial, snac) are in mastodon.py. docs/servers.md lists the tested servers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Json = dict[str, Any]
Shape = Callable[[Json], Json]


def _same(entity: Json) -> Json:
    return entity


@dataclass(frozen=True)
class Relative:
    """One server: its statuses and accounts, its ids, what it lacks, and its instance information."""

    name: str
    read_in: str
    status: Shape = _same
    account: Shape = _same
    identify: Callable[[int], str] | None = None
    """The id of the n-th status from the top."""
    quirks: Json = field(default_factory=dict)
    """Fields of Quirks in mastodon.py."""
    instance: Json = field(default_factory=dict)
    only_v1: bool = False
    """Whether there is no /api/v2/instance."""
    reaction: str = ""
    """The type of the notification of an emoji reaction; "" if there is none."""
    characters: int = 500


def _without(entity: Json, *names: str) -> Json:
    return {key: value for key, value in entity.items() if key not in names}


def _pleroma_status(status: Json) -> Json:
    plain = {"content": {"text/plain": "plain"}, "local": True, "conversation_id": 7, "expires_at": None}
    more = {"emoji_reactions": [{"name": "☕", "count": 1, "me": False}], "quote": None, "thread_muted": False}
    return _without(status, "filtered") | {"pleroma": plain | more, "application": None, "visibility": "local"}


def _pleroma_account(account: Json) -> Json:
    hidden = {"hide_followers_count": True, "hide_follows_count": True, "hide_followers": True, "hide_follows": True}
    if account["username"] == "kim":
        return account | {"pleroma": hidden, "followers_count": 0, "following_count": 0}
    return account | {"pleroma": dict.fromkeys(hidden, False)}


def _quoted(status: Json) -> Json:
    """A status that quotes another in Akkoma's way: `quote` is the whole status."""
    quoted = _without(status, "quote", "reblog") | {"id": f"q{status['id']}", "content": "<p>The quoted one.</p>"}
    return status | {"quote": quoted | {"reblog": None}, "quote_id": quoted["id"]}


def _pixelfed_status(status: Json) -> Json:
    picture = {"id": "1", "type": "image", "url": "https://here.example/a.jpg", "preview_url": "https://here.example/b"}
    media = [picture | {"description": None, "meta": None, "license": None, "is_nsfw": False}]
    content = status["content"].replace("</p><p>", "<br />\n<br />\n")
    return _without(status, "filtered") | {"content": content, "media_attachments": media, "mentions": []}


def _friendica_status(status: Json) -> Json:
    title = "A title" if status["id"].endswith("4") else ""
    extension = {"title": title, "changed_at": status["created_at"], "dislikes_count": 0, "network": "dfrn"}
    answered = {"in_reply_to_status": None, "edited_at": None, "spoiler_text": title, "language": None}
    reblog = status.get("reblog")
    return _without(status, "pinned", "filtered", "application") | answered | {
        "friendica": None if reblog else extension,
        "quote": None,
    }  # fmt: skip


def _misskey_status(status: Json) -> Json:
    reactions = [{"name": ":blobcat:", "count": 2, "me": False, "url": "https://here.example/emoji/blobcat.webp"}]
    nothing = {"card": None, "language": None, "application": None, "quote": None}
    return status | nothing | {"reactions": reactions, "text": "plain", "content_type": "text/x.misskeymarkdown"}


def _sharkey_account(account: Json) -> Json:
    more = {"fqn": account["acct"], "group": None, "moved": None, "hide_collections": account["username"] == "kim"}
    if account["username"] == "kim":
        more |= {"followers_count": 0, "following_count": 0}
    return account | more


def _sharkey_status(status: Json) -> Json:
    shaped = _misskey_status(status) | {"local_only": False, "filtered": None}
    if not status["id"].endswith("7"):
        return shaped
    quoted = _quoted(status)["quote"]
    return shaped | {"quote": quoted | {"state": "accepted", "quoted_status": quoted}, "quote_id": quoted["id"]}


def _iceshrimp_status(status: Json) -> Json:
    """The content of a boost is null, and so is that of a post with only pictures."""
    shaped = _misskey_status(status) | {"tags": []}
    if status.get("reblog"):
        shaped |= {"content": None, "text": None}
    return _quoted(shaped) if status["id"][-5:-4] == "7" else shaped


def _hollo_status(status: Json) -> Json:
    """The account of an answered post may be missing altogether."""
    more = {"emoji_reactions": [], "quotes_count": 0, "filtered": None, "quote_id": None, "quote": None}
    return (
        _without(status, "in_reply_to_account_id") | more | {"quote_approval": {"automatic": ["public"], "manual": []}}
    )


def _uuid(n: int) -> str:
    return str(UUID(int=(1 << 120) - n))


_PLEROMA = "https://docs-develop.pleroma.social/backend/development/API/differences_in_mastoapi_responses/"
_NO_MODERN = ("/api/v2/filters", "/api/v1/followed_tags", "/api/v1/conversations")

RELATIVES = (
    Relative(
        "pleroma",
        _PLEROMA,
        _pleroma_status,
        _pleroma_account,
        lambda n: f"AZ{9_999_999 - n:07d}flake",
        {"old_filters": True, "lacking": ("/api/v1/followed_tags",), "batch_statuses": True},
        {"version": "2.7.2 (compatible; Pleroma 2.9.1)", "max_toot_chars": 5000, "description_limit": 5000},
        only_v1=True,
        reaction="pleroma:emoji_reaction",
        characters=5000,
    ),
    Relative(
        "akkoma",
        f"{_PLEROMA} and Akkoma's quote objects",
        lambda status: _quoted(_pleroma_status(status)) if status["id"].endswith("7flake") else _pleroma_status(status),
        _pleroma_account,
        lambda n: f"AZ{9_999_999 - n:07d}flake",
        {"old_filters": True, "lacking": ("/api/v1/followed_tags",)},
        {"version": "2.7.2 (compatible; Akkoma 3.15.1)", "max_toot_chars": 9000},
        only_v1=True,
        reaction="pleroma:emoji_reaction",
        characters=9000,
    ),
    Relative(
        "pixelfed",
        "pixelfed/pixelfed: app/Transformer/Api/Mastodon/v1",
        _pixelfed_status,
        lambda account: _without(account, "emojis", "fields", "uri"),
        lambda n: str(700_000_000_000_000_000 - n),
        {"lacking": (*_NO_MODERN, "/api/v1/lists", "/api/v1/apps/verify_credentials"), "batch_statuses": False},
        {"version": "3.5.3 (compatible; Pixelfed 0.12.5)", "configuration": {"statuses": {"max_characters": 1500}}},
        only_v1=True,
        characters=1500,
    ),
    Relative(
        "friendica",
        "friendica/friendica: src/Object/Api/Mastodon/Status.php",
        _friendica_status,
        lambda account: account | {"group": False, "noindex": None},
        lambda n: str(50_000_000 - n),
        {"lacking": ("/api/v2/filters", "/api/v1/filters", "/api/v1/domain_blocks"), "batch_statuses": False},
        {"version": "2.8.0 (compatible; Friendica 2024.12)", "max_toot_chars": 200000},
        characters=200000,
    ),
    Relative(
        "sharkey",
        "Sharkey: server/api/mastodon/MastodonConverters.ts",
        _sharkey_status,
        _sharkey_account,
        lambda n: f"a{9_999_999 - n:07d}k9q7",
        {"lacking": ("/api/v1/domain_blocks", "/api/v1/followed_tags"), "batch_statuses": False},
        {"version": "3.0.0 (compatible; Sharkey 2025.5.2)", "configuration": {"statuses": {"max_characters": 3000}}},
        reaction="reaction",
        characters=3000,
    ),
    Relative(
        "iceshrimp",
        "Iceshrimp.NET: Controllers/Mastodon/Schemas/Entities/StatusEntity.cs",
        _iceshrimp_status,
        lambda account: _without(account, "bot"),
        lambda n: f"b{9_999_999 - n:07d}0f3x",
        {"lacking": ("/api/v1/domain_blocks",), "batch_statuses": False},
        {"version": "4.2.1 (compatible; Iceshrimp.NET/1)", "configuration": {"statuses": {"max_characters": 8192}}},
        reaction="reaction",
        characters=8192,
    ),
    Relative(
        "hollo",
        "fedify-dev/hollo: src/entities/status.ts",
        _hollo_status,
        lambda account: _without(account, "bot") | {"source": None},
        _uuid,
        {"lacking": ("/api/v1/domain_blocks", "/api/v1/conversations"), "batch_statuses": False},
        {"version": "0.6.6", "source_url": "https://github.com/fedify-dev/hollo",
         "configuration": {"statuses": {"max_characters": 10000}}},
        reaction="emoji_reaction",
        characters=10000,
    ),
)  # fmt: skip
"""Not included: GoToSocial, snac and mastodon_mock, which were run, and Threads, which has no API for clients."""

BY_NAME = {each.name: each for each in RELATIVES}
