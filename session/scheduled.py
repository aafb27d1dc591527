"""Scheduled posts: finds them, to delete them before they are sent."""

from collections.abc import Sequence

from ..models.account import Account
from ..models.action import SCHEDULED, Target
from ..models.errors import NotFound
from ..store.outbox import Entry


def scheduled_id(entry: Entry | None) -> str:
    """The id of the scheduled post that an entry created; "" if there is none."""
    if entry is None or entry.receipt is None or not entry.receipt.record_id.startswith(SCHEDULED):
        return ""
    return entry.receipt.record_id


def scheduled_target(account: Account, post: str) -> Target:
    """A scheduled post as the target of a deletion."""
    return Target(account.key, post, person_id=account.remote_id, handle=account.handle)


def find_scheduled(entries: Sequence[Entry], accounts: Sequence[Account], post: str, *, named: bool) -> Target:
    """A scheduled post, of the account that scheduled it or is the only one that was `named`. Raises NotFound."""
    sent = {entry.account for entry in entries if scheduled_id(entry) == post}
    able = [each for each in accounts if each.key in sent or (named and not sent)]
    if len(able) != 1:
        raise NotFound(f"No post {post} was scheduled from here: choose its account with --account A.")
    return scheduled_target(able[0], post)
