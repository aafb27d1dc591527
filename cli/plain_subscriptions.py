"""Blogs in the linear mode: subscribing by address, the list, the posts of one, and unsubscribing."""

from ..models.post import is_article
from ..models.subscription import Subscription
from ..models.view import JudgedPost
from ..phrases.changes import change_text, count
from ..phrases.subscriptions import nothing_found, recommended_text, state_text
from ..session.sync import ignore_progress
from .plain_list import fixed
from .plain_reader import Reader


def subscribe(reader: Reader, address: str) -> None:
    """Subscribe to the blog at an address, and fetch its posts."""
    session = reader.session
    if not session.kept:
        reader.say("Nothing is kept here: start quietfeed without a demo to subscribe to blogs.")
        return
    if not address:
        reader.say("Type the address behind the key: I blog.example")
        return
    found = reader.ask(session.subscriptions.find(address))
    if found is None:
        return
    if not found.feeds:
        reader.say(nothing_found(address, found))
        return
    change = session.subscriptions.subscribe(found.feeds[:1])
    reader.say(f"{_sentence(change_text(change, session.clock.now()))}.")
    if found.recommended:
        reader.say(f"{_sentence(recommended_text(found))}: `quietfeed subscribe URL --all` subscribes to them.")
    session.accounts_changed()
    account = session.subscriptions.account
    if account is not None and (result := reader.ask(session.fetching.refresh(ignore_progress, [account]))):
        reader.say(*result.errors, f"{count(len(result.new), 'post')} fetched.")
        reader.feed.update()


def read_article(reader: Reader, judged: JudgedPost) -> bool:
    """Read the whole of an article of which only the beginning was read; whether it was one."""
    if not is_article(judged.post) or judged.key in reader.opened:
        return False
    reader.opened.add(judged.key)
    reader.read()
    return True


def tell_subscriptions(reader: Reader, rest: str) -> None:
    """List the subscriptions, read the posts of the one of that number, or unsubscribe from it ("2 off")."""
    session = reader.session
    found = sorted(session.subscriptions.all(), key=lambda each: each.shown_name.casefold())
    number, _, word = rest.partition(" ")
    if not found:
        reader.say("No subscription yet: I blog.example subscribes to one.")
    elif not number.isdecimal() or not 0 < int(number) <= len(found):
        reader.say(f"{count(len(found), 'subscription')}; O1 reads the posts of the first, O1 off unsubscribes.")
        now = session.clock.now()
        reader.say(*(f"{place}: {each.shown_name}, {state_text(each, now)}." for place, each in enumerate(found, 1)))
    elif word.strip() == "off":
        change = session.subscriptions.unsubscribe([found[int(number) - 1]])
        reader.say(f"{_sentence(change_text(change, session.clock.now()))}; u takes that back.")
        reader.feed.update()
    else:
        _read(reader, found[int(number) - 1])


def _read(reader: Reader, subscription: Subscription) -> None:
    keys = reader.session.subscriptions.post_keys(subscription)
    reader.session.timeline.get_or_load(keys)
    if keys:
        reader.open(fixed(subscription.shown_name, f"subscription {subscription.id}", keys))
    else:
        reader.say(f"No post of {subscription.shown_name} is here yet.")


def _sentence(words: str) -> str:
    """The words with a capital letter; names in them stay as they are."""
    return f"{words[:1].upper()}{words[1:]}"
