"""The parser of the command line, with a one-line help for each command and option. Kept light to start fast."""

import argparse
from datetime import timedelta

from ..session.networks import SIGN_IN, example_handles
from .act_parser import add_action_commands, add_server_mute
from .usage import Parser
from .write_parser import add_write_commands

_LEVELS = ("everything", "noise", "quiet", "known")
_UNSEEN = "accept a name that is not a complete handle and that no account has seen"
_PRICE = "on a network that charges: accept the price without asking"
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
        "Exit status: 0 success, 1 failure, 2 wrong usage.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"quietfeed {version}")
    parser.add_argument(
        "--demo", action="store_true", help="open the demo world: no account, no network, nothing stored"
    )
    parser.add_argument(
        "--plain", action="store_true", help="read one post at a time in plain lines: for screen readers and pipes"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    account = commands.add_parser("account", help="sign in, list or remove accounts")
    actions = account.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="sign in")
    add.add_argument("network", metavar="NETWORK", help=_networks())
    add.add_argument("--server", metavar="URL", help=_notes("server"))
    add.add_argument("--handle", metavar="H", help=_notes("handle"))
    add.add_argument(
        "--client-id", metavar="ID", default="", help="the client ID of your developer app, on a network that needs one"
    )
    add.add_argument(
        "--token-stdin", action="store_true", help="read an access token or app password from standard input"
    )
    add.add_argument(
        "--write", action="store_true", help="also request permission to post and to act on posts and people"
    )
    add.add_argument("--yes", action="store_true", help=_PRICE)
    actions.add_parser("list", help="list the signed-in accounts")
    refresh = actions.add_parser("refresh", help="sign in again, or allow or stop writing")
    refresh.add_argument("account", metavar="ACCOUNT", help="as `quietfeed account list` writes it, or its handle")
    refresh.add_argument(
        "--token-stdin", action="store_true", help="read an access token or app password from standard input"
    )
    refresh.add_argument(
        "--client-id", metavar="ID", default="", help="the client ID, if your developer app has changed"
    )
    writing = refresh.add_mutually_exclusive_group()
    writing.add_argument("--write", action="store_true", help="allow posts and actions, and request the permission")
    writing.add_argument("--read-only", action="store_true", help="stop allowing posts and actions")
    writing.add_argument(
        "--home-timeline", action="store_true", help="on a network that charges: read posts of everybody you follow"
    )
    writing.add_argument(
        "--known-only", action="store_true", help="on a network that charges: read only posts of people you know"
    )
    refresh.add_argument("--yes", action="store_true", help=_PRICE)
    remove = actions.add_parser("remove", help="sign out and delete fetched data; marks stay")
    remove.add_argument("account", metavar="ACCOUNT", help="as `quietfeed account list` writes it, or its handle")

    look = commands.add_parser("try", help="show a public handle's quiet timeline: no sign-in, nothing stored")
    look.add_argument("handle", metavar="HANDLE", help=example_handles())
    look.add_argument("--server", metavar="URL", help="use this server instead of the handle's own")
    _which_posts(look)

    sync = commands.add_parser("sync", help="fetch, store and judge new posts of all accounts")
    sync.add_argument("--json", action="store_true", help="one JSON object per account")

    timeline = commands.add_parser("timeline", help="print the posts that the timeline shows or hides, newest first")
    _which_posts(timeline)
    timeline.add_argument(
        "--from", dest="feed", metavar="FEED", help="print one of your feeds or lists, by id or name, in its own order"
    )

    feeds = commands.add_parser("feeds", help="list your custom feeds, lists and followed hashtags")
    feeds.add_argument("--json", action="store_true", help="one JSON object per feed")

    subscribe = commands.add_parser("subscribe", help="subscribe to a blog or any site with a feed")
    subscribe.add_argument("address", metavar="URL|FILE.opml", help="the address of a feed or a page, or an OPML file")
    subscribe.add_argument("--all", action="store_true", help="also subscribe to the blogs that it recommends")
    subscribe.add_argument(
        "--mine", action="store_true", help="it is your own blog: comments there count toward your ties"
    )
    unsubscribe = commands.add_parser("unsubscribe", help="unsubscribe from a blog; unmarked posts are removed")
    unsubscribe.add_argument("address", metavar="URL", help="the address of the feed or the page, or the title")
    subscriptions = commands.add_parser("subscriptions", help="list your subscriptions and the state of each feed")
    subscriptions.add_argument("--opml", action="store_true", help="write OPML, which other feed readers import")
    for each in (subscribe, unsubscribe, subscriptions):
        each.add_argument("--json", action="store_true", help="print JSON, one object per line")

    search = commands.add_parser(
        "search", help="search all stored posts for all the words, newest first, hidden ones too"
    )
    search.add_argument("words", metavar="WORDS", nargs="+", help='"two words" in quotes are searched as a phrase')
    search.add_argument("--json", action="store_true", help='a post record per line, with its "verdict"')
    search.add_argument("--limit", type=_count, metavar="N", default=50, help="at most N posts (default: 50)")

    mark = commands.add_parser("mark", help="mark a post, like the key")
    mark.add_argument("post", metavar="POST_ID")
    mark.add_argument("category", metavar="CATEGORY", choices=_CATEGORIES, help=", ".join(_CATEGORIES))
    unmark = commands.add_parser("unmark", help="remove a mark")
    unmark.add_argument("post", metavar="POST_ID")
    add_action_commands(commands)
    add_write_commands(commands)
    outbox = commands.add_parser("outbox", help="list pending, failed and sent actions")
    outbox.add_argument("--account", metavar="A", help="only those of this account")
    outbox.add_argument("--json", action="store_true", help="one JSON object per action")
    each_action = outbox.add_subparsers(dest="action", metavar="ACTION")
    for name, text in (("retry", "send an action now"), ("drop", "remove an action that was not done")):
        one = each_action.add_parser(name, help=text)
        one.add_argument("id", metavar="ID", type=_number)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the action as a JSON object")
    for name, text in (("vouch", "always show this person"), ("unvouch", "judge this person like everybody else")):
        person = commands.add_parser(name, help=text)
        person.add_argument("handle", metavar="HANDLE")
        if name == "vouch":
            person.add_argument("--yes", action="store_true", help=_UNSEEN)

    mute = commands.add_parser("mute", help="hide this person for a while; does not train the filter")
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
    join.add_argument("--file", metavar="FILE", help="join the handles on each line of a file; - is standard input")
    unjoin = commands.add_parser("unjoin", help="separate a handle from the others of its person")
    unjoin.add_argument("handle", metavar="HANDLE")
    unjoin.add_argument(
        "other", metavar="OTHER", nargs="?", help="the two are different people: never propose them again"
    )
    for each in (join, unjoin):
        each.add_argument("--json", action="store_true", help="a JSON object per person")

    judge = commands.add_parser("judge", help="judge post records, one verdict per line; reads and writes no database")
    judge.add_argument("file", metavar="FILE", nargs="?", default="-", help="a file, or - for standard input")
    judge.add_argument("--level", choices=_LEVELS, default="quiet", help="default quiet")
    judge.add_argument("--learn", action="store_true", help='learn each record\'s "mark" after its verdict')
    judge.add_argument("--marks", metavar="FILE", help="learn the marks of these records first")
    judge.add_argument("--no-starter", action="store_true", help="start from an empty classifier")
    judge.add_argument("--from", dest="source", metavar="KIND", default="record", help="record (default) or a network")
    judge.add_argument("--ties", metavar="FILE", help="tie records for input without ties")

    export = commands.add_parser("export", help="export data, one JSON record per line")
    export.add_argument("what", choices=("marks", "ties", "posts", "all"))
    take = commands.add_parser("import", help="import a file; importing it again changes nothing")
    take.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="an export from quietfeed, a network or an address book, or OPML; - is standard input",
    )
    take.add_argument("--dry-run", action="store_true", help="print what would change, and change nothing")
    take.add_argument("--as", dest="kind", choices=_LISTS, help="the kind of a list of handles without a header")
    take.add_argument("--undo", type=_number, metavar="ID", help="undo an import")
    take.add_argument("--list", action="store_true", help="list all imports with their ids")
    take.add_argument("--json", action="store_true", help="print JSON, one object per line")
    publish = commands.add_parser(
        "publish", help="publish the people you know as a list on your server, for other clients"
    )
    publish.add_argument("--to", metavar="ACCOUNT", help="the account that publishes the list")
    publish.add_argument("--list", metavar="NAME", help="the name of the list (default: quietfeed)")
    publish.add_argument("--minimum", choices=_TIES, help="the weakest tie to include (default: known)")
    publish.add_argument("--dry-run", action="store_true", help="print what would change, and change nothing")
    publish.add_argument("--undo", action="store_true", help="undo the last publish")
    publish.add_argument("--yes", action="store_true", help="do not ask, on a network where everybody can read lists")
    publish.add_argument("--json", action="store_true", help="print the result as a JSON object")
    forget = commands.add_parser("forget", help="delete everything about a person or an account here; asks first")
    forget.add_argument("name", metavar="PERSON|ACCOUNT", nargs="?", help="a handle, or an account of yours")
    forget.add_argument("--all", action="store_true", help="everything that quietfeed stored, except your settings")
    forget.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("doctor", help="show where the files are, and check that everything works")
    completion = commands.add_parser("completion", help="print a script that completes commands in your shell")
    completion.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
    # People also type it after the command. If it is not there, the main parser's value applies.
    for name, command in commands.choices.items():
        if name not in ("account", "try", "judge", "doctor", "completion"):
            command.add_argument("--demo", action="store_true", default=argparse.SUPPRESS, help="in the demo world")
    return parser


def _which_posts(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help='a post record per line, with its "verdict"')
    command.add_argument("--level", choices=_LEVELS, help="the level (default: the timeline's current level)")
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
    # SQLite's largest integer.
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of an action")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of posts")
    return int(text)
