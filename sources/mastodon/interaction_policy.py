"""Whether the author of a status lets the user reply to it or quote it."""

from ...models.post import Permission
from ..entities import Entity, part_of, strings_of, text_of

_QUOTES: dict[str, Permission] = {"automatic": "yes", "manual": "asks", "denied": "no"}
_MINE = {"public", "me"}
"""The names of everybody and of the user in an interaction policy."""


def quote_permission(status: Entity) -> Permission:
    """From Mastodon 4.5: https://docs.joinmastodon.org/entities/QuoteApproval/#current_user."""
    return _QUOTES.get(text_of(part_of(status, "quote_approval") or {}, "current_user"), "")


def reply_permission(status: Entity) -> Permission:
    """From GoToSocial: https://docs.gotosocial.org/en/latest/federation/interaction_policy/.

    Its newer versions have other names for the two lists. A policy with neither everybody nor the user does not allow
    the user to reply.
    """
    rule = part_of(part_of(status, "interaction_policy") or {}, "can_reply")
    if rule is None:
        return ""
    always = strings_of(rule, "automatic_approval") or strings_of(rule, "always")
    asked = strings_of(rule, "manual_approval") or strings_of(rule, "with_approval")
    if _MINE & {*always}:
        return "yes"
    if _MINE & {*asked}:
        return "asks"
    return "no"
