"""An argument parser that reports a mistake in one sentence, with a suggestion."""

import argparse
import re
import sys
from typing import Any, NoReturn

from ..models.text import clean_line

_CHOICE = re.compile(r"(?:argument (\S+): )?invalid choice: '?(.*?)'? \(choose from (.*)\)", re.DOTALL)
_UNKNOWN = "unrecognized arguments: "
_REQUIRED = "the following arguments are required: "
_OTHER_WORDS = {
    **dict.fromkeys(("toot", "tweet", "compose", "write", "send", "reply", "quote", "dm"), "post"),
    **dict.fromkeys(("retweet", "repost", "reblog"), "boost"),
    **dict.fromkeys(("favourite", "favorite", "fav", "star"), "like"),
    **dict.fromkeys(("login", "signin", "auth"), "account add"),
    **dict.fromkeys(("fetch", "refresh", "update", "reload"), "sync"),
    **dict.fromkeys(("find", "grep"), "search"),
    **dict.fromkeys(("home", "feed", "read", "list"), "timeline"),
    **dict.fromkeys(("logout", "signout"), "account remove"),
    **dict.fromkeys(("trust", "allow"), "vouch"),
}
"""Commands of other clients, and ours. The table of actions has more words, but a mistyped command loads no library."""
_NOUNS = {"COMMAND": "command", "ACTION": "action"}

