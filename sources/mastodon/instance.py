"""Reads a server's rules for posts from its instance information.

https://docs.joinmastodon.org/entities/Instance/ (v2) and https://docs.joinmastodon.org/entities/V1_Instance/.
GoToSocial and Mastodon have both; snac has only v1, without most of the limits.
"""

from ...models.compose import ComposeRules, Feature
from ...models.draft import Visibility
from ...models.errors import TRANSIENT_ERRORS, SourceError
from ..entities import Entity, count_of, flag_of, part_of, strings_of, text_of
from ..http import Http
from .sent import AUDIENCES

_QUOTES_SINCE = 7
"""`api_versions.mastodon` of Mastodon 4.5, the first version in which clients can quote."""


async def read_rules(http: Http, defaults: ComposeRules) -> ComposeRules:
    """Request the server's rules; `defaults` fills in missing ones. Raises only TRANSIENT_ERRORS."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            response = await http.get(path)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            continue
        if isinstance(response.value, dict):
            return rules_of(response.value, defaults)
    return defaults


async def read_default_audience(http: Http) -> Visibility:
    """The audience that the user chose on the server for new posts; "public" if the server does not return it.

    https://docs.joinmastodon.org/methods/preferences/. Raises only TRANSIENT_ERRORS.
    """
    try:
        response = await http.get("/api/v1/preferences")
    except TRANSIENT_ERRORS:
        raise
    except SourceError:
        return "public"
    chosen = ""
    if isinstance(response.value, dict):
        chosen = text_of(response.value, "posting:default:visibility")
    return next((name for name, in_api in AUDIENCES.items() if in_api == chosen), "public")


def rules_of(instance: Entity, defaults: ComposeRules) -> ComposeRules:
    """Parse the rules in an Instance."""
    configuration = part_of(instance, "configuration") or {}
    statuses = part_of(configuration, "statuses") or {}
    media = part_of(configuration, "media_attachments") or {}
    polls = part_of(configuration, "polls") or {}
    # Pleroma and Akkoma have their own fields.
    characters = count_of(statuses, "max_characters") or count_of(instance, "max_toot_chars")
    features: set[Feature] = set(defaults.features)
    version = count_of(part_of(instance, "api_versions") or {}, "mastodon")
    if version is not None and version >= _QUOTES_SINCE:
        features |= {"quote", "quote_policy"}
    elif "gotosocial" in text_of(instance, "source_url").casefold():
        # GoToSocial turns quotes into plain posts. It schedules since 0.20.
        features -= {"quote", "quote_policy"}
    return ComposeRules(
        characters=characters or defaults.characters,
        url_characters=count_of(statuses, "characters_reserved_per_url") or defaults.url_characters,
        short_mentions=defaults.short_mentions,
        media=count_of(statuses, "max_media_attachments") or defaults.media,
        image_bytes=count_of(media, "image_size_limit") or defaults.image_bytes,
        video_bytes=count_of(media, "video_size_limit") or defaults.video_bytes,
        media_types=tuple(strings_of(media, "supported_mime_types")),
        alt_characters=count_of(media, "description_limit") or defaults.alt_characters,
        poll_options=count_of(polls, "max_options") or defaults.poll_options,
        poll_option_characters=count_of(polls, "max_characters_per_option") or defaults.poll_option_characters,
        poll_shortest=count_of(polls, "min_expiration") or defaults.poll_shortest,
        poll_longest=count_of(polls, "max_expiration") or defaults.poll_longest,
        visibilities=defaults.visibilities,
        features=frozenset(features),
        translates=flag_of(part_of(configuration, "translation") or {}, "enabled") is True,
    )
