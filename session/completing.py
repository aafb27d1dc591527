"""Completes mentions, hashtags and custom emoji while a post is written: the people the user knows come first."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ..models.view import JudgedPost
from .people import KnownPerson

_WORD = re.compile(r"(?<![\w@#:/])([@#:])([\w.@-]*)$")
_LONGEST_WORD = 300
"""How many characters before the cursor are searched. The longest handles have 253."""
_MOST = 6
_SHORTEST_EMOJI = 2


class Completer:
    """The candidates of one account. They are collected once, when the composer opens."""

    def __init__(self, known: Iterable[KnownPerson], posts: Sequence[JudgedPost], account: str) -> None:
        """`known` are the people of the account, strongest tie first; `posts` the loaded posts."""
        handles = [each.handle.handle for each in known]
        tags: Counter[str] = Counter()
        emoji: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for judged in posts:
            post = judged.post
            if post.account != account:
                continue
            seen[post.author.handle] += 1
            tags.update(post.tags or ())
            emoji.update(post.text[span.start : span.end] for span in post.spans if span.kind == "emoji")
        self._handles = list(dict.fromkeys([*handles, *(handle for handle, _ in seen.most_common())]))
        self._tags = [tag for tag, _ in tags.most_common()]
        self._emoji = [name for name, _ in emoji.most_common()]

    def complete(self, before: str) -> tuple[str, list[str]]:
        """The word before the cursor and its completions; ("", []) if there is no word to complete."""
        match = _WORD.search(before[-_LONGEST_WORD:])
        if match is None:
            return "", []
        sign, start = match[1], match[2].casefold()
        if sign == ":" and len(start) < _SHORTEST_EMOJI:
            return "", []
        candidates = {"@": self._handles, "#": self._tags, ":": [each.strip(":") for each in self._emoji]}[sign]
        found = [each for each in candidates if each.casefold().startswith(start)]
        if sign == "@" and start:
            # Also match within a handle, after the handles that begin with the word.
            found += [each for each in candidates if start in each.casefold() and each not in found]
        end = ":" if sign == ":" else ""
        wanted = [f"{sign}{each}{end} " for each in found[:_MOST] if each.casefold() != start]
        return match.group(), wanted
