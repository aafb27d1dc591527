"""Learns from marks: a pure function of the starter and the marks, so an undo is exact. scikit-learn lives here alone.

Two questions, two models. Noise or a person: one logistic regression over all of the newest marks, its columns weighed
by how one-sided they are (naive Bayes' log-count ratios; Wang and Manning 2012, "Baselines and Bigrams"), refitted at
every mark (liblinear's dual solver: the rows are few and wide). Which kind of noise: one model per kind, over the marks
on noise alone. How far the starter and the own model are believed is fitted too, on what each had said of marks it had
not yet seen (progressive validation in blocks that double), pulled to (1, 1, 0).
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import log
from operator import is_
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ..models.context import PostContext
from ..models.mark import Mark
from ..models.verdict import CATEGORIES
from ..models.weights import HIDE_THRESHOLD, Blend, FourNumbers, HashedWeights, Linear, Weights
from .features import features, row, whole_word
from .score import WHOLE, Scorer
from .style import style

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    _Fitted = tuple[NDArray[np.int64], NDArray[np.float64], float]
    """Keys of the columns, ascending; a weight for each; the bias."""

NEWEST = 3_000
"""How many marks are learned from at most: spammers change their words, and a second must be enough."""

_STRENGTH = 40.0
"""The inverse of the regularisation (C) of the own models."""

_ANY_COLUMN = 0.3
_ONE_SIDED = 0.6
"""A column is scaled by 0.3, and by 0.6 for each e-fold that it is one-sided: so many of the marks are few that a
column's own count must speak, but not alone."""

_SMOOTH = 0.05
_FIRST_BLOCK = 16
_STACK_FROM = 8
_PULL = 4.0
"""How many marks' worth of belief the stack starts with."""

_LINES = (0.97, 0.95, 0.93, 0.9, 0.87, 0.84, 0.8, 0.75, 0.7)
_MOST_LOST = 0.008
"""Where the line is drawn: of the marks as `person`, at most this share may be above it, judged before they were
learned. Half a mark is added to be on the safe side, so that fewer than sixty marks move nothing."""

_EVEN = 3.0
"""So many marks of each kind of noise are taken as given, before the user's habit is believed."""

_HANDFUL = 10
_BOLD = 1.3
"""A model of few marks is surer than it says: so much its odds are widened, until the stack is fitted to say better."""

_NAMED_SCALE = 0.5
_NOT_LEARNED = ("account:", "tie:")
"""What an account's numbers say is the starter's to know: the first marks are mostly on the largest broadcasters, and
would teach that whoever is small is a person, the spammer too."""

_ROWS: "dict[int, tuple[PostContext, NDArray[np.int64], NDArray[np.float64]]]" = {}
_NAMES: dict[int, str] = {}


def learn(base_model: Weights, marks: Sequence[Mark]) -> Weights:
    """Weights that know the marks, given oldest first. No marks: the starter as it was."""
    if not marks:
        return base_model
    import numpy as np

    newest = list(marks[-NEWEST:])
    targets = np.array([CATEGORIES.index(mark.category) for mark in newest])
    table = _Table([mark.context for mark in newest])
    often = np.bincount(targets, minlength=len(CATEGORIES))[1:] + _EVEN
    celebrity, sales, spam = np.log(often * len(often) / often.sum()).tolist()
    blend = Blend(personal=_early(len(newest)), kinds=(celebrity, sales, spam))
    if len(newest) >= _STACK_FROM:
        blend = _blend(base_model, table, targets, [mark.context for mark in newest], blend)
    return replace(base_model, personal=table.fit(targets), blend=blend, marks=len(marks))


