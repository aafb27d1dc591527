"""One entry for each network. Code outside `sources` uses the registry and never tests a network's name."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from ..models.account import Account
from ..models.capability import ACTIONS, READ_ONLY, READS, Capability, WriteRules
from ..models.errors import UsageError
from ..models.signin import SignInPrompts
from . import facts
from .facts import NetworkFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.action import Target
    from ..models.compose import ComposeRules
    from ..models.paid import PriceList
    from ..models.post import Post
    from ..models.tie import InteractionKind
    from . import Network


_INTERACTION_IDS: Mapping[InteractionKind, str] = MappingProxyType(
    {"like": "like:{post}", "boost": "repost:{post}", "reply": "post:{record}:{person}"}
)


class NetworkEntry(msgspec.Struct, frozen=True):
    """The properties of a network that do not need its package.

    `package` contains the modules `network`, `reading` and `handles`, which are imported when needed.
    """

    facts: NetworkFacts
    prompts: SignInPrompts
    package: str
    interaction_ids: Mapping[InteractionKind, str] = _INTERACTION_IDS
    """The ids that a sync gives to the user's interactions. {post} and {person} are the target, {record} the record."""

    capabilities: frozenset[Capability] = READS
    sign_in: bool = True
    """Whether its accounts need a sign-in. Without one, the user subscribes to addresses."""
    archives: bool = False
    """Whether an account may be known only from an imported archive. It has no scopes then, and nothing to fetch."""
    global_ids: bool = False
    """Whether a person has the same id on every server. Otherwise the handle identifies a person everywhere."""

    redirect_port: int = 0
    """The loopback port to which the browser returns, on a network that compares the whole address; 0 is any port.

    It is below 32768: systems give the ports from there on to any connection, so one of them can be taken by chance.
    """

    @property
    def name(self) -> str:
        """The network in commands and in the store."""
        return self.facts.name

    @property
    def label(self) -> str:
        """The display name."""
        return self.facts.label

    @property
    def priced(self) -> bool:
        """Whether the network charges for reading. Its package then has a module `prices`."""
        return self.facts.priced

    def load(self) -> Network:
        """Import the `network` module."""
        module: Network = import_module(f"{self.package}.network", __package__)
        return module

    def read_input(self, value: object) -> tuple[list[Post], list[str]]:
        """Find the posts in an API response. Also return one sentence for each unreadable item."""
        found: tuple[list[Post], list[str]] = import_module(f"{self.package}.reading", __package__).read_input(value)
        return found

    def write_rules(self) -> WriteRules:
        """The actions and rate limits of the network."""
        rules: WriteRules = import_module(f"{self.package}.rules", __package__).WRITE_RULES
        return rules

    def compose_rules(self) -> ComposeRules:
        """The default rules for a new post, until a server reports its own."""
        rules: ComposeRules = import_module(f"{self.package}.compose_rules", __package__).COMPOSE_RULES
        return rules

    def price_list(self) -> PriceList | None:
        """The prices of the network; None if it is free."""
        if not self.priced:
            return None
        prices: PriceList = import_module(f"{self.package}.prices", __package__).PRICES
        return prices

    def handle_in(self, text: str) -> str:
        """Extract a handle from typed or pasted text, in any form that the network uses; "" if there is none."""
        handle: str = import_module(f"{self.package}.handles", __package__).handle_in(text)
        return handle

    def new_id(self, page: str, address: str, taken: frozenset[str]) -> str:
        """An id for a new subscription, built from its site and not in `taken`."""
        found: str = import_module(f"{self.package}.handles", __package__).id_of(page, address, taken)
        return found


NETWORKS = (
    NetworkEntry(
        facts.MASTODON,
        SignInPrompts(
            "Mastodon",
            "Which server is your account on?",
            "mastodon.social",
            "Open this address in any browser, allow quietfeed, and paste the code here.",
            "the code",
        ),
        ".mastodon",
        MappingProxyType(
            {
                "like": "favourite:{post}",
                "boost": "status:{record}:{person}",
                "reply": "status:{record}:{person}",
                "direct": "status:{record}:{person}",
            }
        ),
        READS - {"count_cache"},
    ),
    NetworkEntry(
        facts.BLUESKY,
        SignInPrompts(
            "Bluesky",
            "What is your handle?",
            "ada.bsky.social",
            "Open this address in any browser and allow quietfeed. The browser then fails to open a page at 127.0.0.1:"
            " copy the address of that page, all of it, and paste it here.",
            "the address",
        ),
        ".bluesky",
        capabilities=READS - {"personal", "translate", "known_followers"},
        global_ids=True,
    ),
)
"""The free networks that the user can sign in to, in display order."""

