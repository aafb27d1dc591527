"""The budget of a paid network is never exceeded: not by reads, failures, kills or other processes."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietfeed.models.config import Config
from quietfeed.models.errors import BudgetSpent, StoreError, UsageError
from quietfeed.models.paid import DOLLAR, Cost, Purpose
from quietfeed.phrases.errors import error_text
from quietfeed.phrases.spending import home_price, sign_in_price, spending_text
from quietfeed.session.clock import Clock
from quietfeed.session.spending import BudgetMeter, SpendingService
from quietfeed.sources.registry import PAID
from quietfeed.store.archive import Archive
from quietfeed.store.places import AppPaths, remove_own_files
from quietfeed.store.settings import read_config
from quietfeed.store.spent_months import spent_months_path

NOW = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
PURPOSES: tuple[Purpose, ...] = ("sign_in", "ties", "posts", "home")
Read = tuple[Purpose, int, int, str, int]

reads = st.lists(
    st.tuples(
        st.sampled_from(PURPOSES),
        st.integers(1, DOLLAR),
        st.integers(0, 100),
        st.sampled_from(("settled", "failed", "killed", "lost")),
        st.integers(0, 100),
    ),
    max_size=30,
)


@given(reads, st.integers(0, 3), st.integers(0, 300), st.lists(st.integers(0, 40), max_size=30))
def test_no_sequence_of_reads_failures_and_kills_exceeds_the_budget(
    sequence: list[Read], dollars: int, most_posts: int, days: list[int]
) -> None:
    archive, time = Archive(None), [NOW - timedelta(days=60)]
    config = Config(monthly_budget=dollars, monthly_posts=most_posts)
    charged: dict[str, int] = {}
    posts_read: dict[str, int] = {}
    meter = SpendingService(archive, config, Clock(lambda: time[0])).meter(PAID.name)
    for number, (purpose, amount, posts, end, share) in enumerate(sequence):
        time[0] += timedelta(days=days[number] if number < len(days) else 0)
        month = f"{time[0]:%Y-%m}"
        try:
            reservation = meter.reserve(Cost(purpose, amount, posts))
        except BudgetSpent:
            continue
        # X charges at most the reserved amount; after a kill or a lost response the exact amount is unknown.
        real = (amount * share // 100, posts * share // 100) if end != "failed" else (0, 0)
        charged[month] = charged.get(month, 0) + real[0]
        posts_read[month] = posts_read.get(month, 0) + real[1]
        if end in ("settled", "failed"):
            meter.settle(reservation, *real)
        if end == "killed":
            meter = SpendingService(archive, config, Clock(lambda: time[0])).meter(PAID.name)
        assert charged[month] <= meter.state().spent <= dollars * DOLLAR
        assert not most_posts or posts_read[month] <= meter.state().posts <= most_posts
        assert meter.state().left >= 0
    archive.close()


def test_a_month_ends_at_midnight_utc() -> None:
    time = [NOW]
    meter = SpendingService(Archive(None), Config(monthly_budget=1), Clock(lambda: time[0])).meter(PAID.name)
    meter.reserve(Cost("sign_in", DOLLAR))
    with pytest.raises(BudgetSpent) as caught:
        meter.reserve(Cost("sign_in", 1))
    assert error_text(caught.value) == (
        "The budget for X is used up: $1.00 of $1.00 is spent (monthly_budget in config.toml), and another request"
        " would exceed it; it resets on 1 December 2026 (UTC)."
    )
    # A clock with another time zone has the same months.
    time[0] = (NOW + timedelta(minutes=59)).astimezone(None)
    with pytest.raises(BudgetSpent):
        meter.reserve(Cost("sign_in", 1))
    time[0] = NOW + timedelta(hours=1)
    meter.reserve(Cost("sign_in", DOLLAR // 4))
    assert spending_text(meter.state()) == ("$0.25 of $1.00 spent this month; $0.75 is left until 1 January 2027 (UTC)")


def test_a_clock_that_goes_back_begins_no_month_again() -> None:
    time = [NOW + timedelta(hours=1)]
    meter = SpendingService(Archive(None), Config(monthly_budget=1), Clock(lambda: time[0])).meter(PAID.name)
    meter.reserve(Cost("sign_in", DOLLAR))
    for back in (timedelta(hours=2), timedelta(days=40)):
        time[0] = NOW - back
        assert (meter.left("sign_in"), meter.state().resets_at.month) == (0, 1)
        with pytest.raises(BudgetSpent):
            meter.reserve(Cost("sign_in", 1))
    time[0] = NOW + timedelta(days=32)
    meter.reserve(Cost("sign_in", DOLLAR))
    # A request that failed because the clock was years ahead blocks nothing, and removes nothing.
    time[0] = NOW + timedelta(days=4_000)
    meter.settle(meter.reserve(Cost("sign_in", 1)), 0, 0)
    time[0] = NOW + timedelta(days=32)
    assert meter.left("sign_in") == 0
    time[0] = NOW + timedelta(days=64)
    assert meter.left("sign_in") == DOLLAR


def test_ties_and_a_single_day_have_a_share_of_the_budget() -> None:
    time = [datetime(2026, 11, 1, 12, tzinfo=UTC)]
    meter = SpendingService(Archive(None), Config(monthly_budget=30), Clock(lambda: time[0])).meter(PAID.name)
    assert meter.left("ties") == 10 * DOLLAR
    assert meter.left("posts") == 2 * DOLLAR
    meter.reserve(Cost("posts", 2 * DOLLAR))
    for purpose, limit in (("posts", "day"), ("home", "day")):
        with pytest.raises(BudgetSpent) as caught:
            meter.reserve(Cost(purpose, 1))  # type: ignore[arg-type]
        assert caught.value.limit == limit
    meter.reserve(Cost("ties", 10 * DOLLAR))
    with pytest.raises(BudgetSpent) as caught:
        meter.reserve(Cost("ties", 1))
    assert caught.value.limit == "ties"
    time[0] += timedelta(days=29)
    # The last day may use the whole remaining budget.
    assert meter.left("posts") == 18 * DOLLAR


def test_without_a_budget_nothing_is_read_and_a_limit_of_posts_counts() -> None:
    clock = Clock(lambda: NOW)
    with pytest.raises(BudgetSpent) as caught:
        SpendingService(Archive(None), Config(monthly_budget=0), clock).meter(PAID.name).reserve(Cost("posts", 1))
    assert error_text(caught.value) == "Nothing is read from X, because monthly_budget in config.toml is 0."
    meter = SpendingService(Archive(None), Config(monthly_posts=10), clock).meter(PAID.name)
    meter.settle(meter.reserve(Cost("posts", 1, 10)), 1, 4)
    assert meter.posts_left == 6
    with pytest.raises(BudgetSpent) as caught:
        meter.reserve(Cost("posts", 1, 7))
    assert error_text(caught.value) == (
        "This month's limit of 10 posts from X is reached (monthly_posts in config.toml); the next month begins on"
        " 1 December 2026 (UTC)."
    )


_PROCESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from quietfeed.models.config import Config
from quietfeed.models.errors import BudgetSpent
from quietfeed.models.paid import Cost
from quietfeed.session.clock import Clock
from quietfeed.session.spending import BudgetMeter, SpendingService
from quietfeed.store.archive import Archive

clock = Clock(lambda: datetime(2026, 11, 30, 23, tzinfo=UTC))
meter = SpendingService(Archive(Path(sys.argv[1])), Config(monthly_budget=1), clock).meter("x")
for _ in range(40):
    try:
        meter.reserve(Cost("sign_in", 30_000))
    except BudgetSpent:
        break
    print("sent", flush=True)
import os
os._exit(9)
"""


