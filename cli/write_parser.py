"""The parsers of `post`, `edit` and `drafts`. Imports almost nothing, so that --help is fast."""

import argparse
from datetime import timedelta
from typing import Any

_VISIBILITIES = ("public", "unlisted", "followers", "direct")
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}

WRITE_COMMANDS = ("post", "edit", "drafts")


_ParserAction = argparse.Action


class _Alt(_ParserAction):
    """Stores a description with the number of files that were named before it."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        del parser, option_string
        namespace.alt = [*namespace.alt, (len(namespace.media), values)]


def add_write_commands(commands: Any) -> None:
    """Add the commands that write posts and list drafts."""
    post = commands.add_parser("post", help="send a post, a reply or a quote")
    post.add_argument("text", metavar="TEXT|-", nargs="?", help="the text; - or nothing reads standard input")
    post.add_argument("--draft", type=int, metavar="ID", help="send a draft; a TEXT replaces its text")
    post.add_argument(
        "--reply-to", metavar="POST", help="an id as `quietfeed timeline --json` prints it, or an address"
    )
    post.add_argument("--quote", metavar="POST", help="quote this post")
    post.add_argument(
        "--visibility", choices=_VISIBILITIES, help="who can read it (default: public; a reply: as its post)"
    )
    post.add_argument("--warning", metavar="TEXT", help="a content warning above the text")
    post.add_argument("--lang", metavar="xx", help="its language (default: that of your last posts)")
    post.add_argument("--media", metavar="FILE", action="append", default=[], help="attach a file; repeatable")
    post.add_argument("--alt", metavar="TEXT", action=_Alt, default=[], help="describes the --media before it")
    post.add_argument("--poll", metavar="OPTION", action="append", default=[], help="an option of a poll; repeatable")
    post.add_argument("--poll-for", type=_span, metavar="TIME", default=timedelta(days=1), help="30m, 1h, 1d or 1w")
    post.add_argument("--poll-multiple", action="store_true", help="allow several options to be chosen")
    post.add_argument("--quote-policy", choices=("public", "followers", "nobody"), help="who may quote it")
    post.add_argument(
        "--threadgate", choices=("mentioned", "followers", "following", "nobody"), metavar="WHO",
        help="who may reply: mentioned, followers, following or nobody",
    )  # fmt: skip
    post.add_argument("--at", metavar="TIME", help="send it later: 2026-12-24T18:00, or 2h from now")
    post.add_argument("--thread", action="store_true", help="split a long text into a thread")
    post.add_argument("--no-card", action="store_true", help="do not fetch a preview of the first link")
    post.add_argument("--dry-run", action="store_true", help="print what would be sent, with its length")
    _common(post, several=True)

    edit = commands.add_parser("edit", help="edit one of your posts")
    edit.add_argument("post", metavar="POST", help="an id as `quietfeed timeline --json` prints it, or an address")
    edit.add_argument("text", metavar="TEXT|-", nargs="?", help="the new text; - or nothing reads standard input")
    edit.add_argument("--warning", metavar="TEXT", help="the new content warning")
    edit.add_argument("--dry-run", action="store_true", help="print what would be sent, with its length")
    edit.add_argument(
        "--yes", action="store_true", help="do not ask, also if the edit deletes the post and sends a new one"
    )
    _common(edit)

    drafts = commands.add_parser("drafts", help="list drafts, with the reason if a post was rejected")
    drafts.add_argument("--account", metavar="A", help="only those of this account")
    drafts.add_argument("--json", action="store_true", help="one JSON object per draft")
    each_draft = drafts.add_subparsers(dest="action", metavar="ACTION")
    for name, text in (("show", "print a draft"), ("delete", "delete a draft")):
        one = each_draft.add_parser(name, help=text)
        one.add_argument("id", metavar="ID", type=int)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the result as a JSON object")


def _common(command: argparse.ArgumentParser, *, several: bool = False) -> None:
    help_text = "the account that acts, if several have the post"
    if several:
        help_text = "the account that sends it; repeatable to send from several"
    command.add_argument("--account", metavar="A", action="append" if several else "store", help=help_text)
    command.add_argument("--json", action="store_true", help="print the result as JSON objects")


def _span(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if not number.isdigit() or unit not in _UNITS or int(number) * _UNITS[unit] > 366 * 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 30m, 1h, 1d or 1w")
    return timedelta(seconds=int(number) * _UNITS[unit])
