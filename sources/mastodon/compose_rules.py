"""Mastodon's rules for the text of a post. Only composing loads them."""

from ...models.compose import ComposeRules

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
