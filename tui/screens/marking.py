"""A screen whose posts can be marked: mark, vouch, undo, repeat, bulk marks, and learning from them a moment later."""

import asyncio
from collections.abc import Callable

from textual.timer import Timer

from ...models.errors import QuietfeedError
from ...models.joined import PersonKey
from ...models.verdict import Category
from ...models.view import Change, JudgedPost, PostKey
from ...session import Session
from ..controllers.reading import keys_in
from ..messages import ShowPosts
from ..widgets.paint import utc_now
from ..widgets.rows import PostRow
from ..widgets.selecting import SelectableTimeline
from ..widgets.timeline import Timeline
from .moving import MovingScreen

UNDONE = "undone"
LEARN_AFTER = 0.7
"""Seconds after the last mark before learning begins: a burst of marks is one lesson."""


class MarkingScreen(MovingScreen):
    """What can be done to posts, on every screen that lists some. A subclass redraws in `redraw`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._learning: Timer | None = None
        self._anchor: PostKey | None = None
        self._done = ""

    @property
    def timeline(self) -> SelectableTimeline:
        """The rows of this screen, of which a stretch can be selected."""
        return self.query_one(SelectableTimeline)

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show what is judged now, and what an action changed; `select` puts the cursor on a post."""
        raise NotImplementedError

    def do_mark_person(self) -> None:
        """A person."""
        self.mark("person")

    def do_mark_celebrity(self) -> None:
        """A celebrity, a brand, news or a bot."""
        self.mark("celebrity")

    def do_mark_sales(self) -> None:
        """Somebody selling."""
        self.mark("sales")

    def do_mark_spam(self) -> None:
        """Spam."""
        self.mark("spam")

    def mark(self, category: Category) -> None:
        """Mark the post under the cursor and go on to the next post, as a mail reader does; or the whole selection."""
        if self._anchor is not None:
            self._mark_selection(category)
            return
        row = self.selected_post()
        if row is None:
            return
        self.session.last_mark = category
        taking_back = row.judged.mark == category
        done = "the mark is taken back" if taking_back else f"marked {category}"
        if self.act(lambda: self.session.mark(row.key, category), done) and not taking_back:
            here = self.timeline.cursor + 1
            below = enumerate(self.timeline.rows[here:], here)
            self.timeline.select_number(next((number for number, each in below if isinstance(each, PostRow)), here))

    def act(self, action: Callable[[], Change | None], done: str) -> bool:
        """Do something to data, show it, say it, and learn from it a moment later. Whether it could be done.

        `done` names the action in a few words, for when its lesson is learned.
        """
        undoing = done == UNDONE
        try:
            effect = action()
        except QuietfeedError as error:
            self.say(str(error))
            return False
        if effect is None:
            self.say("nothing is left to undo")
            return False
        self._done = done
        self.redraw(effect, select=effect.key if undoing else None)
        self.say_changed(effect.sentence, effect, undo=not undoing)
        self.learn_soon()
        return True

    def say_changed(self, sentence: str, effect: Change, *, undo: bool) -> None:
        """Say what an action changed, with the keys that show it and take it back."""
        changed = (*effect.hid, *effect.showed)
        if changed:
            self.session.last_change = changed
            sentence += f" · {self.key_of('changed')} shows them"
        self.say(f"{sentence} · {self.key_of('undo')} undoes" if undo else sentence)

    def learn_soon(self) -> None:
        """Learn when no mark has come for a moment; a lesson that is under way and stale is dropped by the session."""
        if self._learning is not None:
            self._learning.stop()
        self._learning = self.set_timer(LEARN_AFTER, self._learn)

    def _learn(self) -> None:
        if self.session.unlearned:
            self.run_worker(self._job(), name="learn", group="learn", exclusive=True, exit_on_error=False)

    async def _job(self) -> None:
        effect = None
        try:
            job = self.session.training_job()
            await asyncio.to_thread(self.session.trainer.learn, job)
            on_screen = {key for row in self.timeline.visible_rows() for key in keys_in(row)}
            for effect in self.session.apply_incrementally(job, on_screen):
                if on_screen:
                    self.redraw(effect)
                    on_screen.clear()
                # A key that was pressed meanwhile goes first.
                await asyncio.sleep(0.002)
        except QuietfeedError as error:
            self.say(str(error))
            return
        if effect is None:
            self.learn_soon()
            return
        self.redraw(effect)
        if effect.hid or effect.showed:
            self.say_changed(
                f"{self._done or 'learned'}: {effect.sentence}", effect, undo=self._done not in ("", UNDONE)
            )

    def do_vouch(self) -> None:
        """Always show this author."""
        row = self.selected_post()
        if row is not None:
            self.act(lambda: self.session.vouch(row.key), f"vouched for {row.judged.post.author.shown_name}")

    def do_not_known(self) -> None:
        """Never count this author as known."""
        row = self.selected_post()
        if row is not None:
            self.act(lambda: self.session.not_known(row.key), f"{row.judged.post.author.shown_name} is not known")

    def do_mute(self) -> None:
        """Ask for how long nothing of this author is to be heard."""
        from .mute import MuteScreen, end_of

        row = self.selected_post()
        if row is None:
            return

        def mute(choice: int | None) -> None:
            if choice is not None:
                end = end_of(choice, utc_now())
                self.act(lambda: self.session.mute(row.key, end), f"muted {author.shown_name}")

        author = row.judged.post.author
        muted = self.session.judged(row.key) or row.judged
        self.app.push_screen(MuteScreen(author, muted.tie.muted), mute)

    def do_join(self) -> None:
        """The author of this post is somebody on another network too, or is no longer."""
        row = self.selected_post()
        if row is not None:
            self.ask_join(row.judged)

    def ask_join(self, judged: JudgedPost) -> None:
        """Ask about an author: yes or no to who is proposed, part who is joined, or choose somebody."""
        from .choice import ChoiceScreen
        from .join import link_choices

        question, choices = link_choices(self.session, judged)
        if not choices:
            self._choose_join(judged)
            return

        def take(number: int | None) -> None:
            act = choices[number].act if number is not None else None
            if act is not None:
                self.act(act, "joined")
            elif number is not None:
                self._choose_join(judged)

        hint = "their ties count together; nobody else is told · esc closes"
        self.app.push_screen(ChoiceScreen(question, [each.words for each in choices], hint), take)

    def _choose_join(self, judged: JudgedPost) -> None:
        """Choose who it is among everybody whom the other accounts have seen."""
        from .join import WhoScreen, person_of

        person = person_of(judged)
        people = self.session.link_candidates(person)
        if not people:
            self.say("nobody was seen on another network yet: `quietfeed account add` signs in to one more")
            return

        def join(other: PersonKey | None) -> None:
            if other is not None:
                self.act(lambda: self.session.link(person, [other], judged.key), "joined")

        self.app.push_screen(WhoScreen(judged.post.author.shown_name, people), join)

    def do_undo(self) -> None:
        """Take the last action back, and go to its post."""
        self._end_selection()
        self.act(self.session.undo, UNDONE)

    def do_repeat(self) -> None:
        """The last mark again."""
        if self.session.last_mark is None:
            self.say("no mark to repeat yet")
        else:
            self.mark(self.session.last_mark)

    def do_changed(self) -> None:
        """The posts that the last mark hid or brought back."""
        if self.session.last_change:
            self.post_message(ShowPosts("what the last mark changed", self.session.last_change))
        else:
            self.say("no mark has hidden or brought back another post yet")

    def do_select(self) -> None:
        """Begin to select posts, or stop."""
        if self._anchor is not None:
            self._end_selection()
            self.say("")
            return
        row = self.selected_post()
        if row is not None:
            self._anchor = row.key
            self.timeline.select_from(self.timeline.cursor)
            self.say("selecting: move, then mark; esc ends it")

    def selection(self) -> list[PostRow]:
        """The posts between where the selection began and the cursor."""
        start = self.timeline.find(self._anchor) if self._anchor is not None else None
        first, last = sorted((self.timeline.cursor if start is None else start, self.timeline.cursor))
        return [row for row in self.timeline.rows[first : last + 1] if isinstance(row, PostRow)]

    def _mark_selection(self, category: Category) -> None:
        rows = [row for row in self.selection() if row.judged.mark != category]
        self._end_selection()
        if not rows:
            self.say(f"all of these are marked {category} already")
            return
        self.session.last_mark = category
        done = f"marked {len(rows)} post{'s' if len(rows) != 1 else ''} {category}"
        self.act(lambda: self.session.mark_all([row.key for row in rows], category), done)

    def _end_selection(self) -> None:
        self._anchor = None
        self.timeline.select_from(None)

    def action_back(self) -> None:
        """A selection ends before anything else."""
        if self._anchor is not None:
            self._end_selection()
            self.say("")
        else:
            super().action_back()


def keys_to_see(effect: Change | None, timeline: Timeline) -> set[PostKey]:
    """The posts on the screen that an action hid: they fade, they are not taken away under the reader's eyes."""
    if effect is None:
        return set()
    visible = {row.key for row in timeline.visible_rows() if isinstance(row, PostRow)}
    return visible & {*effect.hid, *((effect.key,) if effect.key else ())}
