"""The command line as scripts use it: its output and its exit status, in whole processes where that matters."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def lines(answer: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.stdout.splitlines()]


POSTS = "\n".join(
    json.dumps(record, ensure_ascii=False)
    for record in (
        {"id": "1", "text": "see you at seven, bring the good crisps"},
        {"id": "2", "text": "Use code SAVE20 for 20% off everything! Shop now, link in bio https://shop.example"},
        {
            "id": "3",
            "text": "Tour dates out now",
            "author": {"handle": "star@big.example", "followers": 3_000_000, "following": 12},
            "tie": {"you_follow": True, "follows_you": False, "replies_to_you": 0},
        },
        {
            "id": "4",
            "text": "Use code FRIEND for 20% off, link in bio",
            "author": {"handle": "ada@there.example", "followers": 90, "following": 100},
            "tie": {"you_follow": True, "follows_you": True, "replies_to_you": 9, "replies_from_you": 7},
        },
    )
)


def test_judge_answers_a_verdict_a_line(process: Run) -> None:
    answer = process("judge", "-", stdin=POSTS)
    assert answer.returncode == 0
    verdicts = lines(answer)
    assert [verdict["id"] for verdict in verdicts] == ["1", "2", "3", "4"]
    assert [verdict["show"] for verdict in verdicts] == [True, False, False, True]
    assert [verdict["category"] for verdict in verdicts] == ["person", "sales", "celebrity", "sales"]
    for verdict in verdicts:
        assert set(verdict) == {"id", "show", "category", "probability", "cause", "scores", "reasons"}
        assert sum(verdict["scores"].values()) == pytest.approx(1.0, abs=1e-9)
        assert verdict["probability"] == verdict["scores"][verdict["category"]]
        weights = [reason["weight"] for reason in verdict["reasons"]]
        assert weights == sorted(weights, reverse=True)
        assert len(weights) <= 5


def test_judge_at_level_everything_shows_everything(run: Run) -> None:
    assert all(verdict["show"] for verdict in lines(run("judge", "--level", "everything", stdin=POSTS)))


def test_judge_reports_an_invalid_line_and_judges_the_others(run: Run) -> None:
    answer = run("judge", stdin='{"id": "1", "text": "hi"}\nnot json\n{"id": "2"}\n\n{"id": "3", "text": "yo"}\n')
    assert answer.returncode == 1
    assert [verdict["id"] for verdict in lines(answer)] == ["1", "3"]
    told = answer.stderr.splitlines()
    assert len(told) == 2
    assert "line 2" in told[0]
    assert "line 3" in told[1]
    assert '"text" is missing' in told[1]


def test_judge_takes_a_number_that_nothing_counts_for_not_known(run: Run) -> None:
    post = {"id": "1", "text": "Good morning", "author": {"handle": "star@big.example"}}
    counts = {"followers": 10**400, "following": 10**400}
    counted = {**post, "author": {"handle": "star@big.example", **counts}, "tie": {"direct": 10**400}}
    answer = run("judge", stdin=json.dumps(counted))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == run("judge", stdin=json.dumps(post)).stdout
    nothing_left = run("judge", stdin=json.dumps({"id": "\x1b", "text": "hi"}))
    assert (nothing_left.returncode, nothing_left.stdout) == (1, "")
    assert '"id" is missing' in nothing_left.stderr


def test_judge_learns_each_mark_after_its_verdict(run: Run) -> None:
    posts = [
        {"id": str(n), "text": f"the heron came to the pond today {n}", "mark": "person"}
        if n % 2
        else {"id": str(n), "text": f"zorbo flip deal number {n} zorbo", "mark": "sales"}
        for n in range(40)
    ]
    text = "\n".join(map(json.dumps, posts))
    verdicts = lines(run("judge", "--learn", "--no-starter", stdin=text))
    assert verdicts[0]["category"] == "person"
    assert [verdict["category"] for verdict in verdicts[-4:]] == ["sales", "person", "sales", "person"]


def test_judge_learns_the_marks_of_a_file_first(run: Run, tmp_path: Path) -> None:
    marks = tmp_path / "marks.jsonl"
    marks.write_text(
        "\n".join(
            json.dumps({"id": f"m{n}", "text": f"zorbo flip deal {n}" if n % 2 else f"heron on the pond {n}",
                        "mark": "sales" if n % 2 else "person"})
            for n in range(30)
        ),
        "utf-8",
    )  # fmt: skip
    (verdict,) = lines(run("judge", "--marks", str(marks), stdin='{"id": "1", "text": "zorbo flip deal today"}'))
    assert verdict["category"] == "sales"


def test_judge_takes_ties_from_a_file(run: Run, tmp_path: Path) -> None:
    ties = tmp_path / "ties.jsonl"
    ties.write_text(json.dumps({"handle": "@star@big.example", "you_follow": True, "follows_you": True, "direct": 3}))
    post = {
        "id": "1",
        "text": "new album out now",
        "author": {"handle": "star@big.example", "followers": 10**6, "following": 9},
    }
    (without,) = lines(run("judge", stdin=json.dumps(post)))
    (with_tie,) = lines(run("judge", "--ties", str(ties), stdin=json.dumps(post)))
    assert (without["show"], with_tie["show"]) == (False, True)


def test_judge_reads_what_a_network_answers(run: Run) -> None:
    view = {"uri": "at://did:plc:a/app.bsky.feed.post/1", "author": {"did": "did:plc:a"}, "record": {"text": "hi"}}
    answer = run("judge", "--from", "bluesky", stdin=json.dumps({"feed": [{"post": view}]}))
    assert [verdict["id"] for verdict in lines(answer)] == [view["uri"]]


def test_judge_of_an_unknown_network_is_wrong_usage(run: Run) -> None:
    answer = run("judge", "--from", "myspace", stdin="[]")
    assert answer.returncode == 2
    assert "myspace" in answer.stderr


def test_wrong_usage_is_two(process: Run) -> None:
    assert process("mark", "1", "nonsense").returncode == 2
    assert process("nonsense").returncode == 2
    assert process("timeline", "--hidden", "--all").returncode == 2


def test_what_cannot_be_done_is_one_sentence(process: Run) -> None:
    for arguments in (["sync"], ["mark", "7", "spam"], ["judge", "/nowhere/file"], ["account", "remove", "x"]):
        answer = process(*arguments)
        assert answer.returncode == 1
        assert len(answer.stderr.splitlines()) == 1
        assert "Traceback" not in answer.stderr


def test_plain_http_is_for_loopback_only(run: Run) -> None:
    answer = run("account", "add", "mastodon", "--server", "http://social.example", "--token-stdin", stdin="secret\n")
    assert answer.returncode == 1
    assert "https" in answer.stderr
    assert "secret" not in answer.stderr + answer.stdout


def test_search_finds_kept_posts_by_words_that_stay_together_where_they_are_quoted(run: Run) -> None:
    answer = run("--demo", "search", "use code", "--json", "--limit", "1")
    assert answer.returncode == 0
    (record,) = lines(answer)
    assert "use code" in record["text"].casefold()
    assert "verdict" in record
    assert "--limit" in answer.stderr
    nothing = run("search", '" OR NEAR(')
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "no stored post matches" in nothing.stderr


def test_a_mute_ends_after_its_time(run: Run) -> None:
    answer = run("mute", "@ada@there.example", "--for", "1d")
    assert answer.returncode == 0
    assert answer.stdout.startswith("ada@there.example is muted until ")
    (record,) = lines(run("export", "marks"))
    assert record["handle"] == "ada@there.example"
    assert run("mute", "ada@there.example").stdout.startswith("ada@there.example is muted until you unmute them")
    assert run("unmute", "ADA@there.example").stdout == "ADA@there.example is no longer muted\n"
    assert run("unmute", "ada@there.example").stdout == "ada@there.example was not muted\n"
    assert run("mute", "ada@there.example", "--for", "soon").returncode == 2


def test_a_mark_acts_on_the_near_copies_of_a_campaign(run: Run, mastodon: Callable[..., Any]) -> None:
    server = mastodon(posts=20)
    for number, status in enumerate(server.world.home[10:14]):
        status["content"] = (
            f"<p>Earn 300 dollars a day from home, no boss, write to Mrs Linda on telegram now {number}</p>"
        )
        status["account"] = server.world.people[str(6 + number)]
    assert run("account", "add", "mastodon", "--server", server.url, "--token-stdin", stdin="good\n").returncode == 0
    assert run("sync").returncode == 0
    campaign = [post["id"] for post in lines(run("timeline", "--json", "--all")) if "Linda" in post["text"]]
    assert len(campaign) == 4
    assert run("mark", campaign[0], "spam").stdout.startswith("marked spam: hidden, and 3 near-copies")
    assert {post["id"] for post in lines(run("export", "marks"))} == set(campaign)


def test_the_whole_way_over_a_real_server(run: Run, process: Run, mastodon: Callable[..., Any]) -> None:
    server = mastodon(posts=90)
    added = process(
        "account", "add", "mastodon", "--server", server.url, "--handle", "june", "--token-stdin", stdin="good\n"
    )
    assert added.returncode == 0, added.stderr
    (synced,) = lines(process("sync", "--json"))
    assert (synced["new"], synced["kept"]) == (90, 90)
    assert synced["shown"] + synced["hidden"] == 90
    everything = lines(process("timeline", "--json", "--all"))
    shown = lines(process("timeline", "--json"))
    hidden = lines(process("timeline", "--json", "--hidden"))
    assert len(everything) == 90
    assert len(shown) == synced["shown"]
    assert {post["id"] for post in shown} | {post["id"] for post in hidden} == {post["id"] for post in everything}
    first = shown[0]["id"]
    assert process("mark", first, "spam").returncode == 0
    assert process("mark", first, "spam").returncode == 0
    marked = {post["id"]: post for post in lines(process("timeline", "--json", "--hidden"))}
    assert marked[first]["mark"] == "spam"
    exported = process("export", "marks").stdout
    assert process("unmark", first).returncode == 0
    assert process("export", "marks").stdout == ""
    assert process("import", "-", stdin=exported).returncode == 0
    assert process("import", "-", stdin=exported).returncode == 0
    assert process("export", "marks").stdout == exported
    assert len(lines(process("timeline", "--json", "--limit", "5"))) == 5
    handle = shown[1]["author"]["handle"]
    assert run("vouch", f"@{handle}").returncode == 0
    known = lines(run("timeline", "--json", "--level", "known"))
    assert any(post["author"]["handle"] == handle for post in known)
    assert run("unvouch", handle).returncode == 0
    doctor = run("doctor")
    assert doctor.returncode == 0
    assert "responds" in doctor.stdout
    posts = run("export", "posts").stdout
    assert len(posts.splitlines()) == 90
    assert run("import", "-", stdin=posts).returncode == 0
    assert run("export", "posts").stdout == posts
    assert "good" not in json.dumps(lines(run("export", "ties")))
    assert run("account", "remove", "june").returncode == 0
    assert run("account", "list").stdout == ""


def test_the_recorded_answers_come_through_http(run: Run, mastodon: Callable[..., Any], shared: Path) -> None:
    server = mastodon(posts=0, wire=shared / "wire")
    assert run("account", "add", "mastodon", "--server", server.url, "--token-stdin", stdin="good\n").returncode == 0
    (synced,) = lines(run("sync", "--json"))
    assert synced["troubles"] == []
    posts = lines(run("timeline", "--json", "--all"))
    assert len(posts) == synced["kept"] > 200
    assert all("verdict" in post for post in posts)


def test_every_mark_that_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """A session marks post after post and prints each on standard output, as the screen would; then it is killed."""
    code = """
import sys
from datetime import datetime, timezone
from quietfeed.session.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.sources.demo import Demo
from quietfeed.store.archive import Archive
from quietfeed.models.config import Config
from pathlib import Path
from quietfeed.session.opening import run_without_loop
archive = Archive(Path(sys.argv[1]))
demo = Demo(now=datetime(2026, 5, 4, tzinfo=timezone.utc))
archive.add_account(demo.account)
session = Session(archive, Config(), Accounts(archive, None, {demo.account.key: demo}), None)
run_without_loop(session.fetching.refresh(lambda progress: None))
for judged in session.timeline.posts:
    session.marks.set(judged.key, "spam")
    print(judged.post.id, flush=True)
"""
    path = tmp_path / "quietfeed.db"
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline().strip() for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    said += [line.strip() for line in process.stdout.read().splitlines() if line.strip()]
    process.wait()
    from quietfeed.store.archive import Archive

    kept = {mark.context.post.id for mark in Archive(path).marks.all()}
    assert set(said) <= kept
    assert len(said) >= 25
