"""Bluesky's rules for posts and its rate limits. A module of its own, so that importing it loads no HTTP client."""

from ...models.capability import WriteLimit, WriteRules
from ...models.compose import ComposeRules

WRITE_RULES = WriteRules(
    frozenset(
        {
            *("like", "boost", "bookmark", "pin", "delete", "follow", "hide_boosts", "mute", "block", "report"),
            *("change_list", "compose"),
        }
    ),
    (WriteLimit(5_000, 3_600), WriteLimit(35_000, 86_400)),
    create=3,
    update=2,
    delete=1,
    public_lists=True,
)
"""https://docs.bsky.app/docs/advanced-guides/rate-limits: points per account, by hour and by day."""

COMPOSE_RULES = ComposeRules(
    characters=300,
    text_bytes=3_000,
    media=4,
    image_bytes=1_000_000,
    video_bytes=100_000_000,
    media_types=(
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "video/mp4",
        "video/mpeg",
        "video/webm",
        "video/quicktime",
    ),
    alt_characters=2_000,
    visibilities=("public",),
    features=frozenset({"quote", "quote_policy", "threadgate", "card", "language", "lone_video"}),
)
"""https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json, embed/images.json and
embed/video.json."""
