"""Nothing can be written to a blog."""

from ...models.capability import READ_ONLY

WRITE_RULES = READ_ONLY
