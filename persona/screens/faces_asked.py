"""Whose face is this? Groups of faces, cut out; the answer, what takes it back, who was named."""

from collections.abc import Sequence

import streamlit as st

from persona import opening
from persona.collect.photos.faces import box_of
from persona.errors import NotReadable
from persona.records import Face, Person, ProposalState
from persona.remember.pictures import FaceQuestion
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.screens import labels, visit
from persona.screens.attempts import Done, attempt, nothing_left
from persona.screens.markup import as_label
from persona.screens.page import heading, line
from persona.screens.people_choice import ask_new_person, choose_person, person_words
from persona.screens.portrait import picture
from persona.screens.review_source import crop
from persona.screens.words import language, say

FACES_SHOWN = 6
"""Faces of a group that are shown; the clearest are enough to know somebody by."""

_FULL_PX = 12_000
_BY = "custodian"


def show_faces(view: View) -> None:
    """Ask about one group of faces, and show who was named before."""
    later: set[str] = st.session_state.setdefault("later", set())
    asked = view.face_questions()
    waiting = [one for one in asked if f"group {one.group}" not in later]
    if waiting:
        line(say("pics.left", count=len(asked)), "small")
        _who_is_it(view, waiting[0])
    else:
        nothing_left("pics.no_faces")
        if asked:
            label = as_label(say("who.show_later", count=len(asked)))
            st.button(label, key="show-later", on_click=later.clear)
    _named(view)


def _who_is_it(view: View, asked: FaceQuestion) -> None:
    with st.container(key="question", border=True):
        heading(say("pics.who" if len(asked.faces) == 1 else "pics.who_all"), 2)
        if len(asked.faces) > 1:
            line(say("pics.count", count=len(asked.faces)), "small")
        _row(view, asked.faces[:FACES_SHOWN], odd=len(asked.faces) > 1)
        said = [one for one in (asked.person_id, asked.perhaps_person_id) if one]
        if asked.perhaps:
            _the_same(view, asked)
        for person_id in dict.fromkeys(said):
            label = as_label(say("pics.perhaps", name=person_words(view, person_id)))
            st.button(label, key=f"is-{person_id}", width="stretch", wrap=True,
                      on_click=attempt, args=(_name, asked, person_id))  # fmt: skip
        _choose(view, asked, bool(said))
        with st.container(horizontal=True):
            st.button(as_label(say("pics.no_face")), key="no-face",
                      on_click=attempt, args=(_refuse, asked.faces))  # fmt: skip
            st.button(as_label(say("who.later")), key="later-button",
                      on_click=later_group, args=(asked.group,))  # fmt: skip


def later_group(group: str) -> None:
    """Put a group off in this visit."""
    st.session_state.setdefault("later", set()).add(f"group {group}")


def _the_same(view: View, asked: FaceQuestion) -> None:
    """Show the faces of a group that may be the same person; a person says whether they are."""
    others = [one for one in view.faces() if one.group == asked.perhaps][:FACES_SHOWN]
    if others:
        line(say("pics.same_person"), "label")
        _row(view, others, odd=False)


def _row(view: View, faces: Sequence[Face], *, odd: bool) -> None:
    with st.container(horizontal=True):
        for face in faces:
            with st.container(key=f"face-{face.id}", width=150):
                image = face_picture(view, face)
                title = _title(view, face.source_id)
                if image is not None:
                    st.image(image, alt=say("pics.face_in", title=title), width=140)
                line(title, "small")
                if odd:
                    st.button(as_label(say("pics.not_them")), key=f"odd-{face.id}", type="tertiary",
                              on_click=attempt, args=(_refuse, (face,)))  # fmt: skip


def face_picture(view: View, face: Face) -> bytes | None:
    """Return a face with a little around it, as a JPEG; None when it cannot be shown."""
    try:
        source = view.source(face.source_id)
    except NotReadable:
        return None
    return _face(str(opening.source_file(visit.archive().workspace, source)), box_of(face))


@st.cache_data(show_spinner=False, max_entries=256)
def _face(file: str, box: tuple[int, int, int, int]) -> bytes | None:
    whole = picture(file, _FULL_PX)
    return crop(whole, *box) if whole is not None else None


def _title(view: View, source_id: str) -> str:
    try:
        return view.source(source_id).title
    except NotReadable:
        return ""


def _choose(view: View, asked: FaceQuestion, said: bool) -> None:
    label = say("who.everybody" if said else "who.somebody")
    chosen = choose_person(view, label, f"choose-{asked.group}")
    if chosen:
        label = as_label(say("who.yes", name=labels.person_name(view, chosen)))
        st.button(label, key="say-who", type="primary",
                  on_click=attempt, args=(_name, asked, chosen))  # fmt: skip
    new = ask_new_person(view)
    if new is not None:
        attempt(_name_new, asked, new)
        st.rerun()


def _name(asked: FaceQuestion, person_id: str) -> Done:
    store = visit.archive().store
    reference = asked.group if asked.faces[0].group else asked.faces[0].id
    store.name_face(reference, person_id, _BY)
    with store.reader(Custodian()) as view:
        name = view.display_name(person_id, language())
    return Done(say("pics.named", name=name), lambda: store.restore_faces(asked.faces, _BY))


def _name_new(asked: FaceQuestion, person: Person) -> Done:
    store = visit.archive().store
    store.put_people([person])
    done = _name(asked, person.id)

    def undo() -> None:
        store.restore_faces(asked.faces, _BY)
        store.take_away_person(person.id)

    return Done(done.sentence, undo)


def _refuse(faces: Sequence[Face]) -> Done:
    store = visit.archive().store
    for face in faces:
        store.refuse_face(face.id, _BY)
    return Done(say("pics.refused"), lambda: store.restore_faces(faces, _BY))


def _named(view: View) -> None:
    """Show who was named, so that a mistake can be found and taken back."""
    found: dict[str, list[Face]] = {}
    for face in view.faces(state=ProposalState.CONFIRMED):
        if face.person_id:
            found.setdefault(face.person_id, []).append(face)
    if not found:
        return
    with st.expander(say("pics.known", count=len(found))):
        for person_id, faces in found.items():
            line(f"{labels.person_name(view, person_id)} ({len(faces)})", "strong")
            with st.container(horizontal=True):
                for face in faces[:FACES_SHOWN]:
                    with st.container(key=f"named-{face.id}", width=150):
                        image = face_picture(view, face)
                        if image is not None:
                            title = _title(view, face.source_id)
                            st.image(image, alt=say("pics.face_in", title=title), width=110)
                        st.button(as_label(say("pics.wrong")), key=f"wrong-{face.id}",
                                  type="tertiary", on_click=attempt,
                                  args=(_ask_again, face))  # fmt: skip


def _ask_again(face: Face) -> Done:
    """Take back who one face is: it is asked about by itself."""
    store = visit.archive().store
    before = Face(**face.model_dump())
    changed = {"state": ProposalState.PROPOSED, "person_id": None, "group": ""}
    alone = Face(**face.model_dump() | changed)
    store.restore_faces([alone], _BY)
    return Done(say("pics.asked_again"), lambda: store.restore_faces([before], _BY))
