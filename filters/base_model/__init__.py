"""The base model, which is shipped: plain numbers, built by the module `build`."""

from functools import cache
from pathlib import Path

from ...codec.weights import weights_from_bytes
from ...models.weights import Linear, Weights

_FILE = Path(__file__).with_name("base_model.bin")

EMPTY = Weights(Linear(bias=(1.5, 0.0, 0.0, 0.0)), name="empty")
"""The model for `--no-starter`: it only assumes that most posts are by people."""


@cache
def base_model() -> Weights:
    """The packaged base model. It is read once."""
    return weights_from_bytes(_FILE.read_bytes())
