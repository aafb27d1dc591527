"""Learns from marks: a pure function of the starter and the marks, so an undo is exact. scikit-learn lives here alone.

One logistic regression per category against the rest, refitted on the newest marks at every mark (liblinear's dual
solver: the rows are few and wide). How far the starter and the own models are believed is fitted too, on what each
had said of marks it had not yet seen (progressive validation in blocks that double), pulled to (1, 1, 0).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ..models.case import Case
from ..models.mark import Mark
from ..models.verdict import CATEGORIES
from ..models.weights import FourNumbers, Linear, Stack, Weights
from .features import features, row
from .score import Scorer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEWEST = 3_000
"""How many marks are learned from at most: spammers change their words, and a second must be enough."""

_STRENGTH = 40.0
"""The inverse of the regularisation (C) of the own models."""

_FIRST_BLOCK = 16
_STACK_BLOCKS_FROM = 24
_PULL = 6.0
"""How many marks' worth of belief the stack starts with."""

_HANDFUL = 5
_NAMED_SCALE = 0.5
_ROWS: "dict[int, tuple[Case, NDArray[np.int64], NDArray[np.float64]]]" = {}
_NAMES: dict[int, str] = {}


def learn(starter: Weights, marks: Sequence[Mark]) -> Weights:
    """Weights that know the marks, given oldest first. No marks: the starter as it was."""
    if not marks:
        return starter
    import numpy as np

    newest = list(marks[-NEWEST:])
    targets = np.array([CATEGORIES.index(mark.category) for mark in newest])
    table = _Table([mark.case for mark in newest])
    own = table.fit(targets)
    stack = Stack(own=_early(len(newest)))
    if len(newest) >= _STACK_BLOCKS_FROM:
        stack = _stack(starter, table, targets, [mark.case for mark in newest])
    return replace(starter, own=own, stack=stack, marks=len(marks))


class _Table:
    """The marked cases as one sparse table, its columns only those that occur. `keys` names the columns."""

    def __init__(self, cases: Sequence[Case]) -> None:
        import numpy as np
        from scipy.sparse import csr_matrix

        rows = [_row(case) for case in cases]
        keys, columns = np.unique(np.concatenate([keys for keys, _ in rows]), return_inverse=True)
        starts = np.cumsum([0, *(len(keys) for keys, _ in rows)])
        self.keys = keys
        self.rows = csr_matrix(
            (np.concatenate([values for _, values in rows]), columns.astype(np.int32), starts.astype(np.int32)),
            shape=(len(rows), max(len(keys), 1)),
        )

    def coefficients(self, targets: "NDArray[np.int64]", upto: int) -> tuple["NDArray[np.float64]", FourNumbers]:
        """Weights (categories x columns) and biases of the models fitted on the first rows."""
        import numpy as np
        from scipy.sparse import csr_matrix, vstack

        width = self.rows.shape[1]
        # Two posts that say nothing, one of a person: with marks of one kind only there is still a rest to tell apart.
        table = vstack([self.rows[:upto], csr_matrix((2, width))]).tocsr()
        weights = np.zeros((len(CATEGORIES), width))
        biases = []
        for index in range(len(CATEGORIES)):
            wanted = np.append(targets[:upto] == index, [index == 0, False])
            if index and not wanted.any():
                # A category never marked: as likely as the rule of succession says.
                biases.append(-float(np.log(upto + 2.0)))
                continue
            coefficients, bias = _logistic(table, wanted)
            weights[index] = coefficients
            biases.append(bias)
        return weights, (biases[0], biases[1], biases[2], biases[3])

    def fit(self, targets: "NDArray[np.int64]") -> Linear:
        """The models of all rows, by the names of the features."""
        weights, bias = self.coefficients(targets, self.rows.shape[0])
        fours = list(map(tuple, weights.T.tolist()))
        keys = self.keys.tolist()
        hashed = {key: four for key, four in zip(keys, fours, strict=False) if key >= 0}
        named = {_NAMES[key]: _scaled(four) for key, four in zip(keys, fours, strict=False) if key < 0}
        return Linear(hashed, named, bias)


