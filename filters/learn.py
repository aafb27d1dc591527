"""Learns from marks. The result depends on base model, marks and examples alone, so undo is exact.

Only this module imports scikit-learn. There are two questions and two kinds of models. Noise or a person: one logistic
regression over the newest marks, and as many free examples as noise marks exceed person marks (filters/examples.py).
Its columns are scaled by how one-sided they are (naive Bayes log-count ratios; Wang and Manning 2012, "Baselines and
Bigrams"). It is refitted at every mark with liblinear's dual solver, because the rows are few and wide. A second
logistic regression reads the vectors of the words (filters/word_vectors.py), and up to half of its log-odds is added:
words that no mark contained count like words of similar meaning. Which kind of noise: one model per kind, over the
marks on noise alone.

A blend says how far to trust the base model and the personal model. It is fitted on predictions for marks that were
not learned yet (progressive validation in blocks that double), with a pull to (1, 1, 0). If one class is missing, the
personal model is not trusted. The hide threshold depends on how many posts of known people the blend would hide.
"""

from array import array
from collections.abc import Sequence
from math import log
from operator import is_
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..models.context import PostContext
from ..models.mark import Mark
from ..models.verdict import CATEGORIES
from ..models.weights import HIDE_THRESHOLD, Blend, FourNumbers, HashedWeights, Linear, Weights
from .blend import (
    ENOUGH_STRANGERS,
    FIRST_BLOCK,
    THRESHOLD_WITH_EXAMPLES,
    THRESHOLD_WITH_STRANGERS,
    Samples,
    compare,
    early_trust,
    fit_blend,
    make_samples,
    personal_limit,
    read_like_people,
    safe_threshold,
    threshold_of_marks,
    weight_of_people,
    with_people,
)
from .examples import text_only
from .training_cache import NEWEST, TrainingCache
from .training_odds import base_odds, blended, evidence_odds
from .training_rows import NAMED_SCALE, row_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .training_cache import Fitted

    Model = tuple[NDArray[np.float64], float, NDArray[np.float64]]

_STRENGTH = 40.0
"""The inverse regularisation (C) of the personal models."""

_ANY_COLUMN = 0.3
_ONE_SIDED = 0.6
"""A column is scaled by 0.3, plus 0.6 for each factor of e that it is one-sided. With few marks, a column's own
count must matter, but not alone.
"""

_SMOOTH = 0.05
_VECTOR_STRENGTH = 5.0
VECTOR_SHARE = 0.5
"""The inverse regularisation of the model of word vectors, and the share of its log-odds that is added with many marks,
as many on people as on noise. With marks on noise alone, nothing is added: friends write about other subjects than
strangers, which does not make strangers noise.
"""

_FEW_FOR_VECTORS = 150
"""With this many samples, half of that is added. On topics, vectors of few marks hide more personal posts."""

_STACK_FROM = 8
_EVEN = 10.0
"""The assumed number of marks of each kind of noise, before the user's own frequencies count."""

_CHECKED = 100