SUBSCRIBED = NetworkEntry(
    facts.BLOGS,
    SignInPrompts("Blogs", "Which blog?", "blog.example", "", ""),
    ".blogs",
    capabilities=frozenset({"subscriptions", "threads"}),
    sign_in=False,
)
"""The network of subscriptions, which needs no sign-in. Its one account stays on this machine."""

PAID = NetworkEntry(
    facts.X,
    SignInPrompts(
        "X",
        "What is the client ID of your developer app? docs/x.md explains how to create one.",
        "M1M5R3BMVy13QmpScXkzTUt5OE46MTpjaQ",
        "Open this address in any browser and allow quietfeed. The browser then fails to open a page at 127.0.0.1:"
        " copy the address of that page, all of it, and paste it here within half a minute.",
        "the address",
    ),
    ".x",
    capabilities=frozenset({"ties", "paid"}),
    archives=True,
    global_ids=True,
    redirect_port=28423,
)
"""A network that the user can sign in to and that charges for reading. Its archives can be imported for free."""

_ALL = (*NETWORKS, SUBSCRIBED, PAID)

IMPORTING = (PAID, NETWORKS[1], NETWORKS[0])
"""The networks whose package has a module `importing`, in the order in which they try to recognise a file."""


def local_account() -> Account:
    """The account of the subscriptions. It exists only on this machine."""
    return Account(SUBSCRIBED.name, "", "subscriptions", "subscriptions")


def holds_subscriptions(account: Account) -> bool:
    """Whether this is the account of the subscriptions."""
    return account.network == SUBSCRIBED.name


def entry(name: str) -> NetworkEntry:
    """The entry of a network. Raises UsageError if there is no such network."""
    for each in _ALL:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in facts.SIGN_IN)
    raise UsageError(f"There is no network {name!r}: quietfeed supports {known}.")


def capabilities_of(name: str) -> frozenset[Capability]:
    """The capabilities of a network's sources; all of them for a network outside the registry (the demo)."""
    return next((each.capabilities for each in _ALL if each.name == name), READS)


def needs_sign_in(name: str) -> bool:
    """Whether the accounts of a network need a sign-in."""
    return next((each.sign_in for each in _ALL if each.name == name), True)


def has_global_ids(name: str) -> bool:
    """Whether a person has the same id on every server of a network."""
    return any(each.global_ids for each in _ALL if each.name == name)


def is_archived(account: Account) -> bool:
    """Whether an account is known only from an imported archive, so that there is nothing to fetch."""
    return not account.scopes and keeps_archives(account.network)


def keeps_archives(name: str) -> bool:
    """Whether accounts of a network may be known only from an imported archive."""
    return any(each.archives for each in _ALL if each.name == name)


def price_list(name: str) -> PriceList | None:
    """The prices of a network; None if it is free, or outside the registry (the demo)."""
    return next((each.price_list() for each in _ALL if each.name == name), None)


def is_demo(name: str) -> bool:
    """Whether this is the demo world, which is no network."""
    return name == "demo"


def write_rules(name: str) -> WriteRules:
    """The actions and rate limits of a network. The demo has every action and no limits."""
    if is_demo(name):
        return WriteRules(ACTIONS)
    return next((each.write_rules() for each in _ALL if each.name == name), READ_ONLY)


def compose_rules(name: str) -> ComposeRules:
    """The default rules for a new post; simple ones for a network outside the registry (the demo)."""
    for each in NETWORKS:
        if each.name == name:
            return each.compose_rules()
    from ..models.compose import ComposeRules

    return ComposeRules()


def interaction_id(name: str, kind: InteractionKind, target: Target, record_id: str = "") -> str:
    """The id that a sync gives to an interaction; "" if the form needs a record id that is not known yet."""
    form = next((each.interaction_ids for each in NETWORKS if each.name == name), _INTERACTION_IDS).get(kind, "")
    if "{record}" in form and not record_id:
        return ""
    return form.format(post=target.post_id, person=target.person_id, record=record_id)


def label_of(name: str) -> str:
    """The display name of a network."""
    return next((each.label for each in _ALL if each.name == name), name.capitalize())


def handle_in(text: str) -> tuple[str, str]:
    """Extract the network and the handle from typed or pasted text; two empty strings if no network accepts it."""
    for each in NETWORKS:
        handle = each.handle_in(text)
        if handle:
            return each.name, handle
    return "", ""


def handles_in(address: str) -> list[tuple[str, str]]:
    """The networks and handles that an address may name, also those of networks without a sign-in."""
    found = [(each.name, each.handle_in(address.removeprefix(f"{each.name}:"))) for each in (PAID, *NETWORKS)]
    return [(name, handle) for name, handle in found if handle][:1]
