"""For the one who looks after the archive: what there is to do, and how much of it waits."""

from dataclasses import dataclass

import streamlit as st

from persona.records import ProposalState
from persona.remember.view import View
from persona.screens import background, visit
from persona.screens.attempts import forget_outcomes
from persona.screens.files_of_nobody import count_questions
from persona.screens.markup import as_label
from persona.screens.page import go, heading, line
from persona.screens.words import say

TASKS = ("collect", "who", "review", "disagreements", "pictures", "voices", "make", "withdraw")
"""The pages of the keeper, in the order in which one needs them."""

_ICONS = {
    "collect": ":material/inventory_2:",
    "who": ":material/contact_page:",
    "review": ":material/fact_check:",
    "disagreements": ":material/forum:",
    "pictures": ":material/photo_library:",
    "voices": ":material/graphic_eq:",
    "make": ":material/auto_stories:",
    "withdraw": ":material/undo:",
}


@dataclass(frozen=True)
class Waiting:
    """How much of each task waits for a person; 0: nothing, None: there is no counting it."""

    collect: int | None
    who: int | None
    review: int | None
    disagreements: int | None
    pictures: int | None
    voices: int | None = None
    make: int | None = None
    withdraw: int | None = None


def waiting(view: View) -> Waiting:
    """Count what waits for the keeper."""
    counts = view.review_counts()
    copies = [one for one in view.alternates() if one.state is ProposalState.PROPOSED]
    return Waiting(
        collect=None,
        who=count_questions(view),
        review=counts.left,
        disagreements=counts.conflicts,
        pictures=len(view.face_questions()) + len(copies),
        voices=len(view.voice_clips(state=ProposalState.PROPOSED)) or None,
        withdraw=sum(one.finished_at is None for one in view.withdrawals()) or None,
    )


def render() -> None:
    """Show the page."""
    heading(say("keep.title"))
    line(say("keep.intro"))
    counts = waiting(visit.looking_view())
    for name in TASKS:
        _task(name, getattr(counts, name))


def _task(name: str, count: int | None) -> None:
    with st.container(key=f"task-{name}"):
        words = say(f"page.{name}")
        if count:
            words = say("keep.with_count", name=words, count=count)
        label = as_label(words)
        if st.button(label, key=f"go-{name}", icon=_ICONS[name], width="stretch"):
            forget_outcomes()
            go(name)
        about = say(f"keep.about_{name}")
        if _running(name):
            about = say("keep.running")
        elif count == 0:
            about = f"{about} {say('keep.nothing')}"
        line(about, "small")


def _running(name: str) -> bool:
    job = background.job_of(visit.archive().workspace.root)
    pages = {
        "plan": "collect",
        "remember": "collect",
        "collect": "collect",
        "train": "make",
        "clips": "voices",
        "voice": "voices",
        "withdraw": "withdraw",
    }
    return job is not None and job.state is background.State.RUNNING and pages[job.kind] == name


def top(name: str) -> None:
    """Show the head of one of the keeper's pages: the way back, what it is, what it is for."""
    with st.container(key="head"):
        label = as_label(say("keep.back"))
        if st.button(label, key="back", type="tertiary", icon=":material/arrow_back:"):
            forget_outcomes()
            go("keep")
        heading(say(f"page.{name}"))
        if name != "review":  # the place is for the memory and its source
            line(say(f"keep.intro_{name}"))
