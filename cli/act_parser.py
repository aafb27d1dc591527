"""The commands for actions on servers, with their options. Imports almost nothing, so that --help is fast."""

import argparse
from typing import Any

POST_COMMANDS = {
    "like": "like a post on its server",
    "unlike": "remove a like",
    "boost": "boost a post: show it to your followers",
    "unboost": "remove a boost",
    "bookmark": "bookmark a post on its server; nobody else sees it",
    "unbookmark": "remove a bookmark",
    "pin": "pin one of your posts to your profile",
    "unpin": "unpin a post",
    "delete": "delete one of your posts; asks first",
}
"""The commands whose only argument is a post."""

_PERSON_COMMANDS = {
    "follow": "follow a person or a #hashtag",
    "unfollow": "stop following a person or a #hashtag",
    "block": "block a person on the server; asks first",
    "unblock": "remove a block",
}

ACTION_COMMANDS = (*POST_COMMANDS, *_PERSON_COMMANDS, "vote", "report", "note", "follow-requests", "translate")

_POST = "an id from `quietfeed timeline --json`, or an address"
_PERSON = "a handle, an id or an address"
_YES = "do not ask"


def add_action_commands(commands: Any) -> None:
    """Add the commands to the main parser's subparsers."""
    for name, text in POST_COMMANDS.items():
        act = commands.add_parser(name, help=text)
        act.add_argument("post", metavar="POST", help=_POST)
        if name == "delete":
            act.add_argument("--yes", action="store_true", help=_YES)
    vote = commands.add_parser("vote", help="vote in the poll of a post; cannot be undone")
    vote.add_argument("post", metavar="POST", help=_POST)
    vote.add_argument("choices", metavar="N[,N]", type=_numbers, help="the numbers of the options, from 1")
    translate = commands.add_parser("translate", help="print the server's translation of a post")
    translate.add_argument("post", metavar="POST", help=_POST)
    translate.add_argument("--to", metavar="LANG", help="a language such as de (default: that of your account)")
    for name, text in _PERSON_COMMANDS.items():
        person = commands.add_parser(name, help=text)
        person.add_argument("person", metavar="PERSON|#TAG" if "follow" in name else "PERSON", help=_PERSON)
        if name == "block":
            person.add_argument("--yes", action="store_true", help=_YES)
    report = commands.add_parser("report", help="report a person or a post to the moderators; asks first")
    report.add_argument("person", metavar="PERSON", help=_PERSON)
    report.add_argument("--reason", metavar="TEXT", required=True, help="the reason, for the moderators")
    report.add_argument("--post", metavar="POST", help="the reported post")
    report.add_argument("--yes", action="store_true", help=_YES)
    note = commands.add_parser("note", help="print your private note on a person; with TEXT, change it")
    note.add_argument("person", metavar="PERSON", help=_PERSON)
    note.add_argument("text", metavar="TEXT", nargs="?", help='"" removes the note')
    requests = commands.add_parser("follow-requests", help="list, accept or reject follow requests")
    requests.add_argument("answer", metavar="accept|reject", nargs="?", choices=("accept", "reject"))
    requests.add_argument("person", metavar="PERSON", nargs="?", help=_PERSON)
    for name in ACTION_COMMANDS:
        _add_common(commands.choices[name])


def add_server_mute(command: argparse.ArgumentParser) -> None:
    """Add the options of `mute` and `unmute` for the server."""
    command.add_argument("--server", action="store_true", help="on the server of the account, for all your apps")
    command.add_argument("--boosts", action="store_true", help="only the boosts of this person, on the server")
    _add_common(command)


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--account", metavar="A", help="the account to use, if several are possible")
    command.add_argument("--json", action="store_true", help="print the result as a JSON object")


def _numbers(text: str) -> list[int]:
    parts = [each.strip() for each in text.split(",")]
    if not all(each.isdecimal() and len(each) < 4 for each in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of option numbers such as 2 or 1,3")
    return [int(each) for each in parts]
