"""The command that asks who is who, once, and remembers the answer."""

from typing import Annotated

import typer

from persona.cli.base import Where, app, say, workspace_at


@app.command()
def who(
    name: Annotated[str, typer.Argument(help="a name as the material has it; nothing: ask")] = "",
    person: Annotated[str, typer.Argument(help="who that is: an id; '-' for nobody")] = "",
    in_file: Annotated[
        str, typer.Option("--in", help="id of the source: the answer holds there alone")
    ] = "",
    new: Annotated[str, typer.Option(help="the name of somebody new, with PERSON as the id")] = "",
    relation: Annotated[str, typer.Option(help="of somebody new: daughter, friend …")] = "",
    wrote: Annotated[bool, typer.Option("--wrote", help="NAME is a source id: who wrote it")] = (
        False
    ),
    correct: Annotated[bool, typer.Option("--correct", help="somebody else was said")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="take the answer back")] = False,
    by: Annotated[str, typer.Option(help="who says so: an id")] = "custodian",
    where: Where = None,
) -> None:
    """Say who a name is, or list the names that nobody has explained yet."""
    from persona.keeper import who as names
    from persona.remember.known_names import Renamed

    workspace, source_id = workspace_at(where), in_file or None
    done: Renamed
    if not name:
        _ask(where)
        return
    if forget:
        done = names.forget(workspace, name, source_id, by=by)
    elif not person:
        raise typer.BadParameter("Say who that is: persona who NAME PERSON")
    elif wrote:
        done = names.name_narrator(workspace, name, person, by=by)
    else:
        meant = names.NewPerson(person, new, relation) if new else person
        answer = None if person == "-" else meant
        done = names.answer(workspace, name, answer, source_id, by=by, correction=correct)
    say(
        f"{done.passages} passages have another speaker, {done.retired} memories are put aside. "
        "Run persona remember."
    )
    if done.about_subject:
        say("Words of the one who died are among them: make a new version with persona train.")


def _ask(where: Where) -> None:
    from persona.keeper.who import question_lines, questions
    from persona.opening import open_store
    from persona.remember.readers import Custodian

    workspace = workspace_at(where)
    with open_store(workspace) as store:
        view = store.reader(Custodian())
        shown = {person.id: view.display_name(person) for person in view.people()}
    waiting = questions(workspace)
    for question in waiting:
        for line in question_lines(question, shown):
            say(line)
        place = f' --in "{question.source_id}"' if question.source_id else ""
        say(f'    answer: persona who "{question.name}" PERSON{place}', style="dim")
    say(f"{len(waiting)} names wait for an answer. People: {', '.join(sorted(shown))}")
