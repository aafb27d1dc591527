"""Forgets the author of a post in --plain, after a question."""

from ..models.joined import Handle
from ..phrases.forgetting import forgotten_sentences, person_question
from .plain_reader import Reader


def forget_author(reader: Reader, rest: str) -> None:
    """Ask, and forget the author with the word "yes"."""
    judged = reader.here()
    if judged is None:
        return
    author, session = judged.post.author, reader.session
    if not session.is_stored:
        reader.print_lines("Nothing is stored here: there is nothing to forget.")
        return
    if session.people.tie_to((judged.post.account, author.id)).own:
        reader.print_lines("This is you: `quietfeed forget ACCOUNT` forgets an account of yours.")
        return
    people = session.forgetting.people_behind(Handle(judged.post.account, author.id, author.handle))
    if rest != "yes":
        names = list(dict.fromkeys(each.handle for each in people))
        reader.print_lines(f"{person_question(names)} Type forget yes to do it.")
        return
    done = reader.ask(session.forgetting.forget_people(people))
    if done is not None:
        reader.print_lines(*forgotten_sentences(done))
    reader.walk.update()
    reader.read()
