"""X is read-only here: its API has no likes, follows or boosts without a contract, and charges for each post."""

from ...models.capability import READ_ONLY

WRITE_RULES = READ_ONLY
