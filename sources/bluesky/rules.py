"""Bluesky's actions and its rate limits. A module of its own, so that importing it loads no HTTP client."""

from ...models.capability import WriteLimit, WriteRules

WRITE_RULES = WriteRules(
    frozenset(
        {
            *("like", "boost", "bookmark", "pin", "delete", "follow", "hide_boosts", "mute", "block", "report"),
            *("change_list", "compose"),
        }
    ),
    (WriteLimit(5_000, 3_600), WriteLimit(35_000, 86_400)),
    create=3,
    update=2,
    delete=1,
    public_lists=True,
)
"""https://docs.bsky.app/docs/advanced-guides/rate-limits: points per account, by hour and by day."""
