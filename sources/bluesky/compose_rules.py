"""Bluesky's rules for the text of a post. Only composing loads them."""

from ...models.compose import ComposeRules

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