def test_processes_that_read_at_once_and_are_killed_share_one_budget(tmp_path: Path) -> None:
    database = tmp_path / "quietfeed.db"
    Archive(database).close()
    runs = [
        subprocess.Popen([sys.executable, "-c", _PROCESS, str(database)], stdout=subprocess.PIPE, env=os.environ)
        for _ in range(2)
    ]
    sent = sum(run.communicate(timeout=60)[0].count(b"sent") for run in runs)
    assert sent == 33
    meter = SpendingService(Archive(database), Config(monthly_budget=1), Clock(lambda: NOW)).meter("x")
    assert meter.state().spent == 990_000


def test_removing_the_account_does_not_reset_the_budget() -> None:
    archive = Archive(None)
    meter = SpendingService(archive, Config(monthly_budget=1), Clock(lambda: NOW)).meter(PAID.name)
    meter.reserve(Cost("posts", 5))
    archive.remove_account("x:june")
    assert meter.state().spent == 5


def test_old_months_are_removed() -> None:
    archive, time = Archive(None), [datetime(2025, 1, 31, tzinfo=UTC)]
    meter = SpendingService(archive, Config(monthly_budget=10), Clock(lambda: time[0])).meter(PAID.name)
    for _ in range(30):
        meter.reserve(Cost("sign_in", 1))
        time[0] += timedelta(days=31)
    assert archive._db.row("select count(distinct month) from spending")[0] == 14


