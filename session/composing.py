"""Composing: drafts, checks against the rules of a network, and queueing in the outbox."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from ..models.account import Account
from ..models.action import Delete, Target
from ..models.compose import Length, measure
from ..models.config import Config
from ..models.draft import VISIBILITIES, Draft, pointer_to, reply_mentions
from ..models.errors import NotFound, NotPossible
from ..models.joined import Handle
from ..models.post import Post
from ..models.text import clean_typed
from ..models.view import Change, JudgedPost, PostKey
from ..models.writer import composes
from ..phrases.composing import (
    asks_first,
    draft_stored,
    imitates,
    no_description,
    not_permitted,
    not_withdrawn,
    wider_text,
)
from ..phrases.errors import error_text
from ..sources.registry import label_of
from ..store.archive import Archive
from ..store.drafts import StoredDraft
from ..store.outbox import Entry
from .accounts import Accounts
from .clock import Clock
from .draft_actions import actions_of, texts_of
from .draft_checks import problems_of
from .history import History, RemoteCommand
from .outbox import OutboxService
from .people import PeopleService
from .permissions import Permissions
from .posting_rules import PostingRules
from .scheduled import find_scheduled, scheduled_id, scheduled_target
from .timeline import TimelineService


class Part(msgspec.Struct, frozen=True):
    """One post of a draft: its text, and its length by the rules of the account."""

    account: Account
    text: str
    length: Length


class ComposingService:
    """Writes and sends drafts. Methods that store raise StoreError, and have then changed nothing."""

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        timeline: TimelineService,
        people: PeopleService,
        permissions: Permissions,
        outbox: OutboxService,
        history: History,
        clock: Clock,
        config: Config,
    ) -> None:
        self._archive = archive
        self._accounts = accounts
        self._timeline = timeline
        self._people = people
        self._permissions = permissions
        self._outbox = outbox
        self._history = history
        self._clock = clock
        self._config = config
        self.rules = PostingRules(archive, accounts, clock)
        """The rules for posts of each account's server."""

    # The accounts.

    def accounts(self) -> tuple[Account, ...]:
        """The accounts that can send posts, in the order they were added."""
        return tuple(self._permissions.accounts_for("compose"))

    def account(self, key: str) -> Account:
        """An account by its key. Raises NotFound."""
        found = self._accounts.find(key)
        if found is None:
            raise NotFound("This account is no longer signed in.")
        return found

    def label(self, account: Account) -> str:
        """The display name of an account's network."""
        return label_of(account.network)

    # Starting a draft.

    def new(self, account: Account | None = None) -> Draft:
        """An empty draft. Raises NotPossible if no account can send it."""
        able = self.accounts()
        account = account or next(iter(able), None)
        if account is None:
            raise NotPossible("No account can send posts: `quietfeed account add NETWORK --write` signs in.")
        return self._with_default(Draft(accounts=(account.key,), language=self.rules.language(account)))

    def reply(self, key: PostKey) -> Draft:
        """A draft that replies to a post, with mentions of the people it addresses.

        It has the audience of the post, or the account's default if that is narrower.

        Raises NotPossible if the author does not allow replies.
        """
        pointer = pointer_to(self._judged(key).post)
        account = self.account(pointer.account)
        if pointer.reply_permission == "no" and pointer.person_id != account.remote_id:
            raise NotPossible(not_permitted(pointer.handle, "reply to"))
        text = ""
        if "mentions" in self.rules.of(account).features:
            text = "".join(f"@{handle} " for handle in reply_mentions(pointer, (account.handle,)))
        draft = Draft(text, (account.key,), pointer, language=self.rules.language(account),
                      warning=self._kept_warning(account, self._judged(key).post))  # fmt: skip
        return self._with_default(draft)

    def translates(self, account_key: str) -> bool:
        """Whether the server of an account translates posts, as far as known."""
        return self.rules.of(self.account(account_key)).translates

    def can_quote(self, key: PostKey) -> bool:
        """Whether a post can be quoted, as far as known from the rules of its server."""
        try:
            self._quote(key)
        except NotPossible:
            return False
        return True

    async def quote(self, key: PostKey) -> Draft:
        """A draft that quotes a post. Raises NotPossible if the server has no quotes, or the post is not public."""
        await self.rules.refresh(self.account(key[0]))
        return self._quote(key)

    def _quote(self, key: PostKey) -> Draft:
        post = self._judged(key).post
        pointer = pointer_to(post)
        account = self.account(pointer.account)
        if "quote" not in self.rules.of(account).features:
            raise NotPossible(f"{account.name} cannot quote posts: its server does not allow clients to.")
        if pointer.quote_permission == "no" and pointer.person_id != account.remote_id:
            raise NotPossible(not_permitted(pointer.handle, "quote"))
        if pointer.visibility not in ("public", "unlisted"):
            raise NotPossible("This post is not public: it cannot be quoted.")
        return self._with_default(Draft("", (account.key,), quote=pointer, language=self.rules.language(account)))

    async def edit(self, key: PostKey) -> Draft:
        """A draft with the text of one of the user's posts, as it was written. Raises NotPossible for other posts."""
        post = self._judged(key).post
        account = self.account(post.account)
        if post.author.id != account.remote_id or post.booster is not None:
            raise NotPossible("Only your own posts can be edited.")
        pointer = pointer_to(post)
        source = await self._accounts.source(account)
        text, warning = post.text, post.warning
        if composes(source):
            text, warning = await source.written_text(pointer)
        return Draft(text, (account.key,), edits=pointer, visibility=pointer.visibility, warning=warning,
                     language=post.lang or "")  # fmt: skip

    def replaces(self, draft: Draft) -> bool:
        """Whether an edit deletes the post and sends a new one, because the network has no edits."""
        if draft.edits is None:
            return False
        return "edit" not in self.rules.of(self.account(draft.edits.account)).features

    def _judged(self, key: PostKey) -> JudgedPost:
        found = self._timeline.get_or_load([key])
        if not found:
            raise NotFound(f"There is no post {key[1]}: `quietfeed timeline --all --json` lists the ids.")
        return found[0]

    def _kept_warning(self, account: Account, post: Post) -> str:
        """The content warning of a reply: that of the post, as in other clients."""
        if "warning" in self.rules.of(account).features:
            return post.warning
        return ""

    async def prepare(self, draft: Draft) -> Draft:
        """Request the rules of the servers to which a draft goes, once a day. Returns the draft with its audience."""
        for key in draft.accounts:
            await self.rules.refresh(self.account(key))
        return self._with_default(draft)

    def with_accounts(self, draft: Draft, accounts: tuple[str, ...]) -> Draft:
        """The draft for other accounts. An audience that the user did not choose may become narrower."""
        return self._with_default(replace(draft, accounts=accounts))

    def _with_default(self, draft: Draft) -> Draft:
        """The draft with the narrowest default of its accounts, unless the user chose an audience."""
        if draft.visibility is not None or draft.edits is not None:
            return draft
        defaults = (self.rules.of(self.account(key)).default_audience for key in draft.accounts)
        audience = max((draft.audience, *defaults), key=VISIBILITIES.index)
        if audience == draft.audience:
            return draft
        return replace(draft, visibility=audience)

    # The posts of a draft.

    def parts(self, draft: Draft) -> list[Part]:
        """The posts of a draft, account by account."""
        found = []
        for key in draft.accounts:
            account = self.account(key)
            rules = self.rules.of(account)
            texts = texts_of(draft, rules)
            found += [Part(account, text, measure(replace(draft, text=text), rules)) for text in texts]
        return found

    def measure(self, draft: Draft) -> Length:
        """The length by the rules of the strictest account: the one with the fewest characters left."""
        lengths = [measure(draft, self.rules.of(self.account(key))) for key in draft.accounts]
        return min(lengths, key=lambda each: (each.fits, each.left))

    def problems(self, draft: Draft) -> list[str]:
        """Why a draft cannot be sent as it is; empty if it can."""
        found: list[str] = []
        for key in draft.accounts:
            account = self.account(key)
            found += problems_of(draft, account, self.rules.of(account), self.label(account), self._clock.now())
        return list(dict.fromkeys(found))

    def warnings(self, draft: Draft) -> list[str]:
        """Warnings before sending: a wider audience, missing descriptions, an imitated name."""
        found = []
        if draft.is_wider_than_answered:
            found.append(wider_text(draft))
        if draft.reply_to is not None and draft.reply_to.reply_permission == "asks":
            found.append(asks_first(draft.reply_to.handle, "reply"))
        if draft.quote is not None and draft.quote.quote_permission == "asks":
            found.append(asks_first(draft.quote.handle, "quote"))
        bare = [medium.path for medium in draft.media if not medium.alt.strip()]
        if bare:
            found.append(no_description(bare))
        if draft.reply_to is not None:
            answered = draft.reply_to
            known = self._people.imitated_by(Handle(answered.account, answered.person_id, answered.handle))
            if known is not None:
                found.append(imitates(answered.handle, known.handle))
        return found

    # Drafts on disk.

    def save(self, draft: Draft, number: int = 0) -> int:
        """Store a draft, or a new version of one; returns its number."""
        text = clean_typed(draft.text)
        if text != draft.text:
            draft = replace(draft, text=text)
        return self._archive.drafts.save(draft, self._clock.now(), number)

    def drafts(self) -> list[StoredDraft]:
        """All drafts, the last changed first, including those in the outbox."""
        return self._archive.drafts.all()

    def draft(self, number: int) -> StoredDraft:
        """One draft. Raises NotFound."""
        found = self._archive.drafts.get(number)
        if found is None:
            raise NotFound(f"There is no draft {number}: `quietfeed drafts` lists them.")
        return found

    def unsent(self, number: int) -> StoredDraft:
        """A draft to continue. Raises NotFound, and NotPossible for one in the outbox, which would be sent twice."""
        found = self.draft(number)
        if found.queued:
            raise NotPossible(
                f"Draft {number} is being sent: `quietfeed outbox` lists it, and `quietfeed outbox drop ID` stops it."
            )
        return found

    def delete(self, number: int) -> None:
        """Delete a draft. Raises NotFound, and NotPossible for one in the outbox."""
        self.unsent(number)
        self._archive.drafts.delete(number)

    # Sending.

    async def send(self, number: int, *, at_once: bool = False) -> list[Entry]:
        """Queue a draft: each account's post, or the parts of its thread. `send_due` sends them.

        Without `at_once` they wait for `Config.compose_delay`, and undo can cancel them in that time. Raises
        NotPossible if the draft has problems, and WritingOff if an account may not write.
        """
        draft = self.draft(number).draft
        problems = self.problems(draft)
        if problems:
            raise NotPossible(problems[0])
        for key in draft.accounts:
            self._permissions.check(key, "edit" if self._is_edit(draft) else "compose")
        hold = None
        if not at_once and self._config.compose_delay > 0:
            hold = self._clock.now() + timedelta(seconds=self._config.compose_delay)
        entries: list[Entry] = []

        async def apply() -> Change:
            rules = {key: self.rules.of(self.account(key)) for key in draft.accounts}
            actions = actions_of(draft, number, rules, edit=self._is_edit(draft))
            entries.extend(self._outbox.add_posts(actions, number, hold))
            return Change("posted", count=len(entries))

        async def revert() -> Change:
            if not self._outbox.withdraw_posts(entries):
                stored = [self._outbox.stored(entry.id) for entry in entries]
                scheduled = [each for each in stored if each is not None and scheduled_id(each)]
                due = draft.scheduled_at is not None and draft.scheduled_at <= self._clock.now()
                if len(scheduled) == len(entries) and not due:
                    return self._unschedule(draft, scheduled)
                states = [each.state if each else None for each in stored]
                if set(states) <= {"done"}:
                    # The next undo then reverts the change before it.
                    self._history.discard(command)
                raise NotPossible(not_withdrawn(states, edit=self._is_edit(draft)))
            return Change("post_withdrawn", count=len(entries))

        command = RemoteCommand("posted", draft.text[:40], apply, revert)
        await self._history.run_remote(command)
        for entry in entries:
            self._outbox.discard_if_rejected(entry, command)
        return entries

    async def post(self, draft: Draft, number: int = 0) -> list[Entry]:
        """Store a draft (`number` 0 for a new one), and queue its posts without a delay.

        No text is lost: the draft is on disk before it is checked. The NotPossible of `send` then names its number.
        """
        number = self.save(draft, number)
        prepared = await self.prepare(draft)
        if prepared != draft:
            self.save(prepared, number)
        try:
            return await self.send(number, at_once=True)
        except NotPossible as error:
            raise NotPossible(draft_stored(error_text(error), number)) from None

    def _unschedule(self, draft: Draft, entries: Sequence[Entry]) -> Change:
        """Restore a draft whose posts are scheduled, and queue their deletion on the server."""
        self.save(draft)
        for entry in entries:
            self._outbox.add(Delete(scheduled_target(self.account(entry.account), scheduled_id(entry))))
        return Change("post_withdrawn", count=len(entries))

    def scheduled(self, post: str, account: str | None) -> Target:
        """A scheduled post as the target of a deletion. Raises NotFound if the account that scheduled it is unknown."""
        named = self._accounts.named(account) if account is not None else self.accounts()
        return find_scheduled(self._outbox.entries(), named, post, named=account is not None)

    async def send_now(self, entries: Sequence[Entry]) -> None:
        """End the delay of posts, so that they are sent now."""
        for entry in entries:
            self._outbox.release(entry.id)
        await self._outbox.send_due()

    def return_to_drafts(self, entries: Sequence[Entry]) -> None:
        """Cancel delayed posts; each becomes a draft again."""
        for entry in entries:
            self._outbox.withdraw(entry)

    def _is_edit(self, draft: Draft) -> bool:
        return draft.edits is not None and not self.replaces(draft)
