"""Which is nearer? One question, two answers, and nobody says which version gave which."""

import streamlit as st

from persona.compare.blind import Blind, ask_both, keep_vote, pairs_of
from persona.errors import PersonaError
from persona.evaluation.probe import Said, SaidSentence
from persona.records import Judged, Preference, Standing, Version
from persona.screens import labels, visit
from persona.screens.compare import back_to_versions
from persona.screens.markup import as_html, as_label
from persona.screens.page import heading, line, show, subject_name
from persona.screens.words import say

QUESTION_LIMIT = 1000
_RATINGS = (1, 2, 3, 4, 5)


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
    pairs = pairs_of(visit.archive().store)
    if not pairs:
        line(say("blind.one"), "notice")
        return
    blind: Blind | None = st.session_state.get("blind")
    if blind is None:
        _question(pairs[0])
    else:
        _answers(blind)
    _own_votes()


def _question(pair: tuple[Version, Version]) -> None:
    with st.form("blind-form", border=False):
        asked = st.text_input(
            say("blind.question"), key=f"blind-question-{_round()}", max_chars=QUESTION_LIMIT
        )
        if not st.form_submit_button(as_label(say("blind.ask")), type="primary"):
            return
    here = visit.visitor() or visit.Visitor("stranger")
    try:
        with st.spinner(say("blind.asking")):
            st.session_state["blind"] = ask_both(
                visit.archive().workspace, asked or "", pair, here.person_id, _Quiet()
            )
    except PersonaError as error:
        line(str(error), "notice")
        return
    st.rerun()


def _round() -> int:
    """Return how many questions were put: each has fields of its own."""
    return int(st.session_state.get("blind-count", 0))


def _answers(blind: Blind) -> None:
    if blind.urgent:  # help, and nothing beside it
        _answer("", blind.answers[0])
        _another()
        return
    show(f'<p class="asked">{as_html(blind.question)}</p>')
    if blind.alike:
        _answer(say("blind.first"), blind.answers[0])
        line(say("blind.alike"), "notice")
        _another()
        return
    for column, side, said in zip(
        st.columns(2, gap="medium"), ("first", "second"), blind.answers, strict=True
    ):
        with column:
            _answer(say(f"blind.{side}"), said)
    _vote(blind)


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


def _vote(blind: Blind) -> None:
    number = _round()
    sides = {one: say(f"blind.prefer_{one.value}") for one in Preference}
    ratings = {one: say(f"blind.believe_{one}") for one in _RATINGS}
    with st.form(f"vote-form-{number}"):
        preferred = st.radio(
            say("blind.nearer", name=labels.short_name(subject_name())),
            list(sides),
            index=None,
            format_func=sides.__getitem__,
            key=f"prefer-{number}",
        )
        credible = [
            st.radio(
                say(f"blind.believe_{side}"),
                list(ratings),
                index=None,
                horizontal=True,
                format_func=ratings.__getitem__,
                key=f"believe-{side}-{number}",
            )
            for side in ("first", "second")
        ]
        pressed = st.form_submit_button(as_label(say("blind.vote")), type="primary")
    if pressed and preferred is None and credible == [None, None]:
        line(say("blind.nothing_chosen"), "notice")
    elif pressed:
        _keep(blind, preferred, credible)
    _another()


def _keep(blind: Blind, preferred: Preference | None, credible: list[int | None]) -> None:
    here = visit.visitor() or visit.Visitor("stranger")
    try:
        keep_vote(visit.archive().store, blind, here.person_id, preferred, credible)
    except PersonaError as error:
        line(str(error), "notice")
        return
    _next()
    st.session_state["blind-voted"] = True
    st.rerun()


def _another() -> None:
    st.button(as_label(say("blind.another")), key="blind-another", on_click=_next)


def _next() -> None:
    st.session_state.pop("blind", None)
    st.session_state["blind-count"] = _round() + 1


def _own_votes() -> None:
    if st.session_state.pop("blind-voted", False):
        show(f'<p class="notice" role="status">{as_html(say("blind.voted"))}</p>')
    count = len(visit.listening_view().judgements(Judged.ANSWERS))
    if count:
        line(say("blind.votes", count=count), "small")
