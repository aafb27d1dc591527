"""Converts posts and users of the API to models.

https://docs.x.com/x-api/fundamentals/data-dictionary. Old and new names of fields are read alike. The objects that a
post refers to are in `includes`; the author of a referenced post is known from mentions and addresses, so no user read
is needed.
"""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from ...models.errors import RecordError
from ...models.person import Person
from ...models.post import Label, Media, MediaKind, Poll, PollOption, Post, PostCounts, Quote
from ...models.text import clean
from ..entities import (
    Entity,
    address_of,
    count_of,
    flag_of,
    language_of,
    part_of,
    parts_of,
    raw_of,
    strings_of,
    text_of,
    time_of,
)
from .people import NETWORK, either_count, person_of
from .requests import SITE
from .text import Text, handle_in_post, post_id_in, text_of_post

_KINDS: Mapping[str, MediaKind] = {"photo": "image", "video": "video", "animated_gif": "gifv"}
_UNKNOWN_LANGUAGES = ("und", "zxx", "art", "qam", "qct", "qht", "qme", "qst")
_REPOSTS, _QUOTES, _REPLIES = "retweeted", "quoted", "replied_to"
_COUNTRIES = 5


class Includes(msgspec.Struct, frozen=True):
    """The objects that the posts of a response refer to, by id, and the stored people."""

    users: Mapping[str, Entity] = {}
    posts: Mapping[str, Entity] = {}
    media: Mapping[str, Entity] = {}
    polls: Mapping[str, Entity] = {}
    people: Mapping[str, Person] = {}

    def unknown_authors(self, posts: Iterable[Entity]) -> list[str]:
        """The ids of the unknown authors of these posts."""
        authors = (text_of(post, "author_id") for post in posts)
        return [each for each in dict.fromkeys(authors) if each and self.person(each) is None]

    def with_users(self, users: Iterable[Entity]) -> "Includes":
        """The same with more users."""
        return replace(self, users={**self.users, **{text_of(each, "id"): each for each in users}})

    def person(self, person_id: str) -> Person | None:
        """A person by id."""
        if person_id in self.users:
            return person_of(self.users[person_id])
        return self.people.get(person_id)


def includes_of(value: Entity, people: Iterable[Person] = ()) -> Includes:
    """The includes of a response."""
    part = part_of(value, "includes") or {}
    posts = [*parts_of(part, "tweets"), *parts_of(part, "posts")]
    return Includes(
        {text_of(each, "id"): each for each in parts_of(part, "users") if text_of(each, "username")},
        {text_of(each, "id"): each for each in posts},
        {text_of(each, "media_key"): each for each in parts_of(part, "media")},
        {text_of(each, "id"): each for each in parts_of(part, "polls")},
        {each.id: each for each in people},
    )


def post_of(entity: Entity, includes: Includes, account: str = "", author: Person | None = None) -> Post:
    """A post. `author` is its author, if known from the request. Raises RecordError without an id or an author."""
    post_id = text_of(entity, "id")
    writer = author or includes.person(text_of(entity, "author_id"))
    if not post_id.isdecimal():
        raise RecordError("A post without an id")
    if writer is None:
        raise RecordError("A post without an author")
    reference = _references(entity)
    reposted = includes.posts.get(reference.get(_REPOSTS, ""))
    if reposted is None:
        return _own(entity, writer, includes, account)
    original = _author_of_repost(reposted, entity, includes)
    if original is None:
        return _own(entity, writer, includes, account)
    inner = _own(reposted, original, includes, account)
    return replace(
        inner, id=_stable_id(entity), original_id=inner.id, booster=writer, boosted_at=time_of(entity, "created_at")
    )


def _own(entity: Entity, author: Person, includes: Includes, account: str) -> Post:
    reference = _references(entity)
    quoted = reference.get(_QUOTES, "")
    found = text_of_post(entity, frozenset((quoted,)) if quoted else frozenset())
    attachments = part_of(entity, "attachments") or {}
    reply_id = reference.get(_REPLIES)
    reply_to, reply_person = None, None
    if reply_id is not None:
        reply_to, reply_person = _replied(entity, author, found, includes)
    url = f"{SITE}/{author.handle}/status/{text_of(entity, 'id')}"
    return Post(
        _stable_id(entity),
        author,
        found.text,
        account,
        NETWORK,
        time_of(entity, "created_at"),
        url,
        url,
        _language(entity),
        found.spans,
        found.links,
        found.tags,
        tuple(_media(attachments, includes)),
        poll=_poll(attachments, includes),
        card=found.card,
        quote=_quote(quoted, entity, includes) if quoted else None,
        reply_to=reply_to,
        reply_to_id=reply_id,
        reply_to_person=reply_person,
        visibility="followers" if _is_protected(author, includes) else "public",
        labels=tuple(_labels(entity)),
        counts=_counts(entity),
    )


def _stable_id(entity: Entity) -> str:
    """The id of the first version: an edited post gets a new id, and is stored once."""
    for name in ("edit_history_tweet_ids", "edit_history_post_ids"):
        versions = strings_of(entity, name)
        if versions and versions[0].isdecimal():
            return versions[0]
    return text_of(entity, "id")


