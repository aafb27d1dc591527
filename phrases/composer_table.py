"""The table of the composer's actions and keys. They hold there alone."""

from .action_table import Action

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
