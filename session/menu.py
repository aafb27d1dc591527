"""The available actions on a post and its author, in the order of the menu."""

from collections.abc import Callable

from ..models.action import Target
from ..models.action_kinds import ACTION_KINDS
from ..models.post import links_of
from ..models.view import JudgedPost, PostKey
from .permissions import Permissions

_POST_PAIRS = (("like", "liked"), ("boost", "boosted"), ("bookmark", "bookmarked"))
_PERSON_PAIRS = ("follow", "hide_boosts", "mute", "block")


class Menu:
    """Lists the kinds of action that an account can do with a post and its author."""

    def __init__(
        self,
        is_done: Callable[[str, Target], bool],
        permissions: Permissions,
        can_quote: Callable[[PostKey], bool] = lambda _: False,
        translates: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`is_done`: whether the user has done a kind of action to a target. `translates`: whether the server of an
        account may translate posts."""
        self._is_done = is_done
        self._permissions = permissions
        self._can_quote = can_quote
        self._translates = translates

    def of(self, judged: JudgedPost) -> list[str]:
        """The kinds that are possible now: "like", or "unlike" if it is liked; also "translate"."""
        post = judged.post
        own = self._permissions.is_self(post.account, post.author.id)
        kinds: list[str] = []
        for kind, field in _POST_PAIRS:
            if kind == "boost" and post.is_private and not (own or judged.boosted):
                # A boost would show it to others.
                continue
            kinds.append(ACTION_KINDS[kind].opposite if getattr(judged, field) else kind)
        if post.poll is not None and post.poll.id and not judged.voted:
            kinds.append("vote")
        if own:
            kinds += ["unpin" if judged.pinned else "pin", "delete"]
        else:
            author = Target(post.account, person_id=post.author.id, handle=post.author.handle)
            kinds += [self._now(kind, author) for kind in _PERSON_PAIRS]
            kinds += ["note", "report"]
        if post.tags:
            kinds.append("follow_tag")
        able = [kind for kind in kinds if self._permissions.can(post.account, kind)]
        if self._permissions.can_translate(post.account) and self._translates(post.account):
            able.append("translate")
        return able

    def other_actions(self, judged: JudgedPost) -> list[str]:
        """The other actions at a post, by the ids of the action table: writing, opening and copying."""
        post = judged.post
        writes: list[str] = []
        if self._permissions.acts(post.account) and self._permissions.can(post.account, "compose"):
            writes.append("reply")
            if self._can_quote(judged.key):
                writes.append("quote")
        own = self._permissions.acts(post.account) and self._permissions.is_self(post.account, post.author.id)
        if own and post.booster is None and self._permissions.can(post.account, "edit"):
            writes.append("edit")
        looks = ["open", "author"]
        looks += ["open_link"] if links_of(post) else []
        looks += ["open_media"] if any(each.url for each in post.media or ()) else []
        looks += ["copy_link"] if post.url else []
        looks += ["copy_text"] if post.text else []
        return [*writes, *looks]

    def main(self, judged: JudgedPost) -> tuple[str, ...]:
        """The actions in the footer for a post: "edit" or "reply", "like" and "boost"."""
        post = judged.post
        if not self._permissions.acts(post.account):
            return ()
        own = self._permissions.is_self(post.account, post.author.id)
        kinds = [("edit", "edit") if own else ("reply", "compose")]
        kinds += [("unlike" if judged.liked else "like", "like")]
        if not post.is_private or own:
            kinds += [("unboost" if judged.boosted else "boost", "boost")]
        return tuple(name for name, kind in kinds if self._permissions.can(post.account, kind))

    def _now(self, kind: str, author: Target) -> str:
        """The kind, or its opposite if it is done."""
        if self._is_done(kind, author):
            return ACTION_KINDS[kind].opposite
        return kind
