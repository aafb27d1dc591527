"""The migration that creates the indexes for the search in all stored posts."""

import sqlite3


def index_words(db: sqlite3.Connection) -> None:
    """Create the table of searchable texts, its two indexes, and the triggers that update them."""
    # Imported here, because most starts do not need the query parser.
    from ..models.query import UNSPACED

    # The searchable texts are stored again as plain text, because the index needs row ids that VACUUM never changes,
    # and the exact text that was indexed, also after a name changed. Triggers update both. FTS5's word index cannot
    # find parts of scripts without spaces, and its trigram index cannot ignore accents: so there are two indexes, the
    # second one only for posts in such scripts.
    parts = "('text', 'warning', 'alt', 'title', 'description', 'handle')"
    text = (
        "(select coalesce(group_concat(value, char(10)), '') from json_tree(post.data)"
        f" where type = 'text' and key in {parts})"
    )
    who = (
        "(select coalesce(group_concat(coalesce(json_extract(data, '$.name'), '') || ' ' || handle, char(10)), '')"
        " from person where person.account = post.account and person.id in (post.author, post.booster))"
    )
    unspaced = f"glob '*[{UNSPACED}]*'"
    for statement in (
        """create table words (
            number integer primary key, account text not null, post text not null,
            text text not null, who text not null, unique (account, post)
        ) strict""",
        "create index post_booster on post (account, booster) where booster is not null",
        """create virtual table word_index using fts5 (
            text, who, content = 'words', content_rowid = 'number',
            tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'"
        )""",
        """create virtual table piece_index using fts5 (
            text, who, content = 'words', content_rowid = 'number', tokenize = 'trigram'
        )""",
        """create trigger words_come after insert on words begin
            insert into word_index (rowid, text, who) values (new.number, new.text, new.who);
            insert into piece_index (rowid, text, who) select new.number, new.text, new.who
            where new.text || new.who UNSPACED;
        end""",
        """create trigger words_go after delete on words begin
            insert into word_index (word_index, rowid, text, who) values ('delete', old.number, old.text, old.who);
            insert into piece_index (piece_index, rowid, text, who) select 'delete', old.number, old.text, old.who
            where old.text || old.who UNSPACED;
        end""",
        """create trigger words_change after update on words when old.text <> new.text or old.who <> new.who begin
            insert into word_index (word_index, rowid, text, who) values ('delete', old.number, old.text, old.who);
            insert into piece_index (piece_index, rowid, text, who) select 'delete', old.number, old.text, old.who
            where old.text || old.who UNSPACED;
            insert into word_index (rowid, text, who) values (new.number, new.text, new.who);
            insert into piece_index (rowid, text, who) select new.number, new.text, new.who
            where new.text || new.who UNSPACED;
        end""",
        """create trigger post_comes after insert on post begin
            insert into words (account, post, text, who) select account, id, TEXT, WHO
            from post where account = new.account and id = new.id;
        end""",
        """create trigger post_changes after update of data on post when old.data <> new.data begin
            update words set (text, who) = (select TEXT, WHO from post where account = new.account and id = new.id)
            where account = new.account and post = new.id;
        end""",
        """create trigger post_goes after delete on post begin
            delete from words where account = old.account and post = old.id;
        end""",
        """create trigger person_changes after update on person
        when old.handle <> new.handle or json_extract(old.data, '$.name') is not json_extract(new.data, '$.name') begin
            update words set who = (select WHO from post where account = words.account and id = words.post)
            where account = new.account and post in (
                select id from post where account = new.account and author = new.id
                union select id from post where account = new.account and booster = new.id
            );
        end""",
        "insert into words (account, post, text, who) select account, id, TEXT, WHO from post order by at",
    ):
        db.execute(statement.replace("TEXT,", f"{text},").replace("WHO", who).replace("UNSPACED", unspaced))
