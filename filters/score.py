"""Scores a post with plain weights and explains the score. Uses only the standard library and a few dozen look-ups."""

from collections.abc import Sequence
from math import exp, log, log1p
from operator import add

import msgspec

from ..models.context import PostContext, WrittenText
from ..models.person import Person
from ..models.post import Post
from ..models.verdict import CATEGORIES, Category, Reason
from ..models.weights import FourNumbers, Linear, Weights
from .features import Features, KeptFeatures, TextFeatures, compact, expand, features, text_features
from .linear import Cache, Model, ModelOutput, TextOutput
from .reasons import Attributions, reasons, values_to_explain
from .shape import Written, written
from .style import StyleFeatures, style

KINDS = 0.5
"""How far the personal model is trusted about the kind of noise. The kind matters less than noise or not."""

_AUDIENCE_DAMPING = 0.4
"""How much less words count in the base model for each factor of 100 of the audience above a hundred people."""

_NEW_WORDS = 4
_NEW_STYLES = 2
_TEXTS_REMEMBERED = 768
_NO_STYLE = StyleFeatures()
_NOBODY = Person("", "")


class Scored(msgspec.Struct, frozen=True, gc=False):
    """The result of the classifier: a logit per category, in the order of CATEGORIES, and the features it used."""

    logits: FourNumbers
    found: Features
    base_model: ModelOutput
    bias: FourNumbers
    """The base model's bias."""
    personal: ModelOutput | None = None

    @property
    def words(self) -> FourNumbers:
        """The base model's logits of the text alone."""
        person, celebrity, sales, spam = map(add, self.bias, self.base_model.text.logits)
        return (person, celebrity, sales, spam)


class _Kept(msgspec.Struct, frozen=True, gc=False):
    features: KeptFeatures
    output: TextOutput
    """The base model's result for the text."""


class _Texts:
    """Values of texts that do not depend on marks: their features, the base model's result, and their style."""

    def __init__(self, linear: Linear) -> None:
        self.model = Model(linear, audience_damping=_AUDIENCE_DAMPING)
        self.texts: Cache[Written, _Kept] = Cache(_TEXTS_REMEMBERED)
        self.styles: Cache[str, StyleFeatures] = Cache(_TEXTS_REMEMBERED)

    def read(self, text: Written, *, keep: bool) -> tuple[TextFeatures | KeptFeatures, TextOutput]:
        """The features of a text, and the base model's result for it. They are cached if `keep`."""
        if (kept := self.texts.find(text)) is not None:
            return kept.features, kept.output
        found = text_features(text)
        output = self.model.read_text(found, _NO_STYLE)
        if keep:
            self.texts.keep(text, _Kept(compact(found), output))
        return found, output

    def style(self, text: str, *, keep: bool) -> StyleFeatures:
        """The style of a text. It is cached if `keep`."""
        found = self.styles.find(text)
        if found is None:
            found = style(text)
            if keep:
                self.styles.keep(text, found)
        return found


