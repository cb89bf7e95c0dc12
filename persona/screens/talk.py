"""The talk: ask or say it, read sentence by sentence, open what each rests on, hear it, stop."""

import streamlit as st

from persona.converse.answer import AnswerSentence
from persona.converse.talk import Talk
from persona.errors import PersonaError
from persona.records import Person, Standing
from persona.remember.readers import Stranger
from persona.remember.retrieval import Retriever
from persona.remember.view import View
from persona.screens import farewell, labels, talk_microphone, talk_sound, talk_time, visit
from persona.screens.answer_view import groups, show_group
from persona.screens.dates import date_words
from persona.screens.dispute_dialog import open_dispute
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, heading, line, show, subject_name
from persona.screens.portrait import face, frame_html
from persona.screens.source_dialog import open_asked
from persona.screens.suggestions import first_questions
from persona.screens.talk_near import show_near
from persona.screens.welcome import materials
from persona.screens.words import language, say

QUESTION_LIMIT = 1000
"""Characters that the box takes."""


def render() -> None:
    """Show the page."""
    if not st.session_state.get("begun"):
        go("welcome")
    view = visit.listening_view()
    _header(view)
    if st.session_state.get("farewell"):
        farewell.render(view)
        return
    if st.session_state.get("ended"):
        _goodbye()
        return
    with st.spinner(say("talk.opening")):
        talk = visit.talk()
    sounding = _said_so_far(talk, view)
    asked = st.session_state.pop("pending", None)
    if asked:
        _answer(talk, view, asked)
    elif not visit.exchanges():
        _suggest(view)
    trouble = st.session_state.pop("trouble", "")
    if trouble:
        line(trouble, "notice")
    # Esc closes an open dialog; only without one does it end the conversation.
    in_dialog = any(key in st.session_state for key in ("asked_source", "asked_dispute"))
    talk_time.time_line(talk)
    _question_box(talk, "" if in_dialog else "Esc")
    open_asked(view)
    open_dispute(view)
    if sounding is not None:
        talk_sound.sound_out(sounding)


def _header(view: View) -> None:
    """Show face, name and dates, and what this is: they stay in sight while one reads."""
    name, subject = subject_name(), view.subject()
    made_of = materials(view)
    what = (
        say("talk.line", materials=made_of, name=labels.short_name(name))
        if made_of
        else say("talk.line_plain", name=labels.short_name(name))
    )
    with st.container(key="person", horizontal=True, vertical_alignment="center"):
        st.html(frame_html(face(view), name), width="content")
        show(
            f"<h1>{as_html(name)}</h1><p class='years'>{as_html(_years(subject))}</p>"
            f"<p class='simulation'>{as_html(what)}</p>"
        )


def _years(subject: Person) -> str:
    dates = (date_words(edtf, "", language()) for edtf in (subject.born, subject.died))
    return " – ".join(date for date in dates if date)


def _said_so_far(talk: Talk, view: View) -> talk_sound.Sounding | None:
    """Show what was said; return what is to be read aloud once the page is drawn."""
    sounding = None
    with _bubble():
        line(talk.greeting, "greeting")
    for number, exchange in enumerate(visit.exchanges()):
        _question(exchange.question)
        with _bubble():
            if exchange.as_of:
                line(say("talk.as_of", time=exchange.as_of), "small")
            for place, group in enumerate(groups(exchange.sentences)):
                show_group(group, view, f"{number}-{place}")
            if exchange.turn_id is None:
                line(say("talk.interrupted"), "small")
            else:
                sounding = talk_sound.show_sound(exchange, view, str(number)) or sounding
        show_near(exchange, view, str(number), _ask)
    return sounding


def _bubble() -> "st.delta_generator.DeltaGenerator":
    """Return the place for what the simulation says; it bears that word, always."""
    bubble = st.chat_message("assistant", avatar=":material/history_edu:")
    name = labels.short_name(subject_name())
    bubble.html(f'<p class="who">{as_html(say("talk.bubble", name=name))}</p>')
    return bubble


