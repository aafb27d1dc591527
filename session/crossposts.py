"""Which loaded posts are copies of one post: cross-posts of linked people, and copies that a bridge made."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from msgspec.structs import replace

from ..filters.crossposts import Identity, find_crossposts
from ..models.joined import PersonKey
from ..models.post import Post
from ..models.view import JudgedPost, PostKey, SamePosts
from ..sources.bridges import copied_post, is_bridged, original_of
from ..sources.registry import NETWORKS, SUBSCRIBED
from .links import PersonLinks
from .loaded import LoadedPosts

_Stamp = tuple[int, int]


class CrossPosts:
    """The copies among the loaded posts. They are found again when posts or links change."""

    def __init__(self, loaded: LoadedPosts, links: PersonLinks) -> None:
        self._loaded = loaded
        self._links = links
        self._stamp: _Stamp | None = None
        self._same: Mapping[Identity, Identity] = {}
        self._keys: Mapping[Identity, tuple[PostKey, ...]] = {}
        self._places = {each.name: f"on {each.label}" for each in NETWORKS} | {SUBSCRIBED.name: "on their blog"}

    def same(self) -> SamePosts:
        """Which loaded posts are copies of one post."""
        self._update()
        return SamePosts(self._same, self._places)

    def others(self, key: PostKey) -> tuple[PostKey, ...]:
        """The copies of a loaded post, without itself and without other entries of the same post."""
        self._update()
        judged = self._loaded.get(key)
        if judged is None:
            return ()
        mine = judged.post.identity
        group = self._keys.get(self._same.get(mine, mine), ())
        loaded = (self._loaded.get(each) for each in group)
        return tuple(each.key for each in loaded if each is not None and each.post.identity != mine)

    def copies(self, key: PostKey) -> list[JudgedPost]:
        """The same, with their verdicts."""
        return [judged for each in self.others(key) if (judged := self._loaded.get(each)) is not None]

    def _update(self) -> None:
        stamp = (self._loaded.revision, self._links.version)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        people = self._people(self._loaded.posts)
        self._same = find_crossposts(people)
        keys: dict[Identity, list[PostKey]] = defaultdict(list)
        for post in (each for those in people.values() for each in those):
            if post.identity in self._same:
                keys[self._same[post.identity]].append(post.key)
        self._keys = {identity: tuple(those) for identity, those in keys.items()}

    def _people(self, posts: Sequence[JudgedPost]) -> Mapping[Hashable, Sequence[Post]]:
        """The posts of people with several handles. Only the user's links and the form of a bridge's handle count."""
        authors = {judged.post.author_key: judged.post.author.handle.casefold() for judged in posts}
        bridged = {key: handle for key, handle in authors.items() if is_bridged(handle)}
        originals = {original_of(handle) for handle in bridged.values()}
        by_handle = {handle: key for key, handle in authors.items() if handle in originals}
        wanted: dict[PersonKey, Hashable] = {}
        for key in authors:
            handles = self._links.keys(key)
            if len(handles) > 1:
                wanted[key] = min(handles)
        for key, handle in bridged.items():
            native = by_handle.get(original_of(handle))
            if native is not None:
                person = wanted.get(native, native)
                wanted[native] = wanted[key] = person
        people: dict[Hashable, list[Post]] = defaultdict(list)
        for judged in posts:
            post = judged.post
            if post.booster is None and post.author_key in wanted:
                if copied := copied_post(post.uri):
                    post = replace(post, same_as=(copied, *post.same_as))
                people[wanted[post.author_key]].append(post)
        return people
