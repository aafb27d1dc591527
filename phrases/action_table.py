"""The table of all actions, their keys and texts. Key bindings, help, palette, README and --plain read it."""

from typing import Literal

import msgspec

Group = Literal["Moving", "Marking", "Acting", "Looking", "Levels", "Other", "Writing a post"]


class Action(msgspec.Struct, frozen=True):
    """An action of the user.

    `vim` and `arrows` are keys separated by commas. `emacs` are the keys that the emacs set adds to the arrows set.
    `text` is the sentence in the help, `short` the word in the footer. `search` are words that people type in the
    palette, best first. `plain` is the key or word in --plain, and `plain_text` its help there if it differs from
    `text`. `no_key` and `not_plain` are the reasons why an action has no key on the screens, or no form in --plain.
    """

    id: str
    vim: str
    arrows: str
    group: Group
    text: str
    short: str = ""
    emacs: str = ""
    search: tuple[str, ...] = ()
    plain: str = ""
    plain_text: str = ""
    not_plain: str = ""
    no_key: str = ""


_ONE_POST = "--plain reads one post at a time; a count moves by several (20j)"
_NO_SCREEN = "--plain draws nothing"
_BROADCASTER = ("celebrity", "brand", "news", "bot")

_MOVING = (
    Action("down", "j,down", "down", "Moving", "next post (5j moves five posts, 012j twelve)", emacs="ctrl+n",
           search=("next", "down"), plain="j", plain_text="next post; Enter alone too, and 5j moves five posts"),
    Action("up", "k,up", "up", "Moving", "previous post", emacs="ctrl+p", search=("previous", "up"), plain="k"),
    Action("page_down", "space,pagedown,ctrl+f", "space,pagedown", "Moving", "one page down", emacs="ctrl+v",
           search=("page down",), not_plain=_ONE_POST),
    Action("page_up", "pageup,ctrl+b", "pageup", "Moving", "one page up", emacs="alt+v",
           search=("page up",), not_plain=_ONE_POST),
    Action("half_down", "ctrl+d", "ctrl+down", "Moving", "half a page down",
           search=("half down",), not_plain=_ONE_POST),
    Action("half_up", "ctrl+u", "ctrl+up", "Moving", "half a page up", search=("half up",), not_plain=_ONE_POST),
    Action("top", "g,home", "home", "Moving", "newest post", emacs="less_than_sign,alt+less_than_sign",
           search=("top", "newest", "first"), plain="g"),
    Action("bottom", "G,end", "end", "Moving", "oldest stored post", emacs="greater_than_sign,alt+greater_than_sign",
           search=("bottom", "oldest", "last"), plain="G", plain_text="oldest loaded post"),
)  # fmt: skip

_MARKING = (
    Action("mark_person", "p", "p", "Marking", "mark as person: show posts like it", "person",
           search=("mark person", "person"), plain="p"),
    Action("mark_celebrity", "c", "c", "Marking", "mark as celebrity: also a brand, news or a bot", "celeb",
           search=("mark celebrity", *_BROADCASTER), plain="c"),
    Action("mark_sales", "s", "s", "Marking", "mark as sales: advertising or selling", "sales",
           search=("mark sales", "sales", "advert", "ads"), plain="s"),
    Action("mark_spam", "x", "x", "Marking", "mark as spam", "spam",
           search=("mark spam", "spam", "junk", "scam"), plain="x"),
    Action("vouch", "v", "v", "Marking", "always show this person (again: undo it)", "vouch",
           search=("vouch", "always show", "trust", "allow", "never hide"), plain="v"),
    Action("not_known", "d", "d", "Marking", "you do not know this person (again: undo it)",
           search=("not known", "do not know"), plain="d"),
    Action("mute", "m", "m", "Marking", "mute this person for a while, or unmute them", "mute",
           search=("mute", "unmute", "silence", "snooze"), plain="m",
           plain_text="mute this person: m hour, m day, m week or m ever; m off unmutes them"),
    Action("join", "J", "J", "Marking", "join this person with their handle on another network, or unjoin",
           search=("join", "unjoin", "same person"), plain="J",
           plain_text="the author on another network: J handle joins the two, J off unjoins, J no rejects a proposal"),
    Action("undo", "u", "u,ctrl+z", "Marking", "undo the last change: mark, vouch, mute, join, like, level or read all",
           "undo", emacs="ctrl+underscore", search=("undo", "take back", "revert", "unmark"), plain="u",
           plain_text="undo the last change: mark, vouch, mute, join, like or level"),
    Action("repeat", "full_stop", "full_stop", "Marking", "repeat the last mark on this post",
           search=("repeat", "again"), plain="."),
    Action("select", "V", "V", "Marking", "select posts while moving; a mark then marks all of them",
           emacs="ctrl+@,ctrl+space", search=("select",), not_plain="--plain marks one post at a time"),
    Action("changed", "e", "e", "Marking", "the posts that the last change hid or brought back",
           search=("changed", "effect"), plain="e"),
    Action("train", "t", "t", "Marking", "train: the posts whose marks teach the filter most", "train",
           search=("train", "teach"), plain="t"),
    Action("safety", "H", "H", "Marking", "safety check: the hidden posts that the filter is least sure of",
           search=("safety check", "check hidden", "wrongly hidden"), plain="H",
           plain_text="safety check: the hidden posts that the filter is least sure of; h there: right to hide"),
    Action("contradictions", "M", "M", "Marking", "marks that contradict each other: keep or change them",
           search=("contradictory marks", "careless marks", "wrong marks"), plain="M",
           plain_text="marks that contradict each other; M2 reads the second, M2 person makes all of them person, "
           "M2 both keeps them, M2 remove removes them"),
)  # fmt: skip

