"""What the process does that a Trainer starts (session/trainer.py): a line of JSON each way for a lesson."""

import json
import sys
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from ..codec.fields import Record
from ..codec.records import category_from_record
from ..codec.weights import weights_to_bytes
from ..filters.base_model import base_model
from ..models.context import PostContext
from ..models.mark import Mark
from ..store.marks import context_from_record, context_to_record


def encode_request(new: list[Mark], numbers: list[int], examples: list[PostContext]) -> bytes:
    """Marks that were never sent before, the numbers of those to learn from, oldest first, and the free examples."""
    request = {
        "new": [_record(mark) for mark in new],
        "numbers": numbers,
        "examples": [context_to_record(context) for context in examples],
    }
    return json.dumps(request).encode() + b"\n"


def serve() -> None:
    """Learn what comes on the standard input until that ends: the weights as bytes, or what went wrong."""
    marks: list[Mark] = []
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        marks += map(_mark, asked["new"])
        told: dict[str, Any]
        try:
            from ..filters.learn import learn

            examples = [context_from_record(record) for record in asked["examples"]]
            weights = learn(base_model(), [marks[number] for number in asked["numbers"]], examples)
            told = {"learned": b64encode(weights_to_bytes(weights)).decode()}
        except Exception as error:
            told = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
        sys.stdout.buffer.flush()


def _record(mark: Mark) -> Record:
    return {**context_to_record(mark.context), "mark": mark.category, "at": mark.at.timestamp()}


def _mark(record: Record) -> Mark:
    at = datetime.fromtimestamp(record["at"], UTC)
    return Mark(context_from_record(record), category_from_record(record) or "person", at)
