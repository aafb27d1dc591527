"""Marks posts and people, shows the effect, and undoes it."""

from collections.abc import Callable, Mapping

from ...models.errors import QuietfeedError
from ...models.joined import PersonKey
from ...models.verdict import Category, is_unlike
from ...models.view import UNCHANGED, Change, JudgedPost, PostKey
from ...phrases.changes import NO_OTHERS_CHANGED, NOTHING_TO_REPEAT, NOTHING_TO_UNDO, change_text, learned_text, others
from ...phrases.errors import error_text
from ...session.events import Learned
from ...session.networks import another_network
from ..messages import ShowPosts
from ..widgets.rows import PostRow
from .selection import Selection
from .view import Command, View


class Marking:
    """The commands that change what is shown.

    `subject` is the person that a command is about, if not the author of the post under the cursor. `undo_action`
    undoes the newest change on a server. `add_to_message` adds to the sentence of a change that affected no other post.
    """

    def __init__(
        self,
        view: View,
        selection: Selection,
        subject: Callable[[], JudgedPost] | None = None,
        *,
        undo_action: Command = lambda: None,
        add_to_message: Callable[[Change], str] = lambda _: "",
    ) -> None:
        self._view = view
        self._selection = selection
        self._subject = subject
        self._undo_action = undo_action
        self._add_to_message = add_to_message
        self._last: Change | None = None
        self._last_of_list: PostKey | None = None
        """The last post of the list, if the last mark was on it."""

    def commands(self) -> Mapping[str, Command]:
        return {
            "mark_person": lambda: self.mark("person"),
            "mark_celebrity": lambda: self.mark("celebrity"),
            "mark_sales": lambda: self.mark("sales"),
            "mark_spam": lambda: self.mark("spam"),
            "vouch": self._vouch,
            "not_known": self._not_known,
            "mute": self._mute,
            "join": self._join,
            "undo": self._undo,
            "repeat": self._repeat,
            "select": self._selection.toggle,
            "changed": self._changed,
        }

    def mark(self, category: Category) -> None:
        """Mark the post under the cursor and move to the next post, or mark the whole selection."""
        if self._selection.active:
            self._mark_selection(category)
            return
        row = self._view.selected_post()
        if row is None:
            return
        session, timeline = self._view.session, self._view.timeline
        unmarking = row.judged.mark == category
        if unmarking and row.key == self._last_of_list:
            # The cursor could not move on. Without this check, the same key again would remove the mark unnoticed.
            from ...phrases.training import last_is_marked

            self._view.show_message(last_is_marked(category, self._view.key_of("undo")))
            return
        if self.act(lambda: session.marks.set(row.key, category)) and not unmarking:
            here = timeline.cursor + 1
            below = enumerate(timeline.rows[here:], here)
            timeline.select_number(next((number for number, each in below if isinstance(each, PostRow)), here))
            if self._selected_key() == row.key:
                self._last_of_list = row.key
            else:
                self._last_of_list = None

    def _selected_key(self) -> PostKey | None:
        selected = self._view.timeline.selected
        if selected is None:
            return None
        return selected.key

    def act(self, action: Callable[[], Change | None]) -> bool:
        """Make a change and show it. Returns False, with a message, if it was not possible."""
        try:
            effect = action()
        except QuietfeedError as error:
            self._view.show_message(error_text(error))
            return False
        if effect is None:
            self._view.show_message(NOTHING_TO_UNDO)
            return False
        self._last = effect
        self._view.redraw(effect, select=effect.key if effect.undone else None)
        sentence = change_text(effect, self._view.session.clock.now(), self._author(effect))
        if not others(effect) and (more := self._add_to_message(effect)):
            sentence += f" · {more}"
        if effect.contradicts and not effect.undone:
            from ...phrases.review import contradicts_text

            sentence += f" · {contradicts_text(self._view.key_of('contradictions'))}"
        self.say_changed(sentence, effect, undo=not effect.undone and effect.kind not in UNCHANGED)
        return True

    def show_learned(self, event: Learned) -> None:
        """Show the effect of training, with a message once all loaded posts are judged again."""
        change = event.change
        self._view.redraw(change)
        if event.done and (change.hid or change.showed):
            undo = self._last is not None and not self._last.undone
            self.say_changed(learned_text(self._last, change), change, undo=undo)

    def say_changed(self, sentence: str, effect: Change, *, undo: bool) -> None:
        """Show the effect of an action, and the keys that list and undo it."""
        changed = (*effect.hid, *effect.showed)
        if changed and effect.kind != "level":
            sentence += f" · {self._view.key_of('changed')} shows them"
        if undo:
            sentence += f" · {self._view.key_of('undo')} undoes"
        self._view.show_message(sentence)

    def _author(self, change: Change) -> str:
        """The name of the author of the marked post."""
        if change.key is None:
            return ""
        judged = self._view.session.timeline.get(change.key)
        if judged is None:
            return ""
        return judged.post.author.shown_name or judged.post.author.handle

    def _vouch(self) -> None:
        row = self._view.selected_post()
        if row is not None:
            self.act(lambda: self._view.session.people.vouch(row.key))

    def _not_known(self) -> None:
        row = self._view.selected_post()
        if row is not None:
            self.act(lambda: self._view.session.people.not_known(row.key))

    def _mute(self) -> None:
        from ..screens.mute import end_of, mute_question

        row = self._view.selected_post()
        if row is None:
            return
        author = row.judged.post.author
        judged = self._view.session.timeline.get(row.key) or row.judged

        if is_unlike(judged.verdict) and judged.tie.muted is None:
            # One key is enough here. The key asks how long, or unmutes, when it is pressed again.
            self.act(lambda: self._view.session.people.mute_until_over(row.key))
            return

        if judged.tie.muted is None:
            self._view.session.people.check_other(judged.post.author_key)

        def mute(choice: int) -> None:
            end = end_of(choice, self._view.session.clock.now())
            self.act(lambda: self._view.session.people.mute(row.key, end))

        self._view.ask(mute_question(author, judged.tie.muted, self._view.session.clock.now()), mute)

    def _join(self) -> None:
        if self._subject is not None:
            self._ask_join(self._subject())
        elif (row := self._view.selected_post()) is not None:
            self._ask_join(row.judged)

    def _ask_join(self, judged: JudgedPost) -> None:
        """Ask about an author: accept or reject a proposal, remove a link, or choose another person."""
        from ..screens.choice import ChoiceScreen
        from ..screens.join import link_choices

        question, choices = link_choices(self._view.session, judged)
        if not choices:
            self._choose_join(judged)
            return

        def take(number: int) -> None:
            act = choices[number].act
            if act is not None:
                self.act(act)
            else:
                self._choose_join(judged)

        hint = "their ties are combined; nobody else is notified · esc closes"
        self._view.ask(ChoiceScreen(question, [each.words for each in choices], hint), take)

    def _choose_join(self, judged: JudgedPost) -> None:
        """Choose the same person among all people that the other accounts have seen."""
        from ..screens.join import PersonPicker, person_of

        person = person_of(judged)
        people = self._view.session.links.candidates(person)
        if not people:
            name = another_network(each.network for each in self._view.session.accounts)
            self._view.show_message(
                f"no people from another network yet: `quietfeed account add {name}` signs in to one"
            )
            return

        def join(other: PersonKey) -> None:
            self.act(lambda: self._view.session.links.link(person, [other], judged.key))

        self._view.ask(PersonPicker(judged.post.author.shown_name, people), join)

    def _undo(self) -> None:
        self._selection.clear()
        if self._view.session.history.newest_is_remote:
            self._undo_action()
        else:
            self.act(self._view.session.history.undo)

    def _repeat(self) -> None:
        if self._view.session.marks.last is None:
            self._view.show_message(NOTHING_TO_REPEAT)
        else:
            self.mark(self._view.session.marks.last)

    def _changed(self) -> None:
        if self._view.session.timeline.last_change:
            changed = self._view.session.timeline.last_change
            self._view.screen.post_message(ShowPosts("hidden or brought back by the last change", changed))
        else:
            self._view.show_message(NO_OTHERS_CHANGED)

    def _mark_selection(self, category: Category) -> None:
        session = self._view.session
        rows = [row for row in self._selection.rows() if row.judged.mark != category]
        self._selection.clear()
        if not rows:
            self._view.show_message(f"all of these are already marked {category}")
            return
        self.act(lambda: session.marks.set_all([row.key for row in rows], category))