_ACTING = (
    Action("like", "l", "l", "Acting", "like the post on its server (again: undo it)",
           search=("like", "unlike", "favourite", "star", "fav", "favorite", "heart"), plain="l"),
    Action("boost", "b", "b", "Acting", "boost the post for your followers (again: undo it)",
           search=("boost", "unboost", "repost", "reblog", "retweet", "renote", "share again"), plain="b"),
    Action("bookmark", "B", "B", "Acting", "bookmark the post, for you alone (again: remove the bookmark)",
           search=("bookmark", "unbookmark", "save post", "read later"), plain="B"),
    Action("follow", "plus", "plus", "Acting", "follow this person (in the person view)",
           search=("follow", "follow author"), plain="+", plain_text="follow the author of this post"),
    Action("unfollow", "minus", "minus", "Acting", "unfollow this person (in the person view)",
           search=("unfollow", "stop following"), plain="-", plain_text="unfollow the author of this post"),
    Action("act_menu", "ctrl+o", "ctrl+o", "Acting", "all actions for this post and its author, with their keys",
           search=("actions", "context menu", "menu", "more"), plain="actions",
           plain_text="all actions for this post and its author, with the word for each"),
    Action("reply", "r", "r", "Acting", "reply to the post",
           search=("reply", "answer", "respond", "comment"), plain="r",
           plain_text="reply to this post: type lines, a line with only a full stop sends them"),
    Action("compose", "C", "C", "Acting", "write a post",
           search=("compose", "write", "new post", "post", "toot", "tweet", "publish", "direct message", "dm",
                   "message"),
           plain="C", plain_text="write a post: type lines, a line with only a full stop sends them"),
    Action("quote", "Q", "Q", "Acting", "quote the post", search=("quote", "quote post", "quote tweet"), plain="Q",
           plain_text="quote this post: type lines, a line with only a full stop sends them"),
    Action("edit", "E", "E", "Acting", "edit a post of your own", search=("edit", "change post", "correct"),
           not_plain="the command edit changes a post"),
    Action("drafts", "D", "D", "Acting", "your drafts: unsent posts, and why they were not sent",
           search=("drafts", "unsent"), not_plain="the command drafts lists them"),
)  # fmt: skip

