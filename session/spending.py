"""The budget for networks that charge for reading. It is never exceeded.

A request is counted in the database with its maximum cost before it is sent, and with its actual cost after the
response. A request without a response stays counted in full. Months and days are in UTC, as on the bills. If the clock
is set back, no month starts again.
"""

from datetime import UTC, datetime

import msgspec

from ..models.config import Config
from ..models.errors import BudgetSpent
from ..models.paid import DOLLAR, Cost, Limit, PriceList, Purpose, Spending
from ..phrases.spending import home_price, replies_cost, sign_in_price
from ..sources import entry
from ..sources.registry import price_list
from ..store.archive import Archive
from ..store.paid import Spent
from .clock import Clock

_TIES_SHARE = 3
"""Follows and mentions may cost one part in this many of the budget."""
_DAY_SHARE = 2
"""A day may cost this many times its even share of the rest of the month."""
_PACED: tuple[Purpose, ...] = ("posts", "home")


class BudgetMeter(msgspec.Struct, frozen=True):
    """The meter of one network."""

    network: str
    label: str
    archive: Archive
    config: Config
    clock: Clock

    @property
    def owned(self) -> bool:
        """Whether the user's own lists have their lower price."""
        return self.config.owned_reads

    def state(self) -> Spending:
        """What was spent this month, and the limits."""
        now = self._now()
        return self._state(self.archive.spending.spent(self.network, _month(now), now.day), now)

    @property
    def posts_left(self) -> int | None:
        """How many posts may still be read this month; None sets no limit."""
        if not self.config.monthly_posts:
            return None
        return max(self.config.monthly_posts - self.state().posts, 0)

    def left(self, purpose: Purpose) -> int:
        """How much requests for this purpose may cost now."""
        now = self._now()
        limits = self._limits(self.archive.spending.spent(self.network, _month(now), now.day), purpose, now)
        return max(min(limits.values()), 0)

    def reserve(self, cost: Cost) -> int:
        """Count the most that a request may cost. Raises BudgetSpent and StoreError."""
        now = self._now()

        def check(spent: Spent) -> None:
            for limit, left in self._limits(spent, cost.purpose, now).items():
                if cost.amount > left:
                    raise BudgetSpent(self.label, limit, self._state(spent, now))
            most = self.config.monthly_posts
            if most and spent.posts + cost.posts > most:
                raise BudgetSpent(self.label, "posts", self._state(spent, now))

        return self.archive.spending.reserve(self.network, _month(now), now.day, cost, check)

    def settle(self, reservation: int, amount: int, posts: int) -> None:
        """Replace a reservation by the actual cost. Raises StoreError."""
        self.archive.spending.settle(reservation, amount, posts)

    def _now(self) -> datetime:
        """The time in UTC; if the clock went back, the beginning of the month that has begun already."""
        now = _utc(self.clock)
        later = self.archive.spending.later_month(self.network, _month(now))
        if later:
            return datetime.strptime(later, "%Y-%m").replace(tzinfo=UTC)
        return now

    def _state(self, spent: Spent, now: datetime) -> Spending:
        return Spending(spent.amount, spent.posts, self._budget, self.config.monthly_posts, _next_month(now))

    @property
    def _budget(self) -> int:
        return int(self.config.monthly_budget * DOLLAR)

    def _limits(self, spent: Spent, purpose: Purpose, now: datetime) -> dict[Limit, int]:
        """The amount that each limit leaves for a purpose; the month's limit comes first."""
        limits: dict[Limit, int] = {"month": self._budget - spent.amount}
        if purpose == "ties":
            limits["ties"] = self._budget // _TIES_SHARE - spent.purposes.get("ties", 0)
        if purpose in _PACED:
            today = sum(spent.today.get(each, 0) for each in _PACED)
            days = (_next_month(now).date() - now.date()).days
            limits["day"] = (limits["month"] + today) * _DAY_SHARE // days - today
        return limits


class SpendingService:
    """The meters of all networks, and the consent to their prices."""

    def __init__(self, archive: Archive, config: Config, clock: Clock) -> None:
        self._archive, self._config, self._clock = archive, config, clock

    def prices(self, network: str) -> PriceList | None:
        """The price list of a network; None if it is free."""
        return price_list(network)

    def sign_in_price(self, network: str) -> str:
        """What a sign-in and reading cost, as a sentence; "" if the network is free."""
        prices = self.prices(network)
        if not prices:
            return ""
        return sign_in_price(entry(network).label, prices, self._config)

    def home_price(self, network: str) -> str:
        """What the home timeline costs, as a sentence; "" if the network is free."""
        prices = self.prices(network)
        if not prices:
            return ""
        return home_price(entry(network).label, prices, self._config)

    def replies_note(self, network: str) -> str:
        """Why the replies to a post of a network are not fetched; "" if they are free."""
        return replies_cost(entry(network).label) if self.prices(network) else ""

    def meter(self, network: str) -> BudgetMeter:
        """The meter of a network."""
        return BudgetMeter(network, entry(network).label, self._archive, self._config, self._clock)

    def reads_home(self, account: str) -> bool:
        """Whether the user switched on the home timeline of an account of a paid network."""
        return self._archive.get_state(_home_state(account)) == "on"

    def set_home(self, account: str, on: bool) -> None:
        """Read the home timeline of an account, or only the posts of known people. Raises StoreError."""
        value = "off"
        if on:
            value = "on"
        self._archive.set_state(**{_home_state(account): value})


def _home_state(account: str) -> str:
    return f"home_timeline:{account}"


def _utc(clock: Clock) -> datetime:
    return clock.now().astimezone(UTC)


def _month(now: datetime) -> str:
    return f"{now:%Y-%m}"


def _next_month(now: datetime) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if first.month == 12:
        return first.replace(year=first.year + 1, month=1)
    return first.replace(month=first.month + 1)
