"""A Post: one status of a timeline, with its author, its booster and everything a screen draws."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec

from .person import Person

SpanKind = Literal["link", "mention", "hashtag", "emoji", "code", "quote", "heading"]
LabelEffect = Literal["inform", "warn", "hide"]
LABEL_EFFECTS: tuple[LabelEffect, ...] = ("inform", "warn", "hide")
"""From the weakest to the strongest."""

_PUBLIC = ("", "public", "unlisted", "local")
"""Audiences that anybody on the server can read. All others are private, unknown ones too."""

Permission = Literal["", "yes", "asks", "no"]
"""Whether the author lets the user reply or quote. "asks": the author decides about each one; "": unknown."""
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

MediaKind = Literal["image", "video", "gifv", "audio", "unknown"]


class Span(msgspec.Struct, frozen=True):
    """A range `[start, end)` of a post's text, in characters, with a meaning.

    `target` is the address of a link, the handle of a mention, the tag without # or the address of a custom emoji. A
    post whose text begins with a heading has a title: an article.
    """

    start: int
    end: int
    kind: SpanKind
    target: str = ""


class Media(msgspec.Struct, frozen=True):
    """One attachment; `alt` is its description ("" if it has none), `preview` the address of a small picture."""

    kind: MediaKind
    alt: str = ""
    url: str = ""
    preview: str = ""


PLAYED: tuple[MediaKind, ...] = ("video", "gifv", "audio")
"""The kinds that a viewer plays; pictures open in the browser."""


class PollOption(msgspec.Struct, frozen=True):
    """One option of a poll; `votes` is None while the server hides the results."""

    text: str
    votes: int | None = None


class Poll(msgspec.Struct, frozen=True):
    """A question with its options."""

    options: tuple[PollOption, ...]
    multiple: bool = False
    expires_at: datetime | None = None
    expired: bool | None = None
    voters: int | None = None
    id: str = ""
    """The poll's own id, with which votes are sent; "" if votes cannot be sent."""

    def is_closed(self, now: datetime) -> bool:
        """Whether voting has ended: the server reported so, or the end has passed since."""
        return bool(self.expired) or (self.expires_at is not None and self.expires_at <= now)


class Card(msgspec.Struct, frozen=True):
    """The preview of a link."""

    url: str
    title: str
    description: str = ""


class Quote(msgspec.Struct, frozen=True):
    """A post inside a post. If it cannot be shown, `handle` is "" and `text` says why."""

    handle: str
    text: str
    url: str = ""


class Label(msgspec.Struct, frozen=True):
    """A label on a post or its author, and its effect: a line, a warning, or hiding the post.

    `by` is the name of the labeler, "" for an author's own label. `chosen`: the user chose the effect, not the
    labeler. `quoted`: the label is on the post that this one quotes.
    """

    name: str
    by: str = ""
    effect: LabelEffect = "warn"
    chosen: bool = False
    quoted: bool = False


class PostRef(msgspec.Struct, frozen=True):
    """A post record in one exact version, as replies must reference it."""

    uri: str
    cid: str


class PostCounts(msgspec.Struct, frozen=True):
    """How many replies, boosts and likes a post has; None is unknown."""

    replies: int | None = None
    boosts: int | None = None
    likes: int | None = None


class ViewerState(msgspec.Struct, frozen=True):
    """What the user did with a post; None is unknown. The ids name the user's records, if the network has such."""

    liked: bool | None = None
    boosted: bool | None = None
    bookmarked: bool | None = None
    like_id: str = ""
    boost_id: str = ""
    bookmark_id: str = ""
    pinned: bool | None = None
    voted: bool | None = None
    """Whether the user has voted in the poll."""
    reply: Permission = ""
    quote: Permission = ""


class Post(msgspec.Struct, frozen=True, gc=False):
    """One status of a timeline. All texts are clean plain text (see models.text); all times are aware, in UTC.

    `id` is the opaque id of the timeline item: a boost has another id than the boosted post (`original_id`), either its
    own or that of the post, "#" and more. `account` is the key of the account whose timeline it belongs to ("" for
    records judged from a file). `created_at` is when the text was written, `boosted_at` when it was boosted. `reply_to`
    is the handle replied to ("" = a reply to somebody unknown, None = no reply). `server_filters` are the titles of the
    server's filters that match, and `server_hides` is True if one of them hides. `warning` is the author's own content
    warning, `labels` are those of others; both cover the text (`covered`).
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
    """When the server reported that the post is gone; such a post is stored only because the user marked it."""
    cid: str = ""
    root: PostRef | None = None
    """The first post of the conversation, if the network names it."""
    counts: PostCounts = PostCounts()
    viewer: ViewerState = ViewerState()
    comments: tuple[str, ...] = ()
    """The addresses of an article's comments, the most complete one first."""
    same_as: tuple[str, ...] = ()
    """The addresses of the same post elsewhere, as stated by its author or a bridge."""

    @property
    def key(self) -> tuple[str, str]:
        """(account key, post id): unique in the store; ids alone are only unique on one server."""
        return (self.account, self.id)

    @property
    def identity(self) -> "tuple[str, str] | str":
        """The identity that all entries of one post share, for any booster and account."""
        return self.uri or (self.account, self.original_id or self.id)

    @property
    def author_key(self) -> tuple[str, str]:
        """(account key, person id) of the author."""
        return (self.account, self.author.id)

    @property
    def at(self) -> datetime | None:
        """The time that orders the timeline: the time of the boost, or else of the post."""
        return self.boosted_at or self.created_at

    @property
    def is_private(self) -> bool:
        """Whether only some people may read it: followers, or the people it mentions."""
        return self.visibility not in _PUBLIC

    @property
    def warning_labels(self) -> tuple[Label, ...]:
        """The labels that cover the text until the post is opened."""
        return tuple(label for label in self.labels if label.effect != "inform" and (label.by or label.quoted))

    @property
    def covered(self) -> bool:
        """Whether a warning replaces the text until the post is opened."""
        return bool(self.warning or self.warning_labels)


def is_article(post: Post) -> bool:
    """Whether the text begins with a title."""
    return bool(post.spans) and post.spans[0].kind == "heading" and post.spans[0].start == 0


def links_of(post: Post) -> list[str]:
    """The addresses that can be opened: links, card, quoted post, media, and the post itself last.

    The page of an article comes first.
    """
    links = [*(post.links or ()), post.card.url if post.card else "", post.quote.url if post.quote else ""]
    links += [medium.url for medium in post.media or ()]
    links = [post.url, *links] if is_article(post) else [*links, post.url]
    return [url for url in dict.fromkeys(links) if _can_be_opened(url)]


def _can_be_opened(url: str) -> bool:
    """Whether the scheme may be opened; stored posts may have it in capitals."""
    return url[:8].lower().startswith(("https://", "http://", "mailto:"))


def hosts_of(post: Post) -> set[str]:
    """The hosts that a post links to."""
    links: Iterable[str] | None = post.links
    if links is None:
        links = [part for part in post.text.split() if "://" in part]
    return {host for link in links if (host := _host(link))}


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return link
