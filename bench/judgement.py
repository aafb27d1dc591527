"""Measures judging as mail filters are measured: judge, then learn the true mark (the protocol of TREC's spam track).

    python bench/judgement.py [--data DIR] [--sets sms,twitter_utkml] [--messages 1000] [--shuffles 5] [--no-peers]

    python bench/judgement.py --noise-only [--held-out] [--authors] [--seeds 1-3] [--draws noise,queue] [--data DIR]

`--noise-only` measures instead which posts of real timelines (bench/real_timelines.py) are hidden after marks on noise
only. `--sets ""` measures only the speed. bogofilter, spamprobe and crm114 judge the same messages in the same order if
they are installed (Debian packages of these names). Prints Markdown for docs/benchmarks.md. The sets are not part of
quietfeed: without DIR nothing runs.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from metrics import calibration_error, lam, log_odds, noise_left, one_minus_roca
from msgspec.structs import replace
from peers import available
from real_timelines import print_tables
from worlds import seeds_between

from quietfeed.filters.base_model import EMPTY, base_model
from quietfeed.filters.features import word_features
from quietfeed.filters.judge import judge, judge_all
from quietfeed.filters.learn import learn
from quietfeed.filters.score import Scorer
from quietfeed.filters.training_cache import TrainingCache
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Level
from quietfeed.models.weights import Weights

NOW = datetime.now(UTC)
CURVE = (0, 10, 25, 50, 100, 500)
Message = tuple[str, bool]


@dataclass
class Online:
    """The score that a filter gave each message before learning it, and the time."""

    scores: list[float] = field(default_factory=list)
    noise: list[bool] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    judging: float = 0.0
    learning: float = 0.0

    def row(self, name: str) -> list[str]:
        """The figures as cells of a table."""
        lost = mean(hidden for hidden, bad in zip(self.hidden, self.noise, strict=True) if not bad)
        missed = 1 - mean(hidden for hidden, bad in zip(self.hidden, self.noise, strict=True) if bad)
        count = len(self.scores)
        return [
            name,
            f"{one_minus_roca([log_odds(score) for score in self.scores], self.noise):.2f}",
            f"{lam(missed, lost):.2f}",
            f"{100 * lost:.2f}",
            f"{100 * missed:.1f}",
            f"{noise_left(self.scores, self.noise):.1f}",
            f"{calibration_error(self.scores[100:], self.noise[100:]):.1f}",
            f"{1000 * self.judging / count:.2f}",
            f"{1000 * self.learning / count:.1f}",
        ]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--sets", default="sms,twitter_utkml")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--shuffles", type=int, default=5)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--noise-only", action="store_true", help="measure which posts marks on noise only hide")
    parser.add_argument("--held-out", action="store_true", help="use sets that no limit was chosen on")
    parser.add_argument("--authors", action="store_true", help="authors of several posts, in --noise-only")
    parser.add_argument("--seeds", type=seeds_between, default=[1, 2, 3], help="first-last, of --noise-only")
    parser.add_argument("--draws", default="noise", help="noise, four-to-one, queue, of --noise-only")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"The labelled sets are not at {args.data}: nothing was measured.", file=sys.stderr)
        return 1
    if args.noise_only:
        print_tables(args.data, args.seeds, args.draws.split(","), held_out=args.held_out, authors=args.authors)
        return 0
    # Measured first: the garbage collector slows down as memory fills.
    speed(load(args.data / "twitter_utkml.jsonl.gz"))
    for name in filter(None, args.sets.split(",")):
        messages = load(args.data / f"{name}.jsonl.gz")
        print(f"\n### {name}: {args.messages} messages, {args.shuffles} shuffles, judge then learn\n")
        online(messages, args.messages, args.shuffles, peers=not args.no_peers)
        curve(messages, args.shuffles)
        if not args.no_peers:
            curve_of_peers(messages, args.shuffles)
    return 0


def load(path: Path) -> list[Message]:
    """The messages of a set, each with whether it is noise."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return [(record["text"], record["label"] not in ("ham", "person")) for record in records]


def shuffled(messages: list[Message], count: int, seed: int) -> list[Message]:
    """The same sample in the same order for each filter."""
    return random.Random(seed).sample(messages, count)


def context_of(text: str, number: int) -> PostContext:
    """A context with only a text, by a stranger."""
    return PostContext(Post(id=str(number), author=Person("", ""), text=text))


def online(messages: list[Message], count: int, shuffles: int, *, peers: bool) -> None:
    """Judge each message, then learn it. Prints the mean over the shuffles."""
    cells = (
        "filter",
        "(1-ROCA)%",
        "LAM%",
        "lost %",
        "missed %",
        "noise left at none lost %",
        "ECE %",
        "ms judged",
        "ms learned",
    )
    print("| " + " | ".join(cells) + " |\n|" + "---|" * len(cells))
    ours: list[tuple[str, Callable[[], Weights]]] = [
        ("quietfeed, no starter", lambda: EMPTY),
        ("quietfeed", base_model),
    ]
    for name, start in ours:
        runs = [_ours(shuffled(messages, count, seed), start()) for seed in range(shuffles)]
        _print_mean([run.row(name) for run in runs])
    for peer in available() if peers else []:
        runs = []
        for seed in range(shuffles):
            with tempfile.TemporaryDirectory() as folder:
                filter_ = peer(Path(folder))
                run = Online()
                for text, noise in shuffled(messages, count, seed):
                    begin = time.perf_counter()
                    run.scores.append(filter_.judge(text))
                    run.hidden.append(run.scores[-1] > 0.5)
                    run.noise.append(noise)
                    between = time.perf_counter()
                    filter_.learn(text, noise=noise)
                    run.judging += between - begin
                    run.learning += time.perf_counter() - between
                runs.append(run)
        _print_mean([run.row(filter_.name) for run in runs])


