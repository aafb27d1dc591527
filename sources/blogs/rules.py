"""The rules for writing to a blog: nothing can be written."""

from ...models.capability import READ_ONLY

WRITE_RULES = READ_ONLY
