"""Two versions side by side, as whoever sits here may know them; kept as a page if they like."""

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from persona.compare import Wanted
from persona.compare import compare as compared
from persona.errors import PersonaError
from persona.export.compare_page import comparison_html, comparison_parts
from persona.records import Version, VersionState
from persona.screens import visit
from persona.screens.markup import as_label
from persona.screens.page import go, heading, line, show
from persona.screens.version_names import version_name
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
        _show(kept[1])


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
    st.session_state["compared"] = (wanted, values)
    st.rerun()  # without the bar


def _show(values: dict[str, Any]) -> None:
    page = comparison_html(values, language())
    numbers = "-".join(str(one["number"]) for one in values["versions"])
    st.download_button(
        as_label(say("side.keep")),
        page,
        file_name=f"versions-{numbers}.html",
        mime="text/html",
        key="side-keep",
        icon=":material/download:",
    )
    for part in comparison_parts(values, language()):
        for piece in _SVG.split(part):
            if piece.startswith("<svg"):
                st.image(piece, width=PLOT_WIDTH)
            elif piece:
                show(f'<div class="compared">{piece}</div>')
