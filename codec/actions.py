"""Actions as JSON objects, as the outbox stores them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ..models.action import ACTION_KINDS, Action, Like, Target, Unlike, kind_of
from ..models.errors import RecordError


def action_to_record(action: Action) -> dict[str, Any]:
    """An action as a JSON object."""
    record: dict[str, Any] = msgspec.structs.asdict(action.target)
    if isinstance(action, Unlike):
        record["record_id"] = action.record_id
    return {"kind": kind_of(action), **{name: value for name, value in record.items() if value}}


def action_from_record(record: Mapping[str, Any]) -> Action:
    """An action from its JSON object. Raises RecordError for one that this version does not know."""
    texts = {name: value for name, value in record.items() if isinstance(value, str)}
    kind = ACTION_KINDS.get(texts.get("kind", ""))
    names = Target.__struct_fields__
    if kind is None or not all(texts.get(name) for name in names[:3]):
        raise RecordError("the action is not one that this quietfeed knows")
    target = Target(**{name: texts.get(name, "") for name in names})
    if kind is Unlike:
        return Unlike(target, texts.get("record_id", ""))
    return Like(target)
