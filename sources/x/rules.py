"""The rules for writing to X: nothing, because its API has no likes, follows or boosts without a contract."""

from ...models.capability import READ_ONLY

WRITE_RULES = READ_ONLY
