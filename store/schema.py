"""The tables, as named migrations in their order. `migrate.py` runs them."""

import sqlite3

from .account_ids import accounts_by_id
from .imports_schema import for_imports
from .migrate import Migration
from .search_schema import index_words
from .size_schema import for_large_stores
from .tally_schema import create_tally


def _first_tables(db: sqlite3.Connection) -> None:
    # Rows are identified by (account, id), because ids are only unique on the server of the account.
    # Times are microseconds since 1970, UTC. `data` is a record of codec.records.
    for statement in (
        """create table account (
            key text primary key, network text not null, server text not null, handle text not null, id text not null
        ) strict""",
        """create table person (
            account text not null, id text not null, handle text not null, data text not null,
            primary key (account, id)
        ) strict, without rowid""",
        "create index person_handle on person (handle collate nocase)",
        """create table post (
            account text not null, id text not null, at integer not null, author text not null, booster text,
            data text not null, primary key (account, id)
        ) strict""",
        "create index post_at on post (at desc, account, id)",
        "create index post_author on post (account, author)",
        """create table interaction (
            account text not null, id text not null, person text not null, kind text not null,
            direction text not null, at integer not null, primary key (account, id)
        ) strict, without rowid""",
        "create index interaction_person on interaction (account, person)",
        """create table relationship (
            account text not null, person text not null, you_follow integer, follows_you integer,
            at integer not null, primary key (account, person)
        ) strict, without rowid""",
        """create table imported_tie (
            account text not null, person text not null, handle text not null collate nocase, data text not null,
            primary key (account, person, handle)
        ) strict, without rowid""",
        "create index imported_tie_handle on imported_tie (handle collate nocase)",
        """create table person_mark (
            account text not null, person text not null, handle text not null collate nocase, word text not null,
            at integer not null, primary key (account, person, handle)
        ) strict, without rowid""",
        "create index person_mark_handle on person_mark (handle collate nocase)",
        """create table mark (
            account text not null, post text not null, category text not null, at integer not null,
            data text not null, primary key (account, post)
        ) strict""",
        """create table gap (
            id integer primary key, account text not null, cursor text not null, at integer not null,
            older_at integer
        ) strict""",
        """create table stream (
            account text not null, name text not null, since text not null, primary key (account, name)
        ) strict, without rowid""",
        "create table meta (name text primary key, value any) strict, without rowid",
    ):
        db.execute(statement)


def _mutes(db: sqlite3.Connection) -> None:
    db.execute(
        """create table mute (
            account text not null, person text not null, handle text not null collate nocase, until integer not null,
            at integer not null, primary key (account, person, handle)
        ) strict, without rowid"""
    )


def _unread(db: sqlite3.Connection) -> None:
    # Posts stored by an older quietfeed count as read.
    db.execute("alter table post add column unread integer not null default 0")
    db.execute("create index post_unread on post (at desc) where unread = 1")


def _aside(db: sqlite3.Connection) -> None:
    # When a feed's post was last fetched; 0 for posts of the home timeline, which are never deleted.
    db.execute("alter table post add column aside integer not null default 0")
    db.execute("create index post_aside on post (aside) where aside > 0")


def _joined(db: sqlite3.Connection) -> None:
    # A handle belongs to at most one person; handles with the same `number` are linked.
    db.execute(
        """create table joined (
            account text not null, person text not null, handle text not null, number integer not null,
            at integer not null, primary key (account, person)
        ) strict, without rowid"""
    )
    db.execute("create index joined_number on joined (number)")
    # Each pair once, the smaller key first.
    db.execute(
        """create table kept_apart (
            account text not null, person text not null, handle text not null,
            other_account text not null, other_person text not null, other_handle text not null,
            at integer not null, primary key (account, person, other_account, other_person)
        ) strict, without rowid"""
    )


def _asked(db: sqlite3.Connection) -> None:
    # When a person's counts were last requested, so that missing counts are not requested with every sync.
    db.execute("alter table person add column asked integer not null default 0")


def _silence(db: sqlite3.Connection) -> None:
    # The first and the last time an account's server returned posts but no relationships.
    db.execute("create table silence (account text primary key, first integer, last integer) strict, without rowid")


def _unheard(db: sqlite3.Connection) -> None:
    # The first and the last time that reading interactions failed, for accounts where it has never succeeded.
    db.execute(
        "create table unheard (account text primary key, first integer not null, last integer not null)"
        " strict, without rowid"
    )


