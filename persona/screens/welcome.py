"""Who is here today, what this is, and the word to begin."""

import streamlit as st

from persona.records import Person, ShownAs, SourceKind
from persona.remember.view import View
from persona.screens import visit
from persona.screens.markup import as_label
from persona.screens.page import go, heading, line, subject_name
from persona.screens.portrait import face, frame_html
from persona.screens.words import language, listing, say


def render() -> None:
    """Show the page."""
    here = visit.visitor()
    if here is None:
        _who()
    else:
        _before(here)


def materials(view: View) -> str:
    """Return what there is, in words: ``letters, interviews and photographs``."""
    kinds = {source.kind for source in view.sources()} - {SourceKind.DERIVED}
    words = [say(f"material.{kind.value}") for kind in SourceKind if kind in kinds]
    return listing(list(dict.fromkeys(words)))


def _who() -> None:
    view = visit.listening_view()
    name = subject_name()
    with st.container(key="who", horizontal_alignment="center"):
        st.html(frame_html(face(view), name))
        line(say("page.name", name=name), "lead")
        heading(say("welcome.title"))
        line(say("welcome.intro"), "center")
        for person in _may_be_here(view):
            label = as_label(view.display_name(person, language()))
            st.button(
                label,
                key=f"person-{person.id}",
                width="stretch",
                on_click=visit.enter,
                args=(visit.Visitor("person", person.id), person),
            )
        st.button(
            as_label(say("welcome.somebody_else")),
            key="stranger",
            width="stretch",
            on_click=visit.enter,
            args=(visit.Visitor("stranger"), None),
        )
    with st.container(key="keeper"):
        line(say("welcome.custodian_title"), "label")
        st.button(
            as_label(say("welcome.custodian")),
            key="custodian",
            on_click=visit.enter,
            args=(visit.Visitor("custodian"), None),
        )
        line(say("welcome.custodian_hint"), "small")


def _may_be_here(view: View) -> list[Person]:
    """Return the living people who show themselves, in the order of the archive."""
    return [
        person
        for person in view.people()
        if person.living and not person.is_subject and person.shown_as is not ShownAs.HIDDEN
    ]


def _before(here: visit.Visitor) -> None:
    view = visit.listening_view()
    name = subject_name()
    person = view.person(here.person_id) if here.person_id else None
    with st.container(key="before"):
        heading(_hello(here, view, person))
        if person is not None and person.minor:
            line(say("welcome.minor", name=view.display_name(person, language())), "notice")
        heading(say("welcome.before"), 2)
        line(say("welcome.is_simulation", name=name), "strong")
        made_of = materials(view)
        line(
            say("welcome.made_of", materials=made_of) if made_of else say("welcome.made_of_nothing")
        )
        for key in ("may_be_wrong", "stays_here", "stop_any_time"):
            line(say(f"welcome.{key}"))
        _begin()


def _hello(here: visit.Visitor, view: View, person: Person | None) -> str:
    if person is not None:
        return say("welcome.hello", name=view.display_name(person, language()))
    return say(f"welcome.hello_{here.kind}")


def _begin() -> None:
    ready = visit.newest_version() is not None
    if not ready:
        line(say("welcome.no_version"), "notice")
    with st.container(horizontal=True):
        if ready and st.button(as_label(say("welcome.begin")), key="begin", type="primary"):
            st.session_state["begun"] = True
            go("talk")
        if not ready and st.button(as_label(say("talk.read_memories")), key="read"):
            go("memories")
        st.button(as_label(say("welcome.back")), key="back", on_click=visit.leave)
