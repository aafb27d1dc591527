"""Labels that labelers or authors put on posts and accounts, and the user's settings for them.

https://atproto.com/specs/label; the values that every client knows are listed in
https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/label/defs.json, the others are defined by the
labeler that uses them (app.bsky.labeler.defs#labelerPolicies).
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from ...models.post import LABEL_EFFECTS, Label
from ..entities import MOST_ITEMS, Entity, flag_of, part_of, parts_of, text_of, time_of

Setting = Literal["ignore", "warn", "hide"]
_SETTINGS: Mapping[str, Setting] = {"ignore": "ignore", "show": "ignore", "warn": "warn", "hide": "hide"}
_HIDE, _WARN = "!hide", "!warn"
_CONTENT = {
    "porn": "adult content",
    "sexual": "sexual content",
    "nudity": "nudity",
    "graphic-media": "graphic media",
    "gore": "graphic media",
    "nsfl": "graphic media",
}
"""Labels that warn for every labeler, with their names. On an account they apply to all of its posts."""
_ADULT = ("porn", "sexual", "graphic-media", "gore", "nsfl")
# Names that older clients used.
_OLD_NAMES = {"nsfw": "porn", "suggestive": "sexual", "gore": "graphic-media", "nsfl": "graphic-media"}
_COMMANDS = {_HIDE: "hide this", _WARN: "be careful"}
# Labels about visibility, promotion and the kind of account are not warnings.
_SILENT = ("", "!no-unauthenticated", "!no-promote", "bot")
_CUSTOM = re.compile(r"[a-z-]+")
_PROFILE = "/app.bsky.actor.profile/"
_SOMEBODY = "the moderators"
_MOST = 500


class Definition(msgspec.Struct, frozen=True):
    """A labeler's definition of a label. `covers`: the label puts a cover over the post or its media."""

    name: str
    covers: bool = True
    shown: bool = True
    default: Setting = "warn"
    adult: bool = False


class Labeler(msgspec.Struct, frozen=True):
    """A labeler and the labels that it defines."""

    name: str
    definitions: Mapping[str, Definition] = msgspec.field(default_factory=dict)


class Policy(msgspec.Struct, frozen=True):
    """The known labelers by DID, and the user's settings by (DID, or "" for all labelers, and label value).

    Adult labels are never ignored unless the user has enabled adult content.
    """

    labelers: Mapping[str, Labeler] = msgspec.field(default_factory=dict)
    choices: Mapping[tuple[str, str], Setting] = msgspec.field(default_factory=dict)
    adult: bool = False

    def labels_of(self, view: Entity, record: Entity, author: Entity) -> tuple[Label, ...]:
        """The labels of a post and its author's account that inform, warn or hide; each once."""
        did = text_of(author, "did")
        own = [(text_of(each, "val"), did, "") for each in parts_of(part_of(record, "labels") or {}, "values")]
        found = [self._label(*each, did, of_post=True) for each in [*_active(view), *own]]
        found += [self._label(*each, did, of_post=False) for each in _active(author)]
        strongest: dict[tuple[str, str], Label] = {}
        for label in (each for each in found if each is not None):
            before = strongest.get((label.name, label.by))
            if before is None or LABEL_EFFECTS.index(label.effect) > LABEL_EFFECTS.index(before.effect):
                strongest[label.name, label.by] = label
        return tuple(strongest.values())

    def labels_of_quoted(self, embed: Entity | None) -> tuple[Label, ...]:
        """Warnings of a quoted post. They cover the quoting post, and never hide it."""
        inner = part_of(embed or {}, "record") or {}
        quoted = inner
        if not part_of(inner, "author"):
            quoted = part_of(inner, "record") or {}
        found = self.labels_of(quoted, part_of(quoted, "value") or {}, part_of(quoted, "author") or {})
        return tuple(replace(each, effect="warn", quoted=True) for each in found if each.effect != "inform")

    def _label(self, value: str, source: str, uri: str, did: str, *, of_post: bool) -> Label | None:
        own = source in ("", did)
        by = "" if own else self._name_of(source)
        if value in _SILENT or (own and value in _COMMANDS):
            return None
        if value in _COMMANDS:
            return Label(_COMMANDS[value], by, "hide" if value == _HIDE else "warn")
        definition = None if own else self._definition(source, value)
        if definition:
            name = definition.name
        else:
            name = _CONTENT.get(value, value.replace("-", " "))
        if definition is None and value not in _CONTENT:
            # An undefined label warns on a post, and only informs on an account.
            if of_post:
                return Label(name, by, "warn")
            if own:
                return None
            return Label(name, by, "inform")
        setting, chosen = self._setting(value, "" if own else source, definition)
        if setting == "ignore" or (definition and not definition.shown and setting == "warn"):
            return None
        covers = definition is None or definition.covers
        if setting == "hide" and _PROFILE not in uri:
            return Label(name, by, "hide", chosen)
        return Label(name, by, "warn" if covers else "inform", chosen)

    def _name_of(self, source: str) -> str:
        labeler = self.labelers.get(source)
        if labeler:
            return labeler.name
        return _SOMEBODY

    def _definition(self, source: str, value: str) -> Definition | None:
        labeler = self.labelers.get(source)
        if labeler:
            return labeler.definitions.get(value)
        return None

    def _setting(self, value: str, source: str, definition: Definition | None) -> tuple[Setting, bool]:
        """The setting for a label, and whether the user chose it."""
        known = value if definition else _OLD_NAMES.get(value, value)
        choice = self.choices.get((source, known)) or self.choices.get(("", known))
        setting = choice or (definition.default if definition else "warn")
        adult = definition.adult if definition else value in _ADULT
        if adult and not self.adult and setting == "ignore":
            return "warn", False
        return setting, choice is not None