def _restrictions(db: sqlite3.Connection) -> None:
    # Blocks and mutes on the server. Earlier rows lack them, so they are requested again.
    flags = ("blocking", "blocked_by", "muting", "domain_blocking", "boosts_muted", "quotes_muted")
    for column in (*(f"{flag} integer" for flag in flags), "list_title text"):
        db.execute(f"alter table relationship add column {column}")
    db.execute("update relationship set at = 1")
    # The user's own posts are never unread.
    db.execute(
        "update post set unread = 0 where unread = 1 and exists"
        " (select 1 from account where key = post.account and id in (post.author, post.booster))"
    )


def _direct_sides(db: sqlite3.Connection) -> None:
    # A direct conversation was one row for both directions. On Bluesky both had written; on Mastodon that was unknown,
    # so those are read again. Their ids end with the person. Until then the person of such a row is stored: direct
    # messages may be the only evidence of a tie.
    db.execute(
        "insert or ignore into interaction (account, id, person, kind, direction, at)"
        " select account, id || ':before', person, 'direct_before', direction, at from interaction"
        " where kind = 'direct'"
    )
    of_one = "kind = 'direct' and id not like '%:' || person"
    db.execute(
        "insert or ignore into interaction (account, id, person, kind, direction, at)"
        f" select account, id || ':you', person, kind, 'from_you', at from interaction where {of_one}"
    )
    db.execute(f"update interaction set direction = 'to_you' where {of_one} and id not like '%:you'")
    db.execute("delete from interaction where kind = 'direct' and id like '%:' || person")
    db.execute("delete from stream where name = 'conversations'")


def _home_indexes(db: sqlite3.Connection) -> None:
    # These queries then need only the index: newest and oldest post, the number of posts, authors without counts.
    db.execute("create index post_home on post (account, at) where aside = 0")
    db.execute("create index post_home_author on post (account, author, at) where aside = 0")


def _gap_kind(db: sqlite3.Connection) -> None:
    # Whether a gap can be filled ("open"), or why it cannot.
    db.execute("alter table gap add column kind text not null default 'open'")


def _checked(db: sqlite3.Connection) -> None:
    # When a post was last rechecked on the server.
    db.execute("alter table post add column checked integer not null default 0")


def _deleted(db: sqlite3.Connection) -> None:
    # Posts that are gone from their servers and only stored because they are marked.
    db.execute("alter table post add column deleted integer not null default 0")
    db.execute("create index post_deleted on post (account, id) where deleted = 1")


def _outbox(db: sqlite3.Connection) -> None:
    # Actions on servers: stored before they are sent, and for a while afterwards with their result. record_key and
    # made_at make a request repeatable; owner and lease name the process that sends it, and its time limit.
    # interaction_at is the time of the interaction that the action added or removed.
    db.execute(
        """create table outbox (
            id integer primary key, account text not null, target text not null, action text not null,
            state text not null default 'pending', attempts integer not null default 0,
            record_key text not null, made_at integer not null, queued_at integer not null,
            confirmed_at integer not null, next_at integer not null, sent_at integer,
            reason text not null default '', record_id text not null default '',
            owner text not null default '', lease integer not null default 0,
            interaction text not null default '', interaction_at integer
        ) strict"""
    )
    db.execute("create index outbox_target on outbox (account, target)")
    db.execute("create index outbox_open on outbox (id) where state in ('pending', 'sending', 'unclear')")


def _handle_owners(db: sqlite3.Connection) -> None:
    # See store/handles.py. An earlier mark on a bare handle belongs to the person first seen with it.
    db.execute(
        """create table handle_owner (
            account text not null, handle text not null collate nocase, person text not null,
            primary key (account, handle)
        ) strict, without rowid"""
    )
    db.execute("create index handle_owner_person on handle_owner (account, person)")
    db.execute(
        """create table handle_change (
            account text not null, person text not null, handle text not null collate nocase, former text not null,
            kind text not null, told integer not null default 0, primary key (account, person, handle, kind)
        ) strict, without rowid"""
    )
    for table in ("person_mark", "mute", "imported_tie"):
        db.execute(
            "insert into handle_owner (account, handle, person)"
            f" select person.account, said.handle, person.id from {table} as said"
            " join person on person.handle = said.handle collate nocase and said.account in (person.account, '')"
            " where said.person = '' order by"
            " (select min(at) from post where post.account = person.account and post.author = person.id)"
            " on conflict do nothing"
        )


