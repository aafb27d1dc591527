"""Posts of known people as free examples in `quietfeed judge`, as CLI.md's contract says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Run = Callable[..., "CompletedProcess[str]"]
FRIEND = {"you_follow": True, "follows_you": True, "replies_to_you": 5, "replies_from_you": 5}
THINGS = ("kettle", "bicycle", "garden", "sister", "train", "novel", "tent", "oven", "piano", "neighbour")
DOINGS = ("broke again", "made me laugh", "needs a new lamp", "came home late", "smells of rain", "was louder than us")
ENDS = (
    "so we ate out",
    "at dinner on friday",
    "by the end of march",
    "and then fell asleep",
    "like every autumn",
    "last night",
)
ASKED = "the bicycle made us late and the oven smells of rain"


def _old() -> str:
    return (datetime.now(UTC) - timedelta(days=5)).isoformat()


def _talk(**more: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"t{number}-{place}",
            "text": f"my {thing} {doing} {ENDS[number]}",
            "author": {"handle": f"{thing}@here.example"},
            "created_at": _old(),
            **more,
        }
        for place, thing in enumerate(THINGS)
        for number, doing in enumerate(DOINGS)
    ]


def _noise() -> list[dict[str, Any]]:
    kinds = ("watch", "lamp", "phone", "bag", "coat")
    words = ("cheap", "premium", "limited", "exclusive", "brand new", "discounted")
    return [
        {"id": f"n{a}{b}", "text": f"{word} {kind} deal, order today with code {a}{b} at our shop", "mark": "sales"}
        for a, word in enumerate(words)
        for b, kind in enumerate(kinds)
    ]


def _lines(records: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(record) for record in records)


def _person(run: Run, marks: list[dict[str, Any]], records: list[dict[str, Any]], tmp_path: Path, *more: str) -> float:
    path = tmp_path / "marks.jsonl"
    path.write_text(_lines(marks), "utf-8")
    answer = run("judge", "--marks", str(path), *more, stdin=_lines(records))
    assert answer.returncode == 0, answer.stderr
    verdicts = [json.loads(line) for line in answer.stdout.splitlines()]
    return float(next(each for each in verdicts if each["id"] == "asked")["scores"]["person"])


@pytest.fixture
def asked() -> dict[str, Any]:
    return {"id": "asked", "text": ASKED, "author": {"handle": "stranger@far.example"}}


def test_examples_anywhere_in_the_input_are_read_before_the_first_verdict(
    run: Run, tmp_path: Path, asked: dict[str, Any]
) -> None:
    friends = _talk(tie=FRIEND)
    alone = _person(run, _noise(), [asked], tmp_path)
    before = _person(run, _noise(), [*friends, asked], tmp_path)
    after = _person(run, _noise(), [asked, *friends], tmp_path)
    assert before == after
    assert after > alone


def test_with_learn_only_what_came_before_is_an_example(run: Run, tmp_path: Path, asked: dict[str, Any]) -> None:
    friends = _talk(tie=FRIEND)
    alone = _person(run, _noise(), [asked], tmp_path, "--learn")
    after = _person(run, _noise(), [asked, *friends], tmp_path, "--learn")
    before = _person(run, _noise(), [*friends, asked], tmp_path, "--learn")
    assert after == alone
    assert before > alone


@pytest.mark.parametrize(
    "more",
    [
        {"tie": {"you_follow": False, "follows_you": False}},
        {"tie": FRIEND, "created_at": datetime.now(UTC).isoformat()},
        {"tie": FRIEND, "text": "Double your coins today, send 0.1 BTC and get 0.2 back https://coins.example"},
    ],
    ids=["strangers", "less than a day old", "reads like noise"],
)
def test_within_the_bounds_nothing_else_is_an_example(
    run: Run, tmp_path: Path, asked: dict[str, Any], more: dict[str, Any]
) -> None:
    alone = _person(run, _noise(), [asked], tmp_path)
    assert _person(run, _noise(), [asked, *_talk(**more)], tmp_path) == alone


def test_one_person_gives_eight_examples_at_most(run: Run, tmp_path: Path, asked: dict[str, Any]) -> None:
    ada = {"handle": "ada@here.example"}
    talk = _talk(tie=FRIEND, author=ada)
    stamped = [
        {**each, "created_at": (datetime.now(UTC) - timedelta(days=20, minutes=-n)).isoformat()}
        for n, each in enumerate(talk)
    ]
    some = _person(run, _noise(), [asked, *stamped[:40]], tmp_path)
    assert _person(run, _noise(), [asked, *stamped], tmp_path) == some
