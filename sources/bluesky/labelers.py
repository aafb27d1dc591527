"""The labelers of an account: those it subscribes to, and the default labelers of its AppView.

Requests list the wanted labelers (atproto-accept-labelers), and responses list the labelers used, which reveals the
defaults of the AppView. https://docs.bsky.app/docs/advanced-guides/moderation
"""

from datetime import UTC, datetime, timedelta

from ...models.errors import SourceError
from ..entities import EARLIEST, Entity, parts_of
from .client import Client
from .facets import is_did
from .labels import DEFAULT_POLICY, Labeler, Policy, choices_of, labeler_of, subscriptions_of

_MOST = 20
_AGE = timedelta(hours=6)
_SERVICES = "app.bsky.labeler.getServices"


class Labelers:
    """The label policy of an account. If a request fails, the previous policy stays in force."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wanted: list[str] = []
        self._usual: str | None = None
        self._known: dict[str, Labeler] = {}
        self._requested_at: dict[str, datetime] = {}
        self.policy: Policy = DEFAULT_POLICY

    async def apply_preferences(self, preferences: Entity) -> None:
        """Apply the user's subscriptions and choices. Call it before posts are requested."""
        choices, adult = choices_of(preferences)
        self._wanted = [did for did in subscriptions_of(preferences) if is_did(did)][:_MOST]
        self.policy = Policy(self._known, choices, adult)
        if not self._wanted:
            self._client.accept_labelers = ""
            return
        if self._usual is None:
            # A response to a request without the header lists the default labelers.
            self._client.accept_labelers = self._client.content_labelers = ""
            await self._load(self._wanted)
            if not self._client.content_labelers:
                return
            self._usual = self._client.content_labelers
        usual = _dids(self._usual)
        self._client.accept_labelers = ",".join([self._usual, *(did for did in self._wanted if did not in usual)])
        await self.load_definitions()

    async def load_definitions(self) -> None:
        """Request the label definitions of labelers that are not cached."""
        await self._load([*self._wanted, *_dids(self._client.content_labelers)][: 2 * _MOST])

    async def _load(self, wanted: list[str]) -> None:
        now = datetime.now(UTC)
        unknown = [did for did in dict.fromkeys(wanted) if now - self._requested_at.get(did, EARLIEST) > _AGE]
        if not unknown:
            return
        self._requested_at |= dict.fromkeys(unknown, now)
        try:
            response = await self._client.get(_SERVICES, [*(("dids", did) for did in unknown), ("detailed", "true")])
        except SourceError:
            return
        views = []
        if isinstance(response, dict):
            views = parts_of(response, "views")
        self._known |= dict(map(labeler_of, views))
        self.policy = Policy(self._known, self.policy.choices, self.policy.adult)


def _dids(header: str) -> list[str]:
    """The DIDs in a labelers header: "did:plc:a;redact, did:plc:b"."""
    parts = (part.partition(";")[0].strip() for part in header.split(","))
    return [did for did in parts if is_did(did)]
