"""Simulates worlds to measure the judgement: one user's timeline per seed, with the true category of every post.

    python -m quietfeed.sources.demo.simulate --seed 7 | quietfeed judge -

prints post records with "tie" and "mark", oldest first. cast.py creates the people, the grammar their texts, and
disguise.py their typing habits. None of these modules depends on a classifier.
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from ...codec.fields import read_time
from ...codec.records import post_to_record
from ...codec.ties import TIE_COUNTS, tie_to_record
from ...models.account import Account
from ...models.person import Person
from ...models.post import Card, Media, Post, Span
from ...models.tie import COUNTED, Interaction, Tie
from ...models.verdict import Category
from .cast import Member, cast
from .disguise import styled
from .grammar import grammar
from .world import World

USER = Account("simulated", "", "user@home.example", "user")
_DAYS = 21.0
_MARKS_IN_TEXT = re.compile(r"(?P<link>https?://\S+)|(?<![\w#])#(?P<hashtag>\w+)|(?<!\w)@(?P<mention>\w+)")
_KINDS = (("daily", 0.5), ("talk", 0.24), ("hobby", 0.16), ("money", 0.1))


class _Desk(msgspec.Struct):
    """The state of a world while its posts are created."""

    now: datetime
    rng: random.Random
    truth: dict[str, Category] = msgspec.field(default_factory=dict)
    posts: list[Post] = msgspec.field(default_factory=list)
    texts: set[tuple[str, str]] = msgspec.field(default_factory=set)
    """(person id, text) of each post: people do not repeat a text, broadcasters do."""

    def new_id(self, at: datetime) -> str:
        """An id that increases with time, like real ones."""
        while (made := str((int(at.timestamp() * 1000) << 16) + self.rng.randrange(1 << 16))) in self.truth:
            pass
        return made

    def add(self, post: Post, truth: Category) -> None:
        self.truth[post.id] = truth
        self.posts.append(post)


def simulate(seed: int, users: int = 50, now: datetime | None = None) -> World:
    """Simulate three weeks of one user and `users` other people. The same arguments give equal worlds."""
    now = now or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    rng = random.Random(f"{seed}/{users}")
    members = cast(rng, users, now)
    desk = _Desk(now, rng)
    for member in members:
        for _ in range(member.posts):
            _write(desk, member)
    # Strangers appear only in boosts by friends.
    unseen = {member.person.id for member in members if member.truth == "person" and member.closeness == "stranger"}
    originals = list(desk.posts)
    _boost(desk, members, originals, unseen)
    shown = [post for post in desk.posts if post.booster is not None or post.author.id not in unseen]
    shown.sort(key=lambda post: (post.at or now, post.id), reverse=True)
    return World(
        people=tuple(member.person for member in members),
        posts=tuple(shown),
        late=(),
        interactions=tuple(each for member in members for each in member.interactions),
        relationships=tuple(member.relationship for member in members if member.relationship is not None),
        truth={post.id: desk.truth[post.id] for post in shown},
    )


def ties(world: World) -> dict[str, Tie]:
    """The tie to each person, counted from interactions and relationships. Counts without interactions are 0."""
    counts: dict[str, dict[str, Any]] = {person.id: dict.fromkeys(TIE_COUNTS.values(), 0) for person in world.people}
    for relationship in world.relationships:
        fields = counts[relationship.person_id]
        fields["you_follow"], fields["follows_you"] = relationship.you_follow, relationship.follows_you
    for each in world.interactions:
        _count(counts[each.person.id], each)
    return {person: Tie(**fields) for person, fields in counts.items()}


def _count(fields: dict[str, Any], each: Interaction) -> None:
    name = COUNTED.get((each.kind, each.direction))
    if name:
        fields[name] += 1
    last = f"last_{each.direction}"
    fields[last] = max(fields.get(last) or each.at, each.at)
    fields["last_contact"] = max(fields.get("last_contact") or each.at, each.at)
    fields["first_contact"] = min(fields.get("first_contact") or each.at, each.at)


def _write(desk: _Desk, member: Member) -> None:
    rng = desk.rng
    age = _DAYS * rng.random()
    kind, language = _kind(member, age, rng)
    site = "" if member.writes == "person" else member.person.handle.partition("@")[0]
    text = grammar().text(kind, language, rng, site)
    while member.writes == "person" and kind != "talk" and (member.person.id, text) in desk.texts:
        text = grammar().text(kind, language, rng, site)
    desk.texts.add((member.person.id, text))
    text = styled(text, member.style, rng)
    answered = None
    if kind == "talk" or _answers(member.writes, rng):
        answered = _answerable(desk, member.person)
        age = max(age * 0.5, 0.001) if answered is None else _later(answered, desk.now, rng)
        handle = USER.handle if answered is None else answered.author.handle
        if rng.random() < 0.6:
            text = f"@{handle.partition('@')[0]} {text}"
    at = desk.now - timedelta(days=age)
    truth: Category = "sales" if kind == "coach" else member.truth
    desk.add(_post(desk, member, text, language, at, answered, answering=answered is not None or kind == "talk"), truth)


def _kind(member: Member, age: float, rng: random.Random) -> tuple[str, str]:
    """The set of the grammar for the next post, and its language."""
    language = rng.choice(member.languages)
    if member.turns_to_sales is not None and age < member.turns_to_sales and rng.random() < 0.9:
        return "coach", "en"
    if member.writes != "person":
        return member.writes, language
    kind = rng.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    if language not in grammar().languages(kind):
        kind = "daily"
    return kind, language


def _answers(writes: str, rng: random.Random) -> bool:
    """Whether a broadcaster's post is an unsolicited reply."""
    return rng.random() < {"support": 0.85, "crypto": 0.2, "adult": 0.2, "job": 0.15, "star": 0.03}.get(writes, 0.0)