_LOOKING = (
    Action("why", "w", "w", "Looking", "why this post is shown or hidden", "why",
           search=("why", "reason", "explain"), plain="w"),
    Action("hidden", "h", "h", "Looking", "all hidden posts", "hidden",
           search=("hidden", "tray", "hidden posts", "filtered", "spam folder", "junk"), plain="h"),
    Action("fold", "z", "z", "Looking", "fold this conversation into one line, or unfold it",
           search=("fold", "unfold", "collapse"), not_plain=_NO_SCREEN),
    Action("open", "enter", "enter", "Looking", "open the post with its thread, unfold hidden posts, fill a gap",
           search=("open", "thread", "conversation", "replies"), plain="open", plain_text="the thread of this post"),
    Action("open_link", "o", "o", "Looking", "open a link of this post in the browser (without a browser: copy it)",
           search=("open link", "link", "browser"), plain="o",
           plain_text="open a link of this post in the browser; o2 opens the second"),
    Action("copy_link", "y", "y", "Looking", "copy the link to this post",
           search=("copy link", "copy", "yank", "share", "url"), plain="y",
           plain_text="the link to this post, on a line of its own"),
    Action("copy_text", "Y", "Y", "Looking", "copy the text of this post", search=("copy text",),
           not_plain="the text is read out there, line by line"),
    Action("private", "P", "P", "Looking", "cover private posts (for a shared screen), or show them again",
           search=("private", "cover", "privacy", "shared screen"), plain="P"),
    Action("author", "a", "a", "Looking", "the author: your tie, its evidence, and their posts",
           search=("author", "profile", "user", "person"), plain="a"),
    Action("pictures", "i", "i", "Looking", "show or hide the pictures of the opened post",
           search=("pictures", "images", "photos"),
           not_plain="--plain reads the description of a picture with its post"),
    Action("report", "S", "S", "Looking", "quiet report: what is hidden, and who posts it",
           search=("report", "statistics"), plain="S"),
    Action("feeds", "f", "f", "Looking", "your custom feeds and lists",
           search=("feeds", "lists"), plain="f", plain_text="your custom feeds and lists; f2 reads the second"),
    Action("subscriptions", "O", "O", "Looking",
           "your subscriptions: read a blog, unsubscribe, choose your own blog",
           search=("subscriptions", "blogs", "unsubscribe", "rss", "feed reader", "my blog"), plain="O",
           plain_text="your subscriptions; O2 reads the second, O2 off unsubscribes, O2 mine: it is your own blog"),
    Action("subscribe", "I", "I", "Looking", "subscribe to a blog or any site with a feed",
           search=("subscribe", "add blog", "add feed", "rss", "atom", "blog", "follow blog"), plain="I",
           plain_text="subscribe to a blog: I blog.example"),
    Action("search", "slash", "slash,ctrl+s", "Looking", "search the loaded posts", search=("search",),
           not_plain="/words searches all stored posts there, as the action find does"),
    Action("find", "F", "F", "Looking", "search all stored posts", search=("find", "search all"), plain="F",
           plain_text="search all stored posts: F garden, or /garden"),
    Action("next_match", "n", "n,f3", "Looking", "next unread post, or next match of a search",
           search=("next unread", "next match", "unread"), plain="n", plain_text="next unread post"),
    Action("last_match", "N", "N,shift+f3", "Looking", "previous unread post, or previous match", emacs="ctrl+r",
           search=("previous unread", "previous match"), not_plain="k goes back through what was read"),
    Action("next_unsure", "U", "U", "Looking", "next post that the filter is not sure about",
           search=("next unsure", "unsure"), plain="U"),
    Action("read_all", "A", "A", "Looking", "mark all loaded posts as read",
           search=("read all", "mark read", "mark all as read", "mark as read", "catch up"),
           not_plain="--plain marks a post as read when it reads it out"),
)  # fmt: skip

_LEVELS = (
    Action("level_1", "1", "1", "Levels", "everything: nothing is hidden",
           search=("level everything", "everything"), plain="1"),
    Action("level_2", "2", "2", "Levels", "noise: hides sales and spam", search=("level noise", "noise"), plain="2"),
    Action("level_3", "3", "3", "Levels", "quiet: hides celebrities too", search=("level quiet", "quiet"), plain="3"),
    Action("level_4", "4", "4", "Levels", "known: hides strangers too", search=("level known", "known"), plain="4"),
    Action("level", "L", "L", "Levels", "next level (after the last, the first)",
           search=("level next", "level"), not_plain="1 to 4 choose a level there"),
)  # fmt: skip