def learn(
    base_model: Weights,
    marks: Sequence[Mark],
    examples: Sequence[PostContext] = (),
    cache: TrainingCache | None = None,
    strangers: Sequence[PostContext] = (),
) -> Weights:
    """Train a personal model on marks, oldest first. Without marks, return the base model itself.

    `examples` are posts of known people from `choose_examples`. As many are learned as noise marks exceed person
    marks. Some of the others only measure how many such posts would be hidden. `strangers` are unmarked posts by
    followed strangers from `choose_strangers`: with examples in place of marks, they show how often the personal model
    calls strangers noise, and those that read like a person's are learned too.
    `cache` is kept by the caller, and makes the next training faster.
    """
    if not marks:
        return base_model
    import numpy as np

    cache = cache or TrainingCache()
    samples, used = make_samples(marks[-NEWEST:], examples)
    table = _Table(samples.contexts, cache)
    noise = np.bincount(samples.targets, weights=samples.kind_weights, minlength=len(CATEGORIES))[1:]
    often = noise + _EVEN
    celebrity, sales, spam = np.log(often * len(often) / often.sum()).tolist()
    blend = Blend(personal=early_trust(samples), kinds=(celebrity, sales, spam), limit=personal_limit(samples))
    if len(samples.contexts) >= _STACK_FROM:
        base = base_odds(base_model, samples.contexts, blend, cache)
        evidence = evidence_odds(base_model, samples.contexts, blend, cache)
        blend, seen = fit_blend(samples, base, _progressive_odds(table, samples, cache), evidence, blend)
        threshold = threshold_of_marks(seen.marked)
        fitted = table.person(samples.targets, samples.weights)
        checked = examples[used : used + _CHECKED]
        if used and len(strangers) >= ENOUGH_STRANGERS and blend.personal:
            base = base_odds(base_model, strangers, blend, cache)
            personal, theirs = _with_strangers(table, samples, fitted, strangers, base, cache)
            trust, too_many = compare(blend, base, theirs)
            blend = replace(blend, personal=trust * blend.personal)
            if blend.personal:
                person, *kinds = personal.bias
                personal = replace(personal, bias=(person + too_many / blend.personal, *kinds))
            # Posts of strangers replace posts of friends as the measure.
            if threshold <= HIDE_THRESHOLD:
                threshold = THRESHOLD_WITH_STRANGERS
        else:
            personal = table.fit(samples, fitted)
            unseen = [seen.people]
            if checked:
                of_people = _Table(checked, cache).odds(table.keys, fitted, vector_share(samples))
                unseen.append(blended(blend, base_odds(base_model, checked, blend, cache), of_people))
            safe = threshold
            if checked or used:
                safe = max(threshold, safe_threshold(np.concatenate(unseen)))
            if used:
                # The base model and the rules saw none of the marks, so only the personal model is doubted.
                threshold = max(threshold, HIDE_THRESHOLD)
                margin = _log_odds(max(safe, THRESHOLD_WITH_EXAMPLES)) - _log_odds(threshold)
                blend = replace(blend, margin=margin)
            else:
                threshold = safe
        blend = replace(blend, threshold=threshold)
    else:
        personal = table.fit(samples, table.person(samples.targets, samples.weights))
    return replace(base_model, personal=personal, blend=blend, marks=len(marks))


def _log_odds(probability: float) -> float:
    return log(probability / (1 - probability))


