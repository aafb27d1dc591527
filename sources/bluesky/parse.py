"""The XRPC API's JSON as Posts: a view of a post, a place in a timeline, or a bare record. Tolerant of everything.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json
"""

from datetime import datetime

from ...models.errors import RecordError
from ...models.person import Person
from ...models.post import Post, PostCounts, PostRef, ViewerState
from ..entities import Entity, count_of, flag_of, language_of, part_of, parts_of, strings_of, text_of, time_of
from .embeds import embed_of, unknown
from .facets import mentioned, rich_text
from .labels import DEFAULT_POLICY, Policy, warning_in
from .people import did_of, handle_of, person_of, somebody, web_address_of

POST = "app.bsky.feed.post"
_LONGEST = 1000


def timeline_post_of(item: Entity, account: str = "", policy: Policy = DEFAULT_POLICY) -> Post:
    """A Post from a place in a timeline (feedViewPost). RecordError where there is no post in it.

    The same post stands there once for itself and once for each follow who reposted it, so a repost's id is that of
    the post together with who reposted it.
    """
    view = part_of(item, "post")
    if view is None:
        raise RecordError("A place in the timeline holds no post")
    parent = part_of(part_of(item, "reply") or {}, "parent")
    reason = part_of(item, "reason") or {}
    by = part_of(reason, "by")
    if by is None:
        # A pin, or a reason that is not known yet: the post stands there for itself.
        return post_of(view, account, parent, policy=policy)
    if not text_of(by, "did"):
        raise RecordError(f"A repost of {text_of(view, 'uri')} does not say whose it is")
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
    """A Post from a view of it (postView, viewRecord), or from a bare record with its address.

    `parent` is the view of the post that it answers, where there is one: it may be a stub of a deleted or blocked one.
    `policy` determines the effect of its labels.
    RecordError where there is no address, or nobody who wrote it.
    """
    uri = text_of(view, "uri")
    record = part_of(view, "record") or part_of(view, "value") or {}
    author = part_of(view, "author") or {}
    did = text_of(author, "did") or did_of(uri)
    if not uri:
        raise RecordError("A post has no address (uri)")
    if view.get("notFound") is True or view.get("blocked") is True:
        raise RecordError(f"Post {uri} cannot be seen from here")
    if not did:
        raise RecordError(f"Post {uri} has no author")
    text, spans = rich_text(record)
    name = text_of(record, "$type")
    carried = embed_of(part_of(view, "embed") or part_of(record, "embed"))
    links = [span.target for span in spans if span.kind == "link"] + ([carried.card.url] if carried.card else [])
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
        media=carried.media if name in ("", POST) else (unknown(name), *carried.media),
        warning=warning_in(labels),
        card=carried.card,
        quote=carried.quote,
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
    )


def counts_of(view: Entity) -> PostCounts:
    """How often a post was answered, reposted and liked."""
    return PostCounts(*(count_of(view, f"{each}Count") for each in ("reply", "repost", "like")))


def viewer_of(view: Entity) -> ViewerState:
    """What the user did with a post. A view without a viewer is one that nobody asked for as themselves."""
    viewer = part_of(view, "viewer")
    if viewer is None:
        return ViewerState()
    like, repost = text_of(viewer, "like"), text_of(viewer, "repost")
    bookmarked, pinned = flag_of(viewer, "bookmarked"), flag_of(viewer, "pinned")
    return ViewerState(bool(like), bool(repost), bookmarked, like, repost, pinned=pinned)


def _root(record: Entity) -> PostRef | None:
    root = part_of(part_of(record, "reply") or {}, "root") or {}
    uri = text_of(root, "uri")
    if uri:
        return PostRef(uri, text_of(root, "cid"))
    return None


def _written(view: Entity, record: Entity) -> datetime | None:
    """When it was written: what the author claims, but never later than the network first saw it.

    That is also the order in which the network sorts a timeline, so an old post that was imported stands far below.
    """
    claimed, seen = time_of(record, "createdAt"), time_of(view, "indexedAt")
    if claimed and seen:
        return min(claimed, seen)
    return claimed or seen


def _reply(
    record: Entity, parent: Entity | None, author: Entity, did: str
) -> tuple[str | None, str | None, str | None]:
    """Whom it answers: the handle ("" where only the address is known), the address, the DID; None for no reply.

    The address names the DID, so it is known whom a post answered even where that post is deleted or blocked.
    """
    said = part_of(part_of(record, "reply") or {}, "parent")
    uri = text_of(said or {}, "uri") or text_of(parent or {}, "uri")
    if not uri:
        return None, None, None
    answered = part_of(parent or {}, "author") or {}
    person = did_of(uri)
    if text_of(answered, "did") == person and text_of(answered, "handle"):
        handle = handle_of(answered)
    else:
        if person == did:
            handle = handle_of(author)
        else:
            handle = mentioned(record).get(person, "")
    return handle, uri, person or None


def thread_places(top: Entity) -> tuple[list[Entity], list[Entity]]:
    """What stands above and below a post in its conversation (threadViewPost), as places in a timeline, from the top.

    Stubs of deleted or blocked posts are left out; the server does not return the replies to them.
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
