"""The starter: what the classifier knows before the first mark; plain numbers, built by the module `build`."""

from functools import cache
from pathlib import Path

from ...codec.weights import weights_from_bytes
from ...models.weights import Linear, Weights

_FILE = Path(__file__).with_name("base_model.bin")

EMPTY = Weights(Linear(bias=(1.5, 0.0, 0.0, 0.0)), name="empty")
"""Knows nothing but that most posts are people's: where `--no-starter` starts."""


@cache
def base_model() -> Weights:
    """The packaged starter, read once."""
    return weights_from_bytes(_FILE.read_bytes())
