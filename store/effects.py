"""The local effects of actions: what a pending action changes in stored posts, relationships and interactions.

models/action_kinds.py defines what each kind changes. Every change is stored with the value before and after it, so
that a rejected action restores only what it replaced, and keeps newer values from servers.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from ..codec.stored import record_to_stored
from ..models.action import Action, Receipt, Target
from ..models.action_kinds import Effect, kind_of
from ..models.tie import Relationship
from .database import Database, parsed
from .relationships import save_relationships


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """One changed value. `place` is "viewer" or "counts" of the post `row`, or "relationship" of the person `row`."""

    place: str
    row: str
    field: str
    before: Any
    after: Any


class Effects:
    """Applies and reverts local effects. Call everything in a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def apply(self, action: Action) -> str:
        """Apply the local effect of a pending action; returns the edits as JSON, for `revert`."""
        effect, target = kind_of(action).effect, action.target
        edits: list[Edit] = []
        if effect.viewer:
            edits += self._edit_posts(target, "viewer", _viewer_values(effect))
        if effect.count:
            step = 1 if effect.sets else -1
            edits += self._edit_posts(target, "counts", {effect.count: step})
        if effect.flag:
            flags = {effect.flag: int(effect.sets)}
            if effect.flag == "you_follow" and not effect.sets and self._flag(target, "requested"):
                # Unfollowing withdraws a request to follow.
                flags["requested"] = 0
            edits += self._edit_person(target, flags)
        return json.dumps(msgspec.to_builtins(edits))

    def revert(self, action: Action, stored: str) -> None:
        """Restore what `apply` changed, except for values that changed again since."""
        for edit in _edits_in(stored):
            if edit.place == "relationship":
                self._restore_person(action.target, edit)
            else:
                self._restore_post(action.target, edit)

    def settle(self, action: Action, receipt: Receipt) -> None:
        """Store the result of a finished action: meanwhile a sync may have stored the state from before the action."""
        effect, target = kind_of(action).effect, action.target
        if receipt.follows is not None:
            save_relationships(self._db, target.account, [receipt.follows], 0)
        if effect.viewer:
            record_id = receipt.record_id if effect.sets else ""
            self._edit_posts(target, "viewer", _viewer_values(effect, record_id))
        if effect.flag:
            value = int(effect.sets and not receipt.requested)
            self._edit_person(target, {effect.flag: value})

    def _edit_posts(self, target: Target, part: str, values: dict[str, Any]) -> list[Edit]:
        """Edit the target item and the original, if they are stored.

        Other boosts of it are not searched for; the next response of the server updates them.
        """
        edits = []
        for post_id in dict.fromkeys((target.item_id, target.post_id)):
            record = self._post(target.account, post_id)
            if record is None:
                continue
            known = _part(record, part)
            for field, value in values.items():
                before = known.get(field)
                after = _counted(before, value) if part == "counts" else value
                if before != after:
                    known[field] = after
                    edits.append(Edit(part, post_id, field, before, after))
            self._write_post(target.account, post_id, record | {part: _present(known)})
        return edits

    def _restore_post(self, target: Target, edit: Edit) -> None:
        record = self._post(target.account, edit.row)
        if record is None:
            return
        known = _part(record, edit.place)
        if known.get(edit.field) == edit.after:
            restored = _present(known | {edit.field: edit.before})
            self._write_post(target.account, edit.row, record | {edit.place: restored})

    def _post(self, account: str, post_id: str) -> dict[str, Any] | None:
        row = self._db.row(
            "select data from post where account = ? and id = ? and json_valid(data)", (account, post_id)
        )
        if row is None:
            return None
        record: dict[str, Any] = parsed(row[0])
        return record

    def _write_post(self, account: str, post_id: str, record: dict[str, Any]) -> None:
        self._db.run(
            "update post set data = ? where account = ? and id = ?", (record_to_stored(record), account, post_id)
        )

    def _edit_person(self, target: Target, values: dict[str, int]) -> list[Edit]:
        # The row may be missing, and a partial row has no follows.
        save_relationships(self._db, target.account, [Relationship(target.person_id)], 0)
        edits = []
        for field, value in values.items():
            before = self._flag(target, field)
            if before != value:
                self._set_flag(target, field, value)
                edits.append(Edit("relationship", target.person_id, field, before, value))
        return edits

    def _restore_person(self, target: Target, edit: Edit) -> None:
        if self._flag(target, edit.field) == edit.after:
            self._set_flag(target, edit.field, edit.before)

    def _flag(self, target: Target, field: str) -> int | None:
        row = self._db.row(
            f"select {_column(field)} from relationship where account = ? and person = ?",
            (target.account, target.person_id),
        )
        if row is None:
            return None
        flag: int | None = row[0]
        return flag

    def _set_flag(self, target: Target, field: str, value: int | None) -> None:
        self._db.run(
            f"update relationship set {_column(field)} = ? where account = ? and person = ?",
            (value, target.account, target.person_id),
        )


def _viewer_values(effect: Effect, record_id: str = "") -> dict[str, Any]:
    values: dict[str, Any] = {effect.viewer: effect.sets}
    if effect.record:
        values[effect.record] = record_id or None
    return values


def _counted(before: Any, step: int) -> int | None:
    """A count after one more or one less; unknown stays unknown."""
    if not isinstance(before, int):
        return None
    return max(before + step, 0)


def _part(record: dict[str, Any], name: str) -> dict[str, Any]:
    part = record.get(name)
    if isinstance(part, dict):
        return dict(part)
    return {}


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _edits_in(stored: str) -> Sequence[Edit]:
    try:
        return msgspec.json.decode(stored or "[]", type=list[Edit])
    except msgspec.MsgspecError:
        # A damaged list restores nothing. The next sync reads the server's state.
        return []


def _column(field: str) -> str:
    """Check the name of a column. Raises ValueError for any other text."""
    if field not in Relationship.__struct_fields__:
        raise ValueError(field)
    return field
