"""The source of X against its loopback server: renewal, requests, partial errors, limits and charges."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.errors import (
    RateLimited,
    RequestRejected,
    ServerError,
    SignInEnded,
    SourceError,
    StoreError,
    UnusableResponse,
)
from quietfeed.models.paid import Known, Position, ReadingPlan
from quietfeed.models.person import Person
from quietfeed.phrases.errors import error_text
from quietfeed.session.clock import Clock
from quietfeed.session.spending import BudgetMeter, SpendingService
from quietfeed.sources import network
from quietfeed.sources.x.oauth import SCOPES
from quietfeed.sources.x.source import X
from quietfeed.store.archive import Archive

NOW = datetime.now(UTC)
MID = datetime(2026, 11, 15, tzinfo=UTC)
PEOPLE = tuple(Person(each, handle, handle, network="x") for each, handle in (("1", "ada"), ("2", "bo")))
READ = Position(since="1")
Serve = Callable[..., Any]


class Keyring:
    """A secret store that records the saved access tokens."""

    def __init__(self, secret: Mapping[str, str]) -> None:
        self.secret = dict(secret)
        self.saved: list[str] = []
        self.full = False

    def load(self) -> Mapping[str, str]:
        return self.secret

    def save(self, secret: Mapping[str, str]) -> None:
        if self.full:
            raise StoreError("the disk is full")
        self.secret = dict(secret)
        self.saved.append(secret["access"])

    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()


class Opened:
    """A source with its server, its meter and its keyring."""

    def __init__(self, server: Any, *, budget: float = 100, home: bool = False) -> None:
        self.server = server
        self.keyring = Keyring(server.secret)
        self.account = Account("x", server.url, "june", "100", scopes=SCOPES)
        self.archive = Archive(None)
        self.meter: BudgetMeter = SpendingService(
            self.archive, Config(monthly_budget=budget), Clock(lambda: MID)
        ).meter("x")
        self.source = self.again()
        known = tuple(Known(person, READ) for person in PEOPLE)
        self.source.use_plan(ReadingPlan(known, READ if home else None))

    def again(self) -> X:
        source = network("x").open_source(self.account, self.keyring.secret, self.keyring)
        assert isinstance(source, X)
        source.use_meter(self.meter)
        return source


@pytest.fixture
async def opened(x_server: Serve) -> AsyncIterator[Callable[..., Opened]]:
    made: list[Opened] = []

    def start(*, budget: float = 100, home: bool = False, **quirks: Any) -> Opened:
        made.append(Opened(x_server(**quirks), budget=budget, home=home))
        return made[-1]

    yield start
    for each in made:
        await each.source.close()


async def test_a_renewed_refresh_token_is_stored_before_the_access_token_is_used(opened: Callable[..., Opened]) -> None:
    it = opened(expired=1)
    await it.source.timeline(None)
    assert it.keyring.saved == ["access-1"]
    assert it.keyring.secret["refresh"] == "refresh-1"
    assert it.server.renewals == 1
    # The keyring is full: the new token must not be used, because its refresh token would be lost.
    it.server.access.clear()
    it.keyring.full = True
    with pytest.raises(SourceError, match="could not be saved"):
        await it.source.timeline(None)
    assert not [headers for _, _, headers in it.server.requests if headers.get("Authorization") == "Bearer access-2"]
    # It is still in memory: the next attempt stores it, and uses no second refresh token.
    it.keyring.full = False
    await it.source.timeline(None)
    assert (it.keyring.saved[-1], it.server.renewals) == ("access-2", 2)


async def test_tokens_are_renewed_before_they_expire_once_for_all_requests(opened: Callable[..., Opened]) -> None:
    it = opened()
    it.keyring.secret["expires"] = str(int(time.time()) + 30)
    source = it.again()
    source.use_plan(ReadingPlan(tuple(Known(person, READ) for person in PEOPLE)))
    await asyncio.gather(source.timeline(None), source.timeline(None))
    assert it.server.renewals == 1
    assert {headers["Authorization"] for path, _, headers in it.server.requests if path in it.server.paths()} == {
        "Bearer access-1"
    }
    await source.close()


async def test_another_process_that_renewed_the_token_is_believed(opened: Callable[..., Opened]) -> None:
    it = opened()
    it.server.access = {"theirs"}
    it.keyring.secret = {**it.keyring.secret, "access": "theirs", "refresh": "refresh-9"}
    assert (await it.source.timeline(None)).posts
    assert it.server.renewals == 0


async def test_a_revoked_sign_in_asks_to_sign_in_again(opened: Callable[..., Opened]) -> None:
    it = opened()
    it.server.access, it.server.refresh = set(), "other"
    with pytest.raises(SignInEnded) as caught:
        await it.source.timeline(None)
    assert caught.value.command == "`quietfeed account add x`"
    assert it.meter.state().spent == 0


@pytest.mark.parametrize(("words", "rejected"), [("tweet", 0), ("post", 1), ("both", 0)])
async def test_both_vocabularies_are_sent_and_the_accepted_one_is_remembered(
    opened: Callable[..., Opened], words: str, rejected: int
) -> None:
    it = opened(words=words)
    posts = (await it.source.timeline(None)).posts
    sent = [query for path, query, _ in it.server.requests if path.startswith("/2/users/")]
    assert sum("tweet.fields" in query for query in sent[:2]) == (2 if words != "post" else rejected)
    assert all("post.fields" in query for query in sent[1:]) == (words == "post")
    texts = {post.text for post in posts}
    assert {"Rain on the roof 7 & tea", "A long walk", "@june see you there"} <= texts
    reply = next(post for post in posts if post.text.startswith("@june"))
    assert (reply.reply_to, reply.reply_to_id) == ("june", "999")
    boost = next(post for post in posts if post.booster)
    assert (boost.author.handle, boost.booster and boost.booster.handle) == ("eve", "ada")
    assert it.meter.state().spent == it.server.charged


async def test_no_user_is_read_for_posts_of_known_people(opened: Callable[..., Opened]) -> None:
    it = opened()
    await it.source.timeline(None)
    assert not any("author_id" in query.get("expansions", "") for _, query, _ in it.server.requests)
    assert it.server.charged == it.meter.state().spent == 20 * 5_000


async def test_people_who_are_gone_or_protected_are_read_rarely_and_stop_nobody(opened: Callable[..., Opened]) -> None:
    it = opened(gone={"1": "resource-not-found"})
    news = [each async for each in it.source.news(NOW)]
    assert [(each.person_id, bool(each.posts)) for each in news] == [("1", False), ("2", True)]
    assert news[0].position.failures == 1
    assert news[0].position.next_at is not None
    assert news[0].position.next_at > NOW + timedelta(hours=20)
    with pytest.raises(RequestRejected) as caught:
        await it.source._page("tweets", "/2/users/1/tweets", {}, 5, 5, "posts", 15_000)
    assert (caught.value.status, caught.value.name) == (404, "resource-not-found")
    it.server.quirks.gone = {"1": "not-authorized-for-resource"}
    with pytest.raises(RequestRejected) as caught:
        await it.source._page("tweets", "/2/users/1/tweets", {}, 5, 5, "posts", 15_000)
    assert caught.value.status == 403


async def test_an_empty_page_without_data_is_no_error(opened: Callable[..., Opened]) -> None:
    it = opened()
    it.source.use_plan(ReadingPlan((Known(PEOPLE[0], Position(since="999999")),)))
    (news,) = [each async for each in it.source.news(NOW)]
    assert news.posts == ()
    assert (news.position.since, news.position.failures) == ("999999", 0)
    assert it.meter.state().spent == 0


async def test_rate_limits_are_read_from_epoch_headers(opened: Callable[..., Opened]) -> None:
    reset = int(time.time()) + 600
    it = opened(limited=1, limit_headers={"x-rate-limit-reset": str(reset), "x-rate-limit-remaining": "0"})
    with pytest.raises(RateLimited) as caught:
        await it.source.timeline(None)
    assert abs(caught.value.retry_at.timestamp() - reset) < 2
    asked = len(it.server.requests)
    with pytest.raises(RateLimited):
        await it.source.timeline(None)
    assert len(it.server.requests) == asked
    assert it.meter.state().spent == 0


async def test_a_limit_of_a_day_lasts_until_its_own_reset(opened: Callable[..., Opened]) -> None:
    now = int(time.time())
    headers = {
        "x-rate-limit-reset": str(now + 60),
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": str(now + 20_000),
    }
    it = opened(limited=1, limit_headers=headers)
    with pytest.raises(RateLimited) as caught:
        await it.source.timeline(None)
    assert abs(caught.value.retry_at.timestamp() - now - 20_000) < 2


async def test_what_may_have_been_charged_stays_counted(opened: Callable[..., Opened]) -> None:
    it = opened(failing=1)
    with pytest.raises(ServerError):
        await it.source.timeline(None)
    assert it.meter.state().spent == 0
    it.server.quirks.dropped = 1
    with pytest.raises(SourceError):
        await it.source.timeline(None)
    # Ten posts with two references each: the response may have been on its way.
    assert it.meter.state().spent == 10 * 15_000


async def test_no_token_follows_a_redirect(opened: Callable[..., Opened], x_server: Serve) -> None:
    other = x_server()
    it = opened(redirect_to=f"{other.url}/2/users/me")
    with pytest.raises(UnusableResponse):
        await it.source.timeline(None)
    assert other.requests == []


async def test_an_error_that_repeats_the_token_does_not_show_it(opened: Callable[..., Opened]) -> None:
    it = opened(expired=9, echoes=True)
    with pytest.raises(SignInEnded) as caught:
        await it.source.timeline(None)
    assert "access-1" not in f"{caught.value} {error_text(caught.value)}"


async def test_follows_and_mentions_are_owned_reads_and_are_not_read_twice(opened: Callable[..., Opened]) -> None:
    it = opened()
    pages = [page async for page in it.source.interactions({})]
    follows, mentions, own = pages
    assert {each.person_id: (each.you_follow, each.follows_you) for each in follows.relationships} == {
        "1": (True, True),
        "2": (True, True),
        "3": (True, False),
    }
    assert [person.handle for person in follows.people] == ["ada", "bo", "max"]
    told = {(each.person.handle, each.kind, each.direction) for each in (*mentions.interactions, *own.interactions)}
    assert told == {
        ("ada", "mention", "to_you"),
        ("bo", "reply", "to_you"),
        ("ada", "reply", "from_you"),
        ("bo", "mention", "from_you"),
        ("eve", "boost", "from_you"),
    }
    # Three follows, two mentions by them, two posts of one's own. No user is read for people who are known.
    assert it.server.charged == 3_000 + 2 * 1_000 + 2 * 1_000
    assert it.meter.state().spent == it.server.charged
    asked = len(it.server.requests)
    since = {page.stream: page.since for page in pages if page.since}
    assert [page.interactions async for page in it.source.interactions(since)] == [(), (), ()]
    assert len(it.server.requests) == asked
    assert [each.you_follow for each in await it.source.relationships(["1", "5"])] == [True, False]


async def test_strangers_who_mention_the_user_are_read_once_each(opened: Callable[..., Opened]) -> None:
    it = opened()
    eve = {"mentions": [{"start": 0, "end": 1, "id": "100", "username": "june"}]}
    for author in ("5", "5", "77"):
        it.server.world.post(author, "@june hello", entities=eve)
    _, mentions, _ = [page async for page in it.source.interactions({})]
    # 77 does not exist any more, so there is no tie.
    assert [each.person.handle for each in mentions.interactions][:2] == ["eve", "eve"]
    assert len(mentions.interactions) == 4
    assert [query["ids"] for path, query, _ in it.server.requests if path == "/2/users"] == ["77,5"]
    assert it.meter.state().spent == it.server.charged == 3_000 + 5 * 1_000 + 10_000 + 2 * 1_000


async def test_in_the_new_vocabulary_authors_are_in_an_expansion(opened: Callable[..., Opened]) -> None:
    it = opened(words="post")
    _, mentions, own = [page async for page in it.source.interactions({})]
    assert {(each.person.handle, each.kind) for each in mentions.interactions} == {("ada", "mention"), ("bo", "reply")}
    assert {(each.person.handle, each.kind) for each in own.interactions} >= {("ada", "reply"), ("eve", "boost")}
    assert it.meter.state().spent == it.server.charged == 3_000 + 2 * 1_000 + 2 * 10_000 + 2 * 1_000


async def test_a_follow_that_ended_is_reported(opened: Callable[..., Opened]) -> None:
    it = opened()
    it.source.use_plan(ReadingPlan(following=frozenset(("1", "9")), followers=frozenset("9")))
    page = await anext(it.source.interactions({}))
    ended = next(each for each in page.relationships if each.person_id == "9")
    assert (ended.you_follow, ended.follows_you) == (False, True)


async def test_without_connection_status_follows_back_stay_unknown(opened: Callable[..., Opened]) -> None:
    it = opened(no_status=True)
    page = await anext(it.source.interactions({}))
    assert all(each.you_follow and each.follows_you is None for each in page.relationships)


async def test_the_home_timeline_is_read_down_to_the_known_posts(opened: Callable[..., Opened]) -> None:
    it = opened(home=True, posts=30)
    news = [each async for each in it.source.news(NOW)]
    posts = [post for each in news for post in each.posts]
    assert len(posts) == len({post.id for post in posts}) == 95
    assert {post.author.handle for post in posts} >= {"ada", "bo", "max", "june"}
    assert all(post.author.followers is not None for post in posts if not post.booster)
    assert news[-1].position.since == max((post.id for post in posts), key=int)
    assert news[0].position.until
    assert it.meter.state().spent == it.server.charged
    assert [each.you_follow for each in news[0].relationships if each.person_id == "3"] == [True]


async def test_a_budget_that_ends_within_a_range_continues_there(opened: Callable[..., Opened]) -> None:
    it = opened(posts=30)
    it.source.use_plan(ReadingPlan((Known(PEOPLE[0], READ),)))
    (first,) = [each async for each in it.source.news(NOW)]
    # One run reads four pages of ten at most; all 32 posts were read.
    assert len(first.posts) == 32
    it.source.use_plan(ReadingPlan((Known(PEOPLE[0], Position("1", "1030", "1092")),)))
    (rest,) = [each async for each in it.source.news(NOW)]
    assert {int(post.id) for post in rest.posts} < set(range(1030))
    assert rest.position.since == "1092"


async def test_a_small_share_of_a_day_makes_small_pages_and_ends_quietly(opened: Callable[..., Opened]) -> None:
    # On the 15th, 16 days are left: a day may cost an eighth of the budget.
    it = opened(budget=1)
    news = [each async for each in it.source.news(NOW)]
    sizes = [int(query["max_results"]) for path, query, _ in it.server.requests if path.endswith("/tweets")]
    assert sizes[0] == 125_000 // 15_000
    assert min(sizes) >= 5
    assert news
    assert it.server.charged == it.meter.state().spent <= 125_000
    it = opened(budget=0.5)
    assert [each async for each in it.source.news(NOW)] == []
    assert it.server.requests == []


async def test_x_never_charges_more_than_is_counted_after_any_error(opened: Callable[..., Opened]) -> None:
    it = opened(budget=3)
    faults: tuple[dict[str, Any], ...]
    faults = ({"dropped": 1}, {"failing": 1}, {"expired": 1}, {"limited": 1}, {"gone": {"1": "resource-not-found"}}, {})
    for number in range(60):
        it.server.quirks.gone = {}
        vars(it.server.quirks).update(faults[number % len(faults)])
        source = it.again()
        known = tuple(Known(person, READ) for person in PEOPLE)
        source.use_plan(ReadingPlan(known, READ if number % 4 == 3 else None))
        with suppress(SourceError):
            if number % 3:
                await source.timeline(None)
            else:
                async for _ in source.interactions({}):
                    pass
        await source.close()
        assert it.server.charged <= it.meter.state().spent <= 3_000_000
    assert it.meter.left("home") < 25_000


async def test_a_source_without_a_meter_sends_nothing(x_server: Serve) -> None:
    server = x_server()
    source = network("x").open_source(Account("x", server.url, "june", "100"), server.secret)
    assert isinstance(source, X)
    source.use_plan(ReadingPlan((Known(PEOPLE[0]),), home=Position()))
    with pytest.raises(SourceError, match="cannot be counted"):
        await source.timeline(None)
    assert server.requests == []
    await source.close()
