"""Rules that turn the address of a page into that of its feed, for known sites.

To add a site, add a row to PRESETS: a pattern for the whole address without "https://" and "www.", and the feed's
address with the pattern's groups. GUESSES are paths to try on a site without a link to its feed.
"""

import re

import msgspec


class Preset(msgspec.Struct, frozen=True):
    """One rule. `feed` holds {0}, {1} ... for the groups of `pattern`."""

    site: str
    pattern: str
    feed: str


_NAME = r"([\w-]+)"

PRESETS: tuple[Preset, ...] = (
    Preset("GitHub user", rf"github\.com/{_NAME}", "https://github.com/{0}.atom"),
    Preset("GitHub project", rf"github\.com/{_NAME}/([\w.-]+)", "https://github.com/{0}/{1}/releases.atom"),
    Preset(
        "YouTube channel",
        r"(?:m\.)?youtube\.com/channel/(UC[\w-]{22})",
        "https://www.youtube.com/feeds/videos.xml?channel_id={0}",
    ),
    Preset(
        "YouTube playlist",
        r"(?:m\.)?youtube\.com/playlist\?list=([\w-]+)",
        "https://www.youtube.com/feeds/videos.xml?playlist_id={0}",
    ),
    Preset("micro.blog user", rf"micro\.blog/{_NAME}", "https://micro.blog/posts/{0}"),
    Preset("micro.blog site", rf"{_NAME}\.micro\.blog", "https://{0}.micro.blog/feed.json"),
    Preset("WordPress.com", rf"{_NAME}\.wordpress\.com", "https://{0}.wordpress.com/feed/"),
    Preset("Substack", rf"{_NAME}\.substack\.com(?:/(?:p/|archive).*)?", "https://{0}.substack.com/feed"),
    Preset("Substack profile", rf"substack\.com/@{_NAME}", "https://{0}.substack.com/feed"),
    Preset("Ghost", rf"{_NAME}\.ghost\.io", "https://{0}.ghost.io/rss/"),
    Preset("Medium", r"medium\.com/@([\w.-]+)", "https://medium.com/feed/@{0}"),
    Preset("Tumblr", rf"{_NAME}\.tumblr\.com", "https://{0}.tumblr.com/rss"),
)

_USER_PAGES: tuple[Preset, ...] = (Preset("Discourse user", r"/u(?:sers)?/([\w.-]+?)(?:/.*)?", "/u/{0}/activity.rss"),)
"""Rules for the path alone, on any host."""

GUESSES = ("/feed/", "/rss/", "/atom.xml", "/feed.xml", "/index.xml", "/rss.xml", "/feed.json")
_BY_GENERATOR = (("wordpress", "/feed/"), ("ghost", "/rss/"), ("hugo", "/index.xml"), ("jekyll", "/feed.xml"))

_BARE = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)


def preset_for(address: str) -> str:
    """The address of the feed of a page on a known site; "" if no rule matches."""
    bare = _BARE.sub("", address.strip()).rstrip("/")
    for preset in PRESETS:
        found = re.fullmatch(preset.pattern, bare, re.IGNORECASE)
        if found is not None:
            return preset.feed.format(*found.groups())
    return ""


def paths_to_try(path: str, generator: str = "") -> list[str]:
    """The paths where a site may have a feed, the most likely first."""
    likely = []
    for preset in _USER_PAGES:
        found = re.fullmatch(preset.pattern, path)
        if found is not None:
            likely.append(preset.feed.format(*found.groups()))
    likely += [feed for name, feed in _BY_GENERATOR if name in generator.casefold()]
    return list(dict.fromkeys([*likely, *GUESSES]))
