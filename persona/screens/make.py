"""Make a version: who may talk with it, what it is called; watch it learn, stop it, go on.

A version that was being made when the power failed goes on from its last checkpoint: pressing the
same button with the same choices is enough.
"""

from dataclasses import dataclass, field

import streamlit as st

from persona import steps
from persona.proof.golden import keep_golden
from persona.remember.view import View
from persona.screens import background, task_view, visit
from persona.screens.attempts import attempt, forget_outcomes, outcome
from persona.screens.background import Job, State
from persona.screens.keeper import top
from persona.screens.labels import short_name
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, line, show, subject_name
from persona.screens.people_choice import person_words
from persona.screens.words import language, say
from persona.train.making import Made
from persona.train.report import loss_curve_svg
from persona.train.voices.donor import donor_words


@dataclass
class Wanted:
    """What a version was begun with, and the loss by step so far, in nats a token."""

    name: str
    audience: tuple[str, ...]
    draft: bool
    voice: str
    losses: dict[int, float] = field(default_factory=dict)


def render() -> None:
    """Show the page."""
    top("make")
    outcome()
    if task_view.busy_elsewhere("train"):
        return
    job = task_view.current_job("train")
    if job is None:
        _ask(visit.looking_view())
    elif job.state is State.RUNNING:
        task_view.show_running(job, _curve)
    else:
        _ended(job)


def _ask(view: View) -> None:
    people = {person.id: person for person in view.people() if visit.may_be_here(person)}
    adults = [one for one, person in people.items() if not person.minor]
    if not view.memory_ids():
        line(say("make.nothing_yet"), "notice")
        return
    name = st.text_input(say("make.name"), key="version-name", max_chars=80)
    audience = st.multiselect(
        say("make.audience"),
        list(people),
        default=adults,
        format_func=lambda one: person_words(view, one),
        key="version-audience",
    )
    line(say("make.audience_hint", name=short_name(subject_name())), "small")
    voice = _voice(view)
    draft = st.checkbox(say("make.draft"), key="version-draft")
    line(say("make.long"), "small")
    wanted = Wanted((name or "").strip(), tuple(audience), bool(draft), voice)
    label = as_label(say("make.begin"))
    st.button(label, key="make", type="primary", disabled=not audience,
              on_click=attempt, args=(_begin, wanted))  # fmt: skip


def _voice(view: View) -> str:
    """Let the voice be chosen: the usual one, one that was made here, or none."""
    words = {"": say("make.voice_usual")}
    words |= {one.id: donor_words(view, one, language()) for one in view.usable_voices()}
    words["none"] = say("make.voice_none")
    chosen = st.selectbox(
        say("make.voice"), list(words), format_func=words.__getitem__, key="version-voice"
    )
    return str(chosen or "")


def _begin(wanted: Wanted) -> None:
    workspace = visit.archive().workspace

    def made(job: Job) -> Made:
        wanted.losses.clear()
        done = steps.train(
            workspace,
            job,
            name=wanted.name,
            audience=wanted.audience,
            draft=wanted.draft,
            voice=wanted.voice,
            on_loss=wanted.losses.__setitem__,
        )
        keep_golden(workspace, done.version.id, job)
        return done

    background.begin(workspace.root, "train", made, wanted)


def _curve(job: Job) -> None:
    """Show how the learning goes: the line should go down and then level."""
    losses = list(job.given.losses.values())
    if len(losses) > 1:
        st.image(loss_curve_svg(losses), alt=say("versions.curve"), width="stretch")
        line(say("make.curve_hint"), "small")


def _ended(job: Job) -> None:
    wanted: Wanted = job.given
    if job.state is State.DONE:
        made: Made = job.result
        number = made.version.number
        words = say("make.done" if made.new else "make.same", number=number)
        show(f'<p class="notice" role="status">{as_html(words)}</p>')
        _curve(job)
    elif job.state is State.STOPPED:
        line(say("make.stopped"), "notice")
    else:
        task_view.show_failed(job)
    with st.container(horizontal=True):
        if job.state is State.DONE:
            if st.button(as_label(say("make.look")), key="look", type="primary"):
                _put_away()
                go("versions")
        else:
            st.button(as_label(say("make.go_on")), key="go-on", type="primary",
                      on_click=attempt, args=(_begin, wanted))  # fmt: skip
        st.button(as_label(say("make.another")), key="another", on_click=_put_away)


def _put_away() -> None:
    forget_outcomes()
    background.put_away(visit.archive().workspace.root)