DEFAULT_POLICY = Policy()
"""The policy without an account: only labels of moderators hide posts."""


def warning_in(labels: Iterable[Label]) -> str:
    """The warnings that the author chose."""
    return ", ".join(label.name for label in labels if not label.by and label.effect != "inform" and not label.quoted)


def is_bot(profile: Entity) -> bool | None:
    """Whether the account labels itself as automated with `bot`, in use since March 2026."""
    if not isinstance(profile.get("labels"), list):
        return None
    did = text_of(profile, "did")
    return any(value == "bot" and source in ("", did) for value, source, _ in _active(profile))


def _active(entity: Entity) -> Iterator[tuple[str, str, str]]:
    """Yield value, source and subject of each label that is neither negated nor expired."""
    now = datetime.now(UTC)
    latest: dict[tuple[str, str, str], tuple[datetime, Entity]] = {}
    for label in parts_of(entity, "labels")[:_MOST]:
        key = (text_of(label, "val"), text_of(label, "src"), text_of(label, "uri"))
        at = time_of(label, "cts") or datetime.min.replace(tzinfo=UTC)
        if key not in latest or at >= latest[key][0]:
            latest[key] = (at, label)
    for key, (_, label) in latest.items():
        expires = time_of(label, "exp")
        if label.get("neg") is not True and (expires is None or expires > now):
            yield key


def choices_of(preferences: Entity) -> tuple[dict[tuple[str, str], Setting], bool]:
    """The user's label settings, and whether adult content is enabled."""
    choices: dict[tuple[str, str], Setting] = {}
    adult = False
    for each in parts_of(preferences, "preferences", MOST_ITEMS):
        kind = text_of(each, "$type").rpartition("#")[2]
        if kind == "contentLabelPref" and text_of(each, "visibility") in _SETTINGS:
            label, labeler = text_of(each, "label"), text_of(each, "labelerDid")
            if not labeler:
                label = _OLD_NAMES.get(label, label)
            choices[labeler, label] = _SETTINGS[text_of(each, "visibility")]
        elif kind == "adultContentPref":
            adult = flag_of(each, "enabled") is True
    return choices, adult


def subscriptions_of(preferences: Entity) -> list[str]:
    """The DIDs of the labelers that the user subscribed to."""
    found: dict[str, None] = {}
    for each in parts_of(preferences, "preferences", MOST_ITEMS):
        if text_of(each, "$type").rpartition("#")[2] == "labelersPref":
            found |= dict.fromkeys(text_of(item, "did") for item in parts_of(each, "labelers", MOST_ITEMS))
    return [did for did in found if did]


def labeler_of(view: Entity) -> tuple[str, Labeler]:
    """The DID and definitions of a labelerViewDetailed, with names in the user's language."""
    creator = part_of(view, "creator") or {}
    did = text_of(creator, "did")
    definitions = {}
    for each in parts_of(part_of(view, "policies") or {}, "labelValueDefinitions")[:_MOST]:
        name = text_of(each, "identifier")
        if _CUSTOM.fullmatch(name):
            definitions[name] = _definition(each)
    return did, Labeler(text_of(creator, "displayName") or text_of(creator, "handle") or did, definitions)


def _definition(entity: Entity) -> Definition:
    covers = text_of(entity, "blurs") in ("content", "media")
    return Definition(
        _localized(parts_of(entity, "locales")) or text_of(entity, "identifier").replace("-", " "),
        covers,
        covers or text_of(entity, "severity") != "none",
        _SETTINGS.get(text_of(entity, "defaultSetting"), "warn"),
        flag_of(entity, "adultOnly") is True,
    )


def _localized(locales: list[Entity]) -> str:
    """The name in the user's language, else in English, else in the first available one."""
    names = {text_of(each, "lang").casefold(): text_of(each, "name")[:80] for each in reversed(locales)}
    for lang in (*languages(), "en"):
        for tag in (lang, lang.partition("-")[0]):
            found = next((name for each, name in names.items() if each == tag or each.startswith(f"{tag}-")), "")
            if found:
                return found
    return next((name for name in reversed(names.values()) if name), "")


def languages() -> list[str]:
    """The languages of the user's system as lower-case tags, in order of preference."""
    locales = os.environ.get("LANGUAGE", "").split(":")
    locales += [os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")]
    tags = (each.partition(".")[0].partition("@")[0].replace("_", "-").casefold() for each in locales)
    return [tag for tag in tags if tag not in ("", "c", "posix")]
