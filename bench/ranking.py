"""Ranks texts after marks: a plain regression, the personal model without word vectors, and with them.

    python bench/ranking.py [--data DIR] [--sets sms,mix] [--marks 25,100,500] [--seeds 40-45]

The plain regression reads TF-IDF of words, pairs of words and pieces of two to five letters. Figures are means over
shuffles, on 400 texts that were not marked. Prints Markdown for docs/benchmarks.md. Without DIR nothing runs.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from judgement import Message, context_of, load, shuffled
from metrics import one_minus_roca
from worlds import NOW, seeds_between

import quietfeed.filters.learn as training
from quietfeed.filters.base_model import base_model
from quietfeed.filters.judge import judge_all
from quietfeed.filters.score import Scorer
from quietfeed.models.mark import Mark
from quietfeed.models.verdict import Level

_OTHERS = 400
_STRENGTH = 10.0
_MIX = (("mastodon_posts", 1500), ("twitter_personal", 1500), ("twitter_news", 1200), ("facebook_ads", 1200))
"""News and adverts among private posts."""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--sets", default="mix,sms,twitter_utkml,twitter_brand_or_person,telegram_groups")
    parser.add_argument("--marks", default="25,100,500")
    parser.add_argument("--seeds", type=seeds_between, default=range(40, 46))
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"The labelled sets are not at {args.data}: nothing was measured.", file=sys.stderr)
        return 1
    print("| set | marks | plain regression | without vectors | with |\n|---|---|---|---|---|")
    for name in args.sets.split(","):
        messages = _mix(args.data) if name == "mix" else load(args.data / f"{name}.jsonl.gz")
        for marks in map(int, args.marks.split(",")):
            samples = [shuffled(messages, min(900, len(messages)), seed) for seed in args.seeds]
            # A small set has fewer others.
            pairs = [(sample[:marks], sample[-min(_OTHERS, len(sample) - marks) :]) for sample in samples]
            plain = mean(_rank(_plain(marked, others), others) for marked, others in pairs)
            before = _row(pairs, 0.0)
            print(f"| {name} | {marks} | {plain:.2f} | {before} | {_row(pairs, _SHARE)} |", flush=True)
    return 0


_SHARE = training.VECTOR_SHARE


def _row(pairs: Sequence[tuple[list[Message], list[Message]]], share: float) -> str:
    """(1-ROCA)%, and how many of 100 personal and of 100 noise posts are hidden."""
    training.VECTOR_SHARE = share
    ranks, lost, hidden = [], [], []
    for marked, others in pairs:
        marks = [Mark(context_of(text, n), "spam" if bad else "person", NOW) for n, (text, bad) in enumerate(marked)]
        scorer = Scorer(training.learn(base_model(), marks))
        contexts = [context_of(text, n) for n, (text, _) in enumerate(others)]
        ranks.append(
            _rank([max(logits[1:]) - logits[0] for logits in (scorer.score(c).logits for c in contexts)], others)
        )
        gone = [not verdict.shown_at(Level.quiet) for verdict in judge_all(contexts, scorer, now=NOW)]
        lost.append(100 * mean(away for away, (_, bad) in zip(gone, others, strict=True) if not bad))
        hidden.append(100 * mean(away for away, (_, bad) in zip(gone, others, strict=True) if bad))
    return f"{mean(ranks):.2f} / {mean(lost):.2f} / {mean(hidden):.0f}"


def _plain(marked: Sequence[Message], others: Sequence[Message]) -> list[float]:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    views: list[Any] = [
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)),
        TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5)),
    ]
    labels = [bad for _, bad in marked]
    if len(set(labels)) < 2:
        return [0.0] * len(others)
    rows = hstack([view.fit_transform([text for text, _ in marked]) for view in views]).tocsr()
    model = LogisticRegression(C=_STRENGTH, max_iter=500).fit(rows, labels)
    rows = hstack([view.transform([text for text, _ in others]) for view in views]).tocsr()
    odds: list[float] = model.decision_function(rows).tolist()
    return odds


def _rank(scores: Sequence[float], others: Sequence[Message]) -> float:
    rank: float = one_minus_roca(scores, [bad for _, bad in others])
    return rank


def _mix(data: Path) -> list[Message]:
    chance = random.Random(99)
    found: list[Message] = []
    for name, count in _MIX:
        found += chance.sample(load(data / f"{name}.jsonl.gz"), count)
    return found


if __name__ == "__main__":
    sys.exit(main())