EXAMPLES = {
    "": ("quietfeed --demo", "quietfeed account add mastodon", "quietfeed timeline --limit 20"),
    "account": ("quietfeed account add bluesky", "quietfeed account list"),
    "account add": (
        "quietfeed account add mastodon --server mastodon.example",
        "quietfeed account add bluesky --handle ada.bsky.social",
        "quietfeed account add bluesky --handle ada.bsky.social --token-stdin < app-password",
    ),
    "account list": ("quietfeed account list",),
    "account remove": ("quietfeed account remove ada@mastodon.example",),
    "try": ("quietfeed try ada.bsky.social", "quietfeed try ada@mastodon.example --limit 20"),
    "sync": ("quietfeed sync", "quietfeed sync --json"),
    "timeline": (
        "quietfeed timeline",
        "quietfeed timeline --hidden --limit 10",
        "quietfeed timeline --demo --json --all",
        "quietfeed timeline --from Gardening",
    ),
    "feeds": ("quietfeed feeds", "quietfeed feeds --demo"),
    "subscribe": (
        "quietfeed subscribe blog.example",
        "quietfeed subscribe https://blog.example/feed.xml",
        "quietfeed subscribe subscriptions.opml",
    ),
    "unsubscribe": ("quietfeed unsubscribe blog.example",),
    "subscriptions": ("quietfeed subscriptions", "quietfeed subscriptions --opml > subscriptions.opml"),
    "search": ("quietfeed search garden", 'quietfeed search "good crisps" --json'),
    "mark": ("quietfeed mark 109348 sales",),
    "unmark": ("quietfeed unmark 109348",),
    "vouch": ("quietfeed vouch ada@mastodon.example", "quietfeed vouch https://mastodon.example/@ada"),
    "unvouch": ("quietfeed unvouch ada@mastodon.example",),
    "post": (
        'quietfeed post "Good morning"',
        'quietfeed post "The heron is back" --media heron.jpg --alt "A grey heron on a bridge"',
        "quietfeed post - --thread --dry-run < essay.txt",
        'quietfeed post "Me too" --reply-to 109348',
        'quietfeed post "Tea or coffee?" --poll tea --poll coffee --poll-for 1d',
    ),
    "edit": ('quietfeed edit 109348 "Good morning!"',),
    "drafts": ("quietfeed drafts", "quietfeed drafts show 3", "quietfeed drafts delete 3"),
    "mute": (
        "quietfeed mute ada.bsky.social --for 1d",
        "quietfeed mute ada@mastodon.example --server --for 1w",
        "quietfeed mute ada@mastodon.example --boosts",
    ),
    "unmute": ("quietfeed unmute ada.bsky.social", "quietfeed unmute ada@mastodon.example --server"),
    "like": ("quietfeed like 109348", "quietfeed like https://mastodon.example/@ada/109348 --json"),
    "boost": ("quietfeed boost 109348 --account me@mastodon.example",),
    "vote": ("quietfeed vote 109348 2", "quietfeed vote 109348 1,3"),
    "delete": ("quietfeed delete 109348 --yes",),
    "follow": ("quietfeed follow ada@mastodon.example", "quietfeed follow '#gardening'"),
    "unfollow": ("quietfeed unfollow ada@mastodon.example", "quietfeed unfollow '#gardening'"),
    "block": ("quietfeed block spammer@mastodon.example --yes",),
    "report": ("quietfeed report spammer@mastodon.example --reason spam --post 109348 --yes",),
    "note": ("quietfeed note ada@mastodon.example", 'quietfeed note ada@mastodon.example "met in Graz"'),
    "follow-requests": ("quietfeed follow-requests", "quietfeed follow-requests accept ada@mastodon.example"),
    "translate": ("quietfeed translate 109348", "quietfeed translate 109348 --to de"),
    "join": ("quietfeed join", "quietfeed join ada@mastodon.example ada.bsky.social"),
    "unjoin": ("quietfeed unjoin ada.bsky.social",),
    "judge": ("quietfeed judge posts.jsonl", "quietfeed judge --from mastodon --level known < home.json"),
    "export": ("quietfeed export marks > marks.jsonl", "quietfeed export all > quietfeed.jsonl"),
    "import": (
        "quietfeed import marks.jsonl",
        "quietfeed import archive.zip --dry-run",
        "quietfeed import following_accounts.csv",
        "quietfeed import --list",
        "quietfeed import --undo 3",
    ),
    "publish": (
        "quietfeed publish --dry-run",
        "quietfeed publish --to me@mastodon.example --list friends --minimum close",
        "quietfeed publish --undo",
    ),
    "forget": ("quietfeed forget ada@mastodon.example", "quietfeed forget --all"),
    "doctor": ("quietfeed doctor",),
    "completion": (
        "quietfeed completion bash > ~/.local/share/bash-completion/completions/quietfeed",
        "quietfeed completion fish > ~/.config/fish/completions/quietfeed.fish",
    ),
}
"""The examples at the end of each command's help; a test parses all of them."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose help ends with examples, and whose errors are one sentence."""

    def __init__(self, *args: Any, **parts: Any) -> None:
        parts.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **parts)

    def format_help(self) -> str:
        """The help, with the command's examples at its end."""
        examples = EXAMPLES.get(self.prog.partition(" ")[2], ())
        if not examples:
            return super().format_help()
        title = "example" if len(examples) == 1 else "examples"
        return f"{super().format_help()}\n{title}:\n" + "".join(f"  {each}\n" for each in examples)

    def parse_known_args(self, *args: Any, **parts: Any) -> Any:
        """Reject unknown arguments here: argparse would pass them to the parser of the program."""
        found, unknown = super().parse_known_args(*args, **parts)
        if unknown:
            self.error(f"{_UNKNOWN}{' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with status 2."""
        print(
            f"quietfeed: {clean_line(self._sentence(message))} `{self.prog} --help` shows the usage.", file=sys.stderr
        )
        raise SystemExit(2)

    def _sentence(self, message: str) -> str:
        choice = _CHOICE.fullmatch(message)
        if choice:
            choices = [each.strip().strip("'\"") for each in choice[3].split(",")]
            meant = _meant(choice[2], choices)
            if choice[1] == "COMMAND" and choice[2].casefold() in _OTHER_WORDS:
                meant = f" (did you mean {_OTHER_WORDS[choice[2].casefold()]}?)"
            if choice[1] in _NOUNS:
                return f"There is no {_NOUNS[choice[1]]} {choice[2]!r}{meant}."
            if str(choice[1]).startswith("-"):
                return f"{choice[1]} does not take {choice[2]!r}{meant}."
            return f"{choice[2]!r} is not valid here{meant}."
        if message.startswith(_UNKNOWN):
            given = message.removeprefix(_UNKNOWN)
            meant = ""
            if given.startswith("-"):
                meant = _meant(given.split()[0].partition("=")[0], list(self._option_string_actions))
            return f"{given} is not valid here{meant}."
        if message.startswith(_REQUIRED):
            # argparse names a positional argument by its variable, without its choices.
            missing = message.removeprefix(_REQUIRED)
            for action in self._actions:
                if action.choices and missing in (action.dest, action.metavar):
                    command = self.prog.partition(" ")[2]
                    return f"{command} needs one of {', '.join(map(str, action.choices))}."
        return f"{message[:1].upper()}{message[1:]}."


def _meant(given: str, choices: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(given, choices, n=1, cutoff=0.6)
    if close:
        return f" (did you mean {close[0]}?)"
    if len(choices) < 8:
        return f": choose from {', '.join(choices)}"
    return ""
