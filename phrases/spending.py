"""Sentences about networks that charge for reading: prices before the first use, and the state of the budget."""

from ..models.config import Config
from ..models.errors import BudgetSpent
from ..models.paid import DOLLAR, PriceList, Spending


def dollars(amount: int) -> str:
    """An amount in millionths of a dollar, with two decimals, or with three if it has tenths of a cent."""
    if amount % (DOLLAR // 100):
        return f"${amount / DOLLAR:.3f}"
    return f"${amount / DOLLAR:.2f}"


def sign_in_price(label: str, prices: PriceList, config: Config) -> str:
    """What signing in costs, and what reading costs afterwards."""
    own = prices.user
    if config.owned_reads:
        own = prices.owned
    return (
        f"{label} charges the owner of the developer app for reading: {dollars(prices.user)} for this sign-in,"
        f" {dollars(own)} for each person you follow, {dollars(prices.post)} for each post, and as much again for each"
        f" post that it quotes or replies to (prices of {_day(prices)}, {prices.source}). quietfeed reads only posts of"
        f" people you know, and spends at most {_budget(config)} a month (monthly_budget in config.toml)."
    )


def home_price(label: str, prices: PriceList, config: Config) -> str:
    """What the home timeline costs."""
    return (
        f"The home timeline of {label} contains the posts of everybody you follow: a post costs {dollars(prices.post)},"
        f" with what it quotes and an author not read before, up to {dollars(prices.most_per_post)}"
        f" (prices of {_day(prices)}, {prices.source}). Reading only the people you know costs less."
        f" quietfeed spends at most {_budget(config)} a month (monthly_budget in config.toml)."
    )


def spending_text(spending: Spending) -> str:
    """The state of the budget."""
    posts = ""
    if spending.post_limit:
        posts = f", {spending.posts} of {spending.post_limit} posts read"
    return (
        f"{dollars(spending.spent)} of {dollars(spending.budget)} spent this month{posts};"
        f" {dollars(spending.left)} is left until {_reset(spending)}"
    )


def budget_text(error: BudgetSpent) -> str:
    """Why a request was not sent, and when the limit ends."""
    spending = error.spending
    if not spending.budget:
        return f"Nothing is read from {error.label}, because monthly_budget in config.toml is 0."
    if error.limit == "posts":
        return (
            f"This month's limit of {spending.post_limit} posts from {error.label} is reached"
            f" (monthly_posts in config.toml);"
            f" the next month begins on {_reset(spending)}."
        )
    return (
        f"The budget for {error.label} is used up: {dollars(spending.spent)} of {dollars(spending.budget)} is spent"
        f" (monthly_budget in config.toml), and another request would exceed it; it resets on {_reset(spending)}."
    )


def replies_cost(label: str) -> str:
    """What opening a post shows on a network that charges for its replies."""
    return f"{label} charges for replies, so they are not fetched; o opens the post in the browser"


def _reset(spending: Spending) -> str:
    return f"{spending.resets_at.day} {spending.resets_at:%B %Y} (UTC)"


def _day(prices: PriceList) -> str:
    return f"{prices.at.day} {prices.at:%B %Y}"


def _budget(config: Config) -> str:
    return dollars(int(config.monthly_budget * DOLLAR))
