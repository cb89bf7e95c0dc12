"""“That's not right”: the sentence, its source beside it, and a place for one's own words.

The box is empty: what the simulation said is never offered as somebody's testimony (law 3).
"""

from collections.abc import Sequence

import streamlit as st

from persona.converse.answer import AnswerSentence
from persona.converse.dispute import Disputed, disputed
from persona.errors import PersonaError
from persona.keeper.correction import keep_correction
from persona.records import Modality
from persona.remember.readers import Reader
from persona.remember.view import View
from persona.screens import visit
from persona.screens.markup import as_html, as_label
from persona.screens.page import line, show
from persona.screens.words import say

_KNOWS = {
    "there": Modality.WITNESSED,
    "told": Modality.WAS_TOLD,
    "believe": Modality.BELIEVES,
    "guess": Modality.GUESSES,
}


def dispute_button(group: Sequence[AnswerSentence], key: str, *, disabled: bool = False) -> None:
    """Show the button beside what stands on a source; nothing for a visitor without a name."""
    here = visit.visitor()
    cited = next((one for one in group if one.citations), None)
    if here is None or here.person_id is None or cited is None:
        return
    st.button(
        as_label(say("dispute.button")),
        key=f"dispute-{key}",
        type="tertiary",
        disabled=disabled,
        on_click=_ask_for,
        args=(cited,),
    )


def _ask_for(sentence: AnswerSentence) -> None:
    st.session_state["asked_dispute"] = sentence


def open_dispute(view: View) -> None:
    """Open the sentence whose button was pressed, or say that a correction was kept."""
    if st.session_state.pop("dispute_kept", False):
        line(say("dispute.kept"), "notice")
    sentence: AnswerSentence | None = st.session_state.pop("asked_dispute", None)
    here = visit.visitor()
    if sentence is None or here is None:
        return
    try:
        about = disputed(view, sentence, here.person_id)
    except PersonaError as error:
        line(str(error), "notice")
        return
    dialog = st.dialog(as_label(say("dispute.title")), width="medium", on_dismiss="rerun")
    dialog(_body)(view.reader, about)


def _body(_reader: Reader, about: Disputed) -> None:
    st.session_state.pop("asked_dispute", None)
    if st.session_state.get("dispute_kept"):
        st.rerun()
    show(f'<p class="said">{as_html(about.sentence.text)}</p>')
    for beside in about.beside:
        line(beside.place, "label")
        text = f"{as_html(beside.before)}<mark>{as_html(beside.quoted)}</mark>"
        show(f'<div class="paper"><p>{text}{as_html(beside.after)}</p></div>')
    line(say("dispute.what_happens"), "small")
    trouble = st.session_state.pop("dispute_trouble", "")
    if trouble:
        line(trouble, "notice")
    st.text_area(say("dispute.words"), key="dispute-words", max_chars=4000)
    st.radio(
        say("dispute.knows"),
        list(_KNOWS),
        index=2,
        format_func=lambda one: as_label(say(f"dispute.{one}")),
        key="dispute-knows",
    )
    st.button(
        as_label(say("dispute.keep")),
        key="dispute-keep",
        type="primary",
        on_click=_keep,
        args=(about,),
    )


def _keep(about: Disputed) -> None:
    """Keep the words; a refusal is one sentence, and what was typed stays."""
    archive = visit.archive()
    words = str(st.session_state.get("dispute-words", ""))
    knows = _KNOWS[st.session_state.get("dispute-knows", "believe")]
    try:
        keep_correction(archive.workspace, archive.store, about, words, knows=knows)
    except PersonaError as error:
        st.session_state["dispute_trouble"] = str(error)
        st.session_state["asked_dispute"] = about.sentence
        return
    st.session_state["dispute_kept"] = True
