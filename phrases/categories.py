"""The words for categories in sentences."""

from collections.abc import Mapping

from ..models.verdict import Category

MARKED_AS: Mapping[Category, str] = {"person": "a person's", "celebrity": "celebrity", "sales": "sales", "spam": "spam"}

READS_LIKE: Mapping[Category, str] = {
    "person": "a person",
    "celebrity": "a broadcast",
    "sales": "sales",
    "spam": "spam",
}