class Scorer:
    """Scores posts with one set of weights. Reuse it, because its caches make it fast.

    It caches the words and the texts of a few pages of a timeline. Call `reserve` before scoring many posts. If another
    scorer has the same base model, both share the values that do not depend on marks. With `keeps_texts` False, it does
    not cache texts: caching takes time, and only helps for texts that are scored again.
    """

    def __init__(self, weights: Weights, other: "Scorer | None" = None, *, keeps_texts: bool = True) -> None:
        self.weights = weights
        self.keeps_texts = keeps_texts
        self._texts: _Texts
        if other is not None and other.weights.base_model is weights.base_model:
            self._texts = other._texts
        else:
            self._texts = _Texts(weights.base_model)
        self._personal: Model | None = None
        if weights.personal is not None:
            self._personal = Model(weights.personal, kinds=KINDS, uses_style_features=True)
        self._outputs: Cache[Written, TextOutput] = Cache(_TEXTS_REMEMBERED)
        self._voices: Cache[tuple[WrittenText, ...], FourNumbers] = Cache(_TEXTS_REMEMBERED)

    def reserve(self, posts: int) -> None:
        """Make room in the caches for a number of posts, their words and their style."""
        for model in (self._texts.model, self._personal):
            if model is not None:
                model.words.most = max(model.words.most, _NEW_WORDS * posts)
                model.styles.most = max(model.styles.most, _NEW_STYLES * posts)
        for texts in (self._texts.texts, self._texts.styles, self._outputs):
            texts.most = max(texts.most, posts)

    def score(self, context: PostContext) -> Scored:
        """The logits of a post: those of the base model, blended with the personal model's if there are marks.

        "Noise or a person" and "which kind of noise" are scored separately. Scored together, posts of a rarely marked
        kind would look like a person's.
        """
        text = written(context.post)
        known, output = self._texts.read(text, keep=self.keeps_texts)
        found = features(context, known)
        base_model = self._texts.model.read(found, output)
        bias = self.weights.base_model.bias
        if self._personal is None:
            return Scored(base_model.logits, found, base_model, bias)
        personal = self._personal.read(found, self._read_personal(self._personal, text, known))
        blend = self.weights.blend
        person, celebrity, sales, spam = base_model.logits
        often_celebrity, often_sales, often_spam = blend.kinds
        celebrity, sales, spam = celebrity + often_celebrity, sales + often_sales, spam + often_spam
        against, for_celebrity, for_sales, for_spam = personal.logits
        noise = blend.base_model * (_log_sum(celebrity, sales, spam) - person) + blend.shift
        noise += blend.of_personal(-against)
        celebrity -= KINDS * _softplus(-for_celebrity)
        sales -= KINDS * _softplus(-for_sales)
        spam -= KINDS * _softplus(-for_spam)
        rest = noise - _log_sum(celebrity, sales, spam)
        return Scored((0.0, celebrity + rest, sales + rest, spam + rest), found, base_model, bias, personal)

    def _read_personal(self, model: Model, text: Written, known: TextFeatures | KeptFeatures) -> TextOutput:
        output = self._outputs.find(text)
        if output is None:
            output = model.read_text(expand(known), self._texts.style(text.text, keep=self.keeps_texts))
            if self.keeps_texts:
                self._outputs.keep(text, output)
        return output

    def voice(self, texts: Sequence[WrittenText]) -> FourNumbers | None:
        """The average score of an author's texts with the personal model, as a logit per category; None without one."""
        if self._personal is None or not texts:
            return None
        key = tuple(texts)
        found = self._voices.find(key)
        if found is None:
            logits = [self.score(PostContext(_as_post(each))).logits for each in key]
            person, celebrity, sales, spam = (sum(each) / len(logits) for each in zip(*logits, strict=True))
            found = (person, celebrity, sales, spam)
            self._voices.keep(key, found)
        return found

    def explain(self, context: PostContext, scored: Scored, category: Category, most: int = 4) -> list[Reason]:
        """The parts of the post with the most weight for a category relative to a person, strongest first."""
        index = CATEGORIES.index(category)
        if index == 0:
            return []
        found = scored.found
        shares = Attributions(found.text, values_to_explain(found, context.post.author), found.bio)
        self._texts.model.attribute(shares, self.weights.blend.base_model, scored.base_model, index)
        if self._personal is not None and scored.personal is not None:
            blend = self.weights.blend
            noise = -scored.personal.logits[0]
            # If a limit or the margin cut the sum, it cuts each part.
            times = blend.personal
            if noise > 0:
                times = blend.of_personal(noise) / noise
            self._personal.attribute(shares, times, scored.personal, index)
        return reasons(shares, category, context.post)[:most]


def noise_odds(logits: FourNumbers) -> float:
    """The log-odds of noise of any kind."""
    person, celebrity, sales, spam = logits
    return _log_sum(celebrity, sales, spam) - person


def _as_post(text: WrittenText) -> Post:
    content, warning, links, tags = text
    return Post("", _NOBODY, content, warning=warning or "", links=links, tags=tags)


def scorer(model: Scorer | Weights) -> Scorer:
    """The scorer itself, or a temporary one for these weights."""
    if isinstance(model, Scorer):
        return model
    return Scorer(model, keeps_texts=False)


def _log_sum(one: float, two: float, three: float) -> float:
    highest = max(one, two, three)
    return highest + log(exp(one - highest) + exp(two - highest) + exp(three - highest))


def _softplus(x: float) -> float:
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))
