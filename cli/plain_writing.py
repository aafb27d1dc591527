"""Writing in --plain: reads lines until one with only a full stop, and sends the post at once."""

from typing import TYPE_CHECKING, TextIO

from msgspec.structs import replace

from ..phrases.changes import as_sentence
from ..phrases.composing import audience_text, you_answer

if TYPE_CHECKING:
    from ..models.view import JudgedPost
    from .plain_reader import Reader

END = "."
"""The line that ends a post."""


def write_post(reader: "Reader", kind: str, judged: "JudgedPost | None") -> None:
    """Read a post, a reply or a quote, and send it. Raises QuietfeedError after storing the text as a draft."""
    session, composing = reader.session, reader.session.composing
    draft = composing.new()
    if kind == "reply" and judged is not None:
        draft = composing.reply(judged.key)
    elif kind == "quote" and judged is not None:
        quoting = reader.ask(composing.quote(judged.key))
        if quoting is None:
            return
        draft = quoting
    if draft.reply_to is not None:
        view = session.people.tie_to((draft.reply_to.account, draft.reply_to.person_id))
        reader.print_lines(as_sentence(you_answer(view)))
    if draft.audience != "public":
        reader.print_lines(f"Audience: {audience_text(draft.audience)}.")
    reader.print_lines("Type lines; a line with only a full stop sends them, and one with only ? saves a draft.")
    lines, sends = _read(reader.typed)
    if not any(line.strip() for line in lines):
        reader.print_lines("Nothing was written.")
        return
    draft = replace(draft, text=draft.text + "\n".join(lines))
    if not sends:
        number = composing.save(draft)
        reader.print_lines(f"The draft is saved: `quietfeed post --draft {number}` sends it.")
        return
    reader.print_lines(*composing.warnings(draft))
    reader.ask(composing.post(draft))


def _read(typed: TextIO) -> tuple[list[str], bool]:
    """The typed lines, and whether to send them. The end of the input saves a draft."""
    lines: list[str] = []
    while line := typed.readline():
        if line.strip() == END:
            return lines, True
        if line.strip() == "?":
            return lines, False
        lines.append(line.rstrip("\n"))
    return lines, False