class _Table:
    """The contexts as one sparse table of the columns that occur. `keys` names the columns."""

    def __init__(self, contexts: Sequence[PostContext], cache: TrainingCache) -> None:
        import numpy as np
        from scipy.sparse import csr_matrix

        rows = [row_of(context, cache) for context in contexts]
        self._names = cache.names
        keys, columns = np.unique(np.concatenate([keys for keys, _, _ in rows]), return_inverse=True)
        starts = np.cumsum([0, *(len(keys) for keys, _, _ in rows)])
        self.keys = keys
        self.vectors = np.array([vector for _, _, vector in rows])
        self.rows = csr_matrix(
            (np.concatenate([values for _, values, _ in rows]), columns.astype(np.int32), starts.astype(np.int32)),
            shape=(len(rows), max(len(keys), 1)),
        )
        self.rows.sort_indices()

    def person(self, targets: "NDArray[np.int64]", weights: "NDArray[np.float64]") -> "Model":
        """The weights of the columns, the bias, and the weights of word vectors (the last one is their bias), of person
        against noise.
        """
        import numpy as np

        table = _padded(self.rows)
        wanted = np.append(targets == 0, [True, False])
        counts = np.append(weights, [1.0, 1.0])
        theirs = table[wanted].T @ counts[wanted] + _SMOOTH
        others = table[~wanted].T @ counts[~wanted] + _SMOOTH
        ratio = np.abs(np.log(theirs / theirs.sum() * others.sum() / others))
        scale = np.where(self.keys >= 0, _ANY_COLUMN + _ONE_SIDED * ratio, 1.0)
        table.data *= scale[table.indices]
        coefficients, bias = _logistic(table, wanted, counts)
        return coefficients * scale, bias, _fit_vectors(self.vectors, wanted, counts)

    def kinds(
        self, targets: "NDArray[np.int64]", counts: "NDArray[np.float64]"
    ) -> tuple["NDArray[np.float64]", list[float]]:
        """The weights (kinds x columns) and biases of each kind of noise against the others; 0 before any is marked."""
        import numpy as np

        weights = np.zeros((len(CATEGORIES) - 1, self.rows.shape[1]))
        biases = [0.0] * len(weights)
        noise = np.flatnonzero(targets)
        if len(noise):
            table = _padded(self.rows[noise])
            counts = np.append(counts[noise], [1.0, 1.0])
            for kind in range(len(weights)):
                wanted = np.append(targets[noise] == kind + 1, [True, False])
                weights[kind], biases[kind] = _logistic(table, wanted, counts)
        return weights, biases

    def odds(
        self,
        keys: "NDArray[np.int64]",
        fitted: "Model",
        share: float,
    ) -> "NDArray[np.float64]":
        """The log-odds of noise of all rows by a model that `person` fitted to other rows with these keys."""
        import numpy as np

        person, bias, vector = fitted
        places = np.minimum(np.searchsorted(keys, self.keys), len(keys) - 1)
        weights = np.where(keys[places] == self.keys, person[places], 0.0)
        by_vectors = self.vectors @ vector[:-1] + vector[-1]
        return np.asarray(-(self.rows @ weights + share * by_vectors + bias))

    def fit(self, samples: Samples, fitted: "Model") -> Linear:
        """The models of all rows, by the names of the features. `fitted` is the result of `person`."""
        import numpy as np

        person, bias, vector = fitted
        kinds, biases = self.kinds(samples.targets, samples.kind_weights)
        vector = vector * vector_share(samples)
        fours = np.vstack([person, kinds]).T
        # Names are below zero and come first; hashes follow in ascending order.
        names = int(np.searchsorted(self.keys, 0))
        keys = self.keys[:names].tolist()
        named = {self._names[key]: _scaled(four) for key, four in zip(keys, fours[:names].tolist(), strict=True)}
        hashes = self.keys[names:].astype(np.uint32)
        hashed = HashedWeights(
            array("I", np.searchsorted(hashes, np.arange(2**16 + 1) << 16).astype(np.uint32).tobytes()),
            array("H", hashes.astype(np.uint16).tobytes()),
            array("f", fours[names:].astype(np.float32).tobytes()),
        )
        celebrity, sales, spam = biases
        return Linear(hashed, named, (bias + float(vector[-1]), celebrity, sales, spam), tuple(vector[:-1].tolist()))


def _with_strangers(
    table: _Table,
    samples: Samples,
    fitted: "Model",
    strangers: Sequence[PostContext],
    base: "NDArray[np.float64]",
    cache: TrainingCache,
) -> tuple[Linear, "NDArray[np.float64]"]:
    """Train a model also on strangers' posts that read like a person's; returns it with its log-odds of noise of all.

    `base` is the log-odds by the base model. The log-odds of each half come from a model that learned the other half.
    """
    import numpy as np

    theirs = _Table(strangers, cache)
    chosen = read_like_people(base, theirs.odds(table.keys, fitted, vector_share(samples)))
    texts = [_text_only(context, cache) for context in strangers]
    weight = weight_of_people(samples, int(chosen.sum()))
    odds = np.zeros(len(strangers))
    places = np.arange(len(strangers))
    for half in (0, 1):
        others = with_people(samples, [texts[place] for place in places[chosen & (places % 2 != half)]], weight)
        other_table = _Table(others.contexts, cache)
        other = other_table.person(others.targets, others.weights)
        odds[half::2] = theirs.odds(other_table.keys, other, vector_share(others))[half::2]
    both = with_people(samples, [texts[place] for place in places[chosen]], weight)
    table = _Table(both.contexts, cache)
    return table.fit(both, table.person(both.targets, both.weights)), odds


