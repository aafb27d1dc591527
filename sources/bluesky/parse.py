"""Parses posts leniently: from a post view, a timeline item, or a bare record.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json
"""

from datetime import datetime

from ...models.errors import RecordError
from ...models.person import Person
from ...models.post import Permission, Post, PostCounts, PostRef, ViewerState
from ..entities import (
    Entity,
    count_of,
    flag_of,
    language_of,
    part_of,
    parts_of,
    strings_of,
    text_of,
    time_of,
    web_address,
)
from .embeds import embed_of, unknown
from .facets import mentioned, rich_text
from .labels import DEFAULT_POLICY, Policy, warning_in
from .people import did_of, handle_of, person_of, somebody, web_address_of

POST = "app.bsky.feed.post"
_LONGEST = 1000


def timeline_post_of(item: Entity, account: str = "", policy: Policy = DEFAULT_POLICY) -> Post:
    """Parse a timeline item (feedViewPost). Raises RecordError if it contains no post.

    A post appears once for itself and once per repost by a followed person, so the id of a repost consists of the
    post's URI and the reposter's DID.
    """
    view = part_of(item, "post")
    if view is None:
        raise RecordError("A timeline item contains no post")
    parent = part_of(part_of(item, "reply") or {}, "parent")
    reason = part_of(item, "reason") or {}
    by = part_of(reason, "by")
    if by is None:
        # A pin, or an unknown reason: treat the item as the post itself.
        return post_of(view, account, parent, policy=policy)
    if not text_of(by, "did"):
        raise RecordError(f"A repost of {text_of(view, 'uri')} has no reposter")
    boosted_at = time_of(reason, "indexedAt")
    return post_of(view, account, parent, booster=person_of(by), boosted_at=boosted_at, policy=policy)


