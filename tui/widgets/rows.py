"""The rows of a timeline: posts, quiet lines for hidden posts, gaps and notes."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from ...models.verdict import Level, is_unlike
from ...models.view import HIDE_CAUSES, Gap, HideCause, JudgedPost, PostKey, SamePosts, hide_cause
from ...phrases.posts import also_text

NONE_SAME = SamePosts()

_OLDEST = datetime.min.replace(tzinfo=UTC)
_EntryKey = tuple[PostKey | str, bool]


class PostRow(msgspec.Struct, frozen=True):
    """A post.

    `fading`: it became hidden while it was on the screen. `note` is a line under it. `open` shows it in full.
    """

    judged: JudgedPost
    fading: bool = False
    note: str = ""
    open: bool = False
    indent: int = 0
    folded: tuple[PostKey, ...] = ()
    """The other posts of a folded conversation, or of a possible takeover, that this row represents."""
    unlike: bool = False
    """Whether `folded` are posts unlike the author's others, because the account may have been taken over."""
    copies: tuple[JudgedPost, ...] = ()
    """Other entries of the same post: the post itself, other boosts of it, and its copies on other networks."""
    also: str = ""
    """Where its copies on other networks are: "also on Bluesky"."""
    picture_lines: int = 0
    """Lines below the post that stay free for pictures."""

    @property
    def key(self) -> PostKey:
        return self.judged.key


class HiddenRow(msgspec.Struct, frozen=True):
    """A quiet line in place of hidden posts: how many, and as what."""

    keys: tuple[PostKey, ...]
    counts: tuple[tuple[HideCause, int], ...]

    @property
    def key(self) -> PostKey:
        """The key of its first post."""
        return ("hidden", "/".join(self.keys[0]))

    @property
    def text(self) -> str:
        """ "7 hidden: 4 celebrity, 3 sales"."""
        return f"{len(self.keys)} hidden: {', '.join(f'{count} {kind}' for kind, count in self.counts)}"


class GapRow(msgspec.Struct, frozen=True):
    """A gap in the stored timeline."""

    gap: Gap

    @property
    def key(self) -> PostKey:
        return ("gap", str(self.gap.id))

    @property
    def text(self) -> str:
        """The text of the gap, and how to fill it."""
        gap = self.gap
        if not gap.fillable:
            from ...phrases.gaps import unfillable

            return unfillable(gap)
        if gap.older_at is None:
            return "older posts are on the server: enter fetches them"
        return f"posts between {_stamp(gap.older_at)} and {_stamp(gap.at)} were not fetched: enter fetches them"


class NoteRow(msgspec.Struct, frozen=True):
    """A sentence in place of a row, such as at the end of the training queue."""

    text: str

    @property
    def key(self) -> PostKey:
        return ("note", self.text)


Row = PostRow | HiddenRow | GapRow | NoteRow


def build_rows(
    timeline: Sequence[JudgedPost],
    gaps: Sequence[Gap],
    level: Level,
    *,
    staying: Collection[PostKey] = (),
    unfolded: Collection[PostKey] = (),
    opened: Collection[PostKey] = (),
    keep: Collection[PostKey | None] = (),
    same: SamePosts = NONE_SAME,
) -> list[Row]:
    """The rows of a timeline at a level.

    `staying` are hidden posts that were on the screen: they fade instead of disappearing. `unfolded` are hidden posts
    that the user unfolded. `opened` are shown in full.

    A post with several entries is one row: several people boosted it, two accounts see it, or `same` says that its
    author published it on several networks. It takes the place of an entry in `keep`, the posts on the screen, so that
    nothing moves there; otherwise the place of its newest entry. A hidden copy on another network never represents a
    shown one.
    """
    rows: list[Row] = []
    entries = _entries(timeline, level, {*staying, *unfolded}, keep, same)
    hidden: list[JudgedPost] = []
    waiting = sorted(gaps, key=lambda gap: gap.at, reverse=True)

    def flush() -> None:
        if hidden:
            counts = dict.fromkeys(HIDE_CAUSES, 0)
            for each in hidden:
                counts[hide_cause(each.verdict)] += 1
            shares = tuple(sorted(((k, n) for k, n in counts.items() if n), key=lambda share: -share[1]))
            rows.append(HiddenRow(tuple(each.key for each in hidden), shares))
            hidden.clear()

    def add(row: PostRow) -> None:
        first, copies = entries[_entry_key(row.judged, level, same)]
        if first == row.key:
            if copies:
                also = also_text(row.judged.post, [copy.post for copy in copies], same.places)
                row = replace(row, copies=copies, also=also)
            rows.append(row)

    for judged in timeline:
        while waiting and (judged.post.at or _OLDEST) < waiting[0].at and waiting[0].older_at is not None:
            flush()
            rows.append(GapRow(waiting.pop(0)))
        whole = judged.key in opened
        if judged.verdict.shown_at(level):
            flush()
            add(PostRow(judged, open=whole))
        elif judged.key in staying or judged.key in unfolded:
            flush()
            add(PostRow(judged, fading=True, note=fading_note(judged), open=whole))
        else:
            hidden.append(judged)
    flush()
    rows.extend(GapRow(gap) for gap in waiting)
    return fold_takeovers(rows, {*unfolded, *opened}, keep)


