"""The parser of the command line, with a one-line help for each command and option. Kept light to start fast."""

import argparse
from datetime import timedelta

from ..session.networks import SIGN_IN, example_handles
from .act_parser import add_action_commands, add_server_mute
from .usage import Parser
from .write_parser import add_write_commands

_LEVELS = ("everything", "noise", "quiet", "known")
_UNSEEN = "accept a name that is not a complete handle and that no account has seen"
_PRICE = "on a network that charges: agree to the price without a question"
_LISTS = ("follows", "lists", "mutes", "blocks")
_TIES = ("close", "known", "acquaintance")
SHELLS = ("bash", "zsh", "fish")
_CATEGORIES = ("person", "celebrity", "sales", "spam")


def _networks() -> str:
    return " or ".join(f"{each.name} ({each.servers})" for each in SIGN_IN)


def _notes(option: str) -> str:
    notes = {each.label: each.server_note if option == "server" else each.handle_note for each in SIGN_IN}
    return "; ".join(f"{label}: {note}" for label, note in notes.items())


def build_parser(version: str) -> argparse.ArgumentParser:
    """Build the parser; `command` is None without a command, which opens the timeline."""
    parser = Parser(
        prog="quietfeed",
        description="A feed client for the terminal that shows only the people you actually know.",
        epilog="Without a command the timeline opens. QUIETFEED_HOME=DIR keeps all files under DIR.\n"
        "Exit status: 0 done, 1 it could not be done, 2 wrong usage.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"quietfeed {version}")
    parser.add_argument("--demo", action="store_true", help="the demo world: no account, no network, nothing stored")
    parser.add_argument(
        "--plain", action="store_true", help="one post at a time in plain lines: for screen readers and pipes"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    account = commands.add_parser("account", help="sign in, list or remove accounts")
    actions = account.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="sign in")
    add.add_argument("network", metavar="NETWORK", help=_networks())
    add.add_argument("--server", metavar="URL", help=_notes("server"))
    add.add_argument("--handle", metavar="H", help=_notes("handle"))
    add.add_argument("--client-id", metavar="ID", default="", help="of your developer app, on a network that needs one")
    add.add_argument(
        "--token-stdin", action="store_true", help="read an access token or app password from standard input"
    )
    add.add_argument("--write", action="store_true", help="also ask for the permission to act on posts and people")
    add.add_argument("--yes", action="store_true", help=_PRICE)
    actions.add_parser("list", help="the signed-in accounts")
    refresh = actions.add_parser("refresh", help="sign in again, or switch writing on or off")
    refresh.add_argument("account", metavar="ACCOUNT", help="as `quietfeed account list` writes it, or its handle")
    refresh.add_argument(
        "--token-stdin", action="store_true", help="read an access token or app password from standard input"
    )
    refresh.add_argument("--client-id", metavar="ID", default="", help="if your developer app has changed")
    writing = refresh.add_mutually_exclusive_group()
    writing.add_argument("--write", action="store_true", help="allow actions such as likes, and request the permission")
    writing.add_argument("--read-only", action="store_true", help="allow no actions any more")
    writing.add_argument(
        "--home-timeline", action="store_true", help="on a network that charges: read the posts of all you follow"
    )
    writing.add_argument("--known-only", action="store_true", help="there: read only the posts of people you know")
    refresh.add_argument("--yes", action="store_true", help=_PRICE)
    remove = actions.add_parser("remove", help="sign out and delete fetched data; marks stay")
    remove.add_argument("account", metavar="ACCOUNT", help="as `quietfeed account list` writes it, or its handle")

    look = commands.add_parser("try", help="a public handle's quiet timeline: no sign-in, nothing stored")
    look.add_argument("handle", metavar="HANDLE", help=example_handles())
    look.add_argument("--server", metavar="URL", help="use this server instead of the one that the handle belongs to")
    _which_posts(look)

    sync = commands.add_parser("sync", help="fetch, store and judge new posts of every account")
    sync.add_argument("--json", action="store_true", help="one JSON object per account")

    timeline = commands.add_parser("timeline", help="the posts that the timeline shows or hides, newest first")
    _which_posts(timeline)
    timeline.add_argument(
        "--from", dest="feed", metavar="FEED", help="a feed or list of yours instead, by id or name, in its own order"
    )

    feeds = commands.add_parser("feeds", help="your custom feeds, lists and followed hashtags")
    feeds.add_argument("--json", action="store_true", help="one JSON object per feed")

    subscribe = commands.add_parser("subscribe", help="read a blog, or any site with a feed")
    subscribe.add_argument("address", metavar="URL|FILE.opml", help="of a feed or a page, or an OPML file")
    subscribe.add_argument("--all", action="store_true", help="also to the blogs that it recommends")
    subscribe.add_argument(
        "--mine", action="store_true", help="it is your own blog: comments there are part of your ties"
    )
    unsubscribe = commands.add_parser("unsubscribe", help="read a blog no longer; unmarked posts are removed")
    unsubscribe.add_argument("address", metavar="URL", help="of the feed or the page, or the title")
    subscriptions = commands.add_parser("subscriptions", help="the blogs that you read, and how each feed is")
    subscriptions.add_argument("--opml", action="store_true", help="as a list that other feed readers import")
    for each in (subscribe, unsubscribe, subscriptions):
        each.add_argument("--json", action="store_true", help="as JSON, one object per line")

    search = commands.add_parser(
        "search", help="every stored post that contains all the words, newest first, hidden ones too"
    )
    search.add_argument("words", metavar="WORDS", nargs="+", help='"two words" in one argument stay together')
    search.add_argument("--json", action="store_true", help='a post record per line, with its "verdict"')
    search.add_argument("--limit", type=_count, metavar="N", default=50, help="at most N posts (default: 50)")

    mark = commands.add_parser("mark", help="mark a post, as its key does")
    mark.add_argument("post", metavar="POST_ID")
    mark.add_argument("category", metavar="CATEGORY", choices=_CATEGORIES, help=", ".join(_CATEGORIES))
    unmark = commands.add_parser("unmark", help="remove a mark")
    unmark.add_argument("post", metavar="POST_ID")
    add_action_commands(commands)
    add_write_commands(commands)
    outbox = commands.add_parser("outbox", help="actions that wait, failed or were done")
    outbox.add_argument("--account", metavar="A", help="only those of this account")
    outbox.add_argument("--json", action="store_true", help="one JSON object per action")
    each_action = outbox.add_subparsers(dest="action", metavar="ACTION")
    for name, text in (("retry", "send an action now"), ("drop", "delete an action that was not done")):
        one = each_action.add_parser(name, help=text)
        one.add_argument("id", metavar="ID", type=_number)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the action as a JSON object")
    for name, text in (("vouch", "always show this person"), ("unvouch", "judge this person like everybody else")):
        person = commands.add_parser(name, help=text)
        person.add_argument("handle", metavar="HANDLE")
        if name == "vouch":
            person.add_argument("--yes", action="store_true", help=_UNSEEN)

    mute = commands.add_parser("mute", help="hide this person for a time; not used for training")
    mute.add_argument("handle", metavar="HANDLE")
    mute.add_argument("--for", dest="span", type=_span, metavar="TIME", help="30m, 1h, 1d or 1w (default: for good)")
    mute.add_argument("--yes", action="store_true", help=_UNSEEN)
    unmute = commands.add_parser("unmute", help="stop muting this person")
    unmute.add_argument("handle", metavar="HANDLE")
    for each in (mute, unmute):
        add_server_mute(each)

    join = commands.add_parser(
        "join", help="join handles of one person; without handles, list joined people and proposals"
    )
    join.add_argument("handles", metavar="HANDLE", nargs="*", help="two or more handles of one person")
    join.add_argument("--file", metavar="FILE", help="the handles of one person on each line; - is standard input")
    unjoin = commands.add_parser("unjoin", help="separate a handle from the others of its person")
    unjoin.add_argument("handle", metavar="HANDLE")
    unjoin.add_argument("other", metavar="OTHER", nargs="?", help="these two are different people: never propose them")
    for each in (join, unjoin):
        each.add_argument("--json", action="store_true", help="a JSON object per person")

    judge = commands.add_parser("judge", help="judge post records, one verdict per line; the store is not used")
    judge.add_argument("file", metavar="FILE", nargs="?", default="-", help="a file, or - for standard input")
    judge.add_argument("--level", choices=_LEVELS, default="quiet", help="default quiet")
    judge.add_argument("--learn", action="store_true", help='learn each record\'s "mark" after its verdict')
    judge.add_argument("--marks", metavar="FILE", help="learn the marks of these records first")
    judge.add_argument("--no-starter", action="store_true", help="start from an empty classifier")
    judge.add_argument("--from", dest="source", metavar="KIND", default="record", help="record (default) or a network")
    judge.add_argument("--ties", metavar="FILE", help="tie records for inputs that carry no tie")

    export = commands.add_parser("export", help="one JSON record per line")
    export.add_argument("what", choices=("marks", "ties", "posts", "all"))
    take = commands.add_parser("import", help="take in a file that you bring along; a second time changes nothing")
    take.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="an export of quietfeed's, of a network or of an address book, or OPML; - is standard input",
    )
    take.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    take.add_argument("--as", dest="kind", choices=_LISTS, help="what a list of handles without a header is")
    take.add_argument("--undo", type=_number, metavar="ID", help="undo an import")
    take.add_argument("--list", action="store_true", help="the imports that were done, with their ids")
    take.add_argument("--json", action="store_true", help="as JSON, one object per line")
    publish = commands.add_parser(
        "publish", help="keep a list of the people you know on your server, for other clients"
    )
    publish.add_argument("--to", metavar="ACCOUNT", help="the account whose server keeps the list")
    publish.add_argument("--list", metavar="NAME", help="its name (default: quietfeed)")
    publish.add_argument("--minimum", choices=_TIES, help="the weakest tie that is in the list (default: known)")
    publish.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    publish.add_argument("--undo", action="store_true", help="undo the last publish")
    publish.add_argument("--yes", action="store_true", help="do not ask, on a network where everybody can read lists")
    publish.add_argument("--json", action="store_true", help="print the result as a JSON object")
    forget = commands.add_parser("forget", help="delete everything about a person or an account here; asks first")
    forget.add_argument("name", metavar="PERSON|ACCOUNT", nargs="?", help="a handle, or an account of yours")
    forget.add_argument("--all", action="store_true", help="everything that quietfeed stored, except your settings")
    forget.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("doctor", help="where the files are, and whether everything works")
    completion = commands.add_parser("completion", help="a script that completes commands in your shell")
    completion.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
    # Also after the command, where people type it; if it is missing there, the value of the main parser applies.
    for name, command in commands.choices.items():
        if name not in ("account", "try", "judge", "doctor", "completion"):
            command.add_argument("--demo", action="store_true", default=argparse.SUPPRESS, help="in the demo world")
    return parser


def _which_posts(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help='a post record per line, with its "verdict"')
    command.add_argument("--level", choices=_LEVELS, help="how quiet (default: as the timeline was left)")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--hidden", action="store_true", help="only hidden posts")
    which.add_argument("--all", action="store_true", help="shown and hidden posts")
    command.add_argument("--limit", type=_count, metavar="N", help="at most N posts (default: all stored ones)")


def _span(text: str) -> timedelta:
    from ..phrases.mutes import parse_span

    try:
        return parse_span(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 30m, 1h, 1d or 1w") from None


def _number(text: str) -> int:
    # SQLite's numbers end there.
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of an action")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of posts")
    return int(text)
