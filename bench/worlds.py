"""Measures on simulated timelines what each level hides, before and after marks. Prints a Markdown table.

    python bench/worlds.py --users 50 --seeds 100-119 [--draw chance|noise|four-to-one|queue] [--marks 10,25,50]
        [--strangers]

Each seed makes the timeline of one user among a number of other users, with other people and texts. Posts are judged as
in a session: with the authors' counts, the ties, the habits in that timeline, and the user's marks. Marks are the truth
of posts drawn at random, of noise only, of noise four times out of five, or of posts from the training queue, ten at a
time. The figures count all other posts. A timeline of 50 users has about 450 posts; for 500 marks it is four times as
large. `--strangers` prints only level quiet, with strangers and acquaintances separated.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

from quietfeed.filters.base_model import base_model
from quietfeed.filters.examples import choose_examples, choose_strangers
from quietfeed.filters.habits import HabitBook
from quietfeed.filters.judge import judge_all
from quietfeed.filters.learn import learn
from quietfeed.filters.ties import name
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.tie import NO_TIE, TieName
from quietfeed.models.verdict import CATEGORIES, Category, Level, Verdict
from quietfeed.models.view import JudgedPost
from quietfeed.session.mark_index import MarkIndex
from quietfeed.session.training import training_queue
from quietfeed.sources.demo.simulate import simulate, ties

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MARKS = {0: 1, 10: 1, 25: 1, 50: 1, 100: 1, 500: 4}
"""The number of marks, and the factor by which the timeline is enlarged for them."""

HIDDEN_BY: dict[Level, tuple[Category, ...]] = {
    Level.noise: ("sales", "spam"),
    Level.quiet: ("celebrity", "sales", "spam"),
    Level.known: ("celebrity", "sales", "spam"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A context with its truth, and whether its author is close or known."""

    context: PostContext
    truth: Category
    friend: bool
    markable: bool = True
    """Whether it may be marked: some noise is only judged."""


@dataclass(slots=True)
class Tally:
    """The counts after a number of marks: posts by truth, hidden posts by level and truth, hidden friends by level."""

    posts: Counter[Category] = field(default_factory=Counter)
    friends: int = 0
    hidden: Counter[tuple[Level, Category]] = field(default_factory=Counter)
    noise_of_friends: Counter[Category] = field(default_factory=Counter)
    noise_of_friends_hidden: Counter[tuple[Level, Category]] = field(default_factory=Counter)
    lost: Counter[Level] = field(default_factory=Counter)
    taken_back: Counter[Level] = field(default_factory=Counter)
    people: Counter[TieName] = field(default_factory=Counter)
    """Posts by people, by tie, and how many of them level quiet hides."""
    people_hidden: Counter[TieName] = field(default_factory=Counter)

    def add(self, known: Known, verdict: Verdict, *, said_noise: bool) -> None:
        """Count one judged post; `said_noise`: the user marked posts of this author as noise."""
        self.posts[known.truth] += 1
        self.friends += known.friend
        self.noise_of_friends[known.truth] += known.friend
        if known.truth == "person":
            tie = name(known.context.tie, NOW)
            self.people[tie] += 1
            self.people_hidden[tie] += not verdict.shown_at(Level.quiet)
        for level in HIDDEN_BY:
            if not verdict.shown_at(level):
                self.hidden[level, known.truth] += 1
                self.noise_of_friends_hidden[level, known.truth] += known.friend
                if known.friend:
                    (self.taken_back if said_noise else self.lost)[level] += 1


def timeline(seed: int, users: int) -> list[Known]:
    """The posts of one user as contexts."""
    world = simulate(seed, users, NOW)
    known_ties = ties(world)
    book = HabitBook(base_model())
    for post in world.posts:
        book.add(post)
    found = []
    for post in world.posts:
        tie = known_ties.get(post.author.id, NO_TIE)
        booster_tie = None if post.booster is None else known_ties.get(post.booster.id, NO_TIE)
        context = PostContext(post, tie, booster_tie, book.of(post.author_key))
        found.append(Known(context, world.truth[post.id], name(tie, NOW) in ("close", "known")))
    return found


