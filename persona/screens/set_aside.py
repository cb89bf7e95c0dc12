"""What was set aside because a program seems to have made it; the keeper can say that it is real.

set aside, each with its reason ──▶ "no program made it" ──▶ "use it": read and remembered
"""

import streamlit as st

from persona import steps
from persona.keeper import real
from persona.records import Source
from persona.records.source import SET_ASIDE
from persona.screens import background, visit
from persona.screens.attempts import attempt
from persona.screens.background import Job
from persona.screens.handing_in import Brought
from persona.screens.markup import as_label
from persona.screens.page import line
from persona.screens.words import say

_BY = "custodian"
_MOST = 30


def show_set_aside() -> None:
    """List it, where there is any; nothing else."""
    found = real.set_aside(visit.looking_view())
    if not found:
        return
    with st.expander(as_label(say("bring.aside", count=len(found)))):
        line(say("bring.aside_hint"))
        for source in found[:_MOST]:
            _one(source)
        if len(found) > _MOST:
            line(say("bring.aside_more", count=_MOST), "small")


def _one(source: Source) -> None:
    with st.container(key=f"aside-{source.id}", border=True):
        line(source.file_name)
        line(source.details[SET_ASIDE]["reason"], "small")
        sure = st.checkbox(as_label(say("bring.aside_sure")), key=f"sure-{source.id}")
        st.button(
            as_label(say("bring.aside_use")),
            key=f"use-{source.id}",
            disabled=not sure,
            on_click=attempt,
            args=(_use, source.id),
        )


def _use(source_id: str) -> None:
    workspace = visit.archive().workspace

    def use(job: Job) -> Brought:
        done = real.is_real(workspace, source_id, _BY, job)
        return Brought(done, steps.remember(workspace, job))

    background.begin(workspace.root, "collect", use)