def _answerable(desk: _Desk, author: Person) -> Post | None:
    """A person's post to reply to, or None for one of the user's own."""
    if desk.rng.random() < 0.15:
        return None
    posts = [post for post in desk.posts if desk.truth[post.id] == "person" and post.author.id != author.id]
    if not posts:
        return None
    return desk.rng.choice(posts)


def _later(answered: Post, now: datetime, rng: random.Random) -> float:
    """An age in days, some time after the parent post."""
    asked = (now - (answered.created_at or now)).total_seconds() / 86_400
    return max(asked - rng.lognormvariate(-3, 1.3), asked * 0.2)


def _post(
    desk: _Desk, member: Member, text: str, language: str, at: datetime, answered: Post | None, *, answering: bool
) -> Post:
    rng = desk.rng
    asker_id, asker = USER.remote_id, USER.handle
    if answered:
        asker_id, asker = answered.author.id, answered.author.handle
    spans = tuple(_spans(text, asker if answering else ""))
    links = tuple(span.target for span in spans if span.kind == "link")
    post_id = desk.new_id(at)
    pictured = {"person": 0.18, "shop": 0.6, "star": 0.45, "club": 0.4, "bait": 0.4}.get(member.writes, 0.15)
    described = "A photograph" if rng.random() < 0.4 else ""
    return Post(
        id=post_id,
        author=member.person,
        text=text,
        account=USER.key,
        network="simulated",
        created_at=at,
        url=f"{member.person.url}/{post_id}",
        lang=language if rng.random() < 0.85 else None,
        spans=spans,
        links=links,
        tags=tuple(span.target for span in spans if span.kind == "hashtag"),
        media=(Media("image", described),) if rng.random() < pictured else (),
        warning="long" if member.truth == "person" and rng.random() < 0.02 else "",
        card=Card(links[0], text[:60]) if links and rng.random() < 0.6 else None,
        reply_to=asker if answering else None,
        reply_to_id=answered.id if answered else None,
        reply_to_person=asker_id if answering else None,
        visibility="public",
    )


def _spans(text: str, answered: str) -> Iterator[Span]:
    for match in _MARKS_IN_TEXT.finditer(text):
        if match["link"]:
            yield Span(match.start(), match.end(), "link", match["link"])
        elif match["hashtag"]:
            yield Span(match.start(), match.end(), "hashtag", match["hashtag"])
        elif answered.partition("@")[0] == match["mention"]:
            yield Span(match.start(), match.end(), "mention", answered)


def _boost(desk: _Desk, members: Sequence[Member], originals: Sequence[Post], unseen: set[str]) -> None:
    """Add the boosts: friends boost strangers, each other and celebrities; one of them boosts celebrities a lot."""
    rng = desk.rng
    friends = [member for member in members if member.closeness in ("close", "known")]
    for post in originals:
        if post.author.id in unseen and rng.random() < 0.7:
            _pass_on(desk, rng.choice(friends), post)
    famous = [post for post in originals if desk.truth[post.id] == "celebrity" and post.reply_to is None]
    for member in friends:
        for _ in range(member.boosts):
            share = 0.9 if member.boosts > 2 else 0.5
            others = originals
            if rng.random() < share and famous:
                others = famous
            post = rng.choice(others)
            if post.author.id != member.person.id and desk.truth[post.id] in ("person", "celebrity"):
                _pass_on(desk, member, post)


def _pass_on(desk: _Desk, member: Member, post: Post) -> None:
    written = post.created_at or desk.now
    at = written + (desk.now - written) * min(desk.rng.expovariate(4), 0.95)
    boost = replace(post, id=desk.new_id(at), booster=member.person, boosted_at=at, original_id=post.id)
    desk.add(boost, desk.truth[post.id])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a world as post records, one per line."""
    parser = argparse.ArgumentParser(prog="python -m quietfeed.sources.demo.simulate", description="A simulated world.")
    parser.add_argument("--seed", type=int, default=1, help="which world")
    parser.add_argument("--users", type=int, default=50, help="the number of people")
    parser.add_argument("--now", type=read_time, help="the present time of the world (default: this hour)")
    options = parser.parse_args(arguments)
    world = simulate(options.seed, options.users, options.now)
    known = ties(world)
    for post in reversed(world.posts):
        record = post_to_record(post) | {"tie": tie_to_record(known[post.author.id]), "mark": world.truth[post.id]}
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
