"""Composes texts from templates with slots, read from text files. grammar_people.txt explains the format."""

import random
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

_PART = re.compile(r"\{(\??)(?:(\w+)|(\d+)-(\d+))\}")
_SPACE_BEFORE = re.compile(r" +([.,;](?:\s|$))")
_SPACES = re.compile(r" {2,}")


class _Set(msgspec.Struct, frozen=True):
    templates: list[str]
    slots: dict[str, list[str]]


class Grammar(msgspec.Struct, frozen=True):
    """Sets of templates by (name, language). All sets can use the slots of the set ("any", "any")."""

    sets: Mapping[tuple[str, str], _Set]

    def languages(self, name: str) -> list[str]:
        """The languages of a set."""
        return [language for set_name, language in self.sets if set_name == name]

    def text(self, name: str, language: str, rng: random.Random, site: str = "") -> str:
        """Compose one text of a set. A slot repeats a value within a text only if it has no other.

        `site` is the site in all links of an author; "" picks a new one each time.
        """
        chosen = self.sets[name, language]
        used: set[str] = set()
        text = self._filled(rng.choice(chosen.templates), chosen, rng, used, site)
        return _SPACES.sub(" ", _SPACE_BEFORE.sub(r"\1", text)).strip()

    def _filled(self, template: str, chosen: _Set, rng: random.Random, used: set[str], site: str) -> str:
        def fill(match: re.Match[str]) -> str:
            maybe, slot, low, high = match.groups()
            if maybe and rng.random() < 0.5:
                return ""
            if slot is None:
                return str(rng.randint(int(low), int(high)))
            if slot == "site" and site:
                return site
            options = chosen.slots.get(slot) or self.sets["any", "any"].slots[slot]
            fresh = [option for option in options if f"{slot}:{option}" not in used]
            option = rng.choice(fresh or options)
            used.add(f"{slot}:{option}")
            return self._filled(option, chosen, rng, used, site)

        return _PART.sub(fill, template)


@cache
def grammar() -> Grammar:
    """The grammar of people and of broadcasters."""
    sets: dict[tuple[str, str], _Set] = {}
    for name in ("grammar_people.txt", "grammar_noise.txt"):
        current = _Set([], {})
        for line in (Path(__file__).parent / name).read_text("utf-8").splitlines():
            if line.startswith("["):
                set_name, _, language = line.strip("[]").partition(" ")
                current = sets.setdefault((set_name, language), _Set([], {}))
            elif line.startswith("- "):
                current.templates.append(line[2:])
            elif line and not line.startswith("#"):
                slot, _, options = line.partition(":")
                current.slots[slot] = [option.strip() for option in options.split(" | ")]
    return Grammar(sets)