def _ours(messages: list[Message], start: Weights) -> Online:
    run = Online()
    model, cache = Scorer(start), TrainingCache()
    marks: list[Mark] = []
    for number, (text, noise) in enumerate(messages):
        context = context_of(text, number)
        begin = time.perf_counter()
        verdict = judge(context, model, now=NOW)
        run.judging += time.perf_counter() - begin
        run.scores.append(1 - verdict.scores["person"])
        run.hidden.append(not verdict.shown_at(Level.quiet))
        run.noise.append(noise)
        marks.append(Mark(context, "spam" if noise else "person", NOW))
        begin = time.perf_counter()
        model = Scorer(learn(start, marks, (), cache), model)
        run.learning += time.perf_counter() - begin
    return run


def curve(messages: list[Message], shuffles: int) -> None:
    """The share of 400 other messages that is hidden after a number of marks, at quietfeed's hide threshold."""
    print("\n| marks | (1-ROCA)% | personal hidden % | noise hidden % |\n|---|---|---|---|")
    for marks in CURVE:
        ranks, lost, hidden = [], [], []
        for seed in range(shuffles):
            sample = shuffled(messages, 900, seed)
            learned = [
                Mark(context_of(text, n), "spam" if bad else "person", NOW)
                for n, (text, bad) in enumerate(sample[:marks])
            ]
            weights = learn(base_model(), learned)
            rest = sample[500:]
            verdicts = judge_all([context_of(text, n) for n, (text, _) in enumerate(rest)], weights, now=NOW)
            noise = [bad for _, bad in rest]
            scores = [1 - verdict.scores["person"] for verdict in verdicts]
            ranks.append(one_minus_roca([log_odds(score) for score in scores], noise))
            away = [verdict.strictest_level < 3 for verdict in verdicts]
            lost.append(100 * mean(gone for gone, bad in zip(away, noise, strict=True) if not bad))
            hidden.append(100 * mean(gone for gone, bad in zip(away, noise, strict=True) if bad))
        print(f"| {marks} | {mean(ranks):.2f} | {mean(lost):.2f} | {mean(hidden):.1f} |")


def curve_of_peers(messages: list[Message], shuffles: int) -> None:
    """How other filters rank the same 400 messages after 25 and after 100 marks."""
    print("\n| filter | (1-ROCA)% after 25 marks | after 100 |\n|---|---|---|")
    for peer in available():
        ranks: dict[int, list[float]] = {25: [], 100: []}
        for seed in range(shuffles):
            sample = shuffled(messages, 900, seed)
            with tempfile.TemporaryDirectory() as folder:
                filter_ = peer(Path(folder))
                learned = 0
                for marks, found in ranks.items():
                    for text, noise in sample[learned:marks]:
                        filter_.learn(text, noise=noise)
                    learned = marks
                    scores = [log_odds(filter_.judge(text)) for text, _ in sample[500:]]
                    found.append(one_minus_roca(scores, [noise for _, noise in sample[500:]]))
        print(f"| {filter_.name} | {mean(ranks[25]):.2f} | {mean(ranks[100]):.2f} |", flush=True)


def speed(messages: list[Message]) -> None:
    """Measure judging many posts with new words, with known words, and with known texts; then a training."""
    contexts = [context_of(text, number) for number, (text, _) in enumerate(messages[:5000])]
    # One more space makes another text with the same words.
    others = [context_of(f"{text} ", number) for number, (text, _) in enumerate(messages[:5000])]
    learned = [Mark(context_of(t, n), "spam" if bad else "person", NOW) for n, (t, bad) in enumerate(messages[-500:])]
    for name, weights in (("the starter", base_model()), ("an own model of 500 marks", learn(base_model(), learned))):
        rates = []
        word_features.cache_clear()
        anew = Scorer(replace(weights, base_model=replace(weights.base_model)))
        for posts, reads_reasons in ((contexts, False), (others, False), (others, False), (others, True)):
            begin = time.process_time()
            verdicts = judge_all(posts, anew, now=NOW)
            if reads_reasons:
                for verdict in verdicts:
                    # Those of hidden posts are looked up when they are first read.
                    len(verdict.reasons)
            rates.append(len(posts) / (time.process_time() - begin))
        first, known, again, explained = rates
        print(
            f"\nWith {name}, posts a second and core: {first:,.0f} while all words are new, {known:,.0f} with known"
            f" words in new texts, {again:,.0f} with texts that were judged before"
            f" ({explained:,.0f} if all their reasons are read)."
        )
    for count in (100, 1_000, 10_000):
        marks = [
            Mark(context_of(t, n), "spam" if bad else "person", NOW) for n, (t, bad) in enumerate(messages[:count])
        ]
        cache = TrainingCache()
        learn(base_model(), marks, (), cache)
        begin = time.perf_counter()
        learn(base_model(), marks, (), cache)
        print(f"Learning from {count:,} marks: {1000 * (time.perf_counter() - begin):.0f} ms.")


def _print_mean(rows: list[list[str]]) -> None:
    columns = list(zip(*rows, strict=True))
    cells = [columns[0][0]] + [f"{mean(map(float, column)):.2f}" for column in columns[1:]]
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
