"""Who sits in front of the screen, what they may read, and the talk they are having.

    Visitor ── listening view ── the talk and every source opened from it
            └─ looking view ──── memories, versions, open questions

The two views differ only for the custodian, who looks with all rights but listens as a
stranger: what the persona says aloud is for the room, and the room may hold anybody.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import streamlit as st

from persona import opening, steps
from persona.converse.answer import AnswerSentence
from persona.converse.near import Near
from persona.converse.talk import Talk
from persona.engines.protocols import Voice
from persona.errors import VersionError
from persona.records import Person, ShownAs, Version, VersionState
from persona.records.names import TREE_GROUP
from persona.remember.readers import Custodian, Reader, Relative, Stranger
from persona.remember.store import Store
from persona.remember.view import View
from persona.screens.words import LANGUAGES, say
from persona.train.serving import BY_THE_KEEPER, TALKED_TO
from persona.workspace import Workspace, open_workspace


@dataclass(frozen=True)
class Visitor:
    """Somebody who said who they are."""

    kind: Literal["person", "stranger", "custodian"]
    person_id: str | None = None

    def listens_as(self) -> Reader:
        """Return whose rights hold for what the persona says."""
        return Relative(self.person_id) if self.person_id else Stranger()

    def looks_as(self) -> Reader:
        """Return whose rights hold for the pages that list what there is."""
        return Custodian() if self.kind == "custodian" else self.listens_as()


@dataclass
class Exchange:
    """A question and its answer, as shown; nobody but this visit keeps it in memory."""

    question: str
    sentences: list[AnswerSentence] = field(default_factory=list)
    turn_id: str | None = None
    sound: Path | None = None
    as_of: str | None = None
    near: tuple[Near, ...] = ()


@dataclass(frozen=True)
class Archive:
    """An open workspace."""

    workspace: Workspace
    store: Store


_OF_A_VOTE = ("", "-sounds", "-count", "-kept")
_OF_A_VISIT = (
    *("trying", "compared", "side-fresh"),
    *(f"{page}{kept}" for page in ("blind", "listening") for kept in _OF_A_VOTE),
    *("visitor", "exchanges", "ended", "pending", "asked_source", "heard", "begun"),
    *("say_aloud", "player", "microphone", "spoken", "spoken-words", "as_of"),
    *(
        "asked_phrase",
        "asked_dispute",
        "dispute_kept",
        "farewell",
        "parting",
        "parting_version",
        "trouble",
    ),
    *(
        "done",
        "sorry",
        "later",
        "singly",
        "answered",
        "reviewed",
        "review-form",
        "to-take-back",
        "beside",
    ),
)
"""What nobody who comes afterwards may find."""

_views: ContextVar[tuple[dict[Reader, View], ExitStack]] = ContextVar("views")


@st.cache_resource(show_spinner=False, on_release=lambda archive: archive.store.close())
def _archive(folder: str) -> Archive:
    workspace = open_workspace(Path(folder))
    return Archive(workspace, opening.open_store(workspace))


@st.cache_resource(show_spinner=False)
def _engines(folder: str, version_id: str) -> opening.Engines:
    archive = _archive(folder)
    with archive.store.reader(Stranger()) as view:
        return opening.open_engines(archive.workspace, view.version(version_id))


@st.cache_resource(show_spinner=False)
def _voice(folder: str, version_id: str, *, own: bool) -> Voice | None:
    archive = _archive(folder)
    with archive.store.reader(Stranger()) as view:
        version = view.version(version_id)
    return opening.open_voice_of_version(archive.workspace, version, own=own)


def arrive(folder: Path) -> None:
    """Remember for this visit whose archive is open; the family's language comes first."""
    st.session_state["folder"] = str(folder.resolve())
    st.session_state.setdefault("language", archive().workspace.config.language)


def archive() -> Archive:
    """Return the open archive. Raises `WorkspaceError`, `StoreError`."""
    return _archive(st.session_state["folder"])


def visitor() -> Visitor | None:
    """Return who is here; None until somebody said so."""
    return st.session_state.get("visitor")


@contextmanager
def reading() -> Iterator[None]:
    """Keep the views of one page open while it is drawn, and close them afterwards."""
    with ExitStack() as open_views:
        token = _views.set(({}, open_views))
        try:
            yield
        finally:
            _views.reset(token)


