"""Whose voice: hear each clip and decide, see what the seconds allow, declare a donor, make it."""

import random
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from persona import voicing
from persona.errors import ConsentError, PersonaError
from persona.keeper import listening
from persona.keeper.custody import record_consent
from persona.records import Act, MadeVoice, ProposalState, VoiceClip, VoiceState
from persona.remember.view import View
from persona.screens import background, task_view, visit
from persona.screens.attempts import Done, attempt, nothing_left, outcome
from persona.screens.background import State
from persona.screens.dates import date_words
from persona.screens.keeper import top
from persona.screens.markup import as_html, as_label
from persona.screens.page import heading, line, show
from persona.screens.people_choice import person_words
from persona.screens.recording import play_stretch
from persona.screens.voice_block import offer_back, offer_block, say_refused
from persona.screens.words import language, say
from persona.train.voices.donor import DESIGNED, donor_words
from persona.train.voices.measures import SENTENCES
from persona.train.voices.words import (
    FROM_SECONDS,
    left_out_sentence,
    length_words,
    measured_sentence,
)

_BY = "custodian"
_ALIKE = 0.75
_NOISY_DB = 25.0
_LEFT_OUT_SHOWN = 30


def render() -> None:
    """Show the page."""
    top("voices")
    outcome()
    if task_view.busy_elsewhere("clips", "voice"):
        return
    job = task_view.current_job("clips", "voice")
    if job is not None and job.state is State.RUNNING:
        task_view.show_running(job)
        return
    view = visit.looking_view()
    if job is not None:
        _ended(view, job)
    person_id = _whose(view)
    _gauge(view, person_id)
    _clips(view, person_id)
    _donor(view, person_id)
    _voices(view)


def _whose(view: View) -> str:
    """Ask whose voice this is about: the one who died, or somebody living who may lend theirs."""
    subject = view.subject().id
    lenders = [p.id for p in view.people() if p.living and not p.minor and visit.may_be_here(p)]
    names = {one: person_words(view, one) for one in (subject, *lenders)}
    chosen = st.selectbox(
        say("voices.person"), list(names), format_func=names.__getitem__, key="voice-of"
    )
    return chosen or subject


def _name(view: View, person_id: str) -> str:
    return view.display_name(person_id, language())


def _day(at: datetime) -> str:
    return date_words(at.date().isoformat(), "", language())


def _gauge(view: View, person_id: str) -> None:
    """Show how much there is and what it allows, in words and as a bar to the next step."""
    heard = voicing.speech(view, person_id, language())
    later = [one for one in FROM_SECONDS.values() if one > heard.confirmed_s]
    with st.container(key="gauge", border=True):
        line(heard.sentence)
        st.progress(min(1.0, heard.confirmed_s / later[0]) if later else 1.0)
        label = as_label(say("voices.find", name=_name(view, person_id)))
        st.button(label, key="find-clips", on_click=attempt, args=(_find, person_id))


def _find(person_id: str) -> None:
    workspace = visit.archive().workspace
    background.begin(
        workspace.root, "clips", lambda job: voicing.find(workspace, person_id, job), person_id
    )


def _ended(view: View, job: background.Job) -> None:
    """Say what became of listening or making."""
    if job.state is State.FAILED:
        task_view.show_failed(job)
    elif job.kind == "voice" and job.state is State.DONE:
        made = "made" if job.result.new else "here_already"
        words = donor_words(view, job.result.voice, language())
        show(f'<p class="notice" role="status">{as_html(say(f"voices.{made}", donor=words))}</p>')
    elif job.state is State.DONE:
        found, person = job.result, _name(view, job.given)
        counts = say("voices.found", count=len(found.clips), left=len(found.left_out))
        if not (found.clips or found.left_out or found.decided):
            counts = say("voices.no_recordings", name=person)
        line(counts, "notice")
        if found.left_out:
            with st.expander(as_label(say("voices.left_out", count=len(found.left_out)))):
                for one in found.left_out[:_LEFT_OUT_SHOWN]:
                    other = _name(view, one.other_id) if one.other_id else ""
                    line(_where(view, one.source_id, one.start_s, one.end_s), "strong")
                    line(left_out_sentence(one.why, person, other, language()), "small")


