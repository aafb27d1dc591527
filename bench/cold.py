"""Measures the base model alone, before any mark: its text score on sets that it was not built from, and its account
score.

    python bench/cold.py [--data DIR]

Prints Markdown for docs/benchmarks.md. The sets are not part of quietfeed: without DIR nothing runs.
"""

import argparse
import gzip
import json
import random
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from metrics import one_minus_roca

from quietfeed.filters.base_model import base_model
from quietfeed.filters.judge import judge_all
from quietfeed.models.context import PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Level

NOW = datetime.now(UTC)
SETS = ("twitter_personal", "sms", "twitter_utkml", "twitter_vaccine", "twitter_brand_or_person", "facebook_ads")
SMALL = 5_000


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--most", type=int, default=5_000, help="posts a set")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"The labelled sets are not at {args.data}: nothing was measured.", file=sys.stderr)
        return 1
    print("| set | label | posts | hidden at level quiet % |\n|---|---|---|---|")
    for name in SETS:
        words_alone(name, load(args.data / f"{name}.jsonl.gz", args.most))
    print("\n| judged with | AUC % | ordinary hidden % | those under 5,000 followers % | broadcasters hidden % |")
    print("|---|---|---|---|---|")
    records = load(args.data / "twitter_vaccine.jsonl.gz", 100_000)
    for columns in (("counts",), ("counts", "bio"), ("counts", "bio", "text")):
        accounts(columns, records)
    return 0


def load(path: Path, most: int) -> list[dict[str, Any]]:
    """The same sample of a set's records in every run."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return random.Random(3).sample(records, min(most, len(records)))


def words_alone(name: str, records: list[dict[str, Any]]) -> None:
    """The share of each label that is hidden if only the text is known."""
    contexts = [
        PostContext(Post(id=str(n), author=Person("", ""), text=each["text"])) for n, each in enumerate(records)
    ]
    verdicts = judge_all(contexts, base_model(), now=NOW)
    posts = Counter(each["label"] for each in records)
    hidden = Counter(
        each["label"] for each, verdict in zip(records, verdicts, strict=True) if not verdict.shown_at(Level.quiet)
    )
    for label, count in sorted(posts.items()):
        print(f"| {name} | {label} | {count:,} | {100 * hidden[label] / count:.2f} |")


def accounts(columns: tuple[str, ...], records: list[dict[str, Any]]) -> None:
    """Compare the celebrity score of verified accounts with that of all others, from these columns of the account."""
    contexts = []
    for number, each in enumerate(records):
        author = Person(
            str(number),
            "a",
            followers=each.get("followers"),
            following=each.get("following"),
            bio=each.get("bio") if "bio" in columns else None,
        )
        contexts.append(
            PostContext(Post(id=str(number), author=author, text=each["text"] if "text" in columns else ""))
        )
    verdicts = judge_all(contexts, base_model(), now=NOW)
    broadcasts = [each["label"] == "celebrity" for each in records]
    area = 100 - one_minus_roca([verdict.scores["celebrity"] for verdict in verdicts], broadcasts)
    gone = [not verdict.shown_at(Level.quiet) for verdict in verdicts]
    ordinary = [away for away, broadcast in zip(gone, broadcasts, strict=True) if not broadcast]
    small = [
        away
        for away, broadcast, each in zip(gone, broadcasts, records, strict=True)
        if not broadcast and (each.get("followers") or 0) < SMALL
    ]
    loud = [away for away, broadcast in zip(gone, broadcasts, strict=True) if broadcast]
    figures = [area, *(100 * sum(group) / len(group) for group in (ordinary, small, loud))]
    print(f"| {', '.join(columns)} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |")


if __name__ == "__main__":
    sys.exit(main())
