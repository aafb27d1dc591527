"""Mastodon's actions and its rate limits. A module of its own, so that importing it loads no HTTP client."""

from ...models.capability import ACTIONS, WriteLimit, WriteRules

WRITE_RULES = WriteRules(ACTIONS, (WriteLimit(300, 300),), list_batch=40, lists_need_follow=True)
"""https://docs.joinmastodon.org/api/rate-limits/: 300 requests in five minutes."""