def view_of(reader: Reader) -> View:
    """Return the view of a reader for the page that is being drawn (see `reading`)."""
    views, open_views = _views.get()
    if reader not in views:
        views[reader] = open_views.enter_context(archive().store.reader(reader))
    return views[reader]


def listening_view() -> View:
    """Return what may be heard by the person who is here."""
    return view_of((visitor() or Visitor("stranger")).listens_as())


def looking_view() -> View:
    """Return what may be looked at by the person who is here."""
    return view_of((visitor() or Visitor("stranger")).looks_as())


def may_be_here(person: Person) -> bool:
    """Say whether somebody may sit in front of this screen and say their name.

    Who is known from a family tree alone is offered to nobody as somebody who listens.
    """
    return (
        person.living
        and not person.is_subject
        and person.shown_as is not ShownAs.HIDDEN
        and TREE_GROUP not in person.groups
    )


def keeps() -> bool:
    """Say whether the keeper of the archive is here."""
    here = visitor()
    return here is not None and here.kind == "custodian"


def subject_known() -> bool:
    """Say whether the archive knows already who it is about."""
    return any(person.is_subject for person in listening_view().people())


def enter(who: Visitor, person: Person | None) -> None:
    """Let somebody in; nothing of an earlier visitor stays on the screen."""
    leave()
    st.session_state["visitor"] = who
    preferred = next((code for code in person.languages if code in LANGUAGES), "") if person else ""
    if preferred:
        st.session_state["language"] = preferred


def leave() -> None:
    """End the talk and forget who was here."""
    end_talk()
    for key in _OF_A_VISIT:
        st.session_state.pop(key, None)


def newest_version() -> Version | None:
    """Return the newest version that may be talked to; None when there is none.

    Whoever looks after the archive may have asked to try a draft.
    """
    tried = next((one for one in _drafts() if one.id == st.session_state.get("trying")), None)
    if tried is not None:
        return tried
    usable = [one for one in listening_view().versions() if one.state is VersionState.ACTIVE]
    return max(usable, key=lambda version: version.number) if usable else None


def _drafts() -> list[Version]:
    """Return the drafts, to whoever looks after the archive."""
    found = listening_view().versions() if keeps() else []
    return [one for one in found if one.state is VersionState.DRAFT]


def engines() -> opening.Engines:
    """Return the engines of the version of this talk, loaded once for all visits.

    Raises:
        MissingModel: the weights are not here.
    """
    return _engines(st.session_state["folder"], talk_version().id)


def voice() -> Voice | None:
    """Return the voice that whoever is here hears answers with; None: they can only read.

    Raises:
        VersionError: the version of this talk is damaged.
        MissingModel: the weights are not here.
    """
    version = talk_version()
    own = opening.may_hear_its_voice(archive().workspace, version, listening_view())
    return _voice(st.session_state["folder"], version.id, own=own)


def talk_version() -> Version:
    """Return the version of this talk; before it begins, the newest one.

    Raises:
        VersionError: no version has been made.
    """
    talking: Talk | None = st.session_state.get("talk")
    version = talking.version if talking else newest_version()
    if version is None:
        raise VersionError(say("welcome.no_version"))
    return version


def talk() -> Talk:
    """Return the talk of this visit, started on first use.

    Raises:
        VersionError: there is no version to talk to.
    """
    if "talk" not in st.session_state:
        here = visitor() or Visitor("stranger")
        version = talk_version()
        st.session_state["talk"] = steps.start_talk(
            archive().workspace,
            archive().store,
            listener_id=here.person_id,
            version=version.id,
            engines=engines(),
            states=BY_THE_KEEPER if keeps() else TALKED_TO,
        )
    talking: Talk = st.session_state["talk"]
    return talking


def end_talk() -> None:
    """Record the end of the talk, if there is one."""
    talking: Talk | None = st.session_state.pop("talk", None)
    if talking is not None:
        talking.end()


def exchanges() -> list[Exchange]:
    """Return what was said in this visit, oldest first."""
    said: list[Exchange] = st.session_state.setdefault("exchanges", [])
    return said
