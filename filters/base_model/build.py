"""Builds the base model: `python -m quietfeed.filters.base_model.build [--data DIR]`.

The text weights are trained on quietfeed's own examples (`examples/`) and, if `--data` contains them, on two openly
licensed sets. The weights of an account's counts are set by hand, because no open set has both counts and labels.
The result is `base_model.bin` (plain numbers) and `base_model.json` (the sources, their licences, and the date).
"""

import argparse
import gzip
import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from ...codec.records import judged_from_record
from ...codec.weights import weights_to_bytes
from ...models.context import PostContext
from ...models.person import Person
from ...models.post import Post
from ...models.verdict import CATEGORIES, Category
from ...models.weights import FourNumbers, Linear, Weights, pack
from ..features import CALL, features, row

HERE = Path(__file__).parent
NOISE = 0.2
"""The weight of each noise category relative to all people: before the first mark, posts by people are more likely."""

PEOPLE_OFTEN = 4
"""How often quietfeed's own examples of people are repeated, because the open sets contain mostly one kind of
people.
"""

STEP = 1 / 64
"""Weights are rounded to multiples of this step. The loss is not measurable, and they compress well."""

OPEN_SETS: dict[str, tuple[str, dict[str, Category]]] = {
    "mastodon_posts": ("MIT, FDUDataNET/FediData", {"person": "person"}),
    "telegram_groups": ("MIT, umputun/tg-spam", {"ham": "person", "spam": "spam"}),
}

ACCOUNT: dict[str, FourNumbers] = {
    # A large, one-sided audience is evidence of a broadcaster; both features are in halves of a power of ten.
    # A hundred followers and a hundred follows are evidence against it; 100,000 followers and 100 follows decide it.
    "account:counted": (0.1, -6.0, 0.0, 0.0),
    # Words alone do not make a broadcaster: if an account's counts are unknown, more evidence is needed.
    "account:uncounted": (0.0, -1.0, 0.0, 0.0),
    "tie:stranger": (-2.0, 0.4, 0.0, 0.0),
    "account:audience": (-0.9, 3.6, -0.2, -0.5),
    "account:asymmetry": (-0.3, 1.3, -0.1, -0.3),
    "account:public": (-0.2, 0.35, 0.0, 0.0),
    "account:voice": (-0.3, 0.65, 0.0, 0.0),
    "account:private": (0.4, -0.8, 0.0, 0.0),
    "account:organisation": (-0.5, 1.2, 0.0, -0.5),
    "account:follows_nobody": (-1.0, 1.2, 0.0, 0.0),
    # Half of the people and a twentieth of the spammers of accounts_honeypot have ten posts for each follower.
    "account:talks": (1.0, -0.2, 0.0, 0.0),
    "account:bot": (-1.5, 3.0, 0.0, 0.5),
    "account:follows_for_follows": (-0.6, -0.5, 0.5, 1.0),
    "tie:follows_back": (-1.4, -0.3, 1.2, 0.6),
    "account:new": (-0.3, -0.5, 0.0, 0.7),
    "habit:links": (-0.8, 1.0, 0.5, 0.5),
    "habit:answers": (1.2, -1.2, -0.8, -0.6),
    "habit:repeats": (-0.8, 0.3, 0.8, 1.4),
    "shape:reply": (0.8, -0.6, -0.5, -0.3),
}
"""Set by hand, by category: person, celebrity, sales, spam."""


