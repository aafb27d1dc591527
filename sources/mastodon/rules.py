"""What Mastodon lets its clients write. Apart from the writer, so that reading it loads no HTTP client."""

from ...models.capability import WriteLimit, WriteRules

WRITE_RULES = WriteRules(frozenset({"like"}), (WriteLimit(300, 300),))
"""https://docs.joinmastodon.org/api/rate-limits/: 300 requests in five minutes."""