def _stream_counts(db: sqlite3.Connection) -> None:
    # The counts of a tie that each stream provides, separated by spaces. Sources declare them now.
    db.execute("alter table stream add column counts text not null default ''")
    counts = {
        "notifications": "replies_to_you mentions_to_you likes_to_you boosts_to_you",
        "statuses": "replies_from_you mentions_from_you boosts_from_you",
        "favourites": "likes_from_you",
        "conversations": "direct_to_you direct_from_you",
    }
    db.executemany("update stream set counts = ? where name = ?", [(names, name) for name, names in counts.items()])


def _drafts(db: sqlite3.Connection) -> None:
    # Unsent posts of the user, with the reason of the last rejection. The posts of a queued draft are in the outbox.
    db.execute(
        """create table draft (
            id integer primary key autoincrement, record text not null, at integer not null,
            queued integer not null default 0, reason text not null default ''
        ) strict"""
    )


def _outbox_kinds(db: sqlite3.Connection) -> None:
    # Actions of every kind. `target` is the order key of models/action_kinds.py; before, there were only likes. `edits`
    # are the local changes with the values from before, see store/effects.py. An action is not sent before hold_until.
    db.execute("alter table outbox add column edits text not null default ''")
    db.execute("alter table outbox add column hold_until integer")
    db.execute("alter table outbox add column requested integer not null default 0")
    db.execute("update outbox set target = 'like:' || target")


def _subscriptions(db: sqlite3.Connection) -> None:
    # `data` is a Subscription as JSON.
    db.execute(
        """create table subscription (
            account text not null, id text not null, data text not null, primary key (account, id)
        ) strict"""
    )


def _follow_requests(db: sqlite3.Connection) -> None:
    # Whether the user asked to follow a person who has not answered.
    db.execute("alter table relationship add column requested integer")


def _paid(db: sqlite3.Connection) -> None:
    # Charges of networks: a row for each request, stored before it is sent. `amount` is in millionths of a dollar.
    # `reading` is the position up to which a person's posts were read, as JSON; the person "" is the home timeline.
    db.execute(
        """create table spending (
            id integer primary key autoincrement, network text not null, month text not null, day integer not null,
            purpose text not null, amount integer not null, posts integer not null
        ) strict"""
    )
    db.execute(
        """create table reading (
            account text not null, person text not null, data text not null, primary key (account, person)
        ) strict"""
    )


def _published_lists(db: sqlite3.Connection) -> None:
    # See store/published.py. `list` is the server's id of the list. A person who is no `member` was removed by the last
    # change; `changed` are the people of the last change.
    db.execute(
        """create table published_list (
            account text not null, name text not null, list text not null, own integer not null, at integer not null,
            primary key (account, name)
        ) strict, without rowid"""
    )
    db.execute(
        """create table published_person (
            account text not null, name text not null, person text not null, handle text not null,
            member integer not null, changed integer not null, primary key (account, name, person)
        ) strict, without rowid"""
    )


def _plain_names(db: sqlite3.Connection) -> None:
    # These names were not standard terms.
    db.execute("alter table handle_change rename column told to state")
    db.execute("alter table silence rename to relationship_failure")
    db.execute("alter table unheard rename to interaction_failure")


def _unchanged_actions(db: sqlite3.Connection) -> None:
    # Whether the server was in the state of a finished action before it.
    db.execute("alter table outbox add column unchanged integer not null default 0")


# Add migrations at the end, under unique names. Never change a name, because databases contain it.
MIGRATIONS: dict[str, Migration] = {
    "first_tables": _first_tables,
    "words_of_posts": index_words,
    "mutes": _mutes,
    "unread": _unread,
    "aside": _aside,
    "joined": _joined,
    "asked": _asked,
    "silence": _silence,
    "unheard": _unheard,
    "restrictions": _restrictions,
    "direct_sides": _direct_sides,
    "accounts_by_id": accounts_by_id,
    "home_indexes": _home_indexes,
    "gap_kind": _gap_kind,
    "checked": _checked,
    "deleted": _deleted,
    "outbox": _outbox,
    "handle_owners": _handle_owners,
    "stream_counts": _stream_counts,
    "tally": create_tally,
    "drafts": _drafts,
    "outbox_kinds": _outbox_kinds,
    "subscriptions": _subscriptions,
    "for_large_stores": for_large_stores,
    "imports": for_imports,
    "follow_requests": _follow_requests,
    "paid": _paid,
    "published_lists": _published_lists,
    "plain_names": _plain_names,
    "unchanged_actions": _unchanged_actions,
}
