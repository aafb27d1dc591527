"""Blogs in --plain: subscribing by address, listing, reading the posts of one, and unsubscribing."""

from ..models.post import is_article
from ..models.subscription import Subscription
from ..models.view import Change, JudgedPost
from ..phrases.changes import capital, change_text, count
from ..phrases.subscriptions import nothing_found, recommended_text, state_text
from .plain_list import fixed
from .plain_reader import Reader


def subscribe(reader: Reader, address: str) -> None:
    """Subscribe to the blog at an address, and fetch its posts."""
    session = reader.session
    if not session.is_stored:
        reader.print_lines("Nothing is stored here: start quietfeed without a demo to subscribe to blogs.")
        return
    if not address:
        reader.print_lines("Type the address after the key: I blog.example")
        return
    found = reader.ask(session.subscriptions.find(address))
    if found is None:
        return
    if not found.feeds:
        reader.print_lines(nothing_found(address, found))
        return

    def show(change: Change) -> None:
        reader.print_lines(f"{capital(change_text(change, session.clock.now()))}.")
        if found.recommended:
            sentence = capital(recommended_text(found))
            reader.print_lines(f"{sentence}: `quietfeed subscribe URL --all` subscribes to them.")

    result = reader.ask(session.subscriptions.subscribe_and_fetch(found.feeds[:1], show))
    if result is not None:
        reader.print_lines(*result.errors, f"{count(len(result.new), 'post')} fetched.")
        reader.feed.update()


def read_article(reader: Reader, judged: JudgedPost) -> bool:
    """Print a whole article if only its beginning was printed. Returns whether it did."""
    if not is_article(judged.post) or judged.key in reader.opened:
        return False
    reader.opened.add(judged.key)
    reader.read()
    return True


def list_subscriptions(reader: Reader, rest: str) -> None:
    """List the subscriptions, read the posts of one by its number, unsubscribe from it ("2 off"), or say whose it is
    ("2 mine", "2 not mine").
    """
    session = reader.session
    found = sorted(session.subscriptions.all(), key=lambda each: each.shown_name.casefold())
    number, _, word = rest.partition(" ")
    if not found:
        reader.print_lines("No subscriptions yet: I blog.example subscribes to one.")
    elif not number.isdecimal() or not 0 < int(number) <= len(found):
        reader.print_lines(
            f"{count(len(found), 'subscription')}; O1 reads the posts of the first, O1 off unsubscribes,"
            " O1 mine makes it your own blog."
        )
        now = session.clock.now()
        reader.print_lines(
            *(f"{place}: {each.shown_name}, {state_text(each, now)}." for place, each in enumerate(found, 1))
        )
    elif word.strip() == "off":
        change = session.subscriptions.unsubscribe([found[int(number) - 1]])
        reader.print_lines(f"{capital(change_text(change, session.clock.now()))}; u undoes.")
        reader.feed.update()
    elif word.strip() in ("mine", "not mine"):
        change = session.subscriptions.set_mine(found[int(number) - 1], mine=word.strip() == "mine")
        reader.print_lines(f"{capital(change_text(change, session.clock.now()))}; u undoes.")
        reader.feed.update()
    else:
        _read(reader, found[int(number) - 1])


def _read(reader: Reader, subscription: Subscription) -> None:
    keys = reader.session.subscriptions.load_posts(subscription)
    if keys:
        reader.open(fixed(subscription.shown_name, f"subscription {subscription.id}", keys))
    else:
        reader.print_lines(f"No posts of {subscription.shown_name} yet.")