class _Table:
    """The marked cases as one sparse table, its columns only those that occur. `keys` names the columns."""

    def __init__(self, contexts: Sequence[PostContext]) -> None:
        import numpy as np
        from scipy.sparse import csr_matrix

        rows = [_row(context) for context in contexts]
        keys, columns = np.unique(np.concatenate([keys for keys, _ in rows]), return_inverse=True)
        starts = np.cumsum([0, *(len(keys) for keys, _ in rows)])
        self.keys = keys
        self.rows = csr_matrix(
            (np.concatenate([values for _, values in rows]), columns.astype(np.int32), starts.astype(np.int32)),
            shape=(len(rows), max(len(keys), 1)),
        )
        self.rows.sort_indices()

    def person(self, targets: "NDArray[np.int64]") -> tuple["NDArray[np.float64]", float]:
        """Weights of the columns and the bias of a person against noise."""
        import numpy as np

        table = _padded(self.rows)
        wanted = np.append(targets == 0, [True, False])
        theirs = np.asarray(table[wanted].sum(axis=0)).ravel() + _SMOOTH
        others = np.asarray(table[~wanted].sum(axis=0)).ravel() + _SMOOTH
        ratio = np.abs(np.log(theirs / theirs.sum() * others.sum() / others))
        scale = np.where(self.keys >= 0, _ANY_COLUMN + _ONE_SIDED * ratio, 1.0)
        table.data *= scale[table.indices]
        coefficients, bias = _logistic(table, wanted)
        return coefficients * scale, bias

    def kinds(self, targets: "NDArray[np.int64]") -> tuple["NDArray[np.float64]", list[float]]:
        """Weights (kinds x columns) and biases of each kind of noise against the others; 0 before any is marked."""
        import numpy as np

        weights = np.zeros((len(CATEGORIES) - 1, self.rows.shape[1]))
        biases = [0.0] * len(weights)
        noise = np.flatnonzero(targets)
        if len(noise):
            table = _padded(self.rows[noise])
            for kind in range(len(weights)):
                wanted = np.append(targets[noise] == kind + 1, [True, False])
                weights[kind], biases[kind] = _logistic(table, wanted)
        return weights, biases

    def fit(self, targets: "NDArray[np.int64]") -> Linear:
        """The models of all rows, by the names of the features."""
        import numpy as np

        person, bias = self.person(targets)
        kinds, biases = self.kinds(targets)
        fours = np.vstack([person, kinds]).T
        # Names are below zero and stand first, hashes ascend behind them.
        names = int(np.searchsorted(self.keys, 0))
        keys = self.keys[:names].tolist()
        named = {_NAMES[key]: _scaled(four) for key, four in zip(keys, fours[:names].tolist(), strict=True)}
        hashes = self.keys[names:].astype(np.uint32)
        hashed = HashedWeights(
            array("I", np.searchsorted(hashes, np.arange(2**16 + 1) << 16).astype(np.uint32).tobytes()),
            array("H", hashes.astype(np.uint16).tobytes()),
            array("f", fours[names:].astype(np.float32).tobytes()),
        )
        celebrity, sales, spam = biases
        return Linear(hashed, named, (bias, celebrity, sales, spam))


def _padded(rows: Any) -> Any:
    """Rows and two that say nothing, one of each side: marks of one kind only still have a rest to be told from."""
    import numpy as np
    from scipy.sparse import csr_matrix

    starts = np.append(rows.indptr, [rows.nnz, rows.nnz])
    return csr_matrix((rows.data.copy(), rows.indices, starts), shape=(rows.shape[0] + 2, rows.shape[1]))


def _scaled(four: Any) -> FourNumbers:
    person, celebrity, sales, spam = four
    return (person * _NAMED_SCALE, celebrity * _NAMED_SCALE, sales * _NAMED_SCALE, spam * _NAMED_SCALE)


def _logistic(table: Any, wanted: "NDArray[np.bool_]") -> tuple["NDArray[np.float64]", float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, solver="liblinear", dual=True, tol=0.02, max_iter=200, random_state=0)
    model.fit(table, wanted)
    return model.coef_[0], float(model.intercept_[0])


def _row(context: PostContext) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """A case's row as keys and values, remembered: the same marks are learned again at every further mark.

    A named feature's key is below zero, so that it never meets a hash.
    """
    import numpy as np

    known = _ROWS.get(id(context))
    if known is not None and known[0] is context:
        return known[1], known[2]
    found = features(context)
    hashed, named = row(found)
    named = {name: value for name, value in named.items() if not name.startswith(_NOT_LEARNED)}
    typed = style(context.post.text)
    name_keys = [-1 - crc32(name.encode()) for name in named]
    _NAMES.update(zip(name_keys, named, strict=True))
    wholes = Counter([*map(whole_word, found.words), *typed.marked])
    hashed |= {key: len(typed.kinds) ** -0.5 for key in typed.kinds}
    hashed |= {key: count * WHOLE * wholes.total() ** -0.5 for key, count in wholes.items()}
    keys = np.array([*hashed, *name_keys], dtype=np.int64)
    values = np.array([*hashed.values(), *(_NAMED_SCALE * value for value in named.values())])
    if len(_ROWS) > 2 * NEWEST:
        _ROWS.clear()
    # The case is kept beside its row, so that its id stays its own.
    _ROWS[id(context)] = (context, keys, values)
    return keys, values


