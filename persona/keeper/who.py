"""Who is who: the questions, the answers, and what an answer changes; for commands and screens.

An answer is remembered: the same name is not asked for again. It can be corrected at any time;
what was told under the wrong name is evidence no more, and `persona remember` finds it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from persona.errors import StoreError
from persona.records import KnownName, Person
from persona.remember.known_names import Renamed
from persona.remember.name_scope import names_one_everywhere
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.unknown_names import Question, UnknownName
from persona.workspace import Workspace


@dataclass(frozen=True)
class NewPerson:
    """Somebody who is not in the archive yet. ``relation``: to the one who died."""

    id: str
    name: str
    relation: str = ""


def questions(workspace: Workspace) -> list[UnknownName]:
    """Return the names that nobody has explained yet, those with most passages first."""
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return view.unknown_names()


def known(workspace: Workspace) -> list[KnownName]:
    """Return the answers that were given, by name; those of a family tree's own signs not."""
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return [row for row in view.known_names() if row.set_by != "family tree"]


def answer(
    workspace: Workspace,
    name: str,
    person: str | NewPerson | None,
    source_id: str | None = None,
    *,
    by: str = "custodian",
    correction: bool = False,
) -> Renamed:
    """Say who a name is: a person of the archive, somebody new, or nobody (None).

    Args:
        workspace: whose archive.
        name: as the question has it.
        person: the id of a person, a new person, or None for a program or a shop.
        source_id: as the question has it; None: wherever the name stands.
        by: who says so, for the audit chain.
        correction: also move passages that importing itself gave to somebody by this name.

    Raises:
        StoreError: there is no such person or source, the name belongs to one source, or the
            id of a new person is taken.
    """
    with Store.open(workspace, actor=by) as store:
        if person is None:
            return store.not_a_person(name, source_id)
        if isinstance(person, str):
            return store.name_speaker(name, person, source_id, everyone=correction)
        with store.reader(Custodian()) as view:
            if person.id in view.everybody():
                raise StoreError(f"'{person.id}' is somebody else in this archive. Choose another.")
        names = [name] if names_one_everywhere(name) and name != person.name else []
        made = Person(id=person.id, name=person.name, names=names, relation=person.relation)
        return store.name_speaker(name, made.id, source_id, person=made, everyone=correction)


def name_narrator(
    workspace: Workspace, source_id: str, person_id: str | None, *, by: str = "custodian"
) -> Renamed:
    """Say who wrote a letter, told a recording, or made a family tree; None: nobody knows.

    Raises:
        StoreError: there is no such source or person.
    """
    with Store.open(workspace, actor=by) as store:
        return store.name_narrator(source_id, person_id)


def forget(
    workspace: Workspace, name: str, source_id: str | None = None, *, by: str = "custodian"
) -> Renamed:
    """Take an answer back; the question is asked again.

    Raises:
        StoreError: nothing was answered for this name.
    """
    with Store.open(workspace, actor=by) as store:
        return store.forget_name(name, source_id)


_REASONS = {
    "same_name": "has this name",
    "shares_a_name": "has a part of this name",
    "first_name": "has this first name",
    "same_birth_year": "born in the same year",
    "called_so": "is called so",
    "answered_elsewhere": "was meant by this name in other material",
}


def question_lines(question: UnknownName, names: dict[str, str]) -> Sequence[str]:
    """Return a question in plain words, a line each, for the command line.

    Args:
        question: one of `questions`.
        names: the names to show of people, by id.
    """
    what = {
        Question.SPEAKER: f'Who is "{question.name}"? ({question.count} passages)',
        Question.IN_TREE: f"Is {question.name} of the family tree one of these?",
        Question.NARRATOR: f"Who made {question.name}?",
    }
    lines = [what[question.what]]
    lines += [f"    {sample}" for sample in question.samples]
    for one in question.candidates:
        why = ", ".join(_REASONS[reason] for reason in one.reasons)
        lines.append(f"    perhaps {names.get(one.person_id, one.person_id)} ({why})")
    return lines
