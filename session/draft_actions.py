"""The actions that send a draft: an edit, or one post for each account and each part of a thread."""

from collections.abc import Mapping

from msgspec.structs import replace

from ..models.action import Compose, Edit, Target
from ..models.compose import ComposeRules, split
from ..models.draft import Draft, Pointer


def texts_of(draft: Draft, rules: ComposeRules) -> list[str]:
    """The texts of a draft's posts on one account."""
    if draft.thread:
        return split(draft, rules)
    return [draft.text]


def actions_of(draft: Draft, number: int, rules: Mapping[str, ComposeRules], *, edit: bool) -> list[Compose | Edit]:
    """The actions that send draft `number`, in their order. `rules` are those of its accounts, by key."""
    if edit:
        assert draft.edits is not None
        return [Edit(_target(draft.edits), draft, number)]
    answered = draft.reply_to or draft.quote
    handle = answered.handle if answered is not None else ""
    person = ""
    if answered is not None and draft.audience != "direct":
        person = answered.person_id
    found: list[Compose | Edit] = []
    for key in draft.accounts:
        texts = texts_of(draft, rules[key])
        for part, text in enumerate(texts):
            target = Target(key, item_id=f"draft:{number}", person_id=person if part == 0 else "", handle=handle)
            one = _part(replace(draft, accounts=(key,), text=text), rules[key], part)
            found.append(Compose(target, one, part, len(texts), number))
    return found


def _part(draft: Draft, rules: ComposeRules, part: int) -> Draft:
    """One part of a draft: attachments, polls and quotes go with the first one."""
    if "language" not in rules.features:
        draft = replace(draft, language="")
    if part == 0:
        return draft
    return replace(draft, media=(), poll=None, quote=None, threadgate="", edits=None)


def _target(pointer: Pointer) -> Target:
    return Target(
        pointer.account,
        pointer.post_id,
        pointer.item_id,
        pointer.cid,
        pointer.person_id,
        pointer.handle,
        pointer.url,
    )
