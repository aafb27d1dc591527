"""Mastodon's rules for posts and its rate limits. A module of its own, so that importing it loads no HTTP client."""

from ...models.capability import ACTIONS, WriteLimit, WriteRules
from ...models.compose import ComposeRules

WRITE_RULES = WriteRules(ACTIONS, (WriteLimit(300, 300),), list_batch=40, lists_need_follow=True)
"""https://docs.joinmastodon.org/api/rate-limits/: 300 requests in five minutes."""

COMPOSE_RULES = ComposeRules(
    characters=500,
    url_characters=23,
    short_mentions=True,
    media=4,
    poll_options=4,
    visibilities=("public", "unlisted", "followers", "direct"),
    features=frozenset({"warning", "edit", "schedule", "language", "mentions"}),
)
"""The defaults of Mastodon; a server may report others (instance.py)."""