def _question(text: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        line(text, "asked")


def _answer(talk: Talk, view: View, question: str) -> None:
    """Show an answer while it is made; then once more with buttons that can be pressed."""
    talk_sound.hush()
    _question(question)
    exchange = visit.Exchange(question, as_of=talk.as_of)
    visit.exchanges().append(exchange)
    try:
        with _bubble():
            _stream(talk, view, exchange)
        exchange.turn_id = talk.last_turn_id
        exchange.near = talk.last_answer.near if talk.last_answer else ()
        talk_sound.begin_aloud(len(visit.exchanges()) - 1)
    except PersonaError as error:
        # What was said stays on the screen, and the conversation can go on.
        if not exchange.sentences:
            visit.exchanges().remove(exchange)
        st.session_state["trouble"] = str(error)
    if talk.ended:
        _stop()
    st.rerun()


def _stream(talk: Talk, view: View, exchange: visit.Exchange) -> None:
    number = len(visit.exchanges())
    place = st.empty()
    place.html(f'<p class="small" role="status">{as_html(say("talk.thinking"))}</p>')
    for sentence in talk.ask(exchange.question):
        exchange.sentences.append(sentence)
        _redraw(place, exchange.sentences, view, number)


def _redraw(
    place: "st.delta_generator.DeltaGenerator",
    sentences: list[AnswerSentence],
    view: View,
    number: int,
) -> None:
    with place.container():
        for position, group in enumerate(groups(sentences)):
            key = f"live-{number}-{len(sentences)}-{position}"
            show_group(group, view, key, live=True)


def _suggest(view: View) -> None:
    everybodys = visit.view_of(Stranger())
    known_to_all = {memory.id for memory in everybodys.memories()}
    here = visit.visitor()
    listener_id = here.person_id if here else None
    memories = [memory for memory in view.memories() if memory.id in known_to_all]
    enough = visit.archive().workspace.config.conversation.enough
    finder = Retriever(everybodys, index=None, embedder=None)
    questions = first_questions(
        memories,
        view.people(),
        listener_id,
        language(),
        answerable=lambda question: finder.coverage(question) >= enough,
    )
    if not questions:
        return
    with st.container(key="suggestions"):
        line(say("talk.suggestions"), "label")
        for number, question in enumerate(questions):
            st.button(
                as_label(question),
                key=f"suggestion-{number}",
                wrap=True,
                on_click=_ask,
                args=(question,),
            )


def _ask(question: str) -> None:
    st.session_state["pending"] = question


def _question_box(talk: Talk, stop_key: str) -> None:
    name = labels.short_name(subject_name())
    spoken = talk_microphone.spoken_question(QUESTION_LIMIT)
    with st.container(key="leave", horizontal=True, vertical_alignment="center"):
        if talk_sound.is_on():
            talk_sound.hush_button()
            stop_key = ""  # while something sounds, the same key is for silence
        talk_microphone.speak_button()
        if not talk_sound.is_on():  # a telephone has no room for more while one listens
            talk_sound.aloud_switch()
            talk_time.time_choice(talk)
        st.space("stretch")
        st.button(
            as_label(say("talk.stop")),
            key="stop",
            icon=":material/door_open:",
            on_click=_stop,
            shortcut=stop_key or None,
        )
    typed = st.chat_input(say("talk.placeholder", name=name), max_chars=QUESTION_LIMIT, key="box")
    words = spoken or typed
    if words and words.strip():
        _ask(words.strip())
        st.rerun()


def _stop() -> None:
    visit.end_talk()
    st.session_state["ended"] = True


def _again() -> None:
    for key in ("ended", "exchanges", "heard", "player"):
        st.session_state.pop(key, None)


def _goodbye() -> None:
    name = subject_name()
    heading(say("talk.stopped"), 2)
    last = visit.exchanges()[-1:]
    for sentence in last[0].sentences if last else ():
        if sentence.standing is Standing.SMALL_TALK:
            line(sentence.text)
    line(say("talk.goodbye", name=name))
    line(say("talk.goodbye_care", name=name))
    contact = visit.archive().workspace.config.conversation.help_contact
    if contact:
        line(say("talk.goodbye_help", contact=contact), "notice")
    with st.container(horizontal=True):
        if st.button(as_label(say("talk.read_memories")), key="read", type="primary"):
            go("memories")
        st.button(as_label(say("talk.again")), key="again", on_click=_again)
        st.button(
            as_label(say("farewell.open")),
            key="farewell-open",
            type="tertiary",
            on_click=farewell.ask_for_farewell,
        )