_REST = (
    Action("refresh", "R", "R,f5", "Other", "fetch new posts now",
           search=("refresh", "reload", "fetch", "sync", "update"), plain="R"),
    Action("theme", "T", "T", "Other", "switch between light and dark",
           search=("theme", "dark", "light", "colour", "color"), not_plain=_NO_SCREEN),
    Action("palette", "ctrl+p", "ctrl+p", "Other", "command palette: find an action by name", emacs="alt+x",
           search=("palette", "commands"), not_plain="actions are typed by their words there"),
    Action("back", "escape", "escape", "Other", "back: ends a count, search or selection, or closes the screen",
           emacs="ctrl+g", search=("back", "close"), not_plain="q goes back there"),
    Action("help", "question_mark", "question_mark,f1", "Other", "all keys", "keys",
           search=("help", "keys", "shortcuts", "rebind", "settings", "config"), plain="?"),
    Action("quit", "q", "q", "Other", "quit (marks are saved as you make them)", "quit",
           search=("quit", "exit", "leave"), plain="q",
           plain_text="back; from the timeline, quit (marks are saved as you make them)"),
)  # fmt: skip

SCREEN_ACTIONS: tuple[Action, ...] = (*_MOVING, *_MARKING, *_ACTING, *_LOOKING, *_LEVELS, *_REST)
"""The actions with keys on the screens, in the order of the help."""

_RARE = "rarely used: the palette is enough"

_ON_MENU = "it is in the menu of the post"

MENU_ACTIONS: tuple[Action, ...] = (
    Action("vote", "", "", "Acting", "vote in the poll of this post", no_key=_ON_MENU,
           search=("vote", "poll", "answer a poll"), plain="vote", plain_text="vote in a poll: vote 2, or vote 1,3"),
    Action("pin", "", "", "Acting", "pin your post to your profile (again: unpin)", no_key=_ON_MENU,
           search=("pin", "unpin"), plain="pin"),
    Action("delete", "", "", "Acting", "delete your post (asks first)", no_key=_ON_MENU,
           search=("delete", "delete post", "remove post"), plain="delete",
           plain_text="delete your post: asks first, delete yes confirms"),
    Action("hide_boosts", "", "", "Acting", "hide the author's boosts on the server (again: show them)",
           no_key=_ON_MENU, search=("hide boosts", "show boosts", "mute boosts"), plain="boosts"),
    Action("mute_server", "", "", "Acting", "mute the author on the server, for all apps (again: unmute)",
           no_key=_ON_MENU, search=("server mute", "mute on the server", "unmute on the server"), plain="servermute"),
    Action("block", "", "", "Acting", "block the author, after a question (again: unblock)", no_key=_ON_MENU,
           search=("block", "unblock"), plain="block",
           plain_text="block the author: it asks, block yes does it; again: unblock"),
    Action("note", "", "", "Acting", "your private note on the author", no_key=_ON_MENU,
           search=("note", "private note", "remember"), plain="note",
           plain_text="your private note on the author; note TEXT writes it, note off removes it"),
    Action("report_person", "", "", "Acting", "report the post to the moderators, after a question", no_key=_ON_MENU,
           search=("report to moderators", "moderators", "complain", "flag", "abuse"), plain="moderators",
           plain_text="report the post: moderators REASON asks, with yes behind it sends it"),
    Action("follow_tag", "", "", "Acting", "follow a hashtag of this post", no_key=_ON_MENU,
           search=("follow hashtag", "hashtag", "tag"), plain="tag", plain_text="follow a hashtag: tag walking"),
    Action("forget", "", "", "Marking", "forget the author on this machine, after a question", no_key=_RARE,
           search=("forget", "erase", "delete person"), plain="forget",
           plain_text="forget the author on this machine: it asks, forget yes does it"),
    Action("import", "", "", "Other", "import a file: an archive, lists, an address book, an export", no_key=_RARE,
           search=("import a file", "import", "archive", "bring", "migrate", "csv", "contacts"), plain="import",
           plain_text="import FILE says what it would change, import yes FILE imports it"),
    Action("publish_list", "", "", "Other", "publish the people you know as a list, for other clients", no_key=_RARE,
           search=("publish list", "publish people", "share list", "people you know as a list", "sync list",
                   "curate list", "export people"),
           plain="publish",
           plain_text="publish the people you know as a list: shows the changes, publish yes confirms"),
    Action("proposals", "", "", "Marking", "handles that may belong to one person: join them or not", no_key=_RARE,
           search=("proposals", "same person", "join people", "confirm vouch", "changed handle"), plain="proposals",
           plain_text="who may be the same person, and vouches to confirm; proposals 1 yes and proposals 1 no answer"),
    Action("translate", "", "", "Acting", "translate the post, if its server can", no_key=_ON_MENU,
           search=("translate", "translation", "language"), plain="translate"),
    Action("open_media", "", "", "Looking", "open the pictures, videos and sounds of this post", no_key=_ON_MENU,
           search=("open media", "play", "watch video", "listen", "view picture"), plain="media",
           plain_text="the pictures, videos and sounds of this post; media 2 opens the second"),
    Action("outbox", "", "", "Acting", "outbox: actions that were not sent, and why; send or drop them", no_key=_RARE,
           search=("outbox", "not sent", "waiting", "retry", "failed actions"), plain="outbox",
           plain_text="actions that were not sent: outbox lists them, outbox 3 retry sends number 3, "
           "outbox 3 drop removes it"),
    Action("follow_requests", "", "", "Acting", "follow requests: accept or reject them", no_key=_ON_MENU,
           search=("follow requests", "requests", "accept follower"), not_plain="the command follow-requests does it"),
)  # fmt: skip
"""Actions without a key of their own, available in the menu and the palette."""

