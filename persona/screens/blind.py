"""Which is nearer? One question, two answers, and nobody says which version gave which."""

import random
from functools import partial

import streamlit as st

from persona.compare.blind import (
    Blind,
    Ears,
    ask_both,
    can_be_heard,
    draw_pair,
    hear_both,
    keep_vote,
    usable_versions,
)
from persona.compare.hearing import Hearing
from persona.errors import PersonaError
from persona.evaluation.probe import Said, SaidSentence
from persona.records import Judged, Standing
from persona.screens import labels, visit, voting
from persona.screens.compare import back_to_versions
from persona.screens.markup import as_html, as_label
from persona.screens.page import heading, line, show, subject_name
from persona.screens.words import say

QUESTION_LIMIT = 1000
_PAGE = "blind"
_LOT = random.SystemRandom()


class _Quiet:
    """Two answers come at once: a spinner says enough."""

    def line(self, text: str) -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Say nothing."""


def render() -> None:
    """Show the page."""
    back_to_versions()
    heading(say("page.blind"))
    line(say("blind.intro", name=labels.short_name(subject_name())))
    if visit.keeps():
        line(say("blind.keeper"), "notice")
        return
    if len(usable_versions(visit.archive().store)) < 2:
        line(say("blind.one"), "notice")
        return
    voting.thanks(_PAGE)
    blind: Blind | None = st.session_state.get(_PAGE)
    if blind is None:
        _question()
    else:
        _answers(blind)
    voting.own_votes(_PAGE, Judged.ANSWERS)


def _question() -> None:
    with st.form("blind-form", border=False):
        asked = st.text_input(
            say("blind.question"),
            key=f"blind-question-{voting.shown_number(_PAGE)}",
            max_chars=QUESTION_LIMIT,
        )
        if not st.form_submit_button(as_label(say("blind.ask")), type="primary"):
            return
    here, archive = visit.visitor() or visit.Visitor("stranger"), visit.archive()
    try:
        with st.spinner(say("blind.asking")):
            pair = draw_pair(archive.workspace, archive.store, here.person_id, _LOT)
            st.session_state[_PAGE] = ask_both(
                archive.workspace, asked or "", pair, here.person_id, _Quiet()
            )
    except PersonaError as error:
        line(str(error), "notice")
        return
    st.rerun()


def _answers(blind: Blind) -> None:
    if blind.urgent:  # help, and nothing beside it
        _answer("", blind.answers[0])
        voting.another_button(_PAGE)
        return
    show(f'<p class="asked">{as_html(blind.question)}</p>')
    if blind.alike:
        _answer(say("blind.both"), blind.answers[0])
        line(say("blind.alike"), "notice")
        voting.another_button(_PAGE)
        return
    for column, side, said in zip(
        st.columns(2, gap="medium"), voting.SIDES, blind.answers, strict=True
    ):
        with column:
            _answer(say(f"blind.{side}"), said)
    _sounds(blind)
    voting.vote(_PAGE, partial(keep_vote, visit.archive().store, blind))
    voting.another_button(_PAGE)


def _answer(head: str, said: Said) -> None:
    with st.container(border=True):
        show(f'<p class="who">{as_html(head)}</p>' if head else "")
        for sentence in said.sentences:
            rests_on = _standing(sentence)
            below = f'<span class="small">{as_html(rests_on)}</span>' if rests_on else ""
            show(
                f'<div class="said {as_html(sentence.standing)}">'
                f"<p>{as_html(sentence.text)}</p>{below}</div>"
            )
        if said.failed:
            line(said.failed, "notice")


def _sounds(blind: Blind) -> None:
    """Offer both answers to be heard, where that tells nobody which is which."""
    sounds = st.session_state.get("blind-sounds")
    if sounds is not None:
        heads = [say(f"blind.{side}") for side in voting.SIDES]
        voting.players(heads, [one.mp3 for one in sounds], "audio/mpeg")
        line(say("blind.by_program"), "small")
        return
    here, archive = visit.visitor() or visit.Visitor("stranger"), visit.archive()
    hearing = Hearing(archive.workspace, archive.store, here.person_id)
    ears = can_be_heard(hearing, blind)
    if ears is Ears.NOT_BOTH:
        line(say("blind.unheard"), "small")
    if ears is not Ears.BOTH or not st.button(
        as_label(say("blind.hear")), key="blind-hear", icon=":material/volume_up:"
    ):
        return
    try:
        with st.spinner(say("blind.speaking")):
            st.session_state["blind-sounds"] = hear_both(hearing, blind)
    except PersonaError:  # which of the two could not be heard would tell which it is
        line(say("blind.unheard"), "notice")
        return
    st.rerun()


def _standing(sentence: SaidSentence) -> str:
    """Return in plain words what a sentence rests on; empty for small talk."""
    if sentence.standing == Standing.OWN_WORDS.value:
        return say("talk.own_words", name=labels.short_name(subject_name()))
    if sentence.standing == Standing.TOLD.value:
        names = labels.person_name(visit.listening_view(), sentence.narrator_id)
        return say("talk.told", narrator=names) if names else say("talk.told_nobody")
    if sentence.standing in (Standing.INFERRED.value, Standing.UNKNOWN.value):
        return say(f"talk.{sentence.standing}")
    return ""
