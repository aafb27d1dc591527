"""`quietfeed import`: imports a file or previews it, lists the imports, and undoes one."""

import argparse
from pathlib import Path

from ..codec.fields import Record, write_time
from ..models.errors import UsageError
from ..models.imported import ImportedFile, ImportResult
from ..phrases.imports import NOTHING_KEPT, file_text, result_text, run_text, undone_text
from ..session import Session
from ..session.importing import Lines
from .output import open_input, print_error, print_text, records, write_json


def run_import(session: Session, args: argparse.Namespace) -> int:
    """Run the command. Raises QuietfeedError."""
    if sum((args.file is not None, args.undo is not None, args.list)) != 1:
        raise UsageError("import needs a FILE, or --undo ID, or --list.")
    if args.list:
        return _list(session, as_json=args.json)
    if args.undo is not None:
        return _undo(session, args.undo, as_json=args.json)
    lines: Lines = ()
    if args.file == "-":
        file = ImportedFile("records")
    else:
        file = session.importing.read(Path(args.file), args.kind)
    if file.kind == "records":
        with open_input(args.file) as text:
            lines = list(records(text))
    name = Path(args.file).name
    if args.dry_run:
        result = session.importing.preview(file, name, lines)
    else:
        _, result = session.importing.run(file, name, lines)
    return _print_result(session, file, result, args)


def _print_result(session: Session, file: ImportedFile, result: ImportResult, args: argparse.Namespace) -> int:
    for number, sentence in result.errors:
        print_error(f"line {number}: {sentence}")
    if args.json:
        write_json(_record(file, result, dry=args.dry_run))
    elif file.kind == "records" and not args.dry_run:
        print_text(", ".join(f"{number} {what}" for what, number in result.counts))
    else:
        print_text(file_text(file, session.importing.label(file.network)))
        if file.kind in ("bookmarks", "domains"):
            print_text(NOTHING_KEPT)
        else:
            print_text(result_text(result, dry=args.dry_run))
    if not args.json and result.id and file.kind != "records":
        print_text(f"`quietfeed import --undo {result.id}` undoes it.")
        if file.kind in ("archive", "contacts"):
            print_text("`quietfeed join` proposes handles of these people on other networks.")
        if file.kind == "feeds":
            print_text("`quietfeed sync` fetches the posts.")
    return 1 if result.errors else 0


def _list(session: Session, *, as_json: bool) -> int:
    runs = session.importing.all()
    for run in runs:
        if as_json:
            record: Record = {"id": run.id, "at": write_time(run.at), "file": run.name, "kind": run.kind}
            write_json(record | {"network": run.network, "changes": run.changes, "undone": run.undone})
        else:
            print_text(run_text(run, session.importing.label(run.network)))
    if not runs and not as_json:
        print_error("nothing was imported yet.")
    return 0


def _undo(session: Session, number: int, *, as_json: bool) -> int:
    run = next((each for each in session.importing.all() if each.id == number), None)
    result = session.importing.undo(number)
    if as_json:
        write_json({"undone": number, "changes": result.changes, "stayed": result.stayed})
    elif run is not None:
        print_text(undone_text(run, session.importing.label(run.network), result))
    return 0


def _record(file: ImportedFile, result: ImportResult, *, dry: bool) -> Record:
    return {
        "kind": file.kind,
        "network": file.network,
        "counts": dict(result.counts or file.counts),
        "skipped": file.skipped,
        "import": result.id or None,
        "dry_run": dry,
        "changes": result.changes,
    }
