"""Measures a timeline written by hand: what level quiet hides of each kind of account, before and after marks.

    python bench/handmade.py [--marks 0,10,25,50] [--draws chance,four-to-one,noise,queue] [--seeds 2] [--others]
                             [--file bench/handmade.txt]

The truth was written before judging. `--others` measures the accounts whose kind begins with "other": they are harder
ones, and the base model's examples were written before them. In bench/handmade.txt a line with "=" begins an account:

    = id; kind; name; handle; followers/following/posts; tie; flags; bio

The tie has one letter each: f you follow, b they follow back, r/R replies to/from you, m/M mentions, l/L likes, with
counts; "last90" is the age of the last contact in days. Flags: "bot", "v" (verified), "days=4" (how long the posts
span). Each other line is a post, oldest first: [r] answers somebody, [u] answers the user, [m] has a picture, [^id] is
boosted by a friend, [!spam] is of another category, [t=20] is that many minutes old.
"""

import argparse
import random
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from worlds import DRAWS, NOW, Known, examples, from_queue, strangers

from quietfeed.filters.base_model import base_model
from quietfeed.filters.habits import HabitBook
from quietfeed.filters.judge import judge_all
from quietfeed.filters.learn import learn
from quietfeed.filters.ties import name, with_selectivity
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Media, Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import CATEGORIES, Category, Level
from quietfeed.session.mark_index import MarkIndex

FILE = Path(__file__).with_name("handmade.txt")
OTHER = "other "
TRUTH: dict[str, Category] = {
    **dict.fromkeys(("friend", "takeover", "acquaintance", "stranger"), "person"),
    **dict.fromkeys(("celebrity", "micro", "news", "bot", "org"), "celebrity"),
    **dict.fromkeys(("brand", "followback"), "sales"),
    **dict.fromkeys(("spam", "aibot", "scam"), "spam"),
}
KINDS = ("celebrity", "micro", "news", "bot", "org", "brand", "spam", "aibot", "followback", "scam")
COUNTS = {
    **{"r": "replies_to_you", "R": "replies_from_you", "m": "mentions_to_you", "M": "mentions_from_you"},
    **{"l": "likes_to_you", "L": "likes_from_you"},
}
_SIGN = re.compile(r"\[([^\]]*)\] ?")


def tie_of(text: str, following: int) -> Tie:
    """The tie that letters and counts describe."""
    fields: dict[str, Any] = dict.fromkeys((*COUNTS.values(), "boosts_to_you", "boosts_from_you", "direct"), 0)
    fields |= {"you_follow": False, "follows_you": False}
    days = re.search(r"last(\d+)", text)
    for letter, count in re.findall(r"([a-zA-Z])(\d*)", text.replace(days[0] if days else "", "")):
        if letter in COUNTS:
            fields[COUNTS[letter]] = int(count or 1)
        else:
            fields["you_follow" if letter == "f" else "follows_you"] = True
    if any(fields[each] for each in COUNTS.values()):
        fields["last_contact"] = NOW - timedelta(days=int(days[1]) if days else 20)
    return with_selectivity(Tie(**fields), following)


def read(*, others: bool, file: Path = FILE) -> tuple[list[Known], dict[str, str]]:
    """The posts with their truth, and the kind of each account."""
    people: dict[str, Person] = {}
    ties: dict[str, Tie] = {}
    kinds: dict[str, str] = {}
    lines: list[tuple[str, str, float]] = []
    days = 0.0
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("= "):
            who, kind, shown, handle, counts, contact, flags, bio = map(str.strip, line[2:].split(";", 7))
            followers, following, number = map(int, counts.split("/"))
            span = re.search(r"days=(\d+)", flags)
            days = float(span[1]) if span else 19.0
            bot, verified = "bot" in flags.split(), True if "v" in flags.split() else None
            people[who] = Person(who, handle, shown, bio, "", "", "", followers, following, number, verified, bot)
            ties[who], kinds[who] = tie_of(contact, following), kind
        elif line.strip():
            lines.append((who, line, days))
    wanted = {who for who, kind in kinds.items() if kind.startswith(OTHER) is others or (others and kind == "friend")}
    chance, total, seen = random.Random(14), Counter(who for who, _, _ in lines), Counter[str]()
    posts: list[Post] = []
    truth: dict[str, Category] = {}
    for number, (who, line, long) in enumerate(lines):
        age = long * (1 - (seen[who] + chance.random() * 0.8) / total[who]) + 0.02
        seen[who] += 1
        post, category = _post(str(number), line, people, who, age, TRUTH[kinds[who].removeprefix(OTHER)])
        if who in wanted:
            posts.append(post)
            truth[post.id] = category
    book = HabitBook(base_model())
    for post in posts:
        book.add(post)
    found = []
    for post in posts:
        tie, booster = ties[post.author.id], post.booster
        context = PostContext(post, tie, None if booster is None else ties[booster.id], book.of(post.author_key))
        friend = kinds[post.author.id] in ("friend", "takeover") and name(tie, NOW) in ("close", "known")
        found.append(Known(context, truth[post.id], friend))
    return found, {who: kind.removeprefix(OTHER) for who, kind in kinds.items()}


