"""The two vocabularies of the API: since version 2.167 of its description, "tweet" is "post" in most names.

https://docs.x.com/x-api/fundamentals/fields still names the old ones. quietfeed sends one of them, and the other if the
server rejects it. It reads both.
"""

from typing import Any

import msgspec

from ..entities import parts_of, text_of

_MEDIA = "attachments.media_keys,attachments.poll_ids"
_COMMON = ("attachments", "conversation_id", "created_at", "entities", "lang", "possibly_sensitive", "public_metrics")


class Words(msgspec.Struct, frozen=True):
    """The names of one vocabulary in a request: its parameter for fields, the fields, and the referenced posts."""

    parameter: str
    fields: str
    references: str
    authors: str = ""
    """The expansion without which posts do not name their authors; it is charged as a user read each."""

    def named(self, *, references: bool, authors: bool) -> dict[str, str]:
        """The parameters of a request for posts, optionally with referenced objects and authors."""
        expansions = [self.authors] if authors and self.authors else []
        if references:
            expansions += [self.references, _MEDIA]
        if not expansions:
            return {self.parameter: self.fields}
        return {self.parameter: self.fields, "expansions": ",".join(expansions)}


TWEET = Words(
    "tweet.fields",
    ",".join(
        (
            *(*_COMMON, "author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet"),
            *("referenced_tweets", "withheld"),
        )
    ),
    "referenced_tweets.id",
)
POST = Words("post.fields", ",".join((*_COMMON, "note_post", "withheld")), "referenced_posts", "author_id")


def other(words: Words) -> Words:
    """The other vocabulary."""
    if words is TWEET:
        return POST
    return TWEET


def rejects_words(value: Any, words: Words) -> bool:
    """Whether a 400 is about the names of one vocabulary: it names the parameter, or one of its values."""
    if not isinstance(value, dict):
        return False
    for error in (value, *parts_of(value, "errors")):
        parameters = error.get("parameters")
        names = [*parameters] if isinstance(parameters, dict) else []
        texts = " ".join((text_of(error, "message"), text_of(error, "detail"), text_of(error, "parameter")))
        if words.parameter in names or any(each in texts for each in (words.parameter, words.references)):
            return True
    return False