def main(arguments: list[str] | None = None) -> int:
    """Build and write the base model; print its sources."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, help="a folder with the openly licensed sets, gzipped JSONL")
    args = parser.parse_args(arguments)
    examples = list(own_examples())
    sources: dict[str, dict[str, str | int]] = {
        "own examples": {"licence": "MIT, written for quietfeed", **_count(examples)}
    }
    for name, (licence, labels) in OPEN_SETS.items():
        path = args.data / f"{name}.jsonl.gz" if args.data else None
        if path is not None and path.exists():
            more = list(labelled(path, labels))
            sources[name] = {"licence": licence, **_count(more)}
            examples += more
    examples += list(_restyled(examples))
    people = [example for example in own_examples() if example[1] == "person"]
    linear = fit(examples + people * (PEOPLE_OFTEN - 1))
    name = f"starter {datetime.now(UTC):%Y-%m-%d}, {sum(map(_examples, sources.values())):,} examples"
    data = weights_to_bytes(Weights(linear, name=name))
    HERE.joinpath("base_model.bin").write_bytes(data)
    record = {"name": name, "sources": sources, "features": len(linear.hashed), "bytes": len(data)}
    HERE.joinpath("base_model.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    json.dump(record, sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0


def own_examples() -> Iterator[tuple[PostContext, Category]]:
    """quietfeed's own examples: one text per line in CATEGORY.txt, post records with marks in *.jsonl."""
    for category in CATEGORIES:
        path = HERE / "examples" / f"{category}.txt"
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            yield PostContext(Post(id=f"{category}-{number}", author=Person("", ""), text=line)), category
    for path in sorted((HERE / "examples").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            post, tie, mark = judged_from_record(json.loads(line))
            if mark is not None:
                yield PostContext(post, tie), mark


def fit(examples: list[tuple[PostContext, Category]], *, strength: float = 1.0, keep: int = 60_000) -> Linear:
    """Fit a multinomial logistic regression on the text and its shape, and add the account's weights, set by hand."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    columns: dict[int | str, int] = {}
    seen: Counter[int | str] = Counter()
    rows = []
    for context, _ in examples:
        found = features(context)
        text = found.text
        # Hosts of links depend on the network and the year of a set, so they do not generalise.
        words = tuple(word for word in text.words if not word.startswith("//"))
        hashes = zip(text.pairs, text.pair_hashes, strict=True)
        pairs = array("I", [key for pair, key in hashes if not pair[1].startswith("//")])
        hashed, named = row(replace(found, kept=replace(text, words=words, pair_hashes=pairs)))
        known: dict[int | str, float] = dict(hashed.items())
        known |= {
            name: value for name, value in named.items() if name.startswith(("shape:", CALL)) and name not in ACCOUNT
        }
        rows.append(known)
        seen.update(known.keys())
    targets = [CATEGORIES.index(mark) for _, mark in examples]
    # For texts without any known word (another script or subject), the shape alone should score as a person's.
    unread = [known for known, target in zip(rows, targets, strict=True) if target == 0][::3]
    rows += [{key: value for key, value in known.items() if isinstance(key, str)} for known in unread]
    targets += [0] * len(unread)
    indices: list[int] = []
    values: list[float] = []
    starts = [0]
    for known in rows:
        for key, value in known.items():
            # A feature of a single example does not generalise.
            if seen[key] >= 2:
                indices.append(columns.setdefault(key, len(columns)))
                values.append(value)
        starts.append(len(indices))
    table = csr_matrix((np.array(values), np.array(indices), np.array(starts)), shape=(len(rows), len(columns)))
    wanted = np.array(targets)
    counts = np.bincount(wanted, minlength=len(CATEGORIES))
    share = np.array([1.0, NOISE, NOISE, NOISE]) * counts[0] / counts
    model = LogisticRegression(C=strength, max_iter=400, tol=1e-4)
    model.fit(table, wanted, sample_weight=np.minimum(share[wanted], 12.0))
    weights = np.round(model.coef_ / STEP) * STEP
    bias = model.intercept_
    order = np.argsort(-np.abs(weights).max(axis=0))[:keep]
    names = list(columns)
    hashed_weights: dict[int, FourNumbers] = {}
    named_weights: dict[str, FourNumbers] = dict(ACCOUNT)
    for column in sorted(order.tolist()):
        person, celebrity, sales, spam = weights[:, column].tolist()
        if not (person or celebrity or sales or spam):
            continue
        key = names[column]
        if isinstance(key, int):
            hashed_weights[key] = (person, celebrity, sales, spam)
        else:
            named_weights[key] = (person, celebrity, sales, spam)
    person, celebrity, sales, spam = bias.tolist()
    return Linear(pack(hashed_weights, STEP), named_weights, (person, celebrity, sales, spam))


def _restyled(examples: list[tuple[PostContext, Category]]) -> Iterator[tuple[PostContext, Category]]:
    """Copies of every third noise post in lower case and every sixth post in capitals, so that typing is no
    evidence.
    """
    for number, (context, category) in enumerate(examples):
        text = context.post.text
        if category != "person" and number % 3 == 0:
            yield replace(context, post=replace(context.post, text=text.lower())), category
        if number % 6 == 1:
            yield replace(context, post=replace(context.post, text=text.upper())), category


def labelled(path: Path, labels: dict[str, Category]) -> Iterator[tuple[PostContext, Category]]:
    """The examples of an open set, a gzipped JSONL file. `labels` maps its labels to categories."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            record = json.loads(line)
            if record["label"] in labels:
                post = Post(id=f"{path.name}-{number}", author=Person("", ""), text=record["text"])
                yield PostContext(post), labels[record["label"]]


def _examples(source: dict[str, str | int]) -> int:
    return sum(count for count in source.values() if isinstance(count, int))


def _count(examples: list[tuple[PostContext, Category]]) -> dict[str, int]:
    return dict(Counter(mark for _, mark in examples))


if __name__ == "__main__":
    sys.exit(main())
