"""The words for categories in sentences."""

from collections.abc import Mapping

from ..models.verdict import Category

READS_LIKE: Mapping[Category, str] = {
    "person": "a person",
    "celebrity": "a broadcast",
    "sales": "sales",
    "spam": "spam",
}
