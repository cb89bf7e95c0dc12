"""Commands for looking at memories."""

from typing import Annotated

import typer

from persona.cli.base import Where, app, known_person, say, workspace_at


@app.command()
def memories(
    about: Annotated[str, typer.Argument(help="words to look for; nothing: all")] = "",
    listener: Annotated[str, typer.Option("--as", help="what this person may know")] = "",
    limit: Annotated[int, typer.Option(help="how many at the most")] = 20,
    where: Where = None,
) -> None:
    """List memories with who told them and where that stands."""
    from persona import opening
    from persona.keeper.custody import memory_lines
    from persona.remember.readers import Custodian, Relative

    with opening.open_store(workspace_at(where)) as store:
        archive = store.reader(Custodian())
        who = known_person(listener or None, archive)
        view = store.reader(Relative(who)) if who else archive
        for line in memory_lines(view, about, limit):
            say(line)
