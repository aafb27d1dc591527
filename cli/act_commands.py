"""The commands for actions: find the target, ask for confirmation where the action requires it, and act."""

import argparse
from collections.abc import Awaitable, Callable

from ..models.action import SCHEDULED, Delete, Mute, Report, SetNote, target_of
from ..models.action_kinds import kind_of, make_action
from ..models.errors import NotFound, UsageError
from ..models.view import PostKey
from ..phrases.actions import question_of
from ..phrases.posts import translation_origin
from ..session import Session
from ..session.delivery import Delivered
from .act_parser import POST_COMMANDS
from .asking import confirmed
from .output import print_text, write_json

Write = Callable[[Session, argparse.Namespace], Awaitable[Delivered | None]]
Read = Callable[[Session, argparse.Namespace], Awaitable[int]]


def write_command(args: argparse.Namespace) -> Write:
    """The function that does the action of a command. It returns None if the user does not agree."""
    return _WRITES[args.command]


def read_command(args: argparse.Namespace) -> Read | None:
    """The function that runs a read-only command; None if the command changes something."""
    if args.command == "note" and args.text is None:
        return _show_note
    if args.command == "follow-requests" and args.answer is None:
        return _list_requests
    if args.command == "translate":
        return _translate
    return None


def find_post(session: Session, given: str, account: str | None) -> PostKey:
    """The post with an id or address, in one account. Raises NotFound."""
    keys = session.timeline.keys_of(given)
    if account is not None:
        named = {each.key for each in session.signing_in.named(account)}
        keys = [key for key in keys if key[0] in named]
    if not keys:
        raise NotFound(
            f"There is no post {given}: `quietfeed sync` fetches posts, `quietfeed timeline --all --json` lists them."
        )
    if len(keys) > 1 and len({judged.post.identity for judged in session.timeline.get_or_load(keys)}) == 1:
        writing = {each.key for each in session.accounts if each.writing}
        able = [key for key in keys if key[0] in writing]
        keys = able if len(able) == 1 else keys
    if len(keys) > 1:
        raise NotFound(f"More than one account has the post {given}: choose one with --account A.")
    return keys[0]


async def _on_post(session: Session, args: argparse.Namespace) -> Delivered | None:
    if args.command == "delete" and args.post.startswith(SCHEDULED):
        return await _unschedule(session, args)
    key = find_post(session, args.post, args.account)
    action = make_action(args.command, target_of(session.actions.judged(key).post))
    if kind_of(action).asks and not confirmed(question_of(action), yes=args.yes):
        return None
    return await session.delivery.on_post(args.command, key)


async def _unschedule(session: Session, args: argparse.Namespace) -> Delivered | None:
    action = Delete(session.composing.scheduled(args.post, args.account))
    if not confirmed(question_of(action), yes=args.yes):
        return None
    return await session.delivery.do(action)


async def _vote(session: Session, args: argparse.Namespace) -> Delivered | None:
    key = find_post(session, args.post, args.account)
    return await session.delivery.vote(key, args.choices)


async def _on_person(session: Session, args: argparse.Namespace) -> Delivered | None:
    kind = args.command
    name = args.handle if kind in ("mute", "unmute") else args.person
    if kind in ("follow", "unfollow") and name.startswith("#"):
        action = make_action(f"{kind}_tag", session.directory.tag(f"{kind}_tag", name, args.account))
        return await session.delivery.do(action)
    if kind in ("mute", "unmute") and args.boosts:
        kind = {"mute": "hide_boosts", "unmute": "show_boosts"}[kind]
    target = await session.directory.person(kind, name, args.account)
    action = make_action(kind, target)
    if isinstance(action, Mute) and args.span is not None:
        action = Mute(target, int(args.span.total_seconds()))
    session.actions.check_person(action)
    if kind_of(action).asks and not confirmed(question_of(action), yes=args.yes):
        return None
    return await session.delivery.on_person(action)


async def _report(session: Session, args: argparse.Namespace) -> Delivered | None:
    if args.post is not None:
        key = find_post(session, args.post, args.account)
        target = target_of(session.actions.judged(key).post)
        person = await session.directory.person("report", args.person, key[0])
        if person.person_id != target.person_id:
            raise UsageError(f"This post is by {target.handle}, not by {person.handle}.")
    else:
        target = await session.directory.person("report", args.person, args.account)
    action = Report(target, args.reason)
    session.actions.check_person(action)
    if not confirmed(question_of(action), yes=args.yes):
        return None
    return await session.delivery.on_person(action)


async def _note(session: Session, args: argparse.Namespace) -> Delivered | None:
    target = await session.directory.person("note", args.person, args.account)
    action = SetNote(target, args.text, await session.directory.note_on(target))
    return await session.delivery.on_person(action)


async def _show_note(session: Session, args: argparse.Namespace) -> int:
    target = await session.directory.person("note", args.person, args.account)
    note = await session.directory.note_on(target)
    if args.json:
        write_json({"account": target.account, "person": target.handle, "note": note})
    else:
        print_text(note or f"there is no note on {target.handle}")
    return 0


async def _answer_request(session: Session, args: argparse.Namespace) -> Delivered | None:
    if args.person is None:
        raise UsageError("Name the person: `quietfeed follow-requests accept PERSON`, or reject.")
    kind = f"{args.answer}_follow"
    target = await session.directory.person(kind, args.person, args.account)
    action = make_action(kind, target)
    return await session.delivery.on_person(action)


async def _list_requests(session: Session, args: argparse.Namespace) -> int:
    for account, person in await session.directory.follow_requests(args.account):
        if args.json:
            write_json({"account": account.key, "handle": person.handle, "name": person.name, "url": person.url})
        else:
            print_text(f"{person.handle}  {person.shown_name}")
    return 0


async def _translate(session: Session, args: argparse.Namespace) -> int:
    key = find_post(session, args.post, args.account)
    found = await session.directory.translate(session.actions.judged(key).post, args.to or "")
    if args.json:
        names = ("text", "warning", "source", "language", "provider")
        write_json({"post": key[1]} | {name: getattr(found, name) for name in names if getattr(found, name)})
        return 0
    if found.warning:
        print_text(f"Warning: {found.warning}")
    print_text(found.text)
    print_text(f"({translation_origin(found)})")
    return 0


_WRITES: dict[str, Write] = {
    **dict.fromkeys(POST_COMMANDS, _on_post),
    "vote": _vote,
    **dict.fromkeys(("follow", "unfollow", "mute", "unmute", "block", "unblock"), _on_person),
    "report": _report,
    "note": _note,
    "follow-requests": _answer_request,
}
