"""The program of the training process (session/trainer.py): one line of JSON per request and per response."""

import json
import sys
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from ..codec.fields import Record
from ..codec.records import category_from_record
from ..codec.weights import weights_to_bytes
from ..filters.base_model import base_model
from ..filters.training_cache import TrainingCache
from ..models.context import PostContext
from ..models.mark import Mark
from ..store.marks import context_from_record, context_to_record


def encode_request(new: list[Mark], numbers: list[int], examples: list[PostContext]) -> bytes:
    """Encode a request: marks not sent before, the numbers of all marks to train, oldest first, and the examples."""
    request = {
        "new": [_record(mark) for mark in new],
        "numbers": numbers,
        "examples": [context_to_record(context) for context in examples],
    }
    return json.dumps(request).encode() + b"\n"


def serve() -> None:
    """Train each request from standard input until it ends; write the encoded weights, or the error."""
    marks: list[Mark] = []
    cache = TrainingCache()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        marks += map(_mark, request["new"])
        response: dict[str, Any]
        try:
            from ..filters.learn import learn

            examples = [context_from_record(record) for record in request["examples"]]
            weights = learn(base_model(), [marks[number] for number in request["numbers"]], examples, cache)
            response = {"learned": b64encode(weights_to_bytes(weights)).decode()}
        except Exception as error:
            response = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.buffer.write(json.dumps(response).encode() + b"\n")
        sys.stdout.buffer.flush()


def _record(mark: Mark) -> Record:
    return {**context_to_record(mark.context), "mark": mark.category, "at": mark.at.timestamp()}


def _mark(record: Record) -> Mark:
    at = datetime.fromtimestamp(record["at"], UTC)
    return Mark(context_from_record(record), category_from_record(record) or "person", at)