def _blend(
    base_model: Weights, table: _Table, targets: "NDArray[np.int64]", contexts: Sequence[PostContext], start_at: Blend
) -> Blend:
    """Scales and a shift that would have served best on marks that were not yet learned when they were made."""
    import numpy as np
    from scipy.optimize import minimize

    # Of the first marks the own model knew nothing yet; the starter can be held against them all the same.
    personal_odds = [np.zeros(min(_FIRST_BLOCK, len(contexts)))]
    start = _FIRST_BLOCK
    while start < len(contexts):
        end = min(start * 2, len(contexts))
        keys, known, bias = _before(contexts[:start], targets[:start])
        weights = np.zeros(len(table.keys))
        weights[np.searchsorted(table.keys, keys)] = known
        personal_odds.append(-(table.rows[start:end] @ weights + bias))
        start = end
    personal = np.concatenate(personal_odds)
    plain = Scorer(replace(base_model, personal=None, blend=Blend()))
    logits = np.array([_remembered_logits(plain, context) for context in contexts])
    said = np.logaddexp.reduce(logits[:, 1:] + np.array(start_at.kinds), axis=1) - logits[:, 0]
    noise = (targets != 0).astype(float)
    # The first marks are often all of one kind: how often a user marks noise is not read from them.
    later = (np.arange(len(contexts)) >= _FIRST_BLOCK).astype(float)
    anchor = np.array([start_at.base_model, start_at.personal, start_at.shift])

    def loss(numbers: "NDArray[np.float64]") -> tuple[float, "NDArray[np.float64]"]:
        odds = numbers[0] * said + numbers[1] * personal + numbers[2] * later
        off = 1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500))) - noise
        pull = numbers - anchor
        value = (np.logaddexp(0.0, odds) - noise * odds).sum() + _PULL * (pull**2).sum()
        gradient = np.array([(off * said).sum(), (off * personal).sum(), (off * later).sum()]) + 2 * _PULL * pull
        return float(value), gradient

    bounds = [(0.0, 4.0), (0.0, 8.0), (-3.0, 3.0)]
    scale, scale_personal, shift = minimize(loss, anchor, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
    unseen = (scale * said + scale_personal * personal + shift)[_FIRST_BLOCK:]
    line = _line(unseen[noise[_FIRST_BLOCK:] == 0])
    return replace(start_at, base_model=scale, personal=scale_personal, shift=shift, threshold=line)


_BEFORE: "dict[int, tuple[Sequence[PostContext], NDArray[np.int64], _Fitted]]" = {}


def _before(contexts: Sequence[PostContext], targets: "NDArray[np.int64]") -> "_Fitted":
    """What the first marks alone had taught; remembered, for the next mark asks the same again."""
    known = _BEFORE.get(len(contexts))
    if known is not None and (known[1] == targets).all() and all(map(is_, known[0], contexts)):
        return known[2]
    table = _Table(contexts)
    fitted = (table.keys, *table.person(targets))
    _BEFORE[len(contexts)] = (contexts, targets, fitted)
    return fitted


def _line(people: "NDArray[np.float64]") -> float:
    """Above which probability a guess may hide, by what was said of a person's posts before they were marked so.

    Log-odds in. A filter that was never wrong about people may be bolder than one that was: the line goes down while
    hardly any of them would be lost, and up where more than that would be.
    """
    allowed = _MOST_LOST * (len(people) + 1)
    if allowed < 0.5:
        return HIDE_THRESHOLD
    line = _LINES[0]
    for lower in _LINES[1:]:
        if (people > log(lower / (1 - lower))).sum() + 0.5 > allowed:
            break
        line = lower
    return line


def _early(marks: int) -> float:
    """How far the own models are believed before anything can be fitted: a few marks must not outvote the starter."""
    return _BOLD * marks / (marks + _HANDFUL)


_LOGITS: dict[int, tuple[PostContext, Any, FourNumbers]] = {}


def _remembered_logits(plain: Scorer, context: PostContext) -> FourNumbers:
    known = _LOGITS.get(id(context))
    if known is not None and known[0] is context and known[1] is plain.weights.base_model:
        return known[2]
    if len(_LOGITS) > 2 * NEWEST:
        _LOGITS.clear()
    logits = plain.score(context).logits
    _LOGITS[id(context)] = (context, plain.weights.base_model, logits)
    return logits
