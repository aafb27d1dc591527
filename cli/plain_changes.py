"""Changes in --plain: marks, mutes, links and undo, and their messages."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ..models.tie import UNTIL_OVER
from ..models.verdict import CATEGORIES, Category, is_unlike
from ..models.view import Change, PostKey
from ..phrases.changes import as_sentence, change_parts, learned_text, others
from ..phrases.mutes import MUTE_SPANS, UNMUTE, UNTIL_OVER_WORD, mute_end
from ..phrases.training import guess_text, last_is_marked
from ..session.events import ActionChanged, Learned, TrainingFailed
from .plain_list import fixed
from .plain_reader import Reader
from .plain_words import joined_lines

_MUTE_LENGTHS = {span.name: span for span in MUTE_SPANS}


class Changing:
    """Changes the current post and its author, and reports all changes, including those by training."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._session = reader.session
        self._last: Change | None = None
        """The last change by the user, from which the filter learns."""
        self._last_of_list: PostKey | None = None
        """The last post of the list, if the last mark was on it."""
        self._session.events.subscribe(ActionChanged, self._on_action)

    def commands(self) -> Mapping[str, Callable[[int, str], None]]:
        """The functions of the actions, by their ids in phrases/action_table.py."""
        return {
            **{f"mark_{category}": partial(self._mark, category) for category in CATEGORIES},
            "vouch": self._vouch,
            "not_known": self._not_known,
            "mute": self._mute,
            "join": self._join,
            "undo": self._undo,
            "repeat": self._repeat,
            "changed": self._changed,
        }

    def report_training(self) -> None:
        """Report the effects of training from now on."""
        self._session.events.subscribe(Learned, self._on_learned)
        self._session.events.subscribe(TrainingFailed, self._on_training_failed)

    def _repeat(self, _count: int, _rest: str) -> None:
        """Set the last mark again."""
        if self._session.marks.last is None:
            self._reader.print_lines("There is no mark to repeat yet.")
        else:
            self._mark(self._session.marks.last, 1, "")

    def _mark(self, category: Category, _count: int, _rest: str) -> None:
        judged = self._reader.here()
        if judged is None:
            return
        if judged.mark == category and judged.key == self._last_of_list:
            self._reader.print_lines(as_sentence(last_is_marked(category, "u")))
            return
        change = self._session.marks.set(judged.key, category)
        self._say_change(change)
        if change.kind == "unmark":
            self._reader.read()
            return
        if self._reader.walk.opened_by == "train":
            self._reader.walk.update()
        self._reader.do_down(1, "")
        if self._reader.walk.here == judged.key:
            self._last_of_list = judged.key
        else:
            self._last_of_list = None

    def _vouch(self, _count: int, _rest: str) -> None:
        """Always show this author."""
        judged = self._reader.here()
        if judged is not None:
            self._say_change(self._session.people.vouch(judged.key))

    def _not_known(self, _count: int, _rest: str) -> None:
        """Never count this author as known."""
        judged = self._reader.here()
        if judged is not None:
            self._say_change(self._session.people.not_known(judged.key))

    def _mute(self, _count: int, rest: str) -> None:
        """Mute the author for a time, or unmute them."""
        judged = self._reader.here()
        if judged is None:
            return
        span = _MUTE_LENGTHS.get(rest)
        unlike = is_unlike(judged.verdict)
        until_over = unlike and rest in ("", UNTIL_OVER_WORD)
        if span is None and rest != UNMUTE and not until_over:
            self._reader.print_lines(f"For how long? {_mute_choices()}, and Enter; m {UNMUTE} unmutes.")
            return
        end = None
        if until_over:
            end = UNTIL_OVER
        elif span is not None:
            end = mute_end(span, self._session.clock.now())
        self._say_change(self._session.people.mute(judged.key, end))

    def _join(self, _count: int, rest: str) -> None:
        """Link the author with a handle on another network, or remove the link."""
        judged = self._reader.here()
        if judged is None:
            return
        person = judged.post.author_key
        proposals = self._session.links.proposals(person)
        if rest == "off":
            self._say_change(self._session.links.unlink(person, judged.key))
        elif rest == "no" and proposals:
            self._say_change(self._session.links.mark_distinct(person, proposals[0].other.key, judged.key))
        elif rest and rest != "no":
            others = [handle.key for handle in self._session.people.find_seen(rest)]
            self._say_change(self._session.links.link(person, others, judged.key))
        else:
            self._reader.print_lines(*joined_lines(judged, self._session.links.linked_with(person), proposals))

    def _undo(self, _count: int, _rest: str) -> None:
        """Undo the last action, and go to its post."""
        if not self._session.history.commands:
            self._reader.print_lines("Nothing to undo.")
            return
        effect = self._reader.ask(self._session.history.undo_any())
        if effect is None:
            return
        if effect.kind != "action":
            # The result of an action on a server is printed when the response arrives.
            self._say_change(effect)
        self._reader.walk.update()
        if effect.key is not None and self._reader.judged(effect.key) is not None:
            self._reader.walk.go(effect.key)
        self._reader.read()

    def _changed(self, _count: int, _rest: str) -> None:
        """Open the posts that the last change hid or showed."""
        if self._session.timeline.last_change:
            changed = self._session.timeline.last_change
            self._reader.open(fixed("the posts that the last change hid or brought back", "changed", changed))
        else:
            self._reader.print_lines("No change has hidden or brought back another post yet.")

    def _say_change(self, change: Change) -> None:
        self._last = change
        parts = change_parts(change, self._session.clock.now())
        if self._reader.walk.opened_by == "train" and not others(change):
            parts += filter(None, [guess_text(change)])
        if change.contradicts and not change.undone:
            from ..phrases.review import contradicts_text

            parts.append(contradicts_text("M"))
        self._say_parts(parts, change)

    def _say_parts(self, parts: Sequence[str], change: Change) -> None:
        """Print phrases as sentences, and the key that lists the changed posts."""
        changed = (*change.hid, *change.showed)
        if changed and change.kind != "level":
            parts = [*parts, "type e to list them"]
        self._reader.print_lines(" ".join(as_sentence(part) for part in parts))

    def _on_action(self, event: ActionChanged) -> None:
        if event.message:
            self._reader.print_lines(as_sentence(event.message))

    def _on_learned(self, event: Learned) -> None:
        change = event.change
        if change.hid or change.showed:
            self._say_parts([learned_text(self._last, change)], change)
            self._reader.walk.update()

    def _on_training_failed(self, event: TrainingFailed) -> None:
        self._reader.print_lines(f"Training failed: {event.message}")


def _mute_choices() -> str:
    words = [f"m {name}" for name in _MUTE_LENGTHS]
    return f"{', '.join(words[:-1])} or {words[-1]}"
