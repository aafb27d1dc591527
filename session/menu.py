"""What a post and its author allow now, in the order of the menu."""

from ..models.action import Target
from ..models.action_kinds import ACTION_KINDS
from ..models.view import JudgedPost
from .actions import ActionService
from .outbox import OutboxService

_POST_PAIRS = (("like", "liked"), ("boost", "boosted"), ("bookmark", "bookmarked"))
_PERSON_PAIRS = ("follow", "hide_boosts", "mute", "block")


class Menu:
    """Lists the kinds of action that an account can do with a post and its author."""

    def __init__(self, actions: ActionService, outbox: OutboxService) -> None:
        self._actions = actions
        self._outbox = outbox

    def of(self, judged: JudgedPost) -> list[str]:
        """The kinds that are possible now: "like", or "unlike" where it is liked. "translate" is one too."""
        post = judged.post
        own = self._outbox.is_own_account(post.account, post.author.id)
        kinds: list[str] = []
        for kind, field in _POST_PAIRS:
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
        able = [kind for kind in kinds if self._outbox.can(post.account, kind)]
        if self._outbox.can_translate(post.account):
            able.append("translate")
        return able

    def _now(self, kind: str, author: Target) -> str:
        """The kind, or its opposite where it is done."""
        if self._actions.is_done(kind, author):
            return ACTION_KINDS[kind].opposite
        return kind
