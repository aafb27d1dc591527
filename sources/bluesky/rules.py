"""What the AT Protocol lets its clients write. Apart from the writer, so that reading it loads no HTTP client."""

from ...models.capability import WriteLimit, WriteRules

WRITE_RULES = WriteRules(
    frozenset({"like"}), (WriteLimit(5_000, 3_600), WriteLimit(35_000, 86_400)), create=3, delete=1
)
"""https://docs.bsky.app/docs/advanced-guides/rate-limits: points an hour and a day for each account."""
