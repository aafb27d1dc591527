"""Actions on servers in --plain. Actions that ask for confirmation on the screens need the word "yes" here."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from ..models.action import Action, FollowTag, Report, SetNote, Target, author_of, target_of
from ..models.action_kinds import ACTION_KINDS, make_action
from ..models.view import UNCHANGED, Change
from ..phrases.action_table import ACTIONS
from ..phrases.actions import menu_text, question_of
from ..phrases.changes import as_sentence, change_text
from .plain_reader import Reader

_WORDS = {
    "unlike": "like",
    "unboost": "b",
    "boost": "b",
    "bookmark": "B",
    "unbookmark": "B",
    "unpin": "pin",
    "follow": "+",
    "unfollow": "-",
    "hide_boosts": "boosts",
    "show_boosts": "boosts",
    "mute": "servermute",
    "unmute": "servermute",
    "unblock": "block",
    "report": "moderators",
    "follow_tag": "tag",
}
"""The typed word for a kind of action, if it differs from the kind."""


def action_commands(reader: Reader) -> Mapping[str, Callable[[int, str], None]]:
    """The commands by their ids in phrases/action_table.py."""
    return {
        **{kind: partial(_toggle, reader, kind) for kind in ("like", "boost", "bookmark", "pin")},
        **{kind: partial(_person, reader, kind) for kind in ("follow", "unfollow")},
        "hide_boosts": partial(_toggle_person, reader, "hide_boosts"),
        "mute_server": partial(_toggle_person, reader, "mute"),
        "block": partial(_toggle_person, reader, "block"),
        "delete": partial(_delete, reader),
        "vote": partial(_vote, reader),
        "note": partial(_note, reader),
        "report_person": partial(_report, reader),
        "follow_tag": partial(_tag, reader),
        "translate": partial(_translate, reader),
        "act_menu": partial(_menu, reader),
    }


def _toggle(reader: Reader, kind: str, _count: int, _rest: str) -> None:
    judged = reader.here()
    if judged is not None:
        _do(reader, reader.session.actions.toggle(kind, judged.key))


def _person(reader: Reader, kind: str, _count: int, rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    action = make_action(kind, author_of(judged.post))
    reader.session.actions.check_person(action)
    if ACTION_KINDS[kind].asks and not _agreed(reader, action, rest, f"{_WORDS.get(kind, kind)} yes"):
        return
    _do(reader, reader.session.actions.on_person(action))


def _toggle_person(reader: Reader, kind: str, count: int, rest: str) -> None:
    judged = reader.here()
    if judged is not None:
        if reader.session.actions.is_done(kind, author_of(judged.post)):
            kind = ACTION_KINDS[kind].opposite
        _person(reader, kind, count, rest)


def _delete(reader: Reader, _count: int, rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    if _agreed(reader, make_action("delete", target_of(judged.post)), rest, "delete yes"):
        _do(reader, reader.session.actions.on_post("delete", judged.key))


def _vote(reader: Reader, _count: int, rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    numbers = [each.strip() for each in rest.split(",")]
    if not all(each.isdecimal() for each in numbers):
        reader.print_lines("Type the number of an option after the word: vote 2, or vote 1,3.")
        return
    _do(reader, reader.session.actions.vote(judged.key, [int(each) for each in numbers]))


def _note(reader: Reader, _count: int, rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    target = author_of(judged.post)
    before = reader.ask(reader.session.directory.note_on(target))
    if before is None:
        return
    if not rest:
        if before:
            reader.print_lines(f"Your note: {before}")
        else:
            reader.print_lines(f"There is no note on {target.handle}.")
        return
    _do(reader, reader.session.actions.on_person(SetNote(target, "" if rest == "off" else rest, before)))


def _report(reader: Reader, _count: int, rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    reason, _, word = rest.rpartition(" ")
    if not rest or rest == "yes":
        reader.print_lines(
            "Type the reason for the moderators: moderators sells things, then moderators sells things yes."
        )
    elif word != "yes":
        reader.print_lines(f"{question_of(Report(target_of(judged.post), rest))} `moderators {rest} yes` sends it.")
    else:
        _do(reader, reader.session.actions.on_person(Report(target_of(judged.post), reason)))


def _tag(reader: Reader, _count: int, rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    tag = rest.removeprefix("#").strip()
    if not tag:
        tags = ", ".join(judged.post.tags or ())
        if tags:
            reader.print_lines(f"Type a hashtag after the word: {tags}.")
        else:
            reader.print_lines("This post has no hashtag.")
        return
    _do(reader, reader.session.actions.do(FollowTag(Target(judged.post.account, item_id=judged.post.id, tag=tag))))


def _translate(reader: Reader, _count: int, _rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    found = reader.ask(reader.session.directory.translate(judged.post))
    if found is not None:
        reader.print_lines(*(f"| {line}" for line in found.text.splitlines() if line.strip()))


def _menu(reader: Reader, _count: int, _rest: str) -> None:
    judged = reader.here()
    if judged is None:
        return
    menu = reader.session.menu
    words = _WORDS | {action.id: action.plain for action in ACTIONS}
    beside = [name for name in menu.other_actions(judged) if words[name]]
    for kind in menu.of(judged):
        reader.print_lines(f"{_WORDS.get(kind, kind)}: {menu_text(kind, judged)}.")
    reader.print_lines(*(f"{words[name]}: {menu_text(name, judged)}." for name in beside))


def _agreed(reader: Reader, action: Action, rest: str, word: str) -> bool:
    if rest == "yes":
        return True
    reader.print_lines(f"{question_of(action)} Type {word} to do it.")
    return False


def _do(reader: Reader, doing: Coroutine[Any, Any, Change]) -> None:
    """Queue an action and send it. Its result is printed when the response arrives."""
    change = reader.ask(doing)
    if change is None:
        return
    if change.kind in UNCHANGED:
        reader.print_lines(as_sentence(change_text(change, reader.session.clock.now())))
    reader.walk.update()
