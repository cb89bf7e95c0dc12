"""Who is this? The names and files that nobody has explained yet, one at a time.

Nobody is chosen beforehand: one relative is never taken for another because a button was near.
An answer is remembered, shown below, and can be taken back at any time.
"""

import streamlit as st

from persona.errors import PersonaError
from persona.keeper import who
from persona.records import Person
from persona.remember.known_names import Renamed
from persona.remember.unknown_names import Candidate, Question, UnknownName
from persona.remember.view import View
from persona.screens import labels, task_view, visit
from persona.screens.attempts import Done, attempt, nothing_left, outcome
from persona.screens.background import State
from persona.screens.collect import begin_remembering
from persona.screens.files_of_nobody import FilesOfNobody, files_of_nobody, name_files
from persona.screens.keeper import top
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, heading, line, show
from persona.screens.people_choice import ask_new_person, choose_person, person_words
from persona.screens.recording import play_stretch
from persona.screens.words import language, listing, say

_TITLES = 3
"""Titles of material that are named in a question."""

_HEARD_S = 15.0
"""Seconds of a recording that are enough to know a voice."""


def render() -> None:
    """Show the page."""
    view = visit.looking_view()
    top("who")
    outcome()
    if task_view.busy_elsewhere():
        return
    _look_again()
    later: set[str] = st.session_state.setdefault("later", set())
    singly: set[str] = st.session_state.setdefault("singly", set())
    asked: list[UnknownName | FilesOfNobody] = [
        *view.unknown_names(),
        *files_of_nobody(view, singly),
    ]
    waiting = [one for one in asked if _key(one) not in later]
    if waiting:
        line(say("who.left", count=len(asked)), "small")
        _card(view, waiting[0])
    else:
        nothing_left("who.none_now" if asked else "who.none")
    if later and asked:
        st.button(as_label(say("who.show_later", count=len(later))), key="show-later",
                  on_click=later.clear)  # fmt: skip
    _answered(view)


def _key(asked: UnknownName | FilesOfNobody) -> str:
    if isinstance(asked, FilesOfNobody):
        return asked.key
    return f"{asked.what} {asked.name} {asked.source_id}"


def _card(view: View, asked: UnknownName | FilesOfNobody) -> None:
    with st.container(key="question", border=True):
        _ask(view, asked)
        _choices(view, asked)
        speaker = isinstance(asked, UnknownName) and asked.what is Question.SPEAKER
        new = ask_new_person(view, asked.name if isinstance(asked, UnknownName) and speaker else "")
        if new is not None:
            attempt(_say_who, asked, new)
            st.rerun()
        with st.container(horizontal=True):
            if isinstance(asked, UnknownName) and asked.what is not Question.NARRATOR:
                st.button(as_label(say(f"who.nobody_{asked.what.value}")), key="nobody", wrap=True,
                          on_click=attempt, args=(_say_who, asked, None))  # fmt: skip
            if isinstance(asked, FilesOfNobody) and len(asked.sources) > 1:
                st.button(as_label(say("who.one_by_one")), key="one-by-one",
                          on_click=_singly, args=(_key(asked),))  # fmt: skip
            st.button(as_label(say("who.later")), key="later-button",
                      on_click=_put_off, args=(_key(asked),))  # fmt: skip


def _singly(key: str) -> None:
    st.session_state.setdefault("singly", set()).add(key)


def _put_off(key: str) -> None:
    st.session_state.setdefault("later", set()).add(key)


def _ask(view: View, asked: UnknownName | FilesOfNobody) -> None:
    if isinstance(asked, FilesOfNobody):
        heading(asked.question(), 2)
        line(listing([source.title for source in asked.sources[:_TITLES]]), "small")
        samples: tuple[str, ...] = asked.samples
    else:
        titles = [view.source(one).title for one in asked.source_ids[:_TITLES]]
        name = asked.samples[0] if asked.what is Question.IN_TREE and asked.samples else asked.name
        heading(say(f"who.ask_{asked.what.value}", name=name), 2)
        line(say("who.stands_in", titles=listing(titles), count=asked.count), "small")
        samples = asked.samples
    lines = "".join(f"<p>“{as_html(one)}”</p>" for one in samples)
    if lines:
        show(f'<div class="spoken">{lines}</div>')
    if isinstance(asked, UnknownName) and asked.what is Question.SPEAKER:
        _voice(view, asked)


def _voice(view: View, asked: UnknownName) -> None:
    """Let the keeper hear who speaks, where the name stands in a recording."""
    source = view.source(asked.source_ids[0])
    if not source.media_type.startswith(("audio/", "video/")) or not view.may_open(source.id):
        return
    for passage in view.passages(source_id=source.id):
        heard = labels.said_between(passage, 0, len(passage.text))
        if passage.speaker_name == asked.name and heard is not None:
            try:
                play_stretch(source, heard[0], min(heard[1], heard[0] + _HEARD_S))
            except PersonaError:
                line(say("source.no_file"), "notice")
            return


