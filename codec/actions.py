"""Actions as JSON objects, as the outbox stores them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ..models.action import Action, Target
from ..models.action_kinds import ACTION_KINDS, kind_of, subject_key
from ..models.errors import RecordError


def action_to_record(action: Action) -> dict[str, Any]:
    """An action as a JSON object: its kind, its own fields, and those of its target."""
    record: dict[str, Any] = msgspec.to_builtins(action)
    target = record.pop("target")
    return {"kind": kind_of(action).name, **target, **record}


def action_from_record(record: Mapping[str, Any]) -> Action:
    """An action from its JSON object. Raises RecordError for a kind that this version does not support."""
    kind = ACTION_KINDS.get(str(record.get("kind")))
    names = Target.__struct_fields__
    fields = {name: value for name, value in record.items() if name not in (*names, "kind")}
    target = {name: value for name, value in record.items() if name in names}
    try:
        if kind is not None:
            action: Action = msgspec.convert({"target": target, **fields}, kind.type)
            if subject_key(kind, action.target):
                return action
    except (msgspec.ValidationError, UnicodeError):
        pass
    raise RecordError("this version of quietfeed does not support this action")