def fold_takeovers(rows: list[Row], apart: Collection[PostKey], keep: Collection[PostKey | None]) -> list[Row]:
    """The rows, with several shown posts unlike their author's others as one line.

    The line takes the place of a post in `keep`, otherwise of the newest one. An author with a post in `apart` is left
    as is.
    """
    groups: dict[PostKey, list[PostRow]] = {}
    for row in rows:
        if isinstance(row, PostRow) and not row.fading and is_unlike(row.judged.verdict):
            groups.setdefault(row.judged.post.author_key, []).append(row)
    lines: dict[PostKey, PostRow | None] = {}
    for group in groups.values():
        keys = [key for row in group for key in (row.key, *(copy.key for copy in row.copies))]
        if len(group) > 1 and not any(key in apart for key in keys):
            first = next((row for row in group if row.key in keep), group[0])
            lines.update((row.key, None) for row in group)
            lines[first.key] = replace(first, folded=tuple(key for key in keys if key != first.key), unlike=True)
    if not lines:
        return rows
    return [line for row in rows if (line := lines.get(row.key, row)) is not None]


def _entries(
    timeline: Sequence[JudgedPost],
    level: Level,
    extra: Collection[PostKey],
    keep: Collection[PostKey | None],
    same: SamePosts,
) -> dict[_EntryKey, tuple[PostKey, tuple[JudgedPost, ...]]]:
    """For each shown post, the entry that represents it, and its other entries."""
    groups: dict[_EntryKey, list[JudgedPost]] = {}
    for judged in timeline:
        if judged.key in extra or judged.verdict.shown_at(level):
            groups.setdefault(_entry_key(judged, level, same), []).append(judged)
    chosen = {}
    for identity, group in groups.items():
        if len(group) > 1:
            first = next((each for each in group if each.key in keep), group[0])
        else:
            first = group[0]
        chosen[identity] = (first.key, tuple(each for each in group if each is not first))
    return chosen


def _entry_key(judged: JudgedPost, level: Level, same: SamePosts) -> _EntryKey:
    """The key that all entries of one row share."""
    own = judged.post.identity
    identity = same.identities.get(own)
    if identity is None:
        return own, True
    return identity, judged.verdict.shown_at(level)


def boosters(row: PostRow) -> tuple[str, ...]:
    """The names of all boosters of a row's post, newest first, each once."""
    posts = (row.judged.post, *(copy.post for copy in row.copies))
    return tuple(dict.fromkeys(post.booster.shown_name for post in posts if post.booster is not None))


def fading_note(judged: JudgedPost) -> str:
    """Why a hidden post is shown here."""
    if judged.mark is not None:
        return f"marked {judged.mark} · u undoes"
    kind = hide_cause(judged.verdict)
    if kind == "muted":
        return "muted by you · m ends it"
    return f"hidden as {kind} · p brings it back"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone():%d %b %H:%M}"


def find_again(old_rows: Sequence[Row], old_number: int, rows: Sequence[Row]) -> int:
    """The index of a row; if it is gone, of the nearest row that was below it, else above it."""
    places = {row.key: number for number, row in enumerate(rows)}
    gone = old_rows[old_number]
    if isinstance(gone, HiddenRow) and gone.key not in places:
        # The key of a quiet line is its first post, which changes when more is loaded or evicted above.
        lines = ((number, row) for number, row in enumerate(rows) if isinstance(row, HiddenRow))
        again = next((number for number, row in lines if not {*gone.keys}.isdisjoint(row.keys)), None)
        if again is not None:
            return again
    for row in (*old_rows[old_number:], *reversed(old_rows[:old_number])):
        if row.key in places:
            return places[row.key]
    return min(old_number, max(len(rows) - 1, 0))
