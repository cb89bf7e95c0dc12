"""A long task on the screen: what it does, how far it is, about how long, and a way to stop it."""

from collections.abc import Callable

import streamlit as st

from persona.screens import background, visit
from persona.screens.background import Job, State
from persona.screens.dates import minutes_words
from persona.screens.markup import as_html, as_label
from persona.screens.page import line, show
from persona.screens.words import say

_PARTS = {
    "Reading": "reading",
    "Remembering": "remembering",
    "Learning": "learning",
    "Comparing": "comparing",
    "Looking": "searching",
}
"""The first word of what a step reports → what the page says."""


def show_running(job: Job, more: Callable[[Job], None] | None = None) -> None:
    """Show a running task, once a second, until it ends; then the whole page is drawn again.

    Args:
        job: what is running.
        more: draws what else there is to see of it, below.
    """
    st.fragment(_running, run_every=1.0)(job, more)


def _running(job: Job, more: Callable[[Job], None] | None) -> None:
    if job.state is not State.RUNNING:
        st.rerun()
    with st.container(key="task", border=True):
        show(f'<p class="strong" role="status">{as_html(part_words(job))}</p>')
        st.progress(job.share())
        facts = [say("work.done", done=job.done, total=job.total)] if job.total > 1 else []
        if rate := job.rate():
            facts.append(say("work.rate", rate=round(rate)))
        if (left := job.minutes_left()) is not None:
            facts.append(say("work.left", time=minutes_words(left)))
        line(" · ".join(facts) or say("work.begun"), "small")
        _stop_button(job)
    if more is not None:
        more(job)


def part_words(job: Job) -> str:
    """Return what a task is doing, in the language of this visit."""
    if job.kind == "plan":
        return say("work.planning")
    if job.kind == "train":
        return say("work.training")
    if job.kind in ("clips", "voice"):
        return say(f"work.{job.kind}")
    words = job.what.strip().split(" ", 1)
    first = "Reading" if words[0].endswith("%") else words[0]
    part = _PARTS.get(first, "begun")
    named = words[-1].removeprefix("of ") if part in ("reading", "remembering") else ""
    if named and len(words) > 1:
        return say(f"work.{part}_this", name=named.rsplit("/", 1)[-1])
    return say(f"work.{part}")


def _stop_button(job: Job) -> None:
    if job.kind == "withdraw":
        line(say("work.cannot_stop"), "small")
        return
    if job.stops_asked:
        line(say("work.stopping"), "small")
    label = as_label(say("work.stop_now" if job.stops_asked else "work.stop"))
    if job.stops_asked < 2:
        st.button(label, key="stop-task", icon=":material/stop:", on_click=job.ask_to_stop)


def show_failed(job: Job) -> None:
    """Say why a task did not come to its end."""
    show(f'<p class="notice" role="alert">{as_html(job.problem or say("page.unexpected"))}</p>')


def current_job(*kinds: str) -> Job | None:
    """Return the last task of this archive if it is of one of these kinds."""
    job = background.job_of(visit.archive().workspace.root)
    return job if job is not None and job.kind in kinds else None


def busy_elsewhere(*kinds: str) -> bool:
    """Say so, and return True, while another task than one of these kinds is running."""
    job = background.job_of(visit.archive().workspace.root)
    if job is None or job.state is not State.RUNNING or job.kind in kinds:
        return False
    line(say("work.busy"), "notice")
    return True
