"""The command that lays two versions side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from persona.cli.base import OUT, Where, app, known_person, say, workspace_at
from persona.errors import ConverseError

_MARKS = {"same": " ", "restated": "~", "new": "+", "gone": "-"}


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="number, id or name of a version")],
    second: Annotated[str, typer.Argument(help="of the version to compare it with")],
    listener: Annotated[
        str, typer.Option("--as", help="what this person may know, and is answered: an id")
    ] = "",
    ask: Annotated[list[str] | None, typer.Option(help="ask both this; may be repeated")] = None,
    questions: Annotated[
        Path | None, typer.Option(help="a text file with one question a line")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="write a page that needs no network")] = None,
    sound: Annotated[
        bool, typer.Option("--sound", help="put the answers into the page to be heard as well")
    ] = False,
    where: Where = None,
) -> None:
    """Compare two versions: what went in, settings, figures, and the same questions to both."""
    from persona import opening
    from persona.compare import Wanted
    from persona.compare import compare as compared
    from persona.compare.hearing import spoken
    from persona.export.compare_page import write_comparison
    from persona.remember.readers import Custodian
    from persona.terminal import TerminalReport

    if sound and html is None:
        raise ConverseError("Sound goes into a page. Name one: --html FILE --sound")
    workspace = workspace_at(where)
    with opening.open_store(workspace) as store, store.reader(Custodian()) as archive:
        who = known_person(listener or None, archive)
    wanted = Wanted(
        first,
        second,
        listener_id=who,
        keeper=who is None,
        questions=[*(ask or ()), *_lines(questions)],
        language=workspace.config.language if html else "en",
    )
    with TerminalReport(OUT) as report:
        values = compared(workspace, wanted, report)
        sounds = spoken(workspace, values, report, wanted.language) if sound else None
    if html is not None:
        write_comparison(html, values, workspace.config.language, sounds)
        say(f"The comparison: {html}")
        return
    for line in comparison_lines(values):
        say(line)


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConverseError(
            f"{path.name} cannot be read as text with one question a line."
        ) from error


def comparison_lines(values: dict[str, Any]) -> Iterator[str]:
    """Yield a comparison as lines for a terminal."""
    from persona.export.compare_words import value_words, version_words, word

    went_in = values["went_in"]
    names = [version_words("en", one) for one in values["versions"]]
    yield " | ".join(names)
    yield word("en", "simulation", persona=values["persona"])
    yield f"\n{word('en', 'went_in')}: {went_in['total'][0]} | {went_in['total'][1]} memories"
    for who, one, other in went_in["narrators"]:
        yield f"  {who}: {one} | {other}"
    for key, sign in (("added", "+"), ("gone", "-")):
        for memory in went_in[key]:
            yield f"  {sign} {memory['who']}, {memory['place']}: “{_one_line(memory['words'])}”"
    for pair in went_in["changed"]:
        yield f"  ~ “{_one_line(pair['before']['words'])}” → “{_one_line(pair['after']['words'])}”"
    for one in went_in["erased"]:
        yield f"  {word('en', 'erased', **one)}"
    if values["settings"]:
        yield f"\n{word('en', 'settings')}"
    for name, one, other in values["settings"]:
        shown = " | ".join(value_words("en", value) for value in (one, other))
        yield f"  {word('en', 'setting.' + name)}: {shown}"
    yield f"\n{word('en', 'cards')}"
    for name in values["cards"][0]["trained"]:
        shown = " | ".join(str(card["trained"][name]) for card in values["cards"])
        yield f"  {word('en', 'trained.' + name)}: {shown}"
    yield from _believed_lines(values)
    yield from _answer_lines(values, names)


def _believed_lines(values: dict[str, Any]) -> Iterator[str]:
    from persona.export.compare_words import version_words, word

    rows = [row for row in values["credibility"] if row["votes"]]
    if not rows:
        return
    yield f"\n{word('en', 'credibility')}"
    for row in rows:
        share = word("en", "believed", share=f"{row['share']:.0%}", votes=row["votes"])
        yield f"  {version_words('en', row)}: {share} ({row['low']:.0%} to {row['high']:.0%})"
    yield f"  {word('en', 'trend.' + values['trend'])}"
    yield f"  {word('en', 'says.' + values['preference']['says'])}"


def _answer_lines(values: dict[str, Any], names: list[str]) -> Iterator[str]:
    from persona.export.compare_words import word

    for why, name in zip(values["silent"], names, strict=True):
        if why:
            yield "\n" + word("en", f"silent.{why}", version=name)
    for one in values["answers"]:
        yield f"\n> {one['question']}"
        if one["same"] and not any(one["failed"]):
            yield f"  {word('en', 'same_answer')}"
            continue
        for side, name, failed in zip(("first", "second"), names, one["failed"], strict=True):
            yield f"  {name}"
            for sentence in one[side]:
                why = f"  ({word('en', 'why.' + sentence['why'])})" if sentence["why"] else ""
                yield f"    {_MARKS[sentence['mark']]} {sentence['text']}{why}"
            if failed:
                yield f"    {failed}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
