"""`quietfeed judge`: reads post records and prints verdicts, one per line, without the store."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ..codec.records import verdict_to_record
from ..models.tie import Tie
from ..models.verdict import Level
from ..phrases.reasons import reason_text
from ..session.judging import InputError, Line, OfflineClassifier, read_network, read_records, read_ties
from .output import open_input, print_error, write_json


def run_judge(args: argparse.Namespace) -> int:
    """Judge all records of the input. Returns 1 if a line could not be read."""
    failed = False
    ties: dict[str, Tie] = {}
    if args.ties:
        with open_input(args.ties) as file:
            ties, errors = read_ties(file)
        for error in errors:
            failed = _print_error(args.ties, error)
    bench = OfflineClassifier(use_base_model=not args.no_starter, now=datetime.now(UTC))
    if args.marks:
        with open_input(args.marks) as file:
            for line in read_records(file, ties):
                if isinstance(line, InputError):
                    failed = _print_error(args.marks, line)
                else:
                    bench.learn(line)
    level = Level[args.level]
    # A program at the other end of a pipe waits for each verdict; the output for a file can be buffered.
    flush = args.learn and not os.path.isfile(args.file)
    lines: Iterable[Line | InputError] = _lines(args, ties)
    if args.marks and not args.learn:
        # Posts of known people are training examples, wherever they are in the input.
        lines = list(lines)
        for line in lines:
            if isinstance(line, Line):
                bench.add_example(line)
    for line in lines:
        if isinstance(line, InputError):
            failed = _print_error(args.file, line)
            continue
        write_json({"id": line.post.id, **verdict_to_record(bench.judge(line), level, reason_text)})
        if flush:
            sys.stdout.flush()
        if args.learn:
            bench.learn(line)
    if failed:
        return 1
    return 0


def _lines(args: argparse.Namespace, ties: dict[str, Tie]) -> Iterator[Line | InputError]:
    with open_input(args.file) as file:
        if args.source == "record":
            yield from read_records(file, ties)
        else:
            yield from read_network(args.source, file.read(), ties)


def _print_error(name: str, error: InputError) -> bool:
    where = "standard input" if name == "-" else name
    print_error(f"{where}, line {error.number}: {error.message}")
    return True
