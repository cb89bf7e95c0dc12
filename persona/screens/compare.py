"""Two versions side by side, as whoever sits here may know them; kept as a page if they like."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from persona.compare import Wanted
from persona.compare import compare as compared
from persona.compare.hearing import Hearing, Sounds
from persona.errors import PersonaError
from persona.export.compare_page import comparison_answers, comparison_html, comparison_parts
from persona.export.compare_words import version_words, word
from persona.records import Version, VersionState
from persona.screens import visit
from persona.screens.markup import as_label
from persona.screens.page import go, heading, line, show
from persona.screens.version_names import version_name
from persona.screens.voting import SIDES, one_at_a_time
from persona.screens.words import language, say

PLOT_WIDTH = 460
"""Pixels; on a phone as wide as the page."""
_SVG = re.compile(r"(<svg.*?</svg>)", re.DOTALL)


def render() -> None:
    """Show the page."""
    back_to_versions()
    heading(say("page.compare"))
    line(say("side.intro"))
    versions = _comparable()
    if len(versions) < 2:
        line(say("side.one"), "notice")
        return
    first = _choice("side.first", versions, len(versions) - 2)
    second = _choice("side.second", versions, len(versions) - 1)
    questions = st.text_area(say("side.questions"), key="side-questions", max_chars=4000)
    wanted = _wanted(first, second, (questions or "").splitlines())
    if st.button(as_label(say("side.begin")), key="side-begin", type="primary"):
        _compare(wanted)
    kept = st.session_state.get("compared")
    if kept is not None and kept[0] == wanted:
        _show(*kept)


def back_to_versions() -> None:
    """Show the way back."""
    label = as_label(say("side.back"))
    if st.button(label, key="back", type="tertiary", icon=":material/arrow_back:"):
        go("versions")


def _comparable() -> list[Version]:
    """Return the versions that this visitor knows of, oldest first."""
    found = visit.looking_view().versions()
    return [one for one in found if visit.keeps() or one.state is not VersionState.DRAFT]


def _choice(label: str, versions: Sequence[Version], usual: int) -> Version:
    names = {version.number: version_name(version) for version in versions}
    chosen = st.selectbox(
        say(label), list(names), index=usual, format_func=names.__getitem__, key=label
    )
    return next((one for one in versions if one.number == chosen), versions[usual])


def _wanted(first: Version, second: Version, questions: Sequence[str]) -> Wanted:
    here = visit.visitor() or visit.Visitor("stranger")
    return Wanted(
        first.id,
        second.id,
        listener_id=here.person_id,
        keeper=visit.keeps(),
        questions=tuple(one for one in questions if one.strip()),
        language=language(),
    )


class _Bar:
    """Shows how far a comparison is."""

    def __init__(self) -> None:
        self._bar = st.progress(0.0, text=as_label(say("side.asking")))

    def line(self, text: str) -> None:
        """Say nothing: the bar is enough."""

    def progress(self, what: str, done: int, total: int) -> None:  # noqa: ARG002
        """Move the bar."""
        self._bar.progress(done / total if total else 1.0, text=as_label(say("side.asking")))


def _compare(wanted: Wanted) -> None:
    st.session_state.pop("compared", None)
    try:
        values = compared(visit.archive().workspace, wanted, _Bar())
    except PersonaError as error:
        line(str(error), "notice")
        return
    st.session_state["compared"] = (wanted, values, {})
    st.rerun()  # without the bar


def _show(wanted: Wanted, values: dict[str, Any], sounds: Sounds) -> None:
    _keep(values, sounds)
    for part in comparison_parts(values, language()):
        for piece in _SVG.split(part):
            if piece.startswith("<svg"):
                st.image(piece, width=PLOT_WIDTH)
            elif piece:
                show(f'<div class="compared">{piece}</div>')
    if values["answers"]:
        _who_is_heard(values)
    for number, (head, *answers) in enumerate(comparison_answers(values, language())):
        show(f'<div class="compared">{head}</div>')
        for place, column in enumerate(st.columns(2, gap="medium")):
            with column:
                show(f'<div class="compared">{answers[place]}</div>')
                _sound(wanted, values, sounds, (number, SIDES[place]))
    one_at_a_time()


def _keep(values: dict[str, Any], sounds: Sounds) -> None:
    """Offer the page as a file; what was heard goes into it only if that is wanted."""
    with_sound = bool(sounds) and st.checkbox(say("side.with_sound"), key="side-with-sound")
    page: Callable[[], str] = partial(
        comparison_html, values, language(), dict(sounds) if with_sound else None
    )
    numbers = "-".join(str(one["number"]) for one in values["versions"])
    st.download_button(
        as_label(say("side.keep")),
        page,
        file_name=f"versions-{numbers}.html",
        mime="text/html",
        key="side-keep",
        icon=":material/download:",
    )


def _who_is_heard(values: dict[str, Any]) -> None:
    """Say that answers can be heard, and which of the two cannot."""
    if not all(values["unheard"]):
        line(say("side.sound_intro"), "small")
    for about, why in zip(values["versions"], values["unheard"], strict=True):
        if why:
            name = version_words(language(), about)
            line(word(language(), f"unheard.{why}", version=name), "small")


def _sound(wanted: Wanted, values: dict[str, Any], sounds: Sounds, place: tuple[int, str]) -> None:
    """Let a version be heard under its answer; what was made stays for this visit."""
    (number, side), turn = place, SIDES.index(place[1])
    about, said = values["versions"][turn], values["answers"][number][side]
    heard = sounds.get(place)
    if heard is not None:
        fresh = st.session_state.get("side-fresh") == place
        if fresh:  # it sounds once, and not again whenever the page is drawn anew
            del st.session_state["side-fresh"]
        name = version_words(language(), about)
        st.audio(heard.mp3, format="audio/mpeg", alt=name, autoplay=fresh)
        line(word(language(), "read_by", whose=heard.whose), "small")
    elif said and not values["unheard"][turn]:
        label = as_label(say("side.hear", number=about["number"]))
        if st.button(label, key=f"side-hear-{number}-{side}", icon=":material/volume_up:"):
            _speak(wanted, about["id"], said, sounds, place)


def _speak(
    wanted: Wanted,
    version_id: str,
    said: Sequence[dict[str, Any]],
    sounds: Sounds,
    place: tuple[int, str],
) -> None:
    archive = visit.archive()
    hearing = Hearing(
        archive.workspace, archive.store, wanted.listener_id, wanted.keeper, wanted.language
    )
    try:
        with st.spinner(say("side.speaking")):
            version = visit.looking_view().version(version_id)
            sounds[place] = hearing.hear(version, said)
    except PersonaError as error:
        line(str(error), "notice")
        return
    st.session_state["side-fresh"] = place
    st.rerun()
