"""How each version came to be, in plain words; and what is left to ask at the next interview."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from persona.errors import PersonaError
from persona.keeper import generations
from persona.keeper.generations import shelf
from persona.records import OpenQuestion, Version, VersionState
from persona.remember.view import View
from persona.screens import labels, visit
from persona.screens.attempts import Done, attempt, outcome
from persona.screens.dates import date_words
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, heading, line, show, subject_name
from persona.screens.version_names import version_name
from persona.screens.voice_block import show_unheard
from persona.screens.words import language, listing, say
from persona.train.report import loss_curve_svg
from persona.train.sharing import DiskUse, megabytes
from persona.train.versions import load_memory_ids, read_manifest


def render() -> None:
    """Show the page."""
    view = visit.looking_view()
    heading(say("versions.title"))
    line(say("versions.intro"))
    outcome()
    known = [v for v in view.versions() if visit.keeps() or v.state is not VersionState.DRAFT]
    versions = sorted(known, key=lambda version: -version.number)
    if not versions:
        line(say("versions.none"), "notice")
    _side_by_side(len(versions))
    _listen()
    use = _room_of(versions) if visit.keeps() else {}
    for version in versions:
        _version(view, version, use.get(version.id))
    _questions(view)


def _listen() -> None:
    """Show the way to the page where those who knew the voice compare, blind."""
    if visit.keeps() or not visit.listening_view().usable_voices():
        return
    if st.button(as_label(say("versions.listen")), key="to-listening"):
        go("listening")


def _side_by_side(count: int) -> None:
    """Show the ways to the pages that need two versions."""
    if count < 2:
        return
    with st.container(key="side-by-side", horizontal=True):
        if st.button(as_label(say("versions.compare")), key="compare", type="primary"):
            go("compare")
        if not visit.keeps() and st.button(as_label(say("versions.blind")), key="to-blind"):
            go("blind")


def _version(view: View, version: Version, use: DiskUse | None) -> None:
    with st.container(key=f"version-{version.number}", border=True):
        heading(version_name(version), 2)
        made = date_words(version.created_at.date().isoformat(), "", language())
        state = "" if version.state is VersionState.ACTIVE else say(f"versions.{version.state}")
        facts = [say("versions.made", date=made), state, version.state_reason]
        facts.append(_room(use) if use is not None else "")
        line(" · ".join(fact for fact in facts if fact), "facts")
        if visit.keeps():
            show_unheard(view, version)
            _keepers_part(version)
        _went_in(view, version)
        _learnt(version.report)
        _details(version)


def _room_of(versions: Sequence[Version]) -> Mapping[str, DiskUse]:
    """Return what each version takes up; walked through again only when something changed."""
    folders = visit.archive().workspace.versions
    return _measured_room(str(folders), tuple(_stamp(folders / one.id) for one in versions))


@st.cache_data(show_spinner=False, max_entries=16)
def _measured_room(folder: str, stamps: tuple[object, ...]) -> Mapping[str, DiskUse]:  # noqa: ARG001
    return shelf(visit.archive().workspace).use


@st.cache_data(show_spinner=False, max_entries=64)
def _memory_ids(folder: str, stamp: tuple[object, ...]) -> frozenset[str]:  # noqa: ARG001
    return load_memory_ids(Path(folder))


def _stamp(folder: Path) -> tuple[object, ...]:
    """Return what changes when something in the folder of a version does."""
    try:
        places = sorted((folder, *folder.rglob("*")))
        return (folder.name, *((one.name, one.stat().st_mtime_ns) for one in places))
    except OSError:  # it went meanwhile
        return (folder.name,)


def _room(use: DiskUse) -> str:
    """Say what a version takes up; what others use as well is there once."""
    size, shared = megabytes(use.whole_bytes), megabytes(use.shared_bytes)
    if use.shared_bytes:
        return say("versions.room_shared", size=size, shared=shared)
    return say("versions.room", size=size)


def _keepers_part(version: Version) -> None:
    """Let a draft be tried and made ready, and a version be named."""
    number = version.number
    if version.state is VersionState.DRAFT:
        with st.container(key=f"draft-{number}", horizontal=True):
            label = as_label(say("versions.activate"))
            st.button(label, key=f"activate-{number}", on_click=attempt, args=(_activate, number))
            if st.button(as_label(say("versions.try")), key=f"try-{number}"):
                _try(version)
    with st.expander(say("versions.name")):
        typed = st.text_input(
            say("versions.name"), version.name, key=f"name-{number}", max_chars=80,
            label_visibility="collapsed",
        )  # fmt: skip
        label, given = as_label(say("versions.rename")), (_rename, number, typed or "")
        st.button(label, key=f"rename-{number}", on_click=attempt, args=given)


def _activate(number: int) -> Done:
    generations.activate(visit.archive().workspace, str(number))
    return Done(say("versions.activated", number=number))


def _rename(number: int, name: str) -> Done:
    named = generations.name_version(visit.archive().workspace, str(number), name)
    return Done(say("versions.named", number=number, name=named.name))


def _try(version: Version) -> None:
    """Begin a talk with a draft; whoever looks after the archive listens as a visitor."""
    visit.end_talk()
    for key in ("exchanges", "ended"):
        st.session_state.pop(key, None)
    st.session_state["trying"], st.session_state["begun"] = version.id, True
    go("talk")


def _went_in(view: View, version: Version) -> None:
    """Count what this reader may know of: what they may not is not in the numbers either."""
    try:
        folder = visit.archive().workspace.versions / version.id
        ids = _memory_ids(str(folder), _stamp(folder))
    except PersonaError as error:
        line(str(error), "notice")
        return
    memories = view.memories(ids=ids)
    narrators = Counter(memory.narrator_id for memory in memories)
    heading(say("versions.went_in"), 3)
    rows = [
        (labels.person_name(view, narrator), say("versions.memories", count=count))
        for narrator, count in narrators.most_common()
    ]
    total = (say("versions.all"), say("versions.memories", count=len(memories)))
    _table([row for row in rows if row[0]] + [total])


def _table(rows: Sequence[tuple[str, str]]) -> None:
    cells = "".join(
        f'<tr><th scope="row">{as_html(what)}</th><td>{as_html(value)}</td></tr>'
        for what, value in rows
    )
    show(f'<table class="figures">{cells}</table>')


def _learnt(report: dict[str, Any]) -> None:
    name = labels.short_name(subject_name())
    heading(say("versions.learnt"), 3)
    if report.get("manner") != "trained":
        line(say("versions.learnt_none", name=name))
        return
    bits = report.get("bits_per_character") or {}
    figures = {
        "examples": report.get("examples"),
        "held_out": report.get("held_out_examples"),
        "steps": report.get("steps"),
    }
    rows = [(say(f"versions.{key}", name=name), str(figures[key])) for key in figures]
    for key in ("base", "adapter"):
        if bits.get(key) is not None:
            rows.append((say(f"versions.bits_{key}", name=name), f"{bits[key]:.2f}"))
    _table(rows)
    losses = report.get("losses") or []
    if len(losses) > 1:
        with st.expander(say("versions.curve")):
            st.image(loss_curve_svg(losses), alt=say("versions.curve"), width="stretch")


def _details(version: Version) -> None:
    try:
        manifest = read_manifest(visit.archive().workspace.versions / version.id)
    except PersonaError:
        return
    with st.expander(say("versions.details")):
        donor = str(manifest.voice.get("donor") or manifest.voice.get("name") or "")
        line(say("versions.voice", donor=donor))
        line(say("versions.model", name=manifest.base_model))
        line(say("versions.id", id=version.id), "small")


def _questions(view: View) -> None:
    heading(say("versions.questions"), 2)
    questions = [question for question in view.open_questions() if question.state == "open"]
    if not questions:
        line(say("versions.questions_none"))
        return
    line(say("versions.questions_intro", name=labels.short_name(subject_name())))
    for names, asked in by_who_might_know(view, questions):
        with st.container(border=True):
            heading(names or say("versions.nobody_known"), 3)
            items = "".join(f"<li>{_question(one)}</li>" for one in asked)
            show(f"<ul>{items}</ul>")


def by_who_might_know(
    view: View, questions: Sequence[OpenQuestion]
) -> list[tuple[str, list[OpenQuestion]]]:
    """Return the questions by the names of who might know; the same question once."""
    found: dict[str, dict[str, OpenQuestion]] = {}
    for question in questions:
        names = [labels.person_name(view, person_id) for person_id in question.might_know]
        known = listing([name for name in names if name])
        found.setdefault(known, {}).setdefault(question.question.casefold().strip(), question)
    return [(names, list(asked.values())) for names, asked in found.items()]


def _question(question: OpenQuestion) -> str:
    asked = date_words(question.asked_at.date().isoformat(), "", language())
    when = say("versions.asked_by", date=asked)
    return f'{as_html(question.question)} <span class="small">{as_html(when)}</span>'
