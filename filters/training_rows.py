"""The row of a post in a training: the keys and values of its features, and the sum of its word vectors."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from ..models.context import PostContext
from .features import features, row, whole_word
from .linear import WHOLE
from .style import style
from .training_cache import TrainingCache
from .word_vectors import DIMENSIONS, STEP, word_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .training_cache import Row

NAMED_SCALE = 0.5
_NOT_LEARNED = ("account:", "tie:")
"""Features of an account's counts, which only the base model reads. The first marks are mostly on the largest
broadcasters, and would teach that small accounts, including spammers, are people.
"""


def row_of(context: PostContext, cache: TrainingCache) -> "Row":
    """The row of a context, cached because every training reads the same marks again.

    The key of a named feature is below zero, so that it never equals a hash.
    """
    import numpy as np

    known = cache.rows.get(context)
    if known is not None:
        return known
    found = features(context)
    hashed, named = row(found)
    named = {name: value for name, value in named.items() if not name.startswith(_NOT_LEARNED)}
    typed = style(context.post.text)
    name_keys = [-1 - crc32(name.encode()) for name in named]
    cache.names.update(zip(name_keys, named, strict=True))
    wholes = Counter([*map(whole_word, found.text.words), *typed.marked])
    hashed |= {key: len(typed.kinds) ** -0.5 for key in typed.kinds}
    whole = WHOLE * wholes.total() ** -0.5 if wholes else 0.0
    hashed |= {key: count * whole for key, count in wholes.items()}
    keys = np.array([*hashed, *name_keys], dtype=np.int64)
    values = np.array([*hashed.values(), *(NAMED_SCALE * value for value in named.values())])
    known = (keys, values, whole * _sum_of_vectors(found.text.words))
    cache.rows.set(context, known)
    return known


def _sum_of_vectors(words: Sequence[str]) -> "NDArray[np.float64]":
    import numpy as np

    table = word_vectors()
    found = [at for at in map(table.find, words) if at >= 0]
    components = np.frombuffer(table.components, np.int8).reshape(-1, DIMENSIONS)
    return np.asarray(STEP * components[found].sum(axis=0, dtype=np.float64))
