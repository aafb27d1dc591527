"""Imports in --plain: previewing and importing a file, and the list of handles that may be one person."""

from pathlib import Path

from ..phrases.changes import as_sentence, capital, change_text
from ..phrases.handles import handle_question
from ..phrases.imports import file_text, result_text
from ..phrases.joins import proposal_line
from ..session.importing import Lines
from .plain_reader import Reader

_SHOWN = 20


def import_file(reader: Reader, rest: str) -> None:
    """Print what importing a file would change ("import FILE"), or import it ("import yes FILE")."""
    session = reader.session
    word, _, path = rest.partition(" ")
    sure = word == "yes" and bool(path.strip())
    name = path.strip() if sure else rest.strip()
    if not session.is_stored:
        reader.print_lines("Nothing is stored here: start quietfeed without a demo to import files.")
    elif not name:
        reader.print_lines("Type the path of a file after the word: import archive.zip")
    else:
        _import(reader, Path(name).expanduser(), sure=sure)


def _import(reader: Reader, path: Path, *, sure: bool) -> None:
    session = reader.session
    file = session.importing.read(path)
    lines: Lines = ()
    if file.kind == "records":
        lines = session.importing.read_lines(path)
    if sure:
        _, result = session.importing.run(file, path.name, lines)
        reader.feed.update()
        reader.print_lines(f"{capital(result_text(result, dry=False))}; u undoes that.")
        return
    result = session.importing.preview(file, path.name, lines)
    reader.print_lines(f"{file_text(file, session.importing.label(file.network))}.")
    reader.print_lines(as_sentence(result_text(result, dry=True)))
    if result.changes:
        reader.print_lines(f"import yes {path} imports it.")


def tell_proposals(reader: Reader, rest: str = "") -> None:
    """List the vouches to confirm and the proposals to join; "1 yes" and "1 no" answer the first vouch."""
    questions = reader.session.people.handle_questions
    asked, found = questions.open(), reader.session.links.all_proposed()
    number, _, word = rest.partition(" ")
    if number.isdecimal() and 0 < int(number) <= len(asked) and word.strip() in ("yes", "no"):
        answer = questions.same if word.strip() == "yes" else questions.different
        text = change_text(answer(asked[int(number) - 1]), reader.session.clock.now())
        reader.print_lines(as_sentence(text))
        return
    for place, each in enumerate(asked, 1):
        reader.print_lines(f"{place}: {handle_question(each)} proposals {place} yes, or proposals {place} no.")
    if asked and not found:
        return
    if not found:
        reader.print_lines("No proposals.")
        return
    reader.print_lines(*(f"{proposal_line(each)}." for each in found[:_SHOWN]))
    if len(found) > _SHOWN:
        reader.print_lines(f"And {len(found) - _SHOWN} more.")
    reader.print_lines("`quietfeed join A B` joins two of them, `quietfeed unjoin A B` rejects a proposal.")