def _post(
    post_id: str, line: str, people: dict[str, Person], who: str, age: float, category: Any
) -> tuple[Post, Category]:
    at = NOW - timedelta(days=age)
    parts: dict[str, Any] = {}
    booster = ""
    while sign := _SIGN.match(line):
        letter, rest = sign[1][:1], sign[1][1:]
        if letter in ("r", "u"):
            parts |= {"reply_to": "somebody@else.example", "reply_to_person": f"q{post_id}", "reply_to_id": "z"}
        elif letter == "m":
            parts["media"] = (Media("image"),)
        elif letter == "^":
            booster = rest
        elif letter == "!":
            category = rest
        elif letter == "t":
            at = NOW - timedelta(minutes=int(rest[1:]))
        else:
            break
        line = line[sign.end() :]
    links, tags = tuple(re.findall(r"https?://\S+", line)), tuple(re.findall(r"(?<!\w)#(\w+)", line))
    post = Post(post_id, people[who], line, "a", created_at=at, links=links, tags=tags, visibility="public", **parts)
    if booster:
        boosted_at = at + timedelta(hours=2)
        post = replace(post, id=f"{post_id}b", booster=people[booster], boosted_at=boosted_at, original_id=post_id)
    return post, category


def row(posts: list[Known], kinds: dict[str, str], draw: str, count: int, seeds: int) -> str:
    """What is hidden after so many marks, over some draws, as a row of the table."""
    seen, hidden, lost = Counter[str](), Counter[str](), 0
    for seed in range(seeds):
        drawn = set[int]()
        if count:
            drawn = from_queue(posts, count) if draw == "queue" else DRAWS[draw](seed, posts, count)
        marks = [Mark(posts[index].context, posts[index].truth, NOW) for index in sorted(drawn)]
        weights, words = base_model(), MarkIndex(marks).snapshot
        if marks:
            weights = learn(weights, marks, examples(posts, marks), strangers=strangers(posts, marks))
        rest = [known for index, known in enumerate(posts) if index not in drawn]
        verdicts = judge_all([known.context for known in rest], weights, marks=words, now=NOW)
        for known, verdict in zip(rest, verdicts, strict=True):
            author = known.context.post.author_key
            said = any(words.authors.get(author, {}).get(each) for each in CATEGORIES[1:])
            lost += known.friend and not verdict.shown_at(Level.known) and not said
            kind = kinds[author[1]]
            seen[kind] += 1
            hidden[kind] += not verdict.shown_at(Level.quiet)
    people, noise = ("stranger", "acquaintance"), [kind for kind in KINDS if seen[kind]]
    cells = [f"{_percent(hidden[kind], seen[kind])} of {seen[kind]}" for kind in people]
    cells += [_percent(seen[kind] - hidden[kind], seen[kind]) for kind in KINDS]
    cells.append(_percent(sum(hidden[kind] for kind in noise), sum(seen[kind] for kind in noise)))
    return f"| {draw} | {count} | {lost} | " + " | ".join(cells) + " |"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marks", default="0,10,25,50", help="numbers of marks, separated by commas")
    parser.add_argument("--draws", default="chance,four-to-one,noise,queue", help="which posts are marked")
    parser.add_argument("--seeds", type=int, default=2, help="how many draws of each")
    parser.add_argument("--others", action="store_true", help="the harder accounts")
    parser.add_argument("--file", type=Path, default=FILE, help="another timeline in the same format")
    args = parser.parse_args()
    posts, kinds = read(others=args.others, file=args.file)
    print(f"{len(posts)} posts. Of 100 posts hidden by people, and of 100 left by noise accounts:\n")
    print("| marks on | marks | friends lost | strangers | acquaintances | " + " | ".join(KINDS) + " | noise hidden |")
    print("|---" * (6 + len(KINDS)) + "|")
    draws = args.draws.split(",")
    for draw in draws:
        for count in map(int, args.marks.split(",")):
            if count or draw == draws[0]:
                # Nothing is drawn by chance without marks, nor from the queue.
                print(row(posts, kinds, draw, count, 1 if not count or draw == "queue" else args.seeds), flush=True)


if __name__ == "__main__":
    main()