def _where(view: View, source_id: str, start_s: float, end_s: float) -> str:
    return say(
        "voices.where",
        title=view.source(source_id).title,
        start=length_words(start_s, language()),
        end=length_words(end_s, language()),
    )


# One clip after the other


def _clips(view: View, person_id: str) -> None:
    clips = view.voice_clips(person_id)
    later: set[str] = st.session_state.setdefault("later", set())
    waiting = [one for one in clips if one.state is ProposalState.PROPOSED]
    now = next((one for one in waiting if one.id not in later), None)
    if now is not None:
        _decide_about(view, now, len(waiting))
    elif clips and not waiting:
        nothing_left("voices.all_heard")
    elif waiting:
        label = as_label(say("who.show_later", count=len(waiting)))
        st.button(label, key="show-later", on_click=later.clear)
    _used(view, [one for one in clips if one.state is ProposalState.CONFIRMED])


def _decide_about(view: View, clip: VoiceClip, count: int) -> None:
    name = _name(view, clip.person_id)
    with st.container(key="clip", border=True):
        heading(say("voices.question", name=name), 2)
        line(say("voices.waiting", count=count), "small")
        _play(view, clip)
        show(f"<blockquote>{as_html(clip.text)}</blockquote>" if clip.text else "")
        line(
            " ".join(
                [_where(view, clip.source_id, clip.start_s, clip.end_s), _likeness(clip, name)]
            ),
            "small",
        )
        with st.container(key="clip-keys", horizontal=True):
            st.button(as_label(say("voices.yes", name=name)), key="clip-yes", type="primary",
                      shortcut="A", wrap=True, on_click=attempt,
                      args=(_decide, clip, ProposalState.CONFIRMED))  # fmt: skip
            st.button(as_label(say("voices.no")), key="clip-no", shortcut="D", wrap=True,
                      on_click=attempt, args=(_decide, clip, ProposalState.REFUSED))  # fmt: skip
            st.button(as_label(say("voices.later")), key="clip-later", shortcut="N",
                      on_click=_put_off, args=(clip.id,))  # fmt: skip


def _play(view: View, clip: VoiceClip) -> None:
    try:
        play_stretch(view.source(clip.source_id), clip.start_s, clip.end_s)
    except PersonaError as error:
        line(str(error), "notice")


def _likeness(clip: VoiceClip, name: str) -> str:
    alike = "voices.alike" if clip.score >= _ALIKE else "voices.less_alike"
    said = say(alike, name=name) if clip.score else say("voices.unknown")
    noisy = float(clip.quality.get("noise_db", _NOISY_DB)) < _NOISY_DB
    return f"{said} {say('voices.noisy')}" if noisy else said


def _put_off(clip_id: str) -> None:
    st.session_state.setdefault("later", set()).add(clip_id)


def _decide(clip: VoiceClip, state: ProposalState) -> Done:
    store, before = visit.archive().store, clip.state
    store.decide_clips([clip.id], state, _BY)
    said = {ProposalState.CONFIRMED: "confirmed", ProposalState.REFUSED: "refused"}
    return Done(
        say(f"voices.{said.get(state, 'taken_back')}"),
        lambda: store.decide_clips([clip.id], before, _BY),
    )


def _used(view: View, clips: Sequence[VoiceClip]) -> None:
    if not clips:
        return
    with st.expander(as_label(say("voices.kept", count=len(clips)))):
        places = {one.id: _where(view, one.source_id, one.start_s, one.end_s) for one in clips}
        wanted = st.selectbox(
            say("voices.kept", count=len(clips)),
            list(places),
            format_func=places.__getitem__,
            key="used-clip",
            label_visibility="collapsed",
        )
        chosen = next((one for one in clips if one.id == wanted), None)
        if chosen is not None:
            _play(view, chosen)
            st.button(as_label(say("voices.ask_again")), key="ask-again",
                      on_click=attempt, args=(_decide, chosen, ProposalState.PROPOSED))  # fmt: skip


# The donor


