"""Syncs an account of a network that charges for reading: ties first, then posts, within the budget."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from ..models.errors import TRANSIENT_ERRORS, BudgetSpent, RateLimited, SourceError
from ..models.joined import Handle
from ..models.pages import Page
from ..models.paid import Known, PaidNews, Position, ReadingPlan
from ..models.source import PaidSource
from ..models.view import Progress
from ..phrases.errors import error_text
from ..store.archive import Archive
from .ingest import store_page
from .paging import Arrived, Changed
from .relationships import RelationshipReader, Report
from .sync import SyncOutcome

KnownPeople = Callable[[str], Sequence[Handle]]
"""The people of an account whom the user knows, the strongest tie first."""

_NEVER = datetime.min.replace(tzinfo=UTC)


async def sync_paid(
    source: PaidSource,
    archive: Archive,
    *,
    home: bool,
    known: KnownPeople,
    now: datetime,
    report: Report,
    arrived: Arrived,
    changed: Changed,
) -> SyncOutcome:
    """Read new ties, then new posts of known people, or of the home timeline if `home`. Raises StoreError.

    A page is stored before its position, so a sync that ends in between reads it again, and counts it again.
    """
    account = source.account.key
    source.use_plan(_plan(archive, account, now, home=home, known=()))
    reader = RelationshipReader(source, archive, now)
    errors: list[SourceError] = []
    try:
        await reader.read_interactions(report)
    except SourceError as error:
        errors.append(error)
    if not any(isinstance(error, (*TRANSIENT_ERRORS, BudgetSpent)) for error in errors):
        # The ties that were just read decide who is known.
        source.use_plan(_plan(archive, account, now, home=home, known=known(account)))
        try:
            await _read_posts(source, archive, reader, now, report, arrived, changed)
        except SourceError as error:
            errors.append(error)
    limits = [error.retry_at for error in errors if isinstance(error, RateLimited)]
    return SyncOutcome(list(dict.fromkeys(map(error_text, errors))), max(limits, default=None), tuple(errors))


async def _read_posts(
    source: PaidSource,
    archive: Archive,
    reader: RelationshipReader,
    now: datetime,
    report: Report,
    arrived: Arrived,
    changed: Changed,
) -> None:
    account = source.account.key
    fetched = 0
    async for news in source.news(now):
        await _store(news, archive, account, reader, now, arrived, changed)
        fetched += len(news.posts)
        report(Progress(account, "posts", fetched))
    report(Progress(account, "posts_done", fetched, fetched))


async def _store(
    news: PaidNews,
    archive: Archive,
    account: str,
    reader: RelationshipReader,
    now: datetime,
    arrived: Arrived,
    changed: Changed,
) -> None:
    if news.posts:
        page = Page(news.posts, None, relationships=news.relationships)
        stored = store_page(archive, account, page, now, below=None, filled=None)
        try:
            await reader.read_page(page, stored.new_keys)
        finally:
            if stored.new:
                arrived(stored.new)
            if stored.changed:
                changed(stored.changed, [])
    archive.readings.save(account, [(news.person_id, news.position)])


def _plan(archive: Archive, account: str, now: datetime, *, home: bool, known: Sequence[Handle]) -> ReadingPlan:
    """The plan for reading: people who are due first, then by the strength of the tie. Muted people are not read."""
    positions = archive.readings.all(account)
    people = {person.id: person for person in archive.people.all(account)}
    mutes = [mute for mute in archive.mutes.all() if mute.account in ("", account) and mute.until > now]
    muted = {name for mute in mutes for name in (mute.person_id, mute.handle.casefold()) if name}
    wanted = [
        Known(people[each.person_id], positions.get(each.person_id, Position()))
        for each in known
        if each.person_id in people and muted.isdisjoint((each.person_id, each.handle.casefold()))
    ]
    following, followers = archive.relationships.follows(account)
    return ReadingPlan(
        tuple(sorted(wanted, key=lambda each: each.position.next_at or _NEVER)),
        positions.get("", Position()) if home else None,
        frozenset(following),
        frozenset(followers),
        tuple(people.values()),
    )