PALETTE_ONLY: tuple[Action, ...] = (
    Action("sign_in", "", "", "Other", "sign in to another account, or again", no_key=_RARE,
           search=("sign in", "add account", "log in", "login", "account", "switch account"),
           not_plain="the command account add signs in"),
    Action("home_timeline", "", "", "Other", "what to read on a network that charges for reading, and the price",
           no_key=_RARE, search=("home timeline", "price", "budget", "cost"),
           not_plain="the command account refresh --home-timeline does it"),
    Action("choose_theme", "", "", "Other", "choose any of Textual's themes", no_key=_RARE,
           search=("choose theme", "colours", "colors"), not_plain=_NO_SCREEN),
)  # fmt: skip

PLAIN_ONLY: tuple[Action, ...] = (
    Action("read", "", "", "Moving", "read this post again", plain="again",
           no_key="a screen shows the post all the time"),
    Action("fill", "", "", "Looking", "fetch the missing posts next to this one", plain="fill",
           no_key="Enter on a gap fills it on the screens"),
)  # fmt: skip

KEYLESS: tuple[Action, ...] = (*MENU_ACTIONS, *PALETTE_ONLY)
"""The actions that the palette finds and no key does."""

ACTIONS: tuple[Action, ...] = (*SCREEN_ACTIONS, *MENU_ACTIONS, *PALETTE_ONLY, *PLAIN_ONLY)

NOT_HERE = "not available here; esc returns to the timeline"

_WRITES_LINES = "--plain reads the lines of a post; the command post has options for the rest"


def _writing(name: str, key: str, short: str, text: str, *search: str, emacs: str = "") -> Action:
    """An action of the composer. Its id begins with "write_", and its keys work only in the composer."""
    return Action(f"write_{name}", key, key, "Writing a post", text, short, emacs, search, not_plain=_WRITES_LINES)


COMPOSER_ACTIONS: tuple[Action, ...] = (
    _writing("send", "ctrl+s", "send", "send the post", "send", "post", "publish"),
    _writing("keep", "escape", "save the draft", "close and save the draft", "close", "draft", "keep"),
    _writing("complete", "tab", "complete", "complete a @name, #tag or :emoji:", "complete", "mention", "emoji"),
    _writing("audience", "ctrl+r", "readers", "who can read it", "audience", "visibility", "readers", "privacy"),
    _writing("warning", "ctrl+o", "warning", "the content warning", "warning", "content warning", "cw"),
    _writing("language", "ctrl+l", "language", "the language", "language"),
    _writing("account", "ctrl+t", "account", "the account that sends it, or all of them", "account", "switch account"),
    _writing("attach", "ctrl+n", "attach", "attach a file", "attach", "image", "picture", "video", "media", "upload"),
    _writing("poll", "ctrl+b", "poll", "the options of a poll", "poll"),
    _writing("thread", "ctrl+g", "thread", "split a long text into a thread", "thread", "split", emacs="alt+g"),
    _writing("settings", "f2", "settings", "who may reply or quote, when it is sent, the link preview, the poll",
             "settings", "schedule", "threadgate", "quote policy", "link card", "preview", "later", "who may reply"),
    _writing("editor", "f4", "editor", "write in $EDITOR", "editor"),
)  # fmt: skip
"""The actions of the composer, in the order of its hint line."""