def post_of(
    view: Entity,
    account: str = "",
    parent: Entity | None = None,
    *,
    booster: Person | None = None,
    boosted_at: datetime | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Post:
    """Parse a post view (postView, viewRecord), or a bare record with its URI.

    `parent` is the view of the answered post, if any; it may be a placeholder of a deleted or blocked post. `policy`
    determines the effect of labels. Raises RecordError without a URI or an author.
    """
    uri = text_of(view, "uri")
    record = part_of(view, "record") or part_of(view, "value") or {}
    author = part_of(view, "author") or {}
    did = text_of(author, "did") or did_of(uri)
    if not uri:
        raise RecordError("A post has no address (uri)")
    if view.get("notFound") is True or view.get("blocked") is True:
        raise RecordError(f"Post {uri} is not visible to you")
    if not did:
        raise RecordError(f"Post {uri} has no author")
    text, spans = rich_text(record)
    name = text_of(record, "$type")
    embed = embed_of(part_of(view, "embed") or part_of(record, "embed"))
    links = [span.target for span in spans if span.kind == "link"]
    if embed.card:
        links.append(embed.card.url)
    tags = [span.target for span in spans if span.kind == "hashtag"]
    tags += [tag.removeprefix("#") for tag in strings_of(record, "tags") if tag]
    labels = policy.labels_of(view, record, author) + policy.labels_of_quoted(part_of(view, "embed"))
    reply_to, reply_to_id, reply_to_person = _reply(record, parent, author, did)
    return Post(
        id=uri if booster is None else f"{uri}#{booster.id}",
        author=person_of(author) if text_of(author, "did") else somebody(did, did),
        text=text,
        account=account,
        network="bluesky",
        created_at=_written(view, record),
        url=web_address_of(uri, handle_of(author)),
        uri=uri,
        lang=next((each for each in strings_of(record, "langs") if language_of(each)), None),
        spans=spans,
        links=tuple(dict.fromkeys(links)),
        tags=tuple(dict.fromkeys(tags)),
        media=embed.media if name in ("", POST) else (unknown(name), *embed.media),
        warning=warning_in(labels),
        card=embed.card,
        quote=embed.quote,
        reply_to=reply_to,
        reply_to_id=reply_to_id,
        reply_to_person=reply_to_person,
        booster=booster,
        boosted_at=boosted_at,
        original_id=uri if booster is not None else "",
        visibility="public",
        labels=labels,
        cid=text_of(view, "cid"),
        root=_root(record),
        counts=counts_of(view),
        viewer=viewer_of(view),
        # Bridgy Fed names the original of its copies.
        same_as=tuple(each for each in (web_address(text_of(record, "bridgyOriginalUrl")),) if each),
    )


def counts_of(view: Entity) -> PostCounts:
    """The counts of replies, reposts and likes."""
    return PostCounts(*(count_of(view, f"{each}Count") for each in ("reply", "repost", "like")))


def viewer_of(view: Entity) -> ViewerState:
    """The user's likes, reposts, bookmarks and pins of a post; unknown without a signed-in viewer."""
    viewer = part_of(view, "viewer")
    if viewer is None:
        return ViewerState()
    like, repost = text_of(viewer, "like"), text_of(viewer, "repost")
    bookmarked, pinned = flag_of(viewer, "bookmarked"), flag_of(viewer, "pinned")
    # https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json#viewerState
    reply: Permission = "no" if flag_of(viewer, "replyDisabled") else ""
    quote: Permission = "no" if flag_of(viewer, "embeddingDisabled") else ""
    return ViewerState(bool(like), bool(repost), bookmarked, like, repost, pinned=pinned, reply=reply, quote=quote)


def _root(record: Entity) -> PostRef | None:
    root = part_of(part_of(record, "reply") or {}, "root") or {}
    uri = text_of(root, "uri")
    if uri:
        return PostRef(uri, text_of(root, "cid"))
    return None


def _written(view: Entity, record: Entity) -> datetime | None:
    """The time of a post: the author's claim, but never later than the network first saw it.

    The network sorts timelines by the same time, so an imported old post appears far down.
    """
    claimed, seen = time_of(record, "createdAt"), time_of(view, "indexedAt")
    if claimed and seen:
        return min(claimed, seen)
    return claimed or seen


def _reply(
    record: Entity, parent: Entity | None, author: Entity, did: str
) -> tuple[str | None, str | None, str | None]:
    """The handle ("" if unknown), URI and DID that a post answers; None if it is not a reply.

    The URI contains the DID, so the answered person is known even if that post is deleted or blocked.
    """
    reference = part_of(part_of(record, "reply") or {}, "parent")
    uri = text_of(reference or {}, "uri") or text_of(parent or {}, "uri")
    if not uri:
        return None, None, None
    answered = part_of(parent or {}, "author") or {}
    person = did_of(uri)
    if text_of(answered, "did") == person and text_of(answered, "handle"):
        handle = handle_of(answered)
    elif person == did:
        handle = handle_of(author)
    else:
        handle = mentioned(record).get(person, "")
    return handle, uri, person or None


def thread_places(top: Entity) -> tuple[list[Entity], list[Entity]]:
    """The posts above and below a post in its conversation (threadViewPost), as timeline items from top to bottom.

    Placeholders of deleted or blocked posts are left out; the server does not return the replies to them.
    """
    above: list[Entity] = []
    node = part_of(top, "parent")
    while node is not None and part_of(node, "post") is not None and len(above) < _LONGEST:
        above.insert(0, _place(node, part_of(node, "parent")))
        node = part_of(node, "parent")
    below: list[Entity] = []
    waiting = [top]
    for node in waiting:
        answers = [each for each in parts_of(node, "replies") if part_of(each, "post") is not None]
        below += [_place(each, node) for each in answers]
        waiting += answers
        if len(below) >= _LONGEST:
            break
    return above, below


def _place(node: Entity, parent: Entity | None) -> Entity:
    return {"post": node.get("post"), "reply": {"parent": (parent or {}).get("post")}}
