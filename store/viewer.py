"""Writes the viewer state (liked, ...) into the records of stored posts."""

import json

from ..models.action import Target
from .database import Database, parsed


class ViewerStates:
    """Changes the viewer state of stored posts. Call it in a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set_liked(self, target: Target, *, liked: bool, record_id: str = "") -> None:
        """Whether the user likes a post: the item that was acted on, and the original where both are stored.

        Other boosts of it are not looked for among all posts; the next answer of the server changes them.
        """
        for post_id in {target.item_id, target.post_id}:
            row = self._db.row(
                "select data from post where account = ? and id = ? and json_valid(data)", (target.account, post_id)
            )
            if row is None:
                continue
            record = parsed(row[0])
            viewer = record.get("viewer")
            known = viewer if isinstance(viewer, dict) else {}
            known = {name: value for name, value in known.items() if name != "like_id"} | {"liked": liked}
            if record_id:
                known["like_id"] = record_id
            record["viewer"] = known
            data = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            self._db.run("update post set data = ? where account = ? and id = ?", (data, target.account, post_id))