def test_the_price_is_shown_with_its_date_its_source_and_the_budget() -> None:
    prices = PAID.price_list()
    assert prices is not None
    text = sign_in_price("X", prices, Config(monthly_budget=7.5))
    for part in ("$0.01 for this sign-in", "$0.001 for each person", "$0.005 for each post", "22 August 2026", "$7.50"):
        assert part in text
    assert "$0.01 for each person" in sign_in_price("X", prices, Config(owned_reads=False))
    assert "up to $0.025" in home_price("X", prices, Config())


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("monthly_budget = -1", "cannot be below zero"),
        ("monthly_budget = inf", "cannot be above"),
        ("monthly_budget = nan", "cannot be"),
        ('monthly_budget = "5"', "should be a number of dollars"),
        ("monthly_posts = 1.5", "should be a number of posts"),
        ("owned_reads = 1", "should be true or false"),
        ("hide_above = 30", "from 50 to 99 percent"),
        ("hide_above = 100", "from 50 to 99 percent"),
    ],
)
def test_an_invalid_budget_is_an_error(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(line)
    with pytest.raises(UsageError, match=sentence):
        read_config(path)


def test_a_free_network_has_no_price() -> None:
    service = SpendingService(Archive(None), Config(), Clock())
    assert [service.prices(each) for each in ("mastodon", "bluesky")] == [None, None]


@pytest.mark.parametrize("loss", ["deleted", "damaged"])
def test_what_a_month_cost_outlives_the_database(tmp_path: Path, loss: str) -> None:
    path = tmp_path / "quietfeed.db"

    def meter(archive: Archive) -> BudgetMeter:
        return SpendingService(archive, Config(monthly_budget=1, monthly_posts=50), Clock(lambda: NOW)).meter(PAID.name)

    archive = Archive(path)
    meter(archive).settle(meter(archive).reserve(Cost("sign_in", DOLLAR // 2, 30)), DOLLAR // 4, 20)
    lost = meter(archive).reserve(Cost("ties", DOLLAR // 4, 10))
    archive.close()
    if loss == "deleted":
        remove_own_files(AppPaths(tmp_path, tmp_path, tmp_path, tmp_path))
        assert not path.exists()
    else:
        path.write_bytes(b"damaged" * 900)
    archive = Archive(path)
    state = meter(archive).state()
    assert (state.spent, state.posts) == (DOLLAR // 2, 30)
    meter(archive).settle(lost, 0, 0)
    with pytest.raises(BudgetSpent):
        meter(archive).reserve(Cost("sign_in", DOLLAR // 2 + 1))
    meter(archive).reserve(Cost("sign_in", DOLLAR // 2))
    assert meter(archive).state().left == 0
    assert spent_months_path(path).stat().st_mode & 0o777 == 0o600
    assert set(json.loads(spent_months_path(path).read_text())) == {PAID.name}
    archive.close()


def test_no_request_is_sent_if_its_price_cannot_be_stored(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    archive = Archive(path)
    meter = SpendingService(archive, Config(monthly_budget=1), Clock(lambda: NOW)).meter(PAID.name)
    spent_months_path(path).mkdir()
    with pytest.raises(StoreError, match="so no request was sent"):
        meter.reserve(Cost("sign_in", 1))
    assert meter.state().spent == 0
    archive.close()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": 1}', '{"x": {"2026-11": [-1, "a"]}}', "[" * 9000])
def test_a_damaged_file_of_spent_months_changes_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "quietfeed.db"
    spent_months_path(path).write_text(text)
    archive = Archive(path)
    meter = SpendingService(archive, Config(monthly_budget=1), Clock(lambda: NOW)).meter(PAID.name)
    meter.reserve(Cost("sign_in", 7))
    assert meter.state().spent == 7
    archive.close()