def _scaled(four: Any) -> FourNumbers:
    person, celebrity, sales, spam = four
    return (person * _NAMED_SCALE, celebrity * _NAMED_SCALE, sales * _NAMED_SCALE, spam * _NAMED_SCALE)


def _logistic(table: Any, wanted: "NDArray[np.bool_]") -> tuple["NDArray[np.float64]", float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, solver="liblinear", dual=True, tol=0.02, max_iter=200, random_state=0)
    model.fit(table, wanted)
    return model.coef_[0], float(model.intercept_[0])


def _row(case: Case) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """A case's row as keys and values, remembered: the same marks are learned again at every further mark.

    A named feature's key is below zero, so that it never meets a hash.
    """
    import numpy as np

    known = _ROWS.get(id(case))
    if known is not None and known[0] is case:
        return known[1], known[2]
    hashed, named = row(features(case))
    name_keys = [-1 - crc32(name.encode()) for name in named]
    _NAMES.update(zip(name_keys, named, strict=True))
    keys = np.array([*hashed, *name_keys], dtype=np.int64)
    values = np.array([*hashed.values(), *(_NAMED_SCALE * value for value in named.values())])
    if len(_ROWS) > 2 * NEWEST:
        _ROWS.clear()
    # The case is kept beside its row, so that its id stays its own.
    _ROWS[id(case)] = (case, keys, values)
    return keys, values


def _stack(starter: Weights, table: _Table, targets: "NDArray[np.int64]", cases: Sequence[Case]) -> Stack:
    """Scales and shifts that would have served best on marks that were not yet learned when they were made."""
    import numpy as np
    from scipy.optimize import minimize

    said_own = []
    first = _FIRST_BLOCK
    start = first
    while start < len(cases):
        end = min(start * 2, len(cases))
        weights, bias = table.coefficients(targets, start)
        linear = table.rows[start:end] @ weights.T + np.array(bias)
        said_own.append(-np.logaddexp(0.0, -linear))
        start = end
    own = np.vstack(said_own)
    plain = Scorer(replace(starter, own=None, stack=Stack()))
    said = np.array([_remembered_logits(plain, case) for case in cases[first:]])
    truth = targets[first:]
    rows = np.arange(len(truth))

    def loss(numbers: "NDArray[np.float64]") -> tuple[float, "NDArray[np.float64]"]:
        a, b, shift = numbers[0], numbers[1], numbers[2:]
        logits = a * said + b * own + shift
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        odds /= odds.sum(axis=1, keepdims=True)
        off = odds.copy()
        off[rows, truth] -= 1.0
        pull = numbers - start_at
        value = -np.log(odds[rows, truth] + 1e-12).sum() + _PULL * (pull**2).sum()
        gradient = np.concatenate([[(off * said).sum(), (off * own).sum()], off.sum(axis=0)]) + 2 * _PULL * pull
        return float(value), gradient

    start_at = np.array([1.0, _early(len(cases)), 0.0, 0.0, 0.0, 0.0])
    bounds = [(0.0, 4.0), (0.0, 8.0), *[(-3.0, 3.0)] * 4]
    found = minimize(loss, start_at, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
    return Stack(found[0], found[1], (found[2], found[3], found[4], found[5]))


def _early(marks: int) -> float:
    """How far the own models are believed before anything can be fitted: a few marks must not outvote the starter."""
    return marks / (marks + _HANDFUL)


_LOGITS: dict[int, tuple[Case, Any, FourNumbers]] = {}


def _remembered_logits(plain: Scorer, case: Case) -> FourNumbers:
    known = _LOGITS.get(id(case))
    if known is not None and known[0] is case and known[1] is plain.weights.starter:
        return known[2]
    if len(_LOGITS) > 2 * NEWEST:
        _LOGITS.clear()
    logits = plain.score(case).logits
    _LOGITS[id(case)] = (case, plain.weights.starter, logits)
    return logits