def _text_only(context: PostContext, cache: TrainingCache) -> PostContext:
    known = cache.texts.get(context)
    if known is None:
        known = PostContext(text_only(context.post))
        cache.texts.set(context, known)
    return known


def _padded(rows: Any) -> Any:
    """The rows and two empty ones, one per class, so that marks of a single kind have a counterpart."""
    import numpy as np
    from scipy.sparse import csr_matrix

    starts = np.append(rows.indptr, [rows.nnz, rows.nnz])
    return csr_matrix((rows.data.copy(), rows.indices, starts), shape=(rows.shape[0] + 2, rows.shape[1]))


def _scaled(four: Any) -> FourNumbers:
    person, celebrity, sales, spam = four
    return (person * NAMED_SCALE, celebrity * NAMED_SCALE, sales * NAMED_SCALE, spam * NAMED_SCALE)


def _logistic(
    table: Any, wanted: "NDArray[np.bool_]", weights: "NDArray[np.float64]"
) -> tuple["NDArray[np.float64]", float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, solver="liblinear", dual=True, tol=0.02, max_iter=200, random_state=0)
    model.fit(table, wanted, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def vector_share(samples: Samples) -> float:
    """How much of the log-odds of the model of word vectors is added."""
    count = len(samples.contexts)
    return VECTOR_SHARE * samples.marked_balance * count / (count + _FEW_FOR_VECTORS)


def _fit_vectors(
    vectors: "NDArray[np.float64]", wanted: "NDArray[np.bool_]", counts: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """The weights of the dimensions of word vectors, then the bias. `wanted` and `counts` have two rows more."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows = np.vstack([vectors, np.zeros((2, vectors.shape[1]))])
    # The other model has learned how often each class was marked. This one gives both the same weight.
    people, noise = counts[wanted].sum(), counts[~wanted].sum()
    balanced = counts * np.where(wanted, min(noise / people, 1.0), min(people / noise, 1.0))
    model = LogisticRegression(C=_VECTOR_STRENGTH, solver="liblinear", tol=0.01, random_state=0)
    model.fit(rows, wanted, sample_weight=balanced)
    return np.append(model.coef_[0], model.intercept_)


def _progressive_odds(table: _Table, samples: Samples, cache: TrainingCache) -> "NDArray[np.float64]":
    """The personal model's log-odds of noise for each sample, trained on the samples before its block."""
    import numpy as np

    contexts, share = samples.contexts, vector_share(samples)
    # The first samples have no prediction by a personal model, but they can still measure the base model.
    odds = [np.zeros(min(FIRST_BLOCK, len(contexts)))]
    start = FIRST_BLOCK
    while start < len(contexts):
        end = min(start * 2, len(contexts))
        keys, known, bias, vector = _before(contexts[:start], samples.targets[:start], samples.weights[:start], cache)
        weights = np.zeros(len(table.keys))
        weights[np.searchsorted(table.keys, keys)] = known
        by_vectors = table.vectors[start:end] @ vector[:-1] + vector[-1]
        odds.append(-(table.rows[start:end] @ weights + share * by_vectors + bias))
        start = end
    return np.concatenate(odds)


def _before(
    contexts: Sequence[PostContext], targets: "NDArray[np.int64]", weights: "NDArray[np.float64]", cache: TrainingCache
) -> "Fitted":
    """The model of the first marks, cached because the next training needs it again."""
    known = cache.fitted.get(len(contexts))
    if known is not None and _are_same(known[:3], (contexts, targets, weights)):
        return known[3]
    table = _Table(contexts, cache)
    fitted = (table.keys, *table.person(targets, weights))
    cache.fitted[len(contexts)] = (contexts, targets, weights, fitted)
    return fitted


def _are_same(known: tuple[Any, Any, Any], now: tuple[Any, Any, Any]) -> bool:
    same = (known[1] == now[1]).all() and (known[2] == now[2]).all() and all(map(is_, known[0], now[0]))
    return bool(same)
