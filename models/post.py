"""A Post: one status of a timeline, with its author, its booster and everything a screen draws."""

from datetime import datetime
from typing import Literal

import msgspec

from .person import Person

SpanKind = Literal["link", "mention", "hashtag", "emoji", "code", "quote"]
LabelEffect = Literal["inform", "warn", "hide"]
LABEL_EFFECTS: tuple[LabelEffect, ...] = ("inform", "warn", "hide")
"""The weakest first."""

_PUBLIC = ("", "public", "unlisted", "local")
"""Audiences of posts that anybody on their server can read; every other is a private one, also one not known yet."""

MediaKind = Literal["image", "video", "gifv", "audio", "unknown"]


class Span(msgspec.Struct, frozen=True):
    """A stretch `[start, end)` of a post's text, in characters, that means something.

    `target` is the address of a link, the handle of a mention, the tag without # or the address of a custom emoji.
    """

    start: int
    end: int
    kind: SpanKind
    target: str = ""


class Media(msgspec.Struct, frozen=True):
    """One attachment; `alt` is its description, "" where the author gave none, `preview` a small picture of it."""

    kind: MediaKind
    alt: str = ""
    url: str = ""
    preview: str = ""


class PollOption(msgspec.Struct, frozen=True):
    """One answer of a poll; `votes` is None while the server keeps it back."""

    text: str
    votes: int | None = None


class Poll(msgspec.Struct, frozen=True):
    """A question with its options."""

    options: tuple[PollOption, ...]
    multiple: bool = False
    expires_at: datetime | None = None
    expired: bool | None = None
    voters: int | None = None

    def is_closed(self, now: datetime) -> bool:
        """Whether nobody can vote any more: the server said so, or its time has run out since."""
        return bool(self.expired) or (self.expires_at is not None and self.expires_at <= now)


class Card(msgspec.Struct, frozen=True):
    """The preview of a link."""

    url: str
    title: str
    description: str = ""


class Quote(msgspec.Struct, frozen=True):
    """A post inside a post; `handle` is "" and `text` says why where the quoted post cannot be seen."""

    handle: str
    text: str
    url: str = ""


class Label(msgspec.Struct, frozen=True):
    """What somebody said of a post or its author, and what comes of it: a line, a warning, or that it is hidden.

    `by` is the name of the labeler, "" where authors say it of themselves. `chosen`: the user chose what comes of it,
    and not the labeler. `quoted`: it is said of the post that this one quotes.
    """

    name: str
    by: str = ""
    effect: LabelEffect = "warn"
    chosen: bool = False
    quoted: bool = False


class PostRef(msgspec.Struct, frozen=True):
    """A record of a post in one exact version, as answers must name it."""

    uri: str
    cid: str


class PostCounts(msgspec.Struct, frozen=True):
    """How often a post was answered, boosted and liked; None is not known."""

    replies: int | None = None
    boosts: int | None = None
    likes: int | None = None


class ViewerState(msgspec.Struct, frozen=True):
    """What the user did with a post; None is not known. Ids name the user's own records, where the network has them."""

    liked: bool | None = None
    boosted: bool | None = None
    bookmarked: bool | None = None
    like_id: str = ""
    boost_id: str = ""
    bookmark_id: str = ""


class Post(msgspec.Struct, frozen=True):
    """One status of a timeline. All texts are clean plain text (see models.text); all times are aware, UTC.

    `id` is the timeline item's own opaque id: a boost has another id than what it boosts (`original_id`). `account`
    is the key of the account whose timeline it is ("" for records that were judged from a file). `created_at` is
    when the text was written, `boosted_at` when the booster passed it on. `reply_to` is the handle answered
    ("" = a reply to somebody unknown, None = no reply). `server_filters` are the titles of the server's own filters
    that matched, `server_hides` whether one of them says hide. `warning` is the author's own, `labels` are what others
    say of the post; both together cover it (`cover`).
    """

    id: str
    author: Person
    text: str
    account: str = ""
    network: str = ""
    created_at: datetime | None = None
    url: str = ""
    uri: str = ""
    lang: str | None = None
    spans: tuple[Span, ...] = ()
    links: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    media: tuple[Media, ...] | None = None
    warning: str = ""
    poll: Poll | None = None
    card: Card | None = None
    quote: Quote | None = None
    reply_to: str | None = None
    reply_to_id: str | None = None
    reply_to_person: str | None = None
    booster: Person | None = None
    boosted_at: datetime | None = None
    original_id: str = ""
    visibility: str = ""
    server_filters: tuple[str, ...] = ()
    server_hides: bool = False
    labels: tuple[Label, ...] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    """Since when the author's server says that it is gone; it is only kept because the user marked it."""
    cid: str = ""
    root: PostRef | None = None
    """The first post of the conversation, where the network names it."""
    counts: PostCounts = PostCounts()
    viewer: ViewerState = ViewerState()

    @property
    def key(self) -> tuple[str, str]:
        """(account key, post id): unique in the store; ids alone are only unique on one server."""
        return (self.account, self.id)

    @property
    def author_key(self) -> tuple[str, str]:
        """(account key, person id) of the author."""
        return (self.account, self.author.id)

    @property
    def at(self) -> datetime | None:
        """The place in the timeline: when it was boosted, or else when it was written."""
        return self.boosted_at or self.created_at

    @property
    def is_private(self) -> bool:
        """Whether only some people may read it: followers, or those it names."""
        return self.visibility not in _PUBLIC

    @property
    def warning_labels(self) -> tuple[Label, ...]:
        """The labels that cover the text until the post is opened."""
        return tuple(label for label in self.labels if label.effect != "inform" and (label.by or label.quoted))

    @property
    def covered(self) -> bool:
        """Whether a warning stands in the place of the text until the post is opened."""
        return bool(self.warning or self.warning_labels)


def links_of(post: Post) -> list[str]:
    """What can be opened: the post's links, its card, its quoted post, its pictures, and the post itself last."""
    links = [*(post.links or ()), post.card.url if post.card else "", post.quote.url if post.quote else ""]
    links += [medium.url for medium in post.media or ()]
    return [url for url in dict.fromkeys([*links, post.url]) if _can_be_opened(url)]


def _can_be_opened(url: str) -> bool:
    """Whether an address has a scheme that is ever opened; kept posts may have it in capitals."""
    return url[:8].lower().startswith(("https://", "http://", "mailto:"))
