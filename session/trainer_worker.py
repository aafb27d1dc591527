"""The program of the training process (session/trainer.py): one line of JSON per request and per response."""

import sys
from base64 import b64encode
from datetime import datetime

import msgspec

from ..codec.contexts import context_to_record
from ..codec.stored import context_from_stored, mark_from_stored
from ..codec.weights import weights_to_bytes
from ..filters.base_model import base_model
from ..filters.examples import Unmarked
from ..filters.training_cache import TrainingCache
from ..models.context import PostContext
from ..models.mark import Mark
from ..models.verdict import Category


class _SentMark(msgspec.Struct, frozen=True):
    category: Category
    at: datetime
    context: msgspec.Raw


class _Request(msgspec.Struct, frozen=True):
    new: list[_SentMark]
    numbers: list[int]
    examples: list[msgspec.Raw]
    strangers: list[msgspec.Raw]


_REQUEST = msgspec.json.Decoder(_Request)


def encode_request(new: list[Mark], numbers: list[int], unmarked: Unmarked) -> bytes:
    """Encode a request: marks not sent before, the numbers of all marks to train, oldest first, and unmarked posts."""
    request = _Request(
        [_SentMark(mark.category, mark.at, _encoded(mark.context)) for mark in new],
        numbers,
        [_encoded(context) for context in unmarked.examples],
        [_encoded(context) for context in unmarked.strangers],
    )
    return msgspec.json.encode(request) + b"\n"


def serve() -> None:
    """Train each request from standard input until it ends; write the encoded weights, or the error."""
    marks: list[Mark] = []
    known: dict[bytes, PostContext] = {}
    cache = TrainingCache()
    for line in sys.stdin.buffer:
        request = _REQUEST.decode(line)
        marks += [mark_from_stored(bytes(sent.context), sent.category, sent.at) for sent in request.new]
        try:
            from ..filters.learn import learn

            examples, strangers = _decoded(request.examples, known), _decoded(request.strangers, known)
            known = dict(zip(map(bytes, request.examples + request.strangers), examples + strangers, strict=True))
            learned = [marks[number] for number in request.numbers]
            weights = learn(base_model(), learned, examples, cache, strangers)
            response = {"learned": b64encode(weights_to_bytes(weights)).decode()}
        except Exception as error:
            response = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.buffer.write(msgspec.json.encode(response) + b"\n")
        sys.stdout.buffer.flush()


def _decoded(records: list[msgspec.Raw], known: dict[bytes, PostContext]) -> list[PostContext]:
    """The contexts of records. Those of the last training are the same objects, by which the cache finds them."""
    return [known.get(bytes(record)) or context_from_stored(bytes(record)) for record in records]


def _encoded(context: PostContext) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(context_to_record(context)))