def _references(entity: Entity) -> dict[str, str]:
    """The ids of referenced posts by kind. Version 2.167 of the description calls a repost "reposted"."""
    found = {}
    for each in (*parts_of(entity, "referenced_tweets"), *parts_of(entity, "referenced_posts")):
        kind = text_of(each, "type")
        found[_REPOSTS if kind == "reposted" else kind] = text_of(each, "id")
    return found


def is_reply(entity: Entity) -> bool:
    """Whether a post is a reply. If the response has no reference, a post that starts with @ counts as one."""
    if _REPLIES in _references(entity) or text_of(entity, "in_reply_to_user_id"):
        return True
    return raw_of(entity, "text").startswith("@")


def is_repost(entity: Entity) -> bool:
    """Whether a post is a repost, also if the reference is missing."""
    return _REPOSTS in _references(entity) or raw_of(entity, "text").startswith("RT @")


def _author_of_repost(reposted: Entity, entity: Entity, includes: Includes) -> Person | None:
    """The author of a reposted post: from the includes, or from the "RT @name:" that begins the repost."""
    person_id = text_of(reposted, "author_id")
    if (known := includes.person(person_id)) is not None:
        return known
    text = raw_of(entity, "text")
    if not text.startswith("RT @"):
        return None
    handle = text[4:60].partition(":")[0].strip().casefold()
    mention = next((each for each in text_of_post(entity).mentions if each.handle == handle), None)
    person_id = person_id or (mention.id if mention else "")
    if not person_id or not handle.replace("_", "").isalnum():
        return None
    return Person(person_id, handle, network=NETWORK, url=f"{SITE}/{handle}", name="")


def _replied(entity: Entity, author: Person, found: Text, includes: Includes) -> tuple[str, str | None]:
    """The handle and the id of the person a post replies to; "" and None if unknown."""
    answered = includes.posts.get(_references(entity).get(_REPLIES, ""), {})
    person_id = text_of(entity, "in_reply_to_user_id") or text_of(answered, "author_id")
    if person_id == author.id:
        return author.handle, person_id
    known = includes.person(person_id)
    if known is not None:
        return known.handle, person_id
    mention = next((each for each in found.mentions if each.id == person_id), None)
    if mention is None and not person_id and found.text.startswith("@"):
        mention = next(iter(found.mentions), None)
    if mention is None:
        return "", person_id or None
    return mention.handle, mention.id or None


def _quote(quoted: str, entity: Entity, includes: Includes) -> Quote:
    inner = includes.posts.get(quoted)
    addresses = parts_of(part_of(entity, "entities") or {}, "urls")
    address = next((each for link in addresses if post_id_in(each := address_of(link, "expanded_url")) == quoted), "")
    if inner is None:
        return Quote("", "the quoted post is not available", address)
    known = includes.person(text_of(inner, "author_id"))
    handle = known.handle if known else handle_in_post(address)
    return Quote(handle, text_of_post(inner).text, address or f"{SITE}/i/status/{quoted}")


def _media(attachments: Entity, includes: Includes) -> Iterable[Media]:
    for key in strings_of(attachments, "media_keys"):
        medium = includes.media.get(key)
        if medium is None:
            yield Media("unknown")
            continue
        kind = _KINDS.get(text_of(medium, "type"), "unknown")
        preview = address_of(medium, "preview_image_url") or address_of(medium, "url")
        yield Media(kind, clean(raw_of(medium, "alt_text")).strip(), _best(medium), preview)


def _best(medium: Entity) -> str:
    """The address of a picture, or of the video file with the highest bit rate."""
    files = [each for each in parts_of(medium, "variants") if text_of(each, "content_type") == "video/mp4"]
    if files:
        return address_of(max(files, key=lambda each: either_count(each, "bit_rate", "bitrate") or 0), "url")
    return address_of(medium, "url") or address_of(medium, "preview_image_url")


def _poll(attachments: Entity, includes: Includes) -> Poll | None:
    poll = next((includes.polls[key] for key in strings_of(attachments, "poll_ids") if key in includes.polls), None)
    if poll is None:
        return None
    options = [PollOption(text_of(each, "label"), count_of(each, "votes")) for each in parts_of(poll, "options")]
    if not options:
        return None
    status = text_of(poll, "voting_status")
    return Poll(
        tuple(options),
        expires_at=time_of(poll, "end_datetime"),
        expired=status == "closed" if status else None,
        voters=sum(each.votes or 0 for each in options),
    )


def _labels(entity: Entity) -> Iterable[Label]:
    withheld = part_of(entity, "withheld")
    if withheld is not None:
        countries = strings_of(withheld, "country_codes")[:_COUNTRIES]
        yield Label(f"withheld in {', '.join(countries) or 'some countries'}", "X", "inform")
    if flag_of(entity, "possibly_sensitive"):
        yield Label("sensitive", "", "inform")


def _counts(entity: Entity) -> PostCounts:
    metrics = part_of(entity, "public_metrics") or {}
    return PostCounts(
        count_of(metrics, "reply_count"),
        either_count(metrics, "retweet_count", "repost_count"),
        count_of(metrics, "like_count"),
    )


def _language(entity: Entity) -> str | None:
    tag = text_of(entity, "lang")
    if tag in _UNKNOWN_LANGUAGES:
        return None
    return language_of(tag)


def _is_protected(author: Person, includes: Includes) -> bool:
    return flag_of(includes.users.get(author.id, {}), "protected") is True