def by_chance(seed: int, posts: Sequence[Known], count: int) -> set[int]:
    """Choose the posts to mark at random."""
    return set(random.Random(seed).sample(range(len(posts)), count))


def noise_only(seed: int, posts: Sequence[Known], count: int) -> set[int]:
    """Choose only noise to mark, as most users do."""
    noise = [
        place for place, known in enumerate(posts) if known.truth != "person" and not known.friend and known.markable
    ]
    return set(random.Random(seed).sample(noise, min(count, len(noise))))


def four_to_one(seed: int, posts: Sequence[Known], count: int) -> set[int]:
    """Choose the posts to mark, four of five from noise."""
    people = [place for place, known in enumerate(posts) if known.truth == "person" and not known.friend]
    few = random.Random(seed).sample(people, min(count // 5, len(people)))
    return {*noise_only(seed, posts, count - len(few)), *few}


def examples(posts: Sequence[Known], marks: Sequence[Mark]) -> list[PostContext]:
    """The posts of known people that are trained with the marks."""
    return choose_examples([known.context.post for known in posts if known.friend], marks, base_model(), NOW)


def strangers(posts: Sequence[Known], marks: Sequence[Mark]) -> list[PostContext]:
    """The unmarked posts of followed strangers that are compared with the marks."""
    contexts = [known.context for known in posts if name(known.context.tie, NOW) == "stranger"]
    return choose_strangers(contexts, marks, NOW)


def from_queue(posts: Sequence[Known], count: int) -> set[int]:
    """Choose the posts to mark from the training queue, with a training after every ten."""
    drawn: dict[int, Mark] = {}
    places = {known.context.post.key: place for place, known in enumerate(posts)}
    while len(drawn) < count:
        marks = list(drawn.values())
        words = MarkIndex(marks)
        contexts = [known.context for known in posts]
        verdicts = judge_all(
            contexts,
            learn(base_model(), marks, examples(posts, marks), strangers=strangers(posts, marks)),
            marks=words.snapshot,
            now=NOW,
        )
        judged = [
            JudgedPost(
                context.post,
                verdict,
                context.tie,
                name(context.tie, NOW),
                drawn[place].category if place in drawn else None,
            )
            for place, (context, verdict) in enumerate(zip(contexts, verdicts, strict=True))
            if posts[place].markable
        ]
        offered = training_queue(judged, min(10, count - len(drawn)))
        if not offered:
            break
        for key in offered:
            known = posts[places[key]]
            drawn[places[key]] = Mark(known.context, known.truth, NOW)
    return set(drawn)


DRAWS = {"chance": by_chance, "noise": noise_only, "four-to-one": four_to_one}


def measure(
    seeds: Sequence[int], build: Callable[[int, int], list[Known]], draw: str, counts: Sequence[int]
) -> Iterator[tuple[int, Tally]]:
    """A Tally for each number of marks. `build` makes the timeline of a seed, enlarged by a factor."""
    for count in counts:
        tally = Tally()
        for seed in seeds:
            posts = build(seed, MARKS.get(count, 1))
            most = min(count, len(posts) // 2)
            drawn = from_queue(posts, most) if draw == "queue" else DRAWS[draw](seed, posts, most)
            marks = [Mark(posts[index].context, posts[index].truth, NOW) for index in sorted(drawn)]
            words = MarkIndex(marks)
            weights = base_model()
            if marks:
                weights = learn(base_model(), marks, examples(posts, marks), strangers=strangers(posts, marks))
            rest = [known for index, known in enumerate(posts) if index not in drawn]
            verdicts = judge_all([known.context for known in rest], weights, marks=words.snapshot, now=NOW)
            for known, verdict in zip(rest, verdicts, strict=True):
                post = known.context.post
                of_author = words.snapshot.authors.get(post.author_key, {})
                tally.add(known, verdict, said_noise=any(of_author.get(each) for each in CATEGORIES[1:]))
        yield count, tally


STRANGERS_HEAD = (
    "| marks | strangers' personal posts | acquaintances' | friends lost | noise, friends' aside"
    " | celebrity / sales / spam |\n|---|---|---|---|---|---|"
)


def strangers_row(count: int, tally: Tally) -> str:
    """A row of the shorter table: only level quiet, with strangers and acquaintances separated."""
    kinds = CATEGORIES[1:]
    noise = sum(tally.posts[kind] - tally.noise_of_friends[kind] for kind in kinds)
    hidden = sum(tally.hidden[Level.quiet, kind] - tally.noise_of_friends_hidden[Level.quiet, kind] for kind in kinds)
    each = " / ".join(_percent(tally.hidden[Level.quiet, kind], tally.posts[kind]) for kind in kinds)
    strangers, acquaintances = (
        f"{_percent(tally.people_hidden[tie], tally.people[tie])} ({tally.people_hidden[tie]} of {tally.people[tie]:,})"
        for tie in ("stranger", "acquaintance")
    )
    return (
        f"| {count} | {strangers} | {acquaintances} | {tally.lost[Level.quiet]} of {tally.friends:,}"
        f" | {_percent(hidden, noise)} | {each} |"
    )


def rows(count: int, tally: Tally) -> Iterator[str]:
    """The rows of the table for a number of marks."""
    for level, categories in HIDDEN_BY.items():
        noise = sum(tally.posts[category] for category in categories)
        noise_hidden = sum(tally.hidden[level, category] for category in categories)
        friends = sum(tally.noise_of_friends[category] for category in categories)
        friends_hidden = sum(tally.noise_of_friends_hidden[level, category] for category in categories)
        each = " / ".join(_percent(tally.hidden[level, category], tally.posts[category]) for category in CATEGORIES[1:])
        yield (
            f"| {count} | {level.name} | {tally.lost[level]} of {tally.friends:,} | {tally.taken_back[level]}"
            f" | {_percent(tally.hidden[level, 'person'], tally.posts['person'])}"
            f" | {_percent(noise_hidden, noise)}"
            f" | {_percent(noise_hidden - friends_hidden, noise - friends)} | {each} |"
        )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "-"


def numbers(text: str) -> list[int]:
    """Parse numbers separated by commas."""
    return [int(number) for number in text.split(",")]


def seeds_between(text: str) -> list[int]:
    """Parse "first-last" into all numbers between."""
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50, help="the number of other users in a timeline")
    parser.add_argument("--seeds", type=seeds_between, default=seeds_between("100-119"), help="first-last")
    parser.add_argument("--draw", choices=[*DRAWS, "queue"], default="chance", help="which posts are marked")
    parser.add_argument("--marks", type=numbers, default=list(MARKS), help="numbers of marks, separated by commas")
    parser.add_argument("--strangers", action="store_true", help="only level quiet, with strangers separated")
    args = parser.parse_args()
    started = perf_counter()
    print(f"Seeds {args.seeds[0]} to {args.seeds[-1]}, {args.users} users each; of 100 posts, so many are hidden:\n")
    print(
        STRANGERS_HEAD
        if args.strangers
        else "| marks | level | friends lost | hidden by the user's marks | personal | noise | noise, friends' aside"
        " | celebrity / sales / spam |\n|---|---|---|---|---|---|---|---|"
    )
    for count, tally in measure(
        args.seeds, lambda seed, times: timeline(seed, args.users * times), args.draw, args.marks
    ):
        for row in [strangers_row(count, tally)] if args.strangers else rows(count, tally):
            print(row, flush=True)
    print(f"\n{perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
