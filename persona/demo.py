"""The demo persona: an invented family, built from its raw files by the same steps."""

from pathlib import Path

from persona import opening, steps
from persona.errors import PersonaError
from persona.keeper import who
from persona.keeper.custody import let_child_talk
from persona.progress import Report
from persona.proof.golden import keep_golden
from persona.records import SourceKind
from persona.remember.readers import Custodian
from persona.remember.unknown_names import Question, UnknownName
from persona.workspace import SETTINGS, Workspace, create_workspace, folder_name, open_workspace

NAME = "Henry Lin"
MATERIAL = Path(__file__).parent / "demo_family"


def build_demo(parent: Path, report: Report) -> Workspace:
    """Build the demo persona under ``parent``; what is built already is not built again.

    Raises:
        PersonaError: a step could not be done; running it again goes on from there.
    """
    root = parent / folder_name(NAME)
    if (root / SETTINGS).is_file():
        workspace = open_workspace(root)
        with opening.open_store(workspace) as store:
            if store.reader(Custodian()).versions():
                return workspace
    else:
        workspace = create_workspace(parent, NAME)
    report.line("1 of 3  Collecting letters, a chat, recordings and photos …")
    collected = steps.collect(workspace, [MATERIAL], report)
    report.line(f"        {len(collected.new)} originals kept, {collected.passages} passages")
    problems = [f"{name}: {reason}" for name, reason in collected.left_out]
    if problems and not collected.new and not collected.already_here:
        raise PersonaError(f"The demo material could not be read: {problems[0]}")
    _name_voices(workspace, report)
    let_child_talk(workspace, "mei", "ruth")
    report.line("        Ruth lets Mei, who is under age, talk with the persona")
    report.line("2 of 3  Remembering: who told what …")
    remembered = steps.remember(workspace, report)
    report.line(f"        {remembered.total} memories by {len(remembered.narrators)} narrators")
    report.line("3 of 3  Learning his manner of speaking; making version 1 …")
    made = steps.train(workspace, report, name="first generation")
    for sentence in (*made.sentences, *keep_golden(workspace, made.version.id, report)):
        report.line(f"        {sentence}")
    return workspace


def _name_voices(workspace: Workspace, report: Report) -> None:
    """Say whose voices were told apart, as the family would be asked to (`persona who`).

    Whoever made this family knows: in each interview the one who is asked speaks most, and the
    other voice is Nadia's, who asks.
    """
    voices: dict[str, list[UnknownName]] = {}
    for question in who.questions(workspace):
        if question.what is Question.SPEAKER and question.source_id:
            voices.setdefault(question.source_id, []).append(question)
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        asked = {one: view.source(one) for one in voices}
    for source_id, found in voices.items():
        source = asked[source_id]
        if source.kind is not SourceKind.INTERVIEW or source.narrator_id is None:
            continue
        told, *others = sorted(found, key=lambda question: -question.count)
        if told.name.startswith("speaker "):
            who.answer(workspace, told.name, source.narrator_id, source_id)
            report.line(f"        {told.name} in {source.file_name} was named for you")
        else:
            others = found
        for question in others:
            who.answer(workspace, question.name, "nadia", source_id)
