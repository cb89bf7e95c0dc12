"""Everything that lies between two versions, as plain values: for HTML, a screen or a terminal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from persona.compare.asking import Both, checked_questions, usual_questions
from persona.compare.credibility import credibility, preference, trend
from persona.compare.differences import WentIn, settings_rows
from persona.compare.hearing import unheard
from persona.compare.sentences import side_by_side
from persona.converse.dates import spoken_date
from persona.errors import VersionError
from persona.export.report_card import read_card
from persona.export.report_measures import measured_sentences
from persona.opening import Engines, open_engines
from persona.progress import Report
from persona.records import Version, VersionState
from persona.rehearsal import reader_of, rehearse
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.train.serving import emptied_on_purpose, named_version
from persona.train.versions import load_memory_ids, read_manifest
from persona.workspace import Workspace

Values = dict[str, Any]
Lend = Callable[[Version], AbstractContextManager[Engines]]


@dataclass(frozen=True)
class Wanted:
    """What is compared, and for whom.

    Attributes:
        first: number, id or name of a version.
        second: of another one.
        listener_id: who reads this and is answered; None: a stranger.
        keeper: whoever looks after the archive reads it: every memory is shown, and the answers
            are those that a stranger would be given.
        questions: what both are asked; empty: what this listener asked before, and some more.
        language: of names and dates.
        seed: of the answers.
    """

    first: str
    second: str
    listener_id: str | None = None
    keeper: bool = False
    questions: Sequence[str] = ()
    language: str = "en"
    seed: int = 0


def compare(
    workspace: Workspace, wanted: Wanted, report: Report, *, lend: Lend | None = None
) -> Values:
    """Compare two versions; nothing is written into the archive.

    Args:
        workspace: the persona.
        wanted: what is compared, and for whom.
        report: told how far it is.
        lend: lends the models of a version; None: they are opened, and closed afterwards.

    Raises:
        VersionError: there is no such version, both are the same, or one is damaged.
        NotReadable: the listener is nobody of this archive.
        ConverseError: a question cannot be asked.
    """
    with rehearse(workspace) as store:
        reader = Custodian() if wanted.keeper else reader_of(wanted.listener_id)
        with store.reader(reader) as view, store.reader(Custodian()) as archive:
            pair = _pair(archive, wanted, drafts=wanted.keeper)
            went_in = _went_in(workspace, view, pair, wanted.language)
            heard = WentIn(
                store.reader(reader_of(wanted.listener_id)),
                went_in.first,
                went_in.second,
                wanted.language,
            )
            silent = [_silence(archive, version) for version in pair]
            both = Both(
                workspace, store, pair, wanted.listener_id, lend or lending(workspace), wanted.seed
            )
            answers = [] if any(silent) else _answers(both, heard, view, wanted, report)
            return {
                "persona": view.display_name(view.subject(), wanted.language),
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "reader": _reader(view, wanted),
                "versions": [_about(version, wanted.language) for version in pair],
                "went_in": went_in.as_values(),
                "settings": settings_rows(
                    view,
                    *(read_manifest(workspace.versions / version.id) for version in pair),
                    language=wanted.language,
                ),
                "cards": [_card(workspace, version, wanted) for version in pair],
                "silent": silent,
                "unheard": [unheard(workspace, view, version).value for version in pair],
                "answers": answers,
                **_believed(view, archive.versions(), pair),
            }


def _pair(archive: View, wanted: Wanted, *, drafts: bool) -> tuple[Version, Version]:
    versions = archive.versions()
    if not drafts:  # the family learns of a draft when it is made ready
        versions = [one for one in versions if one.state is not VersionState.DRAFT]
    first, second = (named_version(versions, one) for one in (wanted.first, wanted.second))
    if first.id == second.id:
        raise VersionError("That is one and the same version. Name two: persona versions")
    return first, second


def _went_in(
    workspace: Workspace, view: View, pair: tuple[Version, Version], language: str
) -> WentIn:
    first, second = (load_memory_ids(workspace.versions / version.id) for version in pair)
    return WentIn(view, first, second, language)


def _believed(view: View, versions: Sequence[Version], pair: tuple[Version, Version]) -> Values:
    """Return what listeners thought: of every version by its number, and of the two."""
    shown = [one for one in versions if one.state is not VersionState.DRAFT or one in pair]
    rows = [row for row in credibility(view, shown) if row["votes"] or _is_of(row, pair)]
    return {
        "credibility": rows,
        "trend": trend(rows),
        "preference": preference(view, *pair),
    }


def _is_of(row: Values, pair: tuple[Version, Version]) -> bool:
    return row["id"] in {version.id for version in pair}


def _silence(archive: View, version: Version) -> str:
    """Return why a version is asked nothing; empty: it can be asked."""
    if version.state is VersionState.BLOCKED:
        return "blocked"
    return "emptied" if emptied_on_purpose(archive, version) else ""


def _answers(both: Both, heard: WentIn, view: View, wanted: Wanted, report: Report) -> list[Values]:
    questions = checked_questions(wanted.questions) or usual_questions(
        both.store, view, both.versions, wanted.listener_id
    )
    pairs = both.ask(questions, report)
    return [
        side_by_side(question, first, second, heard)
        for question, (first, second) in zip(questions, pairs, strict=True)
    ]


def lending(workspace: Workspace) -> Lend:
    """Return what opens the models of a version, and closes them when it was asked."""

    @contextmanager
    def lend(version: Version) -> Iterator[Engines]:
        engines = open_engines(workspace, version)
        try:
            yield engines
        finally:
            for model in (engines.language_model, engines.adapted):
                if model is not None:
                    model.close()

    return lend


def _reader(view: View, wanted: Wanted) -> Values:
    name = view.display_name(wanted.listener_id, wanted.language) if wanted.listener_id else ""
    return {"keeper": wanted.keeper, "id": wanted.listener_id, "name": name}


def _about(version: Version, language: str) -> Values:
    return {
        "id": version.id,
        "number": version.number,
        "name": version.name,
        "state": version.state.value,
        "reason": version.state_reason,
        "made": spoken_date(version.created_at.date().isoformat(), language),
    }


def _card(workspace: Workspace, version: Version, wanted: Wanted) -> Values:
    """Return the figures of a version: of its training, and of its report card where it has one."""
    report = version.report
    bits = report.get("bits_per_character") or {}
    trained = {
        "own_words": report.get("own_words"),
        "examples": report.get("examples"),
        "held_out_examples": report.get("held_out_examples"),
        "bits_base": bits.get("base"),
        "bits_adapter": bits.get("adapter"),
    }
    try:
        asked = _asked(read_card(workspace.root / "reports" / version.id) or {}, wanted)
    except (KeyError, TypeError, AttributeError):  # a card that somebody changed: as good as none
        asked = _asked({}, wanted)
    return {"trained": trained, "losses": report.get("losses") or [], **asked}


def _asked(card: Values, wanted: Wanted) -> Values:
    """Return what a report card found; that there are secrets at all is for the keeper alone."""
    gates = {name: str(gate["state"]) for name, gate in card.get("gates", {}).items()}
    if not wanted.keeper:
        gates = {name: state for name, state in gates.items() if name not in _OF_SECRETS}
    measures = card.get("measures") if wanted.keeper else None
    return {
        "gates": gates,
        "figures": dict(card.get("figures", {})),
        "questions": int(card.get("questions", 0)),
        "measured": measured_sentences(measures, wanted.language),
    }


_OF_SECRETS = frozenset({"leaks", "weights"})
"""Gates that are tested only where something is closed to somebody."""