def _choices(view: View, asked: UnknownName | FilesOfNobody) -> None:
    """Offer those who could be meant, each with the reason, and then everybody."""
    candidates: tuple[Candidate, ...] = asked.candidates
    if candidates:
        line(say("who.perhaps"), "label")
    for one in candidates:
        why = listing([say(f"who.{reason}") for reason in one.reasons])
        label = as_label(f"{person_words(view, one.person_id)} — {why}")
        st.button(label, key=f"is-{one.person_id}", width="stretch", wrap=True,
                  on_click=attempt, args=(_say_who, asked, one.person_id))  # fmt: skip
    label = say("who.everybody" if candidates else "who.somebody")
    chosen = choose_person(view, label, f"choose-{_key(asked)}")
    if chosen:
        label = as_label(say("who.yes", name=labels.person_name(view, chosen)))
        st.button(label, key="say-who", type="primary",
                  on_click=attempt, args=(_say_who, asked, chosen))  # fmt: skip


def _say_who(asked: UnknownName | FilesOfNobody, person: Person | str | None) -> Done:
    """Record an answer; what takes it back comes with it."""
    archive = visit.archive()
    made = person if isinstance(person, Person) else None
    if made is not None:
        archive.store.put_people([made])
    person_id = made.id if made else person if isinstance(person, str) else None
    st.session_state["answered"] = True
    sentence = _answer(asked, person_id, made.name if made else _name(person_id))

    def take_back() -> None:
        _unanswer(asked)
        if made is not None:
            archive.store.take_away_person(made.id)

    return Done(sentence, take_back)


def _answer(asked: UnknownName | FilesOfNobody, person_id: str | None, name: str) -> str:
    workspace = visit.archive().workspace
    if isinstance(asked, FilesOfNobody):
        name_files(asked, person_id)
        return say("who.done_files", count=len(asked.sources), name=name)
    if asked.what is Question.NARRATOR and asked.source_id is not None:
        who.name_narrator(workspace, asked.source_id, person_id)
        return say("who.done", asked=asked.name, name=name)
    return _sentence(asked, name, who.answer(workspace, asked.name, person_id, asked.source_id))


def _unanswer(asked: UnknownName | FilesOfNobody) -> None:
    workspace = visit.archive().workspace
    if isinstance(asked, FilesOfNobody):
        name_files(asked, None)
    elif asked.what is Question.NARRATOR and asked.source_id is not None:
        who.name_narrator(workspace, asked.source_id, None)
    else:
        who.forget(workspace, asked.name, asked.source_id)


def _name(person_id: str | None) -> str:
    if person_id is None:
        return ""
    with visit.archive().store.reader(visit.Visitor("custodian").looks_as()) as view:
        return view.display_name(person_id, language())


def _sentence(asked: UnknownName, name: str, done: Renamed) -> str:
    shown = asked.samples[0] if asked.what is Question.IN_TREE and asked.samples else asked.name
    said = say("who.done", asked=shown, name=name) if name else say("who.done_nobody", asked=shown)
    return f"{said} {say('who.versions')}" if done.about_subject else said


# What was answered


def _look_again() -> None:
    """Offer to look for memories anew, once something was answered."""
    job = task_view.current_job("remember")
    if job is not None and job.state is State.RUNNING:
        task_view.show_running(job)
    elif st.session_state.get("answered"):
        with st.container(key="again", border=True):
            line(say("who.look_again"), "small")
            label = as_label(say("who.look_again_now"))
            if st.button(label, key="look-again", icon=":material/search:"):
                st.session_state.pop("answered")
                attempt(begin_remembering)
                go("collect")


def _answered(view: View) -> None:
    known = [one for one in view.known_names() if one.set_by != "family tree"]
    if not known:
        return
    with st.expander(say("who.answers", count=len(known))):
        for one in known:
            name = labels.person_name(view, one.person_id) or say("who.is_nobody")
            where = ""
            if one.source_id is not None:
                where = say("who.only_in", title=view.source(one.source_id).title)
            with st.container(horizontal=True, vertical_alignment="center"):
                line(say("who.done", asked=one.name, name=name) + (f" ({where})" if where else ""))
                st.button(as_label(say("who.take_back")), key=f"forget-{one.id}",
                          on_click=attempt, args=(_forget, one.name, one.source_id))  # fmt: skip


def _forget(name: str, source_id: str | None) -> Done:
    who.forget(visit.archive().workspace, name, source_id)
    st.session_state["answered"] = True
    return Done(say("who.taken_back", asked=name))