def _donor(view: View, person_id: str) -> None:
    """Ask whose voice shall be heard; without consent nothing is made."""
    name, own = _name(view, person_id), person_id == view.subject().id
    choices = {
        person_id: say("voices.donor_own" if own else "voices.donor_relative", name=name),
        DESIGNED: say("voices.donor_designed"),
    }
    heading(say("voices.donor"), 2)
    donor = st.radio(
        say("voices.donor"),
        list(choices),
        format_func=choices.__getitem__,
        key=f"donor-{person_id}",
        label_visibility="collapsed",
    )
    if donor != DESIGNED and not _agreed(view, person_id, own=own):
        return
    st.button(as_label(say("voices.make")), key="make-voice", type="primary",
              on_click=attempt, args=(_make, donor))  # fmt: skip
    line(say("voices.make_takes" if donor != DESIGNED else "voices.make_soon"), "small")


def _agreed(view: View, person_id: str, *, own: bool) -> bool:
    """Show who agreed, or ask for it."""
    try:
        entry = view.voice_consent(person_id)
        line(
            say("voices.agreed", name=_name(view, entry.given_by), date=_day(entry.at)),
            "small",
        )
        return True
    except ConsentError:
        name = _name(view, person_id)
    givers = {person_id: person_words(view, person_id)}
    if own:
        heirs = [p for p in view.people() if p.living and not p.minor and visit.may_be_here(p)]
        givers = {p.id: person_words(view, p) for p in heirs if not p.is_subject}
    with st.form(f"consent-{person_id}"):
        line(say("voices.read_aloud", name=name))
        by = st.selectbox(
            say("voices.who_agrees", name=name),
            list(givers),
            index=None,
            placeholder=say("who.choose"),
            format_func=givers.__getitem__,
            key=f"agrees-{person_id}",
        )
        if st.form_submit_button(as_label(say("voices.agree"))) and by:
            attempt(_record, person_id, by)
            st.rerun()
    return False


def _record(person_id: str, by: str) -> Done:
    record_consent(visit.archive().workspace, person_id, Act.TRAIN_VOICE.value, by)
    return Done(say("voices.recorded"))


def _make(donor: str) -> None:
    workspace = visit.archive().workspace
    background.begin(
        workspace.root, "voice", lambda job: voicing.make(workspace, donor, job), donor
    )


# What there is


def _voices(view: View) -> None:
    heading(say("voices.voices"), 2)
    made = view.made_voices()
    if not made:
        line(say("voices.none"), "small")
    for one in made:
        with st.container(key=f"voice-{one.id}", border=True):
            line(donor_words(view, one, language()), "strong")
            line(f"{one.id} · {one.engine} · {_day(one.created_at)}", "small")
            line(measured_sentence(one.measured, language()), "small")
            if one.state is VoiceState.BLOCKED:
                offer_back(view, one)
            else:
                say_refused(view, one)
                _hear(one)
                offer_block(one)
    _votes(view, made)


def _hear(made: MadeVoice) -> None:
    if not st.button(as_label(say("voices.try")), key=f"try-{made.id}", icon=":material/hearing:"):
        return
    archive = visit.archive()
    sentences = SENTENCES.get(language(), SENTENCES["en"])
    out = archive.workspace.derived / "listening" / f"try-{made.id}-{language()}.wav"
    try:
        with st.spinner(say("voices.trying")):
            if not out.is_file():
                text = random.Random(0).choice(sentences)
                voicing.hear(archive.workspace, made.id, text, out, language=language())
        st.audio(str(out), autoplay=True, alt=made.id)
    except PersonaError as error:
        line(str(error), "notice")


def _votes(view: View, made: Sequence[MadeVoice]) -> None:
    rows = listening.counts(view)
    if not rows:
        return
    names = {one.id: f"{donor_words(view, one, language())} ({one.id})" for one in made}
    heading(say("voices.votes"), 2)
    for row in rows:
        name = say("voices.real") if row.id == listening.REAL else names.get(row.id, row.id)
        values = {"name": name, "nearer": row.nearer, "shown": row.shown, "same": row.same}
        if row.likeness is None:
            line(say("voices.vote", **values))
        else:
            line(say("voices.vote_rated", rating=row.likeness, **values))
